#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "bench/meter.h"
#include "bench/report.h"
#include "session.h"
#include "verbs.h"
#include "version.h"

struct sender {
    struct trips *trips;
    struct batch_writer writer;
    int16_t acks;
    bool is_idempotent;
    /// Records sent by the present producer.
    uint32_t sent;
};

static int16_t try_to_send(struct sender *sender) {
    struct trips *trips = sender->trips;
    const uint32_t partition_count = (uint32_t)trips->partition_count;
    if (sender->is_idempotent) {
        sender->writer.producer = trips->producer;
        sender->writer.producer.sequence = (int32_t)(sender->sent / partition_count);
    }
    ask_produce(trips, sender->acks, (int32_t)(sender->sent % partition_count), batch_write(&sender->writer));
    sender->sent++;
    wire_send(&trips->wire);
    return read_produce(trips);
}

static int16_t try_to_connect(struct sender *sender) {
    sender->sent = 0;
    return session_connect(sender->trips, (struct session_questions){.wants_producer_id = sender->is_idempotent});
}

static void must(int16_t error) {
    if (error != 0) bench_fail("reuse: error %d", error);
}

/// A topic or a cluster may be so new that the first records are refused.
static int16_t warm_up_once(struct trips *trips, const void *context) {
    struct sender sender = *(const struct sender *)context;
    int16_t error = try_to_connect(&sender);
    for (int32_t i = 0; i < trips->partition_count && error == 0; i++) error = try_to_send(&sender);
    session_disconnect(trips);
    return error;
}

static uint64_t sample_new(struct sender *sender) {
    const uint64_t begin_ns = bench_now_ns();
    must(try_to_connect(sender));
    must(try_to_send(sender));
    const uint64_t end_ns = bench_now_ns();
    session_disconnect(sender->trips);
    return end_ns - begin_ns;
}

static uint64_t sample_kept(struct sender *sender) {
    const uint64_t begin_ns = bench_now_ns();
    must(try_to_send(sender));
    return bench_now_ns() - begin_ns;
}

static int16_t acks_named(const char *name) {
    if (name == NULL || strcmp(name, "all") == 0) return -1;
    if (strcmp(name, "1") != 0) bench_fail("reuse wants --acks 1 or all, as it waits for them");
    return 1;
}

/// A writer of batches of one record.
static struct batch_writer single_writer(const struct bench_options *options) {
    struct bench_options single = *options;
    single.batch_size = (int64_t)(batch_header_size + batch_record_size_max((size_t)options->value_size));
    struct batch_writer writer = batch_writer_open(&single);
    writer.record_count_max = 1;
    return writer;
}

int floor_reuse(const struct bench_options *options) {
    bench_deadline(3 * wire_timeout_seconds, "reuse: preparing");
    const bool is_kept = strcmp(options->mode, "kept") == 0;
    if (!is_kept && strcmp(options->mode, "new") != 0) bench_fail("reuse knows new and kept, not %s", options->mode);
    const size_t count = (size_t)options->count;
    uint64_t *samples_ns = calloc(count, sizeof *samples_ns);
    if (samples_ns == NULL) bench_fail("out of memory");
    struct sender sender = {
        .trips = session_open(options),
        .writer = single_writer(options),
        .acks = acks_named(options->acks),
        .is_idempotent = options->idempotence == 1,
    };
    session_await_topic(sender.trips, true);
    session_until_served(sender.trips, warm_up_once, &sender);
    if (is_kept) {
        must(try_to_connect(&sender));
        must(try_to_send(&sender));
    }
    const struct bench_meter begin = bench_meter_read();
    for (size_t i = 0; i < count; i++) {
        bench_deadline(2 * wire_timeout_seconds, "reuse");
        if (is_kept) sender.trips->wire.trips = 0;
        samples_ns[i] = is_kept ? sample_kept(&sender) : sample_new(&sender);
    }
    const struct bench_meter end = bench_meter_read();
    if (is_kept) session_disconnect(sender.trips);
    bench_report_samples(
        "floor", floor_version(NULL), samples_ns, count, end.cpu_ns - begin.cpu_ns, sender.trips->wire.trips);
    session_free(sender.trips);
    batch_writer_close(&sender.writer);
    free(samples_ns);
    return 0;
}
