#define _GNU_SOURCE
#include "trips.h"

#include <stdio.h>
#include <string.h>

#include "bench/report.h"

/// An API with the one version that is spoken here.
struct api {
    int16_t key;
    int16_t version;
    const char *name;
};

enum {
    produce,
    fetch,
    list_offsets,
    metadata,
    offset_commit,
    offset_fetch,
    find_coordinator,
    api_versions,
    create_topics,
    init_producer_id,
    api_count,
};

static const struct api apis[api_count] = {
    [produce] = {0, 7, "Produce"},
    [fetch] = {1, 4, "Fetch"},
    [list_offsets] = {2, 1, "ListOffsets"},
    [metadata] = {3, 1, "Metadata"},
    [offset_commit] = {8, 2, "OffsetCommit"},
    [offset_fetch] = {9, 1, "OffsetFetch"},
    [find_coordinator] = {10, 0, "FindCoordinator"},
    [api_versions] = {18, 0, "ApiVersions"},
    [create_topics] = {19, 2, "CreateTopics"},
    [init_producer_id] = {22, 0, "InitProducerId"},
};

// Errors that pass: a leader or a coordinator that is not there yet.
enum {
    error_unknown_topic = 3,
    error_leader_not_available = 5,
    error_not_leader = 6,
    error_coordinator_load_in_progress = 14,
    error_coordinator_not_available = 15,
    error_not_coordinator = 16,
    error_topic_already_exists = 36,
};

static void begin(struct trips *trips, int api) { wire_begin(&trips->wire, apis[api].key, apis[api].version); }

static void end(struct trips *trips) { wire_end(&trips->wire); }

static int16_t passing(int16_t error, int api) {
    switch (error) {
    case 0:
    case error_unknown_topic:
    case error_leader_not_available:
    case error_not_leader:
    case error_coordinator_load_in_progress:
    case error_coordinator_not_available:
    case error_not_coordinator: return error;
    default: bench_fail("%s: error %d", apis[api].name, error);
    }
}

static void none(int16_t error, int api) {
    if (error != 0) bench_fail("%s: error %d", apis[api].name, error);
}

/// Writes one topic with all its partitions; `put` writes what stands behind a partition's number.
static void put_partitions(struct trips *trips, void (*put)(struct trips *trips, int32_t partition, int64_t argument),
    int64_t argument) {
    wire_i32(&trips->wire, 1);
    wire_text(&trips->wire, trips->topic);
    wire_i32(&trips->wire, trips->partition_count);
    for (int32_t partition = 0; partition < trips->partition_count; partition++) {
        wire_i32(&trips->wire, partition);
        if (put != NULL) put(trips, partition, argument);
    }
}

/// Reads the head of one topic; returns how many partitions follow.
static int32_t get_partitions(struct trips *trips, struct wire_reader *reader, int api) {
    size_t size;
    if (wire_get_i32(reader) != 1) bench_fail("%s: not one topic", apis[api].name);
    wire_get_text(reader, &size);
    const int32_t count = wire_get_i32(reader);
    if (count < 0 || count > trips->partition_count) bench_fail("%s: %d partitions", apis[api].name, count);
    return count;
}

static int32_t get_partition(struct trips *trips, struct wire_reader *reader, int api) {
    const int32_t partition = wire_get_i32(reader);
    if (partition < 0 || partition >= trips->partition_count) bench_fail("%s: partition %d", apis[api].name, partition);
    return partition;
}

void ask_api_versions(struct trips *trips) {
    begin(trips, api_versions);
    end(trips);
}

void read_api_versions(struct trips *trips) {
    struct wire_reader reader = wire_receive(&trips->wire);
    none(wire_get_i16(&reader), api_versions);
    const int32_t count = wire_get_i32(&reader);
    int served = 0;
    for (int32_t i = 0; i < count; i++) {
        const int16_t key = wire_get_i16(&reader);
        const int16_t min = wire_get_i16(&reader);
        const int16_t max = wire_get_i16(&reader);
        for (int api = 0; api < api_count; api++) {
            if (apis[api].key == key) served += apis[api].version >= min && apis[api].version <= max;
        }
    }
    if (served != api_count) bench_fail("the broker does not serve the versions that the floors speak");
}

