// Writing into a buffer that may be too small: what does not fit is left out and remembered, so
// that a row is written without looking at each step.
#pragma once
#include <string.h>
#include "row/block.h"
#include "row/datetime.h"

struct text {
	char *start, *at, *end;
	bool is_full;
};

static inline struct text text_of(char *buffer, uint32_t size)
{
	return (struct text){.start = buffer, .at = buffer, .end = buffer + size};
}

// Bytes written, 0 when not all of them fit.
static inline uint32_t text_len(const struct text *text)
{
	return text->is_full ? 0 : (uint32_t)(text->at - text->start);
}

// Room for len bytes, or NULL.
static inline char *text_room(struct text *text, uint64_t len)
{
	char *at = text->at;

	if (text->is_full || len > (uint64_t)(text->end - at)) {
		text->is_full = true;
		return NULL;
	}
	text->at += len;
	return at;
}

static inline void text_put(struct text *text, const char *data, uint32_t len)
{
	char *at = text_room(text, len);

	if (at != NULL && len > 0)
		memcpy(at, data, len);
}

static inline void text_char(struct text *text, char c)
{
	if (text->is_full || text->at == text->end)
		text->is_full = true;
	else
		*text->at++ = c;
}

static inline void text_literal(struct text *text, const char *literal)
{
	text_put(text, literal, (uint32_t)strlen(literal));
}

void text_base64(struct text *text, const struct str *bytes);

// A value that is no string and no bytes, as all text formats write it; style is that of
// timestamps.
void text_value(struct text *text, const void *values, uint16_t slot, struct type type,
	enum datetime_style style);
