#define _GNU_SOURCE
#include "link.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/meter.h"

uint64_t link_token(struct link *link, int side) { return (uint64_t)(uintptr_t)link | (uint64_t)side; }

/// Reads only what it may hold, and asks for room only when there is something to write.
static void watch(struct link *link, int number) {
    struct side *side = &link->sides[number];
    uint32_t wanted = 0;
    if (!side->is_read_out && !chunks_are_full(&link->sides[!number].outgoing)) wanted |= EPOLLIN;
    if (side->is_blocked) wanted |= EPOLLOUT;
    if (wanted == side->watched) return;
    struct epoll_event event = {.events = wanted, .data.u64 = link_token(link, number)};
    // epoll would report a socket that has hung up again and again, even if it is watched for nothing.
    const int change = wanted == 0 ? EPOLL_CTL_DEL : side->watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    epoll_ctl(link->epoll, change, side->descriptor, &event);
    side->watched = wanted;
}

static int connect_to(const struct sockaddr_in *server) {
    const int on = 1;
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(descriptor, (const struct sockaddr *)server, sizeof *server) == 0 || errno == EINPROGRESS) {
        return descriptor;
    }
    close(descriptor);
    return -1;
}

struct link *link_open(int client, const struct sockaddr_in *server, int epoll, uint64_t delay_ns) {
    const int on = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct link *link = calloc(1, sizeof *link);
    const int descriptor = connect_to(server);
    if (link == NULL || descriptor < 0) {
        free(link);
        if (descriptor >= 0) close(descriptor);
        close(client);
        return NULL;
    }
    link->epoll = epoll;
    link->delay_ns = delay_ns;
    link->accepted_ns = bench_now_ns();
    link->sides[side_client] = (struct side){.descriptor = client, .watched = EPOLLIN};
    // Until the connect is through, nothing can be written.
    link->sides[side_server] =
        (struct side){.descriptor = descriptor, .watched = EPOLLIN | EPOLLOUT, .is_blocked = true};
    for (int number = 0; number < 2; number++) {
        struct epoll_event event = {.events = link->sides[number].watched, .data.u64 = link_token(link, number)};
        epoll_ctl(epoll, EPOLL_CTL_ADD, link->sides[number].descriptor, &event);
    }
    return link;
}

/// Half the delay each way. The handshake that the kernel has completed at once would have taken a whole delay, before
/// which a
/// client could have sent nothing.
static uint64_t due_ns(const struct link *link, int from, uint64_t now_ns) {
    const uint64_t connected_ns = link->accepted_ns + link->delay_ns;
    if (from == side_client && now_ns < connected_ns) now_ns = connected_ns;
    return now_ns + link->delay_ns / 2;
}

void link_read(struct link *link, int from, uint64_t now_ns) {
    static uint8_t buffer[chunk_room];
    struct side *side = &link->sides[from];
    struct chunks *chunks = &link->sides[!from].outgoing;
    if (link->is_over || side->is_read_out || chunks_are_full(chunks)) return;
    const ssize_t got = recv(side->descriptor, buffer, sizeof buffer, 0);
    if (got < 0) {
        if (errno != EAGAIN && errno != EINTR) link->is_over = true;
        return;
    }
    if (got == 0) side->is_read_out = true;
    chunks_add(chunks, buffer, (size_t)got, due_ns(link, from, now_ns));
    watch(link, from);
}

/// Writes the first chunk or what the socket takes of it; false if it took less than all.
static bool write_first(struct side *side) {
    struct chunk *chunk = side->outgoing.first;
    while (chunk->sent < chunk->size) {
        const ssize_t sent =
            send(side->descriptor, chunk->bytes + chunk->sent, chunk->size - chunk->sent, MSG_NOSIGNAL);
        if (sent < 0) return false;
        chunk->sent += (size_t)sent;
    }
    if (chunk->size == 0) shutdown(side->descriptor, SHUT_WR);
    chunks_remove_first(&side->outgoing);
    return true;
}

uint64_t link_write(struct link *link, uint64_t now_ns) {
    uint64_t next_ns = UINT64_MAX;
    for (int to = 0; to < 2 && !link->is_over; to++) {
        struct side *side = &link->sides[to];
        struct chunks *chunks = &side->outgoing;
        while (!side->is_blocked && chunks->first != NULL && chunks->first->due_ns <= now_ns) {
            if (write_first(side)) continue;
            if (errno != EAGAIN) link->is_over = true;
            side->is_blocked = true;
        }
        watch(link, to);
        watch(link, !to);
        if (!side->is_blocked && chunks->first != NULL && chunks->first->due_ns < next_ns) {
            next_ns = chunks->first->due_ns;
        }
    }
    const bool is_drained = link->sides[0].outgoing.first == NULL && link->sides[1].outgoing.first == NULL;
    if (link->sides[0].is_read_out && link->sides[1].is_read_out && is_drained) link->is_over = true;
    return next_ns;
}

void link_writable(struct link *link, int to) { link->sides[to].is_blocked = false; }

void link_free(struct link *link) {
    for (int number = 0; number < 2; number++) {
        close(link->sides[number].descriptor);
        chunks_clear(&link->sides[number].outgoing);
    }
    free(link);
}
