#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/meter.h"
#include "bench/report.h"
#include "client.h"
#include "verbs.h"

struct starter {
    const struct bench_options *options;
    /// The group whose commits count; empty for a start without a group.
    char group[64];
    /// What each partition is assigned with: an offset, or one of the library's names for one.
    int64_t assigned;
    /// At which offset each partition must start.
    int64_t *due;
};

static void check_first(const struct starter *starter, const rd_kafka_message_t *message) {
    if (message == NULL) bench_fail("no record within %d ms", client_timeout_ms);
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) bench_fail("start: %s", rdk.err2str(message->err));
    if (message->offset != starter->due[message->partition]) {
        bench_fail("partition %d started at %lld, not %lld", message->partition, (long long)message->offset,
            (long long)starter->due[message->partition]);
    }
}

/// Without a group, by the library's simple consumer: the other one cannot be without group.id, and so looks for a
/// coordinator.
static uint64_t start_without_group(const struct starter *starter) {
    const struct bench_options *options = starter->options;
    const uint64_t begin_ns = bench_now_ns();
    rd_kafka_t *client = client_new(RD_KAFKA_CONSUMER, client_consumer_conf(options), options);
    rd_kafka_topic_t *topic = rdk.topic_new(client, options->topic, NULL);
    rd_kafka_queue_t *queue = rdk.queue_new(client);
    for (int32_t partition = 0; partition < options->partitions; partition++) {
        if (rdk.consume_start_queue(topic, partition, starter->assigned, queue) != 0) {
            bench_fail("consume: %s", rdk.err2str(rdk.last_error()));
        }
    }
    rd_kafka_message_t *message = rdk.consume_queue(queue, client_timeout_ms);
    const uint64_t end_ns = bench_now_ns();
    check_first(starter, message);
    rdk.message_destroy(message);
    for (int32_t partition = 0; partition < options->partitions; partition++) rdk.consume_stop(topic, partition);
    rdk.queue_destroy(queue);
    rdk.topic_destroy(topic);
    rdk.destroy(client);
    return end_ns - begin_ns;
}

static rd_kafka_topic_partition_list_t *partition_list(const struct bench_options *options) {
    return rdk.topic_partition_list_new((int)options->partitions);
}

static rd_kafka_t *group_client(const struct starter *starter) {
    rd_kafka_conf_t *conf = client_consumer_conf(starter->options);
    client_set(conf, "group.id", starter->group);
    return client_new(RD_KAFKA_CONSUMER, conf, starter->options);
}

static uint64_t start_with_group(const struct starter *starter) {
    const struct bench_options *options = starter->options;
    const uint64_t begin_ns = bench_now_ns();
    rd_kafka_t *client = group_client(starter);
    rdk.poll_set_consumer(client);
    rd_kafka_topic_partition_list_t *partitions = partition_list(options);
    for (int32_t partition = 0; partition < options->partitions; partition++) {
        rdk.topic_partition_list_add(partitions, options->topic, partition)->offset = starter->assigned;
    }
    const rd_kafka_resp_err_t error = rdk.assign(client, partitions);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) bench_fail("assign: %s", rdk.err2str(error));
    rd_kafka_message_t *message = rdk.consumer_poll(client, client_timeout_ms);
    const uint64_t end_ns = bench_now_ns();
    check_first(starter, message);
    rdk.message_destroy(message);
    rdk.topic_partition_list_destroy(partitions);
    rdk.consumer_close(client);
    rdk.destroy(client);
    return end_ns - begin_ns;
}

