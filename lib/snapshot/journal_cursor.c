#include "snapshot/journal_cursor.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// More than a record and the pads in front of it.
enum { BYTES = 1 << 20 };

int journal_cursor_init(struct journal_cursor *cursor, struct mem *mem, struct journal_disk *disk,
	const struct journal_series *series)
{
	*cursor = (struct journal_cursor){
		.mem = mem,
		.disk = disk,
		.series = series,
		.next = series->place.next,
		.file = -1,
		.bytes = mem_zalloc_aligned(mem, BYTES, JOURNAL_PAGE),
	};
	// Segments that end before the place are not looked at.
	while (cursor->n_opened + 1 < series->n_segments &&
		series->firsts[cursor->n_opened + 1] <= series->place.next)
		cursor->n_opened++;
	return cursor->bytes != NULL ? 0 : -ENOMEM;
}

static void close_segment(struct journal_cursor *cursor)
{
	if (cursor->file >= 0)
		cursor->disk->ops->close(cursor->disk, cursor->file);
	cursor->file = -1;
}

void journal_cursor_close(struct journal_cursor *cursor)
{
	close_segment(cursor);
	mem_free(cursor->mem, cursor->bytes);
}

// The segment ends before its time.
static void broken(struct journal_cursor *cursor, const char *why)
{
	struct journal_segment segment = {
		.run = cursor->series->place.run,
		.queue = cursor->series->place.queue,
		.first = cursor->series->firsts[cursor->n_opened - 1],
	};
	uint64_t at = cursor->offset - (cursor->len - cursor->at);
	char name[JOURNAL_NAME_MAX];

	close_segment(cursor);
	if (cursor->n_broken++ > 0)
		return;
	journal_segment_name(&segment, name);
	snprintf(cursor->note, sizeof(cursor->note),
		"%s is read up to byte %" PRIu64 " (datagram %" PRIu64 "): %s", name, at,
		cursor->next, why);
}

// Read on behind what is left. Returns how many bytes came, or -errno.
static int64_t fill(struct journal_cursor *cursor)
{
	int64_t n;

	memmove(cursor->bytes, cursor->bytes + cursor->at, cursor->len - cursor->at);
	cursor->len -= cursor->at;
	cursor->at = 0;
	n = cursor->disk->ops->read(cursor->disk, cursor->file, cursor->bytes + cursor->len,
		BYTES - cursor->len, cursor->offset);
	if (n > 0) {
		cursor->len += (size_t)n;
		cursor->offset += (uint64_t)n;
	}
	return n;
}

static bool is_named(const struct journal_cursor *cursor, uint64_t first)
{
	return cursor->segment.run == cursor->series->place.run &&
	       cursor->segment.queue == cursor->series->place.queue &&
	       cursor->segment.first == first;
}

// Take the header of the segment that was just opened. False: there is nothing to read in it.
static bool take_header(struct journal_cursor *cursor, uint64_t first)
{
	struct err err = {0};
	int64_t n = fill(cursor);
	int result;

	if (n < 0) {
		broken(cursor, strerror((int)-n));
		return false;
	}
	if (cursor->len < JOURNAL_PAGE) { // made, but not yet given its size
		close_segment(cursor);
		return false;
	}
	result = journal_segment_get(&cursor->segment, cursor->bytes, &err);
	if (result == -ENODATA) {
		close_segment(cursor);
		return false;
	}
	if (result < 0 || !is_named(cursor, first)) {
		broken(cursor, result < 0 ? err.text : "its header is another's");
		return false;
	}
	cursor->at = JOURNAL_PAGE;
	cursor->sequence = first;
	return true;
}

// Open the next segment that can be. False: that was the last.
static bool open_segment(struct journal_cursor *cursor)
{
	struct journal_segment segment = {
		.run = cursor->series->place.run,
		.queue = cursor->series->place.queue,
	};
	char name[JOURNAL_NAME_MAX];
	uint64_t size;

	while (cursor->n_opened < cursor->series->n_segments) {
		segment.first = cursor->series->firsts[cursor->n_opened++];
		cursor->at = cursor->len = 0;
		cursor->offset = 0;
		journal_segment_name(&segment, name);
		cursor->file = cursor->disk->ops->open(cursor->disk, name, &size);
		if (cursor->file < 0)
			broken(cursor, strerror(-cursor->file));
		else if (take_header(cursor, segment.first))
			return true;
	}
	return false;
}

// Nothing was written here: then nothing may stand behind it either.
static void end_segment(struct journal_cursor *cursor)
{
	int64_t n;

	do {
		for (; cursor->at < cursor->len; cursor->at++)
			if (cursor->bytes[cursor->at] != 0) {
				broken(cursor,
					"what is before this was lost in a crash, or rotten");
				return;
			}
		n = fill(cursor);
	} while (n > 0);
	if (n < 0)
		broken(cursor, strerror((int)-n));
	close_segment(cursor);
}

static void take_lost(struct journal_cursor *cursor, const struct journal_record *record)
{
	uint64_t n = 0;

	memcpy(&n, record + 1, record->len < sizeof(n) ? record->len : sizeof(n));
	cursor->n_lost += n;
}

// Pass over record. True when it is a datagram that the reader waits for.
static bool take(struct journal_cursor *cursor, const struct journal_record *record)
{
	cursor->at += journal_record_size(record->len);
	if (record->kind != JOURNAL_DATAGRAM) {
		take_lost(cursor, record);
		return false;
	}
	cursor->sequence++;
	if (record->sequence < cursor->next)
		return false;
	cursor->n_missing += record->sequence - cursor->next;
	cursor->next = record->sequence + 1;
	return true;
}

// Bytes are used up: read on, or the file ends in the middle of a record.
static void read_on(struct journal_cursor *cursor)
{
	bool is_end = cursor->at == cursor->len;
	int64_t n = fill(cursor);

	if (n > 0)
		return;
	if (n == 0 && is_end)
		close_segment(cursor);
	else
		broken(cursor, n < 0 ? strerror((int)-n) : "the file ends");
}

const struct journal_record *journal_cursor_next(struct journal_cursor *cursor)
{
	const struct journal_record *record;
	size_t consumed;

	while (cursor->file >= 0 || open_segment(cursor)) {
		enum journal_found found = journal_next(&cursor->segment, cursor->sequence,
			cursor->bytes + cursor->at, cursor->len - cursor->at, &consumed, &record);

		cursor->at += consumed;
		switch (found) {
		case JOURNAL_FOUND:
			if (take(cursor, record))
				return record;
			break;
		case JOURNAL_SHORT:
			read_on(cursor);
			break;
		case JOURNAL_UNWRITTEN:
			end_segment(cursor);
			break;
		case JOURNAL_BROKEN:
			broken(cursor, "torn in a crash, or rotten");
			break;
		}
	}
	return NULL;
}
