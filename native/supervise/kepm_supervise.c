/*
 * Runs one command of `kepm run` in the unit that PID 1 made for it. Standard input is a socket of the agent's:
 * on it come the order and one end of a pair, at whose other end whoever asked for it passes folder and streams; and it
 * hears there how the command ended. Root until the command is started: it sets who logged in, the
 * terminal, and the rights of the command itself, and looks at them again.
 */
#include "control.h"
#include "noexec.h"
#include "order.h"
#include "recorded.h"
#include "streams.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif
#define REFUSED 126
#define SCRIPT 3 /* the descriptor that an interpreter reads its script from */
#define FAR 64   /* above every number that the command gets */

static int agent = -1;
static struct recorded recorded;
static int is_lost; /* what it shows can't be recorded any more */

/* 0: the agent has it, all of it. */
static int tell(struct frame *frame) {
    int told = agent >= 0 && frame_seal(frame) == 0
        && send(agent, frame->bytes, frame->length, MSG_NOSIGNAL) == (ssize_t)frame->length;
    frame_free(frame);
    return told ? 0 : -1;
}

static struct frame word(const char *op) {
    struct frame frame = {0};
    frame_put(&frame, "v", "1");
    frame_put(&frame, "op", op);
    return frame;
}

__attribute__((format(printf, 1, 2), noreturn)) static void refuse(const char *form, ...) {
    char text[512];
    struct frame frame = word("failed");
    va_list arguments;
    va_start(arguments, form);
    vsnprintf(text, sizeof text, form, arguments);
    va_end(arguments);
    frame_put(&frame, "text", text);
    tell(&frame);
    _exit(REFUSED);
}

/* ---- the command's process, from the fork to exec ---- */

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

/* Into the foreground of the terminal; who is not there yet would be stopped for it. */
static void take_terminal(int terminal, pid_t group) {
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGTTOU, &ignore, &before);
    tcsetpgrp(terminal, group);
    sigaction(SIGTTOU, &before, NULL);
}

static int is_script(int program) {
    char mark[2];
    return pread(program, mark, sizeof mark, 0) == sizeof mark && mark[0] == '#' && mark[1] == '!';
}

