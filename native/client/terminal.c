#include "terminal.h"

#include "link.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096
#define PROMPT_MS 300000

/* nohup leaves an input that can only be written: nobody takes that for one, and there is nothing to read in it. */
static void readable_input(void) {
    int flags = fcntl(STDIN_FILENO, F_GETFL), nothing;
    if (flags >= 0 && (flags & O_ACCMODE) == O_WRONLY && (nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0) {
        dup2(nothing, STDIN_FILENO);
        close(nothing);
    }
}

void terminal_find(struct terminal *terminal) {
    readable_input();
    memset(terminal, 0, sizeof *terminal);
    terminal->master = terminal->slave = -1;
    terminal->own = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    for (int i = 0; i < 3; i++)
        terminal->is_stream[i] = isatty(i);
}

int terminal_open(struct terminal *terminal) {
    struct termios like;
    int found = -1;
    for (int i = 0; i < 3; i++)
        if (terminal->is_stream[i])
            found = i;
    if (found < 0)
        return 0;
    if (terminal->own < 0)
        terminal->own = fcntl(found, F_DUPFD_CLOEXEC, 3);
    terminal->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal->own < 0 || terminal->master < 0 || grantpt(terminal->master) != 0 || unlockpt(terminal->master) != 0)
        return -1;
    terminal->slave = open(ptsname(terminal->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal->slave < 0)
        return -1;
    if (tcgetattr(terminal->own, &like) == 0)
        tcsetattr(terminal->slave, TCSANOW, &like);
    terminal_copy_size(terminal);
    return 0;
}

void terminal_forget_slave(struct terminal *terminal) {
    if (terminal->slave >= 0)
        close(terminal->slave);
    terminal->slave = -1;
}

int terminal_stream(const struct terminal *terminal, int number) {
    return terminal->is_stream[number] ? terminal->slave : number;
}

int terminal_take(struct terminal *terminal) {
    struct termios raw;
    if (!terminal->is_stream[0] || tcgetpgrp(terminal->own) != getpgrp())
        return 0;
    if (terminal->raw)
        return 1;
    if (tcgetattr(terminal->own, &terminal->before) != 0)
        return 0;
    raw = terminal->before;
    cfmakeraw(&raw);
    terminal->raw = tcsetattr(terminal->own, TCSADRAIN, &raw) == 0;
    return terminal->raw;
}

void terminal_give_back(struct terminal *terminal) {
    struct termios now;
    if (!terminal->raw)
        return;
    terminal->raw = 0;
    /* Somebody else's by now when we are in the background: a change would stop us. */
    if (tcgetpgrp(terminal->own) == getpgrp() && tcgetattr(terminal->own, &now) == 0)
        tcsetattr(terminal->own, TCSADRAIN, &terminal->before);
}

void terminal_copy_size(const struct terminal *terminal) {
    struct winsize size;
    if (terminal->master >= 0 && ioctl(terminal->own, TIOCGWINSZ, &size) == 0)
        ioctl(terminal->master, TIOCSWINSZ, &size);
}

static void show(int fd, const char *text) {
    size_t length = strlen(text);
    while (length > 0) {
        ssize_t n = write(fd, text, length);
        if (n < 0 && (errno != EINTR || stop_signal))
            return;
        if (n > 0) {
            text += n;
            length -= (size_t)n;
        }
    }
}

/* 0 at the end of a line. */
static int read_line(int fd, char *line, size_t size) {
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    long long deadline = now_ms() + PROMPT_MS;
    size_t used = 0;
    while (!stop_signal) {
        long long left = deadline - now_ms();
        int n = poll(&ready, 1, left < 0 ? 0 : left > 250 ? 250 : (int)left);
        if (n == 0 && left <= 0)
            return -1;
        if (n <= 0)
            continue;
        ssize_t got = read(fd, line + used, 1);
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
            return -1;
        if (got < 0)
            continue;
        if (line[used] == '\n' || line[used] == '\r')
            return line[used] = '\0', 0;
        if (line[used] == '\0' || ++used + 1 >= size)
            return -1;
    }
    return -1;
}

char *terminal_ask(const struct terminal *terminal, const char *text, int visible) {
    struct termios before, hidden;
    size_t size = strlen(text) * 4 + 1;
    char *safe = malloc(size), *line = malloc(LINE_MAX_BYTES);
    int is_hidden = 0, answered = -1;
    if (terminal->own >= 0 && safe != NULL && line != NULL) {
        text_for_terminal(text, safe, size);
        show(terminal->own, safe);
        if (!visible && tcgetattr(terminal->own, &before) == 0) {
            hidden = before;
            hidden.c_lflag &= ~(tcflag_t)ECHO;
            hidden.c_lflag |= ECHONL;
            is_hidden = tcsetattr(terminal->own, TCSAFLUSH, &hidden) == 0;
        }
        if (visible || is_hidden)
            answered = read_line(terminal->own, line, LINE_MAX_BYTES);
        if (is_hidden)
            tcsetattr(terminal->own, TCSAFLUSH, &before);
        if (answered != 0)
            show(terminal->own, "\n");
    }
    free(safe);
    if (answered == 0)
        return line;
    if (line != NULL)
        explicit_bzero(line, LINE_MAX_BYTES);
    free(line);
    return NULL;
}
