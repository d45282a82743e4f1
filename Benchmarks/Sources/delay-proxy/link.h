#ifndef LINK_H
#define LINK_H

#include <netinet/in.h>

#include "chunks.h"

/// One socket of a connection, with what was read from the other one and is to be written to it.
struct side {
    int descriptor;
    /// What epoll watches it for; nothing when it does not know it.
    uint32_t watched;
    struct chunks outgoing;
    /// The peer has sent its end, so nothing more is read.
    bool is_read_out;
    /// It takes no more bytes now.
    bool is_blocked;
};

enum { side_client, side_server };

/// A client's connection and the one made for it to the server.
struct link {
    struct link *next;
    int epoll;
    uint64_t delay_ns;
    uint64_t accepted_ns;
    /// Both have ended, or one has failed; freed once its events are dealt with.
    bool is_over;
    struct side sides[2];
};

/// Takes over an accepted client and begins to connect to the server; NULL, the client closed, if that cannot be.
struct link *link_open(int client, const struct sockaddr_in *server, int epoll, uint64_t delay_ns);

/// Reads what can be read; `now_ns` is when it came.
void link_read(struct link *link, int from, uint64_t now_ns);

/// Writes what is due by `now_ns`; returns when the next chunk is due, or UINT64_MAX.
uint64_t link_write(struct link *link, uint64_t now_ns);

/// The socket takes bytes again.
void link_writable(struct link *link, int to);

void link_free(struct link *link);

/// What epoll carries: the link, and in the lowest bit the side.
uint64_t link_token(struct link *link, int side);

#endif
