/* Whether this system's sudo asks the agent: then sudo runs what it can carry. */
#ifndef KEPM_WAY_H
#define KEPM_WAY_H

#include <stddef.h>

#define WAY_WHY 256

/* The path of such a sudo, or NULL; `why` says in words what was found. */
const char *way_sudo(char *why, size_t size);

/* The same for files of one's own choice: NULL-terminated list, and what sudo.conf says. For tests. */
const char *way_among(const char *const *programs, const char *conf, int uid, char *why, size_t size);

#endif
