#ifndef BATCH_H
#define BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "bench/options.h"
#include "bench/payload.h"
#include "codec.h"

enum {
    batch_header_size = 61,
    /// How far behind its memory a damaged batch may be read before that is noticed: a varint's length, twice.
    batch_slack = 32,
};

/// A record batch (magic 2) where it lies.
struct batch {
    const uint8_t *bytes;
    size_t size;
    uint32_t records;
};

/// The producer id, epoch and base sequence of a batch; all -1 without idempotence.
struct batch_producer {
    int64_t id;
    int16_t epoch;
    int32_t sequence;
};

/// Writes batches one after the other into the same memory.
struct batch_writer {
    struct batch_producer producer;
    /// How many records a batch may have.
    uint32_t record_count_max;
    struct bench_payload payload;
    struct codec *codec;
    size_t next_value;
    /// What a batch may take before it is compressed, its header included.
    size_t room;
    /// Header and records; with a codec its output, header and compressed records, lies apart.
    uint8_t *plain;
    uint8_t *packed;
    size_t packed_room;
};

/// A writer by the options value-size, payload, batch-size and compression.
///
/// With a codec as many records go into a batch as make about a batch's size once compressed, as in Java's client.
struct batch_writer batch_writer_open(const struct bench_options *options);

void batch_writer_close(struct batch_writer *writer);

/// Fills a batch with the next records: encodes, compresses, writes the header and its checksum.
struct batch batch_write(struct batch_writer *writer);

/// Writes only the records, behind the place of the header, and says up to where and how many.
size_t batch_encode(struct batch_writer *writer, uint32_t *records);

/// The bytes that a record of so large a value takes at most.
size_t batch_record_size_max(size_t value_size);

/// A whole batch at the front of `bytes`, its length checked.
struct batch batch_at(const uint8_t *bytes, size_t size);

/// Whether a batch ends within the bytes.
int batch_is_whole(const uint8_t *bytes, size_t size);

/// Whether the checksum is right.
int batch_check(struct batch batch);

/// The offset of the first record.
int64_t batch_base_offset(struct batch batch);

/// The codec's id.
int16_t batch_codec(struct batch batch);

/// Iterates records; returns the bytes of their values. Ends the program if they are not `count` or not well formed.
///
/// `batch_slack` bytes behind them must be readable.
uint64_t batch_iterate(const uint8_t *records, size_t size, uint32_t count);

/// Reads one record; returns the place behind it. Ends the program if it is not well formed or reaches beyond `end`.
const uint8_t *batch_read_record(const uint8_t *at, const uint8_t *end, int64_t *offset_delta, int64_t *value_size);

#endif
