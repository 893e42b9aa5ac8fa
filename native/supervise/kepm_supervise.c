/*
 * Runs one command of `kepm run` in the unit that PID 1 made for it. Standard input is a socket of the agent's:
 * on it come the order and one end of a pair, at whose other end whoever asked for it passes folder and streams; and it
 * hears there how the command ended. Root until the command is started: it sets who logged in and the terminal;
 * command.c sets the rights of the command itself, and looks at them again.
 */
#include "command.h"
#include "control.h"
#include "order.h"
#include "recorded.h"
#include "streams.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
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
    if (child == 0)
        command_run(order, terminal, ends[1]);
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
            command_to_front(terminal, child);
        kill(-child, heard.value);
    }
    return 1;
}

/* A command in the background of its terminal stops when it wants to read there: now it may. */
static void stopped(int control, pid_t child, int terminal, int by) {
    if (terminal >= 0 && (by == SIGTTIN || by == SIGTTOU) && tcgetpgrp(terminal) != child) {
        command_to_front(terminal, child);
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
