#define _GNU_SOURCE
#include "bench/report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int bench_report_throughput(const char *peer, const char *version, const struct bench_throughput *done) {
    printf(
        "{\"peer\":\"%s\",\"version\":\"%s\",\"records\":%" PRIu64 ",\"payloadBytes\":%" PRIu64 ",\"wallNs\":%" PRIu64
        ",\"cpuNs\":%" PRIu64 ",\"failed\":%" PRIu64 "}\n",
        peer, version, done->records, done->payload_bytes, done->wall_ns, done->cpu_ns, done->failed);
    if (done->failed > 0) fprintf(stderr, "%" PRIu64 " records failed\n", done->failed);
    if (done->records == 0) fprintf(stderr, "nothing was done within the window\n");
    return done->failed > 0 || done->records == 0;
}

void bench_report_samples(
    const char *peer, const char *version, const uint64_t *samples_ns, size_t count, uint64_t cpu_ns, int trips) {
    printf("{\"peer\":\"%s\",\"version\":\"%s\",", peer, version);
    if (trips >= 0) printf("\"trips\":%d,", trips);
    printf("\"samplesNs\":[");
    for (size_t i = 0; i < count; i++) printf("%s%" PRIu64, i == 0 ? "" : ",", samples_ns[i]);
    printf("],\"cpuNs\":%" PRIu64 "}\n", cpu_ns);
}

void bench_fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

void bench_fail_errno(const char *format, ...) {
    const int error = errno;
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, ": %s\n", strerror(error));
    va_end(arguments);
    exit(1);
}
