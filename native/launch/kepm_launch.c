/*
 * Starts one program for the agent: session, cgroup, limits and rights first, then the program, if it
 * still is the file that the agent looked at. A JVM can't change the user of a child safely.
 *
 *   launch UID GID GROUPS CGROUP FILES PROCESSES MEMORY FILE_SIZE NO_NEW_RIGHTS DEVICE INODE FOLDER EXECUTABLE ARGV...
 *
 * It begins when a byte comes on standard input: by then the agent holds a pidfd of this process. What
 * goes wrong is one line on standard error and exit status 126; standard error closes without a word
 * when the program runs. Its own standard error is its standard output.
 */
#include "order.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

#define REFUSED 126
#define STATUS 3 /* where the agent reads what went wrong; ends with exec */

extern char **environ;

static int status = STDERR_FILENO;

__attribute__((format(printf, 1, 2), noreturn)) static void refuse(const char *form, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, form);
    int length = vsnprintf(text, sizeof text, form, arguments);
    va_end(arguments);
    if (length > 0) {
        size_t size = (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
        ssize_t unused = write(status, text, size);
        (void)unused;
    }
    _exit(REFUSED);
}

static void await_agent(void) {
    char go;
    ssize_t count;
    do {
        count = read(STDIN_FILENO, &go, 1);
    } while (count < 0 && errno == EINTR);
    if (count != 1)
        refuse("the agent went away");
}

/* Nothing of the JVM's but the three streams; the third is kept apart for our last words. */
static void keep_streams(void) {
    if (dup3(STDERR_FILENO, STATUS, O_CLOEXEC) != STATUS)
        refuse("status stream: %s", strerror(errno));
    status = STATUS;
    if (dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
        refuse("standard error: %s", strerror(errno));
    if (syscall(SYS_close_range, STATUS + 1, ~0U, 0) == 0)
        return;
    /* A kernel before 5.9. */
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        refuse("open files: %s", strerror(errno));
    for (rlim_t i = STATUS + 1; i < files.rlim_cur; i++)
        close((int)i);
}

/* A pipe of the agent's, by the name that it has in /proc: root and whoever the agent is may open it. */
static void part_errors(const struct order *order) {
    struct stat found;
    if (order->errors[0] == '\0')
        return;
    int fd = open(order->errors, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &found) != 0 || !S_ISFIFO(found.st_mode) || fcntl(fd, F_SETFL, O_WRONLY) != 0
        || dup2(fd, STDERR_FILENO) < 0)
        refuse("standard error: %s", strerror(errno));
    close(fd);
}

static void reset_signals(void) {
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t none;
    for (int i = 1; i < NSIG; i++)
        sigaction(i, &usual, NULL); /* KILL, STOP and the C library's own refuse: they need none */
    sigemptyset(&none);
    if (sigprocmask(SIG_SETMASK, &none, NULL) != 0)
        refuse("signal mask: %s", strerror(errno));
}

static void join(const char *cgroup) {
    char path[4096];
    if (cgroup[0] == '\0')
        return;
    if (snprintf(path, sizeof path, "%s/cgroup.procs", cgroup) >= (int)sizeof path)
        refuse("cgroup: its path is too long");
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || write(fd, "0", 1) != 1)
        refuse("cgroup `%s`: %s", cgroup, strerror(errno));
    close(fd);
}

/* The agent is spared when memory ends, proc(5) oom_score_adj; what it starts is not, or it would outlive the agent. */
static void be_spared_no_more(void) {
    char score[16] = "";
    int fd = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
    if (fd < 0 || read(fd, score, sizeof score - 1) < 0 || (score[0] == '-' && pwrite(fd, "0", 1, 0) != 1))
        refuse("oom_score_adj: %s", strerror(errno));
    close(fd);
}

/* Threads of the agent that decide go before others, setpriority(2): not so what it starts. */
static void give_way(void) {
    errno = 0;
    int nice = getpriority(PRIO_PROCESS, 0);
    if (nice < 0 && (errno != 0 || setpriority(PRIO_PROCESS, 0, 0) != 0))
        refuse("priority: %s", strerror(errno));
}

static void limit(int what, const char *name, unsigned long long value) {
    struct rlimit both = {value, value};
    if (setrlimit(what, &both) != 0)
        refuse("limit of %s: %s", name, strerror(errno));
}

