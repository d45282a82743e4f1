#!/usr/bin/env python3
"""PyKafka as a peer, on brokers up to Apache Kafka 3.9; see peer.py. It creates topics by asking for them, and deletes none."""
import queue
import sys
import time
import warnings

# It imports pkg_resources, which prints a warning.
warnings.simplefilter("ignore")

import pykafka
from pykafka import KafkaClient
from pykafka.common import OffsetType
from pykafka.exceptions import KafkaException

import peer

NAME = "pykafka"
VERSION = pykafka.__version__


def topic(given, client=None):
    """PyKafka raises on the first use of a topic that the broker is still creating, so it is asked again."""
    client = client or KafkaClient(hosts=given.bootstrap_servers, broker_version="1.0.0")
    deadline = peer.Deadline()
    while True:
        try:
            return client.topics[given.topic.encode()]
        except (KafkaException, KeyError):
            deadline.check("the topic")
            time.sleep(0.05)


def in_turn(given):
    number = -1

    def choose(partitions, key):
        nonlocal number
        number += 1
        return partitions[number % len(partitions)]

    return choose


def producer(given, client=None, **more):
    settings = {"required_acks": -1 if given.acks in (None, "all") else int(given.acks)}
    if not given.defaults:
        # It counts a batch in messages.
        settings |= {"linger_ms": given.linger_ms, "min_queued_messages": given.batch_size // (given.value_size + 34)}
    if given.compression not in (None, "none"):
        # Its lz4 frames have linked blocks, which Kafka refuses for ever; zstd it does not know.
        peer.fail(f"{given.compression} is not for PyKafka")
    return topic(given, client).get_producer(partitioner=in_turn(given), **(settings | more))


def produce(given):
    client = producer(given, delivery_reports=True, max_queued_messages=100_000)
    window = peer.Window(given)
    outstanding = failed = written = 0

    def settle(block):
        nonlocal outstanding, failed
        while outstanding:
            try:
                _, error = client.get_delivery_report(block=block, timeout=peer.PATIENCE_S)
            except queue.Empty:
                return
            outstanding -= 1
            if error is None:
                window.count(given.value_size)
            else:
                failed += 1

    for number, value in enumerate(peer.values(given)):
        if number % 200 == 0:
            settle(block=False)
            if not window.tick():
                break
        client.produce(value)
        outstanding += 1
        written += given.value_size
        if given.byte_limit and written >= given.byte_limit:
            break
    window.close()
    settle(block=True)
    client.stop()
    window.report(NAME, VERSION, failed + outstanding)


def consumer(given, group=None):
    settings = {"consumer_group": group and group.encode(), "auto_offset_reset": OffsetType.EARLIEST}
    if not given.defaults:
        settings |= {
            "fetch_message_max_bytes": given.partition_fetch_max_bytes,
            "fetch_min_bytes": given.fetch_min_bytes,
            "fetch_wait_max_ms": given.fetch_max_wait_ms,
        }
    # Without a group it begins at 0 unless it is told to reset.
    reset = group is None
    return topic(given).get_simple_consumer(reset_offset_on_start=reset, consumer_timeout_ms=1000, **settings)


def fetch(given):
    client = consumer(given)
    ends = {number: answer.offset[0] for number, answer in topic(given).latest_available_offsets().items()}
    window = None
    number = 0
    while window is None or number % 200 or window.tick():
        number += 1
        record = client.consume()
        if record is None:
            peer.fail("nothing came within a second")
        # What a start takes is measured elsewhere.
        window = window or peer.Window(given)
        window.count(len(record.value))
        if record.offset + 1 == ends[record.partition_id]:
            client.reset_offsets([(client.partitions[record.partition_id], 0)])
    window.report(NAME, VERSION)
    client.stop()


def start(given):
    commit_group = given.mode == "committed" and committed_group(given)
    samples = []
    used = peer.cpu_ns()
    for _ in range(given.count):
        begin = time.monotonic_ns()
        client = consumer(given, commit_group or (peer.group_name(given) if given.mode == "new-group" else None))
        if client.consume() is None:
            peer.fail("no first record within a second")
        samples.append(time.monotonic_ns() - begin)
        client.stop()
    peer.report_samples(NAME, VERSION, samples, peer.cpu_ns() - used)


def committed_group(given):
    group = peer.group_name(given)
    client = consumer(given, group)
    client.commit_offsets([(partition, 0) for partition in client.partitions.values()])
    client.stop()
    return group


def reuse(given):
    values = peer.values(given)
    # Without these two a producer waits for seconds when it is stopped.
    quick = {"sync": True, "linger_ms": 0, "queue_empty_timeout_ms": -1, "min_queued_messages": 1}
    kept = None
    topic(given)
    if given.mode == "kept":
        kept = producer(given, **quick)
        kept.produce(next(values))
    samples = []
    used = peer.cpu_ns()
    for _ in range(given.count):
        begin = time.monotonic_ns()
        client = kept or producer(given, **quick)
        client.produce(next(values))
        samples.append(time.monotonic_ns() - begin)
        if client is not kept:
            client.stop()
    peer.report_samples(NAME, VERSION, samples, peer.cpu_ns() - used)


peer.main(sys.modules[__name__])
