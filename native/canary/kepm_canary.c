/*
 * The command that no sudo may ever run for us. The agent has it denied and then looks whether the
 * mark below exists: if so, this machine has a sudo that does not ask.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef KEPM_CANARY_MARK
#define KEPM_CANARY_MARK "/run/keeper/canary.ran"
#endif
#define NONCE_LENGTH 64

static int is_nonce(const char *text) {
    return strlen(text) == NONCE_LENGTH && strspn(text, "0123456789abcdefABCDEF") == NONCE_LENGTH;
}

int main(int argc, char **argv) {
    /* That it ran is the alarm, whatever it was told. */
    const char *nonce = argc == 2 && is_nonce(argv[1]) ? argv[1] : "invalid";
    struct stat st;
    if (geteuid() != 0)
        return 0;
    int fd = open(KEPM_CANARY_MARK, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return 1;
    size_t length = strlen(nonce);
    if (fchmod(fd, 0600) != 0 || ftruncate(fd, 0) != 0 || write(fd, nonce, length) != (ssize_t)length)
        return 1;
    return close(fd) == 0 ? 0 : 1;
}
