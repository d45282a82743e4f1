#define _GNU_SOURCE
#include "wire.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "bench/report.h"
#include "bytes.h"

static const char client_id[] = "floor";

struct sockaddr_in wire_resolve(const char *host_and_port) {
    char host[256];
    snprintf(host, sizeof host, "%s", host_and_port);
    char *port = strrchr(host, ':');
    if (port == NULL) bench_fail("not HOST:PORT: %s", host_and_port);
    *port++ = '\0';
    const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    const int error = getaddrinfo(host, port, &hints, &found);
    if (error != 0) bench_fail("%s: %s", host_and_port, gai_strerror(error));
    struct sockaddr_in address;
    memcpy(&address, found->ai_addr, sizeof address);
    freeaddrinfo(found);
    return address;
}

void wire_allocate(struct wire *wire) {
    *wire = (struct wire){.descriptor = -1, .in_room = 1 << 16};
    wire->out = malloc(wire_request_room);
    wire->in = malloc(wire->in_room);
    if (wire->out == NULL || wire->in == NULL) bench_fail("out of memory");
}

void wire_free(struct wire *wire) {
    free(wire->out);
    free(wire->in);
}

void wire_connect(struct wire *wire, const struct sockaddr_in *address) {
    const int on = 1;
    const struct timeval timeout = {.tv_sec = wire_timeout_seconds};
    wire->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (wire->descriptor < 0 || setsockopt(wire->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0
        || setsockopt(wire->descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) != 0
        || setsockopt(wire->descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout) != 0) {
        bench_fail_errno("socket");
    }
    if (connect(wire->descriptor, (const struct sockaddr *)address, sizeof *address) != 0) {
        bench_fail_errno("cannot connect to port %d", ntohs(address->sin_port));
    }
    wire->received_id = wire->sent_id;
    wire->out_size = 0;
    wire->in_begin = wire->in_end = 0;
}

void wire_close(struct wire *wire) { close(wire->descriptor); }

static uint8_t *grow(struct wire *wire, size_t size) {
    if (size > wire_request_room - wire->out_size) bench_fail("requests beyond %d bytes", wire_request_room);
    uint8_t *at = wire->out + wire->out_size;
    wire->out_size += size;
    return at;
}

void wire_i8(struct wire *wire, int8_t value) { *grow(wire, 1) = (uint8_t)value; }

void wire_i16(struct wire *wire, int16_t value) { put_u16(grow(wire, 2), (uint16_t)value); }

void wire_i32(struct wire *wire, int32_t value) { put_u32(grow(wire, 4), (uint32_t)value); }

void wire_i64(struct wire *wire, int64_t value) { put_u64(grow(wire, 8), (uint64_t)value); }

void wire_text(struct wire *wire, const char *text) {
    const size_t size = text == NULL ? 0 : strlen(text);
    wire_i16(wire, text == NULL ? -1 : (int16_t)size);
    if (size > 0) memcpy(grow(wire, size), text, size);
}

void wire_bytes(struct wire *wire, const uint8_t *bytes, size_t size) {
    wire_i32(wire, (int32_t)size);
    memcpy(grow(wire, size), bytes, size);
}

void wire_begin(struct wire *wire, int16_t api, int16_t version) {
    wire->frame_at = wire->out_size;
    wire_i32(wire, 0);
    wire_i16(wire, api);
    wire_i16(wire, version);
    wire_i32(wire, wire->sent_id++);
    wire_text(wire, client_id);
}

void wire_end(struct wire *wire) {
    put_u32(wire->out + wire->frame_at, (uint32_t)(wire->out_size - wire->frame_at - 4));
}

void wire_send(struct wire *wire) {
    const uint8_t *at = wire->out;
    while (wire->out_size > 0) {
        const ssize_t sent = send(wire->descriptor, at, wire->out_size, MSG_NOSIGNAL);
        if (sent <= 0) bench_fail_errno("send");
        at += sent;
        wire->out_size -= (size_t)sent;
    }
    wire->trips++;
}

/// Receives until so many bytes are there from `in_begin` on.
static void fill(struct wire *wire, size_t size) {
    if (size > wire->in_room - wire->in_begin) {
        memmove(wire->in, wire->in + wire->in_begin, wire->in_end - wire->in_begin);
        wire->in_end -= wire->in_begin;
        wire->in_begin = 0;
    }
    if (size > wire->in_room) {
        wire->in_room = size + 4096;
        wire->in = realloc(wire->in, wire->in_room);
        if (wire->in == NULL) bench_fail("out of memory");
    }
    while (wire->in_end - wire->in_begin < size) {
        const ssize_t got = recv(wire->descriptor, wire->in + wire->in_end, wire->in_room - wire->in_end, 0);
        if (got == 0) bench_fail("the broker closed the connection");
        if (got < 0) bench_fail_errno("recv (after %d s at most)", wire_timeout_seconds);
        wire->in_end += (size_t)got;
    }
}

/// Takes the size that a response begins with.
static size_t take_size(struct wire *wire) {
    fill(wire, 4);
    const size_t size = get_u32(wire->in + wire->in_begin);
    if (size < 4 || size > wire_response_size_max) bench_fail("a response of %zu bytes", size);
    wire->in_begin += 4;
    return size;
}

static void check_id(struct wire *wire, int32_t id) {
    if (id != wire->received_id) bench_fail("correlation id %d instead of %d", id, wire->received_id);
    wire->received_id++;
}

struct wire_reader wire_receive(struct wire *wire) {
    const size_t size = take_size(wire);
    fill(wire, size);
    struct wire_reader reader = {.at = wire->in + wire->in_begin};
    reader.end = reader.at + size;
    wire->in_begin += size;
    check_id(wire, wire_get_i32(&reader));
    return reader;
}

size_t wire_drain(struct wire *wire) {
    const size_t size = take_size(wire);
    fill(wire, 4);
    check_id(wire, (int32_t)get_u32(wire->in + wire->in_begin));
    size_t left = size;
    while (left > wire->in_end - wire->in_begin) {
        left -= wire->in_end - wire->in_begin;
        wire->in_begin = wire->in_end = 0;
        fill(wire, 1);
    }
    wire->in_begin += left;
    return size;
}

const uint8_t *wire_get_bytes(struct wire_reader *reader, size_t size) {
    if (size > (size_t)(reader->end - reader->at)) bench_fail("a response ends within a field");
    const uint8_t *at = reader->at;
    reader->at += size;
    return at;
}

int8_t wire_get_i8(struct wire_reader *reader) { return (int8_t)*wire_get_bytes(reader, 1); }

int16_t wire_get_i16(struct wire_reader *reader) { return (int16_t)get_u16(wire_get_bytes(reader, 2)); }

int32_t wire_get_i32(struct wire_reader *reader) { return (int32_t)get_u32(wire_get_bytes(reader, 4)); }

int64_t wire_get_i64(struct wire_reader *reader) { return (int64_t)get_u64(wire_get_bytes(reader, 8)); }

const uint8_t *wire_get_text(struct wire_reader *reader, size_t *size) {
    const int16_t stated = wire_get_i16(reader);
    *size = stated < 0 ? 0 : (size_t)stated;
    return wire_get_bytes(reader, *size);
}
