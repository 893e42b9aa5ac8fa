/* While the command runs: bytes, window size and signals, until it has ended. */
#ifndef KEPM_RELAY_H
#define KEPM_RELAY_H

#include "terminal.h"

#define ENDED_BY_SIGNAL 128

/*
 * The exit code: the command's own, or 128 and the number of the signal that ended it.
 *
 * `control`: where its supervisor is; `agent`: says why it was ended, may go away before; `piped`: the command may
 * not read what is typed before it asks for that.
 */
int relay(struct terminal *terminal, int control, int agent, int piped);

#endif
