#include "talk.h"

#include "control.h"
#include "text.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECONNECT_MS 10000
#define RECONNECT_WAITING_MS 60000 /* with a request that waits: as long as an agent's start may take */
#define UNTIL_LET_GO_MS 2000
#define UNTIL_SAID_MS 200 /* between exec and the word of the supervisor */
#define REASON_MAX 4096
#define QUESTION_MAX (256 * 1024) /* the agent takes no longer one from everybody */

extern char **environ;

/* What a policy can let somebody keep, and what the agent looks at anyway; it decides, we only offer. */
static const char *const offered[] = {"COLORTERM", "COLUMNS", "LANG", "LANGUAGE", "LC_ALL", "LC_COLLATE", "LC_CTYPE",
    "LC_MESSAGES", "LC_MONETARY", "LC_NUMERIC", "LC_TIME", "LINES", "NO_COLOR", "TERM", "TZ"};

void talk_say(const char *text) {
    size_t size = strlen(text) * 4 + 1;
    char *safe = malloc(size);
    if (safe == NULL)
        return;
    text_for_terminal(text, safe, size);
    char *next = safe;
    while (next != NULL) {
        char *line = strsep(&next, "\n");
        if (line[0] != '\0')
            fprintf(stderr, "kepm: %s\n", line);
    }
    free(safe);
}

static int is_offered(const char *variable) {
    for (size_t i = 0; i < sizeof offered / sizeof *offered; i++) {
        size_t length = strlen(offered[i]);
        if (strncmp(variable, offered[i], length) == 0 && variable[length] == '=')
            return 1;
    }
    return 0;
}

static void build(const struct talk *talk, struct frame *frame) {
    const struct options *options = talk->options;
    char reason[REASON_MAX + 1];
    frame_put(frame, "v", "1");
    frame_put(frame, "op", "run");
    frame_put(frame, "runas_user", options->user != NULL ? options->user : "root");
    frame_put(frame, "sudo", talk->has_sudo ? "1" : "0");
    frame_put(frame, "interactive", talk->terminal->own >= 0 ? "1" : "0");
    frame_put(frame, "background", talk->piped ? "1" : "0");
    if (talk->request_id[0] != '\0')
        frame_put(frame, "request", talk->request_id);
    if (options->reason != NULL && options->reason[0] != '\0') {
        snprintf(reason, sizeof reason, "%s", options->reason);
        frame_put(frame, "reason", reason);
    }
    for (char **word = options->command; *word != NULL; word++)
        frame_put(frame, "argv", *word);
    for (char **variable = environ; *variable != NULL; variable++)
        if (is_offered(*variable))
            frame_put(frame, "env", *variable);
}

static int keep_id(struct talk *talk, const char *id) {
    size_t length = id != NULL ? strlen(id) : 0;
    for (size_t i = 0; i < length; i++)
        if (id[i] <= ' ' || id[i] > '~')
            return -1;
    if (length > ID_MAX)
        return -1;
    if (length > 0)
        memcpy(talk->request_id, id, length + 1);
    return 0;
}

static enum verdict send_stream(struct talk *talk, int to, const char *name, int fd) {
    struct frame frame = {0};
    frame_put(&frame, "v", "1");
    frame_put(&frame, "op", "stream");
    frame_put(&frame, "name", name);
    enum verdict verdict = link_send(to, &frame, fd, now_ms() + SILENCE_MS, talk->why);
    frame_free(&frame);
    return verdict;
}

static enum verdict fault(struct talk *talk, const char *why) {
    snprintf(talk->why, WHY_MAX, "%s", why);
    return FAULT;
}

/*
 * Folder, the command's three streams and the way to its supervisor, who reads them at the other end of `to`; never our
 * own terminal.
 */
