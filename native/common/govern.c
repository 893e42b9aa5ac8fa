#include "govern.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CONF_MAX 65536
#define LOOKUP_MS 2000
#define GROUPS_MAX 65536
#define SEPARATORS " \t,"

int list_has(const char *list, const char *name) {
    size_t wanted = strlen(name);
    for (const char *at = list; at != NULL && wanted > 0; at += strcspn(at, SEPARATORS)) {
        at += strspn(at, SEPARATORS);
        size_t length = strcspn(at, SEPARATORS);
        if (length == 0)
            return 0;
        if (length == wanted && memcmp(at, name, wanted) == 0)
            return 1;
    }
    return 0;
}

static char *trim(char *text) {
    text += strspn(text, " \t\r");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r", text[length - 1]) != NULL)
        text[--length] = '\0';
    return text;
}

static int conf_set(struct conf *conf, const char *key, const char *value) {
    if (strcmp(key, "governed_groups") == 0)
        conf->governed_groups = value;
    else if (strcmp(key, "breakglass_users") == 0)
        conf->breakglass_users = value;
    else if (strcmp(key, "othersWhenDown") == 0) {
        conf->others_denied = strcmp(value, "os") != 0;
        return strcmp(value, "os") == 0 || strcmp(value, "deny") == 0;
    } else
        return 0;
    return 1;
}

void conf_parse(struct conf *conf, char *text) {
    char *next = text;
    for (int number = 1; next != NULL; number++) {
        char *line = strsep(&next, "\n");
        line = trim(line);
        if (line[0] == '\0' || line[0] == '#')
            continue;
        char *equals = strchr(line, '=');
        int good = equals != NULL;
        if (good) {
            *equals = '\0';
            good = conf_set(conf, trim(line), trim(equals + 1));
        }
        if (!good && conf->first_bad_line == 0)
            conf->first_bad_line = number;
    }
}

static int is_guarded(const char *path, const struct stat *st, mode_t type, char *why, size_t size) {
    if ((st->st_mode & S_IFMT) != type)
        snprintf(why, size, "`%s` is of the wrong kind", path);
    else if (st->st_uid != 0)
        snprintf(why, size, "`%s` is owned by uid %u, not by root", path, st->st_uid);
    else if (st->st_mode & (S_IWGRP | S_IWOTH))
        snprintf(why, size, "`%s` is writable by group or others (mode %04o)", path, st->st_mode & 07777u);
    else
        return 1;
    return 0;
}

static int parents_are_guarded(const char *path, char *why, size_t size) {
    char parent[4096];
    struct stat st;
    for (const char *slash = path; (slash = strchr(slash, '/')) != NULL; slash++) {
        size_t length = slash == path ? 1 : (size_t)(slash - path);
        if (length >= sizeof parent)
            return 0;
        memcpy(parent, path, length);
        parent[length] = '\0';
        if (lstat(parent, &st) != 0) {
            snprintf(why, size, "`%s`: %s", parent, strerror(errno));
            return 0;
        }
        if (!is_guarded(parent, &st, S_IFDIR, why, size))
            return 0;
    }
    return 1;
}

int path_is_guarded(const char *path, mode_t type, char *why, size_t size) {
    struct stat st;
    if (lstat(path, &st) != 0) {
        snprintf(why, size, "`%s`: %s", path, strerror(errno));
        return 0;
    }
    return is_guarded(path, &st, type, why, size) && parents_are_guarded(path, why, size);
}

