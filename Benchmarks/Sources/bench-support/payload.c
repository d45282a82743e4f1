#define _GNU_SOURCE
#include "bench/payload.h"

#include <stdio.h>
#include <stdlib.h>

#include "bench/report.h"

struct bench_payload bench_payload_load(const char *path, size_t value_size) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) bench_fail_errno("cannot open the payload %s", path);
    if (fseek(file, 0, SEEK_END) != 0) bench_fail_errno("cannot seek in the payload %s", path);
    const long size = ftell(file);
    rewind(file);
    if (size < (long)value_size) bench_fail("the payload %s has no value of %zu bytes", path, value_size);
    struct bench_payload payload = {.value_size = value_size, .count = (size_t)size / value_size};
    const size_t wanted = payload.count * value_size;
    payload.bytes = malloc(wanted);
    if (payload.bytes == NULL || fread(payload.bytes, 1, wanted, file) != wanted) {
        bench_fail("cannot read %zu bytes of the payload %s", wanted, path);
    }
    fclose(file);
    return payload;
}
