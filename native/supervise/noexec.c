#include "noexec.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif
#if defined __x86_64__
#define ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "no filter for this processor yet"
#endif
#define X32 0x40000000u /* numbers of another interface, of which we look at none */

#define WORD(field, half) (offsetof(struct seccomp_data, field) + 4 * (half)) /* both processors: low half first */
#define LOAD(at) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(at))
#define EQUALS(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), yes, no)
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, (what))

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#define PAGE 4096u
#define TRIES 128

/* A kernel that knows the flag not takes the place for a wish. */
static char *map_at(uintptr_t place, size_t length) {
    void *wanted = (void *)place;
    void *got = mmap(wanted, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (got == wanted)
        return got;
    if (got != MAP_FAILED)
        munmap(got, length);
    return NULL;
}

/* A copy at any byte of the address space: some 46 bits, of which the loader chooses none. */
static void *hidden(const void *what, size_t length) {
    size_t room = (length + 2 * PAGE - 1) / PAGE * PAGE;
    for (int i = 0; i < TRIES; i++) {
        uint64_t chance;
        if (getrandom(&chance, sizeof chance, 0) != sizeof chance)
            return NULL;
        chance &= (UINT64_C(1) << (i < TRIES / 2 ? 46 : 38)) - 1; /* some kernels have 39 bits for a program */
        char *area = map_at((uintptr_t)(chance & ~(uint64_t)(PAGE - 1)), room);
        if (area != NULL)
            return memcpy(area + chance % PAGE, what, length);
    }
    errno = ENOMEM;
    return NULL;
}

static size_t size_of(char *const *words) {
    size_t count = 0;
    while (words[count] != NULL)
        count++;
    return (count + 1) * sizeof *words;
}

#define REFUSAL 24 /* in the filter: where it says no */
#define MATCHES(at, value, index) LOAD(at), EQUALS(value, 0, REFUSAL - 1 - (index))
#define PLACE(arg, value, index) \
    MATCHES(WORD(args[arg], 0), (value) & 0xffffffffu, index), MATCHES(WORD(args[arg], 1), (value) >> 32, (index) + 2)

/*
 * What is let through has to name three places in memory that only we know, and a descriptor that exec closes: the
 * program that runs then has none of them. One place could be found by trying: 28 bits, a minute and a half.
 */
int noexec_but(struct noexec *call) {
    call->name = hidden("", 1);
    call->argv = hidden(call->argv, size_of(call->argv));
    call->envp = hidden(call->envp, size_of(call->envp));
    if (call->name == NULL || call->argv == NULL || call->envp == NULL)
        return -1;
    uint64_t name = (uintptr_t)call->name, argv = (uintptr_t)call->argv, envp = (uintptr_t)call->envp;
    struct sock_filter code[] = {
        LOAD(WORD(arch, 0)),
        EQUALS(ARCH, 1, 0),
        RETURN(SECCOMP_RET_ERRNO | EACCES), /* system calls of another processor */
        LOAD(WORD(nr, 0)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32, REFUSAL - 1 - 4, 0),
        EQUALS(SYS_execve, REFUSAL - 1 - 5, 0),
        EQUALS(SYS_execveat, 1, 0),
        RETURN(SECCOMP_RET_ALLOW),
        MATCHES(WORD(args[0], 0), call->program, 9),
        PLACE(1, name, 11),
        PLACE(2, argv, 15),
        PLACE(3, envp, 19),
        LOAD(WORD(args[4], 0)),
        EQUALS(AT_EMPTY_PATH, 1, 0),
        RETURN(SECCOMP_RET_ERRNO | EACCES),
        RETURN(SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof code / sizeof *code, .filter = code};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}
