#ifndef WIRE_H
#define WIRE_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /// The room for the requests of one trip.
    wire_request_room = 1 << 20,
    /// The largest response that is received.
    wire_response_size_max = 128 << 20,
    wire_timeout_seconds = 30,
};

/// A blocking connection to a broker, and the memory for its frames, which outlives it.
struct wire {
    int descriptor;
    /// Correlation ids of what was sent and of what is received next.
    int32_t sent_id;
    int32_t received_id;
    /// How often something was sent that had to be answered first.
    int trips;
    uint8_t *out;
    size_t out_size;
    size_t frame_at;
    uint8_t *in;
    size_t in_room;
    size_t in_begin;
    size_t in_end;
};

/// What is left of a response.
struct wire_reader {
    const uint8_t *at;
    const uint8_t *end;
};

/// The address of HOST:PORT.
struct sockaddr_in wire_resolve(const char *host_and_port);

void wire_allocate(struct wire *wire);

void wire_free(struct wire *wire);

/// Connects, blocking, with TCP_NODELAY.
void wire_connect(struct wire *wire, const struct sockaddr_in *address);

void wire_close(struct wire *wire);

/// Begins a request with a version whose headers are not flexible; `wire_end` ends it.
void wire_begin(struct wire *wire, int16_t api, int16_t version);
void wire_end(struct wire *wire);
void wire_i8(struct wire *wire, int8_t value);
void wire_i16(struct wire *wire, int16_t value);
void wire_i32(struct wire *wire, int32_t value);
void wire_i64(struct wire *wire, int64_t value);
/// A string; NULL is null.
void wire_text(struct wire *wire, const char *text);
/// Bytes with their length before them.
void wire_bytes(struct wire *wire, const uint8_t *bytes, size_t size);

/// Sends all requests since the last call at once: a trip.
void wire_send(struct wire *wire);

/// Receives the next response, its header already read. It stays where it is until the next one is received.
struct wire_reader wire_receive(struct wire *wire);

/// Receives the next response and lets go of it unread; its size.
size_t wire_drain(struct wire *wire);

int8_t wire_get_i8(struct wire_reader *reader);
int16_t wire_get_i16(struct wire_reader *reader);
int32_t wire_get_i32(struct wire_reader *reader);
int64_t wire_get_i64(struct wire_reader *reader);
/// So many bytes.
const uint8_t *wire_get_bytes(struct wire_reader *reader, size_t size);
/// A string's bytes and length; a null one is empty.
const uint8_t *wire_get_text(struct wire_reader *reader, size_t *size);

#endif
