#include "command.h"
#include "noexec.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif
#define SCRIPT 3 /* the descriptor that an interpreter reads its script from */

static int said = -1; /* the parent reads on it why there is no exec */

__attribute__((format(printf, 1, 2), noreturn)) static void give_up(const char *form, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, form);
    int length = vsnprintf(text, sizeof text, form, arguments);
    va_end(arguments);
    ssize_t unused = write(said, text, length < (int)sizeof text ? (size_t)length : sizeof text - 1);
    (void)unused;
    _exit(REFUSED);
}

static int has_group(const struct order *order, gid_t group) {
    for (size_t i = 0; i < order->group_count; i++)
        if (order->groups[i] == group)
            return 1;
    return 0;
}

/* INVARIANT: beyond here runs nobody with other rights than were ordered. */
static void verify(const struct order *order) {
    uid_t uids[3];
    gid_t gids[3], groups[MOST_GROUPS];
    if (getresuid(&uids[0], &uids[1], &uids[2]) != 0 || getresgid(&gids[0], &gids[1], &gids[2]) != 0)
        give_up("rights: %s", strerror(errno));
    for (int i = 0; i < 3; i++)
        if (uids[i] != order->uid || gids[i] != order->gid)
            give_up("rights: the kernel kept some of root's");
    int count = getgroups(MOST_GROUPS, groups);
    if (count < 0 || (size_t)count != order->group_count)
        give_up("groups: the kernel has others than were ordered");
    for (int i = 0; i < count; i++)
        if (!has_group(order, groups[i]))
            give_up("groups: the kernel has others than were ordered");
    if (order->uid != 0 && (setuid(0) == 0 || seteuid(0) == 0))
        give_up("rights: root could be had back");
}

static void become(const struct order *order) {
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (setgroups(order->group_count, order->groups) != 0)
        give_up("groups: %s", strerror(errno));
    if (setresgid(order->gid, order->gid, order->gid) != 0)
        give_up("group %u: %s", order->gid, strerror(errno));
    if (setresuid(order->uid, order->uid, order->uid) != 0)
        give_up("user %u: %s", order->uid, strerror(errno));
    verify(order);
}

static void usual_signals(void) {
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t none;
    for (int i = 1; i < NSIG; i++)
        sigaction(i, &usual, NULL); /* KILL, STOP and the C library's own refuse: they need none */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

void command_to_front(int terminal, pid_t group) {
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGTTOU, &ignore, &before);
    tcsetpgrp(terminal, group);
    sigaction(SIGTTOU, &before, NULL);
}

static int is_script(int program) {
    char mark[2];
    return pread(program, mark, sizeof mark, 0) == sizeof mark && mark[0] == '#' && mark[1] == '!';
}

void command_run(const struct order *order, int terminal, int parent) {
    said = parent;
    int program = fcntl(order->fds[AT_PROGRAM], F_DUPFD_CLOEXEC, FAR);
    int folder = fcntl(order->fds[AT_FOLDER], F_DUPFD_CLOEXEC, FAR);
    int fallen = fcntl(said, F_DUPFD_CLOEXEC, FAR);
    struct noexec call = {.name = "", .argv = order->argv, .envp = order->envp};
    if (program < 0 || folder < 0 || fallen < 0)
        give_up("descriptors: %s", strerror(errno));
    said = fallen;
    setpgid(0, 0);
    if (terminal >= 0 && !order->background)
        command_to_front(terminal, getpid());
    if (fchdir(folder) != 0)
        give_up("the current directory: %s", strerror(errno));
    for (int i = 0; i < 3; i++)
        if (dup2(order->fds[AT_INPUT + i], i) != i)
            give_up("standard streams: %s", strerror(errno));
    /* Not by exec: one that hangs while it closes holds whoever looks into /proc as well. */
    for (int i = AT_FOLDER; i <= AT_ERROR; i++)
        close(order->fds[i]);
    close(folder);
    if (is_script(program)) { /* open after exec: it is read then */
        if (dup2(program, SCRIPT) != SCRIPT)
            give_up("the script: %s", strerror(errno));
        program = SCRIPT;
    }
    call.program = program;
    if (order->no_exec && noexec_but(&call) != 0)
        give_up("that it starts no other program can't be kept here: %s", strerror(errno));
    usual_signals();
    become(order);
    syscall(SYS_execveat, call.program, call.name, call.argv, call.envp, AT_EMPTY_PATH);
    give_up("it can't be run by user %u: %s", order->uid, strerror(errno));
}
