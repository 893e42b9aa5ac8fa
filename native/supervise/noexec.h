/* A command that starts no other program. */
#ifndef KEPM_NOEXEC_H
#define KEPM_NOEXEC_H

/* The one call that is let through, to be made with AT_EMPTY_PATH. */
struct noexec {
    int program;
    const char *name;
    char **argv;
    char **envp;
};

/*
 * From now on this process and all that it starts may make one call to execute something: that of `call`, whose
 * program is open, and whose other words are put to places that nobody else knows. -1 when the kernel does not keep
 * that. Needs root.
 */
int noexec_but(struct noexec *call);

#endif
