#define _GNU_SOURCE
#include "loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/report.h"

static int listening(struct sockaddr_in *address) {
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof *address;
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0 || bind(descriptor, (struct sockaddr *)address, size) != 0 || listen(descriptor, 1) != 0
        || getsockname(descriptor, (struct sockaddr *)address, &size) != 0) {
        bench_fail_errno("cannot listen on loopback");
    }
    return descriptor;
}

static void no_delay(int descriptor) {
    const int on = 1;
    if (setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) bench_fail_errno("TCP_NODELAY");
}

struct loopback_peer loopback_fork(void (*body)(int descriptor, void *context), void *context) {
    struct sockaddr_in address;
    const int listener = listening(&address);
    const int near = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (near < 0 || connect(near, (struct sockaddr *)&address, sizeof address) != 0) bench_fail_errno("connect");
    const int far = accept(listener, NULL, NULL);
    if (far < 0) bench_fail_errno("accept");
    close(listener);
    no_delay(near);
    no_delay(far);
    // The other side may be gone before all is sent; that is an error code, not a signal.
    signal(SIGPIPE, SIG_IGN);
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) bench_fail_errno("fork");
    if (pid > 0) {
        close(far);
        return (struct loopback_peer){.pid = pid, .descriptor = near};
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    close(near);
    body(far, context);
    _exit(0);
}

void loopback_join(struct loopback_peer peer) {
    close(peer.descriptor);
    int status = 0;
    while (waitpid(peer.pid, &status, 0) < 0 && errno == EINTR) continue;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) bench_fail("the process at the other end failed");
}

void loopback_send(int descriptor, const void *bytes, size_t size) {
    const char *at = bytes;
    while (size > 0) {
        const ssize_t sent = send(descriptor, at, size, 0);
        if (sent < 0) bench_fail_errno("send");
        at += sent;
        size -= (size_t)sent;
    }
}

int loopback_receive(int descriptor, void *bytes, size_t size) {
    char *at = bytes;
    while (size > 0) {
        const ssize_t got = recv(descriptor, at, size, 0);
        if (got <= 0) return got == 0 ? 0 : -1;
        at += got;
        size -= (size_t)got;
    }
    return 1;
}

void loopback_drain(int descriptor, void *context) {
    (void)context;
    const size_t room = 1 << 20;
    char *buffer = malloc(room);
    if (buffer == NULL) _exit(1);
    while (recv(descriptor, buffer, room, 0) > 0) continue;
    free(buffer);
}
