/* What only the words typed after `sudo` show: assignments, a list of kept variables, -S. */
#ifndef KEPM_WORDS_H
#define KEPM_WORDS_H

#include "wire.h"

/*
 * Reads argv[1] up to `optind` (the first word of the command), adds `option=env=NAME` for every
 * assignment and `option=preserve_environment=list` for --preserve-env=LIST. 1: -S was given.
 */
int words_read(struct frame *frame, char *const *argv, int optind);

#endif
