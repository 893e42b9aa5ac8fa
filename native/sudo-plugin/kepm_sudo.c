/*
 * sudo approval and audit plugin: asks the agent, shows what it says, obeys. It decides by itself in
 * two cases only: uid 0, and an agent that can't be reached (the table in `own_right_stands`).
 */
#include "sudo_abi.h"

#include "govern.h"
#include "inside.h"
#include "link.h"
#include "spool.h"
#include "text.h"
#include "wire.h"
#include "words.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#ifndef KEPM_VERSION
#define KEPM_VERSION "0.1.0"
#endif

#ifndef KEPM_SECCOMP_ACTIONS
#define KEPM_SECCOMP_ACTIONS "/proc/sys/kernel/seccomp/actions_avail"
#endif

#define EXPORT __attribute__((visibility("default")))
#define RECONNECT_MS 60000 /* an agent that is restarted, on a slow machine */
#define RECONNECTS 20
#define ROOT_NOTE_MS 300
#define CLOSE_MS 1000
#define PROMPT_SECONDS 300
#define ID_MAX 128
#define REASON_MAX 4096
#define LOG_LINE 4096

struct request {
    char command[2 * PATH_MAX];
    const char *runas_user;
    const char *cwd; /* of who starts it */
    sudo_list argv;
    struct frame frame;
    int execfd; /* proven, or -1 */
    char refusal[WHY_MAX]; /* not empty: refused without asking */
};

static struct {
    sudo_converse converse;
    sudo_print print;
    int abi_known;
    char *user;
    char *groups;
    char *cwd;
    uid_t uid;
    int interactive;
    int can_prompt; /* without a terminal: -S or -A was given */
    int login_shell;
    int cwd_foreign; /* `cwd` is not where this process is */
    struct frame asked; /* the fields that stay the same for every check of this sudo */
    int checks;
    char request_id[ID_MAX + 1];
    char grant_id[ID_MAX + 1];
    char closing_request_id[ID_MAX + 1];
    long long allowed_at;
    int intercepted; /* sudo asks about all that the command starts, and what that starts in turn */
    int inside_free; /* the agent does not want to hear of what the command starts */
    int is_kept; /* by the agent: `kept` may be used */
    int kept; /* the connection on which the first grant came, waiting for its end; -1: none */
} session = {.kept = -1};

static volatile sig_atomic_t was_continued;

/* ---- small things ---- */

static const char *value_of(sudo_list list, const char *key) {
    size_t length = strlen(key);
    for (; list != NULL && *list != NULL; list++)
        if (strncmp(*list, key, length) == 0 && (*list)[length] == '=')
            return *list + length + 1;
    return NULL;
}

static const char *value_or(sudo_list list, const char *key, const char *otherwise) {
    const char *value = value_of(list, key);
    return value != NULL ? value : otherwise;
}

static int is_true(sudo_list list, const char *key) {
    return strcmp(value_or(list, key, ""), "true") == 0;
}

/* Digits only; -1 otherwise, so that a strange uid is never 0. */
static long long number_of(const char *digits) {
    char *end;
    if (digits == NULL || digits[0] < '0' || digits[0] > '9')
        return -1;
    errno = 0;
    long long number = strtoll(digits, &end, 10);
    return errno == 0 && *end == '\0' && number <= UINT_MAX ? number : -1;
}

static void put_list_value(struct frame *frame, sudo_list list, const char *key) {
    frame_put(frame, key, value_or(list, key, ""));
}

/* Always on stderr: sudo writes informational messages to stdout, into the command's output. */
static void say(const char *text) {
    size_t size = strlen(text) * 4 + 1;
    char *safe = malloc(size);
    if (safe == NULL || session.print == NULL) {
        free(safe);
        return;
    }
    text_for_terminal(text, safe, size);
    char *next = safe;
    while (next != NULL) {
        char *line = strsep(&next, "\n");
        if (line[0] != '\0')
            session.print(SAY_ERROR, "kepm: %s\n", line);
    }
    free(safe);
}

static void say_format(const char *format, ...) {
    char text[WHY_MAX * 3];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    say(text);
}

static void join_argv(sudo_list argv, char *out, size_t size) {
    size_t used = 0;
    out[0] = '\0';
    for (; argv != NULL && *argv != NULL && used + 1 < size; argv++) {
        int wanted = snprintf(out + used, size - used, "%s%s", used > 0 ? " " : "", *argv);
        used += wanted < 0 ? 0 : (size_t)wanted;
    }
}

