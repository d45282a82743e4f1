#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "verbs.h"
#include "version.h"
#include "window.h"

/// Different batches in turn, so that neither cache nor branch prediction knows them by heart.
enum { batch_count = 64 };

struct batches {
    struct batch_writer writer;
    /// Batches as they are sent, one behind the other.
    struct batch items[batch_count];
    /// Their records as they were before compression.
    struct batch plains[batch_count];
};

static const uint8_t *duplicate(const uint8_t *bytes, size_t size) {
    uint8_t *copy = malloc(size);
    if (copy == NULL) bench_fail("out of memory");
    memcpy(copy, bytes, size);
    return copy;
}

static void batches_make(struct batches *batches, const struct bench_options *options) {
    batches->writer = batch_writer_open(options);
    struct batch_writer *writer = &batches->writer;
    for (int i = 0; i < batch_count; i++) {
        const size_t value = writer->next_value;
        struct batch item = batch_write(writer);
        item.bytes = duplicate(item.bytes, item.size);
        batches->items[i] = item;
        writer->next_value = value;
        struct batch plain = {0};
        plain.size = batch_encode(writer, &plain.records) - batch_header_size;
        plain.bytes = duplicate(writer->plain + batch_header_size, plain.size);
        batches->plains[i] = plain;
    }
}

static void batches_free(struct batches *batches) {
    for (int i = 0; i < batch_count; i++) {
        free((void *)batches->items[i].bytes);
        free((void *)batches->plains[i].bytes);
    }
    batch_writer_close(&batches->writer);
}

static struct bench_throughput compress_all(struct batches *batches, const struct bench_options *options) {
    struct batch_writer *writer = &batches->writer;
    struct window window = window_begin(options);
    int i = 0;
    do {
        i = (i + 1) % batch_count;
        const struct batch plain = batches->plains[i];
        const size_t size =
            codec_compress(writer->codec, plain.bytes, plain.size, writer->packed, writer->packed_room);
        if (size != batches->items[i].size - batch_header_size) bench_fail("compressed to another size");
    } while (window_step(&window, batches->plains[i].records, batches->plains[i].size));
    return window.done;
}

static struct bench_throughput decompress_all(struct batches *batches, const struct bench_options *options) {
    struct batch_writer *writer = &batches->writer;
    // lz4 decompresses in place only where a whole block of 64 KiB has room.
    const size_t room = writer->room + (64 << 10);
    uint8_t *plain = malloc(room);
    if (plain == NULL) bench_fail("out of memory");
    struct window window = window_begin(options);
    int i = 0;
    do {
        i = (i + 1) % batch_count;
        const struct batch item = batches->items[i];
        const size_t size = codec_decompress(
            writer->codec, item.bytes + batch_header_size, item.size - batch_header_size, plain, room);
        if (size != batches->plains[i].size) bench_fail("decompressed to another size");
    } while (window_step(&window, batches->plains[i].records, batches->plains[i].size));
    const struct batch last = batches->plains[i];
    if (memcmp(plain, last.bytes, last.size) != 0) bench_fail("decompressed to other bytes");
    free(plain);
    return window.done;
}

static double per_byte(struct bench_throughput done) { return (double)done.cpu_ns / (double)done.payload_bytes; }

static double per_record(struct bench_throughput done) { return (double)done.cpu_ns / (double)done.records; }

int floor_codec(const struct bench_options *options) {
    struct batches *batches = calloc(1, sizeof *batches);
    if (batches == NULL) bench_fail("out of memory");
    batches_make(batches, options);
    if (batches->writer.codec == NULL) bench_fail("codec wants --compression lz4 or zstd");
    const struct bench_throughput in = compress_all(batches, options);
    const struct bench_throughput out = decompress_all(batches, options);
    printf(
        "{\"peer\":\"floor\",\"version\":\"%s\",\"batchBytes\":%zu,\"compressedBytes\":%zu,\"batchRecords\":%u,"
        "\"compressNsPerByte\":%.5f,\"decompressNsPerByte\":%.5f,\"compressNsPerRecord\":%.3f,"
        "\"decompressNsPerRecord\":%.3f}\n",
        floor_version(batches->writer.codec), batches->plains[0].size, batches->items[0].size - batch_header_size,
        batches->plains[0].records, per_byte(in), per_byte(out), per_record(in), per_record(out));
    batches_free(batches);
    free(batches);
    return 0;
}

int floor_crc(const struct bench_options *options) {
    struct batches *batches = calloc(1, sizeof *batches);
    if (batches == NULL) bench_fail("out of memory");
    batches_make(batches, options);
    struct window window = window_begin(options);
    int i = 0;
    do {
        i = (i + 1) % batch_count;
        if (!batch_check(batches->items[i])) bench_fail("a wrong checksum");
    } while (window_step(&window, batches->items[i].records, batches->items[i].size));
    const int code = bench_report_throughput("floor", "isa-l", &window.done);
    batches_free(batches);
    free(batches);
    return code;
}

int floor_memcpy(const struct bench_options *options) {
    struct bench_payload payload = bench_payload_load(options->payload, (size_t)options->value_size);
    const size_t batch_size = (size_t)options->batch_size;
    const size_t count = batch_size > payload.value_size ? batch_size / payload.value_size : 1;
    uint8_t *to = malloc(count * payload.value_size);
    if (to == NULL) bench_fail("out of memory");
    struct window window = window_begin(options);
    size_t value = 0;
    do {
        for (size_t i = 0; i < count; i++) {
            memcpy(to + i * payload.value_size, payload.bytes + value * payload.value_size, payload.value_size);
            if (++value == payload.count) value = 0;
        }
        // Nobody reads the copy; the compiler must not know.
        __asm__ volatile("" : : "r"(to) : "memory");
    } while (window_step(&window, count, count * payload.value_size));
    const int code = bench_report_throughput("floor", floor_version(NULL), &window.done);
    free(to);
    free(payload.bytes);
    return code;
}
