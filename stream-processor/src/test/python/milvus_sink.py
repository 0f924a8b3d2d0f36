"""Fills a Milvus collection from the JSON topic as Milvus' Kafka connector does, and asks it for neighbours.

milvus_sink.py KAFKA TOPIC CONNECTOR.json COLLECTION.json STORE NUMBER...: CONNECTOR.json is deploy/connect/milvus.json,
COLLECTION.json the body that create.sh there sends, STORE the engine's file, and each NUMBER the source offset of a frame to ask for.
Prints JSON: a line about the filling, then one for each NUMBER, the ten nearest by the collection's own index and those found
without one.
"""
import importlib.metadata
import json
import sys
import time

from confluent_kafka import Consumer, KafkaError
from pymilvus import DataType, MilvusClient

servers, topic, connector, collection, store = sys.argv[1:6]
with open(connector, encoding="utf-8") as file:
    config = json.load(file)["config"]
with open(collection, encoding="utf-8") as file:
    wanted = json.load(file)
name, fields = wanted["collectionName"], wanted["schema"]["fields"]
types = {"VarChar": DataType.VARCHAR, "FloatVector": DataType.FLOAT_VECTOR, "Int32": DataType.INT32,
         "Int64": DataType.INT64, "Float": DataType.FLOAT}


def create(client):
    schema = client.create_schema(auto_id=wanted["schema"]["autoID"], enable_dynamic_field=False)
    for field in fields:
        sizes = {key: int(value) for key, value in field.get("elementTypeParams", {}).items()}
        schema.add_field(field["fieldName"], types[field["dataType"]], is_primary=field.get("isPrimary", False), **sizes)
    index = client.prepare_index_params()
    for each in wanted["indexParams"]:
        index.add_index(field_name=each["fieldName"], index_name=each["indexName"], index_type=each["indexType"],
                        metric_type=each["metricType"])
    client.create_collection(name, schema=schema, index_params=index)


def converted(value):
    """Flatten$Value, then DataConverter: each declared field as its type wants it, the others left out."""
    record = json.loads(value)
    flat = {key: each for key, each in record.items() if not isinstance(each, dict)}
    flat.update({f"{outer}_{key}": each for outer, inner in record.items() if isinstance(inner, dict)
                 for key, each in inner.items()})
    casts = {"VarChar": str, "Int32": int, "Int64": int, "Float": float, "FloatVector": list}
    return {field["fieldName"]: casts[field["dataType"]](flat[field["fieldName"]])
            for field in fields if field["fieldName"] in flat}


def fill(client):
    """SinkTask.put for what each poll brings: tombstones left out, one upsert of all the rest, each as often as it came."""
    override = "consumer.override."
    overrides = {key.removeprefix(override): value for key, value in config.items() if key.startswith(override)}
    poll = int(overrides.pop("max.poll.records", 500))  # Kafka's default; librdkafka has no such property
    consumer = Consumer({"isolation.level": "read_uncommitted", **overrides, "bootstrap.servers": servers, "group.id": "milvus",
                         "auto.offset.reset": "earliest", "enable.partition.eof": True})
    partitions = len(consumer.list_topics(topic).topics[topic].partitions)
    consumer.subscribe([topic])
    ended, read, skipped = set(), 0, 0
    while len(ended) < partitions:
        batch = []
        for message in consumer.consume(poll, 1.0):
            if not message.error():
                read += 1
                if message.value() is None:
                    skipped += 1
                else:
                    batch.append(converted(message.value()))
            elif message.error().code() == KafkaError._PARTITION_EOF:
                ended.add(message.partition())
            else:
                raise SystemExit(str(message.error()))
        if batch:
            client.upsert(name, batch)
    consumer.close()
    return read, skipped


def nearest(client, vector):
    found = client.search(name, [vector], anns_field="vector", limit=10)[0]
    return {"ids": [hit["id"] for hit in found], "distances": [1 - hit["distance"] for hit in found]}


client = MilvusClient(store)
create(client)
begun = time.monotonic()
read, skipped = fill(client)
seconds = time.monotonic() - begun
client.flush(name)
client.release_collection(name)  # loaded anew, with its index: what is in memory alone is searched without
client.load_collection(name)
rows = client.query(name, filter="payload_source_offset >= 0", output_fields=["count(*)"])[0]["count(*)"]
print(json.dumps({"engine": "milvus-lite " + importlib.metadata.version("milvus-lite"), "read": read, "skipped": skipped,
                  "rows": rows, "seconds": seconds}))

asked = [client.query(name, filter=f"payload_source_offset == {number}", output_fields=["*"])[0] for number in sys.argv[6:]]
indexed = [nearest(client, row["vector"]) for row in asked]
client.release_collection(name)
client.drop_index(name, "vector")
index = client.prepare_index_params()
index.add_index(field_name="vector", index_name="vector", index_type="FLAT", metric_type="COSINE")
client.create_index(name, index)
client.load_collection(name)
for row, found in zip(asked, indexed):
    about = {field["fieldName"]: row[field["fieldName"]] for field in fields if field["dataType"] != "FloatVector"}
    print(json.dumps({"row": about, "indexed": found, "exact": nearest(client, row["vector"])}))
