#ifndef CHUNKS_H
#define CHUNKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /// What is read at once at most.
    chunk_room = 256 << 10,
    /// What one direction of a connection may hold: at 5 ms each way far more than loopback brings.
    chunks_size_max = 32 << 20,
};

/// Bytes that were read at one time and are to go on at another.
struct chunk {
    struct chunk *next;
    uint64_t due_ns;
    size_t sent;
    size_t size;
    uint8_t bytes[];
};

/// Chunks in their order.
struct chunks {
    struct chunk *first;
    struct chunk *last;
    size_t size;
};

/// Adds a copy of the bytes; none of it goes before what was added earlier. Without bytes it marks the end of the
/// stream.
void chunks_add(struct chunks *chunks, const uint8_t *bytes, size_t size, uint64_t due_ns);

/// Removes the first chunk.
void chunks_remove_first(struct chunks *chunks);

void chunks_clear(struct chunks *chunks);

static inline bool chunks_are_full(const struct chunks *chunks) { return chunks->size >= chunks_size_max; }

#endif