__attribute__((noreturn)) static void run(const struct order *order, int terminal) {
    int program = fcntl(order->fds[AT_PROGRAM], F_DUPFD_CLOEXEC, FAR);
    int folder = fcntl(order->fds[AT_FOLDER], F_DUPFD_CLOEXEC, FAR);
    int fallen = fcntl(said, F_DUPFD_CLOEXEC, FAR);
    struct noexec call = {.name = "", .argv = order->argv, .envp = order->envp};
    if (program < 0 || folder < 0 || fallen < 0)
        give_up("descriptors: %s", strerror(errno));
    said = fallen;
    setpgid(0, 0);
    if (terminal >= 0 && !order->background)
        take_terminal(terminal, getpid());
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

/* ---- the supervisor ---- */

static unsigned login_of(int fd) {
    char text[16];
    ssize_t length = pread(fd, text, sizeof text - 1, 0);
    if (length <= 0)
        refuse("who has logged in can't be told: %s", length < 0 ? strerror(errno) : "the kernel says nothing");
    text[length] = '\0';
    return (unsigned)strtoul(text, NULL, 10);
}

/* What the kernel and its audit know of who stands behind it; PID 1 itself has none. */
static void set_login(unsigned uid) {
    int fd = open("/proc/self/loginuid", O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT && access("/proc/self/stat", F_OK) == 0)
        return; /* a kernel without audit */
    if (fd < 0)
        refuse("who has logged in can't be told: %s", strerror(errno));
    if (login_of(fd) != uid && dprintf(fd, "%u", uid) < 0)
        refuse("who has logged in can't be set: %s", strerror(errno));
    if (login_of(fd) != uid)
        refuse("who has logged in can't be set: the kernel keeps another");
    close(fd);
}

static int is_same(int fd, int other) {
    struct stat one, two;
    return fstat(fd, &one) == 0 && fstat(other, &two) == 0 && one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

/*
 * -1: none of its streams is one. INVARIANT: nobody else's session has it, so it is nobody's own terminal; there is
 * no second one, of which that is not known.
 */
static int own_terminal(const struct order *order) {
    int first = -1;
    for (int i = AT_INPUT; i <= AT_ERROR; i++) {
        if (!isatty(order->fds[i]))
            continue;
        if (first >= 0 && !is_same(order->fds[i], first))
            refuse("its terminal is not one alone");
        if (first >= 0)
            continue;
        first = order->fds[i];
        if (getsid(0) != getpid() && setsid() < 0)
            refuse("no session of its own: %s", strerror(errno));
        if (ioctl(first, TIOCSCTTY, 0) != 0)
            refuse("its terminal is not a fresh one: %s", strerror(errno));
    }
    return first < 0 ? -1 : fcntl(first, F_DUPFD_CLOEXEC, FAR);
}

static pid_t start(const struct order *order, int terminal) {
    int ends[2];
    char why[512];
    if (pipe2(ends, O_CLOEXEC) != 0)
        refuse("no pipe: %s", strerror(errno));
    pid_t child = fork();
    if (child < 0)
        refuse("no process: %s", strerror(errno));
    if (child == 0) {
        said = ends[1];
        run(order, terminal);
    }
    close(ends[1]);
    setpgid(child, child);
    ssize_t length;
    do {
        length = read(ends[0], why, sizeof why - 1);
    } while (length < 0 && errno == EINTR);
    close(ends[0]);
    if (length > 0) {
        why[length] = '\0';
        refuse("%s", why);
    }
    return child;
}

static void say(int control, int what, int value) {
    struct control last = {what, value};
    ssize_t unused = send(control, &last, sizeof last, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)unused;
}

/* Only to signal the command: what is copied into a file of somebody's goes there with nobody's rights. */
static void give_up_rights(void) {
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct rights[2] = {{.effective = 1u << CAP_KILL, .permitted = 1u << CAP_KILL}};
    syscall(SYS_capset, &head, rights);
}

/*
 * INVARIANT: what the agent does not know to run does not run: it has put on record that it did not begin. Closing
 * may take its time, on a file of somebody's own making; hence it comes after the word.
 */
static void announce(const struct order *order, pid_t child) {
    struct frame running = word("running");
    say(order->fds[AT_CONTROL], CONTROL_STARTED, 0);
    if (tell(&running) != 0) {
        kill(-child, SIGKILL);
        kill(child, SIGKILL);
        _exit(REFUSED); /* PID 1 ends what is left of the unit */
    }
    close(order->fds[AT_PROGRAM]);
    for (int i = AT_FOLDER; i < AT_CONTROL; i++)
        close(order->fds[i]);
    give_up_rights();
}

static int may_be_sent(int number) {
    static const int known[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGTSTP, SIGCONT};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i] == number)
            return 1;
    return 0;
}

/* Nothing of it goes on that is not on record; PID 1 ends what it left in the unit when we are gone. */
static void unrecorded(pid_t child) {
    is_lost = 1;
    recorded_stop(&recorded);
    kill(-child, SIGKILL);
    kill(child, SIGKILL);
}

/* 0 when the client is gone. */
static int hear(int control, pid_t child, int terminal) {
    struct control heard;
    ssize_t n = recv(control, &heard, sizeof heard, MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0)
        return 0;
    if (n == sizeof heard && heard.word == CONTROL_SIGNAL && heard.value == SIGWINCH && recorded_resize(&recorded) != 0)
        unrecorded(child);
    if (n == sizeof heard && heard.word == CONTROL_SIGNAL && may_be_sent(heard.value)) {
        if (heard.value == SIGCONT && terminal >= 0)
            take_terminal(terminal, child);
        kill(-child, heard.value);
    }
    return 1;
}

/* A command in the background of its terminal stops when it wants to read there: now it may. */
static void stopped(int control, pid_t child, int terminal, int by) {
    if (terminal >= 0 && (by == SIGTTIN || by == SIGTTOU) && tcgetpgrp(terminal) != child) {
        take_terminal(terminal, child);
        say(control, CONTROL_TERMINAL, 0);
        kill(-child, SIGCONT);
        return;
    }
    say(control, CONTROL_STOPPED, by);
}

