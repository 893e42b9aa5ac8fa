#include "link.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define POLL_SLICE_MS 250

volatile sig_atomic_t stop_signal;

/* When the socket was last seen without an answer. What was read since then arrived after it. */
static long long unanswered_at;

long long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

/* Goes on while the machine sleeps. */
static long long boot_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

int link_is_fresh(void) {
    return boot_ms() - unanswered_at <= SILENCE_MS;
}

void pause_ms(long ms) {
    struct timespec length = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&length, NULL);
}

/* 1 ready, 0 time is up, -1 a signal asked to stop. A slice bounds the race between flag and poll. */
static int await(int fd, short events, long long deadline) {
    struct pollfd ready = {.fd = fd, .events = events};
    for (;;) {
        if (stop_signal)
            return -1;
        long long left = deadline - now_ms(), looked_at = boot_ms();
        int n = poll(&ready, 1, left < 0 ? 0 : left > POLL_SLICE_MS ? POLL_SLICE_MS : (int)left);
        if (n > 0)
            return 1;
        if (n < 0 && errno != EINTR)
            return 0;
        if (n == 0 && events == POLLIN)
            unanswered_at = looked_at;
        if (n == 0 && left <= 0)
            return 0;
    }
}

static enum verdict not_ready(int ready) {
    return ready < 0 ? INTERRUPTED : DOWN;
}

static int answerer_is_root(int sock, char *why) {
    struct ucred peer = {.uid = (uid_t)-1};
    socklen_t length = sizeof peer;
    if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == KEPM_AGENT_UID)
        return 1;
    snprintf(why, WHY_MAX, "the answerer is uid %lld, pid %ld, not root", (long long)peer.uid, (long)peer.pid);
    return 0;
}

static int connect_until(int sock, long long deadline) {
    struct sockaddr_un where = {.sun_family = AF_UNIX, .sun_path = KEPM_SOCKET};
    while (connect(sock, (struct sockaddr *)&where, sizeof where) != 0) {
        if (errno == EISCONN)
            break;
        if ((errno != EAGAIN && errno != EINTR) || stop_signal || now_ms() >= deadline)
            return -1;
        pause_ms(10); /* the backlog is full; poll can't wait for that */
    }
    return 0;
}

enum verdict link_dial(int *out, long long deadline, char *why) {
    int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (sock < 0) {
        snprintf(why, WHY_MAX, "no socket: %s", strerror(errno));
        return FAULT;
    }
    enum verdict verdict = ALLOWED;
    if (connect_until(sock, deadline) != 0) {
        snprintf(why, WHY_MAX, "`%s`: %s", KEPM_SOCKET, strerror(errno));
        verdict = stop_signal ? INTERRUPTED : DOWN;
    } else if (!answerer_is_root(sock, why)) {
        verdict = ROGUE;
    }
    if (verdict != ALLOWED)
        close(sock);
    else
        *out = sock;
    return verdict;
}

static ssize_t send_some(int sock, const char *bytes, size_t length, int fd) {
    struct iovec part = {.iov_base = (char *)(size_t)bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    if (fd >= 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(rights), &fd, sizeof fd);
    }
    return sendmsg(sock, &message, MSG_NOSIGNAL);
}

enum verdict link_send(int sock, struct frame *frame, int fd, long long deadline, char *why) {
    if (frame_seal(frame) != 0) {
        snprintf(why, WHY_MAX, "the message is too long, or memory is short");
        return FAULT;
    }
    unanswered_at = boot_ms();
    for (size_t sent = 0; sent < frame->length;) {
        ssize_t n = send_some(sock, frame->bytes + sent, frame->length - sent, sent == 0 ? fd : -1);
        if (n > 0) {
            sent += (size_t)n;
        } else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            int ready = await(sock, POLLOUT, deadline);
            snprintf(why, WHY_MAX, "it does not read");
            if (ready <= 0)
                return not_ready(ready);
        } else {
            snprintf(why, WHY_MAX, "it closed the connection");
            return LOST;
        }
    }
    return ALLOWED;
}

/* Without room for a descriptor the kernel drops one. */
static ssize_t receive_some(int sock, void *bytes, size_t length, int *fd) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {.iov_base = bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd != NULL && *fd < 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_LEN(sizeof(int));
    }
    ssize_t n = recvmsg(sock, &message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *rights = n < 0 ? NULL : CMSG_FIRSTHDR(&message);
    if (rights != NULL && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS
        && rights->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(fd, CMSG_DATA(rights), sizeof(int));
    return n;
}

static enum verdict receive(int sock, void *bytes, size_t length, int *fd, long long deadline, char *why) {
    for (size_t got = 0; got < length;) {
        long long looked_at = boot_ms();
        ssize_t n = receive_some(sock, (char *)bytes + got, length - got, fd);
        if (n > 0) {
            got += (size_t)n;
        } else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            if (errno == EAGAIN)
                unanswered_at = looked_at;
            int ready = await(sock, POLLIN, deadline);
            snprintf(why, WHY_MAX, "it is silent for %d s", SILENCE_MS / 1000);
            if (ready <= 0)
                return not_ready(ready);
        } else {
            snprintf(why, WHY_MAX, "it closed the connection");
            return LOST;
        }
    }
    return ALLOWED;
}

enum verdict link_receive(int sock, char **payload, size_t *length, int *fd, char *why) {
    unsigned char head[FRAME_HEAD];
    long long deadline = now_ms() + SILENCE_MS;
    if (fd != NULL)
        *fd = -1;
    enum verdict verdict = receive(sock, head, sizeof head, fd, deadline, why);
    if (verdict != ALLOWED)
        return verdict;
    *length = payload_length(head);
    if (*length == 0 || *length > FRAME_MAX || (*payload = malloc(*length)) == NULL) {
        snprintf(why, WHY_MAX, "its answer has an impossible length");
        return FAULT;
    }
    verdict = receive(sock, *payload, *length, NULL, deadline, why);
    if (verdict == ALLOWED && !payload_well_formed(*payload, *length)) {
        snprintf(why, WHY_MAX, "its answer is malformed");
        verdict = FAULT;
    }
    return verdict;
}

void link_await(int sock, long long deadline) {
    await(sock, POLLIN, deadline);
}
