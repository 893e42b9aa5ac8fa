/* The pure parts: frames, paths, words, texts, plugin.conf. Built twice, plain and sanitized. */
#include "govern.h"
#include "inside.h"
#include "text.h"
#include "wire.h"
#include "words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int failures;

#define CHECK(claim) check((claim), #claim, __LINE__)

static void check(int holds, const char *claim, int line) {
    if (!holds) {
        failures++;
        printf("unit.c:%d: not so: %s\n", line, claim);
    }
}

static int is(const char *actual, const char *expected) {
    if (actual != NULL && strcmp(actual, expected) == 0)
        return 1;
    printf("  expected `%s` but was `%s`\n", expected, actual != NULL ? actual : "(null)");
    return 0;
}

/* ---- frames ---- */

static void a_frame_is_length_and_pairs(void) {
    struct frame frame = {0};
    frame_put(&frame, "op", "check");
    frame_put_number(&frame, "uid", 4294967295ll);
    frame_put_option(&frame, "env", "FOO=bar", 3);
    CHECK(frame_seal(&frame) == 0);
    static const char expected[] = "\0\0\0\x27op=check\0uid=4294967295\0option=env=FOO";
    CHECK(frame.length == FRAME_HEAD + 9 + 15 + 15);
    CHECK(memcmp(frame.bytes, expected, frame.length) == 0);
    CHECK(payload_length((const unsigned char *)frame.bytes) == 39);
    CHECK(payload_well_formed(frame.bytes + FRAME_HEAD, 39));
    CHECK(is(payload_get(frame.bytes + FRAME_HEAD, 39, "uid"), "4294967295"));
    CHECK(payload_get(frame.bytes + FRAME_HEAD, 39, "ui") == NULL);
    CHECK(payload_has(frame.bytes + FRAME_HEAD, 39, "option=env="));
    CHECK(!payload_has(frame.bytes + FRAME_HEAD, 39, "option=cwd="));
    frame_free(&frame);
}

static void a_frame_ends_at_one_mebibyte(void) {
    struct frame frame = {0};
    char *half = malloc(FRAME_MAX);
    memset(half, 'x', FRAME_MAX);
    half[FRAME_MAX / 2 - 3] = '\0';
    frame_put(&frame, "a", half); /* 512 KiB with key, `=` and NUL */
    frame_put(&frame, "a", half);
    CHECK(!frame.broken && frame.length == FRAME_HEAD + FRAME_MAX && frame_seal(&frame) == 0);
    frame_put(&frame, "", "");
    CHECK(frame.broken && frame_seal(&frame) != 0);
    struct frame copy = {0};
    frame_put(&copy, "op", "check");
    frame_copy(&copy, &frame);
    CHECK(frame_seal(&copy) != 0);
    frame_free(&copy);
    frame_free(&frame);
    free(half);
}

static void an_empty_frame_is_not_sent(void) {
    struct frame frame = {0}, copy = {0};
    CHECK(frame_seal(&frame) != 0);
    frame_copy(&copy, &frame);
    CHECK(frame_seal(&copy) != 0);
    frame_free(&copy);
}

static void malformed_payloads_are_seen(void) {
    CHECK(payload_well_formed("op=wait", 8));
    CHECK(payload_well_formed("op=", 4));
    CHECK(payload_well_formed("op=info\0text=a=b", 17));
    CHECK(!payload_well_formed("op=wait", 7));
    CHECK(!payload_well_formed("", 0));
    CHECK(!payload_well_formed("", 1));
    CHECK(!payload_well_formed("=x", 3));
    CHECK(!payload_well_formed("wait", 5));
    CHECK(!payload_well_formed("op=a\0\0", 6));
    CHECK(!payload_well_formed("op=deny\0op=allow", 17));
    char many[65 * 5];
    for (int i = 0; i < 65; i++) {
        memcpy(many + 5 * i, "00k=", 5);
        many[5 * i] = (char)('0' + i / 10);
        many[5 * i + 1] = (char)('0' + i % 10);
    }
    CHECK(payload_well_formed(many, 64 * 5));
    CHECK(!payload_well_formed(many, 65 * 5));
}

/* ---- paths ---- */

static void path_is(const char *base, const char *path, const char *expected) {
    char out[64];
    if (expected == NULL)
        CHECK(path_absolute(base, path, out, sizeof out) != 0);
    else
        CHECK(path_absolute(base, path, out, sizeof out) == 0 && is(out, expected));
}