/* 1 when it has ended, with its status. */
static int look(int control, pid_t child, int terminal, int *status) {
    pid_t which;
    while ((which = waitpid(-1, status, WUNTRACED | WNOHANG)) > 0) {
        if (which != child)
            continue;
        if (!WIFSTOPPED(*status))
            return 1;
        stopped(control, child, terminal, WSTOPSIG(*status));
    }
    return 0;
}

/* As slow as whoever looks, as without us; until he is gone, or PID 1 ends the unit. */
static void rest(struct pollfd *ready, int signals, int control) {
    struct signalfd_siginfo info;
    while (recorded_rest(&recorded, ready + 2)) {
        if (poll(ready, 2 + WATCHED, -1) < 0)
            continue;
        if (recorded_pump(&recorded, ready + 2) != 0) {
            is_lost = 1;
            return;
        }
        if (ready[0].revents != 0 && read(signals, &info, sizeof info) == sizeof info && info.ssi_signo == SIGTERM)
            return;
        struct control heard;
        if (ready[1].fd >= 0 && ready[1].revents != 0 && recv(control, &heard, sizeof heard, MSG_DONTWAIT) == 0)
            return;
    }
}

static int await_end(const struct order *order, pid_t child, int terminal, int signals) {
    int control = order->fds[AT_CONTROL], status = 0;
    struct pollfd ready[2 + WATCHED] = {{.fd = signals, .events = POLLIN}, {.fd = control, .events = POLLIN}};
    while (!look(control, child, terminal, &status)) {
        struct signalfd_siginfo info;
        recorded_watch(&recorded, ready + 2);
        if (poll(ready, 2 + WATCHED, -1) < 0)
            continue;
        if (ready[0].revents != 0 && read(signals, &info, sizeof info) < 0 && errno != EAGAIN)
            continue;
        if (recorded_pump(&recorded, ready + 2) != 0)
            unrecorded(child);
        if (ready[1].revents != 0 && !hear(control, child, terminal)) {
            ready[1].fd = -1;
            recorded_hang_up(&recorded, &terminal);
            kill(-child, SIGHUP); /* as when a terminal is closed */
            kill(-child, SIGCONT);
        }
    }
    rest(ready, signals, control);
    return status;
}

static long long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

static void report(int control, int status, long long took) {
    int killed = WIFSIGNALED(status), value = killed ? WTERMSIG(status) : WEXITSTATUS(status);
    struct frame frame = word("ended");
    frame_put(&frame, "how", is_lost ? "unrecorded" : killed ? "signal" : "exit");
    frame_put_number(&frame, "status", value);
    frame_put_number(&frame, "duration_ms", took);
    tell(&frame);
    say(control, killed ? CONTROL_SIGNAL : CONTROL_EXIT, value);
}

/* What ends the unit asks us as well: we stay until the command is gone, to tell how. */
static int keep_signals(void) {
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, SIGCHLD);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGHUP);
    sigaddset(&ours, SIGINT);
    if (sigprocmask(SIG_SETMASK, &ours, NULL) != 0)
        refuse("signals: %s", strerror(errno));
    return signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
}

int main(void) {
    static struct order order;
    const char *fault;
    char why[STREAMS_WHY];
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    umask(022);
    agent = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, FAR);
    if (agent < 0)
        return REFUSED;
    int signals = keep_signals();
    struct frame hello = word("hello");
    frame_put_number(&hello, "pid", getpid());
    tell(&hello);
    if (order_receive(agent, &order, &fault) != 0)
        refuse("the order: %s", fault);
    if (signals < 0)
        refuse("signals: %s", strerror(errno));
    if (streams_take(&order, why) != 0)
        refuse("%s", why);
    set_login(order.login);
    int terminal = own_terminal(&order);
    if (recorded_open(&recorded, &order, &terminal) != 0)
        refuse("it can't be recorded: %s",
            errno == EOPNOTSUPP ? "what it reads or writes is a socket, or an input open for writing: use a pipe, a file or a terminal"
                                : strerror(errno));
    long long begun = now_ms();
    pid_t child = start(&order, terminal);
    announce(&order, child);
    report(order.fds[AT_CONTROL], await_end(&order, child, terminal, signals), now_ms() - begun);
    return 0;
}