static void limit_all(const struct order *order) {
    limit(RLIMIT_CORE, "core files", 0);
    limit(RLIMIT_NOFILE, "open files", order->open_files);
    if (order->processes > 0)
        limit(RLIMIT_NPROC, "processes", order->processes);
    if (order->memory_bytes > 0)
        limit(RLIMIT_AS, "memory", order->memory_bytes);
    if (order->file_bytes > 0)
        limit(RLIMIT_FSIZE, "file size", order->file_bytes);
}

/* While we still may look everywhere: the program's user need not reach the folder of a binary. */
static int open_executable(const struct order *order, int *is_script) {
    struct stat found;
    char mark[2];
    int fd = open(order->executable, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &found) != 0)
        refuse("`%s`: %s", order->executable, strerror(errno));
    if (!S_ISREG(found.st_mode))
        refuse("`%s` is not a regular file", order->executable);
    if (found.st_dev != order->device || found.st_ino != order->inode)
        refuse("`%s` is another file than the one that was looked at", order->executable);
    *is_script = pread(fd, mark, sizeof mark, 0) == sizeof mark && mark[0] == '#' && mark[1] == '!';
    return fd;
}

static int is_group_of(const struct order *order, gid_t group) {
    for (size_t i = 0; i < order->group_count; i++) {
        if (order->groups[i] == group)
            return 1;
    }
    return 0;
}

/* What of our rights is not as ordered; NULL when all is. */
static const char *difference(const struct order *order) {
    uid_t uids[3];
    gid_t gids[3], groups[GROUPS_MAX];
    if (getresuid(&uids[0], &uids[1], &uids[2]) != 0 || getresgid(&gids[0], &gids[1], &gids[2]) != 0)
        refuse("rights: %s", strerror(errno));
    for (int i = 0; i < 3; i++) {
        if (uids[i] != order->uid || gids[i] != order->gid)
            return "rights: the kernel kept some of the agent's";
    }
    int count = getgroups(GROUPS_MAX, groups);
    if (count < 0 || (size_t)count != order->group_count)
        return "groups: the kernel has others than were ordered";
    for (int i = 0; i < count; i++) {
        if (!is_group_of(order, groups[i]))
            return "groups: the kernel has others than were ordered";
    }
    return NULL;
}

/* INVARIANT: beyond here runs nobody with more rights than were ordered. */
static void verify(const struct order *order) {
    const char *fault = difference(order);
    if (fault != NULL)
        refuse("%s", fault);
    if (order->uid != 0 && (setuid(0) == 0 || seteuid(0) == 0))
        refuse("rights: root could be had back");
}

static void become(const struct order *order) {
    /* Until exec nobody of that user may look into us. */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    /* An agent that a user started changes nothing: what it orders is what it is. */
    if (geteuid() == 0 || difference(order) != NULL) {
        if (setgroups(order->group_count, order->groups) != 0)
            refuse("groups: %s", strerror(errno));
        if (setresgid(order->gid, order->gid, order->gid) != 0)
            refuse("group %u: %s", order->gid, strerror(errno));
        if (setresuid(order->uid, order->uid, order->uid) != 0)
            refuse("user %u: %s", order->uid, strerror(errno));
    }
    verify(order);
    if (order->no_new_rights && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        refuse("no new rights: %s", strerror(errno));
}

/* An interpreter opens its script by the path, so the path has to lead there for the user as well. */
static void run_script(const struct order *order) {
    struct stat found;
    if (stat(order->executable, &found) != 0)
        refuse("user %u can't reach the script `%s`: %s", order->uid, order->executable, strerror(errno));
    if (found.st_dev != order->device || found.st_ino != order->inode)
        refuse("`%s` was replaced meanwhile", order->executable);
    execve(order->executable, order->argv, environ);
}

int main(int argc, char **argv) {
    struct order order;
    const char *fault;
    int is_script;
    await_agent();
    keep_streams();
    if (order_parse(argc, argv, &order, &fault) != 0)
        refuse("the order is malformed: %s", fault);
    part_errors(&order);
    reset_signals();
    if (setsid() < 0)
        refuse("session: %s", strerror(errno));
    join(order.cgroup);
    be_spared_no_more();
    give_way();
    umask(077);
    int executable = open_executable(&order, &is_script);
    limit_all(&order);
    become(&order);
    if (chdir(order.folder) != 0)
        refuse("user %u can't enter the folder `%s`: %s", order.uid, order.folder, strerror(errno));
    if (is_script)
        run_script(&order);
    else
        syscall(SYS_execveat, executable, "", order.argv, environ, AT_EMPTY_PATH);
    refuse("`%s` can't be run by user %u: %s", order.executable, order.uid, strerror(errno));
}
