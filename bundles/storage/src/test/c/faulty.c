/*
 * Makes the N-th write or sync of the store's files fail, for tests; where descriptors are to be out (EMFILE), the N-th
 * opening of a file below a folder of that test instead. Preloaded into a JVM; told what to do by a
 * shared page: calls to let through before the fault (negative: none fails), the error number, and how many calls
 * fail from then on. Every call is counted down, so that a test can go through all of them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct orders {
    int32_t before;
    int32_t error;
    int32_t times;
    int32_t failed;
};

static volatile struct orders *orders;

__attribute__((constructor)) static void map(void)
{
    const char *path = getenv("KEPM_FAULTS");
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (fd >= 0) {
        void *page = mmap(NULL, sizeof(struct orders), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (page != MAP_FAILED)
            orders = page;
        close(fd);
    }
}

static int is_next(void)
{
    if (__sync_fetch_and_sub(&orders->before, 1) > 0)
        return 0;
    orders->failed++;
    orders->before = --orders->times > 0 ? 0 : -1;
    errno = orders->error;
    return 1;
}

static int fails(int fd)
{
    char link[64];
    char path[512];
    if (orders == NULL || orders->before < 0 || orders->error == EMFILE)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = '\0';
    return strstr(path, "/kepm.db") != NULL && is_next();
}

static int is_out(const char *path)
{
    return orders != NULL && orders->before >= 0 && orders->error == EMFILE && strstr(path, "/e24-") != NULL &&
           is_next();
}

#define WRAP(result, name, parameters, arguments)                                                                       \
    result name parameters                                                                                             \
    {                                                                                                                  \
        static result(*real) parameters;                                                                               \
        if (real == NULL)                                                                                              \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                                                 \
        return fails(fd) ? -1 : real arguments;                                                                        \
    }

WRAP(ssize_t, write, (int fd, const void *bytes, size_t size), (fd, bytes, size))
WRAP(ssize_t, pwrite, (int fd, const void *bytes, size_t size, off_t at), (fd, bytes, size, at))
WRAP(ssize_t, pwrite64, (int fd, const void *bytes, size_t size, off64_t at), (fd, bytes, size, at))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, fdatasync, (int fd), (fd))
WRAP(int, ftruncate, (int fd, off_t size), (fd, size))
WRAP(int, ftruncate64, (int fd, off64_t size), (fd, size))

#define WRAP_OPEN(name)                                                                                                 \
    int name(const char *path, int flags, ...)                                                                         \
    {                                                                                                                  \
        static int (*real)(const char *, int, mode_t);                                                                 \
        if (real == NULL)                                                                                              \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                                                 \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode_t mode = va_arg(more, mode_t);                                                                            \
        va_end(more);                                                                                                  \
        return is_out(path) ? -1 : real(path, flags, mode);                                                            \
    }

WRAP_OPEN(open)
WRAP_OPEN(open64)
