/*
 * kepm-run: a command with other rights, by the agent. It has no rights of its own: it asks, shows what the agent
 * says, and passes its streams on; PID 1 starts the command. Where this system's sudo asks the agent as well and can
 * carry all that policy wants, sudo does it.
 */
#include "link.h"
#include "options.h"
#include "relay.h"
#include "talk.h"
#include "way.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BAD_USAGE = 2, TIMED_OUT = 124, UNREACHABLE = 125, NOT_RUN = 126 };

static void note_signal(int number) {
    stop_signal = number;
}

static void guard_signals(int guarded) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct sigaction action = {.sa_handler = guarded ? note_signal : SIG_DFL};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction before;
        sigaction(signals[i], NULL, &before);
        if (before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

static int count(char *const *words) {
    int found = 0;
    while (words[found] != NULL)
        found++;
    return found;
}

static int by_sudo(const char *sudo, const struct options *options) {
    char **argv = calloc((size_t)count(options->command) + 5, sizeof *argv);
    int used = 0;
    if (argv == NULL)
        return UNREACHABLE;
    argv[used++] = (char *)(size_t)sudo;
    if (options->user != NULL) {
        argv[used++] = (char *)(size_t)"-u";
        argv[used++] = (char *)(size_t)options->user;
    }
    argv[used++] = (char *)(size_t)"--";
    for (char **word = options->command; *word != NULL; word++)
        argv[used++] = *word;
    if (options->reason != NULL && options->reason[0] != '\0')
        setenv("KEPM_REASON", options->reason, 1);
    execv(sudo, argv);
    fprintf(stderr, "kepm: `%s`: %s\n", sudo, strerror(errno));
    return UNREACHABLE;
}

/* Nothing is gained by it: who is root runs what root can run. */
static int as_it_is(const struct options *options) {
    if (geteuid() != 0 || (options->user != NULL && strcmp(options->user, "root") != 0)) {
        talk_say("denied: this is root already: use `runuser` to be somebody else");
        return NOT_RUN;
    }
    execvp(options->command[0], options->command);
    fprintf(stderr, "kepm: `%s`: %s\n", options->command[0], strerror(errno));
    return errno == ENOENT ? 127 : NOT_RUN;
}

static int stopped(const struct talk *talk) {
    int number = stop_signal;
    if (talk->request_id[0] != '\0')
        fprintf(stderr, "kepm: stopped waiting; nothing ran, and request %.8s is kept: run the command again later\n", talk->request_id);
    else
        fprintf(stderr, "kepm: stopped; nothing ran\n");
    return ENDED_BY_SIGNAL + number;
}

static int which(const char *sudo, const char *why) {
    printf("%s\n%s\n", sudo != NULL ? "sudo" : "own", why);
    return 0;
}

static int run(const struct options *options) {
    struct terminal terminal;
    char why[WAY_WHY];
    const char *sudo = way_sudo(why, sizeof why);
    if (options->which)
        return which(sudo, why);
    terminal_find(&terminal);
    struct talk said = {.options = options, .terminal = &terminal, .has_sudo = sudo != NULL,
        .piped = terminal.is_stream[0] && !terminal.is_stream[1]};
    guard_signals(1);
    enum outcome outcome = talk(&said);
    if (outcome != RUNS)
        guard_signals(0);
    terminal_forget_slave(&terminal);
    switch (outcome) {
    case RUNS:
        return relay(&terminal, said.control, said.sock, said.piped);
    case BY_SUDO:
        return by_sudo(sudo, options);
    case AS_IT_IS:
        return as_it_is(options);
    case STOPPED:
        return stopped(&said);
    case WAITS:
        return TIMED_OUT;
    case SAYS_NO:
        return NOT_RUN;
    default:
        /* sudo asks by itself, and knows what holds while nobody answers. */
        if (sudo != NULL && said.request_id[0] == '\0')
            return by_sudo(sudo, options);
        fprintf(stderr, "kepm: the agent is not reachable: %s\n", said.why);
        fprintf(stderr, "kepm: %s; `systemctl start KeeperPrivilegeManager` starts the agent, `kepm doctor` says more\n", why);
        return UNREACHABLE;
    }
}

int main(int argc, char **argv) {
    struct options options;
    if (options_parse(argc, argv, &options) == 0)
        return run(&options);
    fprintf(stderr, "usage: kepm run [-m REASON] [-u USER] [--] COMMAND [ARGUMENT]...\n");
    return BAD_USAGE;
}