static void log_event(int level, const char *event, const struct request *request, const char *why) {
    char line[LOG_LINE] = "kepm:", number[24], arguments[512];
    text_log_field(line, sizeof line, "event", event);
    text_log_field(line, sizeof line, "user", session.user != NULL ? session.user : "");
    snprintf(number, sizeof number, "%lld", session.uid == (uid_t)-1 ? -1ll : (long long)session.uid);
    text_log_field(line, sizeof line, "uid", number);
    snprintf(number, sizeof number, "%ld", (long)getpid());
    text_log_field(line, sizeof line, "pid", number);
    text_log_field(line, sizeof line, "why", why);
    if (request != NULL) {
        join_argv(request->argv, arguments, sizeof arguments);
        text_log_field(line, sizeof line, "runas", request->runas_user);
        text_log_field(line, sizeof line, "cwd", request->cwd);
        text_log_field(line, sizeof line, "command", request->command);
        text_log_field(line, sizeof line, "argv", arguments);
    }
    syslog(LOG_AUTHPRIV | level, "%s", line);
}

/* ---- what the person asked for ---- */

/* Settings that sudo passes on only when the option was given. */
static const char *const judged_settings[] = {"runas_group", "cmnd_chroot", "cmnd_cwd", "selinux_role", "selinux_type",
    "apparmor_profile", "remote_host", "preserve_groups", "preserve_environment", "timeout", "login_class",
    "login_shell", "run_shell", "implied_shell", "bsdauth_type", "closefrom", "set_home"};
/* What a rule or a Default adds; the same name is not sent twice. */
static const char *const judged_by_rule[] = {"chroot", "cwd", "selinux_role", "selinux_type", "apparmor_profile",
    "login_class", "preserve_groups"};

static int asked_option(const char *name) {
    char prefix[64];
    snprintf(prefix, sizeof prefix, "option=%s=", name);
    return session.asked.length > FRAME_HEAD
        && payload_has(session.asked.bytes + FRAME_HEAD, session.asked.length - FRAME_HEAD, prefix);
}

static void put_option(struct frame *frame, sudo_list from, const char *name) {
    const char *value = value_of(from, name);
    if (value != NULL && strcmp(value, "false") != 0)
        frame_put_option(frame, name, value, strlen(value));
}

static void put_reason(sudo_list environment) {
    const char *reason = value_of(environment, "KEPM_REASON");
    char shortened[REASON_MAX + 1];
    if (reason == NULL || reason[0] == '\0')
        return;
    snprintf(shortened, sizeof shortened, "%.*s", REASON_MAX, reason);
    frame_put(&session.asked, "reason", shortened);
}

static void put_session(unsigned version, sudo_list settings, sudo_list user_info) {
    static const char *const facts[] = {"user", "uid", "tty", "pid", "ppid", "sid", "host"};
    char api[24];
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        put_list_value(&session.asked, user_info, facts[i]);
    snprintf(api, sizeof api, "%u.%u", ABI_MAJOR_OF(version), ABI_MINOR_OF(version));
    frame_put(&session.asked, "plugin_api", api);
    frame_put(&session.asked, "progname", value_or(settings, "progname", "sudo"));
    for (size_t i = 0; i < sizeof judged_settings / sizeof *judged_settings; i++)
        put_option(&session.asked, settings, judged_settings[i]);
}

static void remember_user(sudo_converse converse, sudo_print print, sudo_list user_info) {
    if (session.print != NULL)
        return;
    long long uid = number_of(value_of(user_info, "uid"));
    session.converse = converse;
    session.print = print;
    session.uid = uid < 0 ? (uid_t)-1 : (uid_t)uid;
    session.user = strdup(value_or(user_info, "user", ""));
    session.groups = strdup(value_or(user_info, "groups", ""));
    session.cwd = strdup(value_or(user_info, "cwd", ""));
}

static int same_directory(const char *path) {
    struct stat here, named;
    return fstatat(AT_FDCWD, "", &here, AT_EMPTY_PATH) == 0 && stat(path, &named) == 0
        && here.st_dev == named.st_dev && here.st_ino == named.st_ino;
}

/*
 * sudo has its text from getcwd(3), which hides that a directory lies in another mount namespace; only the
 * system call says `(unreachable)`. Then the same text leads this host to other files.
 */
