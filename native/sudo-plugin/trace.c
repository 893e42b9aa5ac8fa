#include "trace.h"

#include "inside.h"
#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#ifndef KEPM_SECCOMP_ACTIONS
#define KEPM_SECCOMP_ACTIONS "/proc/sys/kernel/seccomp/actions_avail"
#endif

/*
 * sudo traces the command and asks about each one that it starts, and looks again at what was executed. By a library
 * that is loaded before others it would be the command's own to leave out. What sudo says of an inner command is not
 * about this: the trace is the outer one's.
 */
static void look_at_trace(sudo_list info) {
    if (session.checks <= 1)
        session.intercepted = is_true(info, "intercept") && is_true(info, "use_ptrace")
            && is_true(info, "intercept_verify") && inside_can_be_traced(KEPM_SECCOMP_ACTIONS);
}

/* What is judged inside must be what runs: the trace of a grant, whatever is granted then. */
static int is_judged_inside(void) {
    return session.intercepted && !session.inside_free && session.grant_id[0] != '\0';
}

void trace_check(struct request *request, sudo_list envp) {
    if (session.checks <= 1 || !is_judged_inside() || request->refusal[0] != '\0')
        return;
    const char *variable = inside_variable(envp);
    if (envp == NULL)
        snprintf(request->refusal, sizeof request->refusal, "refused: sudo does not say with which environment this is started");
    else if (variable != NULL)
        snprintf(request->refusal, sizeof request->refusal,
            "refused: `%s` is set, from which code is taken that is not judged\nrun it without that variable", variable);
    else if (inside_same_for_all(request->command) != 0)
        snprintf(request->refusal, sizeof request->refusal, "refused: `%.400s` %s\nuse the path of the file", request->command,
            errno == ELOOP ? "leads to another file for each who looks" : "can't be looked at");
}

/* Before the command is there; with what an Intercept asks for or not at all. */
int trace_keep(void) {
    if (session.checks > 1 || !is_judged_inside() || inside_only_execve() == 0)
        return 1;
    say_format("refused: what it starts could go by unseen: %s", strerror(errno));
    return 0;
}

/* An inner command: its person's terminal is the outer one's, which waits for the answer. */
void trace_put(struct frame *frame, sudo_list info) {
    look_at_trace(info);
    frame_put(frame, "interactive", session.interactive && session.checks <= 1 ? "1" : "0");
    frame_put(frame, "intercept", session.intercepted ? "1" : "0");
    if (session.checks > 1 && session.grant_id[0] != '\0')
        frame_put(frame, "inside", session.grant_id);
}
