#define _GNU_SOURCE
#include "client.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/meter.h"
#include "bench/report.h"

void client_set(rd_kafka_conf_t *conf, const char *key, const char *value) {
    char problem[512];
    if (rdk.conf_set(conf, key, value, problem, sizeof problem) != RD_KAFKA_CONF_OK) bench_fail("%s", problem);
}

void client_set_number(rd_kafka_conf_t *conf, const char *key, int64_t value) {
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, value);
    client_set(conf, key, text);
}

static void set_if_given(rd_kafka_conf_t *conf, const char *key, int64_t value) {
    if (value >= 0) client_set_number(conf, key, value);
}

static unsigned outage_count;

static void failed(rd_kafka_t *client, int error, const char *reason, void *opaque) {
    (void)client;
    (void)reason;
    (void)opaque;
    if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || error == RD_KAFKA_RESP_ERR__FATAL) outage_count++;
}

unsigned client_outage_count(void) { return outage_count; }

rd_kafka_conf_t *client_conf(const struct bench_options *options) {
    rd_kafka_conf_t *conf = rdk.conf_new();
    client_set(conf, "bootstrap.servers", options->bootstrap_servers);
    client_set(conf, "client.id", "rdkafka-bench");
    rdk.conf_set_error_cb(conf, failed);
    // Java's clients switch Nagle's algorithm off too; on, it costs up to 40 ms where two small requests follow one
    // another.
    client_set(conf, "socket.nagle.disable", "true");
    return conf;
}

rd_kafka_conf_t *client_producer_conf(const struct bench_options *options) {
    rd_kafka_conf_t *conf = client_conf(options);
    if (options->acks != NULL) client_set(conf, "acks", options->acks);
    if (options->compression != NULL) client_set(conf, "compression.codec", options->compression);
    if (options->idempotence >= 0) client_set(conf, "enable.idempotence", options->idempotence ? "true" : "false");
    client_set_number(conf, "message.timeout.ms", client_timeout_ms);
    if (options->defaults == 1) return conf;
    set_if_given(conf, "linger.ms", options->linger_ms);
    set_if_given(conf, "max.in.flight.requests.per.connection", options->in_flight);
    if (options->batch_size < 0) return conf;
    client_set_number(conf, "batch.size", options->batch_size);
    // Only the size shall end a batch: not the count of its records, nor what a request may hold.
    client_set(conf, "batch.num.messages", "1000000");
    const int64_t request_min = 1000000;
    client_set_number(
        conf, "message.max.bytes", options->batch_size > request_min / 2 ? 2 * options->batch_size : request_min);
    return conf;
}

rd_kafka_conf_t *client_consumer_conf(const struct bench_options *options) {
    rd_kafka_conf_t *conf = client_conf(options);
    client_set(conf, "check.crcs", "true");
    client_set(conf, "enable.auto.commit", "false");
    client_set(conf, "auto.offset.reset", "earliest");
    if (options->defaults == 1) return conf;
    set_if_given(conf, "fetch.message.max.bytes", options->partition_fetch_max_bytes);
    set_if_given(conf, "fetch.max.bytes", options->fetch_max_bytes);
    if (options->fetch_max_bytes > 0) {
        // The library raises fetch.max.bytes to message.max.bytes, and refuses a response bound that is not above it.
        const int64_t message_min = 1000;
        const int64_t message_default = 1000000;
        const int64_t receive_default = 100000000;
        const int64_t fetch = options->fetch_max_bytes > message_min ? options->fetch_max_bytes : message_min;
        if (fetch < message_default) client_set_number(conf, "message.max.bytes", fetch);
        if (fetch + 1024 > receive_default) client_set_number(conf, "receive.message.max.bytes", fetch + 1024);
    }
    set_if_given(conf, "fetch.min.bytes", options->fetch_min_bytes);
    set_if_given(conf, "fetch.wait.max.ms", options->fetch_max_wait_ms);
    return conf;
}

static void set_properties(rd_kafka_conf_t *conf, const struct bench_options *options) {
    for (int i = 0; i < options->property_count; i++) {
        char property[512];
        snprintf(property, sizeof property, "%s", options->properties[i]);
        char *value = strchr(property, '=');
        *value = '\0';
        client_set(conf, property, value + 1);
    }
}

rd_kafka_t *client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, const struct bench_options *options) {
    set_properties(conf, options);
    char problem[512];
    rd_kafka_t *client = rdk.new(type, conf, problem, sizeof problem);
    if (client == NULL) bench_fail("cannot make a client: %s", problem);
    return client;
}

/// How many partitions have leaders; -1 when the topic is not known (yet).
static int led_partitions(rd_kafka_t *client, rd_kafka_topic_t *topic) {
    const struct rd_kafka_metadata *metadata = NULL;
    if (rdk.metadata(client, 0, topic, &metadata, 5000) != RD_KAFKA_RESP_ERR_NO_ERROR) return -1;
    int led = -1;
    if (metadata->topic_cnt == 1 && metadata->topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        led = metadata->topics[0].partition_cnt;
        for (int i = 0; i < metadata->topics[0].partition_cnt; i++) {
            if (metadata->topics[0].partitions[i].leader < 0) led = -1;
        }
    }
    rdk.metadata_destroy(metadata);
    return led;
}

rd_kafka_topic_t *client_topic(rd_kafka_t *client, const struct bench_options *options) {
    rd_kafka_topic_t *topic = rdk.topic_new(client, options->topic, NULL);
    if (topic == NULL) bench_fail("topic %s: %s", options->topic, rdk.err2str(rdk.last_error()));
    const uint64_t end_ns = bench_now_ns() + (uint64_t)client_timeout_ms * 1000000;
    int led = -1;
    while ((led = led_partitions(client, topic)) <= 0) {
        if (bench_now_ns() > end_ns) {
            bench_fail("topic %s is not there, or has no leaders, after %d ms", options->topic, client_timeout_ms);
        }
        usleep(20000);
    }
    if (led != options->partitions) {
        bench_fail("topic %s has %d partitions, not %" PRId64, options->topic, led, options->partitions);
    }
    return topic;
}
