/* The pure parts of kepm-run and of the one that runs its command. */
#include "options.h"
#include "order.h"
#include "way.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

#define GOOD "v=1\0op=order\0uid=1\0gid=2\0group=2\0group=7\0login=1001\0no_exec=1\0background=0\0argv=id\0"
#define ORDER(text) order_of(text, sizeof(text), &order, &fault)

static void an_order_is_whole_or_none(void) {
    static struct order order;
    const char *fault = "";
    CHECK(ORDER(GOOD "argv=-u\0env=A=b=c") == 0);
    CHECK(order.uid == 1 && order.gid == 2 && order.group_count == 2 && order.groups[1] == 7);
    CHECK(order.login == 1001 && order.no_exec == 1 && order.background == 0);
    CHECK(ORDER("v=1\0op=order\0uid=1\0gid=2\0login=1\0no_exec=1\0background=0") != 0);
    CHECK(ORDER("v=1\0op=order\0uid=1\0gid=2\0no_exec=1\0background=0\0argv=id") != 0);
    CHECK(ORDER(GOOD "uid=0") != 0);
    CHECK(ORDER(GOOD "more=1") != 0);
    CHECK(ORDER(GOOD "env=novalue") != 0);
    CHECK(ORDER(GOOD "env==x") != 0);
    CHECK(ORDER(GOOD "group=4294967295") != 0);
    CHECK(ORDER("v=1\0op=order\0uid=-1\0gid=2\0login=1\0no_exec=1\0background=0\0argv=id") != 0);
    CHECK(ORDER("v=1\0op=order\0uid=1\0gid=2\0login=1\0no_exec=2\0background=0\0argv=id") != 0);
    CHECK(ORDER("v=2\0op=order\0uid=1\0gid=2\0login=1\0no_exec=1\0background=0\0argv=id") != 0);
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

int main(void) {
    char folder[] = "/tmp/kepm-client-XXXXXX", command[64];
    if (mkdtemp(folder) == NULL)
        return 1;
    options_end_where_the_command_begins();
    an_order_is_whole_or_none();
    orders_at_random_break_nothing();
    sudo_is_used_only_when_it_asks_the_agent(folder);
    snprintf(command, sizeof command, "rm -r %s", folder);
    if (system(command) != 0)
        failures++;
    printf("client: %s\n", failures == 0 ? "ok" : "FAILED");
    return failures != 0;
}
