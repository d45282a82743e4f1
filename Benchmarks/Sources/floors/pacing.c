#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "bench/meter.h"
#include "bench/report.h"
#include "verbs.h"
#include "version.h"

/// How late each tick was.
struct lateness {
    uint32_t *ns;
    size_t count;
};

static int ascending(const void *left, const void *right) {
    const uint32_t a = *(const uint32_t *)left;
    const uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void sleep_until(int timer, uint64_t due_ns) {
    const struct itimerspec at = {
        .it_value = {.tv_sec = (time_t)(due_ns / 1000000000), .tv_nsec = (long)(due_ns % 1000000000)}};
    uint64_t expirations;
    if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL) != 0) bench_fail_errno("timerfd_settime");
    if (read(timer, &expirations, sizeof expirations) != sizeof expirations) bench_fail_errno("read of a timerfd");
}

/// Wakes for every tick that is still to come; one wake serves all that are due, as it does where records are sent.
static void tick(int timer, uint64_t begin_ns, double step_ns, size_t count, struct lateness *late) {
    for (size_t i = 0; i < count;) {
        sleep_until(timer, begin_ns + (uint64_t)((double)i * step_ns));
        const uint64_t now_ns = bench_now_ns();
        for (; i < count; i++) {
            const uint64_t due_ns = begin_ns + (uint64_t)((double)i * step_ns);
            if (due_ns > now_ns) break;
            const uint64_t behind_ns = now_ns - due_ns;
            if (late != NULL) late->ns[late->count++] = behind_ns < UINT32_MAX ? (uint32_t)behind_ns : UINT32_MAX;
        }
    }
}

int floor_pacing(const struct bench_options *options) {
    const uint64_t warmup_ms = options->warmup_ms > 0 ? (uint64_t)options->warmup_ms : 0;
    bench_deadline((unsigned)((warmup_ms + (uint64_t)options->window_ms) / 1000) + 60, "pacing");
    const double step_ns = 1e9 / (double)options->rate;
    const size_t warmup_count = (size_t)((double)options->rate * (double)warmup_ms / 1000);
    const size_t count = (size_t)((double)options->rate * (double)options->window_ms / 1000);
    struct lateness late = {.ns = malloc((count + 1) * sizeof *late.ns)};
    const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    if (late.ns == NULL || timer < 0 || count == 0) bench_fail_errno("cannot pace %zu ticks", count);
    tick(timer, bench_now_ns() + 1000000, step_ns, warmup_count, NULL);
    const struct bench_meter begin = bench_meter_read();
    tick(timer, bench_now_ns() + 1000000, step_ns, count, &late);
    const struct bench_meter end = bench_meter_read();
    close(timer);
    qsort(late.ns, late.count, sizeof *late.ns, ascending);
    printf(
        "{\"peer\":\"floor\",\"version\":\"%s\",\"ticks\":%zu,\"p50Ns\":%" PRIu32 ",\"p99Ns\":%" PRIu32
        ",\"maxNs\":%" PRIu32 ",\"wallNs\":%" PRIu64 ",\"cpuNs\":%" PRIu64 "}\n",
        floor_version(NULL), late.count, late.ns[late.count / 2], late.ns[late.count * 99 / 100],
        late.ns[late.count - 1], end.wall_ns - begin.wall_ns, end.cpu_ns - begin.cpu_ns);
    free(late.ns);
    return 0;
}