static void paths_become_absolute(void) {
    path_is("/tmp", "/usr/bin/id", "/usr/bin/id");
    path_is("/tmp", "//usr///bin/./id", "/usr/bin/id");
    path_is("/tmp", "./t", "/tmp/t");
    path_is("/tmp/", "t/./u/", "/tmp/t/u");
    path_is("/", "t", "/t");
    path_is("/a/./b//c", "t", "/a/b/c/t");
    path_is("/a", "../t", "/a/../t");
    path_is("/a", "/b/../t", "/b/../t");
    path_is("/a", ".hidden/..x/...", "/a/.hidden/..x/...");
    path_is("/a", "/", "/");
    path_is("/a", "/.", "/");
    path_is("/a", ".", "/a");
    path_is("unknown", "./t", NULL);
    path_is("", "t", NULL);
    path_is(NULL, "t", NULL);
    path_is("/a", "", NULL);
    path_is("/a", NULL, NULL);
    path_is("/a", "/123456789/123456789/123456789/123456789/123456789/123456789/1", "/123456789/123456789/123456789/123456789/123456789/123456789/1");
    path_is("/a", "/123456789/123456789/123456789/123456789/123456789/123456789/1234", NULL);
}

/* ---- inside ---- */

static void variables_that_code_is_taken_from_are_known(void) {
    static char *const well[] = {"LANG=C", "PATH=/bin", "ENVIRON=1", "BASH_ENV", "OLD_X=LD_PRELOAD=", "=ENV=", "", NULL};
    static char *const bad[] = {"LD_PRELOAD=", "LD_AUDIT=x", "BASH_ENV=x", "ENV=", "PYTHONPATH=x", "BASH_FUNC_ls%%=() { :; }"};
    CHECK(inside_variable(well) == NULL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(inside_variable((char *const[]){"LANG=C", bad[i], NULL}) != NULL);
}

static void links_of_proc_are_told(void) {
    CHECK(inside_same_for_all("/bin/sh") == 0);
    CHECK(inside_same_for_all("/proc/self/exe") != 0 && errno == ELOOP);
    CHECK(inside_same_for_all("/proc/self/root/bin/sh") != 0 && errno == ELOOP);
    CHECK(inside_same_for_all("/dev/fd/0") != 0);
    CHECK(inside_same_for_all("/no/such") != 0 && errno == ENOENT);
}

#ifdef __x86_64__
/* A 32-bit system call, which 64-bit code may make as well. */
static int by_32_bits(int number, long first, long second, long third) {
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(first), "c"(second), "d"(third), "S"(0l), "D"(0l)
                     : "memory", "r8", "r9", "r10", "r11");
    return (int)result;
}

enum { GETPID_32 = 20, EXECVE_32 = 11, EXECVEAT_32 = 358, GETPID_X32 = 0x40000000 + 39 };

/* 0, or at which step it is not so. */
static int unseen_calls_are_gone(int has_32_bits) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || inside_only_execve() != 0)
        return 1;
    if (syscall(SYS_execveat, -1, "", NULL, NULL, 0) != -1 || errno != ENOSYS)
        return 2;
    if (syscall(GETPID_X32) != -1 || errno != ENOSYS)
        return 3;
    if (syscall(SYS_execve, "/nonexistent", (char *[]){NULL}, NULL) != -1 || errno != ENOENT)
        return 4;
    if (!has_32_bits)
        return 0;
    if (by_32_bits(GETPID_32, 0, 0, 0) != getpid())
        return 5;
    if (by_32_bits(EXECVE_32, 0, 0, 0) != -ENOSYS)
        return 6;
    return by_32_bits(EXECVEAT_32, -1, 0, 0) != -ENOSYS ? 7 : 0;
}

static int has_32_bits(int unused) {
    (void)unused;
    return by_32_bits(GETPID_32, 0, 0, 0) != getpid() || by_32_bits(EXECVE_32, 0, 0, 0) == -ENOSYS;
}

