#ifndef BENCH_PAYLOAD_H
#define BENCH_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>

/// Values of one size, one behind the other, that are used round and round.
struct bench_payload {
    uint8_t *bytes;
    size_t value_size;
    size_t count;
};

/// Reads the values from a file; what is left behind the last whole one is ignored.
struct bench_payload bench_payload_load(const char *path, size_t value_size);

#endif
