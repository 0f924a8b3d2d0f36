"""A Kafka and registry client made by others, against `local`: Confluent's Python client with its own Avro serde.

Opt-in, not in the build. Needs `pip install "confluent-kafka[avro,schemaregistry]"`. Run:

    java -cp local-kafka/target/classes:$(cat local-kafka/target/runtime.classpath) io.patchstream.local.Main
    python local-kafka/src/test/oracle/confluent_client.py 127.0.0.1:PORT http://127.0.0.1:PORT    # from its READY line

Prints one line a check and exits 1 at the first that fails.
"""

import json
import sys
import uuid

from confluent_kafka import Consumer, Producer, libversion, version
from confluent_kafka.admin import AdminClient, NewTopic
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient, SchemaRegistryError
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

CAT = {"type": "record", "name": "Cat", "namespace": "zoo", "fields": [
    {"name": "label", "type": "string"}, {"name": "score", "type": "float"},
    {"name": "embedding", "type": {"type": "array", "items": "float"}}]}
WITH_DEFAULT = dict(CAT, fields=CAT["fields"] + [{"name": "age", "type": "int", "default": 3}])
WITHOUT_DEFAULT = dict(CAT, fields=CAT["fields"] + [{"name": "age", "type": "int"}])


def check(what, truth, detail=""):
    print(f"{'ok  ' if truth else 'FAIL'} {what} {detail}".rstrip(), flush=True)
    if not truth:
        sys.exit(1)


def refused(call):
    try:
        call()
    except SchemaRegistryError as error:
        return error
    return None


def transactions(bootstrap, topic, payload, field):
    producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": f"writer-{topic}"})
    producer.init_transactions(30)
    for labels, commit in ((["a", "b"], True), (["lost"], False), (["c"], True)):
        producer.begin_transaction()
        for label in labels:
            producer.produce(topic, key="cam-1", value=payload({"label": label, "score": 0.5, "embedding": [1, 2]}, field))
        producer.flush(30)
        producer.commit_transaction(30) if commit else producer.abort_transaction(30)


def consumed(bootstrap, topic, count):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": f"readers-{topic}", "auto.offset.reset": "earliest",
                         "isolation.level": "read_committed", "enable.partition.eof": True})
    consumer.subscribe([topic])
    messages, ended = [], False
    for _ in range(120):
        message = consumer.poll(0.5)
        if message is not None and message.error() is None:
            messages.append(message)
        ended = message is not None and message.error() is not None
        if ended and len(messages) >= count:
            break
    consumer.close()
    return messages


def main(bootstrap, registry_url):
    print(f"confluent-kafka {version()}, librdkafka {libversion()[0]}")
    topic = f"cats-{uuid.uuid4().hex[:8]}"
    registry = SchemaRegistryClient({"url": registry_url})
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_topics([NewTopic(topic, 1, 1)])[topic].result(30)
    check("topic created by the admin client", topic in admin.list_topics(timeout=30).topics)

    serializer = AvroSerializer(registry, json.dumps(CAT))
    field = SerializationContext(topic, MessageField.VALUE)
    transactions(bootstrap, topic, serializer, field)
    messages = consumed(bootstrap, topic, 3)
    deserializer = AvroDeserializer(SchemaRegistryClient({"url": registry_url}))
    values = [deserializer(m.value(), field) for m in messages]
    check("read_committed reads what was committed, in order", [v["label"] for v in values] == ["a", "b", "c"], values)
    check("Confluent wire format", messages[0].value()[0] == 0, messages[0].value().hex(" "))

    subject = f"{topic}-value"
    latest = registry.get_latest_version(subject)
    check("latest version", latest.version == 1 and json.loads(latest.schema.schema_str) == CAT, f"id {latest.schema_id}")
    same = registry.register_schema(f"{topic}-other", Schema(json.dumps(CAT), "AVRO"))
    check("same schema, other subject, same id", same == latest.schema_id, same)
    found = registry.lookup_schema(subject, Schema(json.dumps(CAT), "AVRO"))
    check("look-up by schema", found.schema_id == latest.schema_id and found.version == 1)
    check("compatible: a field with default",
          registry.test_compatibility(subject, Schema(json.dumps(WITH_DEFAULT), "AVRO")) is True)
    check("incompatible: a field without default",
          registry.test_compatibility(subject, Schema(json.dumps(WITHOUT_DEFAULT), "AVRO")) is False)
    error = refused(lambda: registry.register_schema(subject, Schema(json.dumps(WITHOUT_DEFAULT), "AVRO")))
    check("registering it is refused", error and error.http_status_code == 409 and error.error_code == 409,
          error and error.error_message[:140])
    new = registry.register_schema(subject, Schema(json.dumps(WITH_DEFAULT), "AVRO"))
    check("new version", registry.get_versions(subject) == [1, 2], f"id {new}")
    evolved = AvroDeserializer(SchemaRegistryClient({"url": registry_url}), json.dumps(WITH_DEFAULT))
    check("old record, new reader schema", evolved(messages[0].value(), field)["age"] == 3)

    home = {"type": "record", "name": "Home", "namespace": "zoo", "fields": [{"name": "cat", "type": "zoo.Cat"}]}
    reference = Schema(json.dumps(home), "AVRO", [SchemaReference("zoo.Cat", subject, 1)])
    home_id = registry.register_schema(f"{topic}-home", reference)
    check("schema reference", registry.get_schema(home_id).references[0].subject == subject, f"id {home_id}")

    check("global level", registry.get_compatibility() == "BACKWARD")
    registry.set_compatibility(subject, "FULL_TRANSITIVE")
    check("subject level", registry.get_compatibility(subject) == "FULL_TRANSITIVE")
    check("subjects", {subject, f"{topic}-other"} <= set(registry.get_subjects()))
    error = refused(lambda: registry.get_latest_version(f"{topic}-none"))
    check("missing subject", error and (error.http_status_code, error.error_code) == (404, 40401), error)
    error = refused(lambda: registry.get_schema(999_999))
    check("missing id", error and (error.http_status_code, error.error_code) == (404, 40403), error)
    check("version deleted", registry.delete_version(subject, 2) == 2 and registry.get_versions(subject) == [1])
    other = f"{topic}-other"
    check("subject deleted softly", registry.delete_subject(other) == [1] and other not in registry.get_subjects())
    check("subject deleted for good", registry.delete_subject(other, permanent=True) == [1]
          and other not in registry.get_subjects(deleted=True))
    print("all good")


if __name__ == "__main__":
    main(*sys.argv[1:])
