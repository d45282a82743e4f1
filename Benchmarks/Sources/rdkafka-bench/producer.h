#ifndef PRODUCER_H
#define PRODUCER_H

#include <stddef.h>

#include "bench/payload.h"
#include "client.h"

enum {
    /// Records handed over to a partition at a time; beyond it a record becomes no cheaper.
    producer_chunk = 1000,
};

/// A producer that is kept full: it holds as many records as it may, and is told of each by a delivery report.
struct producer {
    rd_kafka_t *client;
    rd_kafka_topic_t *topic;
    struct bench_payload payload;
    int32_t partition_count;
    int32_t next_partition;
    size_t next_value;
    size_t held_count_max;
    size_t held_count;
    uint64_t handed_over;
    uint64_t acknowledged;
    uint64_t failed;
    rd_kafka_message_t chunk[producer_chunk];
};

/// Makes the client, and the topic if it is not there.
struct producer *producer_open(const struct bench_options *options);

/// Hands over `count` records (a chunk at most) to the next partition, once there is room; serves delivery reports
/// meanwhile.
void producer_hand_over(struct producer *producer, size_t count);

/// Waits until every record was told of; what is not within the timeout counts as failed.
void producer_drain(struct producer *producer);

void producer_close(struct producer *producer);

#endif