void ask_metadata(struct trips *trips) {
    begin(trips, metadata);
    wire_i32(&trips->wire, 1);
    wire_text(&trips->wire, trips->topic);
    end(trips);
}

static struct sockaddr_in get_address(struct wire_reader *reader, const struct sockaddr_in *bootstrap) {
    size_t size;
    const uint8_t *host = wire_get_text(reader, &size);
    const int32_t port = wire_get_i32(reader);
    char text[300];
    snprintf(text, sizeof text, "%.*s:%d", (int)size, (const char *)host, port);
    // Mostly it is the address that was connected to, which need not be looked up again.
    char known[INET_ADDRSTRLEN + 8];
    const uint8_t *const octets = (const uint8_t *)&bootstrap->sin_addr;
    snprintf(known, sizeof known, "%d.%d.%d.%d:%d", octets[0], octets[1], octets[2], octets[3],
        ntohs(bootstrap->sin_port));
    return strcmp(text, known) == 0 ? *bootstrap : wire_resolve(text);
}

static int16_t get_leaders(struct trips *trips, struct wire_reader *reader, int32_t leader) {
    const int32_t count = wire_get_i32(reader);
    int16_t worst = 0;
    for (int32_t i = 0; i < count; i++) {
        const int16_t error = passing(wire_get_i16(reader), metadata);
        wire_get_i32(reader);
        const int32_t led_by = wire_get_i32(reader);
        for (int list = 0; list < 2; list++) {
            const int32_t replica_count = wire_get_i32(reader);
            wire_get_bytes(reader, replica_count > 0 ? (size_t)replica_count * 4 : 0);
        }
        if (error != 0) worst = error;
        if (error == 0 && led_by != leader) bench_fail("floors want a cluster of one broker");
    }
    if (worst == 0 && count != trips->partition_count) {
        bench_fail("topic %s has %d partitions, not %d", trips->topic, count, trips->partition_count);
    }
    return worst;
}

int16_t read_metadata(struct trips *trips) {
    struct wire_reader reader = wire_receive(&trips->wire);
    size_t size;
    if (wire_get_i32(&reader) != 1) bench_fail("floors want a cluster of one broker");
    const int32_t leader = wire_get_i32(&reader);
    trips->leader = get_address(&reader, &trips->bootstrap);
    wire_get_text(&reader, &size);
    wire_get_i32(&reader);
    if (wire_get_i32(&reader) != 1) bench_fail("Metadata: not one topic");
    const int16_t error = passing(wire_get_i16(&reader), metadata);
    wire_get_text(&reader, &size);
    wire_get_i8(&reader);
    const int16_t of_partitions = get_leaders(trips, &reader, leader);
    return error != 0 ? error : of_partitions;
}

void ask_find_coordinator(struct trips *trips, const char *group) {
    begin(trips, find_coordinator);
    wire_text(&trips->wire, group);
    end(trips);
}

int16_t read_find_coordinator(struct trips *trips) {
    struct wire_reader reader = wire_receive(&trips->wire);
    return passing(wire_get_i16(&reader), find_coordinator);
}

static void put_timestamp(struct trips *trips, int32_t partition, int64_t timestamp) {
    (void)partition;
    wire_i64(&trips->wire, timestamp);
}

void ask_list_offsets(struct trips *trips, int64_t timestamp) {
    begin(trips, list_offsets);
    wire_i32(&trips->wire, -1);
    put_partitions(trips, put_timestamp, timestamp);
    end(trips);
}

void read_list_offsets(struct trips *trips) {
    struct wire_reader reader = wire_receive(&trips->wire);
    const int32_t count = get_partitions(trips, &reader, list_offsets);
    for (int32_t i = 0; i < count; i++) {
        const int32_t partition = get_partition(trips, &reader, list_offsets);
        none(wire_get_i16(&reader), list_offsets);
        wire_get_i64(&reader);
        trips->offsets[partition] = wire_get_i64(&reader);
    }
}

