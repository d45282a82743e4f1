#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "batch.h"
#include "bytes.h"
#include "loopback.h"
#include "verbs.h"
#include "version.h"
#include "window.h"

enum {
    length_size = 4,
    /// About what an answer to Produce takes.
    answer_size = 256,
};

/// Requests that are kept, as each may have to be sent again until it is answered.
struct request_ring {
    size_t partitions;
    size_t in_flight;
    size_t request_room;
    uint8_t *requests;
    uint64_t sent;
    uint64_t answer_bytes;
};

struct request {
    const uint8_t *bytes;
    size_t size;
    uint64_t records;
};

/// Receives requests whole, and answers each; a body for `loopback_fork`.
static void answer_requests(int descriptor, void *context) {
    const struct request_ring *ring = context;
    uint8_t length[length_size];
    const uint8_t answer[answer_size] = {0};
    uint8_t *request = malloc(ring->request_room);
    if (request == NULL) _exit(1);
    while (loopback_receive(descriptor, length, sizeof length) > 0
        && loopback_receive(descriptor, request, get_u32(length)) > 0) {
        if (send(descriptor, answer, sizeof answer, 0) != sizeof answer) break;
    }
    free(request);
}

static struct request_ring ring_make(const struct bench_options *options, size_t batch_room) {
    struct request_ring ring = {
        .partitions = (size_t)options->partitions,
        .in_flight = (size_t)options->in_flight,
        .request_room = length_size + (size_t)options->partitions * batch_room,
    };
    if (ring.request_room > INT32_MAX) bench_fail("acknowledged: requests of %zu bytes", ring.request_room);
    // One is filled while the others are in flight.
    ring.requests = malloc((ring.in_flight + 1) * ring.request_room);
    if (ring.requests == NULL) bench_fail("out of memory");
    return ring;
}

/// A batch for each partition, one behind the other.
static struct request next_request(const struct request_ring *ring, struct batch_writer *writer) {
    uint8_t *const bytes = ring->requests + ring->sent % (ring->in_flight + 1) * ring->request_room;
    struct request request = {.bytes = bytes, .size = length_size};
    uint8_t *const own = writer->plain;
    for (size_t partition = 0; partition < ring->partitions; partition++) {
        writer->plain = bytes + request.size;
        const struct batch batch = batch_write(writer);
        request.size += batch.size;
        request.records += batch.records;
    }
    writer->plain = own;
    put_u32(bytes, (uint32_t)(request.size - length_size));
    return request;
}

/// Waits until there is room for one more in flight.
static void await_room(struct request_ring *ring, int descriptor) {
    uint8_t answers[16 * answer_size];
    while (ring->sent - ring->answer_bytes / answer_size >= ring->in_flight) {
        const ssize_t got = recv(descriptor, answers, sizeof answers, 0);
        if (got <= 0) bench_fail("the process at the other end is gone");
        ring->answer_bytes += (uint64_t)got;
    }
}

int floor_acknowledged(const struct bench_options *options) {
    struct batch_writer writer = batch_writer_open(options);
    if (writer.codec != NULL) bench_fail("acknowledged: only without compression");
    struct request_ring ring = ring_make(options, writer.room);
    const struct loopback_peer peer = loopback_fork(answer_requests, &ring);
    struct window window = window_begin(options);
    struct request request;
    do {
        request = next_request(&ring, &writer);
        await_room(&ring, peer.descriptor);
        loopback_send(peer.descriptor, request.bytes, request.size);
        ring.sent++;
    } while (window_step(&window, request.records, request.records * writer.payload.value_size));
    loopback_join(peer);
    const int code = bench_report_throughput("floor", floor_version(writer.codec), &window.done);
    free(ring.requests);
    batch_writer_close(&writer);
    return code;
}
