#define _GNU_SOURCE
#include "batch_file.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "bench/report.h"

/// What a fetch brings at most. Without options the sizes are those of Kafka's consumer.
static size_t fetch_size(const struct bench_options *options) {
    const int64_t fetch = options->fetch_max_bytes > 0 ? options->fetch_max_bytes : 52428800;
    const int64_t partition = options->partition_fetch_max_bytes > 0 ? options->partition_fetch_max_bytes : 1048576;
    const int64_t all = partition * (options->partitions > 0 ? options->partitions : 1);
    return (size_t)(all < fetch ? all : fetch);
}

static void append(struct batch_file *file, struct batch batch, size_t fetch_size) {
    struct batch_span *last = &file->spans[file->span_count - 1];
    if (last->size > 0 && last->size + batch.size > fetch_size) {
        file->spans = realloc(file->spans, (file->span_count + 1) * sizeof *file->spans);
        if (file->spans == NULL) bench_fail("out of memory");
        last = &file->spans[file->span_count++];
        *last = (struct batch_span){.offset = last[-1].offset + (off_t)last[-1].size};
    }
    if (write(file->descriptor, batch.bytes, batch.size) != (ssize_t)batch.size) bench_fail_errno("write batches");
    last->size += batch.size;
    if (last->size > file->span_size_max) file->span_size_max = last->size;
    file->records += batch.records;
}

struct batch_file batch_file_make(const struct bench_options *options) {
    struct batch_file file = {.span_count = 1, .spans = calloc(1, sizeof *file.spans)};
    if (file.spans == NULL) bench_fail("out of memory");
    // Pages in memory like those of the page cache, but never written to a disk.
    file.descriptor = memfd_create("batches", MFD_CLOEXEC);
    if (file.descriptor < 0) bench_fail_errno("memfd_create");
    struct batch_writer writer = batch_writer_open(options);
    const uint64_t records = options->records > 0 ? (uint64_t)options->records : 1000000;
    while (file.records < records) append(&file, batch_write(&writer), fetch_size(options));
    file.plain_size_max = writer.room;
    batch_writer_close(&writer);
    return file;
}

void batch_file_close(struct batch_file *file) {
    close(file->descriptor);
    free(file->spans);
}

int batch_file_send(const struct batch_file *file, size_t span, int descriptor) {
    off_t offset = file->spans[span].offset;
    const off_t end = offset + (off_t)file->spans[span].size;
    while (offset < end) {
        if (sendfile(descriptor, file->descriptor, &offset, (size_t)(end - offset)) <= 0) return 0;
    }
    return 1;
}

void batch_file_serve(int descriptor, void *context) {
    const struct batch_file *file = context;
    for (size_t span = 0; batch_file_send(file, span, descriptor); span = (span + 1) % file->span_count) continue;
}