void ask_offset_fetch(struct trips *trips, const char *group) {
    begin(trips, offset_fetch);
    wire_text(&trips->wire, group);
    put_partitions(trips, NULL, 0);
    end(trips);
}

int16_t read_offset_fetch(struct trips *trips) {
    struct wire_reader reader = wire_receive(&trips->wire);
    const int32_t count = get_partitions(trips, &reader, offset_fetch);
    int16_t worst = 0;
    for (int32_t i = 0; i < count; i++) {
        size_t size;
        const int32_t partition = get_partition(trips, &reader, offset_fetch);
        trips->offsets[partition] = wire_get_i64(&reader);
        wire_get_text(&reader, &size);
        const int16_t error = passing(wire_get_i16(&reader), offset_fetch);
        if (error != 0) worst = error;
    }
    return worst;
}

static void put_commit(struct trips *trips, int32_t partition, int64_t argument) {
    (void)argument;
    wire_i64(&trips->wire, trips->offsets[partition]);
    wire_text(&trips->wire, NULL);
}

void ask_offset_commit(struct trips *trips, const char *group) {
    begin(trips, offset_commit);
    wire_text(&trips->wire, group);
    // No member of a group, and kept as long as the broker keeps commits.
    wire_i32(&trips->wire, -1);
    wire_text(&trips->wire, "");
    wire_i64(&trips->wire, -1);
    put_partitions(trips, put_commit, 0);
    end(trips);
}

int16_t read_offset_commit(struct trips *trips) {
    struct wire_reader reader = wire_receive(&trips->wire);
    const int32_t count = get_partitions(trips, &reader, offset_commit);
    int16_t worst = 0;
    for (int32_t i = 0; i < count; i++) {
        get_partition(trips, &reader, offset_commit);
        const int16_t error = passing(wire_get_i16(&reader), offset_commit);
        if (error != 0) worst = error;
    }
    return worst;
}

static void put_fetch_place(struct trips *trips, int32_t partition, int64_t size_max) {
    wire_i64(&trips->wire, trips->offsets[partition]);
    wire_i32(&trips->wire, (int32_t)size_max);
}

static int64_t given(int64_t option, int64_t otherwise) { return option >= 0 ? option : otherwise; }

void ask_fetch(struct trips *trips, const struct bench_options *options) {
    begin(trips, fetch);
    wire_i32(&trips->wire, -1);
    // Without options as Kafka's consumer has it.
    wire_i32(&trips->wire, (int32_t)given(options->fetch_max_wait_ms, 500));
    wire_i32(&trips->wire, (int32_t)given(options->fetch_min_bytes, 1));
    wire_i32(&trips->wire, (int32_t)given(options->fetch_max_bytes, 52428800));
    wire_i8(&trips->wire, 0);
    put_partitions(trips, put_fetch_place, given(options->partition_fetch_max_bytes, 1048576));
    end(trips);
}

/// Whether the record is there that was asked for: the first one of the first batch, or one within it.
static int has_record(const uint8_t *bytes, size_t size, int64_t offset) {
    if (size == 0) return 0;
    const struct batch batch = batch_at(bytes, size);
    if (!batch_check(batch)) bench_fail("Fetch: a wrong checksum");
    if (batch_codec(batch) != 0) bench_fail("start reads uncompressed topics only");
    const uint8_t *at = bytes + batch_header_size;
    for (uint32_t i = 0; i < batch.records; i++) {
        int64_t offset_delta, value_size;
        at = batch_read_record(at, bytes + batch.size, &offset_delta, &value_size);
        if (batch_base_offset(batch) + offset_delta == offset) return 1;
    }
    bench_fail("Fetch: no record %lld in the first batch", (long long)offset);
}

/// What an answer to Fetch has of a partition.
struct portion {
    int32_t partition;
    const uint8_t *records;
    size_t size;
};

static struct portion get_portion(struct trips *trips, struct wire_reader *reader) {
    struct portion portion = {.partition = get_partition(trips, reader, fetch)};
    none(wire_get_i16(reader), fetch);
    wire_get_bytes(reader, 16);
    const int32_t aborted_count = wire_get_i32(reader);
    wire_get_bytes(reader, aborted_count > 0 ? (size_t)aborted_count * 16 : 0);
    const int32_t size = wire_get_i32(reader);
    portion.size = size > 0 ? (size_t)size : 0;
    portion.records = wire_get_bytes(reader, portion.size);
    return portion;
}