/* How a child ended that did this and nothing more; -1: by a signal. */
static int ended(int (*body)(int), int argument) {
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(body(argument));
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void what_the_trace_does_not_see_is_answered_as_by_an_old_kernel(void) {
    int usual = ended(has_32_bits, 0) == 0;
    if (!usual)
        printf("unit: this kernel has no 32-bit calls: not tried\n");
    int step = ended(unseen_calls_are_gone, usual);
    if (step != 0)
        printf("unit: step %d\n", step);
    CHECK(step == 0);
}
#else
static void what_the_trace_does_not_see_is_answered_as_by_an_old_kernel(void) {}
#endif

/* ---- words ---- */

static void words_are(const char *expected, int standard_input, int optind, char *const *argv) {
    struct frame frame = {0};
    char seen[256] = "";
    CHECK(words_read(&frame, argv, optind) == standard_input);
    for (size_t at = FRAME_HEAD; at < frame.length; at += strlen(frame.bytes + at) + 1)
        snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s ", frame.bytes + at + 7);
    CHECK(is(seen, expected));
    frame_free(&frame);
}

#define WORDS(expected, standard_input, optind, ...) \
    words_are(expected, standard_input, optind, (char *const[]){"sudo", __VA_ARGS__, NULL})

static void words_show_assignments(void) {
    WORDS("", 0, 2, "-n", "id");
    WORDS("env=FOO env=B ", 0, 4, "-n", "FOO=bar", "B=", "id");
    WORDS("", 0, 2, "-n", "env", "FOO=bar");
    WORDS("", 0, 3, "-p", "a=b", "id");
    WORDS("env=A ", 0, 4, "-np", "x", "A=1", "id");
    WORDS("", 0, 3, "--prompt", "a=b", "id");
    WORDS("", 0, 3, "--pro", "a=b", "id");
    WORDS("env=A ", 0, 3, "--prompt=x", "A=1", "id");
    WORDS("env=A ", 0, 3, "--login", "A=1", "id");
    WORDS("env=A ", 0, 3, "--", "A=1", "id");
    WORDS("preserve_environment=list ", 0, 2, "--preserve-env=A,B", "id");
    WORDS("preserve_environment=list ", 0, 2, "--preserve-e=A", "id");
    WORDS("", 0, 2, "--preserve-env", "id");
    WORDS("", 1, 2, "-nS", "id");
    WORDS("", 1, 2, "--std", "id");
    WORDS("", 0, 2, "-pS", "id");
    WORDS("", 0, 9, "=x");
    WORDS("", 0, 0, "A=1");
}

/* ---- texts ---- */

static void shown(const char *text, const char *expected) {
    char out[256];
    text_for_terminal(text, out, sizeof out);
    CHECK(is(out, expected));
}

static void texts_are_made_safe(void) {
    shown("plain\ttext\n", "plain\ttext\n");
    shown("\x1b[2J\r\x07\x7f", "\\x1b[2J\\x0d\\x07\\x7f");
    shown("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x99\x82", "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x99\x82");
    shown("\xc2\x9b", "\\xc2\\x9b");
    shown("\xe2\x80\xae", "\\xe2\\x80\\xae");
    shown("\xc3", "\\xc3");
    shown("\xc0\x8a\xed\xa0\x80\xf4\x90\x80\x80", "\\xc0\\x8a\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80");
    char small[8];
    text_for_terminal("abcdefghij", small, sizeof small);
    CHECK(is(small, "abcd"));
}

static void log_fields_are_one_line(void) {
    char line[64] = "kepm:";
    text_log_field(line, sizeof line, "a", "x \"y\"\n\\");
    CHECK(is(line, "kepm: a=\"x \\x22y\\x22\\x0a\\x5c\""));
    text_log_field(line, sizeof line, "b", "0123456789012345678901234567890123456789");
    CHECK(strlen(line) < sizeof line && line[strlen(line) - 1] == '"');
    size_t before = strlen(line);
    text_log_field(line, sizeof line, "c", "x");
    CHECK(strlen(line) == before);
}

/* ---- plugin.conf ---- */

static void conf_says(const char *text, const char *groups, const char *users, int denied, int bad_line) {
    struct conf conf = {0};
    char *copy = strdup(text);
    conf_parse(&conf, copy);
    CHECK(is(conf.governed_groups != NULL ? conf.governed_groups : "", groups));
    CHECK(is(conf.breakglass_users != NULL ? conf.breakglass_users : "", users));
    CHECK(conf.others_denied == denied);
    CHECK(conf.first_bad_line == bad_line);
    free(copy);
}

static void plugin_conf_is_read(void) {
    conf_says("", "", "", 0, 0);
    conf_says("# x\n\n governed_groups = a b \nbreakglass_users=c,d\r\nothersWhenDown = deny", "a b", "c,d", 1, 0);
    conf_says("othersWhenDown = os\n", "", "", 0, 0);
    conf_says("othersWhenDown = OS\n", "", "", 1, 1);
    conf_says("\nbreakglass_user = x\n", "", "", 0, 2);
    conf_says("nonsense\nbreakglass_users = x\n", "", "x", 0, 1);
    conf_says("breakglass_users = #x\n", "", "#x", 0, 0);
    struct conf conf;
    char why[256];
    CHECK(conf_load(&conf, why, sizeof why) == 0 && conf.breakglass_users == NULL && !conf.others_denied);
}

static void lists_hold_whole_names(void) {
    CHECK(list_has("a, bb\tc", "bb"));
    CHECK(list_has("a", "a"));
    CHECK(!list_has("a, bb", "b"));
    CHECK(!list_has("abb", "bb"));
    CHECK(!list_has("a", ""));
    CHECK(!list_has("", ""));
    CHECK(!list_has(NULL, "a"));
    CHECK(!list_has("a b", "a b"));
}

static void root_is_free_and_the_unknown_is_unknown(void) {
    struct conf conf = {0};
    CHECK(standing_of(&conf, "root", 0, NULL) == FREE);
    CHECK(standing_of(&conf, NULL, 0, NULL) == FREE);
    CHECK(standing_of(&conf, "no-such-user-here", 0, NULL) == UNKNOWN);
    CHECK(standing_of(&conf, "", 0, NULL) == UNKNOWN);
    CHECK(standing_of(&conf, NULL, 4000000001u, NULL) == UNKNOWN);
    /* `nogroup` through a gid that only the process holds. */
    conf.governed_groups = "nosuchgroup,daemon";
    CHECK(standing_of(&conf, "nobody", 0, "4,1") == GOVERNED);
    CHECK(standing_of(&conf, "nobody", 0, "4") == FREE);
}

/* ---- fuzz: no crash, no read outside, whatever comes ---- */

static unsigned long long seed = 88172645463325252ull;

static unsigned next_random(unsigned below) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 11) % below;
}

