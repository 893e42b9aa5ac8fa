/*
 * sudo approval and audit plugin: asks the agent, shows what it says, obeys. It decides by itself in
 * two cases only: uid 0, and an agent that can't be reached (the table in `own_right_stands`).
 */
#include "sudo_abi.h"

#include "ask.h"
#include "govern.h"
#include "request.h"
#include "session.h"
#include "spool.h"
#include "trace.h"
#include "words.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#ifndef KEPM_VERSION
#define KEPM_VERSION "0.1.0"
#endif

#define EXPORT __attribute__((visibility("default")))
#define ROOT_NOTE_MS 300
#define CLOSE_MS 1000

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
    request_begin(version, settings, user_info, submit_envp);
    if (words_read(&session.asked, submit_argv, submit_optind))
        session.can_prompt = 1;
    return CHECK_ACCEPT;
}

/* ---- the answer to sudo ---- */

/*
 * For the agent, when it is back; a disk that takes nothing holds nobody up, and the system log has it as well.
 * `refused`: the event, or NULL for what runs.
 */
static void keep_for_agent(const struct request *request, const char *refused, const char *outcome, const char *why) {
    struct spooled record = {refused, outcome, why, session.user != NULL ? session.user : "",
        session.uid == (uid_t)-1 ? -1 : (long long)session.uid, request->command, request->argv, request->runas_user};
    if (spool_write(&record) != 0)
        log_event(LOG_WARNING, "NOT_SPOOLED", request, outcome);
}

/* Nobody was asked. 1: the site's own right is enough, or this is the break-glass user of a host without agent. */
static int own_right_stands(const struct request *request, enum verdict verdict, const char *why) {
    struct conf conf;
    char unsafe[WHY_MAX], reason[3 * WHY_MAX];
    snprintf(reason, sizeof reason, "%s", why);
    if (conf_load(&conf, unsafe, sizeof unsafe) != 0) {
        log_event(LOG_ALERT, "PLUGIN_CONF_IGNORED", request, unsafe);
        snprintf(reason, sizeof reason, "%s; plugin.conf is ignored: %s", why, unsafe);
    } else if (conf.first_bad_line != 0) {
        syslog(LOG_AUTHPRIV | LOG_ALERT, "kepm: event=\"PLUGIN_CONF_LINE\" line=\"%d\"", conf.first_bad_line);
    }
    int accept = verdict == DOWN && session.user != NULL && list_has(conf.breakglass_users, session.user);
    if (accept) {
        say_format("BREAK-GLASS: the agent is not reachable (%s)\n"
            "BREAK-GLASS: the command runs without a policy; this is recorded in the system log", why);
        log_event(LOG_ALERT, "BREAK_GLASS", request, why);
        keep_for_agent(request, NULL, "BREAK_GLASS", reason);
    } else {
        enum standing standing = standing_of(&conf, session.user != NULL ? session.user : "", 0, session.groups);
        accept = standing == FREE && !conf.others_denied;
        log_event(accept ? LOG_NOTICE : LOG_ALERT, accept ? "UNASKED_OWN_RIGHT" : "UNASKED_REFUSED", request, why);
        keep_for_agent(request, accept ? NULL : "UNASKED_REFUSED", accept ? "OWN_RIGHT" : "REFUSED", reason);
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
    request_build(&request, "root", info, argv, NULL);
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
    request_build(&request, "check", info, argv, envp);
    trace_check(&request, envp);
    if (!session.abi_known)
        snprintf(request.refusal, sizeof request.refusal, "refused: this sudo has an unknown plugin interface");
    if (request.refusal[0] != '\0') {
        say(request.refusal);
        log_event(LOG_WARNING, "REQUEST_MALFORMED", &request, request.refusal);
        keep_for_agent(&request, "REQUEST_MALFORMED", "REFUSED", request.refusal);
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
        if (verdict == ALLOWED && answer == CHECK_ACCEPT && !trace_keep())
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
    request_build(&request, "check", command_info, argv, NULL);
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
