/* The connection to the agent: every step has a deadline, and a signal can end every wait. */
#ifndef KEPM_LINK_H
#define KEPM_LINK_H

#include "wire.h"

#include <signal.h>

#ifndef KEPM_SOCKET
#define KEPM_SOCKET "/run/keeper/decide.sock"
#endif
#ifndef KEPM_AGENT_UID
#define KEPM_AGENT_UID 0 /* only the unit tests say otherwise */
#endif
#define SILENCE_MS 10000
#define WHY_MAX 512

/*
 * How a step with the agent ended. LOST: it closed the connection; DOWN: it can't be reached or is silent;
 * ROGUE: the answerer is not root; STALE: it allowed, but perhaps long ago; FAULT: we can't ask, or it lives
 * and does not decide, which must open no break-glass.
 */
enum verdict { ALLOWED, PASSED, REFUSED, INTERRUPTED, LOST, DOWN, ROGUE, STALE, FAULT };

/* Not 0: the signal that asked to stop. */
extern volatile sig_atomic_t stop_signal;

long long now_ms(void);
void pause_ms(long ms);

/* Every `why` has room for WHY_MAX. ALLOWED means: done. */
enum verdict link_dial(int *sock, long long deadline, char *why);
/* `fd` travels with the first byte; -1: none. */
enum verdict link_send(int sock, struct frame *frame, int fd, long long deadline, char *why);
/*
 * A well-formed payload within SILENCE_MS; the caller frees it in any case. `fd` gets the descriptor that came with its
 * first byte, -1 for none, and is the caller's as well; NULL: none is taken.
 */
enum verdict link_receive(int sock, char **payload, size_t *length, int *fd, char *why);
/* Whether what was received last arrived within SILENCE_MS: this process can be stopped while an answer waits. */
int link_is_fresh(void);
void link_await(int sock, long long deadline);

#endif
