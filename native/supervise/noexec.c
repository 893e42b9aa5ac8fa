#include "noexec.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
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

/*
 * What is let through has to name a place in memory that only we know, and a descriptor that exec closes: the
 * program that runs then has neither.
 */
const char *noexec_but(int program) {
    const char *empty = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (empty == MAP_FAILED)
        return NULL;
    uint64_t place = (uint64_t)(uintptr_t)empty;
    struct sock_filter code[] = {
        LOAD(WORD(arch, 0)),
        EQUALS(ARCH, 1, 0),
        RETURN(SECCOMP_RET_ERRNO | EACCES), /* system calls of another processor */
        LOAD(WORD(nr, 0)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32, 11, 0),
        EQUALS(SYS_execve, 10, 0),
        EQUALS(SYS_execveat, 1, 0),
        RETURN(SECCOMP_RET_ALLOW),
        LOAD(WORD(args[0], 0)),
        EQUALS(program, 0, 6),
        LOAD(WORD(args[1], 0)),
        EQUALS(place & 0xffffffffu, 0, 4),
        LOAD(WORD(args[1], 1)),
        EQUALS(place >> 32, 0, 2),
        LOAD(WORD(args[4], 0)),
        EQUALS(AT_EMPTY_PATH, 1, 0),
        RETURN(SECCOMP_RET_ERRNO | EACCES),
        RETURN(SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof code / sizeof *code, .filter = code};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0 ? empty : NULL;
}
