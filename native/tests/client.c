/* The pure parts of kepm-run and of the one that runs its command. */
#include "noexec.h"
#include "options.h"
#include "order.h"
#include "way.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

static int failures;

#define CHECK(claim) check((claim), #claim, __LINE__)

static void check(int holds, const char *claim, int line) {
    if (!holds) {
        failures++;
        printf("client.c:%d: not so: %s\n", line, claim);
    }
}

static int parse(struct options *options, char **argv) {
    int count = 0;
    while (argv[count] != NULL)
        count++;
    return options_parse(count, argv, options);
}

#define WORDS(...) (char *[]){"kepm-run", __VA_ARGS__, NULL}

static void options_end_where_the_command_begins(void) {
    struct options options;
    CHECK(parse(&options, WORDS("-m", "why", "-u", "bob", "--", "ls", "-l")) == 0);
    CHECK(strcmp(options.reason, "why") == 0 && strcmp(options.user, "bob") == 0);
    CHECK(strcmp(options.command[0], "ls") == 0 && strcmp(options.command[1], "-l") == 0);
    CHECK(parse(&options, WORDS("--reason=a b", "--user=bob", "id", "-m", "x")) == 0);
    CHECK(strcmp(options.reason, "a b") == 0 && strcmp(options.command[0], "id") == 0);
    CHECK(parse(&options, WORDS("--", "-x")) == 0 && strcmp(options.command[0], "-x") == 0);
    CHECK(parse(&options, WORDS("--which")) == 0 && options.which);
    CHECK(parse(&options, WORDS("-m")) != 0);
    CHECK(parse(&options, WORDS("-m", "a", "-m", "b", "id")) != 0);
    CHECK(parse(&options, WORDS("-u", "", "id")) != 0);
    CHECK(parse(&options, WORDS("-R", "/", "id")) != 0);
    CHECK(parse(&options, WORDS("--")) != 0);
    CHECK(parse(&options, WORDS("")) != 0);
    CHECK(parse(&options, WORDS("--which", "id")) != 0);
}

static int order_of(const char *payload, size_t length, struct order *order, const char **fault) {
    char *copy = malloc(length);
    memcpy(copy, payload, length);
    memset(order, 0, sizeof *order);
    int answer = order_parse(copy, length, order, fault);
    free(order->argv);
    free(order->envp);
    free(copy);
    return answer;
}

#define WHERE "record=0\0background=0\0caller=1001\0client=77\0folder=/home\0"
#define GOOD "v=1\0op=order\0uid=1\0gid=2\0group=2\0group=7\0login=1001\0no_exec=1\0" WHERE "argv=id\0"
#define ORDER(text) order_of(text, sizeof(text), &order, &fault)

static void an_order_is_whole_or_none(void) {
    static struct order order;
    const char *fault = "";
    CHECK(ORDER(GOOD "argv=-u\0env=A=b=c") == 0);
    CHECK(order.uid == 1 && order.gid == 2 && order.group_count == 2 && order.groups[1] == 7);
    CHECK(order.login == 1001 && order.no_exec == 1 && order.background == 0);
    CHECK(ORDER("v=1\0op=order\0uid=1\0gid=2\0login=1\0no_exec=1\0" WHERE) != 0);
    CHECK(ORDER("v=1\0op=order\0uid=1\0gid=2\0no_exec=1\0" WHERE "argv=id") != 0);
    CHECK(order.caller == 1001 && order.client == 77);
    CHECK(ORDER(GOOD "uid=0") != 0);
    CHECK(ORDER(GOOD "folder=/") != 0);
    CHECK(ORDER("v=1\0op=order\0uid=1\0gid=2\0login=1\0no_exec=1\0record=0\0background=0\0caller=1\0client=7\0folder=x\0argv=id") != 0);
    CHECK(ORDER(GOOD "more=1") != 0);
    CHECK(ORDER(GOOD "env=novalue") != 0);
    CHECK(ORDER(GOOD "env==x") != 0);
    CHECK(ORDER(GOOD "group=4294967295") != 0);
    CHECK(ORDER("v=1\0op=order\0uid=-1\0gid=2\0login=1\0no_exec=1\0" WHERE "argv=id") != 0);
    CHECK(ORDER("v=1\0op=order\0uid=1\0gid=2\0login=1\0no_exec=2\0" WHERE "argv=id") != 0);
    CHECK(ORDER("v=1\0op=order\0uid=1\0gid=2\0login=none\0no_exec=1\0" WHERE "argv=id") == 0 && order.login == NO_LOGIN);
    CHECK(ORDER("v=1\0op=order\0uid=1\0gid=2\0login=4294967295\0no_exec=1\0" WHERE "argv=id") != 0);
    CHECK(ORDER("v=2\0op=order\0uid=1\0gid=2\0login=1\0no_exec=1\0" WHERE "argv=id") != 0);
    CHECK(order_of("v=1", 3, &order, &fault) != 0);
    CHECK(ORDER("averylongkeythatnobodyknows=1") != 0);
}

static void orders_at_random_break_nothing(void) {
    static struct order order;
    const char *fault;
    char payload[512];
    srand(7);
    for (int i = 0; i < 20000; i++) {
        size_t length = sizeof(GOOD) + 3;
        memcpy(payload, GOOD "x=y", length);
        for (int changes = rand() % 4; changes >= 0; changes--)
            payload[(size_t)rand() % length] = (char)rand();
        order_of(payload, length, &order, &fault);
    }
}

