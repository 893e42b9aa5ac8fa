#include "session.h"

#include "link.h"
#include "request.h"
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define LOG_LINE 4096

struct session session = {.kept = -1};

const char *value_of(sudo_list list, const char *key) {
    size_t length = strlen(key);
    for (; list != NULL && *list != NULL; list++)
        if (strncmp(*list, key, length) == 0 && (*list)[length] == '=')
            return *list + length + 1;
    return NULL;
}

const char *value_or(sudo_list list, const char *key, const char *otherwise) {
    const char *value = value_of(list, key);
    return value != NULL ? value : otherwise;
}

int is_true(sudo_list list, const char *key) {
    return strcmp(value_or(list, key, ""), "true") == 0;
}

long long number_of(const char *digits) {
    char *end;
    if (digits == NULL || digits[0] < '0' || digits[0] > '9')
        return -1;
    errno = 0;
    long long number = strtoll(digits, &end, 10);
    return errno == 0 && *end == '\0' && number <= UINT_MAX ? number : -1;
}

void say(const char *text) {
    size_t size = strlen(text) * 4 + 1;
    char *safe = malloc(size);
    if (safe == NULL || session.print == NULL) {
        free(safe);
        return;
    }
    text_for_terminal(text, safe, size);
    char *next = safe;
    while (next != NULL) {
        char *line = strsep(&next, "\n");
        if (line[0] != '\0')
            session.print(SAY_ERROR, "kepm: %s\n", line);
    }
    free(safe);
}

void say_format(const char *format, ...) {
    char text[WHY_MAX * 3];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    say(text);
}

static void join_argv(sudo_list argv, char *out, size_t size) {
    size_t used = 0;
    out[0] = '\0';
    for (; argv != NULL && *argv != NULL && used + 1 < size; argv++) {
        int wanted = snprintf(out + used, size - used, "%s%s", used > 0 ? " " : "", *argv);
        used += wanted < 0 ? 0 : (size_t)wanted;
    }
}

void log_event(int level, const char *event, const struct request *request, const char *why) {
    char line[LOG_LINE] = "kepm:", number[24], arguments[512];
    text_log_field(line, sizeof line, "event", event);
    text_log_field(line, sizeof line, "user", session.user != NULL ? session.user : "");
    snprintf(number, sizeof number, "%lld", session.uid == (uid_t)-1 ? -1ll : (long long)session.uid);
    text_log_field(line, sizeof line, "uid", number);
    snprintf(number, sizeof number, "%ld", (long)getpid());
    text_log_field(line, sizeof line, "pid", number);
    text_log_field(line, sizeof line, "why", why);
    if (request != NULL) {
        join_argv(request->argv, arguments, sizeof arguments);
        text_log_field(line, sizeof line, "runas", request->runas_user);
        text_log_field(line, sizeof line, "cwd", request->cwd);
        text_log_field(line, sizeof line, "command", request->command);
        text_log_field(line, sizeof line, "argv", arguments);
    }
    syslog(LOG_AUTHPRIV | level, "%s", line);
}

void remember_user(sudo_converse converse, sudo_print print, sudo_list user_info) {
    if (session.print != NULL)
        return;
    long long uid = number_of(value_of(user_info, "uid"));
    session.converse = converse;
    session.print = print;
    session.uid = uid < 0 ? (uid_t)-1 : (uid_t)uid;
    session.user = strdup(value_or(user_info, "user", ""));
    session.groups = strdup(value_or(user_info, "groups", ""));
    session.cwd = strdup(value_or(user_info, "cwd", ""));
}
