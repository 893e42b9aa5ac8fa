/* The person's own terminal, and the fresh one that the command gets. */
#ifndef KEPM_TERMINAL_H
#define KEPM_TERMINAL_H

#include <termios.h>

struct terminal {
    int own;       /* the person's; -1: none */
    int master;    /* of the fresh one; -1: none is needed */
    int slave;     /* for the command; closed once it has it */
    int is_stream[3];
    int raw;       /* what is typed goes to the command as it is */
    struct termios before;
};

void terminal_find(struct terminal *terminal);
/* A fresh one like the person's, when a standard stream is a terminal. 0, or -1 with errno. */
int terminal_open(struct terminal *terminal);
void terminal_forget_slave(struct terminal *terminal);
/* The descriptor that the command gets as its stream 0, 1 or 2: never the person's own terminal. */
int terminal_stream(const struct terminal *terminal, int number);
/* The command reads what is typed, from now on; 0 when we are in the background. */
int terminal_take(struct terminal *terminal);
void terminal_give_back(struct terminal *terminal);
void terminal_copy_size(const struct terminal *terminal);

/* One line that the person types, without its end; NULL when nobody can or wants to. The caller clears and frees. */
char *terminal_ask(const struct terminal *terminal, const char *text, int visible);

#endif
