/* What the agent ordered, as the arguments say it. */
#ifndef KEPM_ORDER_H
#define KEPM_ORDER_H

#include <stddef.h>
#include <sys/types.h>

#define GROUPS_MAX 256
#define ORDER_FIELDS 14 /* words before the program's own, our name not counted */

struct order {
    uid_t uid;
    gid_t gid;
    gid_t groups[GROUPS_MAX];
    size_t group_count;
    const char *cgroup; /* a folder of cgroup v2; empty for none */
    unsigned long long open_files;
    unsigned long long processes;    /* 0: no limit of ours */
    unsigned long long memory_bytes; /* 0: no limit of ours */
    unsigned long long file_bytes;   /* of each file it writes; 0: no limit of ours */
    int no_new_rights;
    unsigned long long device;
    unsigned long long inode;
    const char *folder;
    const char *executable;
    const char *errors; /* a pipe for its standard error; empty: where its standard output goes */
    char *const *argv; /* at least the program's own name */
};

/* 0, or -1 with a text that says which word is wrong. */
int order_parse(int argc, char **argv, struct order *order, const char **fault);

#endif
