#ifndef TRIPS_H
#define TRIPS_H

#include "batch.h"
#include "wire.h"

enum { trips_partition_count_max = 1024 };

/// The topic, group and place that requests are about; one broker leads all partitions and coordinates all groups.
struct trips {
    struct wire wire;
    struct sockaddr_in bootstrap;
    const char *topic;
    int32_t partition_count;
    /// The broker that Metadata named, by its address.
    struct sockaddr_in leader;
    /// By partition, as they become known: where to start, or -1.
    int64_t offsets[trips_partition_count_max];
    struct batch_producer producer;
};

// Each pair asks and reads the answer. Versions are old, fixed, and served by Kafka 2.1 to 4.3. Where an answer may be
// an error
// that passes, as a leader or coordinator that is not there yet, that is returned, or 0; all others end the program.

void ask_api_versions(struct trips *trips);
void read_api_versions(struct trips *trips);

void ask_metadata(struct trips *trips);
int16_t read_metadata(struct trips *trips);

void ask_find_coordinator(struct trips *trips, const char *group);
int16_t read_find_coordinator(struct trips *trips);

/// Asks where partitions begin (-2) or end (-1).
void ask_list_offsets(struct trips *trips, int64_t timestamp);
void read_list_offsets(struct trips *trips);

void ask_offset_fetch(struct trips *trips, const char *group);
/// Leaves -1 where nothing is committed.
int16_t read_offset_fetch(struct trips *trips);

void ask_offset_commit(struct trips *trips, const char *group);
int16_t read_offset_commit(struct trips *trips);

void ask_fetch(struct trips *trips, const struct bench_options *options);
/// Checks the first batch and reads its records up to the one asked for.
void read_first_record(struct trips *trips);

/// What an answer to Fetch holds.
struct answer {
    /// Its bytes, without those that say so.
    size_t size;
    uint64_t records;
    /// Those of the batches.
    uint64_t payload_bytes;
};

/// Checks all whole batches, and moves the offsets behind them.
struct answer read_fetch(struct trips *trips);

void ask_init_producer_id(struct trips *trips);
int16_t read_init_producer_id(struct trips *trips);

void ask_produce(struct trips *trips, int16_t acks, int32_t partition, struct batch batch);
int16_t read_produce(struct trips *trips);

void ask_create_topic(struct trips *trips);
void read_create_topic(struct trips *trips);

#endif
