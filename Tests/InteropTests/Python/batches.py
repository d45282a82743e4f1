#!/usr/bin/env python3
"""Says how records are stored: batches.py HOST:PORT TOPIC... prints each batch of partitions 0 and 1, as JSON lines.

Clients do not tell, and one that finds a version missing compresses nothing without a word; so this asks by itself, with Fetch of version 10.
"""
import json
import socket
import struct
import sys

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]


def ask(connection, api_key, version, body):
    request = struct.pack(">hhih", api_key, version, 7, -1) + body
    connection.sendall(struct.pack(">i", len(request)) + request)
    return take(connection, struct.unpack(">i", take(connection, 4))[0])[4:]


def take(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            sys.exit(f"the broker hung up after {len(data)} of {count} bytes")
        data += more
    return data


def records(connection, topic, partition):
    name = topic.encode()
    body = struct.pack(">iiiibiii", -1, 0, 0, 1 << 24, 0, 0, -1, 1) + struct.pack(">h", len(name)) + name
    body += struct.pack(">iiiqqi", 1, partition, -1, 0, -1, 1 << 24) + struct.pack(">i", 0)
    answer = ask(connection, 1, 10, body)
    at = 4 + 2 + 4 + 4 + 2 + len(name) + 4
    _, error, _, _, _, aborted = struct.unpack_from(">ihqqqi", answer, at)
    if error:
        sys.exit(f"error {error}")
    at += struct.calcsize(">ihqqqi") + 16 * max(aborted, 0)
    (size,) = struct.unpack_from(">i", answer, at)
    return answer[at + 4 : at + 4 + max(size, 0)]


def batches(log):
    at = 0
    while at + 61 <= len(log):
        base, length, _, magic, _, attributes, last = struct.unpack_from(">qiibIhi", log, at)
        count = struct.unpack_from(">i", log, at + 57)[0]
        yield {"baseOffset": base, "lastOffset": base + last, "magic": magic, "codec": CODECS[attributes & 7], "count": count}
        at += 12 + length


def main(bootstrap, *topics):
    host, port = bootstrap.rsplit(":", 1)
    with socket.create_connection((host, int(port)), 10) as connection:
        for topic in topics:
            for partition in range(2):
                for batch in batches(records(connection, topic, partition)):
                    print(json.dumps({"topic": topic, "partition": partition, **batch}))


main(*sys.argv[1:])
