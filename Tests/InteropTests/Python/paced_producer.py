"""librdkafka's producer, given one record at each instant of a steady schedule.

Prints, for each run, its records a batch and its records a request.
Arguments: TOPIC RATE SECONDS RUNS RECORD_BYTES NAME=VALUE... (the producer's configuration).
"""

import json
import sys
import time

from confluent_kafka import Producer

TICK_S = 0.00002


class Statistics:
    """What librdkafka tells every 200 ms: batches and records since it last told, requests so far."""

    def __init__(self, topic):
        self.topic, self.batches, self.records, self.requests = topic, 0, 0, 0

    def take(self, text):
        told = json.loads(text)
        self.requests = sum(broker["req"].get("Produce", 0) for broker in told["brokers"].values())
        counts = told["topics"].get(self.topic, {}).get("batchcnt", {"cnt": 0, "sum": 0})
        self.batches += counts["cnt"]
        self.records += counts["sum"]


def run(topic, rate, seconds, value, settings):
    statistics = Statistics(topic)
    producer = Producer(settings | {"statistics.interval.ms": 200, "stats_cb": statistics.take})
    producer.list_topics(topic, timeout=10)
    first = time.monotonic()
    for sent in range(int(rate * seconds)):
        while (wait := first + sent / rate - time.monotonic()) > 0:
            time.sleep(max(wait, TICK_S))
        producer.produce(topic, value)
        producer.poll(0)
    producer.flush(10)
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        producer.poll(0.1)
    print(statistics.records / statistics.batches, statistics.records / statistics.requests)


def main(topic, rate, seconds, runs, record_bytes, *settings):
    settings = dict(setting.split("=", 1) for setting in settings)
    for _ in range(int(runs)):
        run(topic, float(rate), int(seconds), bytes(int(record_bytes)), settings)


if __name__ == "__main__":
    main(*sys.argv[1:])
