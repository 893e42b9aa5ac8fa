/* Words between `kepm-run` and the one that runs its command, on a socket of their own (SOCK_SEQPACKET). */
#ifndef KEPM_CONTROL_H
#define KEPM_CONTROL_H

/* Exit and signal are the last word on a command; value: exit code, or number of a signal. */
enum { CONTROL_STARTED = 'r', CONTROL_EXIT = 'x', CONTROL_SIGNAL = 's', CONTROL_STOPPED = 'z', CONTROL_TERMINAL = 't' };

struct control {
    int word;
    int value;
};

#endif
