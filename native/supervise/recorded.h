/*
 * What a command shows is recorded: it gets a terminal and pipes of ours in place of those of whoever asked for it, and
 * all that it writes goes to the agent before it is shown. INVARIANT: what can't be recorded is not shown, and the
 * command is ended.
 */
#ifndef KEPM_RECORDED_H
#define KEPM_RECORDED_H

#include "order.h"

#include <poll.h>

#define FLOW_BYTES 4096 /* PIPE_BUF: what poll(2) promises room for */
#define FLOWS 4
#define WATCHED (FLOWS + 1) /* and where it is recorded, whose end is the end of all */

/* From one descriptor to another; `kind` is 0 where nothing is recorded. -1: closed. */
struct flow {
    int from;
    int to;
    char kind;
    size_t have;
    size_t at;
    char bytes[FLOW_BYTES];
};

struct recorded {
    int sink;   /* -1: nothing is recorded */
    int theirs; /* the terminal of whoever asked; -1: none */
    int master; /* of the command's own */
    long long begun_us;
    struct flow flows[FLOWS];
};

/*
 * The order's streams are the command's from now on. `terminal` is theirs, -1 for none, and then the command's own, which
 * is the terminal of our session in its place. 0, or -1 with errno.
 */
int recorded_open(struct recorded *recorded, struct order *order, int *terminal);
/* What poll(2) is to look at, WATCHED of them. */
void recorded_watch(const struct recorded *recorded, struct pollfd *ready);
/* After it looked. 0, or -1 when it can't be recorded any more. */
int recorded_pump(struct recorded *recorded, const struct pollfd *ready);
/* Their terminal has another size. */
int recorded_resize(struct recorded *recorded);
/* It is lost: nothing is copied any more. */
void recorded_stop(struct recorded *recorded);
/* Who looked is gone: the command's terminal is too. */
void recorded_hang_up(struct recorded *recorded, int *terminal);
/* The command has ended. Whether what it wrote last is still to be shown; `ready` as for recorded_watch. */
int recorded_rest(struct recorded *recorded, struct pollfd *ready);

#endif
