/* Commands inside a command that sudo traces: what the trace stands on here, and what it does not see by itself. */
#ifndef KEPM_INSIDE_H
#define KEPM_INSIDE_H

/*
 * Whether sudo can trace on this kernel and processor. Where it can't it takes its library instead, and says so to
 * nobody: it looks for the word `trap` in this file (`actions`), and so do we.
 */
int inside_can_be_traced(const char *actions);

/*
 * From here on no process of this sudo has the calls of which sudo's trace does not ask: they are answered as by a
 * kernel without them. That is execveat(2) (fexecve(3) then goes by /proc and execve(2)), all of x32, and on x86-64 what
 * starts a program by a 32-bit call: a program of 32 bits runs inside, and starts nothing. Not to be undone. -1: errno.
 */
int inside_only_execve(void);

/* NULL, or the name of a variable that decides what runs in a program which is started with it. */
const char *inside_variable(char *const *environment);

/*
 * 0, or -1 and errno: the path leads through a link of /proc, which is another file for whoever looks at it than for
 * the one who starts it (ELOOP), or it can't be looked at.
 */
int inside_same_for_all(const char *path);

#endif
