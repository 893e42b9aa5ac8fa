/* The question for the agent: what is to be run, how, and by which file. */
#ifndef KEPM_REQUEST_H
#define KEPM_REQUEST_H

#include "link.h"
#include "sudo_abi.h"
#include "wire.h"

#include <limits.h>

struct request {
    char command[2 * PATH_MAX];
    const char *runas_user;
    const char *cwd; /* of who starts it */
    sudo_list argv;
    struct frame frame;
    int execfd; /* proven, or -1 */
    char refusal[WHY_MAX]; /* not empty: refused without asking */
};

/* What stays the same for every check of this sudo, into `session.asked`. */
void request_begin(unsigned version, sudo_list settings, sudo_list user_info, sudo_list environment);
/* `op`: `check` or `root`; `envp`: what the command would have. The caller frees the frame. */
void request_build(struct request *request, const char *op, sudo_list info, sudo_list argv, sudo_list envp);

#endif
