/* What sudo's trace of the command means for what is asked: commands inside a command. */
#ifndef KEPM_TRACE_H
#define KEPM_TRACE_H

#include "request.h"

/* Into the question: where the command stands, and whether sudo asks about what it starts. */
void trace_put(struct frame *frame, sudo_list info);
/* Refuses what would be another thing inside than what is judged. */
void trace_check(struct request *request, sudo_list envp);
/* After an allow, before the command is there. 0: it could start things unseen, and the person was told. */
int trace_keep(void);

#endif
