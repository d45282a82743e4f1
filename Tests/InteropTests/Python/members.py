#!/usr/bin/env python3
"""A member of a group: members.py HOST:PORT CLIENT GROUP TOPIC, with CLIENT confluent-kafka or kafka-python.

Prints "assigned 0 1" whenever its partitions have changed, "read VALUE" for every record; leaves the group at Enter. Commits what it reads.
"""
import sys
import threading

bootstrap, client, group, topic = sys.argv[1:]
leaving = threading.Event()
threading.Thread(target=lambda: (sys.stdin.readline(), leaving.set()), daemon=True).start()


def say(*words):
    print(*words, flush=True)


def confluent():
    from confluent_kafka import Consumer, KafkaError

    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "session.timeout.ms": 6000,
            "heartbeat.interval.ms": 500,
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([topic])
    last = None
    while not leaving.is_set():
        one = consumer.poll(0.1)
        assigned = sorted(partition.partition for partition in consumer.assignment())
        if assigned != last:
            last = assigned
            say("assigned", *assigned)
        if one is None:
            continue
        if one.error():
            if one.error().code() == KafkaError.NOT_COORDINATOR:
                continue
            sys.exit(str(one.error()))
        say("read", one.value().decode())
        consumer.commit(message=one, asynchronous=False)
    consumer.close()


def kafka_python():
    from kafka import KafkaConsumer

    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=group,
        auto_offset_reset="earliest",
        session_timeout_ms=6000,
        heartbeat_interval_ms=500,
        enable_auto_commit=False,
    )
    last = None
    while not leaving.is_set():
        polled = consumer.poll(100)
        assigned = sorted(partition.partition for partition in consumer.assignment())
        if assigned != last:
            last = assigned
            say("assigned", *assigned)
        for records in polled.values():
            for one in records:
                say("read", one.value.decode())
        if polled:
            consumer.commit()
    consumer.close()


{"confluent-kafka": confluent, "kafka-python": kafka_python}[client]()
