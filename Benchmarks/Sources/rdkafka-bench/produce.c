#define _GNU_SOURCE
#include "bench/meter.h"
#include "bench/report.h"
#include "producer.h"
#include "verbs.h"

/// Produces until then; false if the limit of bytes came first.
static bool produce_until(struct producer *producer, uint64_t end_ns, uint64_t record_limit) {
    while (bench_now_ns() < end_ns) {
        if (producer->handed_over >= record_limit) return false;
        producer_hand_over(producer, producer_chunk);
    }
    return true;
}

static int report(
    struct producer *producer, struct bench_meter begin, struct bench_meter end, uint64_t acknowledged_count) {
    const struct bench_throughput done = {
        .records = acknowledged_count,
        .payload_bytes = acknowledged_count * producer->payload.value_size,
        .wall_ns = end.wall_ns - begin.wall_ns,
        .cpu_ns = end.cpu_ns - begin.cpu_ns,
        .failed = producer->failed,
    };
    return bench_report_throughput("librdkafka", rdk.version_str(), &done);
}

int produce(const struct bench_options *options) {
    library_load(options->library);
    const uint64_t warmup_ms = options->warmup_ms > 0 ? (uint64_t)options->warmup_ms : 0;
    const uint64_t window_ms = (uint64_t)options->window_ms;
    bench_deadline((unsigned)((warmup_ms + window_ms) / 1000) + client_spare_seconds, "produce");
    struct producer *producer = producer_open(options);
    const uint64_t record_limit =
        options->byte_limit > 0 ? (uint64_t)(options->byte_limit / options->value_size) : UINT64_MAX;
    if (!produce_until(producer, bench_now_ns() + warmup_ms * 1000000, record_limit)) {
        bench_fail("the limit of bytes was reached within the warm-up");
    }
    const uint64_t before = producer->acknowledged;
    const unsigned outages_before = client_outage_count();
    const struct bench_meter begin = bench_meter_read();
    produce_until(producer, begin.wall_ns + window_ms * 1000000, record_limit);
    const struct bench_meter end = bench_meter_read();
    const uint64_t after = producer->acknowledged;
    producer_drain(producer);
    if (client_outage_count() != outages_before) bench_fail("no broker was in reach for a part of the window");
    const int code = report(producer, begin, end, after - before);
    producer_close(producer);
    return code;
}

int preload(const struct bench_options *options) {
    library_load(options->library);
    bench_deadline(3600, "preload");
    struct producer *producer = producer_open(options);
    const uint64_t records = (uint64_t)options->records;
    const uint64_t partition_count = (uint64_t)options->partitions;
    const struct bench_meter begin = bench_meter_read();
    for (uint64_t done = 0; done * partition_count < records; done += producer_chunk) {
        for (uint64_t partition = 0; partition < partition_count; partition++) {
            const uint64_t share = records / partition_count + (partition < records % partition_count);
            if (done >= share) continue;
            const uint64_t left = share - done;
            producer_hand_over(producer, left < producer_chunk ? left : producer_chunk);
        }
    }
    producer_drain(producer);
    const struct bench_meter end = bench_meter_read();
    const int code = report(producer, begin, end, producer->acknowledged);
    producer_close(producer);
    return code;
}
