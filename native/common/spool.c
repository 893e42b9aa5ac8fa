#include "spool.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define WORD_MOST 2000
#define WORDS_MOST 32
#define NAME_SIZE 128
#define REFUSED "-refused-"
#define TURN_TRIES 20
#define TURN_PAUSE_US 5000

struct text {
    char *out;
    size_t size;
    size_t used; /* `size` when it did not fit */
};

static void put(struct text *text, const char *bytes, size_t length) {
    if (text->used + length >= text->size) {
        text->used = text->size;
        return;
    }
    memcpy(text->out + text->used, bytes, length);
    text->used += length;
    text->out[text->used] = '\0';
}

static void put_plain(struct text *text, const char *plain) {
    put(text, plain, strlen(plain));
}

/* Bytes that are no UTF-8 are the reader's to replace. */
static void put_quoted(struct text *text, const char *value) {
    char escape[8];
    put_plain(text, "\"");
    for (size_t i = 0; value[i] != '\0' && i < WORD_MOST; i++) {
        unsigned char c = (unsigned char)value[i];
        if (c >= ' ' && c != '"' && c != '\\' && c != 0x7f) {
            put(text, value + i, 1);
        } else {
            snprintf(escape, sizeof escape, "\\u%04x", c);
            put_plain(text, escape);
        }
    }
    put_plain(text, "\"");
}

static void put_member(struct text *text, const char *name, const char *value) {
    put_plain(text, name);
    put_quoted(text, value != NULL ? value : "");
}

int spool_line(const struct spooled *record, time_t now, char *out, size_t size) {
    struct text text = {out, size, 0};
    struct tm utc;
    char time_text[32], uid[48];
    if (size == 0 || gmtime_r(&now, &utc) == NULL || strftime(time_text, sizeof time_text, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        return -1;
    put_member(&text, "{\"event_time\":", time_text);
    put_member(&text, ",\"audit_event_type\":", record->refused != NULL ? "ELEVATION_REFUSED" : "ELEVATION_STARTED");
    put_member(&text, ",\"outcome\":", record->outcome);
    put_member(&text, ",\"reason\":", record->reason);
    put_member(&text, ",\"user_info\":{\"name\":", record->user);
    snprintf(uid, sizeof uid, ",\"uid\":%lld}", record->uid);
    put_plain(&text, uid);
    if (record->path != NULL && record->path[0] != '\0') {
        put_member(&text, ",\"target_info\":{\"path\":", record->path);
        put_plain(&text, ",\"argv\":[");
        for (size_t i = 0; record->argv != NULL && record->argv[i] != NULL && i < WORDS_MOST; i++)
            put_member(&text, i > 0 ? "," : "", record->argv[i]);
        put_member(&text, "],\"run_as\":", record->run_as);
        put_plain(&text, "}");
    }
    if (record->refused != NULL) {
        put_member(&text, ",\"details\":{\"event\":", record->refused);
        put_plain(&text, "}");
    }
    put_plain(&text, "}");
    return text.used < size ? 0 : -1;
}

/* Nobody else could have put a link, or another file, in our way. */
static int open_folder(void) {
    struct stat found;
    int folder = open(KEPM_SPOOL, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder >= 0 && (fstat(folder, &found) != 0 || found.st_uid != geteuid() || (found.st_mode & 022) != 0)) {
        close(folder);
        return -1;
    }
    return folder;
}

/* Whether there is room; `own` is how the names of this one's refusals end, NULL for what ran. What is half written counts. */
static int has_room(int folder, const char *own) {
    int all = 0, refused = 0, of_one = 0, copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *files = copy >= 0 ? fdopendir(copy) : NULL;
    if (files == NULL) {
        if (copy >= 0)
            close(copy);
        return 0;
    }
    for (struct dirent *file; all <= SPOOL_MOST && (file = readdir(files)) != NULL; all++) {
        refused += strstr(file->d_name, REFUSED) != NULL;
        of_one += own != NULL && strstr(file->d_name, own) != NULL;
    }
    closedir(files);
    return all <= SPOOL_MOST && (own == NULL || (refused < SPOOL_REFUSED && of_one < SPOOL_REFUSED_OF_ONE));
}

/* INVARIANT: refusals are written one after the other, so that many at once do not find the same room. Who started this
 * sudo may stop it here: then those of others are counted only, and what ran does not come this way. */
static int take_turn(int folder) {
    for (int tries = 0; tries < TURN_TRIES; tries++) {
        if (flock(folder, LOCK_EX | LOCK_NB) == 0)
            return 0;
        usleep(TURN_PAUSE_US);
    }
    return -1;
}

static int count_more(int folder) {
    struct stat found;
    int file = openat(folder, SPOOL_MORE, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600), done = -1;
    if (file < 0)
        return -1;
    if (fstat(file, &found) == 0 && S_ISREG(found.st_mode))
        done = found.st_size >= SPOOL_MORE_MOST || write(file, ".", 1) == 1 ? 0 : -1;
    close(file);
    return done;
}

static int write_whole(int folder, const char *name, const char *line) {
    int file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return -1;
    size_t length = strlen(line);
    int whole = write(file, line, length) == (ssize_t)length && write(file, "\n", 1) == 1 && fsync(file) == 0;
    close(file);
    return whole ? 0 : -1;
}

static int write_one(int folder, const struct spooled *record, const char *own) {
    struct timespec now;
    char *line = malloc(SPOOL_LINE), fresh[NAME_SIZE + 4], final[NAME_SIZE];
    int done = -1;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(final, sizeof final, "sudo-%lld-%09ld-%ld%s", (long long)now.tv_sec, now.tv_nsec, (long)getpid(),
        own != NULL ? own : ".jsonl");
    snprintf(fresh, sizeof fresh, "%s.new", final);
    if (line != NULL && spool_line(record, now.tv_sec, line, SPOOL_LINE) == 0) {
        done = write_whole(folder, fresh, line) == 0 && renameat(folder, fresh, folder, final) == 0 ? 0 : -1;
        if (done != 0)
            unlinkat(folder, fresh, 0);
        else
            fsync(folder);
    }
    free(line);
    return done;
}

int spool_write(const struct spooled *record) {
    char own[48];
    int folder = open_folder(), done = -1;
    if (folder < 0)
        return -1;
    snprintf(own, sizeof own, REFUSED "%lld.jsonl", record->uid);
    if (record->refused == NULL)
        done = has_room(folder, NULL) ? write_one(folder, record, NULL) : -1;
    else if (take_turn(folder) == 0 && has_room(folder, own))
        done = write_one(folder, record, own);
    if (done != 0 && record->refused != NULL)
        done = count_more(folder);
    close(folder); /* gives the turn back */
    return done;
}
