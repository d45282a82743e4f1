#define _GNU_SOURCE
#include "window.h"

struct window window_begin(const struct bench_options *options) {
    const uint64_t warmup_ms = options->warmup_ms > 0 ? (uint64_t)options->warmup_ms : 0;
    const uint64_t window_ms = (uint64_t)options->window_ms;
    bench_deadline((unsigned)((warmup_ms + window_ms) / 1000) + 60, options->verb);
    const uint64_t warm_ns = bench_now_ns() + warmup_ms * 1000000;
    return (struct window){.warm_ns = warm_ns, .end_ns = warm_ns + window_ms * 1000000};
}

bool window_step(struct window *window, uint64_t records, uint64_t payload_bytes) {
    const uint64_t now_ns = bench_now_ns();
    if (!window->is_warm) {
        if (now_ns < window->warm_ns) return true;
        window->is_warm = true;
        window->begin = bench_meter_read();
        window->end_ns += window->begin.wall_ns - window->warm_ns;
        return true;
    }
    window->done.records += records;
    window->done.payload_bytes += payload_bytes;
    if (now_ns < window->end_ns) return true;
    const struct bench_meter end = bench_meter_read();
    window->done.wall_ns = end.wall_ns - window->begin.wall_ns;
    window->done.cpu_ns = end.cpu_ns - window->begin.cpu_ns;
    return false;
}
