/*
 * The command's own process, from the fork to exec: it takes its streams, its folder, its rights, and nothing else of
 * the supervisor's.
 */
#ifndef KEPM_COMMAND_H
#define KEPM_COMMAND_H

#include "order.h"

#include <sys/types.h>

#define REFUSED 126
#define FAR 64 /* above every number that the command gets */

/*
 * Becomes the command. What keeps it from that is written to `parent`, which is closed by exec otherwise. `terminal`
 * is that of our session, -1 for none.
 */
__attribute__((noreturn)) void command_run(const struct order *order, int terminal, int parent);
/* Into the foreground of the terminal; who is not there yet would be stopped for it. */
void command_to_front(int terminal, pid_t group);

#endif
