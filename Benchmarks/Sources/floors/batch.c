#define _GNU_SOURCE
#include "batch.h"

#include <isa-l/crc.h>
#include <stdlib.h>
#include <time.h>

#include "bench/report.h"
#include "bytes.h"

// Where the fields of a batch's header lie.
enum {
    at_length = 8,
    at_epoch = 12,
    at_magic = 16,
    at_crc = 17,
    at_attributes = 21,
    at_last_offset_delta = 23,
    at_base_timestamp = 27,
    at_max_timestamp = 35,
    at_producer_id = 43,
    at_producer_epoch = 51,
    at_base_sequence = 53,
    at_count = 57,
};

static inline uint64_t zigzag(int64_t value) { return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63); }

static inline uint8_t *put_varint(uint8_t *at, int64_t value) {
    uint64_t left = zigzag(value);
    while (left >= 0x80) {
        *at++ = (uint8_t)(left | 0x80);
        left >>= 7;
    }
    *at++ = (uint8_t)left;
    return at;
}

static inline size_t varint_size(int64_t value) {
    const uint64_t left = zigzag(value) | 1;
    return (size_t)(63 - __builtin_clzll(left)) / 7 + 1;
}

static inline const uint8_t *get_varint(const uint8_t *at, int64_t *value) {
    uint64_t read = *at & 0x7f;
    for (unsigned shift = 7; *at++ >= 0x80 && shift < 64; shift += 7) read |= (uint64_t)(*at & 0x7f) << shift;
    *value = (int64_t)(read >> 1) ^ -(int64_t)(read & 1);
    return at;
}

size_t batch_record_size_max(size_t value_size) { return value_size + 24; }

size_t batch_encode(struct batch_writer *writer, uint32_t *records) {
    const struct bench_payload payload = writer->payload;
    const int64_t value_size = (int64_t)payload.value_size;
    const size_t value_field_size = varint_size(value_size) + payload.value_size;
    const uint8_t *const end = writer->plain + writer->room;
    uint8_t *at = writer->plain + batch_header_size;
    size_t value = writer->next_value;
    int64_t offset_delta = 0;
    for (; offset_delta < writer->record_count_max; offset_delta++) {
        // Attributes, timestamp delta, key length and count of headers take a byte each.
        const size_t body_size = 4 + varint_size(offset_delta) + value_field_size;
        if (varint_size((int64_t)body_size) + body_size > (size_t)(end - at)) break;
        at = put_varint(at, (int64_t)body_size);
        *at++ = 0;
        // The clock is read once a batch.
        at = put_varint(at, 0);
        at = put_varint(at, offset_delta);
        at = put_varint(at, -1);
        at = put_varint(at, value_size);
        memcpy(at, payload.bytes + value * payload.value_size, payload.value_size);
        at += payload.value_size;
        at = put_varint(at, 0);
        if (++value == payload.count) value = 0;
    }
    writer->next_value = value;
    *records = (uint32_t)offset_delta;
    return (size_t)(at - writer->plain);
}

static uint32_t checksum(const uint8_t *batch, size_t size) {
    return ~crc32_iscsi((unsigned char *)batch + at_attributes, (int)(size - at_attributes), 0xffffffff);
}

static void put_header(uint8_t *batch, size_t size, const struct batch_writer *writer, uint32_t records) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const uint64_t timestamp_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    put_u64(batch, 0);
    put_u32(batch + at_length, (uint32_t)(size - at_epoch));
    put_u32(batch + at_epoch, UINT32_MAX);
    batch[at_magic] = 2;
    put_u16(batch + at_attributes, (uint16_t)codec_id(writer->codec));
    put_u32(batch + at_last_offset_delta, records - 1);
    put_u64(batch + at_base_timestamp, timestamp_ms);
    put_u64(batch + at_max_timestamp, timestamp_ms);
    put_u64(batch + at_producer_id, (uint64_t)writer->producer.id);
    put_u16(batch + at_producer_epoch, (uint16_t)writer->producer.epoch);
    put_u32(batch + at_base_sequence, (uint32_t)writer->producer.sequence);
    put_u32(batch + at_count, records);
    put_u32(batch + at_crc, checksum(batch, size));
}

struct batch batch_write(struct batch_writer *writer) {
    struct batch batch = {.bytes = writer->plain};
    batch.size = batch_encode(writer, &batch.records);
    uint8_t *bytes = writer->plain;
    if (writer->codec != NULL) {
        bytes = writer->packed;
        batch.bytes = bytes;
        batch.size = batch_header_size
            + codec_compress(writer->codec, writer->plain + batch_header_size, batch.size - batch_header_size,
                bytes + batch_header_size, writer->packed_room - batch_header_size);
    }
    put_header(bytes, batch.size, writer, batch.records);
    return batch;
}

