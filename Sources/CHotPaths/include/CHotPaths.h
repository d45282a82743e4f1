#pragma once
#include <stdbool.h>
#include <stdint.h>

/// What the library of Guards/call-counts.c has counted so far, on all threads.
struct hot_paths_counts {
    /// Calls of malloc, calloc, realloc and memalign.
    uint64_t allocations;
    /// Bytes moved by memcpy and memmove in calls of 64 bytes or more.
    uint64_t copied_bytes;
};

/// Whether that library is loaded.
bool hot_paths_can_count(void);

/// What it has counted.
struct hot_paths_counts hot_paths_count(void);

/// Does nothing: a function whose name callgrind is given (--dump-before).
void hot_paths_mark(void);

/// Takes a value that a measured path computed, so that the compiler cannot remove the computation.
void hot_paths_keep(uint64_t value);
