#ifndef BENCH_METER_H
#define BENCH_METER_H

#include <stdint.h>

/// A reading of the monotonic clock and of this process's CPU time, all its threads included, its children not.
struct bench_meter {
    uint64_t wall_ns;
    uint64_t cpu_ns;
};

/// Reads clock and CPU time now.
struct bench_meter bench_meter_read(void);

/// The monotonic clock.
uint64_t bench_now_ns(void);

/// Ends the process with exit code 1 and `what` on stderr unless it is called again, or ends, within so many seconds.
void bench_deadline(unsigned seconds, const char *what);

#endif
