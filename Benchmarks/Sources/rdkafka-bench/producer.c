#define _GNU_SOURCE
#include "producer.h"

#include <stdlib.h>

#include "bench/meter.h"
#include "bench/report.h"

static void delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque) {
    (void)client;
    struct producer *producer = opaque;
    producer->held_count--;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        producer->acknowledged++;
    } else {
        producer->failed++;
    }
}

/// Enough for every partition's batches in flight and as many again being filled, so that the broker never waits for
/// records.
static size_t held_count_max(const struct bench_options *options) {
    const size_t library_default = 100000;
    const size_t byte_count_max = 1 << 30;
    size_t wanted = library_default;
    if (options->defaults != 1 && options->batch_size > 0) {
        const int64_t in_flight = options->in_flight > 0 ? options->in_flight : 5;
        const size_t full = (size_t)(2 * in_flight * options->partitions * options->batch_size / options->value_size);
        if (full > wanted) wanted = full;
    }
    const size_t bound = byte_count_max / (size_t)options->value_size;
    if (wanted > bound) wanted = bound;
    return wanted < producer_chunk ? producer_chunk : wanted;
}

struct producer *producer_open(const struct bench_options *options) {
    struct producer *producer = calloc(1, sizeof *producer);
    if (producer == NULL) bench_fail("out of memory");
    producer->payload = bench_payload_load(options->payload, (size_t)options->value_size);
    producer->partition_count = (int32_t)options->partitions;
    producer->held_count_max = held_count_max(options);
    rd_kafka_conf_t *conf = client_producer_conf(options);
    if (options->defaults != 1) {
        client_set_number(conf, "queue.buffering.max.messages", (int64_t)producer->held_count_max);
        client_set(conf, "queue.buffering.max.kbytes", "2097151");
    }
    rdk.conf_set_opaque(conf, producer);
    rdk.conf_set_dr_msg_cb(conf, delivered);
    producer->client = client_new(RD_KAFKA_PRODUCER, conf, options);
    client_create_topic(producer->client, options);
    producer->topic = client_topic(producer->client, options);
    return producer;
}

static void fill_chunk(struct producer *producer, size_t count) {
    const struct bench_payload *payload = &producer->payload;
    for (size_t i = 0; i < count; i++) {
        producer->chunk[i].payload = payload->bytes + producer->next_value * payload->value_size;
        producer->chunk[i].len = payload->value_size;
        producer->chunk[i].err = RD_KAFKA_RESP_ERR_NO_ERROR;
        if (++producer->next_value == payload->count) producer->next_value = 0;
    }
}

void producer_hand_over(struct producer *producer, size_t count) {
    rdk.poll(producer->client, 0);
    while (producer->held_count + count > producer->held_count_max) rdk.poll(producer->client, 10);
    fill_chunk(producer, count);
    // Of the ways to hand records over this one costs least: a batch for one partition takes a third of the time off
    // single calls,
    // and values that are lent instead of copied a further tenth.
    const int taken = rdk.produce_batch(producer->topic, producer->next_partition, 0, producer->chunk, (int)count);
    if (taken != (int)count) {
        const char *why = "queue full";
        for (size_t i = 0; i < count; i++) {
            if (producer->chunk[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) why = rdk.err2str(producer->chunk[i].err);
        }
        bench_fail("librdkafka took %d of %zu records: %s", taken, count, why);
    }
    producer->held_count += count;
    producer->handed_over += count;
    producer->next_partition = (producer->next_partition + 1) % producer->partition_count;
}

void producer_drain(struct producer *producer) {
    const uint64_t end_ns = bench_now_ns() + (uint64_t)(client_timeout_ms + 5000) * 1000000;
    while (producer->held_count > 0 && bench_now_ns() < end_ns) rdk.poll(producer->client, 100);
    producer->failed += producer->held_count;
}

void producer_close(struct producer *producer) {
    rdk.topic_destroy(producer->topic);
    rdk.destroy(producer->client);
    free(producer->payload.bytes);
    free(producer);
}
