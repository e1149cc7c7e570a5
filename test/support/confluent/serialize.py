"""Confluent's own serializers, told what to do line by line as JSON: {kind, registry, schema, value, header?, config?}.

Answers with {value: base64, headers: {name: base64}}. For protobuf, `schema` is {package, message, fields: [[name, number, type]]} of
a descriptor made here, and `message` names which of its messages is meant.
"""

import base64
import decimal
import json
import sys
from datetime import datetime, timezone

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufSerializer
from confluent_kafka.schema_registry import header_schema_id_serializer, prefix_schema_id_serializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory, timestamp_pb2

clients = {}


def typed(value):
    """{"$decimal": …} and {"$time": …} as Python has them."""
    if isinstance(value, dict):
        if "$decimal" in value:
            return decimal.Decimal(value["$decimal"])
        if "$time" in value:
            return datetime.fromisoformat(value["$time"]).astimezone(timezone.utc)
        return {name: typed(one) for name, one in value.items()}
    return value


def message_class(schema, name):
    file = descriptor_pb2.FileDescriptorProto(
        name=schema["file"], package=schema["package"], syntax="proto3", dependency=["google/protobuf/timestamp.proto"]
    )
    for message in schema["messages"]:
        made = file.message_type.add(name=message["name"])
        for field, number, kind in message["fields"]:
            if kind.startswith("."):
                made.field.add(name=field, number=number, type=11, type_name=kind, label=1)
            else:
                made.field.add(name=field, number=number, type=descriptor_pb2.FieldDescriptorProto.Type.Value(kind), label=1)
    pool = descriptor_pool.DescriptorPool()
    stamp = descriptor_pb2.FileDescriptorProto()
    timestamp_pb2.DESCRIPTOR.CopyToProto(stamp)
    pool.Add(stamp)
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{schema['package']}.{name}"))


def work(command):
    url = command["registry"]
    client = clients.setdefault(url, SchemaRegistryClient({"url": url}))
    in_header = command.get("header")
    config = {
        "schema.id.serializer": header_schema_id_serializer if in_header else prefix_schema_id_serializer,
        **command.get("config", {}),
    }
    kind, value = command["kind"], command["value"]
    if kind == "avro":
        serializer = AvroSerializer(client, json.dumps(command["schema"]), conf=config)
        value = typed(value)
    elif kind == "json":
        serializer = JSONSerializer(json.dumps(command["schema"]), client, conf=config)
    else:
        made = message_class(command["schema"], command["message"])
        serializer = ProtobufSerializer(made, client, {"use.deprecated.format": False, **config})
        value = json_format.ParseDict(value, made())
    headers = []
    context = SerializationContext(command.get("topic", "transactions.raw"), MessageField.VALUE, headers)
    out = serializer(value, context)
    return {
        "value": base64.b64encode(out).decode(),
        "headers": {name: base64.b64encode(one).decode() for name, one in headers},
    }


for line in sys.stdin:
    try:
        print(json.dumps(work(json.loads(line))), flush=True)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
