"""Reads labels with Confluent's Python client: labels.py client.json [how many].

client.json: {"kafka": {...}, "registry": {...}, "topic": "patchstream.labels"}, the first two as confluent-kafka has them
(bootstrap.servers, group.id, security.protocol, ssl.ca.location, sasl.*; url, ssl.ca.location, basic.auth.user.info).
One line of JSON a label.
"""
import json
import sys

from confluent_kafka import Consumer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

with open(sys.argv[1], encoding="utf-8") as file:
    config = json.load(file)
wanted = int(sys.argv[2]) if len(sys.argv) > 2 else None

deserialize = AvroDeserializer(SchemaRegistryClient(config["registry"]))
consumer = Consumer({
    "auto.offset.reset": "earliest",
    "isolation.level": "read_committed",  # answers travel in transactions
    **config["kafka"],
})
consumer.subscribe([config["topic"]])
try:
    while wanted is None or wanted > 0:
        message = consumer.poll(1.0)
        if message is None:
            continue
        if message.error():
            raise SystemExit(str(message.error()))
        label = deserialize(message.value(), SerializationContext(message.topic(), MessageField.VALUE))
        best = label["top_k"][0]
        print(json.dumps({
            "camera": message.key().decode(),
            "frame": label["frame_id"],
            "captured_at": label["captured_at"].isoformat(),  # fastavro makes a datetime of timestamp-micros
            "label": best["label"],
            "probability": round(best["probability"], 6),
            "source_offset": label["lineage"]["source_offset"],
        }), flush=True)
        wanted = None if wanted is None else wanted - 1
finally:
    consumer.close()
