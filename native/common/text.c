#include "text.h"

#include <stdio.h>
#include <string.h>

static unsigned decode(const unsigned char *at, unsigned *length) {
    unsigned lead = at[0], count = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2
        : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
    static const unsigned smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (count == 0)
        return 0;
    unsigned point = count == 1 ? lead : lead & (0xffu >> (count + 1));
    for (unsigned i = 1; i < count; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (at[i] & 0x3f);
    }
    if (count > 1 && (point < smallest[count] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)))
        return 0;
    *length = count;
    return point;
}

/* Control characters, and the marks that reorder or hide what stands next to them. */
static int readable(unsigned point) {
    if (point == '\n' || point == '\t')
        return 1;
    if (point < 0x20 || (point >= 0x7f && point < 0xa0))
        return 0;
    return !((point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e)
        || (point >= 0x2060 && point <= 0x206f) || point == 0x61c || point == 0xfeff
        || (point >= 0xe0000 && point <= 0xe0fff));
}

void text_for_terminal(const char *text, char *out, size_t size) {
    size_t used = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0' && used + 5 <= size;) {
        unsigned length = 0, point = decode(at, &length);
        if (length > 0 && readable(point)) {
            memcpy(out + used, at, length);
            used += length;
            at += length;
        } else {
            used += (size_t)snprintf(out + used, size - used, "\\x%02x", *at++);
        }
    }
    if (size > 0)
        out[used] = '\0';
}

void text_log_field(char *line, size_t size, const char *key, const char *value) {
    size_t used = strlen(line), needed = strlen(key) + sizeof " =\"\"";
    if (used + needed > size)
        return;
    used += (size_t)snprintf(line + used, size - used, " %s=\"", key);
    for (const unsigned char *at = (const unsigned char *)value; *at != '\0' && used + 6 <= size; at++) {
        if (*at < 0x20 || *at >= 0x7f || *at == '"' || *at == '\\')
            used += (size_t)snprintf(line + used, size - used, "\\x%02x", *at);
        else
            line[used++] = (char)*at;
    }
    memcpy(line + used, "\"", 2);
}
