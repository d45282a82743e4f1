// What Swift's Glibc module leaves out.
#include <linux/falloc.h>
#include <linux/perf_event.h>
#include <malloc.h>
#include <netinet/tcp.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/timerfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

// prctl is variadic, which Swift cannot call.
static inline int setThreadName(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }
static inline int setTimerSlack(unsigned long nanoseconds) { return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0); }

// As is syscall.
static inline int openPerfEvent(struct perf_event_attr *event) {
    return (int)syscall(SYS_perf_event_open, event, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

// Declared by Glibc's headers only under _GNU_SOURCE.
int accept4(int descriptor, struct sockaddr *address, socklen_t *addressByteCount, int flags);
int fallocate(int descriptor, int mode, off_t offset, off_t byteCount);
int pipe2(int *ends, int flags);
int unshare(int flags);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
