"""What the Python peers share: the command line, the window, and the JSON line. The verbs are those of rdkafka-bench/main.c."""
import argparse
import itertools
import json
import os
import resource
import sys
import time

PATIENCE_S = 60


def options():
    """The command line; numbers are ints, and what was not given is None."""
    parser = argparse.ArgumentParser()
    parser.add_argument("verb", choices=["produce", "fetch", "preload", "start", "reuse", "delete-topic"])
    for name in ("bootstrap-servers", "topic", "payload", "acks", "compression", "mode", "idempotence", "defaults"):
        parser.add_argument(f"--{name}")
    for name in (
        "partitions", "value-size", "batch-size", "linger-ms", "in-flight", "fetch-max-bytes",
        "partition-fetch-max-bytes", "fetch-min-bytes", "fetch-max-wait-ms", "warmup-ms", "window-ms", "byte-limit",
        "records", "count",
    ):  # fmt: skip
        parser.add_argument(f"--{name}", type=int)
    given = parser.parse_args()
    given.idempotence = given.idempotence == "true"
    given.defaults = given.defaults == "true"
    return given


def values(given):
    """The payload's values, round and round."""
    with open(given.payload, "rb") as file:
        data = file.read()
    size = given.value_size
    return itertools.cycle([data[at : at + size] for at in range(0, len(data) - size + 1, size)])


def group_name(given):
    """A group that did not exist before."""
    return f"bench-{os.getpid()}-{time.monotonic_ns()}"


def cpu_ns():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return int((usage.ru_utime + usage.ru_stime) * 1e9)


def fail(what):
    sys.exit(f"{sys.argv[0]}: {what}")


class Window:
    """Counts records within the window, which begins when the warm-up is over; `tick` is called once a batch or so."""

    def __init__(self, given):
        self.begins = time.monotonic_ns() + given.warmup_ms * 1_000_000
        self.ends = self.begins + given.window_ms * 1_000_000
        self.records = self.bytes = 0
        self.began = self.ended = None

    def tick(self):
        """Whether to go on."""
        now = time.monotonic_ns()
        if self.began is None and now >= self.begins:
            self.began = (now, cpu_ns())
        if now >= self.ends:
            self.close()
        return self.ended is None

    def close(self):
        if self.ended is None:
            self.ended = (time.monotonic_ns(), cpu_ns())

    def count(self, size):
        if self.began is not None and self.ended is None:
            self.records += 1
            self.bytes += size

    def report(self, peer, version, failed=0):
        if self.began is None or self.records == 0:
            fail("nothing happened within the window")
        print_line(
            peer, version, records=self.records, payloadBytes=self.bytes, wallNs=self.ended[0] - self.began[0],
            cpuNs=self.ended[1] - self.began[1], failed=failed,
        )  # fmt: skip
        if failed:
            sys.exit(1)


def report_samples(peer, version, samples, used_ns):
    print_line(peer, version, samplesNs=samples, cpuNs=used_ns)


def print_line(peer, version, **figures):
    print(json.dumps({"peer": peer, "version": version, **figures}))


class Deadline:
    """Ends a loop that has waited too long."""

    def __init__(self):
        self.at = time.monotonic() + PATIENCE_S

    def check(self, what):
        if time.monotonic() > self.at:
            fail(f"gave up after {PATIENCE_S} s, waiting for {what}")


def main(peer):
    """Hands the command line to the peer's function of the verb's name."""
    given = options()
    getattr(peer, given.verb.replace("-", "_"))(given)
