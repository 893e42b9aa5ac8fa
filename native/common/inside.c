#include "inside.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Numbers of the other interface of the same processor are not in the headers of this one. A 64-bit program may make
 * 32-bit calls on x86-64 (int 0x80): then sudo takes its registers for those of a 32-bit one, finds no call that it
 * knows, and lets it go on unasked. On ARM only a 32-bit program can, which sudo reads rightly.
 */
#if defined __x86_64__
#define NATIVE AUDIT_ARCH_X86_64
#define COMPAT AUDIT_ARCH_I386
#define COMPAT_EXECVE 11
#define COMPAT_EXECVEAT 358
#elif defined __aarch64__
#define NATIVE AUDIT_ARCH_AARCH64
#define COMPAT AUDIT_ARCH_ARM
#define COMPAT_EXECVE COMPAT_EXECVEAT /* the call itself is let through */
#define COMPAT_EXECVEAT 387
#endif
#define X32 0x40000000u /* numbers of a third interface of x86-64: none of them is let through */

#ifndef RESOLVE_NO_MAGICLINKS
#define RESOLVE_NO_MAGICLINKS 0x02
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

struct how { /* the kernel's struct open_how */
    uint64_t flags, mode, resolve;
};

int inside_can_be_traced(const char *actions) {
#ifdef NATIVE
    char line[512];
    int trap = 0, refusal = 0;
    FILE *file = fopen(actions, "re");
    if (file == NULL)
        return 0;
    if (fgets(line, sizeof line, file) != NULL) {
        char *left = NULL;
        for (char *word = strtok_r(line, " \n", &left); word != NULL; word = strtok_r(NULL, " \n", &left)) {
            trap |= strcmp(word, "trap") == 0;
            refusal |= strcmp(word, "errno") == 0;
        }
    }
    fclose(file);
    return trap && refusal;
#else
    (void)actions;
    return 0;
#endif
}

int inside_only_execve(void) {
#ifdef NATIVE
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define EQUALS(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), yes, no)
#define REFUSAL 9 /* in the filter: where it says no */
    struct sock_filter code[] = {
        LOAD(arch),
        EQUALS(NATIVE, 0, 3),
        LOAD(nr),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32, REFUSAL - 1 - 3, 0),
        EQUALS(SYS_execveat, REFUSAL - 1 - 4, REFUSAL - 4),
        EQUALS(COMPAT, 0, REFUSAL - 1 - 5),
        LOAD(nr),
        EQUALS(COMPAT_EXECVE, REFUSAL - 1 - 7, 0),
        EQUALS(COMPAT_EXECVEAT, REFUSAL - 1 - 8, REFUSAL - 8),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof code / sizeof *code, .filter = code};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
#else
    errno = ENOSYS;
    return -1;
#endif
}

/*
 * What a loader or an interpreter takes code from. Not whole: another program may have variables of its own. What is
 * only started by such a variable (a pager) is asked about when it starts. A star: and all that begin so.
 */
static const char *const leading[] = {"LD_*", "GCONV_PATH", "GLIBC_TUNABLES", "LOCPATH", "BASH_ENV", "BASH_FUNC_*", "ENV",
    "PYTHON*", "PERL5*", "PERLLIB", "RUBY*", "NODE_OPTIONS", "NODE_PATH", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS",
    "JDK_JAVA_OPTIONS", "LUA_*", "PHPRC", "PHP_INI_SCAN_DIR", "OPENSSL_*", "GIT_EXEC_PATH", "GIT_CONFIG*", "GIT_PAGER",
    "GIT_EXTERNAL_DIFF", "GIT_SSH*"};

static int is_named(const char *entry, const char *name) {
    size_t length = strlen(name);
    if (name[length - 1] == '*')
        return strncmp(entry, name, length - 1) == 0;
    return strncmp(entry, name, length) == 0 && entry[length] == '=';
}

const char *inside_variable(char *const *environment) {
    for (; environment != NULL && *environment != NULL; environment++)
        for (size_t i = 0; i < sizeof leading / sizeof *leading; i++)
            if (is_named(*environment, leading[i]))
                return leading[i];
    return NULL;
}

int inside_same_for_all(const char *path) {
    struct how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_MAGICLINKS};
    long fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
    if (fd < 0)
        return -1;
    close((int)fd);
    return 0;
}
