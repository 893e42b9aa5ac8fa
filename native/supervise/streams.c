#include "streams.h"

#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 5000 /* for all of them */
#define FRAME_MOST 256

static const char *const names[] = {"folder", "in", "out", "err", "control"}; /* from AT_FOLDER on */

__attribute__((format(printf, 2, 3))) static int wrong(char why[STREAMS_WHY], const char *form, ...) {
    va_list arguments;
    va_start(arguments, form);
    vsnprintf(why, STREAMS_WHY, form, arguments);
    va_end(arguments);
    return -1;
}

static long long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

/* 0 when there is something to read in time. */
static int await(int sock, long long until) {
    struct pollfd ready = {.fd = sock, .events = POLLIN};
    for (;;) {
        long long left = until - now_ms();
        int found = left > 0 ? poll(&ready, 1, (int)left) : 0;
        if (found > 0)
            return 0;
        if (found == 0 || errno != EINTR)
            return -1;
    }
}

/* Room for one descriptor while there is none: the kernel drops what is more, and says so. */
static ssize_t receive(int sock, void *to, size_t size, int *fd) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {.iov_base = to, .iov_len = size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = *fd < 0 ? control.bytes : NULL,
        .msg_controllen = *fd < 0 ? CMSG_LEN(sizeof(int)) : 0};
    ssize_t n = recvmsg(sock, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    struct cmsghdr *rights = n < 0 ? NULL : CMSG_FIRSTHDR(&message);
    if (rights != NULL && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS
        && rights->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(fd, CMSG_DATA(rights), sizeof(int));
    return n >= 0 && (message.msg_flags & MSG_CTRUNC) ? 0 : n;
}

static int take_bytes(int sock, char *to, size_t size, int *fd, long long until) {
    while (size > 0) {
        ssize_t n = receive(sock, to, size, fd);
        if (n > 0) {
            to += n;
            size -= (size_t)n;
        } else if (n == 0 || (errno != EAGAIN && errno != EINTR) || await(sock, until) != 0) {
            return -1;
        }
    }
    return 0;
}

/* One frame that names this stream, with the one descriptor of it. */
static int take_one(int sock, const char *name, int *fd, long long until) {
    char head[FRAME_HEAD], payload[FRAME_MOST];
    *fd = -1;
    if (take_bytes(sock, head, sizeof head, fd, until) != 0)
        return -1;
    size_t length = payload_length((const unsigned char *)head);
    if (length == 0 || length > sizeof payload || take_bytes(sock, payload, length, fd, until) != 0
        || !payload_well_formed(payload, length) || *fd < 0)
        return -1;
    const char *op = payload_get(payload, length, "op"), *which = payload_get(payload, length, "name");
    return op != NULL && which != NULL && strcmp(op, "stream") == 0 && strcmp(which, name) == 0 ? 0 : -1;
}

static int is_same(const struct stat *one, const struct stat *other) {
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/*
 * By O_PATH anybody opens a folder that he may not enter: it has to be the one in which he is. Its name has to lead
 * there: it is what policy was asked about.
 */
static int check_folder(const struct order *order, char *why) {
    struct stat held, other;
    char current[64];
    if (fstat(order->fds[AT_FOLDER], &held) != 0)
        return wrong(why, "the current directory can't be looked at: %s", strerror(errno));
    if (!S_ISDIR(held.st_mode))
        return wrong(why, "what was passed as the current directory is none");
    snprintf(current, sizeof current, "/proc/%u/cwd", order->client);
    if (stat(current, &other) != 0 || !is_same(&held, &other))
        return wrong(why, "what was passed is not your current directory");
    if (lstat(order->folder, &other) != 0 || !is_same(&held, &other))
        return wrong(why, "the current directory is gone, or covered by another one");
    return 0;
}

/* A terminal has to be of this system and of whoever passed it: nobody's command writes to somebody else's screen. */
static int check_terminal(const struct order *order, int fd, char *why) {
    struct stat held, named;
    char link[64], name[256];
    if (fstat(fd, &held) != 0)
        return wrong(why, "a terminal: %s", strerror(errno));
    if (held.st_uid != order->caller)
        return wrong(why, "a terminal that was passed belongs to uid %u", held.st_uid);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, name, sizeof name - 1);
    name[length < 0 ? 0 : length] = '\0';
    if (length <= 0 || lstat(name, &named) != 0 || !is_same(&held, &named))
        return wrong(why, "a terminal that was passed is none of this system's");
    return 0;
}

/*
 * It has to be open for what a command does with it: a command may open it anew by `/dev/stderr`, with rights of its
 * own, and would get more than was passed. INVARIANT: we open nothing again by its name.
 */
static int check_stream(const struct order *order, int which, char *why) {
    int fd = order->fds[which], useless = which == AT_INPUT ? O_WRONLY : O_RDONLY, flags = fcntl(fd, F_GETFL);
    if (flags < 0 || (flags & O_PATH) || (flags & O_ACCMODE) == useless)
        return wrong(why, "stream `%s` is not open for %s", names[which - AT_FOLDER],
            which == AT_INPUT ? "reading" : "writing");
    return isatty(fd) ? check_terminal(order, fd, why) : 0;
}

/* Root writes to it: no file, nor a socket where words run into each other or leave this system. */
static int check_control(int control, char *why) {
    int family = 0, type = 0;
    socklen_t size = sizeof family;
    if (getsockopt(control, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0
        || getsockopt(control, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || family != AF_UNIX || type != SOCK_SEQPACKET)
        return wrong(why, "`control` is not a socket of this system that keeps words apart");
    return 0;
}

int streams_take(struct order *order, char why[STREAMS_WHY]) {
    int client = order->fds[AT_CLIENT];
    long long until = now_ms() + PATIENCE_MS;
    for (int i = AT_FOLDER; i < DESCRIPTORS; i++)
        if (take_one(client, names[i - AT_FOLDER], &order->fds[i], until) != 0)
            return wrong(why, "`%s` was not passed", names[i - AT_FOLDER]);
    close(client);
    order->fds[AT_CLIENT] = -1;
    if (check_control(order->fds[AT_CONTROL], why) != 0 || check_folder(order, why) != 0)
        return -1;
    for (int i = AT_INPUT; i <= AT_ERROR; i++)
        if (check_stream(order, i, why) != 0)
            return -1;
    return 0;
}
