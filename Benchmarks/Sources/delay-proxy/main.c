#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "bench/meter.h"
#include "bench/report.h"
#include "link.h"

static const char usage[] =
    "usage: delay-proxy --listen HOST:PORT --connect HOST:PORT --delay-us N\n"
    "\n"
    "Passes TCP connections on, and adds half the delay to each direction. Port 0 takes a free one. As the kernel completes\n"
    "the handshake before the proxy could delay it, a new connection's first bytes wait a whole delay longer, unless that\n"
    "has passed before they come. Prints READY HOST:PORT, and serves until its standard input is closed or a SIGTERM.\n";

enum { event_count_max = 256, link_count_max = 4096 };

// Tokens of epoll beside those of links, which are addresses.
enum { token_listener = 1, token_timer, token_signals, token_input, token_fixed_max = token_input };

struct proxy {
    int epoll;
    int listener;
    int timer;
    int signals;
    uint64_t delay_ns;
    uint64_t armed_ns;
    struct sockaddr_in server;
    struct link *links;
    int link_count;
    bool is_over;
};

static struct sockaddr_in address_of(const char *host_and_port) {
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

static int listening(struct sockaddr_in *address) {
    const int on = 1;
    socklen_t size = sizeof *address;
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0 || setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
        || bind(descriptor, (struct sockaddr *)address, size) != 0 || listen(descriptor, 1024) != 0
        || getsockname(descriptor, (struct sockaddr *)address, &size) != 0) {
        bench_fail_errno("cannot listen");
    }
    return descriptor;
}

static void add(struct proxy *proxy, int descriptor, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = token};
    // A file cannot be watched, and has no end to wait for.
    if (epoll_ctl(proxy->epoll, EPOLL_CTL_ADD, descriptor, &event) != 0 && errno != EPERM) bench_fail_errno("epoll");
}

static int ending_signals(void) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0) bench_fail_errno("sigprocmask");
    return signalfd(-1, &signals, SFD_CLOEXEC);
}

static void accept_all(struct proxy *proxy) {
    for (;;) {
        const int client = accept4(proxy->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client < 0) return;
        if (proxy->link_count == link_count_max) {
            close(client);
            continue;
        }
        struct link *link = link_open(client, &proxy->server, proxy->epoll, proxy->delay_ns);
        if (link == NULL) continue;
        link->next = proxy->links;
        proxy->links = link;
        proxy->link_count++;
    }
}

static void input_event(struct proxy *proxy) {
    char ignored[256];
    if (read(STDIN_FILENO, ignored, sizeof ignored) <= 0) proxy->is_over = true;
}

static void timer_event(struct proxy *proxy) {
    uint64_t expirations;
    const ssize_t got = read(proxy->timer, &expirations, sizeof expirations);
    (void)got;
    proxy->armed_ns = UINT64_MAX;
}

static void link_event(struct epoll_event event, uint64_t now_ns) {
    struct link *link = (struct link *)(uintptr_t)(event.data.u64 & ~(uint64_t)1);
    const int side = (int)(event.data.u64 & 1);
    if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) link_read(link, side, now_ns);
    if ((event.events & (EPOLLOUT | EPOLLERR)) != 0) link_writable(link, side);
    if ((event.events & EPOLLERR) != 0) link->is_over = true;
}

static void dispatch(struct proxy *proxy, struct epoll_event event, uint64_t now_ns) {
    switch (event.data.u64) {
    case token_listener: accept_all(proxy); break;
    case token_timer: timer_event(proxy); break;
    case token_signals: proxy->is_over = true; break;
    case token_input: input_event(proxy); break;
    default: link_event(event, now_ns); break;
    }
}

/// Writes all that is due, forgets the links that are over, and returns when the next chunk is due.
static uint64_t serve_links(struct proxy *proxy) {
    uint64_t next_ns = UINT64_MAX;
    for (struct link **at = &proxy->links; *at != NULL;) {
        struct link *link = *at;
        const uint64_t of_link_ns = link_write(link, bench_now_ns());
        if (of_link_ns < next_ns) next_ns = of_link_ns;
        if (!link->is_over) {
            at = &link->next;
            continue;
        }
        *at = link->next;
        link_free(link);
        proxy->link_count--;
    }
    return next_ns;
}

static void arm(struct proxy *proxy, uint64_t due_ns) {
    if (due_ns == proxy->armed_ns || due_ns == UINT64_MAX) return;
    const struct itimerspec at = {
        .it_value = {.tv_sec = (time_t)(due_ns / 1000000000), .tv_nsec = (long)(due_ns % 1000000000)}};
    if (timerfd_settime(proxy->timer, TFD_TIMER_ABSTIME, &at, NULL) != 0) bench_fail_errno("timerfd_settime");
    proxy->armed_ns = due_ns;
}

static void serve(struct proxy *proxy) {
    struct epoll_event events[event_count_max];
    while (!proxy->is_over) {
        const int count = epoll_wait(proxy->epoll, events, event_count_max, -1);
        if (count < 0 && errno != EINTR) bench_fail_errno("epoll_wait");
        const uint64_t now_ns = bench_now_ns();
        for (int i = 0; i < count; i++) dispatch(proxy, events[i], now_ns);
        arm(proxy, serve_links(proxy));
    }
}

static const char *option(int argc, char **argv, const char *name) {
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], name) == 0) return argv[i + 1];
    }
    fprintf(stderr, "missing %s\n%s", name, usage);
    exit(2);
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    if (argc != 7) {
        fputs(usage, stderr);
        return 2;
    }
    char *end = NULL;
    const long delay_us = strtol(option(argc, argv, "--delay-us"), &end, 10);
    if (*end != '\0' || delay_us < 0 || delay_us > 10000000) bench_fail("--delay-us wants a number from 0 to 10000000");
    struct sockaddr_in near = address_of(option(argc, argv, "--listen"));
    struct proxy proxy = {.delay_ns = (uint64_t)delay_us * 1000, .armed_ns = UINT64_MAX};
    proxy.server = address_of(option(argc, argv, "--connect"));
    proxy.epoll = epoll_create1(EPOLL_CLOEXEC);
    proxy.listener = listening(&near);
    proxy.timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    proxy.signals = ending_signals();
    if (proxy.epoll < 0 || proxy.timer < 0 || proxy.signals < 0) bench_fail_errno("cannot start");
    add(&proxy, proxy.listener, token_listener);
    add(&proxy, proxy.timer, token_timer);
    add(&proxy, proxy.signals, token_signals);
    add(&proxy, STDIN_FILENO, token_input);
    char host[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &near.sin_addr, host, sizeof host);
    printf("READY %s:%d\n", host, ntohs(near.sin_port));
    fflush(stdout);
    serve(&proxy);
    while (proxy.links != NULL) {
        struct link *link = proxy.links;
        proxy.links = link->next;
        link_free(link);
    }
    return 0;
}
