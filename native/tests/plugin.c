/* The plugin without sudo: called as sudo calls it, against an agent that answers well, badly and at random. */
#include "ask.h"
#include "session.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

extern const struct sudo_approval_plugin kepm_approval;
extern struct sudo_audit_plugin kepm_audit;

static int failures;
static char shown[65536];
static char answer[4096];
static size_t answer_length;
static char asked[65536];
static int asked_times;
static int continued_times; /* so often a SIGCONT comes before the answer */
static char cwd[PATH_MAX + 4] = "cwd=";

static char *traced[4]; /* what sudo says of its trace */
static char execfd[32] = "execfd=999";

#define CHECK(claim) check((claim), #claim, __LINE__)

static void check(int holds, const char *claim, int line) {
    if (!holds) {
        failures++;
        printf("plugin.c:%d: not so: %s\n", line, claim);
    }
}

/* In place of the system log: the build says so. */
void syslog(int level, const char *format, ...) {
    (void)level, (void)format;
}

static int print(int type, const char *format, ...) {
    size_t used = strlen(shown);
    va_list values;
    (void)type;
    va_start(values, format);
    vsnprintf(shown + used, sizeof shown - used, format, values);
    va_end(values);
    return 0;
}

static void *serve(void *argument) {
    int server = *(int *)argument;
    for (;;) {
        int peer = accept(server, NULL, NULL);
        ssize_t length = recv(peer, asked, sizeof asked, 0);
        if (length > 0 && payload_has(asked + FRAME_HEAD, (size_t)length - FRAME_HEAD, "op=check"))
            asked_times++;
        if (continued_times > 0) {
            continued_times--;
            kill(getpid(), SIGCONT);
            while (!was_continued)
                pause_ms(1);
        }
        if (length > 0)
            send(peer, answer, answer_length, MSG_NOSIGNAL);
        close(peer);
    }
    return NULL;
}

static void start_agent(void) {
    static int server;
    struct sockaddr_un where = {.sun_family = AF_UNIX, .sun_path = KEPM_SOCKET};
    pthread_t thread;
    server = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(server, (struct sockaddr *)&where, sizeof where) != 0 || listen(server, 8) != 0
        || pthread_create(&thread, NULL, serve, &server) != 0)
        abort();
}

static void agent_says(const char *payload, size_t length) {
    unsigned char head[FRAME_HEAD] = {0, 0, (unsigned char)(length >> 8), (unsigned char)length};
    memcpy(answer, head, sizeof head);
    memcpy(answer + sizeof head, payload, length);
    answer_length = sizeof head + length;
}

static int decide_for(char *user, char *command, char *word) {
    char *settings[] = {"progname=sudo", "noninteractive=true", "runas_group=disk", NULL};
    char *user_info[] = {user, "uid=65534", cwd, "pid=1", "groups=65534", NULL};
    char *submitted[] = {"sudo", "-n", "A=1", command, NULL};
    char *environment[] = {"KEPM_REASON=because", NULL};
    char *info[] = {command, "runas_user=root", "runas_uid=0", execfd, traced[0], traced[1], traced[2], NULL};
    char *argv[] = {word, NULL};
    const char *error = NULL;
    memset(&session, 0, sizeof session);
    session.kept = -1;
    shown[0] = '\0';
    asked_times = 0;
    kepm_approval.open(1u << 16 | 21, NULL, print, settings, user_info, 3, submitted, environment, NULL, &error);
    int verdict = kepm_approval.check(info, argv, environment, &error);
    CHECK(verdict == CHECK_ACCEPT || error != NULL);
    kepm_audit.close(CLOSE_WAIT_STATUS, 0);
    free(session.user);
    free(session.groups);
    free(session.cwd);
    frame_free(&session.asked);
    return verdict;
}

#define SAYS(payload) agent_says(payload, sizeof(payload))

static void answers_are_obeyed(void) {
    SAYS("op=allow\0grant=g1\0request=r1");
    CHECK(decide_for("user=no-such-user", "command=/bin/true", "true") == CHECK_ACCEPT);
    SAYS("op=pass");
    CHECK(decide_for("user=no-such-user", "command=/bin/true", "true") == CHECK_ACCEPT);
    SAYS("op=deny\0message=a\nb\x1b");
    CHECK(decide_for("user=no-such-user", "command=/bin/true", "true") == CHECK_REFUSE);
    CHECK(strcmp(shown, "kepm: a\nkepm: b\\x1b\n") == 0);
    CHECK(payload_has(asked + FRAME_HEAD, 100, "op=check"));
}

static void what_is_unclear_is_refused(void) {
    SAYS("op=allow");
    CHECK(decide_for("user=no-such-user", "command=/bin/true", "true") == CHECK_REFUSE);
    SAYS("op=allow\0grant=g");
    CHECK(decide_for("user=no-such-user", "command=true", NULL) == CHECK_REFUSE);
    CHECK(decide_for("user=no-such-user", "command=", "x") == CHECK_REFUSE);
    CHECK(decide_for("user=no-such-user", "nothing", "x") == CHECK_REFUSE);
    CHECK(decide_for("user=", "command=/bin/true", "x") == CHECK_ACCEPT);
    SAYS("op=nonsense");
    CHECK(decide_for("user=", "command=/bin/true", "x") == CHECK_REFUSE);
    CHECK(decide_for("nothing", "command=/bin/true", "x") == CHECK_REFUSE);
}