static void commit_halfway(struct starter *starter, const int64_t *ends) {
    const struct bench_options *options = starter->options;
    rd_kafka_t *client = group_client(starter);
    rd_kafka_topic_partition_list_t *partitions = partition_list(options);
    for (int32_t partition = 0; partition < options->partitions; partition++) {
        starter->due[partition] += (ends[partition] - starter->due[partition]) / 2;
        rdk.topic_partition_list_add(partitions, options->topic, partition)->offset = starter->due[partition];
    }
    const uint64_t end_ns = bench_now_ns() + (uint64_t)client_timeout_ms * 1000000;
    rd_kafka_resp_err_t error;
    // A group's coordinator is looked for only now, and a new cluster has none for a moment.
    while ((error = rdk.commit(client, partitions, 0)) != RD_KAFKA_RESP_ERR_NO_ERROR && bench_now_ns() < end_ns) {
        usleep(100000);
    }
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) bench_fail("commit: %s", rdk.err2str(error));
    rdk.topic_partition_list_destroy(partitions);
    rdk.consumer_close(client);
    rdk.destroy(client);
}

/// Finds where each partition begins and ends.
static void find_ends(struct starter *starter, int64_t *ends) {
    const struct bench_options *options = starter->options;
    rd_kafka_t *client = client_new(RD_KAFKA_CONSUMER, client_consumer_conf(options), options);
    rd_kafka_topic_t *topic = client_topic(client, options);
    for (int32_t partition = 0; partition < options->partitions; partition++) {
        const rd_kafka_resp_err_t error = rdk.query_watermark_offsets(
            client, options->topic, partition, &starter->due[partition], &ends[partition], client_timeout_ms);
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) bench_fail("offsets of %s: %s", options->topic, rdk.err2str(error));
        if (starter->due[partition] == ends[partition]) {
            bench_fail("partition %d of %s is empty", partition, options->topic);
        }
    }
    rdk.topic_destroy(topic);
    rdk.destroy(client);
}

static void name_group(struct starter *starter, int64_t number) {
    snprintf(starter->group, sizeof starter->group, "bench-%d-%llu-%lld", (int)getpid(),
        (unsigned long long)bench_now_ns(), (long long)number);
}

static void prepare(struct starter *starter, int64_t *ends) {
    const struct bench_options *options = starter->options;
    find_ends(starter, ends);
    starter->assigned = RD_KAFKA_OFFSET_STORED;
    if (strcmp(options->mode, "earliest") == 0) {
        starter->assigned = RD_KAFKA_OFFSET_BEGINNING;
    } else {
        name_group(starter, -1);
        if (strcmp(options->mode, "committed") == 0) {
            commit_halfway(starter, ends);
        } else if (strcmp(options->mode, "new-group") == 0) {
            // The first group of a cluster makes the topic that holds commits, which is no part of a start.
            start_with_group(starter);
        } else {
            bench_fail("start knows earliest, new-group and committed, not %s", options->mode);
        }
    }
}

int start(const struct bench_options *options) {
    library_load(options->library);
    bench_deadline(2 * client_spare_seconds, "start: preparing");
    struct starter starter = {.options = options};
    const size_t partition_count = (size_t)options->partitions;
    const size_t count = (size_t)options->count;
    starter.due = calloc(partition_count, sizeof *starter.due);
    int64_t *ends = calloc(partition_count, sizeof *ends);
    uint64_t *samples_ns = calloc(count, sizeof *samples_ns);
    if (starter.due == NULL || ends == NULL || samples_ns == NULL) bench_fail("out of memory");
    prepare(&starter, ends);
    const bool is_new_group = strcmp(options->mode, "new-group") == 0;
    const struct bench_meter begin = bench_meter_read();
    for (size_t i = 0; i < count; i++) {
        bench_deadline(client_spare_seconds, "start");
        if (is_new_group) name_group(&starter, (int64_t)i);
        samples_ns[i] = starter.group[0] == '\0' ? start_without_group(&starter) : start_with_group(&starter);
    }
    const struct bench_meter end = bench_meter_read();
    bench_report_samples("librdkafka", rdk.version_str(), samples_ns, count, end.cpu_ns - begin.cpu_ns, -1);
    free(samples_ns);
    free(ends);
    free(starter.due);
    return 0;
}
