#include "order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Digits alone: no sign, no blank, nothing behind them. */
static int number(const char *text, unsigned long long most, unsigned long long *value) {
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text))
        return -1;
    errno = 0;
    *value = strtoull(text, NULL, 10);
    return errno == 0 && *value <= most ? 0 : -1;
}

/* Ids end below the one that means "leave it as it is". */
static int id(const char *text, unsigned *value) {
    unsigned long long wide;
    if (number(text, 0xfffffffeULL - 1, &wide) != 0)
        return -1;
    *value = (unsigned)wide;
    return 0;
}

static int groups(const char *text, struct order *order) {
    char word[16];
    order->group_count = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, ",");
        unsigned group;
        if (length >= sizeof word || order->group_count == GROUPS_MAX)
            return -1;
        memcpy(word, text, length);
        word[length] = '\0';
        if (id(word, &group) != 0)
            return -1;
        order->groups[order->group_count++] = group;
        text += length;
        if (*text == ',' && *++text == '\0')
            return -1;
    }
    return 0;
}

int order_parse(int argc, char **argv, struct order *order, const char **fault) {
    static const char *const names[] = {"uid", "gid", "groups", "cgroup", "open files", "processes", "memory",
                                        "file size", "no new rights", "device", "inode", "folder"};
    static const unsigned long long any = ~0ULL;
    unsigned long long flag = 0;
    if (argc < ORDER_FIELDS + 2) {
        *fault = "too few words";
        return -1;
    }
    int faults[] = {
        id(argv[1], &order->uid),
        id(argv[2], &order->gid),
        groups(argv[3], order),
        argv[4][0] == '\0' || argv[4][0] == '/' ? 0 : -1,
        number(argv[5], any, &order->open_files),
        number(argv[6], any, &order->processes),
        number(argv[7], any, &order->memory_bytes),
        number(argv[8], any, &order->file_bytes),
        number(argv[9], 1, &flag),
        number(argv[10], any, &order->device),
        number(argv[11], any, &order->inode),
        argv[12][0] == '/' ? 0 : -1,
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if (faults[i] != 0) {
            *fault = names[i];
            return -1;
        }
    }
    if (argv[13][0] != '/') {
        *fault = "executable";
        return -1;
    }
    if (argv[14][0] != '\0' && argv[14][0] != '/') {
        *fault = "errors";
        return -1;
    }
    order->cgroup = argv[4];
    order->no_new_rights = (int)flag;
    order->folder = argv[12];
    order->executable = argv[13];
    order->errors = argv[14];
    order->argv = argv + 15;
    return 0;
}
