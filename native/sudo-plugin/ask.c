#include "ask.h"

#include "session.h"
#include "text.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define RECONNECT_MS 60000 /* an agent that is restarted, on a slow machine */
#define PROMPT_SECONDS 300
#define NOTICE "acknowledge" /* the question that only shows something */

volatile sig_atomic_t was_continued;

static int keep_id(char *kept, const char *id) {
    size_t length = id != NULL ? strlen(id) : 0;
    if (length == 0 || length > ID_MAX)
        return -1;
    for (size_t i = 0; i < length; i++)
        if (id[i] <= ' ' || id[i] > '~')
            return -1;
    memcpy(kept, id, length + 1);
    return 0;
}

static int has_terminal(void) {
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* NULL: nobody can or wants to answer. The caller clears and frees. */
static char *ask_person(const char *text, int visible) {
    if (session.checks > 1 || !session.interactive || session.converse == NULL || (!session.can_prompt && !has_terminal()))
        return NULL;
    size_t size = strlen(text) * 4 + 1;
    char *safe = malloc(size);
    if (safe == NULL)
        return NULL;
    text_for_terminal(text, safe, size);
    struct sudo_message message = {visible ? ASK_VISIBLE : ASK_HIDDEN, PROMPT_SECONDS, safe};
    struct sudo_reply reply = {NULL};
    int rc = session.converse(1, &message, &reply, NULL);
    free(safe);
    if ((rc != 0 || stop_signal) && reply.text != NULL) {
        explicit_bzero(reply.text, strlen(reply.text));
        free(reply.text);
        reply.text = NULL;
    }
    return reply.text;
}

static enum verdict answer_prompt(int sock, const char *payload, size_t length, char *why) {
    const char *id = payload_get(payload, length, "id"), *text = payload_get(payload, length, "text");
    const char *echo = payload_get(payload, length, "echo");
    if (id == NULL || text == NULL) {
        snprintf(why, WHY_MAX, "its question is malformed");
        return FAULT;
    }
    char *value = ask_person(text, echo != NULL && strcmp(echo, "1") == 0);
    struct frame answer = {0};
    frame_put(&answer, "v", "1");
    frame_put(&answer, "op", "answer");
    frame_put(&answer, "id", id);
    frame_put(&answer, value != NULL ? "value" : "cancelled", value != NULL ? value : "1");
    /* ^C at a question answers it, and the agent says what becomes of the request; what is only to be read has no answer. */
    int interrupted_by = stop_signal, is_notice = strcmp(id, NOTICE) == 0;
    /* What it decides now comes after this answer: a pause at the question does no harm. It says nothing while it asks, so
     * what can be read already was decided without the answer, and an allow in it is an old one. */
    struct pollfd early = {.fd = sock, .events = POLLIN};
    int gave_up = poll(&early, 1, 0) != 0;
    stop_signal = was_continued = 0;
    enum verdict verdict = link_send(sock, &answer, -1, now_ms() + SILENCE_MS, why);
    if (verdict == LOST) {
        gave_up = 1;
        verdict = ALLOWED; /* it gave up on us: its last words are still to be read */
    }
    if (gave_up)
        was_continued = 1;
    if (interrupted_by != 0 && (interrupted_by != SIGINT || is_notice)) {
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

int is_timely(void) {
    return !was_continued && link_is_fresh();
}

static enum verdict accept_grant(const char *payload, size_t length, char *why) {
    char grant[ID_MAX + 1];
    if (keep_id(grant, payload_get(payload, length, "grant")) != 0) {
        snprintf(why, WHY_MAX, "its allow names no grant");
        return FAULT;
    }
    /* INVARIANT: `close` reports the first grant, the one of the command that sudo itself runs. */
    if (session.grant_id[0] == '\0' && session.checks == 1) {
        memcpy(session.grant_id, grant, sizeof grant);
        memcpy(session.closing_request_id, session.request_id, sizeof session.request_id);
        session.allowed_at = now_ms();
        const char *kept = payload_get(payload, length, "kept");
        session.is_kept = kept != NULL && strcmp(kept, "1") == 0;
        const char *inside = payload_get(payload, length, "inside");
        session.inside_free = inside != NULL && strcmp(inside, "free") == 0;
    }
    return ALLOWED;
}

/* One frame. 1: the verdict is final; 0: go on listening. */
static int take_frame(int sock, const char *payload, size_t length, enum verdict *verdict, char *why) {
    const char *op = payload_get(payload, length, "op"), *message = payload_get(payload, length, "message");
    const char *version = payload_get(payload, length, "v"), *request = payload_get(payload, length, "request");
    *verdict = FAULT;
    snprintf(why, WHY_MAX, "its answer is not understood");
    if (op == NULL || (version != NULL && strcmp(version, "1") != 0))
        return 1;
    if (request != NULL && request[0] != '\0' && keep_id(session.request_id, request) != 0)
        return 1;
    if (strcmp(op, "wait") == 0)
        return 0;
    if (strcmp(op, "info") == 0) {
        say(payload_get(payload, length, "text") != NULL ? payload_get(payload, length, "text") : "");
        return 0;
    }
    if (strcmp(op, "prompt") == 0)
        return (*verdict = answer_prompt(sock, payload, length, why)) != ALLOWED;
    int allow = strcmp(op, "allow") == 0, deny = strcmp(op, "deny") == 0;
    if (!allow && !deny && strcmp(op, "pass") != 0)
        return 1;
    if (deny && (message == NULL || message[0] == '\0'))
        message = "refused";
    /* First the message: a stopped terminal can hold it up. */
    if (message != NULL)
        say(message);
    if (deny)
        *verdict = REFUSED;
    else if (!is_timely())
        *verdict = STALE;
    else
        *verdict = allow ? accept_grant(payload, length, why) : PASSED;
    if (*verdict == STALE)
        snprintf(why, WHY_MAX, "its answer came while this process was stopped");
    return 1;
}

static enum verdict listen_to(int sock, char *why) {
    enum verdict verdict;
    for (int final = 0; !final;) {
        char *payload = NULL;
        size_t length = 0;
        verdict = link_receive(sock, &payload, &length, NULL, why);
        final = verdict != ALLOWED || take_frame(sock, payload, length, &verdict, why);
        free(payload);
    }
    return verdict;
}

enum verdict call_agent(int *sock, long long deadline, char *why) {
    enum verdict verdict = link_dial(sock, deadline, why);
    if (verdict != ROGUE)
        return verdict;
    log_event(LOG_ALERT, "ROGUE_AGENT", NULL, why);
    return DOWN;
}

static enum verdict talk_once(struct request *request, long long dial_until, char *why) {
    int sock;
    enum verdict verdict = call_agent(&sock, dial_until, why);
    if (verdict != ALLOWED)
        return verdict;
    verdict = link_send(sock, &request->frame, request->execfd, now_ms() + SILENCE_MS, why);
    /* An agent that refuses early may close before it has read everything: its answer still counts. */
    if (verdict == ALLOWED || verdict == LOST)
        verdict = listen_to(sock, why);
    /* The agent hears on it how the command ended, or that this process is gone. */
    if (verdict == ALLOWED && session.checks == 1 && session.is_kept)
        session.kept = sock;
    else
        close(sock);
    return verdict;
}

/* What was waited for is kept by the agent: the same question, with its id, goes on waiting at the next one. */
static enum verdict reconnect(struct request *request, char *why) {
    long long deadline = now_ms() + RECONNECT_MS;
    enum verdict verdict;
    for (int told = 0;; told = 1) {
        pause_ms(100);
        verdict = talk_once(request, deadline, why);
        if (verdict != DOWN || stop_signal || now_ms() >= deadline)
            return stop_signal ? INTERRUPTED : verdict;
        if (!told)
            say_format("the agent is gone; waiting for it to come back, at most %d s; ^C stops", RECONNECT_MS / 1000);
    }
}

/* Lost before the agent has named the request: an agent that lives is tried once more. */
static int asks_again(enum verdict verdict, int losses) {
    if (verdict == LOST)
        return losses < 2 || session.request_id[0] != '\0' || was_continued;
    /* The caller can stop and continue this process: being late for that reason is not "down". */
    return verdict == STALE || (verdict == DOWN && was_continued);
}

enum verdict ask_agent(struct request *request, char *why) {
    size_t without_id = request->frame.length;
    enum verdict verdict = LOST;
    int losses = 0, again = 1;
    for (int tries = 0; again && tries <= RECONNECTS && !stop_signal; tries++) {
        was_continued = 0;
        request->frame.length = without_id;
        if (session.request_id[0] != '\0')
            frame_put(&request->frame, "request", session.request_id);
        if (losses > 0 && session.request_id[0] != '\0') {
            verdict = reconnect(request, why);
        } else {
            if (losses > 0)
                pause_ms(100);
            verdict = talk_once(request, now_ms() + SILENCE_MS, why);
        }
        losses += verdict == LOST;
        again = asks_again(verdict, losses);
    }
    if (stop_signal)
        return INTERRUPTED;
    return again || verdict == LOST ? FAULT : verdict;
}

/* ---- signals ---- */

static const int guarded_signals[GUARDED] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCONT};

static void note_signal(int number) {
    if (number == SIGCONT)
        was_continued = 1;
    else
        stop_signal = number;
}

void guard_signals(struct sigaction before[GUARDED]) {
    struct sigaction ours = {.sa_handler = note_signal};
    sigemptyset(&ours.sa_mask);
    stop_signal = was_continued = 0;
    for (int i = 0; i < GUARDED; i++) {
        sigaction(guarded_signals[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN || guarded_signals[i] == SIGCONT)
            sigaction(guarded_signals[i], &ours, NULL);
    }
}

void release_signals(const struct sigaction before[GUARDED]) {
    for (int i = 0; i < GUARDED; i++)
        sigaction(guarded_signals[i], &before[i], NULL);
}
