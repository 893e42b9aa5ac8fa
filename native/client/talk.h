/* The conversation with the agent: what is asked, what is shown, what is answered. */
#ifndef KEPM_TALK_H
#define KEPM_TALK_H

#include "link.h"
#include "options.h"
#include "terminal.h"

#define ID_MAX 128

/* What the agent has us do. */
enum outcome {
    RUNS,      /* the command runs: relay */
    BY_SUDO,   /* sudo carries all that policy asks for */
    AS_IT_IS,  /* root's own right stands */
    SAYS_NO,
    WAITS,     /* nobody has decided it in the time */
    STOPPED,   /* by a signal: stop_signal */
    NO_AGENT,
};

struct talk {
    const struct options *options;
    struct terminal *terminal;
    int has_sudo;
    int piped;   /* the command's output goes elsewhere than to the terminal that is typed at */
    int sock;    /* stays open when the command runs */
    int control; /* to its supervisor */
    char request_id[ID_MAX + 1];
    char why[WHY_MAX];
};

enum outcome talk(struct talk *talk);
/* On standard error, each line with our name before it, safe for a terminal. */
void talk_say(const char *text);

#endif
