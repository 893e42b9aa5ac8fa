/*
 * Folder and streams of the command. Whoever asked for it passes them here, and never to the agent: an open file of a
 * file system of somebody's own may hold whoever closes it for ever.
 */
#ifndef KEPM_STREAMS_H
#define KEPM_STREAMS_H

#include "order.h"

#define STREAMS_WHY 256

/* 0: they are in the order, looked at, and our end of the pair is closed; -1 with what is wrong. */
int streams_take(struct order *order, char why[STREAMS_WHY]);

#endif
