#include "order.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Digits alone: no sign, no blank, nothing behind them. */
static int number(const char *text, unsigned long long most, unsigned *value) {
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text))
        return -1;
    errno = 0;
    unsigned long long wide = strtoull(text, NULL, 10);
    if (errno != 0 || wide > most)
        return -1;
    *value = (unsigned)wide;
    return 0;
}

/* Ids end below the one that means "leave it as it is". */
static int id(const char *text, unsigned *value) {
    return number(text, 0xfffffffeULL - 1, value);
}

static int add_group(struct order *order, const char *text) {
    return order->group_count < MOST_GROUPS ? id(text, &order->groups[order->group_count++]) : -1;
}

/* 0: taken. `seen` has one bit for each field that stands there once. */
static int take(struct order *order, const char *key, char *value, unsigned *seen, size_t *words, size_t *variables) {
    static const char *const once[] = {"v=", "op=", "uid=", "gid=", "login=", "no_exec=", "background=", "caller=",
        "client=", "folder=", "record="};
    unsigned flag = 0;
    if (strcmp(key, "argv=") == 0)
        return order->argv[(*words)++] = value, 0;
    if (strcmp(key, "env=") == 0)
        return order->envp[(*variables)++] = value, value[0] == '=' || strchr(value, '=') == NULL ? -1 : 0;
    if (strcmp(key, "group=") == 0)
        return add_group(order, value);
    for (unsigned i = 0; i < sizeof once / sizeof *once; i++) {
        if (strcmp(key, once[i]) != 0)
            continue;
        if (*seen & 1u << i)
            return -1;
        *seen |= 1u << i;
        switch (i) {
        case 0:
            return strcmp(value, "1") == 0 ? 0 : -1;
        case 1:
            return strcmp(value, "order") == 0 ? 0 : -1;
        case 2:
            return id(value, &order->uid);
        case 3:
            return id(value, &order->gid);
        case 4:
            order->login = NO_LOGIN;
            return strcmp(value, "none") == 0 ? 0 : id(value, &order->login);
        case 7:
            return id(value, &order->caller);
        case 8:
            return number(value, INT_MAX, &order->client);
        case 9:
            order->folder = value;
            return value[0] == '/' ? 0 : -1;
        default:
            if (number(value, 1, &flag) != 0)
                return -1;
            *(i == 5 ? &order->no_exec : i == 6 ? &order->background : &order->record) = (int)flag;
            return 0;
        }
    }
    return -1;
}

int order_parse(char *payload, size_t length, struct order *order, const char **fault) {
    size_t fields = 0, words = 0, variables = 0;
    unsigned seen = 0;
    *fault = "it does not end";
    if (length == 0 || payload[length - 1] != '\0')
        return -1;
    for (size_t at = 0; at < length; at += strlen(payload + at) + 1)
        fields++;
    *fault = "memory is short";
    order->argv = calloc(fields + 1, sizeof *order->argv);
    order->envp = calloc(fields + 1, sizeof *order->envp);
    if (order->argv == NULL || order->envp == NULL)
        return -1;
    *fault = "a field is not understood";
    for (size_t at = 0; at < length;) {
        char *field = payload + at, *equals = strchr(field, '=');
        char key[16];
        at += strlen(field) + 1;
        if (equals == NULL || (size_t)(equals - field) + 2 > sizeof key)
            return -1;
        memcpy(key, field, (size_t)(equals - field) + 1);
        key[equals - field + 1] = '\0';
        if (take(order, key, equals + 1, &seen, &words, &variables) != 0)
            return -1;
    }
    *fault = "a field is missing";
    return seen == (1u << 11) - 1 && words > 0 ? 0 : -1;
}

/* The head with the descriptors; -1 when it is no such number of them. What came is closed by our end. */
static int receive_head(int sock, unsigned char head[4], int fds[PASSED]) {
    union {
        char bytes[CMSG_SPACE(sizeof(int) * PASSED)];
        struct cmsghdr align;
    } control;
    struct iovec part = {.iov_base = head, .iov_len = 4};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes};
    ssize_t n;
    do {
        n = recvmsg(sock, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
    } while (n < 0 && errno == EINTR);
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    if (n != 4 || (message.msg_flags & MSG_CTRUNC) || rights == NULL || rights->cmsg_level != SOL_SOCKET
        || rights->cmsg_type != SCM_RIGHTS
        || (rights->cmsg_len != CMSG_LEN(sizeof(int) * PASSED)
            && rights->cmsg_len != CMSG_LEN(sizeof(int) * PASSED_LEAST)))
        return -1;
    fds[AT_SINK] = -1;
    memcpy(fds, CMSG_DATA(rights), rights->cmsg_len - CMSG_LEN(0));
    return 0;
}

int order_receive(int sock, struct order *order, const char **fault) {
    unsigned char head[4];
    memset(order, 0, sizeof *order);
    *fault = "the agent went away";
    if (receive_head(sock, head, order->fds) != 0)
        return -1;
    size_t length = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    *fault = "its length is impossible";
    char *payload = length > 0 && length <= ORDER_MAX ? malloc(length) : NULL;
    if (payload == NULL)
        return -1;
    *fault = "the agent went away";
    for (size_t got = 0; got < length;) {
        ssize_t n = recv(sock, payload + got, length - got, 0);
        if (n > 0)
            got += (size_t)n;
        else if (n == 0 || errno != EINTR)
            return free(payload), -1;
    }
    if (order_parse(payload, length, order, fault) != 0)
        return -1;
    *fault = "where it is recorded is missing";
    return order->record == (order->fds[AT_SINK] >= 0) ? 0 : -1;
}
