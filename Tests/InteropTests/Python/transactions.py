#!/usr/bin/env python3
"""Makes topics that others wrote to in transactions, by confluent-kafka, and leaves some transactions open.

  transactions.py HOST:PORT

`tx-committed`   two partitions, 100 records each, then 50 in a committed transaction, so that a marker is last
`tx-aborted`     partition 0: 100 records and 15 aborted; partition 1: 150 aborted alone
`tx-open`        as `tx-committed`, then 30 records of an open transaction on partition 0, and 10 plain ones on each
`tx-abortedonly` one partition, 50 aborted records
`tx-openonly`    one partition, 30 records of an open transaction

An open transaction stays so for ten minutes, also when this has ended.
"""
import os
import sys

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

PATIENCE_S = 30
bootstrap = sys.argv[1]


def create(topics):
    # Kept in a variable while it is waited for: else it would be freed before.
    admin = AdminClient({"bootstrap.servers": bootstrap})
    made = admin.create_topics([NewTopic(name, partitions, 1) for name, partitions in topics.items()])
    for future in made.values():
        future.result(PATIENCE_S)


def transactional(name):
    settings = {"transactional.id": name, "transaction.timeout.ms": 600_000, "linger.ms": 0}
    producer = Producer({"bootstrap.servers": bootstrap, **settings})
    producer.init_transactions(PATIENCE_S)
    return producer


def delivered(error, _):
    if error is not None:
        sys.exit(str(error))


def fill(producer, topic, partition, count):
    for _ in range(count):
        producer.produce(topic, partition=partition, value=b"v" * 20, on_delivery=delivered)
    if producer.flush(PATIENCE_S):
        sys.exit(f"records for {topic} were not delivered")


create({"tx-committed": 2, "tx-aborted": 2, "tx-open": 2, "tx-abortedonly": 1, "tx-openonly": 1})
plain = Producer({"bootstrap.servers": bootstrap})
ending = transactional("ending")
for topic in ("tx-committed", "tx-open"):
    for partition in (0, 1):
        fill(plain, topic, partition, 100)
    ending.begin_transaction()
    for partition in (0, 1):
        fill(ending, topic, partition, 50)
    ending.commit_transaction(PATIENCE_S)
fill(plain, "tx-aborted", 0, 100)
for _ in range(3):
    ending.begin_transaction()
    fill(ending, "tx-aborted", 0, 5)
    fill(ending, "tx-aborted", 1, 50)
    ending.abort_transaction(PATIENCE_S)
ending.begin_transaction()
fill(ending, "tx-abortedonly", 0, 50)
ending.abort_transaction(PATIENCE_S)
left_open = transactional("left open")
left_open.begin_transaction()
fill(left_open, "tx-open", 0, 30)
fill(left_open, "tx-openonly", 0, 30)
for partition in (0, 1):
    fill(plain, "tx-open", partition, 10)
# Without ending the producers, which would abort what must stay open.
sys.stdout.flush()
os._exit(0)