static int is_here(const char *cwd) {
    char here[PATH_MAX];
    if (syscall(SYS_getcwd, here, sizeof here) <= 0 || here[0] != '/' || strcmp(here, cwd) != 0)
        return 0;
    if (same_directory(cwd))
        return 1;
    setfsuid(session.uid); /* a home on NFS or FUSE that root may not enter */
    int same = same_directory(cwd);
    setfsuid(geteuid());
    return same;
}

/* Copies what is needed later: sudo may free its lists. No traffic here: `sudo -V` comes this far too. */
static int approval_open(unsigned version, sudo_converse converse, sudo_print print, sudo_list settings,
    sudo_list user_info, int submit_optind, sudo_list submit_argv, sudo_list submit_envp, sudo_list options,
    const char **error) {
    (void)options;
    (void)error;
    if (session.asked.length > 0)
        return CHECK_ACCEPT; /* again, for an inner command: sudo is in the directory of the command by then */
    remember_user(converse, print, user_info);
    session.abi_known = ABI_MAJOR_OF(version) == ABI_MAJOR;
    session.interactive = !is_true(settings, "noninteractive");
    session.can_prompt = is_true(settings, "askpass");
    session.login_shell = is_true(settings, "login_shell");
    put_session(version, settings, user_info);
    session.cwd_foreign = session.cwd == NULL || !is_here(session.cwd);
    if (session.cwd_foreign)
        frame_put(&session.asked, "option", "cwd=foreign"); /* no policy names it: the agent refuses */
    put_reason(submit_envp);
    if (words_read(&session.asked, submit_argv, submit_optind))
        session.can_prompt = 1;
    return CHECK_ACCEPT;
}

/* ---- the request ---- */

/* NULL, or why the number in execfd must not be trusted: under intercept it can be a leftover. */
static const char *doubt_about(int fd, const char *command) {
    struct stat held, named;
    int flags;
    if (session.checks > 1)
        return "not the first command of this sudo";
    if (fd < 0 || (flags = fcntl(fd, F_GETFL)) < 0)
        return "execfd is not an open descriptor";
    if ((flags & O_ACCMODE) != O_RDONLY && !(flags & O_PATH))
        return "execfd is writable";
    if (fstat(fd, &held) != 0 || !S_ISREG(held.st_mode))
        return "execfd is not a regular file";
    if (stat(command, &named) != 0)
        return "the command can't be looked at";
    if (held.st_dev != named.st_dev || held.st_ino != named.st_ino)
        return "execfd is not the file that the command names";
    return NULL;
}

/* The first descriptor is sudo's own: if it is another file than the one that is judged, that file would run. */
static void refuse_other_file(struct request *request, int fd, sudo_list info) {
    int elsewhere = value_of(info, "chroot") != NULL; /* then the name means nothing out here */
    if (session.checks <= 1 && !elsewhere && fcntl(fd, F_GETFL) >= 0)
        snprintf(request->refusal, sizeof request->refusal,
            "refused: the file that sudo holds is not `%.400s`\nuse the full path", request->command);
}

static const char *prove_execfd(struct request *request, sudo_list info) {
    const char *number = value_of(info, "execfd");
    request->execfd = -1;
    if (number == NULL)
        return is_true(info, "sudoedit") ? "sudoedit" : "sudo gave no execfd";
    long long fd = number_of(number);
    int held = fd >= 0 && fd <= INT_MAX ? (int)fd : -1;
    const char *doubt = doubt_about(held, request->command);
    if (doubt == NULL)
        request->execfd = held;
    else
        refuse_other_file(request, held, info);
    return doubt;
}

static void refuse_foreign(struct request *request) {
    snprintf(request->refusal, sizeof request->refusal,
        "refused: the current directory is gone, or it is not what `%.200s` leads to\n"
        "change to another directory and use the full path", session.cwd != NULL ? session.cwd : "");
}

/* An inner command's directory is its own, which only sudo sees. */
static void place_command(struct request *request, sudo_list info) {
    request->cwd = session.cwd != NULL ? session.cwd : "";
    if (session.checks <= 1)
        return;
    request->cwd = value_or(info, "runcwd", "");
    if (request->cwd[0] != '/')
        snprintf(request->refusal, sizeof request->refusal,
            "refused: sudo does not say in which directory this was started");
}

