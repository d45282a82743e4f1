#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stddef.h>
#include <stdint.h>

/// What a peer did within its window.
struct bench_throughput {
    uint64_t records;
    uint64_t payload_bytes;
    uint64_t wall_ns;
    uint64_t cpu_ns;
    uint64_t failed;
};

/// Prints the JSON line of a window; returns the exit code it stands for: 1 if anything failed or nothing was done.
int bench_report_throughput(const char *peer, const char *version, const struct bench_throughput *done);

/// Prints the JSON line of repeated samples; `trips` is left out when negative.
void bench_report_samples(
    const char *peer, const char *version, const uint64_t *samples_ns, size_t count, uint64_t cpu_ns, int trips);

/// Says on stderr what went wrong, and exits with 1.
__attribute__((noreturn, format(printf, 1, 2))) void bench_fail(const char *format, ...);

/// The same, with the last system call's error behind it.
__attribute__((noreturn, format(printf, 1, 2))) void bench_fail_errno(const char *format, ...);

#endif
