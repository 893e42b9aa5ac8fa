#include "request.h"

#include "inside.h"
#include "session.h"
#include "trace.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REASON_MAX 4096

static void put_list_value(struct frame *frame, sudo_list list, const char *key) {
    frame_put(frame, key, value_or(list, key, ""));
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

void request_begin(unsigned version, sudo_list settings, sudo_list user_info, sudo_list environment) {
    put_session(version, settings, user_info);
    session.cwd_foreign = session.cwd == NULL || !is_here(session.cwd);
    if (session.cwd_foreign)
        frame_put(&session.asked, "option", "cwd=foreign"); /* no policy names it: the agent refuses */
    put_reason(environment);
}

/* ---- what sudo would run ---- */

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
 * A variable from which a program takes code, which Defaults of the site (`!env_reset`, `env_keep`) let through. No policy
 * names it: the agent refuses. Of an inner command the environment is its outer one's to set; trace_check() looks there.
 */
static void put_variable(struct frame *frame, sudo_list envp) {
    const char *variable = session.checks <= 1 ? inside_variable(envp) : NULL;
    if (variable != NULL)
        frame_put_option(frame, "env", variable, strlen(variable));
}

void request_build(struct request *request, const char *op, sudo_list info, sudo_list argv, sudo_list envp) {
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
    put_variable(&request->frame, envp);
    trace_put(&request->frame, info);
    frame_put(&request->frame, "stays", session.checks == 1 ? "1" : "0");
    frame_put(&request->frame, "fd", request->execfd >= 0 ? "1" : "0");
    frame_put(&request->frame, "fd_note", note != NULL ? note : "");
    if (request->frame.broken)
        snprintf(request->refusal, sizeof request->refusal,
            "refused: the command line is longer than 1 MiB or memory is short");
    else if (argv == NULL || argv[0] == NULL)
        snprintf(request->refusal, sizeof request->refusal, "refused: the command line is empty");
}