/* sudo runs a relative command from -D/CWD when there is one, an inner command from its own directory. */
static void name_command(struct request *request, sudo_list info) {
    const char *base = value_or(info, "runcwd", value_or(info, "cwd", request->cwd));
    const char *command = value_or(info, "command", "");
    if (path_absolute(base, command, request->command, sizeof request->command) == 0)
        return;
    snprintf(request->command, sizeof request->command, "%s", command);
    snprintf(request->refusal, sizeof request->refusal, "refused: the command has no absolute path\nuse the full path");
}

static void check_directory(struct request *request, sudo_list info) {
    if (session.cwd_foreign && !is_true(info, "sudoedit") && value_or(info, "command", "/")[0] != '/')
        refuse_foreign(request);
}

/* An editor setting that smuggles in a `--` must not add to the files that are judged. */
static void check_edit_list(struct request *request, sudo_list info, sudo_list argv) {
    long long expected = number_of(value_of(info, "sudoedit_nfiles"));
    long long files = 0;
    int past = 0;
    for (; argv != NULL && *argv != NULL; argv++) {
        files += past;
        if (past && session.cwd_foreign && (*argv)[0] != '/')
            refuse_foreign(request);
        past |= strcmp(*argv, "--") == 0;
    }
    if (files == 0 || (expected >= 0 && files != expected))
        snprintf(request->refusal, sizeof request->refusal, "refused: the list of files to edit is not clear");
}

static void put_rule_options(struct frame *frame, sudo_list info) {
    for (size_t i = 0; i < sizeof judged_by_rule / sizeof *judged_by_rule; i++) {
        const char *name = judged_by_rule[i];
        int home_of_login = strcmp(name, "cwd") == 0 && session.login_shell && is_true(info, "cwd_optional");
        if (!home_of_login && !asked_option(name))
            put_option(frame, info, name);
    }
}

static void put_command(struct request *request, sudo_list info) {
    static const char *const runas[] = {"runas_user", "runas_uid", "runas_gid", "runas_groups"};
    struct frame *frame = &request->frame;
    for (size_t i = 0; i < sizeof runas / sizeof *runas; i++)
        put_list_value(frame, info, runas[i]);
    frame_put(frame, "command", request->command);
    for (sudo_list word = request->argv; word != NULL && *word != NULL; word++)
        frame_put(frame, "argv", *word);
    frame_put(frame, "sudoedit", is_true(info, "sudoedit") ? "1" : "0");
    put_rule_options(frame, info);
}

/*
 * sudo traces the command and asks about each one that it starts, and looks again at what was executed. By a library
 * that is loaded before others it would be the command's own to leave out. What sudo says of an inner command is not
 * about this: the trace is the outer one's.
 */
static void look_at_trace(sudo_list info) {
    if (session.checks <= 1)
        session.intercepted = is_true(info, "intercept") && is_true(info, "use_ptrace")
            && is_true(info, "intercept_verify") && inside_can_be_traced(KEPM_SECCOMP_ACTIONS);
}

/* What is judged inside must be what runs: the trace of a grant, whatever is granted then. */
static int is_judged_inside(void) {
    return session.intercepted && !session.inside_free && session.grant_id[0] != '\0';
}

static void check_inside(struct request *request, sudo_list envp) {
    if (session.checks <= 1 || !is_judged_inside() || request->refusal[0] != '\0')
        return;
    const char *variable = inside_variable(envp);
    if (envp == NULL)
        snprintf(request->refusal, sizeof request->refusal, "refused: sudo does not say with which environment this is started");
    else if (variable != NULL)
        snprintf(request->refusal, sizeof request->refusal,
            "refused: `%s` is set, from which code is taken that is not judged\nrun it without that variable", variable);
    else if (inside_same_for_all(request->command) != 0)
        snprintf(request->refusal, sizeof request->refusal, "refused: `%.400s` %s\nuse the path of the file", request->command,
            errno == ELOOP ? "leads to another file for each who looks" : "can't be looked at");
}

/* Before the command is there; with what an Intercept asks for or not at all. */
static int keep_trace(void) {
    if (session.checks > 1 || !is_judged_inside() || inside_only_execve() == 0)
        return 1;
    say_format("refused: what it starts could go by unseen: %s", strerror(errno));
    return 0;
}

