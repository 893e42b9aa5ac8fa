/* Who is governed, and what plugin.conf says for the time when the agent can't be asked. */
#ifndef KEPM_GOVERN_H
#define KEPM_GOVERN_H

#include <stddef.h>
#include <sys/types.h>

#ifndef KEPM_CONF
#define KEPM_CONF "/etc/kepm/plugin.conf"
#endif

struct conf {
    char *text; /* the lists point into it */
    const char *governed_groups; /* in addition to GOVERNED_ALWAYS */
    const char *breakglass_users;
    int others_denied;
    int first_bad_line; /* 0: none */
};

/* The groups of our own drop-in: no setting may take them out. */
#define GOVERNED_ALWAYS "kepm-users kepm-users-passwd"

enum standing { FREE, GOVERNED, UNKNOWN };

void conf_parse(struct conf *conf, char *text);
/* 0: read, or absent; -1: unsafe or unreadable, `why` says so, the defaults apply. */
int conf_load(struct conf *conf, char *why, size_t size);
void conf_free(struct conf *conf);

int list_has(const char *list, const char *name);
/* Root-owned file of the given type, not writable by others, and so is every parent. */
int path_is_guarded(const char *path, mode_t type, char *why, size_t size);
/*
 * Asks the name services in a child that gets two seconds. `user` NULL: whoever has `uid`.
 * `groups`: gids that the process holds (comma list or NULL). An account with uid 0 is free.
 */
enum standing standing_of(const struct conf *conf, const char *user, uid_t uid, const char *groups);

#endif
