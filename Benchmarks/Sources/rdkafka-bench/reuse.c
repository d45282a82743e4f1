#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "bench/meter.h"
#include "bench/payload.h"
#include "bench/report.h"
#include "client.h"
#include "verbs.h"

struct sender {
    const struct bench_options *options;
    struct bench_payload payload;
    rd_kafka_t *client;
    rd_kafka_topic_t *topic;
    uint64_t sent;
    bool is_acknowledged;
};

static void delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque) {
    (void)client;
    struct sender *sender = opaque;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) bench_fail("a record failed: %s", rdk.err2str(message->err));
    sender->is_acknowledged = true;
}

static void sender_open(struct sender *sender) {
    rd_kafka_conf_t *conf = client_producer_conf(sender->options);
    rdk.conf_set_opaque(conf, sender);
    rdk.conf_set_dr_msg_cb(conf, delivered);
    sender->client = client_new(RD_KAFKA_PRODUCER, conf, sender->options);
    sender->topic = rdk.topic_new(sender->client, sender->options->topic, NULL);
}

static void sender_close(struct sender *sender) {
    rdk.topic_destroy(sender->topic);
    rdk.destroy(sender->client);
}

static void send_and_wait(struct sender *sender) {
    const struct bench_payload *payload = &sender->payload;
    const int32_t partition = (int32_t)(sender->sent % (uint64_t)sender->options->partitions);
    uint8_t *value = payload->bytes + sender->sent % payload->count * payload->value_size;
    sender->sent++;
    sender->is_acknowledged = false;
    if (rdk.produce(sender->topic, partition, 0, value, payload->value_size, NULL, 0, NULL) != 0) {
        bench_fail("produce: %s", rdk.err2str(rdk.last_error()));
    }
    const uint64_t end_ns = bench_now_ns() + (uint64_t)(client_timeout_ms + 5000) * 1000000;
    while (!sender->is_acknowledged && bench_now_ns() < end_ns) rdk.poll(sender->client, 1000);
    if (!sender->is_acknowledged) bench_fail("a record was not acknowledged within %d ms", client_timeout_ms);
}

static uint64_t sample_new(struct sender *sender) {
    const uint64_t begin_ns = bench_now_ns();
    sender_open(sender);
    send_and_wait(sender);
    const uint64_t end_ns = bench_now_ns();
    sender_close(sender);
    return end_ns - begin_ns;
}

static uint64_t sample_kept(struct sender *sender) {
    const uint64_t begin_ns = bench_now_ns();
    send_and_wait(sender);
    return bench_now_ns() - begin_ns;
}

static void make_topic(const struct bench_options *options) {
    rd_kafka_t *client = client_new(RD_KAFKA_PRODUCER, client_conf(options), options);
    client_create_topic(client, options);
    rdk.topic_destroy(client_topic(client, options));
    rdk.destroy(client);
}

int reuse(const struct bench_options *options) {
    library_load(options->library);
    bench_deadline(2 * client_spare_seconds, "reuse: preparing");
    const bool is_kept = strcmp(options->mode, "kept") == 0;
    if (!is_kept && strcmp(options->mode, "new") != 0) bench_fail("reuse knows new and kept, not %s", options->mode);
    make_topic(options);
    const size_t count = (size_t)options->count;
    uint64_t *samples_ns = calloc(count, sizeof *samples_ns);
    if (samples_ns == NULL) bench_fail("out of memory");
    struct sender sender = {
        .options = options, .payload = bench_payload_load(options->payload, (size_t)options->value_size)};
    sender_open(&sender);
    // A topic or a cluster may be so new that the first records have to wait; they are no samples.
    for (int64_t i = 0; i < options->partitions; i++) send_and_wait(&sender);
    if (!is_kept) sender_close(&sender);
    const struct bench_meter begin = bench_meter_read();
    for (size_t i = 0; i < count; i++) {
        bench_deadline(client_spare_seconds, "reuse");
        samples_ns[i] = is_kept ? sample_kept(&sender) : sample_new(&sender);
    }
    const struct bench_meter end = bench_meter_read();
    if (is_kept) sender_close(&sender);
    bench_report_samples("librdkafka", rdk.version_str(), samples_ns, count, end.cpu_ns - begin.cpu_ns, -1);
    free(samples_ns);
    free(sender.payload.bytes);
    return 0;
}
