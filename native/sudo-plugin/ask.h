/* The conversation with the agent, and with the person in its name, until there is a verdict. */
#ifndef KEPM_ASK_H
#define KEPM_ASK_H

#include "link.h"
#include "request.h"

#include <signal.h>

#define RECONNECTS 20

/* This process was stopped and continued since it asked last. */
extern volatile sig_atomic_t was_continued;

/* With the deadlines and signals of a person who waits. `stop_signal` says by what it was INTERRUPTED. */
enum verdict ask_agent(struct request *request, char *why);
/* An allow counts now or never: whoever can stop this process, or its terminal, could keep one for later. */
int is_timely(void);
/* A connection to an answerer that is root; another one is DOWN, with an alert in the system log. */
enum verdict call_agent(int *sock, long long deadline, char *why);

enum { GUARDED = 5 };
void guard_signals(struct sigaction before[GUARDED]);
void release_signals(const struct sigaction before[GUARDED]);

#endif
