#!/usr/bin/env python3
"""Drives PyKafka; see interop.py. Version 0.9.0 writes messages of magic 0, from 0.10.0 on of magic 1."""
import sys
import time
import warnings

# It imports pkg_resources, which prints a warning.
warnings.simplefilter("ignore")

from pykafka import KafkaClient
from pykafka.common import CompressionType, OffsetType
from pykafka.exceptions import KafkaException

from interop import Deadline, data, main, record

CODECS = {
    "none": CompressionType.NONE,
    "gzip": CompressionType.GZIP,
    "snappy": CompressionType.SNAPPY,
    "lz4": CompressionType.LZ4,
}


class Client:
    def __init__(self, bootstrap, api_version):
        self.client = KafkaClient(hosts=bootstrap, broker_version=api_version or "0.9.0")

    def topic(self, name):
        """PyKafka raises on the first use of a topic that the broker is still creating, so it is asked again."""
        deadline = Deadline()
        while True:
            try:
                return self.client.topics[name.encode()]
            except (KafkaException, KeyError):
                deadline.check("the topic")
                time.sleep(0.1)

    def produce(self, topic, codec, records):
        aim = [0]
        producer = self.topic(topic).get_producer(
            partitioner=lambda partitions, key: next(one for one in partitions if one.id == aim[0]),
            compression=CODECS[codec],
            required_acks=-1,
            linger_ms=100,
            delivery_reports=True,
        )
        messages = []
        for one in records:
            aim[0] = one["partition"]
            messages.append(producer.produce(data(one["value"]), partition_key=data(one.get("key"))))
        for _ in records:
            message, error = producer.get_delivery_report(timeout=30)
            if error is not None:
                sys.exit(f"{message.value}: {error!r}")
        producer.stop()
        at = [{"partition": message.partition_id, "offset": message.offset} for message in messages]
        return {"records": [{**one, **at[index]} for index, one in enumerate(records)]}

    def consume(self, topic, count, group=None):
        consumer = self.topic(topic).get_simple_consumer(
            consumer_group=data(group), auto_offset_reset=OffsetType.EARLIEST, consumer_timeout_ms=500
        )
        deadline = Deadline()
        records, committed = [], {}
        while len(records) < count:
            deadline.check(f"{count - len(records)} of {count} records")
            one = consumer.consume()
            if one is not None:
                records.append(record(one.partition_id, one.offset, one.partition_key, one.value))
        if group:
            consumer.commit_offsets()
            committed = {partition: answer.offset for partition, answer in consumer.fetch_offsets()}
        consumer.stop()
        return {"records": records, "committed": committed}


main(Client)
