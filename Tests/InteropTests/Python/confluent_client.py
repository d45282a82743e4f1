#!/usr/bin/env python3
"""Drives confluent-kafka, which is librdkafka; see interop.py."""
import sys

from confluent_kafka import OFFSET_BEGINNING, OFFSET_STORED, Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from interop import Deadline, data, main, record


class Client:
    def __init__(self, bootstrap, api_version):
        self.common = {"bootstrap.servers": bootstrap}

    def produce(self, topic, codec, records, idempotent=False):
        settings = {"compression.type": codec, "linger.ms": 100, "acks": "all", "enable.idempotence": idempotent}
        producer = Producer({**self.common, **settings})
        sent = [None] * len(records)

        def delivered(index):
            def report(error, message):
                if error is not None:
                    sys.exit(f"record {index}: {error}")
                sent[index] = {**records[index], "partition": message.partition(), "offset": message.offset()}

            return report

        for index, one in enumerate(records):
            producer.produce(
                topic,
                partition=one["partition"],
                key=data(one.get("key")),
                value=data(one["value"]),
                headers=[(name, data(content)) for name, content in one["headers"]],
                on_delivery=delivered(index),
            )
        left = producer.flush(30)
        if left:
            sys.exit(f"{left} records were not delivered")
        return {"records": sent}

    def consume(self, topic, count, group=None):
        # librdkafka wants a group id even where no group takes part.
        settings = {
            "group.id": group or "unused",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "check.crcs": True,
        }
        consumer = Consumer({**self.common, **settings})
        partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
        start = OFFSET_STORED if group else OFFSET_BEGINNING
        consumer.assign([TopicPartition(topic, partition, start) for partition in partitions])
        deadline = Deadline()
        records, committed = [], {}
        while len(records) < count:
            deadline.check(f"{count - len(records)} of {count} records")
            for one in consumer.consume(count - len(records), timeout=0.5):
                # A coordinator that has only just been made; librdkafka asks again, and says so.
                if one.error() and one.error().code() == KafkaError.NOT_COORDINATOR:
                    continue
                if one.error():
                    sys.exit(str(one.error()))
                records.append(record(one.partition(), one.offset(), one.key(), one.value(), one.headers()))
        if group:
            committed = self.commit(consumer, topic, partitions, records)
        consumer.close()
        return {"records": records, "committed": committed}

    @staticmethod
    def commit(consumer, topic, partitions, records):
        positions = {one["partition"]: one["offset"] + 1 for one in records}
        offsets = [TopicPartition(topic, partition, offset) for partition, offset in positions.items()]
        for one in consumer.commit(offsets=offsets, asynchronous=False):
            if one.error:
                sys.exit(str(one.error))
        asked = [TopicPartition(topic, partition) for partition in partitions]
        return {one.partition: one.offset for one in consumer.committed(asked, timeout=30)}

    def create(self, topic, partitions):
        admin = AdminClient(self.common)
        for future in admin.create_topics([NewTopic(topic, partitions, 1)]).values():
            future.result(30)

    def trim(self, topic, partition, offset):
        admin = AdminClient(self.common)
        answers = admin.delete_records([TopicPartition(topic, partition, offset)])
        return {"lowWatermark": next(iter(answers.values())).result(30).low_watermark}

    def delete(self, topic):
        admin = AdminClient(self.common)
        for future in admin.delete_topics([topic]).values():
            future.result(30)

    def groups(self):
        admin = AdminClient(self.common)
        listed = admin.list_consumer_groups(request_timeout=30).result(30)
        if listed.errors:
            sys.exit(str(listed.errors))
        names = [one.group_id for one in listed.valid]
        found = admin.describe_consumer_groups(names, request_timeout=30) if names else {}
        return {"groups": {name: future.result(30).state.name.capitalize() for name, future in found.items()}}

    def deleteGroup(self, group):
        admin = AdminClient(self.common)
        try:
            admin.delete_consumer_groups([group], request_timeout=30)[group].result(30)
        except KafkaException as exception:
            return {"error": exception.args[0].code()}
        return {"error": 0}

    def transact(self, id, seconds):
        producer = Producer({**self.common, "transactional.id": id})
        try:
            producer.init_transactions(seconds)
        except KafkaException as exception:
            return {"refusal": str(exception.args[0].str())}
        return {}


main(Client)