static void allocate(struct batch_writer *writer, size_t room) {
    writer->room = room;
    writer->plain = malloc(room);
    if (writer->plain == NULL) bench_fail("out of memory");
    if (writer->codec == NULL) return;
    writer->packed_room = batch_header_size + codec_bound(writer->codec, room);
    writer->packed = malloc(writer->packed_room);
    if (writer->packed == NULL) bench_fail("out of memory");
}

/// How many bytes of records shrink to a batch's size, less a margin of a twentieth and never more than a request may
/// hold.
static size_t room_before_compression(struct batch_writer *writer, size_t batch_size) {
    const size_t request_size_max = 1048576 / 100 * 98;
    const struct batch tried = batch_write(writer);
    const double ratio = (double)tried.size / (double)writer->room;
    const double room = (double)batch_size / (ratio * 1.05);
    return room < (double)request_size_max ? (size_t)room : request_size_max;
}

struct batch_writer batch_writer_open(const struct bench_options *options) {
    struct batch_writer writer = {
        .payload = bench_payload_load(options->payload, (size_t)options->value_size),
        .codec = codec_open(options->compression),
        .producer = {.id = -1, .epoch = -1, .sequence = -1},
        .record_count_max = INT32_MAX,
    };
    const size_t least = batch_header_size + batch_record_size_max(writer.payload.value_size);
    size_t room = (size_t)options->batch_size;
    if (room < least) room = least;
    allocate(&writer, room);
    if (writer.codec == NULL) return writer;
    room = room_before_compression(&writer, room);
    free(writer.plain);
    free(writer.packed);
    allocate(&writer, room < least ? least : room);
    return writer;
}

void batch_writer_close(struct batch_writer *writer) {
    free(writer->plain);
    free(writer->packed);
    free(writer->payload.bytes);
    codec_close(writer->codec);
}

static size_t stated_size(const uint8_t *bytes) { return at_epoch + (size_t)get_u32(bytes + at_length); }

struct batch batch_at(const uint8_t *bytes, size_t size) {
    if (size < batch_header_size) bench_fail("%zu bytes are no batch", size);
    struct batch batch = {.bytes = bytes, .size = stated_size(bytes)};
    if (batch.size < batch_header_size || batch.size > size || bytes[at_magic] != 2) {
        bench_fail("a batch of %zu bytes (magic %d) where %zu are left", batch.size, bytes[at_magic], size);
    }
    batch.records = get_u32(bytes + at_count);
    return batch;
}

int batch_is_whole(const uint8_t *bytes, size_t size) {
    return size >= batch_header_size && stated_size(bytes) <= size;
}

int batch_check(struct batch batch) { return get_u32(batch.bytes + at_crc) == checksum(batch.bytes, batch.size); }

int64_t batch_base_offset(struct batch batch) { return (int64_t)get_u64(batch.bytes); }

int16_t batch_codec(struct batch batch) { return get_u16(batch.bytes + at_attributes) & 7; }

static inline const uint8_t *read_record(
    const uint8_t *at, const uint8_t *end, int64_t *offset_delta, int64_t *value_size) {
    int64_t body_size, timestamp_delta, key_size, header_count;
    at = get_varint(at, &body_size);
    if (body_size < 6 || body_size > end - at) bench_fail("a record does not fit its batch");
    const uint8_t *const next = at + body_size;
    at = get_varint(at + 1, &timestamp_delta);
    at = get_varint(at, offset_delta);
    at = get_varint(at, &key_size);
    if (key_size > next - at) bench_fail("a key does not fit its record");
    at = get_varint(at + (key_size > 0 ? key_size : 0), value_size);
    if (*value_size < 0) *value_size = 0;
    if (*value_size > next - at) bench_fail("a value does not fit its record");
    at = get_varint(at + *value_size, &header_count);
    if (header_count != 0 || at != next) bench_fail("a record has headers or ends elsewhere");
    return next;
}

const uint8_t *batch_read_record(const uint8_t *at, const uint8_t *end, int64_t *offset_delta, int64_t *value_size) {
    return read_record(at, end, offset_delta, value_size);
}

uint64_t batch_iterate(const uint8_t *records, size_t size, uint32_t count) {
    const uint8_t *at = records;
    const uint8_t *const end = records + size;
    uint64_t value_bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        int64_t offset_delta, value_size;
        at = read_record(at, end, &offset_delta, &value_size);
        value_bytes += (uint64_t)value_size;
    }
    if (at != end) bench_fail("%td bytes behind the last record", end - at);
    return value_bytes;
}
