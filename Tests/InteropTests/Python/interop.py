"""What the scripts of this folder share: commands come as JSON lines on standard input, and each is answered with one on standard output.

  SCRIPT HOST:PORT [API-VERSION]

  {"do": "produce", "topic", "codec", "records"[, "idempotent"]}  → {"records": the same with partitions and offsets}
  {"do": "consume", "topic", "count"[, "group"]}                  → {"records", "committed": {partition: offset}}
  {"do": "create", "topic", "partitions"}                         → {}
  {"do": "trim", "topic", "partition", "offset"}                  → {"lowWatermark"}
  {"do": "delete", "topic"}                                       → {}
  {"do": "groups"}                                                → {"groups": {name: state}}, as listed and described
  {"do": "deleteGroup", "group"}                                  → {"error": the code or 0}
  {"do": "deleteOffsets", "group", "topic", "partition"}          → {"error": the code or 0}
  {"do": "transact", "id", "seconds"}                             → {"refusal": what came of asking for transactions for so long}

A record is {"partition", "offset", "key", "value", "headers"}; key and value are text or null, headers a list of pairs. Consuming assigns all
partitions by hand, starts at the group's committed offset or else at the start of the log, and with a group commits what it read. A client does
what it can do; anything that fails ends the script with status 1.
"""
import argparse
import json
import sys
import time

PATIENCE_S = 30


def text(data):
    return None if data is None else data.decode()


def data(text):
    return None if text is None else text.encode()


def record(partition, offset, key, value, headers=()):
    return {
        "partition": partition,
        "offset": offset,
        "key": text(key),
        "value": text(value),
        "headers": [[name, text(content)] for name, content in headers or ()],
    }


class Deadline:
    """Ends a loop that has waited too long."""

    def __init__(self):
        self.at = time.monotonic() + PATIENCE_S

    def check(self, waiting_for):
        if time.monotonic() > self.at:
            sys.exit(f"gave up after {PATIENCE_S} s, waiting for {waiting_for}")


def main(client_type):
    """Makes a client of (bootstrap, api_version) and hands each command to its method of that name."""
    parser = argparse.ArgumentParser()
    parser.add_argument("bootstrap")
    parser.add_argument("api_version", nargs="?")
    args = parser.parse_args()
    client = client_type(args.bootstrap, args.api_version)
    for line in sys.stdin:
        command = json.loads(line)
        answer = getattr(client, command.pop("do"))(**command)
        print(json.dumps(answer or {}), flush=True)
