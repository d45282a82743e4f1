"""Answers each case on standard input with what PyPI's hdrhistogram makes of it; see README.md for the columns."""

import sys

from hdrh.histogram import HdrHistogram

PERCENTILES = (0.0, 1.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99, 100.0)


def recorded(histogram):
    return ",".join(
        f"{item.value_iterated_to}:{item.count_at_value_iterated_to}" for item in histogram.get_recorded_iterator()
    )


def answer(fields):
    histogram = HdrHistogram(int(fields[1]), int(fields[2]), int(fields[3]))
    for pair in filter(None, fields[4].split(",")):
        value, count = map(int, pair.split(":"))
        if not histogram.record_value(value, count):
            raise ValueError(f"{value} does not fit case {fields[0]}")
    decoded = ""
    if len(fields) > 5 and fields[5]:
        decoded = recorded(HdrHistogram.decode(fields[5]))
    return "\t".join(
        (
            fields[0],
            recorded(histogram),
            ",".join(f"{p}:{histogram.get_value_at_percentile(p)}" for p in PERCENTILES),
            str(histogram.get_min_value()),
            str(histogram.get_max_value()),
            repr(histogram.get_mean_value()),
            repr(histogram.get_stddev()),
            histogram.encode().decode(),
            decoded,
        )
    )


for line in sys.stdin:
    print(answer(line.rstrip("\n").split("\t")))
