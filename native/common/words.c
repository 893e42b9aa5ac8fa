#include "words.h"

#include <string.h>

static int starts_long_option_with_value(const char *option) {
    static const char *const names[] = {"close-from", "chdir", "group", "host", "prompt",
        "chroot", "role", "type", "command-timeout", "other-user", "user"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(names[i], option, strlen(option)) == 0)
            return 1;
    return 0;
}

/* Does this option word take the next word as its value? */
static int takes_next(const char *word) {
    if (word[0] != '-' || word[1] == '\0')
        return 0;
    if (word[1] == '-')
        return word[2] != '\0' && strchr(word, '=') == NULL && starts_long_option_with_value(word + 2);
    const char *letter = strpbrk(word + 1, "aCcDghpRrtTUu");
    return letter != NULL && letter[1] == '\0';
}

static int reads_standard_input(const char *word) {
    if (word[0] != '-' || word[1] == '-')
        return strncmp(word, "--stdin", 3) == 0 && strlen(word) > 3;
    size_t flags = strcspn(word + 1, "aCcDghpRrtTUu");
    return memchr(word + 1, 'S', flags) != NULL;
}

int words_read(struct frame *frame, char *const *argv, int optind) {
    int standard_input = 0;
    for (int i = 1; argv != NULL && argv[0] != NULL && i < optind && argv[i] != NULL; i++) {
        const char *word = argv[i], *equals = strchr(word, '=');
        if (word[0] != '-' && equals != NULL && equals != word)
            frame_put_option(frame, "env", word, (size_t)(equals - word));
        else if (strncmp(word, "--preserve-e", 12) == 0 && equals != NULL)
            frame_put_option(frame, "preserve_environment", "list", 4); /* sudo has cut up the names */
        if (reads_standard_input(word))
            standard_input = 1;
        if (takes_next(word))
            i++;
    }
    return standard_input;
}