static const char *in(const char *folder, const char *name, const char *content, int mode) {
    static char paths[8][256];
    static int used;
    char *path = paths[used++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        abort();
    fputs(content, file);
    fclose(file);
    chmod(path, (mode_t)mode);
    return path;
}

static void sudo_is_used_only_when_it_asks_the_agent(const char *folder) {
    char why[WAY_WHY];
    int uid = (int)getuid();
    const char *classic = in(folder, "sudo", "a sudo", 04755), *rust = in(folder, "sudo-r", "this is sudo-rs", 04755);
    const char *plain = in(folder, "plain", "a sudo", 0755);
    const char *asks = in(folder, "sudo.conf", "# Plugin kepm_approval x\nPlugin kepm_approval /x.so\n", 0644);
    const char *silent = in(folder, "other.conf", "#Plugin kepm_approval /x.so\nSet x y\n", 0644);
    CHECK(way_among((const char *[]){"/none", classic, NULL}, asks, uid, why, sizeof why) == classic);
    CHECK(way_among((const char *[]){classic, NULL}, silent, uid, why, sizeof why) == NULL && strstr(why, "Plugin"));
    CHECK(way_among((const char *[]){classic, NULL}, "/none", uid, why, sizeof why) == NULL);
    CHECK(way_among((const char *[]){rust, classic, NULL}, asks, uid, why, sizeof why) == NULL && strstr(why, "sudo-rs"));
    CHECK(way_among((const char *[]){plain, NULL}, asks, uid, why, sizeof why) == NULL && strstr(why, "set-uid"));
    CHECK(way_among((const char *[]){classic, NULL}, asks, uid + 1, why, sizeof why) == NULL);
    CHECK(way_among((const char *[]){"/none", NULL}, asks, uid, why, sizeof why) == NULL && strstr(why, "no sudo"));
}

static int is_refused(const struct noexec *call, const char *name, char **argv, char **envp) {
    return syscall(SYS_execveat, call->program, name, argv, envp, AT_EMPTY_PATH) == -1 && errno == EACCES;
}

/* Which of the claims does not hold; the right call runs `true`, as which it ends with 0. */
static int try_no_exec(void) {
    char *argv[] = {(char *)(size_t)"true", NULL}, *envp[] = {NULL};
    struct noexec call = {.program = open("/bin/true", O_RDONLY | O_CLOEXEC), .argv = argv, .envp = envp};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || noexec_but(&call) != 0)
        return 1;
    if (call.name[0] != '\0' || memcmp(call.argv, argv, sizeof argv) != 0 || memcmp(call.envp, envp, sizeof envp) != 0)
        return 2;
    if (!is_refused(&call, call.name, argv, call.envp) || !is_refused(&call, call.name, call.argv, envp))
        return 3;
    if (!is_refused(&call, "", call.argv, call.envp) || !is_refused(&call, call.name + 1, call.argv, call.envp))
        return 4;
    if (!is_refused(&call, call.name, (char **)(void *)((char *)call.argv + 4096), call.envp))
        return 5;
    execve("/bin/true", argv, envp);
    if (errno != EACCES)
        return 6;
    syscall(SYS_execveat, call.program, call.name, call.argv, call.envp, AT_EMPTY_PATH);
    return 7;
}

static void one_place_is_not_enough_to_execute_something(void) {
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(try_no_exec());
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    if (status != 0)
        printf("client.c: no_exec: status %x\n", (unsigned)status);
}

static void the_places_are_of_chance(void) {
    char *words[] = {NULL};
    int ends[2];
    uintptr_t seen[4][3];
    if (pipe(ends) != 0)
        return;
    for (int i = 0; i < 4; i++) {
        pid_t child = fork();
        if (child == 0) {
            struct noexec call = {.program = 3, .argv = words, .envp = words};
            prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
            if (noexec_but(&call) != 0)
                _exit(1);
            uintptr_t places[] = {(uintptr_t)call.name, (uintptr_t)call.argv, (uintptr_t)call.envp};
            _exit(write(ends[1], places, sizeof places) != sizeof places);
        }
        CHECK(read(ends[0], seen[i], sizeof seen[i]) == sizeof seen[i]);
        waitpid(child, NULL, 0);
    }
    close(ends[0]);
    close(ends[1]);
    for (int place = 0; place < 3; place++) {
        uintptr_t differ = 0;
        for (int i = 1; i < 4; i++)
            differ |= seen[0][place] ^ seen[i][place];
        CHECK((differ & 0xfff) != 0 && (differ & 0xfffff000) != 0);
    }
}

int main(void) {
    char folder[] = "/tmp/kepm-client-XXXXXX", command[64];
    if (mkdtemp(folder) == NULL)
        return 1;
    options_end_where_the_command_begins();
    an_order_is_whole_or_none();
    orders_at_random_break_nothing();
    one_place_is_not_enough_to_execute_something();
    the_places_are_of_chance();
    sudo_is_used_only_when_it_asks_the_agent(folder);
    snprintf(command, sizeof command, "rm -r %s", folder);
    if (system(command) != 0)
        failures++;
    printf("client: %s\n", failures == 0 ? "ok" : "FAILED");
    return failures != 0;
}