static size_t noise(char *bytes, size_t size, const char *alphabet, size_t letters) {
    size_t length = next_random((unsigned)size);
    for (size_t i = 0; i < length; i++)
        bytes[i] = next_random(8) == 0 ? (char)next_random(256) : alphabet[next_random((unsigned)letters)];
    return length;
}

static void fuzz(void) {
    static const char alphabet[] = "op=allow\0grant=\0=/.. #\n,-S";
    char source[96], out[64], line[48];
    for (int i = 0; i < 200000; i++) {
        size_t length = noise(source, sizeof source, alphabet, sizeof alphabet);
        char *exact = malloc(length + 1); /* exact size, so that the sanitizer sees one byte too many */
        memcpy(exact, source, length);
        if (payload_well_formed(exact, length))
            payload_get(exact, length, "op");
        exact[length] = '\0';
        text_for_terminal(exact, out, sizeof out);
        if (strlen(out) >= sizeof out)
            failures++;
        line[0] = '\0';
        text_log_field(line, sizeof line, "k", exact);
        if (path_absolute("/base", exact, out, sizeof out) == 0 && (out[0] != '/' || strstr(out, "//") || strstr(out, "/./")))
            failures++;
        struct frame frame = {0};
        words_read(&frame, (char *const[]){"sudo", exact, exact, "id", NULL}, 3);
        frame_free(&frame);
        struct conf conf = {0};
        conf_parse(&conf, exact);
        list_has(conf.governed_groups, "a");
        free(exact);
    }
}

int main(void) {
    a_frame_is_length_and_pairs();
    a_frame_ends_at_one_mebibyte();
    an_empty_frame_is_not_sent();
    malformed_payloads_are_seen();
    paths_become_absolute();
    variables_that_code_is_taken_from_are_known();
    links_of_proc_are_told();
    what_the_trace_does_not_see_is_answered_as_by_an_old_kernel();
    words_show_assignments();
    texts_are_made_safe();
    log_fields_are_one_line();
    plugin_conf_is_read();
    lists_hold_whole_names();
    root_is_free_and_the_unknown_is_unknown();
    fuzz();
    printf("unit: %s\n", failures == 0 ? "ok" : "FAILED");
    return failures != 0;
}
