#include "relay.h"

#include "control.h"
#include "link.h"
#include "talk.h"
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define FOREGROUND_MS 300 /* until a look at who is in the foreground */
#define DRAIN_MS 50
#define LAST_WORD_MS 2000
#define ROOM 16384

enum { SIGNALS, CONTROL, AGENT, TYPED, MASTER, WATCHED };

static const int carried[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGTSTP, SIGCONT, SIGWINCH};

static struct {
    struct terminal *terminal;
    struct pollfd watched[WATCHED];
    char typed[ROOM]; /* not taken by the command yet */
    size_t length;
    int wants; /* the command would read what is typed */
    int reads; /* and gets it: we are in the foreground */
    int code;  /* -1: it runs */
    int by_signal;
} state;

static void send_signal(int number) {
    struct control word = {CONTROL_SIGNAL, number};
    ssize_t unused = send(state.watched[CONTROL].fd, &word, sizeof word, MSG_NOSIGNAL);
    (void)unused;
}

static void take_terminal_if_ours(void) {
    if (state.wants && !state.reads)
        state.reads = terminal_take(state.terminal);
}

/* Our own stop, so that the shell has its prompt; afterwards the command goes on with us. */
static void stop_here(void) {
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    terminal_give_back(state.terminal);
    signal(SIGTSTP, SIG_DFL);
    kill(0, SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, NULL);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    state.reads = 0;
    take_terminal_if_ours();
    terminal_copy_size(state.terminal);
    send_signal(SIGCONT);
}

static void take_signal(void) {
    struct signalfd_siginfo info;
    if (read(state.watched[SIGNALS].fd, &info, sizeof info) != sizeof info)
        return;
    int number = (int)info.ssi_signo;
    if (number == SIGWINCH) {
        terminal_copy_size(state.terminal);
        send_signal(number); /* one that records has a terminal of its own beside ours */
    } else if (number == SIGCONT) {
        state.reads = 0; /* the shell has had the terminal meanwhile */
        take_terminal_if_ours();
    } else {
        send_signal(number);
    }
}

static void take_word(void) {
    struct control heard;
    ssize_t n = recv(state.watched[CONTROL].fd, &heard, sizeof heard, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n != sizeof heard) {
        state.code = ENDED_BY_SIGNAL + SIGKILL; /* it was not left the time to say how */
        state.by_signal = 1;
        return;
    }
    switch (heard.word) {
    case CONTROL_EXIT:
        state.code = heard.value & 0xff;
        break;
    case CONTROL_SIGNAL:
        state.code = ENDED_BY_SIGNAL + (heard.value & 0x7f);
        state.by_signal = 1;
        break;
    case CONTROL_TERMINAL:
        state.wants = 1;
        take_terminal_if_ours();
        break;
    case CONTROL_STOPPED:
        stop_here();
        break;
    default:
        break;
    }
}

static void take_agent(void) {
    char *payload = NULL, why[WHY_MAX];
    size_t length = 0;
    enum verdict verdict = link_receive(state.watched[AGENT].fd, &payload, &length, NULL, why);
    const char *op = verdict == ALLOWED ? payload_get(payload, length, "op") : NULL;
    const char *message = verdict == ALLOWED ? payload_get(payload, length, "message") : NULL;
    if (op != NULL && message != NULL && strcmp(op, "end") == 0) {
        terminal_give_back(state.terminal);
        talk_say(message);
    }
    if (verdict != ALLOWED || op == NULL || strcmp(op, "end") == 0) {
        close(state.watched[AGENT].fd);
        state.watched[AGENT].fd = -1; /* away, or it has said all: the command goes on without it */
    }
    free(payload);
}

static void take_typed(void) {
    ssize_t n = read(state.terminal->own, state.typed + state.length, sizeof state.typed - state.length);
    if (n > 0)
        state.length += (size_t)n;
    else if (n == 0 || (errno != EINTR && errno != EAGAIN && errno != EIO))
        state.wants = state.reads = 0;
    else if (errno == EIO)
        state.reads = 0; /* in the background */
}

static void give_typed(void) {
    ssize_t n = write(state.terminal->master, state.typed, state.length);
    if (n > 0) {
        state.length -= (size_t)n;
        memmove(state.typed, state.typed + n, state.length);
    } else if (errno != EINTR && errno != EAGAIN) {
        state.length = 0;
    }
}

/* 0 when nobody has the terminal of the command any more. */
static int show_output(void) {
    char bytes[ROOM];
    ssize_t n = read(state.terminal->master, bytes, sizeof bytes);
    if (n <= 0)
        return n < 0 && (errno == EINTR || errno == EAGAIN);
    for (ssize_t at = 0; at < n;) {
        ssize_t out = write(state.terminal->own, bytes + at, (size_t)(n - at));
        if (out < 0 && errno != EINTR)
            break; /* our own terminal is gone: what is left is for nobody */
        at += out < 0 ? 0 : out;
    }
    return 1;
}

static void turn(void) {
    struct pollfd *watched = state.watched;
    watched[TYPED].fd = state.reads && state.length < sizeof state.typed / 2 ? state.terminal->own : -1;
    watched[MASTER].events = (short)(POLLIN | (state.length > 0 ? POLLOUT : 0));
    /* Nobody tells a job that its shell put it into the foreground while it ran. */
    if (poll(watched, WATCHED, state.wants && !state.reads ? FOREGROUND_MS : -1) < 0)
        return;
    take_terminal_if_ours();
    if (watched[MASTER].revents & (POLLIN | POLLHUP | POLLERR) && !show_output())
        watched[MASTER].fd = -1;
    if (watched[MASTER].fd >= 0 && watched[MASTER].revents & POLLOUT && state.length > 0)
        give_typed();
    if (watched[TYPED].fd >= 0 && watched[TYPED].revents != 0)
        take_typed();
    if (watched[SIGNALS].revents != 0)
        take_signal();
    if (watched[AGENT].fd >= 0 && watched[AGENT].revents != 0)
        take_agent();
    if (watched[CONTROL].revents != 0)
        take_word();
}

/* What it wrote last is still on its way; what it left in the background may go on writing. */
static void drain(void) {
    struct pollfd master = {.fd = state.watched[MASTER].fd, .events = POLLIN};
    for (int i = 0; i < 1000 && master.fd >= 0 && poll(&master, 1, DRAIN_MS) > 0; i++)
        if (!show_output())
            master.fd = -1;
}

/* Who was ended before his time is told why, when there is still somebody to tell it. */
static void hear_why(void) {
    struct pollfd agent = {.fd = state.watched[AGENT].fd, .events = POLLIN};
    if (state.by_signal && agent.fd >= 0 && poll(&agent, 1, LAST_WORD_MS) > 0)
        take_agent();
}

int relay(struct terminal *terminal, int control, int agent, int piped) {
    sigset_t ours;
    memset(&state, 0, sizeof state);
    state.terminal = terminal;
    state.code = -1;
    sigemptyset(&ours);
    for (size_t i = 0; i < sizeof carried / sizeof *carried; i++)
        sigaddset(&ours, carried[i]);
    sigprocmask(SIG_BLOCK, &ours, NULL);
    int fds[] = {signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK), control, agent, -1, terminal->master};
    for (int i = 0; i < WATCHED; i++)
        state.watched[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    state.wants = terminal->master >= 0 && !piped;
    take_terminal_if_ours();
    if (stop_signal)
        send_signal(stop_signal); /* it came while the command was being started */
    while (state.code < 0)
        turn();
    drain();
    terminal_give_back(terminal);
    hear_why();
    return state.code;
}
