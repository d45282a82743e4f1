#!/usr/bin/env python3
"""confluent-kafka, librdkafka's Python client, as a peer; see peer.py."""
import os
import sys
import time

import confluent_kafka
from confluent_kafka import OFFSET_BEGINNING, OFFSET_STORED, Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

import peer

NAME = "confluent-kafka"
VERSION = confluent_kafka.__version__


def admin(given):
    return AdminClient({"bootstrap.servers": given.bootstrap_servers})


def create(given):
    # Its answers come only while a reference to it is kept.
    client = admin(given)
    for future in client.create_topics([NewTopic(given.topic, given.partitions, 1)]).values():
        try:
            future.result(peer.PATIENCE_S)
        except confluent_kafka.KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise


def delete_topic(given):
    client = admin(given)
    for future in client.delete_topics([given.topic]).values():
        future.result(peer.PATIENCE_S)
    print("{}")


def producer(given):
    settings = {
        "bootstrap.servers": given.bootstrap_servers,
        "acks": given.acks or "all",
        "enable.idempotence": given.idempotence,
        "compression.type": given.compression or "none",
    }
    if not given.defaults:
        settings |= {
            "batch.size": given.batch_size,
            "batch.num.messages": 1_000_000,
            "linger.ms": given.linger_ms,
            "max.in.flight.requests.per.connection": given.in_flight,
        }
    return Producer(settings)


def produce(given):
    create(given)
    window = peer.Window(given)
    failed = 0
    written = 0

    def delivered(error, message):
        nonlocal failed
        if error is None:
            window.count(given.value_size)
        else:
            failed += 1

    client = producer(given)
    for number, value in enumerate(peer.values(given)):
        if number % 500 == 0 and not window.tick():
            break
        while True:
            try:
                client.produce(given.topic, value, partition=number % given.partitions, on_delivery=delivered)
                break
            except BufferError:
                if not window.tick():
                    break
                client.poll(0.01)
        client.poll(0)
        written += given.value_size
        if given.byte_limit and written >= given.byte_limit:
            window.close()
    window.close()
    if client.flush(peer.PATIENCE_S):
        peer.fail("records were left in the queue")
    window.report(NAME, VERSION, failed)


def consumer(given, group=None):
    # librdkafka wants a group id even where no group takes part.
    settings = {
        "bootstrap.servers": given.bootstrap_servers,
        "group.id": group or "unused",
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
        "check.crcs": True,
        # With own defaults too: where a preload ends, it would only measure the wait.
        "fetch.wait.max.ms": given.fetch_max_wait_ms,
    }
    if not given.defaults:
        settings |= {
            "fetch.max.bytes": given.fetch_max_bytes,
            "max.partition.fetch.bytes": given.partition_fetch_max_bytes,
            "fetch.min.bytes": given.fetch_min_bytes,
            # Else it pauses for a second whenever so many are in its queue.
            "queued.min.messages": 1_000_000,
            "queued.max.messages.kbytes": 262_144,
        }
    return Consumer(settings)


def fetch(given):
    if not given.defaults:
        # One core for both of its threads is cheaper, and faster, as for librdkafka (rdkafka-bench/fetch.c).
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    client = consumer(given)
    places = [TopicPartition(given.topic, number, OFFSET_BEGINNING) for number in range(given.partitions)]
    ends = [client.get_watermark_offsets(place, timeout=30)[1] for place in places]
    client.assign(places)
    window = None
    deadline = peer.Deadline()
    while window is None or window.tick():
        deadline.check("the window's end")
        for message in client.consume(10_000, timeout=0.01):
            # What a start takes is measured elsewhere.
            window = window or peer.Window(given)
            if message.error():
                peer.fail(message.error())
            window.count(len(message.value()))
            if message.offset() + 1 == ends[message.partition()]:
                client.seek(TopicPartition(given.topic, message.partition(), 0))
    window.report(NAME, VERSION)
    client.close()


def start(given):
    commit_group = given.mode == "committed" and committed_group(given)
    samples = []
    used = peer.cpu_ns()
    for _ in range(given.count):
        begin = time.monotonic_ns()
        client = consumer(given, commit_group or (peer.group_name(given) if given.mode == "new-group" else None))
        offset = OFFSET_BEGINNING if given.mode == "earliest" else OFFSET_STORED
        client.assign([TopicPartition(given.topic, number, offset) for number in range(given.partitions)])
        deadline = peer.Deadline()
        while not first_record(client):
            deadline.check("a first record")
        samples.append(time.monotonic_ns() - begin)
        client.close()
    peer.report_samples(NAME, VERSION, samples, peer.cpu_ns() - used)


def first_record(client):
    message = client.poll(1)
    if message is None:
        return False
    # A coordinator that has only just been made; librdkafka asks again, and says so.
    if message.error() and message.error().code() == KafkaError.NOT_COORDINATOR:
        return False
    if message.error():
        peer.fail(message.error())
    return len(message.value()) > 0


def committed_group(given):
    group = peer.group_name(given)
    client = consumer(given, group)
    offsets = [TopicPartition(given.topic, number, 0) for number in range(given.partitions)]
    deadline = peer.Deadline()
    while True:
        try:
            client.commit(offsets=offsets, asynchronous=False)
            break
        except confluent_kafka.KafkaException as error:
            deadline.check(f"a commit ({error})")
            time.sleep(0.1)
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
        del client
    peer.report_samples(NAME, VERSION, samples, peer.cpu_ns() - used)


def send_one(client, given, value):
    outcome = []
    client.produce(given.topic, value, partition=0, on_delivery=lambda error, _: outcome.append(error))
    deadline = peer.Deadline()
    while not outcome:
        client.poll(1)
        deadline.check("an acknowledgement")
    if outcome[0] is not None:
        peer.fail(outcome[0])


peer.main(sys.modules[__name__])