void read_first_record(struct trips *trips) {
    struct wire_reader reader = wire_receive(&trips->wire);
    wire_get_i32(&reader);
    const int32_t count = get_partitions(trips, &reader, fetch);
    for (int32_t i = 0; i < count; i++) {
        const struct portion portion = get_portion(trips, &reader);
        if (has_record(portion.records, portion.size, trips->offsets[portion.partition])) return;
    }
    bench_fail("Fetch: no record");
}

static void count_batches(struct portion portion, int64_t *offsets, struct answer *answer) {
    // The last one may be cut off.
    for (size_t at = 0; batch_is_whole(portion.records + at, portion.size - at);) {
        const struct batch batch = batch_at(portion.records + at, portion.size - at);
        if (!batch_check(batch)) bench_fail("Fetch: a wrong checksum");
        offsets[portion.partition] = batch_base_offset(batch) + batch.records;
        answer->records += batch.records;
        answer->payload_bytes += batch.size;
        at += batch.size;
    }
}

struct answer read_fetch(struct trips *trips) {
    struct wire_reader reader = wire_receive(&trips->wire);
    struct answer answer = {.size = (size_t)(reader.end - reader.at) + 4};
    wire_get_i32(&reader);
    const int32_t count = get_partitions(trips, &reader, fetch);
    for (int32_t i = 0; i < count; i++) {
        count_batches(get_portion(trips, &reader), trips->offsets, &answer);
    }
    return answer;
}

void ask_init_producer_id(struct trips *trips) {
    begin(trips, init_producer_id);
    wire_text(&trips->wire, NULL);
    wire_i32(&trips->wire, INT32_MAX);
    end(trips);
}

int16_t read_init_producer_id(struct trips *trips) {
    struct wire_reader reader = wire_receive(&trips->wire);
    wire_get_i32(&reader);
    const int16_t error = passing(wire_get_i16(&reader), init_producer_id);
    trips->producer.id = wire_get_i64(&reader);
    trips->producer.epoch = wire_get_i16(&reader);
    trips->producer.sequence = 0;
    return error;
}

void ask_produce(struct trips *trips, int16_t acks, int32_t partition, struct batch batch) {
    begin(trips, produce);
    wire_text(&trips->wire, NULL);
    wire_i16(&trips->wire, acks);
    wire_i32(&trips->wire, wire_timeout_seconds * 1000);
    wire_i32(&trips->wire, 1);
    wire_text(&trips->wire, trips->topic);
    wire_i32(&trips->wire, 1);
    wire_i32(&trips->wire, partition);
    wire_bytes(&trips->wire, batch.bytes, batch.size);
    end(trips);
}

int16_t read_produce(struct trips *trips) {
    struct wire_reader reader = wire_receive(&trips->wire);
    const int32_t count = get_partitions(trips, &reader, produce);
    if (count != 1) bench_fail("Produce: %d partitions", count);
    get_partition(trips, &reader, produce);
    return passing(wire_get_i16(&reader), produce);
}

void ask_create_topic(struct trips *trips) {
    begin(trips, create_topics);
    wire_i32(&trips->wire, 1);
    wire_text(&trips->wire, trips->topic);
    wire_i32(&trips->wire, trips->partition_count);
    wire_i16(&trips->wire, 1);
    wire_i32(&trips->wire, 0);
    wire_i32(&trips->wire, 0);
    wire_i32(&trips->wire, wire_timeout_seconds * 1000);
    wire_i8(&trips->wire, 0);
    end(trips);
}

void read_create_topic(struct trips *trips) {
    struct wire_reader reader = wire_receive(&trips->wire);
    size_t size;
    wire_get_i32(&reader);
    if (wire_get_i32(&reader) != 1) bench_fail("CreateTopics: not one topic");
    wire_get_text(&reader, &size);
    const int16_t error = wire_get_i16(&reader);
    if (error != error_topic_already_exists) none(error, create_topics);
}
