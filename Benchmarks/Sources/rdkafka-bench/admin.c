#define _GNU_SOURCE
#include <stddef.h>

#include "bench/report.h"
#include "client.h"

static rd_kafka_event_t *await(rd_kafka_queue_t *queue, const char *what) {
    rd_kafka_event_t *event = rdk.queue_poll(queue, client_timeout_ms);
    if (event == NULL) bench_fail("%s: no answer within %d ms", what, client_timeout_ms);
    if (rdk.event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) bench_fail("%s: %s", what, rdk.event_error_string(event));
    return event;
}

static void check(
    const rd_kafka_topic_result_t **results, size_t count, rd_kafka_resp_err_t accepted, const char *what) {
    for (size_t i = 0; i < count; i++) {
        const rd_kafka_resp_err_t error = rdk.topic_result_error(results[i]);
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR && error != accepted) bench_fail("%s: %s", what, rdk.err2str(error));
    }
}

void client_create_topic(rd_kafka_t *client, const struct bench_options *options) {
    char problem[256];
    rd_kafka_NewTopic_t *topic =
        rdk.NewTopic_new(options->topic, (int)options->partitions, 1, problem, sizeof problem);
    if (topic == NULL) bench_fail("topic %s: %s", options->topic, problem);
    rd_kafka_queue_t *queue = rdk.queue_new(client);
    rdk.CreateTopics(client, &topic, 1, NULL, queue);
    rd_kafka_event_t *event = await(queue, "create topic");
    size_t count = 0;
    const rd_kafka_topic_result_t **results =
        rdk.CreateTopics_result_topics(rdk.event_CreateTopics_result(event), &count);
    check(results, count, RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, "create topic");
    rdk.event_destroy(event);
    rdk.queue_destroy(queue);
    rdk.NewTopic_destroy(topic);
}

void client_delete_topic(rd_kafka_t *client, const struct bench_options *options) {
    rd_kafka_DeleteTopic_t *topic = rdk.DeleteTopic_new(options->topic);
    rd_kafka_queue_t *queue = rdk.queue_new(client);
    rdk.DeleteTopics(client, &topic, 1, NULL, queue);
    rd_kafka_event_t *event = await(queue, "delete topic");
    size_t count = 0;
    const rd_kafka_topic_result_t **results =
        rdk.DeleteTopics_result_topics(rdk.event_DeleteTopics_result(event), &count);
    check(results, count, RD_KAFKA_RESP_ERR_NO_ERROR, "delete topic");
    rdk.event_destroy(event);
    rdk.queue_destroy(queue);
    rdk.DeleteTopic_destroy(topic);
}
