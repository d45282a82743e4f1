#ifndef BATCH_FILE_H
#define BATCH_FILE_H

#include <sys/types.h>

#include "batch.h"

/// A piece of a file that one fetch brings: whole batches.
struct batch_span {
    off_t offset;
    size_t size;
};

/// A file of batches in memory, and how fetches cut it.
struct batch_file {
    int descriptor;
    uint64_t records;
    /// The most that a batch decompresses to.
    size_t plain_size_max;
    size_t span_size_max;
    size_t span_count;
    struct batch_span *spans;
};

/// Writes `records` of the options (a million by default) in batches, for fetches of all partitions by the fetch sizes
/// of the options.
struct batch_file batch_file_make(const struct bench_options *options);

void batch_file_close(struct batch_file *file);

/// Sends the file again and again, a span by each call, until the other end is closed; a body for `loopback_fork`.
void batch_file_serve(int descriptor, void *file);

/// Sends one span; false when the other end is closed.
int batch_file_send(const struct batch_file *file, size_t span, int descriptor);

#endif
