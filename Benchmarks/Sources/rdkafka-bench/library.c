#define _GNU_SOURCE
#include "library.h"

#include <dlfcn.h>
#include <string.h>

#include "bench/report.h"

struct library rdk;

static void *symbol(void *handle, const char *name) {
    void *found = dlsym(handle, name);
    if (found == NULL) bench_fail("this librdkafka has no %s", name);
    return found;
}

void library_load(const char *path) {
    void *handle = dlopen(path != NULL ? path : "librdkafka.so.1", RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) bench_fail("cannot load librdkafka: %s", dlerror());
    void *found;
    // memcpy, as C has no conversion from an object's pointer to a function's.
#define LIBRARY_LOAD(name)                                                                                            \
    found = symbol(handle, "rd_kafka_" #name);                                                                        \
    memcpy(&rdk.name, &found, sizeof found);
    LIBRARY_FUNCTIONS(LIBRARY_LOAD)
#undef LIBRARY_LOAD
}
