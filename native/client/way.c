#include "way.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_BYTES (64u << 20)

/* Whether a file holds these bytes; -1 when it can't be read. */
static int holds(const char *path, const char *bytes) {
    struct stat found;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), answer = -1;
    if (fd < 0)
        return -1;
    if (fstat(fd, &found) == 0 && S_ISREG(found.st_mode) && found.st_size > 0 && found.st_size < (off_t)MOST_BYTES) {
        void *all = mmap(NULL, (size_t)found.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (all != MAP_FAILED) {
            answer = memmem(all, (size_t)found.st_size, bytes, strlen(bytes)) != NULL;
            munmap(all, (size_t)found.st_size);
        }
    }
    close(fd);
    return answer;
}

/* A line of its own, not one in a comment. */
static int has_plugin_line(const char *conf) {
    FILE *file = fopen(conf, "re");
    char line[1024], kind[16], name[64];
    int found = 0;
    if (file == NULL)
        return 0;
    while (!found && fgets(line, sizeof line, file) != NULL)
        found = sscanf(line, " %15s %63s", kind, name) == 2 && strcmp(kind, "Plugin") == 0
            && strcmp(name, "kepm_approval") == 0;
    fclose(file);
    return found;
}

const char *way_among(const char *const *programs, const char *conf, int uid, char *why, size_t size) {
    struct stat found;
    for (; *programs != NULL; programs++) {
        if (stat(*programs, &found) != 0)
            continue;
        if (!S_ISREG(found.st_mode) || (int)found.st_uid != uid || !(found.st_mode & S_ISUID) || access(*programs, X_OK) != 0)
            snprintf(why, size, "`%s` can't be used: it is not set-uid root", *programs);
        else if (holds(*programs, "sudo-rs") == 1)
            snprintf(why, size, "`%s` is sudo-rs, which asks no plugin", *programs);
        else if (!has_plugin_line(conf))
            snprintf(why, size, "`%s` does not ask the agent: `%s` has no line `Plugin kepm_approval`", *programs, conf);
        else
            return snprintf(why, size, "`%s` asks the agent", *programs), *programs;
        return NULL; /* the first one is what people have in mind */
    }
    snprintf(why, size, "there is no sudo");
    return NULL;
}

const char *way_sudo(char *why, size_t size) {
    static const char *const programs[] = {"/usr/bin/sudo", "/bin/sudo", "/usr/local/bin/sudo", NULL};
    return way_among(programs, "/etc/sudo.conf", 0, why, size);
}
