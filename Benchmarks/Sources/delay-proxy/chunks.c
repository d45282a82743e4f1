#include "chunks.h"

#include <stdlib.h>
#include <string.h>

#include "bench/report.h"

void chunks_add(struct chunks *chunks, const uint8_t *bytes, size_t size, uint64_t due_ns) {
    struct chunk *chunk = malloc(sizeof *chunk + size);
    if (chunk == NULL) bench_fail("out of memory");
    *chunk = (struct chunk){.due_ns = due_ns, .size = size};
    if (size > 0) memcpy(chunk->bytes, bytes, size);
    if (chunks->last == NULL) {
        chunks->first = chunk;
    } else {
        if (chunks->last->due_ns > due_ns) chunk->due_ns = chunks->last->due_ns;
        chunks->last->next = chunk;
    }
    chunks->last = chunk;
    chunks->size += size;
}

void chunks_remove_first(struct chunks *chunks) {
    struct chunk *first = chunks->first;
    chunks->first = first->next;
    if (chunks->first == NULL) chunks->last = NULL;
    chunks->size -= first->size;
    free(first);
}

void chunks_clear(struct chunks *chunks) {
    while (chunks->first != NULL) chunks_remove_first(chunks);
}
