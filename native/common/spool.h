/*
 * Records of what ran while nobody could be asked, and of what was refused without the agent: it adopts them when it is
 * back, or within a minute. One file a record, root's alone, whole or not there.
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
/* Of these, refusals, which anybody who may use sudo can make: of all, and of one uid. What is more is counted. */
#define SPOOL_REFUSED 100
#define SPOOL_REFUSED_OF_ONE 20
#define SPOOL_MORE "refused.more" /* a byte for each refusal that found no room */
#define SPOOL_MORE_MOST (1 << 20)
#define SPOOL_LINE (128 * 1024)

struct spooled {
    const char *refused; /* the word for it in the system log; NULL: it ran */
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
/* 0 (a refusal may only be counted), or -1: there is no agent's folder, it is not root's alone, or it is full. */
int spool_write(const struct spooled *record);

#endif
