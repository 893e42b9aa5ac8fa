/* What the launcher makes of its arguments. Built twice, plain and sanitized. */
#include "order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

#define CHECK(claim) check((claim), #claim, __LINE__)

static void check(int holds, const char *claim, int line) {
    if (!holds) {
        failures++;
        printf("order.c:%d: not so: %s\n", line, claim);
    }
}

static char *words[] = {"launch", "1001", "1002", "5,6", "/sys/fs/cgroup/kepm", "64", "32", "0", "4096", "1", "65025", "77",
                        "/", "/usr/bin/id", "/proc/1/fd/9", "id", "-u", NULL};
static const int word_count = sizeof words / sizeof *words - 1;

static void a_whole_order_is_read(void) {
    struct order order;
    const char *fault = "";
    CHECK(order_parse(word_count, words, &order, &fault) == 0);
    CHECK(order.uid == 1001 && order.gid == 1002);
    CHECK(order.group_count == 2 && order.groups[0] == 5 && order.groups[1] == 6);
    CHECK(strcmp(order.cgroup, "/sys/fs/cgroup/kepm") == 0);
    CHECK(order.open_files == 64 && order.processes == 32 && order.memory_bytes == 0);
    CHECK(order.file_bytes == 4096);
    CHECK(order.no_new_rights == 1 && order.device == 65025 && order.inode == 77);
    CHECK(strcmp(order.folder, "/") == 0 && strcmp(order.executable, "/usr/bin/id") == 0);
    CHECK(strcmp(order.errors, "/proc/1/fd/9") == 0);
    CHECK(strcmp(order.argv[0], "id") == 0 && strcmp(order.argv[1], "-u") == 0 && order.argv[2] == NULL);
}

/* Whether the order is refused when one word of it is another. */
static int refused(int index, char *word) {
    struct order order;
    const char *fault = NULL;
    char *changed[sizeof words / sizeof *words];
    memcpy(changed, words, sizeof words);
    changed[index] = word;
    return order_parse(word_count, changed, &order, &fault) == -1 && fault != NULL;
}

static void numbers_are_digits_alone(void) {
    char *wrong[] = {"", " 1", "+1", "-1", "1x", "0x1", "1 ", "99999999999999999999999"};
    int numbers[] = {1, 2, 5, 6, 7, 8, 9, 10, 11};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            CHECK(refused(numbers[k], wrong[i]));
    }
}

static void an_id_never_means_leave_it_as_it_is(void) {
    for (int i = 1; i <= 3; i++) {
        CHECK(refused(i, "4294967295"));
        CHECK(refused(i, "4294967294"));
        CHECK(refused(i, "4294967296"));
    }
    CHECK(!refused(1, "4294967293"));
}

static void lists_of_groups_are_whole(void) {
    char *wrong[] = {",", "1,", ",1", "1,,2", "1;2", "12345678901234567", "root"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(refused(3, wrong[i]));
    CHECK(!refused(3, ""));
    CHECK(!refused(3, "0"));
    char many[4 * (GROUPS_MAX + 1)] = "1";
    for (int i = 1; i < GROUPS_MAX; i++)
        strcat(many, ",1");
    CHECK(!refused(3, many));
    strcat(many, ",1");
    CHECK(refused(3, many));
}

static void paths_are_absolute(void) {
    CHECK(refused(4, "kepm"));
    CHECK(!refused(4, ""));
    CHECK(refused(12, "tmp"));
    CHECK(refused(12, ""));
    CHECK(refused(13, "id"));
    CHECK(refused(14, "fd"));
    CHECK(!refused(14, ""));
    CHECK(refused(13, ""));
}

static void too_few_words_are_no_order(void) {
    struct order order;
    const char *fault;
    for (int count = 0; count < ORDER_FIELDS + 2; count++)
        CHECK(order_parse(count, words, &order, &fault) == -1);
    CHECK(order_parse(ORDER_FIELDS + 2, words, &order, &fault) == 0);
}

int main(void) {
    a_whole_order_is_read();
    numbers_are_digits_alone();
    an_id_never_means_leave_it_as_it_is();
    lists_of_groups_are_whole();
    paths_are_absolute();
    too_few_words_are_no_order();
    printf("order: %s\n", failures == 0 ? "ok" : "FAILED");
    return failures != 0;
}
