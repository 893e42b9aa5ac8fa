#include "options.h"

#include <string.h>

/* NULL when `word` is not this option; else its value, which may be the next word. */
static const char *value_of(char ***at, const char *letter, const char *name) {
    const char *word = **at;
    size_t length = strlen(name);
    if (strcmp(word, letter) == 0 || strcmp(word, name) == 0)
        return (*at)[1] != NULL ? *++*at : "";
    if (strncmp(word, name, length) == 0 && word[length] == '=')
        return word + length + 1;
    return NULL;
}

int options_parse(int argc, char **argv, struct options *options) {
    memset(options, 0, sizeof *options);
    if (argc < 2)
        return -1;
    char **at = argv + 1;
    for (; *at != NULL && (*at)[0] == '-'; at++) {
        const char *value;
        if (strcmp(*at, "--") == 0) {
            at++;
            break;
        }
        if (strcmp(*at, "--which") == 0)
            options->which = 1;
        else if (options->reason == NULL && (value = value_of(&at, "-m", "--reason")) != NULL)
            options->reason = value;
        else if (options->user == NULL && (value = value_of(&at, "-u", "--user")) != NULL)
            options->user = value;
        else
            return -1;
    }
    options->command = at;
    if (options->user != NULL && options->user[0] == '\0')
        return -1;
    return options->which ? (*at == NULL ? 0 : -1) : (*at != NULL && (*at)[0] != '\0' ? 0 : -1);
}
