#define _GNU_SOURCE
#include "bench/core.h"

#include <sched.h>

#include "bench/report.h"

void bench_hold_to_one_core(void) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) bench_fail_errno("sched_getaffinity");
    int core = CPU_SETSIZE - 1;
    while (core > 0 && !CPU_ISSET(core, &allowed)) core--;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0) bench_fail_errno("sched_setaffinity");
}
