#define _GNU_SOURCE
#include "CHotPaths.h"
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>

static _Atomic uint64_t *allocations, *copied_bytes;

bool hot_paths_can_count(void) {
    allocations = dlsym(RTLD_DEFAULT, "call_counts_allocations");
    copied_bytes = dlsym(RTLD_DEFAULT, "call_counts_copied_bytes");
    return allocations && copied_bytes;
}

static uint64_t read_count(_Atomic uint64_t *count) {
    return count ? atomic_load_explicit(count, memory_order_relaxed) : 0;
}

struct hot_paths_counts hot_paths_count(void) {
    return (struct hot_paths_counts){read_count(allocations), read_count(copied_bytes)};
}

// The barrier keeps the compiler from removing the call.
__attribute__((noinline)) void hot_paths_mark(void) { __asm__ volatile("" ::: "memory"); }

__attribute__((noinline)) void hot_paths_keep(uint64_t value) { __asm__ volatile("" ::"r"(value)); }
