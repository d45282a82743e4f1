#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <stddef.h>
#include <sys/types.h>

/// A process at the other end of a TCP connection over loopback; its CPU is not this process's.
struct loopback_peer {
    pid_t pid;
    int descriptor;
};

/// Forks a process that runs `body` on its end of a connection and ends with it.
struct loopback_peer loopback_fork(void (*body)(int descriptor, void *context), void *context);

/// Closes the connection and waits until the other process has ended.
void loopback_join(struct loopback_peer peer);

/// Sends all of it.
void loopback_send(int descriptor, const void *bytes, size_t size);

/// Receives all of it: 1; 0 when the other end was closed before, -1 with errno for what else went wrong.
int loopback_receive(int descriptor, void *bytes, size_t size);

/// Receives and discards until the other end is closed; a body for `loopback_fork`.
void loopback_drain(int descriptor, void *context);

#endif
