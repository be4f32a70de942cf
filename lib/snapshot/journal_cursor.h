// Reads a series of a journal back: every datagram from a position on, in order, until what is
// there is not what must be there. Then it goes on with the next segment, if there is one, and says
// what is missing. It never returns bytes that were not written as they are.
#pragma once
#include "base/mem.h"
#include "snapshot/journal_disk.h"
#include "snapshot/journal_format.h"

enum { JOURNAL_NOTE_MAX = 240 };

// Where a series goes on: its datagrams before next are done, and of that one offset bytes.
struct journal_place {
	uint64_t run, next;
	uint32_t queue, offset;
};

struct journal_series {
	struct journal_place place;
	uint32_t n_segments;
	uint64_t *firsts; // [:n_segments], ascending
};

struct journal_listing {
	uint32_t n_series;
	struct journal_series *series; // [:n_series] by run, then queue; places at zero
	uint64_t last_run; // 0 = there are none
};

// What a disk has. 0, or -errno with *err filled.
int journal_list(struct journal_listing *listing, struct mem *mem, struct journal_disk *disk,
	struct err *err);
void journal_listing_free(struct journal_listing *listing, struct mem *mem);

struct journal_cursor {
	struct mem *mem;
	struct journal_disk *disk;
	const struct journal_series *series;
	uint64_t next; // sequence number that the reader expects
	// the segment that is open, when file ≥ 0
	int file;
	uint32_t n_opened; // [:n_opened] of series->firsts are done, or open
	struct journal_segment segment;
	uint64_t sequence; // of the next record in it
	uint64_t offset; // in the file, of what comes behind bytes
	uint8_t *bytes; // bytes[at:len] were read and are to come
	size_t at, len;
	// what was found
	uint64_t n_missing; // datagrams of the series that cannot be read
	uint64_t n_lost; // that were in no journal, as the journal itself says
	uint32_t n_broken; // segments that end too early
	char note[JOURNAL_NOTE_MAX]; // about the first of them
};

// Returns 0 or -ENOMEM. series stays the caller's.
int journal_cursor_init(struct journal_cursor *cursor, struct mem *mem, struct journal_disk *disk,
	const struct journal_series *series);
void journal_cursor_close(struct journal_cursor *cursor);
// The next datagram, which stays until the next call; NULL at the end.
const struct journal_record *journal_cursor_next(struct journal_cursor *cursor);
