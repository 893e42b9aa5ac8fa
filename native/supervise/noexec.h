/* A command that starts no other program. */
#ifndef KEPM_NOEXEC_H
#define KEPM_NOEXEC_H

/*
 * From now on this process and all that it starts may execute one file alone: the open `program`, named by the
 * empty text that is returned and AT_EMPTY_PATH. NULL when the kernel does not keep that. Needs root.
 */
const char *noexec_but(int program);

#endif
