#define _GNU_SOURCE
#include "bench/meter.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static uint64_t timeval_ns(struct timeval value) {
    return (uint64_t)value.tv_sec * 1000000000u + (uint64_t)value.tv_usec * 1000u;
}

uint64_t bench_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

struct bench_meter bench_meter_read(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (struct bench_meter){
        .wall_ns = bench_now_ns(), .cpu_ns = timeval_ns(usage.ru_utime) + timeval_ns(usage.ru_stime)};
}

static const char *deadline_what = "";

static void say(const char *text) {
    // A handler may not use stdio, and if stderr is gone there is nobody to tell.
    const ssize_t written = write(STDERR_FILENO, text, strlen(text));
    (void)written;
}

static void deadline_passed(int signal_number) {
    (void)signal_number;
    say("timed out: ");
    say(deadline_what);
    say("\n");
    _exit(1);
}

void bench_deadline(unsigned seconds, const char *what) {
    deadline_what = what;
    struct sigaction action = {.sa_handler = deadline_passed};
    sigaction(SIGALRM, &action, NULL);
    alarm(seconds);
}