static char *read_all(int fd, size_t size) {
    char *text = malloc(size + 1);
    size_t used = 0;
    while (text != NULL && used < size) {
        ssize_t got = read(fd, text + used, size - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        used += (size_t)got;
    }
    if (text != NULL)
        text[used] = '\0';
    return text;
}

int conf_load(struct conf *conf, char *why, size_t size) {
    struct stat st;
    memset(conf, 0, sizeof *conf);
    int fd = open(KEPM_CONF, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        if (errno == ENOENT)
            return 0;
        snprintf(why, size, "`%s`: %s", KEPM_CONF, strerror(errno));
        return -1;
    }
    int good = fstat(fd, &st) == 0 && is_guarded(KEPM_CONF, &st, S_IFREG, why, size)
        && parents_are_guarded(KEPM_CONF, why, size);
    if (good && st.st_size > CONF_MAX) {
        snprintf(why, size, "`%s` is longer than %d bytes", KEPM_CONF, CONF_MAX);
        good = 0;
    }
    if (good && (conf->text = read_all(fd, (size_t)st.st_size)) == NULL) {
        snprintf(why, size, "out of memory");
        good = 0;
    }
    close(fd);
    if (!good)
        return -1;
    conf_parse(conf, conf->text);
    return 0;
}

void conf_free(struct conf *conf) {
    free(conf->text);
    memset(conf, 0, sizeof *conf);
}

static int means_absent(int error) {
    return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

struct membership {
    const char *user;
    gid_t *gids;
    int count;
    char *buffer;
    size_t room;
};

static enum standing in_group(struct membership *who, const char *name) {
    struct group group, *found = NULL;
    int error;
    while ((error = getgrnam_r(name, &group, who->buffer, who->room, &found)) == EINTR)
        ;
    if (found == NULL)
        return means_absent(error) ? FREE : UNKNOWN;
    for (int i = 0; i < who->count; i++)
        if (who->gids[i] == group.gr_gid)
            return GOVERNED;
    for (char **member = group.gr_mem; *member != NULL; member++)
        if (strcmp(*member, who->user) == 0)
            return GOVERNED;
    return FREE;
}

static enum standing in_any_group(struct membership *who, const char *list) {
    char name[256];
    for (const char *at = list; at != NULL;) {
        at += strspn(at, SEPARATORS);
        size_t length = strcspn(at, SEPARATORS);
        if (length == 0)
            return FREE;
        if (length >= sizeof name)
            return UNKNOWN;
        memcpy(name, at, length);
        name[length] = '\0';
        enum standing standing = in_group(who, name);
        if (standing != FREE)
            return standing;
        at += length;
    }
    return FREE;
}

static void add_process_groups(struct membership *who, const char *groups) {
    while (groups != NULL && *groups != '\0' && who->count < GROUPS_MAX) {
        char *end;
        unsigned long gid = strtoul(groups, &end, 10);
        if (end == groups)
            return;
        who->gids[who->count++] = (gid_t)gid;
        groups = *end == ',' ? end + 1 : end;
    }
}

/* May hang in a directory service: runs in the child only. */
static enum standing look_up(const struct conf *conf, const char *user, uid_t uid, const char *groups) {
    struct passwd account, *found = NULL;
    struct membership who = {.count = GROUPS_MAX, .room = 4u << 20};
    who.gids = calloc(GROUPS_MAX, sizeof *who.gids);
    who.buffer = malloc(who.room);
    if (who.gids == NULL || who.buffer == NULL)
        return UNKNOWN;
    int error = user != NULL ? getpwnam_r(user, &account, who.buffer, who.room, &found)
                             : getpwuid_r(uid, &account, who.buffer, who.room, &found);
    if (error != 0 || found == NULL || (who.user = strdup(account.pw_name)) == NULL)
        return UNKNOWN;
    if (account.pw_uid == 0)
        return FREE;
    if (getgrouplist(who.user, account.pw_gid, who.gids, &who.count) < 0)
        return UNKNOWN;
    add_process_groups(&who, groups);
    enum standing standing = in_any_group(&who, GOVERNED_ALWAYS);
    return standing == FREE ? in_any_group(&who, conf->governed_groups) : standing;
}

static long long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

static enum standing read_answer(int fd) {
    unsigned char answer = UNKNOWN;
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    long long left, deadline = now_ms() + LOOKUP_MS;
    while ((left = deadline - now_ms()) > 0) {
        int n = poll(&ready, 1, (int)left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n > 0 && read(fd, &answer, 1) == 1 && (answer == FREE || answer == GOVERNED))
            return answer;
        break;
    }
    return UNKNOWN;
}

enum standing standing_of(const struct conf *conf, const char *user, uid_t uid, const char *groups) {
    int ends[2];
    struct sigaction plain = {.sa_handler = SIG_DFL}, before;
    if ((user != NULL && user[0] == '\0') || pipe2(ends, O_CLOEXEC) != 0)
        return UNKNOWN;
    /* sudo counts the children it knows; it must not hear about this one. */
    sigaction(SIGCHLD, &plain, &before);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        unsigned char answer = (unsigned char)look_up(conf, user, uid, groups);
        _exit(write(ends[1], &answer, 1) == 1 ? 0 : 1);
    }
    close(ends[1]);
    enum standing standing = child > 0 ? read_answer(ends[0]) : UNKNOWN;
    close(ends[0]);
    if (child > 0) {
        kill(child, SIGKILL);
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    sigaction(SIGCHLD, &before, NULL);
    return standing;
}
