/*
 * Records of what ran while nobody could be asked: the agent adopts them when it is back. One file a record, root's
 * alone, whole or not there.
 */
#ifndef KEPM_SPOOL_H
#define KEPM_SPOOL_H

#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#ifndef KEPM_SPOOL
#define KEPM_SPOOL "/var/lib/kepm/spool/audit"
#endif
#define SPOOL_MOST 500 /* files that wait; what is more stands in the system log alone */
#define SPOOL_LINE (128 * 1024)

struct spooled {
    const char *outcome;
    const char *reason;
    const char *user;
    long long uid;
    const char *path;
    char *const *argv;
    const char *run_as;
};

/* One line of JSON, without its end; -1 when it does not fit. Long words are cut. */
int spool_line(const struct spooled *record, time_t now, char *out, size_t size);
/* 0, or -1: there is no agent's folder, it is not root's alone, or it is full. */
int spool_write(const struct spooled *record);

#endif
