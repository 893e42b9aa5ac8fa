/* Text that came from elsewhere, made safe for a terminal or for one line of the system log. */
#ifndef KEPM_TEXT_H
#define KEPM_TEXT_H

#include <stddef.h>

/* Keeps readable UTF-8, `\n` and `\t`; everything else becomes `\xNN`. Cuts what does not fit. */
void text_for_terminal(const char *text, char *out, size_t size);
/* Appends ` key="value"`, printable ASCII only, quotes and backslashes escaped; never half an escape. */
void text_log_field(char *line, size_t size, const char *key, const char *value);

#endif