static enum verdict send_streams(struct talk *talk, int to) {
    static const char *const names[] = {"in", "out", "err"};
    int ends[2];
    int folder = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return fault(talk, "the current directory can't be opened: change to another one");
    enum verdict sent = send_stream(talk, to, "folder", folder);
    close(folder);
    if (sent != ALLOWED)
        return sent;
    terminal_forget_slave(talk->terminal);
    if (talk->terminal->master >= 0)
        close(talk->terminal->master);
    talk->terminal->master = -1;
    if (terminal_open(talk->terminal) != 0)
        return fault(talk, "no terminal can be made for the command");
    for (int i = 0; i < 3; i++) {
        enum verdict verdict = send_stream(talk, to, names[i], terminal_stream(talk->terminal, i));
        if (verdict != ALLOWED)
            return verdict;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return fault(talk, "no socket");
    if (talk->control >= 0)
        close(talk->control);
    talk->control = ends[0];
    enum verdict verdict = send_stream(talk, to, "control", ends[1]);
    close(ends[1]);
    return verdict;
}

static enum verdict answer_prompt(struct talk *talk, const char *payload, size_t length) {
    const char *id = payload_get(payload, length, "id"), *text = payload_get(payload, length, "text");
    const char *echo = payload_get(payload, length, "echo");
    if (id == NULL || text == NULL)
        return fault(talk, "its question is malformed");
    char *value = terminal_ask(talk->terminal, text, echo != NULL && strcmp(echo, "1") == 0);
    struct frame answer = {0};
    frame_put(&answer, "v", "1");
    frame_put(&answer, "op", "answer");
    frame_put(&answer, "id", id);
    frame_put(&answer, value != NULL ? "value" : "cancelled", value != NULL ? value : "1");
    /* ^C at a question answers the question; the agent then says what becomes of the request. */
    int interrupted_by = stop_signal;
    stop_signal = 0;
    enum verdict verdict = link_send(talk->sock, &answer, -1, now_ms() + SILENCE_MS, talk->why);
    if (verdict == LOST)
        verdict = ALLOWED; /* it gave up on us: its last words are still to be read */
    /* What is only to be read has no answer: ^C there is no more than ^C. */
    if (interrupted_by != 0 && (interrupted_by != SIGINT || strcmp(id, "acknowledge") == 0)) {
        stop_signal = interrupted_by;
        verdict = INTERRUPTED;
    }
    if (value != NULL) {
        explicit_bzero(value, strlen(value));
        free(value);
    }
    if (answer.bytes != NULL)
        explicit_bzero(answer.bytes, answer.length);
    frame_free(&answer);
    return verdict;
}

/* 1: `outcome` is final; 0: go on listening, unless `verdict` is another than ALLOWED. */
static int take(struct talk *talk, const char *payload, size_t length, int fd, enum verdict *verdict,
    enum outcome *outcome) {
    const char *op = payload_get(payload, length, "op"), *message = payload_get(payload, length, "message");
    const char *code = payload_get(payload, length, "code"), *version = payload_get(payload, length, "v");
    *verdict = FAULT;
    snprintf(talk->why, WHY_MAX, "its answer is not understood");
    if (op == NULL || version == NULL || strcmp(version, "1") != 0
        || keep_id(talk, payload_get(payload, length, "request")) != 0)
        return 0;
    *verdict = ALLOWED;
    if (strcmp(op, "wait") == 0)
        return 0;
    if (strcmp(op, "info") == 0) {
        const char *text = payload_get(payload, length, "text");
        talk_say(text != NULL ? text : "");
        return 0;
    }
    if (strcmp(op, "prompt") == 0) {
        *verdict = answer_prompt(talk, payload, length);
        return 0;
    }
    if (strcmp(op, "streams") == 0) {
        *verdict = fd >= 0 ? send_streams(talk, fd) : FAULT;
        return 0;
    }
    int deny = strcmp(op, "deny") == 0;
    if (message != NULL || deny)
        talk_say(message != NULL && message[0] != '\0' ? message : "denied");
    if (deny)
        *outcome = code != NULL && (strcmp(code, "waiting:approval") == 0 || strcmp(code, "expired:approval") == 0)
            ? WAITS : SAYS_NO;
    else if (strcmp(op, "allow") == 0 && talk->control >= 0)
        *outcome = RUNS;
    else if (strcmp(op, "sudo") == 0 && talk->has_sudo)
        *outcome = BY_SUDO;
    else if (strcmp(op, "pass") == 0)
        *outcome = AS_IT_IS;
    else
        *verdict = FAULT;
    return *verdict == ALLOWED;
}

static enum verdict listen_to(struct talk *talk, enum outcome *outcome) {
    for (;;) {
        char *payload = NULL;
        size_t length = 0;
        int fd = -1;
        enum verdict verdict = link_receive(talk->sock, &payload, &length, &fd, talk->why);
        int final = verdict == ALLOWED && take(talk, payload, length, fd, &verdict, outcome);
        free(payload);
        if (fd >= 0)
            close(fd);
        if (final || verdict != ALLOWED)
            return verdict;
    }
}

static enum verdict talk_once(struct talk *talk, long long dial_until, enum outcome *outcome) {
    enum verdict verdict = link_dial(&talk->sock, dial_until, talk->why);
    if (verdict == ALLOWED) {
        struct frame frame = {0};
        build(talk, &frame);
        frame.broken |= frame.length > QUESTION_MAX;
        verdict = link_send(talk->sock, &frame, -1, now_ms() + SILENCE_MS, talk->why);
        frame_free(&frame);
        /* An agent that refuses early may close before it has read everything: its answer still counts. */
        if (verdict == ALLOWED || verdict == LOST)
            verdict = listen_to(talk, outcome);
        if (verdict != ALLOWED || *outcome != RUNS)
            close(talk->sock);
    }
    return verdict;
}

/* Its supervisor says so: it was started though nobody else told us. Never twice. */
static int is_running(const struct talk *talk, int wait_ms) {
    struct pollfd held = {.fd = talk->control, .events = POLLIN};
    struct control word;
    return talk->control >= 0 && poll(&held, 1, wait_ms) > 0
        && recv(talk->control, &word, sizeof word, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* After an agent that was restarted, the request is taken up again by its id. */
enum outcome talk(struct talk *talk) {
    enum outcome outcome = SAYS_NO;
    talk->control = talk->sock = -1;
    enum verdict verdict = talk_once(talk, now_ms() + SILENCE_MS, &outcome);
    for (int losses = 0; verdict == LOST && losses < 2 && !stop_signal && !is_running(talk, UNTIL_LET_GO_MS);
        losses++) {
        int waits = talk->request_id[0] != '\0';
        if (waits)
            talk_say("the agent is gone; waiting for it to come back, at most 60 s; ^C stops");
        long long deadline = now_ms() + (waits ? RECONNECT_WAITING_MS : RECONNECT_MS);
        do {
            pause_ms(100);
            verdict = talk_once(talk, deadline, &outcome);
        } while (verdict == DOWN && talk->request_id[0] != '\0' && !stop_signal && now_ms() < deadline);
    }
    if (verdict == ALLOWED && outcome == RUNS)
        return RUNS;
    if (is_running(talk, stop_signal ? UNTIL_SAID_MS : 0)) {
        talk->sock = -1;
        return RUNS;
    }
    if (stop_signal)
        return STOPPED;
    return verdict == ALLOWED ? outcome : NO_AGENT;
}
