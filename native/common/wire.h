/* Frames on decide.sock: a big-endian u32 length, then `key=value` strings, each closed by a NUL. */
#ifndef KEPM_WIRE_H
#define KEPM_WIRE_H

#include <stddef.h>

#define FRAME_MAX (1024u * 1024u)
#define FRAME_HEAD 4u

struct frame {
    char *bytes; /* head and payload */
    size_t length;
    size_t room;
    int broken; /* too long or out of memory: must not be sent */
};

void frame_put(struct frame *frame, const char *key, const char *value);
void frame_put_number(struct frame *frame, const char *key, long long value);
void frame_put_option(struct frame *frame, const char *name, const char *value, size_t value_length);
void frame_copy(struct frame *to, const struct frame *from);
/* Writes the length into the head; -1 when the frame is broken or empty. */
int frame_seal(struct frame *frame);
void frame_free(struct frame *frame);

size_t payload_length(const unsigned char head[FRAME_HEAD]);
int payload_well_formed(const char *payload, size_t length);
/* The one value of `key`; NULL when it is absent. Needs a well-formed payload. */
const char *payload_get(const char *payload, size_t length, const char *key);
int payload_has(const char *payload, size_t length, const char *prefix);

/* Absolute form of `path`, without `//` and `/./`. `..` stays: only the kernel knows where it leads. */
int path_absolute(const char *base, const char *path, char *out, size_t size);

#endif
