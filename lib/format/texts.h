// The texts that a run of messages has for one column, converted all at once: the column's kind is
// looked at once a run, and no value waits for the one before it.
//
// A format notes of each message of a run, in a row of its own, the places where something in it
// starts or ends. Messages of a run are alike, so a column's text lies between the same two of
// them.
#pragma once
#include "format/convert.h"

enum {
	TEXTS_MAX = 32, // a bit of a mask for each
	TEXTS_TOGETHER = 4, // are read together
};

struct texts {
	uint32_t n; // texts up to the next multiple of TEXTS_TOGETHER are read, but change nothing
	bool is_json; // a number must be one that JSON knows: 007, .5 and 5. are none
	uint32_t skip; // bytes between the place and the text
	uint32_t stride; // from a message's place to the next one's
	const char *const *messages;
	// Text i is messages[i][starts[i * stride] + skip : ends[i * stride]].
	const uint16_t *starts, *ends;
};

static inline const char *texts_at(const struct texts *texts, uint32_t i, uint32_t *len)
{
	uint32_t start = texts->starts[i * texts->stride] + texts->skip;

	*len = texts->ends[i * texts->stride] - start;
	return texts->messages[i] + start;
}

// As texts_at(), but what is returned is behind the text.
static inline const char *texts_end(const struct texts *texts, uint32_t i, uint32_t *len)
{
	uint32_t start = texts->starts[i * texts->stride] + texts->skip;
	uint32_t end = texts->ends[i * texts->stride];

	*len = end - start;
	return texts->messages[i] + end;
}

// From here on texts are those that were `n` behind.
static inline void texts_advance(struct texts *texts, uint32_t n)
{
	texts->starts += n * texts->stride;
	texts->ends += n * texts->stride;
	texts->messages += n;
}

// Convert texts to target's values at slots[slot : slot + n] of out. Returns a bit for each that
// convert_text() must be asked about, because it is no value or an unusual one: its slot is
// undefined. style is as there.
uint32_t texts_convert(const struct texts *texts, const struct target *target,
	enum datetime_style style, struct block_store *out, uint16_t slot);

// A bit for each that is no short number.
uint32_t texts_no_numbers(const struct texts *texts);
