#include "wire.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_KEYS_MAX 64

static int frame_reserve(struct frame *frame, size_t more) {
    if (frame->broken)
        return -1;
    size_t start = frame->length ? frame->length : FRAME_HEAD;
    if (more > FRAME_MAX || start + more > FRAME_HEAD + FRAME_MAX) {
        frame->broken = 1;
        return -1;
    }
    if (start + more > frame->room) {
        size_t room = (start + more) * 2 + 1024;
        char *bytes = realloc(frame->bytes, room);
        if (bytes == NULL) {
            frame->broken = 1;
            return -1;
        }
        frame->bytes = bytes;
        frame->room = room;
    }
    frame->length = start;
    return 0;
}

static void append(struct frame *frame, const char *text, size_t length) {
    memcpy(frame->bytes + frame->length, text, length);
    frame->length += length;
}

void frame_put(struct frame *frame, const char *key, const char *value) {
    size_t key_length = strlen(key), value_length = strlen(value);
    if (value_length > FRAME_MAX || frame_reserve(frame, key_length + value_length + 2) != 0) {
        frame->broken = 1;
        return;
    }
    append(frame, key, key_length);
    append(frame, "=", 1);
    append(frame, value, value_length + 1);
}

void frame_put_number(struct frame *frame, const char *key, long long value) {
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", value);
    frame_put(frame, key, digits);
}

void frame_put_option(struct frame *frame, const char *name, const char *value, size_t value_length) {
    size_t name_length = strlen(name);
    if (value_length > FRAME_MAX || frame_reserve(frame, name_length + value_length + 9) != 0) {
        frame->broken = 1;
        return;
    }
    append(frame, "option=", 7);
    append(frame, name, name_length);
    append(frame, "=", 1);
    append(frame, value, value_length);
    append(frame, "", 1);
}

void frame_copy(struct frame *to, const struct frame *from) {
    if (from->broken)
        to->broken = 1;
    if (from->length <= FRAME_HEAD || frame_reserve(to, from->length - FRAME_HEAD) != 0)
        return;
    append(to, from->bytes + FRAME_HEAD, from->length - FRAME_HEAD);
}

int frame_seal(struct frame *frame) {
    if (frame->broken || frame->length <= FRAME_HEAD)
        return -1;
    uint32_t payload = (uint32_t)(frame->length - FRAME_HEAD);
    for (unsigned i = 0; i < FRAME_HEAD; i++)
        frame->bytes[i] = (char)(payload >> (24 - 8 * i));
    return 0;
}

void frame_free(struct frame *frame) {
    free(frame->bytes);
    memset(frame, 0, sizeof *frame);
}

size_t payload_length(const unsigned char head[FRAME_HEAD]) {
    return (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
}

int payload_well_formed(const char *payload, size_t length) {
    if (length == 0 || length > FRAME_MAX || payload[length - 1] != '\0')
        return 0;
    int count = 0;
    for (size_t at = 0; at < length; at += strlen(payload + at) + 1) {
        const char *equals = strchr(payload + at, '=');
        if (equals == NULL || equals == payload + at || ++count > ANSWER_KEYS_MAX)
            return 0;
        /* Every key of an answer is single: a second one would let two readers see two answers. */
        size_t key_length = (size_t)(equals - (payload + at)) + 1;
        for (size_t before = 0; before < at; before += strlen(payload + before) + 1)
            if (strncmp(payload + before, payload + at, key_length) == 0)
                return 0;
    }
    return 1;
}

const char *payload_get(const char *payload, size_t length, const char *key) {
    size_t key_length = strlen(key);
    for (size_t at = 0; at < length; at += strlen(payload + at) + 1)
        if (strncmp(payload + at, key, key_length) == 0 && payload[at + key_length] == '=')
            return payload + at + key_length + 1;
    return NULL;
}

int payload_has(const char *payload, size_t length, const char *prefix) {
    for (size_t at = 0; at < length; at += strlen(payload + at) + 1)
        if (strncmp(payload + at, prefix, strlen(prefix)) == 0)
            return 1;
    return 0;
}

static int append_part(char *out, size_t size, size_t *used, const char *part, size_t length) {
    if (*used + length + 2 > size)
        return -1;
    out[(*used)++] = '/';
    memcpy(out + *used, part, length);
    *used += length;
    return 0;
}

static int append_parts(char *out, size_t size, size_t *used, const char *path) {
    while (*path != '\0') {
        size_t length = strcspn(path, "/");
        int nothing = length == 0 || (length == 1 && path[0] == '.');
        if (!nothing && append_part(out, size, used, path, length) != 0)
            return -1;
        path += length + (path[length] == '/');
    }
    return 0;
}

int path_absolute(const char *base, const char *path, char *out, size_t size) {
    size_t used = 0;
    if (size < 2 || path == NULL || path[0] == '\0')
        return -1;
    if (path[0] != '/') {
        if (base == NULL || base[0] != '/' || append_parts(out, size, &used, base) != 0)
            return -1;
    }
    if (append_parts(out, size, &used, path) != 0)
        return -1;
    if (used == 0)
        out[used++] = '/';
    out[used] = '\0';
    return 0;
}
