"""Reads labels and embeddings with clients that others made: confluent-kafka's consumer, registry client and AvroDeserializer.

An opt-in check, no part of the build:

    pip install "confluent-kafka[avro,schemaregistry]"
    ./patchstream local --kafka-port 9092 --registry-port 8081          # in one terminal
    ./patchstream run --set kafka.bootstrap.servers=127.0.0.1:9092 --set schema.registry.url=http://127.0.0.1:8081
    ./patchstream ingest --source demo/clips/cam-1.mp4 --camera cam-1 \
        --bootstrap-servers 127.0.0.1:9092 --schema-registry-url http://127.0.0.1:8081
    python stream-processor/src/test/oracle/read_answers.py 127.0.0.1:9092 http://127.0.0.1:8081

Prints the first answers and a count of each topic; exits 1 when a label has no embedding or the other way round.
"""

import math
import sys
import time

from confluent_kafka import Consumer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext


def read(bootstrap, registry, topic, idle_seconds=5.0):
    """Every committed record of a topic, decoded, as (key, value)."""
    consumer = Consumer({
        "bootstrap.servers": bootstrap,
        "group.id": f"read-answers-{time.time_ns()}",
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
    })
    decode = AvroDeserializer(registry)
    consumer.subscribe([topic])
    records, last = [], time.monotonic()
    while time.monotonic() - last < idle_seconds:
        message = consumer.poll(0.5)
        if message is None:
            continue
        if message.error():
            raise SystemExit(f"{topic}: {message.error()}")
        value = decode(message.value(), SerializationContext(topic, MessageField.VALUE))
        records.append((message.key().decode(), value))
        last = time.monotonic()
    consumer.close()
    return records


def main():
    bootstrap, registry_url = sys.argv[1:3]
    registry = SchemaRegistryClient({"url": registry_url})
    print("subjects:", sorted(registry.get_subjects()))
    labels = read(bootstrap, registry, "patchstream.labels")
    embeddings = read(bootstrap, registry, "patchstream.embeddings")
    for key, value in labels[:3]:
        best, lineage = value["top_k"][0], value["lineage"]
        print(f"label      key={key} sequence={value['sequence']} {best['label']} {best['probability']:.3f} "
              f"model={lineage['model']} source={lineage['source_topic']}-{lineage['source_partition']}@{lineage['source_offset']}")
    for key, value in embeddings[:3]:
        norm = math.sqrt(sum(x * x for x in value["vector"]))
        print(f"embedding  key={key} id={value['id']} dim={value['dim']} norm={norm:.6f} label={value['payload']['label']}")
    print(f"{len(labels)} labels, {len(embeddings)} embeddings")
    labelled = {(v["camera_id"], v["frame_id"], v["picture"]) for _, v in labels}
    embedded = {(v["payload"]["camera"], v["payload"]["frame"], v["payload"]["picture"]) for _, v in embeddings}
    if not labels or labelled != embedded or len(labelled) != len(labels):
        raise SystemExit("labels and embeddings do not belong together")


if __name__ == "__main__":
    main()
