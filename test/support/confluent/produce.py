"""Confluent's client for Python (librdkafka), told what to do line by line as JSON; each line is answered by one.

{"producer": name, "config": {…}}                          makes it; with transactional.id its transactions are initialised
{"producer": name, "do": "begin" | "commit" | "abort" | "flush"}
{"producer": name, "do": "send", "topic": …, "partition": …, "key": …, "values": [base64, …], "headers": {name: base64}}
"""

import base64
import json
import sys

from confluent_kafka import Producer

producers = {}


def work(command):
    name = command["producer"]
    if "config" in command:
        producers[name] = Producer(command["config"])
        if "transactional.id" in command["config"]:
            producers[name].init_transactions(30)
        return
    producer = producers[name]
    if command["do"] == "begin":
        producer.begin_transaction()
    elif command["do"] == "commit":
        producer.commit_transaction(30)
    elif command["do"] == "abort":
        producer.abort_transaction(30)
    elif command["do"] == "flush":
        if producer.flush(30):
            raise RuntimeError("not all was sent")
    else:
        send(producer, command)


def send(producer, command):
    headers = [(name, base64.b64decode(value)) for name, value in command.get("headers", {}).items()]
    for value in command["values"]:
        place = {} if command.get("partition") is None else {"partition": command["partition"]}
        producer.produce(
            command["topic"],
            key=command.get("key"),
            value=None if value is None else base64.b64decode(value),
            headers=headers,
            **place,
        )
    # In the log, though its transaction be open.
    if producer.flush(30):
        raise RuntimeError("not all was sent")


for line in sys.stdin:
    try:
        work(json.loads(line))
        print("{}", flush=True)
    except Exception as error:
        print(json.dumps({"error": str(error)}), flush=True)
