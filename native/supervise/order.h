/* What the agent wants run: one frame, and the two descriptors that come with its first byte. */
#ifndef KEPM_SUPERVISE_ORDER_H
#define KEPM_SUPERVISE_ORDER_H

#include <stddef.h>
#include <sys/types.h>

#define ORDER_MAX (4u * 1024u * 1024u)
#define MOST_GROUPS 1024
#define NO_LOGIN 0xffffffffu

/*
 * The agent passes the first ones: the very file that is executed, one end of a pair of sockets of which whoever asked
 * for it gets the other, and, to be recorded, the socket that takes what the command shows.
 */
enum { AT_PROGRAM, AT_CLIENT, AT_SINK, AT_FOLDER, AT_INPUT, AT_OUTPUT, AT_ERROR, AT_CONTROL, DESCRIPTORS };
#define PASSED AT_FOLDER
#define PASSED_LEAST AT_SINK

struct order {
    uid_t uid;
    gid_t gid;
    gid_t groups[MOST_GROUPS];
    size_t group_count;
    unsigned login; /* who has logged in for it, for the kernel's own records; NO_LOGIN: nobody */
    unsigned caller; /* uid of who asked for it */
    unsigned client; /* and his process */
    const char *folder; /* in which that is, as the kernel named it when policy was asked */
    int no_exec;
    int record;   /* what it shows */
    int background; /* of its terminal, until it wants to read there */
    char **argv;
    char **envp;
    int fds[DESCRIPTORS];
};

/* 0, or -1 with what is wrong. The order points into `payload`. */
int order_parse(char *payload, size_t length, struct order *order, const char **fault);
/* 0, or -1 when the agent went away or sent something else. The descriptors are closed by exec. */
int order_receive(int sock, struct order *order, const char **fault);

#endif
