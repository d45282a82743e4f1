#ifndef WINDOW_H
#define WINDOW_H

#include <stdbool.h>

#include "bench/meter.h"
#include "bench/options.h"
#include "bench/report.h"

/// Warm-up and window of a floor that does the same step over and over.
struct window {
    uint64_t warm_ns;
    uint64_t end_ns;
    bool is_warm;
    struct bench_meter begin;
    struct bench_throughput done;
};

/// Begins the warm-up by the options, with a deadline for the whole.
struct window window_begin(const struct bench_options *options);

/// Counts a step; false once the window is over, with what was done in it in `done`.
bool window_step(struct window *window, uint64_t records, uint64_t payload_bytes);

#endif
