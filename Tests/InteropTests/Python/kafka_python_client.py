#!/usr/bin/env python3
"""Drives kafka-python; see interop.py. An API version such as 0.10 makes it speak as to a broker of that time."""
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition, errors
from kafka.admin import NewTopic

from interop import Deadline, data, main, record


class Client:
    def __init__(self, bootstrap, api_version):
        version = api_version and tuple(int(part) for part in api_version.split("."))
        self.common = {"bootstrap_servers": bootstrap, "api_version": version}

    def produce(self, topic, codec, records, idempotent=False):
        producer = KafkaProducer(
            compression_type=None if codec == "none" else codec,
            linger_ms=100,
            acks="all",
            enable_idempotence=idempotent,
            **self.common,
        )
        futures = [
            producer.send(
                topic,
                partition=one["partition"],
                key=data(one.get("key")),
                value=data(one["value"]),
                headers=[(name, data(content)) for name, content in one["headers"]] or None,
            )
            for one in records
        ]
        producer.flush(timeout=30)
        sent = [future.get(timeout=30) for future in futures]
        producer.close(timeout=10)
        return {"records": [{**one, "partition": at.partition, "offset": at.offset} for one, at in zip(records, sent)]}

    def consume(self, topic, count, group=None):
        consumer = KafkaConsumer(
            group_id=group, enable_auto_commit=False, auto_offset_reset="earliest", check_crcs=True, **self.common
        )
        deadline = Deadline()
        while not consumer.partitions_for_topic(topic):
            deadline.check("the topic's partitions")
        assigned = [TopicPartition(topic, partition) for partition in sorted(consumer.partitions_for_topic(topic))]
        consumer.assign(assigned)
        records, committed = [], {}
        while len(records) < count:
            deadline.check(f"{count - len(records)} of {count} records")
            for batch in consumer.poll(timeout_ms=500, max_records=count - len(records)).values():
                records += [record(one.partition, one.offset, one.key, one.value, one.headers) for one in batch]
        if group:
            consumer.commit()
            committed = {one.partition: consumer.committed(one) for one in assigned}
        consumer.close()
        return {"records": records, "committed": committed}

    def create(self, topic, partitions):
        with self.admin() as admin:
            admin.create_topics([NewTopic(topic, partitions, 1)])

    def trim(self, topic, partition, offset):
        with self.admin() as admin:
            answer = admin.delete_records({TopicPartition(topic, partition): offset})
        return {"lowWatermark": answer[TopicPartition(topic, partition)]["low_watermark"]}

    def delete(self, topic):
        with self.admin() as admin:
            admin.delete_topics([topic])

    def groups(self):
        with self.admin() as admin:
            names = [one["group_id"] for one in admin.list_groups()]
            found = admin.describe_groups(names) if names else {}
        return {"groups": {name: one["group_state"] for name, one in found.items()}}

    def deleteGroup(self, group):
        with self.admin() as admin:
            answer = admin.delete_groups([group])
        return {"error": self.code(dict(answer)[group])}

    def deleteOffsets(self, group, topic, partition):
        place = TopicPartition(topic, partition)
        with self.admin() as admin:
            return {"error": self.code(admin.delete_group_offsets(group, [place])[place])}

    @staticmethod
    def code(error):
        """Of an error's class or its name, which is OK where there is none."""
        if isinstance(error, str):
            error = errors.NoError if error == "OK" else getattr(errors, error)
        return error.errno

    def transact(self, id, seconds):
        producer = KafkaProducer(transactional_id=id, max_block_ms=seconds * 1000, **self.common)
        try:
            producer.init_transactions()
        except errors.KafkaError as error:
            return {"refusal": str(error)}
        finally:
            producer.close(timeout=1)
        return {}

    def admin(self):
        return KafkaAdminClient(**self.common)


main(Client)
