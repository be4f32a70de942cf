// The journal's files: what datagrams look like on disk, and whether what is found there is what
// was written. Pure functions over bytes.
//
// A series holds the datagrams of one rx queue of one process (its run), in the order of their
// sequence numbers, in segments: files of one size, preallocated. Numbers are little endian.
//
//	segment  ┌────────────┬──────────┬──────────┬─────┬─────┬──────────┬─────┬─────────────┐
//	         │ header     │ record   │ record   │ … . │ pad │ record   │ pad │ 0 0 0 0 … . │
//	         └────────────┴──────────┴──────────┴─────┴─────┴──────────┴─────┴─────────────┘
//	          one page     each at a multiple of 8     ▲ page             ▲ page: never written
//
// Writes are whole pages and never touch a page again, so that a torn write harms nothing that was
// safe. A record's checksum covers its header and payload and is seeded with the segment's own, so
// that a record out of another file, or from another place in the sequence, is none. The first
// record that is not what must stand there ends the readable part of a segment.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

enum {
	JOURNAL_VERSION = 1,
	JOURNAL_PAGE = 4096, // what direct writes are multiples of
	JOURNAL_ALIGN = 8, // of records
	JOURNAL_PAYLOAD_MAX = UINT16_MAX,
	JOURNAL_NAME_MAX = 64,
};

enum journal_kind {
	JOURNAL_NOTHING, // zeros: never written
	JOURNAL_DATAGRAM,
	JOURNAL_PAD, // up to the next page
	JOURNAL_LOST, // payload: u64, so many datagrams before this one are in no journal
};

struct journal_record {
	uint32_t checksum; // of what follows and the payload: the lower half of checksum.h's
	uint16_t kind; // enum journal_kind
	uint16_t len; // bytes behind this header, without what pads to JOURNAL_ALIGN
	uint64_t sequence; // of a datagram; else of the next one
	int64_t arrival_ns; // wall clock
};

// What a segment is: its file's name and its header say the same.
struct journal_segment {
	uint64_t run; // of the process; a later one has a higher number
	uint32_t queue;
	uint64_t first; // sequence number of its first datagram
	uint64_t size; // of the file
	uint64_t salt; // the seed of its records' checksums: its header's own
};

// Bytes that a record with len bytes of payload takes.
static inline size_t journal_record_size(size_t len)
{
	size_t size = sizeof(struct journal_record) + len;

	return (size + JOURNAL_ALIGN - 1) & ~(size_t)(JOURNAL_ALIGN - 1);
}

// A record with a len-byte payload at bytes, without its checksum; returns its size. The bytes that
// pad it stay as they are.
size_t journal_put(uint8_t *bytes, enum journal_kind kind, uint64_t sequence, int64_t arrival_ns,
	const void *payload, uint16_t len);
// Pad bytes[:used], whole records, to a page; returns how many they are then. There must be room
// for a page and a record's header.
size_t journal_pad(uint8_t *bytes, size_t used, uint64_t sequence);
// Checksums of all records in bytes[:len].
void journal_seal(const struct journal_segment *segment, uint8_t *bytes, size_t len);

// page[:JOURNAL_PAGE] becomes the header; segment's salt is set.
void journal_segment_put(struct journal_segment *segment, uint8_t *page);
// The opposite. 0; -ENODATA: nothing was written; -EINVAL with *err filled: no header, or of
// another version.
int journal_segment_get(struct journal_segment *segment, const uint8_t *page, struct err *err);
void journal_segment_name(const struct journal_segment *segment, char name[JOURNAL_NAME_MAX]);
// Fills run, queue and first. False: the file is none of ours.
bool journal_segment_parse(struct journal_segment *segment, const char *name);

enum journal_found {
	JOURNAL_FOUND,
	JOURNAL_SHORT, // bytes end before it does
	JOURNAL_UNWRITTEN, // nothing was written here
	JOURNAL_BROKEN, // something was, but not what belongs here: torn, or rotten
};

// The record at bytes[:len] of a segment, which must be of this sequence number; pads are passed
// over. *consumed becomes the bytes up to it (JOURNAL_FOUND: *record is there).
enum journal_found journal_next(const struct journal_segment *segment, uint64_t sequence,
	const uint8_t *bytes, size_t len, size_t *consumed, const struct journal_record **record);
