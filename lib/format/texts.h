// The texts that a run of messages has for one column, converted all at once: the column's kind is
// looked at once a run, and no value waits for the one before it.
#pragma once
#include "format/convert.h"

enum { TEXTS_MAX = 32 }; // a bit of a mask for each

struct texts {
	uint32_t n;
	uint32_t lens[TEXTS_MAX];
	const char *at[TEXTS_MAX];
};

// Convert texts to target's values at slots[slot : slot + n] of out. Returns a bit for each that
// convert_text() must be asked about, because it is no value or an unusual one: its slot is
// undefined. style is as there.
uint32_t texts_convert(const struct texts *texts, const struct target *target,
	enum datetime_style style, struct block_store *out, uint16_t slot);
