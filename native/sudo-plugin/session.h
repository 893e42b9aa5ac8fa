/* This sudo: who started it, how to speak to that person, and what was granted so far. */
#ifndef KEPM_SESSION_H
#define KEPM_SESSION_H

#include "sudo_abi.h"
#include "wire.h"

#include <limits.h>
#include <sys/types.h>

#define ID_MAX 128

struct request;

struct session {
    sudo_converse converse;
    sudo_print print;
    int abi_known;
    char *user;
    char *groups;
    char *cwd;
    uid_t uid;
    int interactive;
    int can_prompt; /* without a terminal: -S or -A was given */
    int login_shell;
    int cwd_foreign; /* `cwd` is not where this process is */
    struct frame asked; /* the fields that stay the same for every check of this sudo */
    int checks;
    char request_id[ID_MAX + 1];
    char grant_id[ID_MAX + 1];
    char closing_request_id[ID_MAX + 1];
    long long allowed_at;
    int intercepted; /* sudo asks about all that the command starts, and what that starts in turn */
    int inside_free; /* the agent does not want to hear of what the command starts */
    int is_kept; /* by the agent: `kept` may be used */
    int kept; /* the connection on which the first grant came, waiting for its end; -1: none */
};

extern struct session session;

/* The value of `key` in a list of sudo's, `key=value` each; NULL when there is none. */
const char *value_of(sudo_list list, const char *key);
const char *value_or(sudo_list list, const char *key, const char *otherwise);
int is_true(sudo_list list, const char *key);
/* Digits only; -1 otherwise, so that a strange uid is never 0. */
long long number_of(const char *digits);

/* Once, by whichever of our plugins is opened first. Copies what is needed later: sudo may free its lists. */
void remember_user(sudo_converse converse, sudo_print print, sudo_list user_info);

/* Always on stderr: sudo writes informational messages to stdout, into the command's output. */
void say(const char *text);
void say_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* `request`: what it is about, or NULL. */
void log_event(int level, const char *event, const struct request *request, const char *why);

#endif