static void another_directory_is_told_or_refused(void) {
    char real[sizeof cwd];
    strcpy(real, cwd);
    SAYS("op=allow\0grant=g");
    CHECK(decide_for("user=no-such-user", "command=./true", "true") == CHECK_ACCEPT);
    CHECK(!payload_has(asked + FRAME_HEAD, 300, "option=cwd="));
    static const char *const others[] = {"cwd=/usr/bin", "cwd=", "cwd=/tmp/../tmp"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        strcpy(cwd, others[i]);
        CHECK(decide_for("user=no-such-user", "command=./true", "true") == CHECK_REFUSE);
        CHECK(asked_times == 0 && strstr(shown, "the current directory is gone") != NULL);
        decide_for("user=no-such-user", "command=/bin/true", "true");
        CHECK(asked_times == 1 && payload_has(asked + FRAME_HEAD, 300, "option=cwd=foreign"));
    }
    strcpy(cwd, real);
}

static void another_file_is_refused_unasked(void) {
    int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    SAYS("op=allow\0grant=g");
    snprintf(execfd, sizeof execfd, "execfd=%d", fd);
    CHECK(decide_for("user=no-such-user", "command=/bin/true", "true") == CHECK_REFUSE && asked_times == 0);
    CHECK(decide_for("user=no-such-user", "command=/etc/passwd", "true") == CHECK_ACCEPT);
    strcpy(execfd, "execfd=999");
    close(fd);
}

static void kernel_has(const char *actions) {
    FILE *file = fopen("actions", "w");
    if (file == NULL || fputs(actions, file) < 0 || fclose(file) != 0)
        abort();
}

static int says_traced(void) {
    memset(asked, 0, sizeof asked);
    SAYS("op=deny");
    decide_for("user=no-such-user", "command=/bin/true", "true");
    return payload_has(asked + FRAME_HEAD, 2000, "intercept=1");
}

/* sudo says that it traces even where the kernel lets it not: then it falls back to its library. */
static void a_trace_that_the_kernel_does_not_have_is_none(void) {
    char *all[] = {"intercept=true", "use_ptrace=true", "intercept_verify=true"};
    memcpy(traced, all, sizeof all);
    CHECK(!says_traced());
    kernel_has("kill_process traps errno allow\n");
    CHECK(!says_traced());
    kernel_has("kill_process trap trace allow\n");
    CHECK(!says_traced());
    kernel_has("kill_process trap errno trace allow\n");
    CHECK(says_traced());
    for (int i = 0; i < 3; i++) {
        traced[i] = "other=1";
        CHECK(!says_traced());
        traced[i] = all[i];
    }
    if (geteuid() != 0) { /* who may not set a filter keeps no trace */
        SAYS("op=allow\0grant=g");
        CHECK(decide_for("user=no-such-user", "command=/bin/true", "true") == CHECK_REFUSE);
        CHECK(strstr(shown, "could go by unseen") != NULL);
    }
    memset(traced, 0, sizeof traced);
    unlink("actions");
}

static void an_allow_is_not_kept_for_later(void) {
    SAYS("op=allow\0grant=g1\0request=r1");
    continued_times = 2;
    CHECK(decide_for("user=no-such-user", "command=/bin/true", "true") == CHECK_ACCEPT && asked_times == 3);
    SAYS("op=pass");
    continued_times = 1000;
    CHECK(decide_for("user=no-such-user", "command=/bin/true", "true") == CHECK_REFUSE);
    CHECK(asked_times == RECONNECTS + 1 && strstr(shown, "did not decide") != NULL);
    SAYS("op=deny");
    CHECK(decide_for("user=no-such-user", "command=/bin/true", "true") == CHECK_REFUSE && asked_times == 1);
    continued_times = 0;
}

static void a_lost_connection_is_tried_once_more(void) {
    answer_length = 0;
    CHECK(decide_for("user=no-such-user", "command=/bin/true", "true") == CHECK_REFUSE);
    CHECK(asked_times == 2 && strstr(shown, "did not decide") != NULL);
}

static unsigned long long seed = 88172645463325252ull;

static unsigned next_random(unsigned below) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 11) % below;
}

/* A deny with bytes changed at random must never become an allow. */
static void noise_never_allows(void) {
    for (int i = 0; i < 100; i++) {
        SAYS("op=deny\0message=no\0grant=g");
        for (unsigned changes = 1 + next_random(4); changes > 0; changes--)
            answer[next_random((unsigned)answer_length)] = (char)next_random(256);
        answer_length -= next_random(4) == 0 ? next_random((unsigned)answer_length) : 0;
        CHECK(decide_for("user=no-such-user", "command=/bin/true", "true") == CHECK_REFUSE);
    }
}

int main(void) {
    char directory[] = "/tmp/kepm-unit-XXXXXX";
    if (mkdtemp(directory) == NULL || chdir(directory) != 0 || getcwd(cwd + 4, PATH_MAX) == NULL)
        return 1;
    start_agent();
    answers_are_obeyed();
    what_is_unclear_is_refused();
    another_directory_is_told_or_refused();
    another_file_is_refused_unasked();
    a_trace_that_the_kernel_does_not_have_is_none();
    an_allow_is_not_kept_for_later();
    a_lost_connection_is_tried_once_more();
    noise_never_allows();
    unlink(KEPM_SOCKET);
    rmdir(directory);
    printf("plugin: %s\n", failures == 0 ? "ok" : "FAILED");
    return failures != 0;
}
