#!/usr/bin/env python3
"""kafka-python as a peer; see peer.py."""
import sys
import time

import kafka
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import TopicAlreadyExistsError
from kafka.structs import OffsetAndMetadata

import peer

NAME = "kafka-python"
VERSION = kafka.__version__


def create(given):
    admin = KafkaAdminClient(bootstrap_servers=given.bootstrap_servers)
    try:
        admin.create_topics([NewTopic(given.topic, given.partitions, 1)])
    except TopicAlreadyExistsError:
        pass
    admin.close()


def delete_topic(given):
    admin = KafkaAdminClient(bootstrap_servers=given.bootstrap_servers)
    admin.delete_topics([given.topic])
    admin.close()
    print("{}")


def producer(given):
    acks = given.acks or "all"
    settings = {
        "bootstrap_servers": given.bootstrap_servers,
        "acks": acks if acks == "all" else int(acks),
        "enable_idempotence": given.idempotence,
        "compression_type": None if given.compression in (None, "none") else given.compression,
    }
    if not given.defaults:
        settings |= {
            "batch_size": given.batch_size,
            "linger_ms": given.linger_ms,
            "max_in_flight_requests_per_connection": given.in_flight,
        }
    return KafkaProducer(**settings)


def produce(given):
    create(given)
    client = producer(given)
    window = peer.Window(given)
    failed = []
    written = 0

    def delivered(_):
        window.count(given.value_size)

    for number, value in enumerate(peer.values(given)):
        if number % 500 == 0 and not window.tick():
            break
        future = client.send(given.topic, value, partition=number % given.partitions)
        future.add_callback(delivered)
        future.add_errback(failed.append)
        written += given.value_size
        if given.byte_limit and written >= given.byte_limit:
            break
    window.close()
    client.flush(timeout=peer.PATIENCE_S)
    window.report(NAME, VERSION, len(failed))
    client.close(timeout=10)


def consumer(given, group=None):
    settings = {
        "bootstrap_servers": given.bootstrap_servers,
        "group_id": group,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "check_crcs": True,
        # With own defaults too: where a preload ends, it would only measure the wait.
        "fetch_max_wait_ms": given.fetch_max_wait_ms,
    }
    if not given.defaults:
        settings |= {
            "fetch_max_bytes": given.fetch_max_bytes,
            "max_partition_fetch_bytes": given.partition_fetch_max_bytes,
            "fetch_min_bytes": given.fetch_min_bytes,
        }
    return KafkaConsumer(**settings)


def places(given):
    return [TopicPartition(given.topic, number) for number in range(given.partitions)]


def fetch(given):
    client = consumer(given)
    client.assign(places(given))
    ends = client.end_offsets(places(given))
    client.seek_to_beginning()
    window = None
    deadline = peer.Deadline()
    while window is None or window.tick():
        deadline.check("the window's end")
        for place, records in client.poll(timeout_ms=10, max_records=10_000).items():
            # What a start takes is measured elsewhere.
            window = window or peer.Window(given)
            for record in records:
                window.count(len(record.value))
            if records[-1].offset + 1 == ends[place]:
                client.seek(place, 0)
    window.report(NAME, VERSION)
    client.close()


def start(given):
    commit_group = given.mode == "committed" and committed_group(given)
    samples = []
    used = peer.cpu_ns()
    for _ in range(given.count):
        begin = time.monotonic_ns()
        client = consumer(given, commit_group or (peer.group_name(given) if given.mode == "new-group" else None))
        client.assign(places(given))
        deadline = peer.Deadline()
        while not any(len(records[0].value) for records in client.poll(timeout_ms=1000).values()):
            deadline.check("a first record")
        samples.append(time.monotonic_ns() - begin)
        client.close()
    peer.report_samples(NAME, VERSION, samples, peer.cpu_ns() - used)


def committed_group(given):
    group = peer.group_name(given)
    client = consumer(given, group)
    client.assign(places(given))
    client.commit({place: OffsetAndMetadata(0, "", -1) for place in places(given)})
    client.close()
    return group


def reuse(given):
    create(given)
    values = peer.values(given)
    kept = None
    if given.mode == "kept":
        kept = producer(given)
        send_one(kept, given, next(values))
    samples = []
    used = peer.cpu_ns()
    for _ in range(given.count):
        begin = time.monotonic_ns()
        client = kept or producer(given)
        send_one(client, given, next(values))
        samples.append(time.monotonic_ns() - begin)
        if client is not kept:
            client.close(timeout=10)
    peer.report_samples(NAME, VERSION, samples, peer.cpu_ns() - used)
    if kept:
        kept.close(timeout=10)


def send_one(client, given, value):
    client.send(given.topic, value, partition=0).get(timeout=peer.PATIENCE_S)


peer.main(sys.modules[__name__])
