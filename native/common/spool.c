#include "spool.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define WORD_MOST 2000
#define WORDS_MOST 32

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
    put_plain(&text, ",\"audit_event_type\":\"ELEVATION_STARTED\"");
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

static int is_full(int folder) {
    int count = 0, copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *files = copy >= 0 ? fdopendir(copy) : NULL;
    if (files == NULL) {
        if (copy >= 0)
            close(copy);
        return 1;
    }
    while (count <= SPOOL_MOST && readdir(files) != NULL)
        count++;
    closedir(files);
    return count > SPOOL_MOST;
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

int spool_write(const struct spooled *record) {
    struct timespec now;
    char *line = malloc(SPOOL_LINE), fresh[96], final[80];
    int folder = open_folder(), done = -1;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(final, sizeof final, "sudo-%lld-%09ld-%ld.jsonl", (long long)now.tv_sec, now.tv_nsec, (long)getpid());
    snprintf(fresh, sizeof fresh, "%s.new", final);
    if (line != NULL && folder >= 0 && !is_full(folder) && spool_line(record, now.tv_sec, line, SPOOL_LINE) == 0) {
        done = write_whole(folder, fresh, line) == 0 && renameat(folder, fresh, folder, final) == 0 ? 0 : -1;
        if (done != 0)
            unlinkat(folder, fresh, 0);
        else
            fsync(folder);
    }
    if (folder >= 0)
        close(folder);
    free(line);
    return done;
}
