#define _GNU_SOURCE
#include <stdlib.h>

#include "batch_file.h"
#include "loopback.h"
#include "verbs.h"
#include "version.h"
#include "window.h"

struct receiver {
    int descriptor;
    struct codec *codec;
    uint8_t *buffer;
    uint8_t *plain;
    size_t plain_room;
};

/// What a fetch brought.
struct haul {
    uint64_t records;
    uint64_t payload_bytes;
};

static void receive(const struct receiver *receiver, size_t size) {
    const int got = loopback_receive(receiver->descriptor, receiver->buffer, size);
    if (got == 0) bench_fail("the process at the other end is gone");
    if (got < 0) bench_fail_errno("recv");
}

static struct haul read_batch(const struct receiver *receiver, struct batch batch) {
    if (!batch_check(batch)) bench_fail("a wrong checksum");
    if (batch_codec(batch) != codec_id(receiver->codec)) bench_fail("codec %d", batch_codec(batch));
    const uint8_t *records = batch.bytes + batch_header_size;
    size_t size = batch.size - batch_header_size;
    if (receiver->codec != NULL) {
        size = codec_decompress(receiver->codec, records, size, receiver->plain, receiver->plain_room);
        records = receiver->plain;
    }
    return (struct haul){.records = batch.records, .payload_bytes = batch_iterate(records, size, batch.records)};
}

static struct haul read_span(const struct receiver *receiver, size_t size) {
    struct haul haul = {0};
    receive(receiver, size);
    for (size_t at = 0; at < size;) {
        const struct batch batch = batch_at(receiver->buffer + at, size - at);
        const struct haul of_batch = read_batch(receiver, batch);
        haul.records += of_batch.records;
        haul.payload_bytes += of_batch.payload_bytes;
        at += batch.size;
    }
    return haul;
}

int floor_fetch(const struct bench_options *options) {
    struct batch_file file = batch_file_make(options);
    const struct loopback_peer source = loopback_fork(batch_file_serve, &file);
    // lz4 decompresses in place only where a whole block of 64 KiB has room.
    const size_t plain_room = file.plain_size_max + (64 << 10);
    struct receiver receiver = {
        .descriptor = source.descriptor,
        .codec = codec_open(options->compression),
        .buffer = malloc(file.span_size_max + batch_slack),
        .plain = malloc(plain_room + batch_slack),
        .plain_room = plain_room,
    };
    if (receiver.buffer == NULL || receiver.plain == NULL) bench_fail("out of memory");
    struct window window = window_begin(options);
    struct haul haul;
    size_t span = 0;
    do {
        haul = read_span(&receiver, file.spans[span].size);
        span = (span + 1) % file.span_count;
    } while (window_step(&window, haul.records, haul.payload_bytes));
    loopback_join(source);
    const int code = bench_report_throughput("floor", floor_version(receiver.codec), &window.done);
    free(receiver.buffer);
    free(receiver.plain);
    codec_close(receiver.codec);
    batch_file_close(&file);
    return code;
}

int floor_sendfile(const struct bench_options *options) {
    struct batch_file file = batch_file_make(options);
    const struct loopback_peer sink = loopback_fork(loopback_drain, NULL);
    struct window window = window_begin(options);
    const uint64_t record_count = file.records / file.span_count;
    size_t span = file.span_count - 1;
    do {
        span = (span + 1) % file.span_count;
        if (!batch_file_send(&file, span, sink.descriptor)) bench_fail_errno("sendfile");
    } while (window_step(&window, record_count, file.spans[span].size));
    loopback_join(sink);
    const int code = bench_report_throughput("floor", floor_version(NULL), &window.done);
    batch_file_close(&file);
    return code;
}
