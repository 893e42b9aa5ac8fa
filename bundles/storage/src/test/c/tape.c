/*
 * Writes down every change of the files below one folder, in order, for tests of power cuts. Preloaded into a JVM;
 * KEPM_TAPE_OF names the folder, KEPM_TAPE the file the tape goes to. An entry: what (one byte), length of the name
 * and of the second name or the bytes (32 bits each), offset (64 bits), all in the machine's order; then both.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WRITE = 'w', SYNC = 's', CUT = 't', RENAME = 'r', DELETE = 'd' };

static int tape = -1;
static const char *folder;
static size_t folder_length;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("KEPM_TAPE");
    folder = getenv("KEPM_TAPE_OF");
    if (path != NULL && folder != NULL) {
        folder_length = strlen(folder);
        tape = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
}

static const char *inside(const char *path)
{
    if (tape < 0 || path == NULL || strncmp(path, folder, folder_length) != 0 || path[folder_length] != '/')
        return NULL;
    return path + folder_length + 1;
}

static const char *name_of(int fd, char *path)
{
    char link[64];
    if (tape < 0 || fd == tape)
        return NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0)
        return NULL;
    path[length] = '\0';
    return inside(path);
}

static void all(const void *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = syscall(SYS_write, tape, bytes, size);
        if (written <= 0)
            abort();
        bytes = (const char *)bytes + written;
        size -= (size_t)written;
    }
}

static void note(char what, const char *name, const void *bytes, size_t size, int64_t at)
{
    uint32_t lengths[2] = {(uint32_t)strlen(name), (uint32_t)size};
    pthread_mutex_lock(&lock);
    all(&what, 1);
    all(lengths, sizeof lengths);
    all(&at, sizeof at);
    all(name, lengths[0]);
    all(bytes, size);
    pthread_mutex_unlock(&lock);
}

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    static ssize_t (*next)(int, const void *, size_t);
    char path[PATH_MAX];
    if (next == NULL)
        *(void **)&next = real("write");
    const char *name = name_of(fd, path);
    off_t at = name == NULL ? 0 : lseek(fd, 0, SEEK_CUR);
    ssize_t written = next(fd, bytes, size);
    if (name != NULL && written > 0)
        note(WRITE, name, bytes, (size_t)written, at);
    return written;
}

#define PWRITE(function, offset)                                                                                       \
    ssize_t function(int fd, const void *bytes, size_t size, offset at)                                                \
    {                                                                                                                  \
        static ssize_t (*next)(int, const void *, size_t, offset);                                                     \
        char path[PATH_MAX];                                                                                           \
        if (next == NULL)                                                                                              \
            *(void **)&next = real(#function);                                                                         \
        const char *name = name_of(fd, path);                                                                          \
        ssize_t written = next(fd, bytes, size, at);                                                                   \
        if (name != NULL && written > 0)                                                                               \
            note(WRITE, name, bytes, (size_t)written, at);                                                             \
        return written;                                                                                                \
    }

PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define SYNC_CALL(function)                                                                                            \
    int function(int fd)                                                                                               \
    {                                                                                                                  \
        static int (*next)(int);                                                                                       \
        char path[PATH_MAX];                                                                                           \
        if (next == NULL)                                                                                              \
            *(void **)&next = real(#function);                                                                         \
        const char *name = name_of(fd, path);                                                                          \
        int done = next(fd);                                                                                           \
        if (name != NULL && done == 0)                                                                                 \
            note(SYNC, name, "", 0, 0);                                                                                \
        return done;                                                                                                   \
    }

SYNC_CALL(fsync)
SYNC_CALL(fdatasync)

#define CUT_CALL(function, offset)                                                                                     \
    int function(int fd, offset size)                                                                                  \
    {                                                                                                                  \
        static int (*next)(int, offset);                                                                               \
        char path[PATH_MAX];                                                                                           \
        if (next == NULL)                                                                                              \
            *(void **)&next = real(#function);                                                                         \
        const char *name = name_of(fd, path);                                                                          \
        int done = next(fd, size);                                                                                     \
        if (name != NULL && done == 0)                                                                                 \
            note(CUT, name, "", 0, size);                                                                              \
        return done;                                                                                                   \
    }

CUT_CALL(ftruncate, off_t)
CUT_CALL(ftruncate64, off64_t)

#define OPEN_CALL(function)                                                                                            \
    int function(const char *path, int flags, ...)                                                                     \
    {                                                                                                                  \
        static int (*next)(const char *, int, ...);                                                                    \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;                                        \
        va_end(more);                                                                                                  \
        if (next == NULL)                                                                                              \
            *(void **)&next = real(#function);                                                                         \
        int fd = next(path, flags, mode);                                                                              \
        const char *name = fd >= 0 && flags & (O_TRUNC | O_CREAT) ? inside(path) : NULL;                               \
        if (name != NULL)                                                                                              \
            note(flags & O_TRUNC ? CUT : WRITE, name, "", 0, 0);                                                       \
        return fd;                                                                                                     \
    }

OPEN_CALL(open)
OPEN_CALL(open64)

int rename(const char *from, const char *to)
{
    static int (*next)(const char *, const char *);
    if (next == NULL)
        *(void **)&next = real("rename");
    const char *name = inside(from);
    const char *other = inside(to);
    int done = next(from, to);
    if (name != NULL && other != NULL && done == 0)
        note(RENAME, name, other, strlen(other), 0);
    return done;
}

int unlink(const char *path)
{
    static int (*next)(const char *);
    if (next == NULL)
        *(void **)&next = real("unlink");
    const char *name = inside(path);
    int done = next(path);
    if (name != NULL && done == 0)
        note(DELETE, name, "", 0, 0);
    return done;
}
