#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum { bench_property_count_max = 32 };

/// What the command line of a peer says. A number that was not given is -1, a text NULL: the peer's own default holds.
struct bench_options {
    const char *verb;
    const char *bootstrap_servers;
    const char *topic;
    const char *payload;
    const char *acks;
    const char *compression;
    const char *mode;
    const char *library;
    int64_t partitions;
    int64_t value_size;
    int64_t batch_size;
    int64_t linger_ms;
    int64_t in_flight;
    int64_t fetch_max_bytes;
    int64_t partition_fetch_max_bytes;
    int64_t fetch_min_bytes;
    int64_t fetch_max_wait_ms;
    int64_t warmup_ms;
    int64_t window_ms;
    int64_t byte_limit;
    int64_t records;
    int64_t count;
    int64_t rate;
    int64_t idempotence;
    int64_t defaults;
    int property_count;
    const char *properties[bench_property_count_max];
};

/// A verb, and the options it cannot do without (names separated by blanks).
struct bench_verb {
    const char *name;
    const char *needs;
    int (*run)(const struct bench_options *options);
};

/// Reads the command line, runs its verb, and returns the program's exit code: 0, 1 for a failure, 2 for a wrong
/// command line.
///
/// `--help` prints `usage` and the options.
int bench_main(int argc, char **argv, const char *usage, const struct bench_verb *verbs);

#endif
