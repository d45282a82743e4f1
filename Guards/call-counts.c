// Loaded before all other libraries (LD_PRELOAD), so that the counted program is the one that ships. glibc only.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

// Read by hot-paths, which finds them by name.
_Atomic uint64_t call_counts_allocations;
_Atomic uint64_t call_counts_copied_bytes;

// Smaller copies are of fields, not of a value.
enum { COPIED_BYTES_MIN = 64 };

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static void allocated(void) { atomic_fetch_add_explicit(&call_counts_allocations, 1, memory_order_relaxed); }

void *malloc(size_t size) {
    allocated();
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    allocated();
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    allocated();
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    allocated();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size) {
    void *made = memalign(alignment, size);
    if (!made) return ENOMEM;
    *result = made;
    return 0;
}

typedef void *copy(void *, const void *, size_t);

// Looked up at the first call: other constructors may copy before this library's own would run.
static void *copied(_Atomic(copy *) *real, const char *name, void *to, const void *from, size_t size) {
    copy *call = atomic_load_explicit(real, memory_order_relaxed);
    if (!call) {
        call = (copy *)dlsym(RTLD_NEXT, name);
        atomic_store_explicit(real, call, memory_order_relaxed);
    }
    if (size >= COPIED_BYTES_MIN) atomic_fetch_add_explicit(&call_counts_copied_bytes, size, memory_order_relaxed);
    return call(to, from, size);
}

static _Atomic(copy *) real_memcpy, real_memmove;

void *memcpy(void *to, const void *from, size_t size) { return copied(&real_memcpy, "memcpy", to, from, size); }

void *memmove(void *to, const void *from, size_t size) { return copied(&real_memmove, "memmove", to, from, size); }

// The names of memcpy and memmove in a program that was compiled with checks (_FORTIFY_SOURCE).
void *__memcpy_chk(void *to, const void *from, size_t size, size_t room) {
    if (size > room) __builtin_trap();
    return memcpy(to, from, size);
}

void *__memmove_chk(void *to, const void *from, size_t size, size_t room) {
    if (size > room) __builtin_trap();
    return memmove(to, from, size);
}
