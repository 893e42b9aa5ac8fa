/* What was typed: `kepm-run [-m REASON] [-u USER] [--] COMMAND…`, or `kepm-run --which`. */
#ifndef KEPM_OPTIONS_H
#define KEPM_OPTIONS_H

struct options {
    const char *reason; /* NULL: none */
    const char *user;
    int which;
    char **command; /* at least one word; not used with `which` */
};

/* 0, or -1: the usage has to be shown. */
int options_parse(int argc, char **argv, struct options *options);

#endif
