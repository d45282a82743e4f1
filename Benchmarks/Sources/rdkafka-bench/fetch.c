#define _GNU_SOURCE
#include <stdlib.h>

#include "bench/core.h"
#include "bench/meter.h"
#include "bench/report.h"
#include "client.h"
#include "verbs.h"

/// Where a partition begins and ends, and which record is due.
struct place {
    int64_t begin;
    int64_t end;
    int64_t next;
};

struct reader {
    rd_kafka_t *client;
    rd_kafka_topic_t *topic;
    rd_kafka_queue_t *queue;
    int32_t partition_count;
    struct place *places;
    uint64_t records;
    uint64_t payload_bytes;
    uint64_t failed;
};

static void consumed(rd_kafka_message_t *message, void *opaque) {
    struct reader *reader = opaque;
    struct place *place = &reader->places[message->partition];
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR || message->offset != place->next) {
        reader->failed++;
        return;
    }
    reader->records++;
    reader->payload_bytes += message->len;
    place->next++;
    if (place->next < place->end) return;
    place->next = place->begin;
    const rd_kafka_resp_err_t error = rdk.seek(reader->topic, message->partition, place->begin, 0);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) bench_fail("seek: %s", rdk.err2str(error));
}

static rd_kafka_conf_t *reader_conf(const struct bench_options *options) {
    rd_kafka_conf_t *conf = client_consumer_conf(options);
    // The end of a pass is no end of a log that grows, so waiting there would only measure the wait. Not none at all:
    // the library asks again and again until the last records are consumed and it is told to seek.
    const int64_t wait_max_ms = 10;
    const int64_t given_ms = options->fetch_max_wait_ms;
    client_set_number(conf, "fetch.wait.max.ms", given_ms >= 0 && given_ms < wait_max_ms ? given_ms : wait_max_ms);
    if (options->defaults == 1) return conf;
    // A partition whose queue is full pauses for a second. With room for more, as the library's own performance tool
    // has it,
    // that does not happen; it makes no record cheaper or dearer.
    client_set(conf, "queued.min.messages", "1000000");
    client_set(conf, "queued.max.messages.kbytes", "262144");
    return conf;
}

static void start_partitions(struct reader *reader, const struct bench_options *options) {
    for (int32_t partition = 0; partition < reader->partition_count; partition++) {
        struct place *place = &reader->places[partition];
        const rd_kafka_resp_err_t error = rdk.query_watermark_offsets(
            reader->client, options->topic, partition, &place->begin, &place->end, client_timeout_ms);
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) bench_fail("offsets of %s: %s", options->topic, rdk.err2str(error));
        if (place->begin == place->end) bench_fail("partition %d of %s is empty", partition, options->topic);
        place->next = place->begin;
        if (rdk.consume_start_queue(reader->topic, partition, place->begin, reader->queue) != 0) {
            bench_fail("consume %s: %s", options->topic, rdk.err2str(rdk.last_error()));
        }
    }
}

static void reader_open(struct reader *reader, const struct bench_options *options) {
    reader->client = client_new(RD_KAFKA_CONSUMER, reader_conf(options), options);
    reader->topic = client_topic(reader->client, options);
    reader->queue = rdk.queue_new(reader->client);
    reader->partition_count = (int32_t)options->partitions;
    reader->places = calloc((size_t)options->partitions, sizeof *reader->places);
    if (reader->places == NULL) bench_fail("out of memory");
    start_partitions(reader, options);
}

static void reader_close(struct reader *reader) {
    for (int32_t partition = 0; partition < reader->partition_count; partition++) {
        rdk.consume_stop(reader->topic, partition);
    }
    rdk.queue_destroy(reader->queue);
    rdk.topic_destroy(reader->topic);
    rdk.destroy(reader->client);
    free(reader->places);
}

static void consume_until(struct reader *reader, uint64_t end_ns) {
    // Callbacks cost a tenth less than batches of messages, each of which would be freed by a call of its own.
    while (bench_now_ns() < end_ns) {
        rdk.consume_callback_queue(reader->queue, 100, consumed, reader);
        rdk.poll(reader->client, 0);
    }
}

int fetch(const struct bench_options *options) {
    // The library's thread takes memory for each record and the caller's gives it back. On two cores they contend for
    // the allocator's locks and for cache lines: 900 to 1,100 ns a record of 100 B instead of 270 to 380, and slower.
    if (options->defaults != 1) bench_hold_to_one_core();
    library_load(options->library);
    const uint64_t warmup_ms = options->warmup_ms > 0 ? (uint64_t)options->warmup_ms : 0;
    const uint64_t window_ms = (uint64_t)options->window_ms;
    bench_deadline((unsigned)((warmup_ms + window_ms) / 1000) + client_spare_seconds, "fetch");
    struct reader reader = {0};
    reader_open(&reader, options);
    consume_until(&reader, bench_now_ns() + warmup_ms * 1000000);
    const struct reader before = reader;
    const unsigned outages_before = client_outage_count();
    const struct bench_meter begin = bench_meter_read();
    consume_until(&reader, begin.wall_ns + window_ms * 1000000);
    const struct bench_meter end = bench_meter_read();
    const struct bench_throughput done = {
        .records = reader.records - before.records,
        .payload_bytes = reader.payload_bytes - before.payload_bytes,
        .wall_ns = end.wall_ns - begin.wall_ns,
        .cpu_ns = end.cpu_ns - begin.cpu_ns,
        .failed = reader.failed,
    };
    reader_close(&reader);
    if (client_outage_count() != outages_before) bench_fail("no broker was in reach for a part of the window");
    return bench_report_throughput("librdkafka", rdk.version_str(), &done);
}