/* An inner command: its person's terminal is the outer one's, which waits for the answer. */
static void put_place(struct frame *frame, sudo_list info) {
    look_at_trace(info);
    frame_put(frame, "interactive", session.interactive && session.checks <= 1 ? "1" : "0");
    frame_put(frame, "intercept", session.intercepted ? "1" : "0");
    if (session.checks > 1 && session.grant_id[0] != '\0')
        frame_put(frame, "inside", session.grant_id);
}

static void build(struct request *request, const char *op, sudo_list info, sudo_list argv) {
    memset(request, 0, sizeof *request);
    request->argv = argv;
    request->runas_user = value_or(info, "runas_user", "");
    place_command(request, info);
    name_command(request, info);
    check_directory(request, info);
    if (is_true(info, "sudoedit"))
        check_edit_list(request, info, argv);
    const char *note = prove_execfd(request, info);
    frame_put(&request->frame, "v", "1");
    frame_put(&request->frame, "op", op);
    frame_copy(&request->frame, &session.asked);
    frame_put(&request->frame, "cwd", request->cwd);
    put_command(request, info);
    put_place(&request->frame, info);
    frame_put(&request->frame, "stays", session.checks == 1 ? "1" : "0");
    frame_put(&request->frame, "fd", request->execfd >= 0 ? "1" : "0");
    frame_put(&request->frame, "fd_note", note != NULL ? note : "");
    if (request->frame.broken)
        snprintf(request->refusal, sizeof request->refusal,
            "refused: the command line is longer than 1 MiB or memory is short");
    else if (argv == NULL || argv[0] == NULL)
        snprintf(request->refusal, sizeof request->refusal, "refused: the command line is empty");
}

