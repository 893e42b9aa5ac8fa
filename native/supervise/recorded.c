#include "recorded.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define FAR 64    /* above every number that the command gets */
#define HEAD 9    /* kind, and microseconds since it began, most significant byte first */

enum { TYPED, SHOWN, OUT, ERR };

static long long now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000ll + now.tv_nsec / 1000;
}

/* One message: the socket keeps them apart. It waits while the agent is busy. */
static int record(const struct recorded *recorded, char kind, const char *bytes, size_t length) {
    char message[HEAD + FLOW_BYTES];
    unsigned long long since = (unsigned long long)(now_us() - recorded->begun_us);
    ssize_t sent;
    message[0] = kind;
    for (int i = 0; i < 8; i++)
        message[1 + i] = (char)(since >> (56 - 8 * i));
    memcpy(message + HEAD, bytes, length);
    do {
        sent = send(recorded->sink, message, HEAD + length, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)(HEAD + length) ? 0 : -1;
}

static int record_size(const struct recorded *recorded) {
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    char text[32];
    if (recorded->master >= 0)
        ioctl(recorded->master, TIOCGWINSZ, &size);
    int length = snprintf(text, sizeof text, "%ux%u", size.ws_col, size.ws_row);
    return record(recorded, 'r', text, (size_t)length);
}

static int far(int fd) {
    int number = fcntl(fd, F_DUPFD_CLOEXEC, FAR);
    if (number >= 0)
        close(fd);
    return number;
}

/* Like theirs, which lets everything through as it is from now on. */
static int open_terminal(struct recorded *recorded, const struct order *order) {
    struct termios like;
    struct winsize size;
    recorded->master = far(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (recorded->master < 0 || grantpt(recorded->master) != 0 || unlockpt(recorded->master) != 0)
        return -1;
    int slave = far(open(ptsname(recorded->master), O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (slave < 0 || fchown(slave, order->uid, (gid_t)-1) != 0 || tcgetattr(recorded->theirs, &like) != 0
        || tcsetattr(slave, TCSANOW, &like) != 0)
        return -1;
    if (ioctl(recorded->theirs, TIOCGWINSZ, &size) == 0)
        ioctl(slave, TIOCSWINSZ, &size);
    cfmakeraw(&like);
    if (tcsetattr(recorded->theirs, TCSANOW, &like) != 0 || fcntl(recorded->theirs, F_SETFL, O_RDWR | O_NONBLOCK) != 0
        || fcntl(recorded->master, F_SETFL, O_RDWR | O_NONBLOCK) != 0)
        return -1;
    return slave;
}

static void flow(struct recorded *recorded, int which, int from, int to, char kind) {
    recorded->flows[which].from = from;
    recorded->flows[which].to = to;
    recorded->flows[which].kind = kind;
}

/* The command's stream in place of theirs. */
static int replace(struct recorded *recorded, struct order *order, int which, int slave) {
    int theirs = order->fds[which], ends[2];
    struct stat held;
    if (isatty(theirs)) {
        order->fds[which] = fcntl(slave, F_DUPFD_CLOEXEC, FAR);
        close(theirs);
        return order->fds[which] < 0 ? -1 : 0;
    }
    if (fstat(theirs, &held) != 0)
        return -1;
    errno = EOPNOTSUPP; /* root's own words would go out on it, or the command's unrecorded ones */
    if (S_ISSOCK(held.st_mode) && (which == AT_INPUT || order->uid != 0))
        return -1;
    if (which == AT_INPUT)
        return S_ISCHR(held.st_mode) || (fcntl(theirs, F_GETFL) & O_ACCMODE) == O_RDONLY ? 0 : -1;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    order->fds[which] = far(ends[1]);
    int from = far(ends[0]);
    flow(recorded, which == AT_OUTPUT ? OUT : ERR, from, theirs, 'o');
    return order->fds[which] < 0 || from < 0 ? -1 : 0;
}

int recorded_open(struct recorded *recorded, struct order *order, int *terminal) {
    int slave = -1;
    recorded->sink = order->fds[AT_SINK];
    recorded->theirs = *terminal;
    recorded->master = -1;
    recorded->begun_us = now_us();
    for (int i = 0; i < FLOWS; i++)
        flow(recorded, i, -1, -1, 0);
    if (recorded->sink < 0)
        return 0;
    if (recorded->theirs >= 0) {
        slave = open_terminal(recorded, order);
        if (slave < 0 || ioctl(recorded->theirs, TIOCNOTTY) != 0 || ioctl(slave, TIOCSCTTY, 0) != 0)
            return -1;
        flow(recorded, TYPED, recorded->theirs, recorded->master, 0);
        flow(recorded, SHOWN, recorded->master, recorded->theirs, 'o');
        *terminal = slave; /* stays open: the command may close its own and open the terminal again */
    }
    for (int i = AT_INPUT; i <= AT_ERROR; i++)
        if (replace(recorded, order, i, slave) != 0)
            return -1;
    return record_size(recorded);
}

void recorded_watch(const struct recorded *recorded, struct pollfd *ready) {
    for (int i = 0; i < FLOWS; i++) {
        const struct flow *one = &recorded->flows[i];
        ready[i].revents = 0;
        ready[i].fd = one->have > 0 ? one->to : one->from;
        ready[i].events = one->have > 0 ? POLLOUT : POLLIN;
    }
    ready[FLOWS] = (struct pollfd){.fd = recorded->sink};
}

/* 0, or -1 when it can't be recorded. */
static int fill(const struct recorded *recorded, struct flow *one) {
    ssize_t n = read(one->from, one->bytes, sizeof one->bytes);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (n <= 0) { /* a terminal that nobody has open any more answers EIO */
        one->from = -1;
        return 0;
    }
    if (one->kind != 0 && record(recorded, one->kind, one->bytes, (size_t)n) != 0)
        return -1;
    one->have = one->to < 0 ? 0 : (size_t)n; /* nobody is there to see it */
    one->at = 0;
    return 0;
}

/* Nobody is there to see it: who writes into a pipe is told so, as without us. A terminal has other ways. */
static void unread(struct flow *one) {
    one->to = -1;
    if (one->kind != 0 && !isatty(one->from)) {
        close(one->from);
        one->from = -1;
    }
}

static void drain(struct flow *one) {
    ssize_t n = write(one->to, one->bytes + one->at, one->have - one->at);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0)
        unread(one);
    one->at += n < 0 ? 0 : (size_t)n;
    if (one->to < 0 || one->at == one->have)
        one->have = 0;
}

int recorded_pump(struct recorded *recorded, const struct pollfd *ready) {
    if (ready[FLOWS].fd >= 0 && ready[FLOWS].revents != 0)
        return -1;
    for (int i = 0; i < FLOWS; i++) {
        struct flow *one = &recorded->flows[i];
        if (ready[i].fd < 0 || ready[i].revents == 0)
            continue;
        if (one->have > 0)
            drain(one);
        else if (fill(recorded, one) != 0)
            return -1;
    }
    return 0;
}

int recorded_resize(struct recorded *recorded) {
    struct winsize size;
    if (recorded->master < 0 || ioctl(recorded->theirs, TIOCGWINSZ, &size) != 0)
        return 0;
    ioctl(recorded->master, TIOCSWINSZ, &size);
    return record_size(recorded);
}

void recorded_stop(struct recorded *recorded) {
    recorded->sink = -1;
    for (int i = 0; i < FLOWS; i++) {
        recorded->flows[i].from = -1;
        recorded->flows[i].have = 0;
    }
}

void recorded_hang_up(struct recorded *recorded, int *terminal) {
    if (recorded->master < 0)
        return;
    recorded->flows[TYPED].from = recorded->flows[TYPED].to = recorded->flows[SHOWN].from = -1;
    recorded->flows[TYPED].have = recorded->flows[SHOWN].have = 0;
    close(recorded->master);
    close(*terminal);
    recorded->master = *terminal = -1;
}

int recorded_rest(struct recorded *recorded, struct pollfd *ready) {
    recorded->flows[TYPED].from = -1;
    recorded->flows[TYPED].have = 0;
    recorded_watch(recorded, ready);
    for (int i = 0; i < FLOWS; i++)
        if (recorded->flows[i].have > 0)
            return 1;
    /* What others that it left hold open is no reason to wait; what lies there is. */
    struct pollfd now[FLOWS];
    memcpy(now, ready, sizeof now);
    return poll(now, FLOWS, 0) > 0;
}