/* ---- the conversation ---- */

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
    /* ^C at a question answers the question; the agent then says what becomes of the request. */
    int interrupted_by = stop_signal;
    /* What it decides now comes after this answer: a pause at the question does no harm. */
    stop_signal = was_continued = 0;
    enum verdict verdict = link_send(sock, &answer, -1, now_ms() + SILENCE_MS, why);
    if (verdict == LOST)
        verdict = ALLOWED; /* it gave up on us: its last words are still to be read */
    if (interrupted_by != 0 && interrupted_by != SIGINT) {
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

/* An allow counts now or never: whoever can stop this process, or its terminal, could keep one for later. */
static int is_timely(void) {
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

static enum verdict call_agent(int *sock, long long deadline, char *why) {
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

static enum verdict ask_agent(struct request *request, char *why) {
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

static const int guarded_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCONT};
enum { GUARDED = sizeof guarded_signals / sizeof *guarded_signals };

static void note_signal(int number) {
    if (number == SIGCONT)
        was_continued = 1;
    else
        stop_signal = number;
}

static void guard_signals(struct sigaction before[GUARDED]) {
    struct sigaction ours = {.sa_handler = note_signal};
    sigemptyset(&ours.sa_mask);
    stop_signal = was_continued = 0;
    for (int i = 0; i < GUARDED; i++) {
        sigaction(guarded_signals[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN || guarded_signals[i] == SIGCONT)
            sigaction(guarded_signals[i], &ours, NULL);
    }
}

static void release_signals(const struct sigaction before[GUARDED]) {
    for (int i = 0; i < GUARDED; i++)
        sigaction(guarded_signals[i], &before[i], NULL);
}

/* ---- the answer to sudo ---- */

/* For the agent, when it is back; a disk that takes nothing holds nobody up, and the system log has it as well. */
static void keep_for_agent(const struct request *request, const char *outcome, const char *why) {
    struct spooled record = {outcome, why, session.user != NULL ? session.user : "",
        session.uid == (uid_t)-1 ? -1 : (long long)session.uid, request->command, request->argv, request->runas_user};
    if (spool_write(&record) != 0)
        log_event(LOG_WARNING, "NOT_SPOOLED", request, outcome);
}

/* Nobody was asked. 1: the site's own right is enough, or this is the break-glass user of a host without agent. */
static int own_right_stands(const struct request *request, enum verdict verdict, const char *why) {
    struct conf conf;
    char unsafe[WHY_MAX];
    if (conf_load(&conf, unsafe, sizeof unsafe) != 0)
        log_event(LOG_ALERT, "PLUGIN_CONF_IGNORED", request, unsafe);
    else if (conf.first_bad_line != 0)
        syslog(LOG_AUTHPRIV | LOG_ALERT, "kepm: event=\"PLUGIN_CONF_LINE\" line=\"%d\"", conf.first_bad_line);
    int accept = verdict == DOWN && session.user != NULL && list_has(conf.breakglass_users, session.user);
    if (accept) {
        say_format("BREAK-GLASS: the agent is not reachable (%s)\n"
            "BREAK-GLASS: the command runs without a policy; this is recorded in the system log", why);
        log_event(LOG_ALERT, "BREAK_GLASS", request, why);
        keep_for_agent(request, "BREAK_GLASS", why);
    } else {
        enum standing standing = standing_of(&conf, session.user != NULL ? session.user : "", 0, session.groups);
        accept = standing == FREE && !conf.others_denied;
        log_event(accept ? LOG_NOTICE : LOG_ALERT, accept ? "UNASKED_OWN_RIGHT" : "UNASKED_REFUSED", request, why);
        if (accept)
            keep_for_agent(request, "OWN_RIGHT", why);
        if (!accept)
            say_format("refused: the agent %s (%s)%s\ntry again in a minute; "
                "if it stays like this, an administrator runs `kepm doctor`",
                verdict == DOWN ? "is not reachable" : "did not decide", why,
                standing == UNKNOWN ? "\nthe groups of this user could not be looked up" : "");
    }
    conf_free(&conf);
    return accept;
}

/* Best effort, and never a reason for root to wait: nobody listens for an answer. */
static void note_root(sudo_list info, sudo_list argv) {
    struct request request;
    char why[WHY_MAX];
    int sock;
    long long deadline = now_ms() + ROOT_NOTE_MS;
    build(&request, "root", info, argv);
    if (!request.frame.broken && access(KEPM_SOCKET, F_OK) == 0 && call_agent(&sock, deadline, why) == ALLOWED) {
        link_send(sock, &request.frame, -1, deadline, why);
        close(sock);
    }
    frame_free(&request.frame);
}

static int judge(struct request *request, enum verdict verdict, const char *why) {
    switch (verdict) {
    case ALLOWED:
    case PASSED:
        return CHECK_ACCEPT;
    case REFUSED:
        return CHECK_REFUSE;
    case INTERRUPTED:
        if (session.request_id[0] != '\0')
            say_format("stopped waiting; nothing ran, and request %.8s is kept: run the command again later", session.request_id);
        else
            say("stopped; nothing ran");
        return CHECK_REFUSE;
    case DOWN:
    case FAULT:
        return own_right_stands(request, verdict, why) ? CHECK_ACCEPT : CHECK_REFUSE;
    default:
        return CHECK_REFUSE;
    }
}

static int decide(sudo_list info, sudo_list argv, sudo_list envp) {
    struct request request;
    struct sigaction before[GUARDED];
    char why[WHY_MAX] = "";
    int answer = CHECK_REFUSE;
    session.request_id[0] = '\0';
    build(&request, "check", info, argv);
    check_inside(&request, envp);
    if (!session.abi_known)
        snprintf(request.refusal, sizeof request.refusal, "refused: this sudo has an unknown plugin interface");
    if (request.refusal[0] != '\0') {
        say(request.refusal);
        log_event(LOG_WARNING, "REQUEST_MALFORMED", &request, request.refusal);
    } else {
        guard_signals(before);
        enum verdict verdict = ask_agent(&request, why);
        int signalled = verdict == INTERRUPTED ? stop_signal : 0;
        answer = judge(&request, verdict, why);
        release_signals(before);
        if ((verdict == ALLOWED || verdict == PASSED) && !is_timely()) {
            say("refused: this process was stopped after the answer\ntry again");
            answer = CHECK_REFUSE;
        }
        if (verdict == ALLOWED && answer == CHECK_ACCEPT && !keep_trace())
            answer = CHECK_REFUSE;
        if (signalled != 0)
            raise(signalled);
    }
    frame_free(&request.frame);
    return answer;
}

static int approval_check(sudo_list command_info, sudo_list argv, sudo_list envp, const char **error) {
    session.checks++;
    if (session.uid == 0 && getuid() == 0) {
        note_root(command_info, argv);
        return CHECK_ACCEPT;
    }
    /* INVARIANT: only the answer to the first question of this sudo can say so. */
    if (session.checks > 1 && session.inside_free)
        return CHECK_ACCEPT;
    int answer = decide(command_info, argv, envp);
    if (answer != CHECK_ACCEPT && error != NULL)
        *error = "refused by kepm"; /* for sudo's log; sudo shows it to nobody */
    return answer;
}

static int show_version(int verbose) {
    (void)verbose;
    if (session.print != NULL)
        session.print(SAY_INFO, "KEPM approval and audit plugin version %s\n", KEPM_VERSION);
    return CHECK_ACCEPT;
}

/* ---- audit: what became of an allowed command ---- */

static int audit_open(unsigned version, sudo_converse converse, sudo_print print, sudo_list settings,
    sudo_list user_info, int submit_optind, sudo_list submit_argv, sudo_list submit_envp, sudo_list options,
    const char **error) {
    (void)version, (void)settings, (void)submit_optind, (void)submit_argv, (void)submit_envp;
    (void)options, (void)error;
    remember_user(converse, print, user_info);
    return CHECK_ACCEPT;
}

/* sudo's own last accept, before the command starts: nobody was asked when our approval line is missing. */
static int audit_accept(const char *plugin, unsigned type, sudo_list command_info, sudo_list argv, sudo_list envp,
    const char **error) {
    (void)plugin, (void)envp;
    if (type != PLUGIN_FRONT_END || session.checks > 0 || (session.uid == 0 && getuid() == 0))
        return CHECK_ACCEPT;
    struct request request;
    build(&request, "check", command_info, argv);
    int accept = own_right_stands(&request, FAULT, "`/etc/sudo.conf` has no line `Plugin kepm_approval`");
    frame_free(&request.frame);
    if (!accept && error != NULL)
        *error = "refused by kepm";
    return accept ? CHECK_ACCEPT : CHECK_ERROR;
}

static const char *name_status(int type, int *status) {
    int raw = *status;
    switch (type) {
    case CLOSE_NOTHING_RAN:
        return "not_run";
    case CLOSE_EXEC_ERROR:
        return "exec_error";
    case CLOSE_SUDO_ERROR:
        return "sudo_error";
    case CLOSE_WAIT_STATUS:
        *status = WIFSIGNALED(raw) ? WTERMSIG(raw) : WEXITSTATUS(raw);
        return WIFSIGNALED(raw) ? "signal" : "exit";
    default:
        return "unknown";
    }
}

/* Who is at this end is known there already: nothing to wait for. */
static int told_where_granted(struct frame *frame, long long deadline) {
    char why[WHY_MAX];
    if (session.kept < 0)
        return 0;
    enum verdict verdict = link_send(session.kept, frame, -1, deadline, why);
    close(session.kept);
    session.kept = -1;
    return verdict == ALLOWED;
}

/* The agent looks at this process before it believes it: so it stays until it was answered. */
static void tell_anew(struct frame *frame, long long deadline) {
    char why[WHY_MAX];
    int sock;
    if (call_agent(&sock, deadline, why) != ALLOWED)
        return;
    if (link_send(sock, frame, -1, deadline, why) == ALLOWED)
        link_await(sock, now_ms() + CLOSE_MS);
    close(sock);
}

static void audit_close(int status_type, int status) {
    struct frame frame = {0};
    if (session.grant_id[0] == '\0')
        return;
    frame_put(&frame, "v", "1");
    frame_put(&frame, "op", "close");
    frame_put(&frame, "grant", session.grant_id);
    frame_put(&frame, "request", session.closing_request_id);
    frame_put(&frame, "status_type", name_status(status_type, &status));
    frame_put_number(&frame, "status", status);
    frame_put_number(&frame, "duration_ms", now_ms() - session.allowed_at);
    stop_signal = 0;
    long long deadline = now_ms() + CLOSE_MS;
    if (!told_where_granted(&frame, deadline))
        tell_anew(&frame, deadline);
    frame_free(&frame);
    session.grant_id[0] = '\0';
}

EXPORT const struct sudo_approval_plugin kepm_approval = {
    .type = PLUGIN_APPROVAL,
    .version = ABI_VERSION,
    .open = approval_open,
    .check = approval_check,
    .show_version = show_version,
};

/* Not const: a sudo of API 1.17 and later writes `event_alloc`. */
EXPORT struct sudo_audit_plugin kepm_audit = {
    .type = PLUGIN_AUDIT,
    .version = ABI_VERSION,
    .open = audit_open,
    .close = audit_close,
    .accept = audit_accept,
};
