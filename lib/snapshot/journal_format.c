#include "snapshot/journal_format.h"
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "snapshot/checksum.h"

static const char magic[8] = "TWJRNL\r\n";

struct header {
	char magic[8];
	uint64_t checksum; // of what follows
	uint32_t version;
	uint32_t queue;
	uint64_t size;
	uint64_t run;
	uint64_t first;
};

static_assert(sizeof(struct header) <= JOURNAL_PAGE, "a page holds the header");
static_assert(sizeof(struct journal_record) == 24, "as version 1 has it");

static uint64_t header_checksum(const struct header *header)
{
	return checksum(&header->version, sizeof(*header) - offsetof(struct header, version), 0);
}

static uint32_t record_checksum(
	const struct journal_segment *segment, const struct journal_record *record)
{
	return (uint32_t)checksum(&record->kind,
		sizeof(*record) - offsetof(struct journal_record, kind) + record->len,
		segment->salt);
}

size_t journal_put(uint8_t *bytes, enum journal_kind kind, uint64_t sequence, int64_t arrival_ns,
	const void *payload, uint16_t len)
{
	struct journal_record *record = (struct journal_record *)bytes;

	record->kind = (uint16_t)kind;
	record->len = len;
	record->sequence = sequence;
	record->arrival_ns = arrival_ns;
	memcpy(record + 1, payload, len);
	return journal_record_size(len);
}

size_t journal_pad(uint8_t *bytes, size_t used, uint64_t sequence)
{
	size_t end = (used + JOURNAL_PAGE - 1) & ~(size_t)(JOURNAL_PAGE - 1);
	struct journal_record *pad = (struct journal_record *)(bytes + used);

	if (end == used)
		return end;
	if (end - used < sizeof(*pad))
		end += JOURNAL_PAGE;
	memset(pad, 0, end - used);
	pad->kind = JOURNAL_PAD;
	pad->len = (uint16_t)(end - used - sizeof(*pad));
	pad->sequence = sequence;
	return end;
}

void journal_seal(const struct journal_segment *segment, uint8_t *bytes, size_t len)
{
	for (size_t at = 0; at < len;) {
		struct journal_record *record = (struct journal_record *)(bytes + at);

		record->checksum = record_checksum(segment, record);
		at += journal_record_size(record->len);
	}
}

void journal_segment_put(struct journal_segment *segment, uint8_t *page)
{
	struct header header = {
		.version = JOURNAL_VERSION,
		.size = segment->size,
		.run = segment->run,
		.first = segment->first,
		.queue = segment->queue,
	};

	memcpy(header.magic, magic, sizeof(magic));
	segment->salt = header.checksum = header_checksum(&header);
	memset(page, 0, JOURNAL_PAGE);
	memcpy(page, &header, sizeof(header));
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

int journal_segment_get(struct journal_segment *segment, const uint8_t *page, struct err *err)
{
	struct header header;

	memcpy(&header, page, sizeof(header));
	if (is_zero(page, sizeof(header)))
		return -ENODATA;
	if (memcmp(header.magic, magic, sizeof(magic)) != 0 ||
		header.checksum != header_checksum(&header))
		return err_set(err, EINVAL, "its header is torn or rotten");
	if (header.version != JOURNAL_VERSION)
		return err_set(err, EINVAL, "it is of version %u; this tidewire reads version %u",
			header.version, JOURNAL_VERSION);
	*segment = (struct journal_segment){
		.run = header.run,
		.queue = header.queue,
		.first = header.first,
		.size = header.size,
		.salt = header.checksum,
	};
	return 0;
}

void journal_segment_name(const struct journal_segment *segment, char name[JOURNAL_NAME_MAX])
{
	snprintf(name, JOURNAL_NAME_MAX, "run%" PRIu64 "-queue%" PRIu32 "-%020" PRIu64 ".journal",
		segment->run, segment->queue, segment->first);
}

bool journal_segment_parse(struct journal_segment *segment, const char *name)
{
	struct journal_segment parsed = {0};
	char again[JOURNAL_NAME_MAX];

	if (sscanf(name, "run%" SCNu64 "-queue%" SCNu32 "-%" SCNu64, &parsed.run, &parsed.queue,
		    &parsed.first) != 3)
		return false;
	journal_segment_name(&parsed, again);
	*segment = parsed;
	return strcmp(name, again) == 0;
}

// What stands at record[:len].
static enum journal_found look(const struct journal_segment *segment, uint64_t sequence,
	const struct journal_record *record, size_t len)
{
	if (len < sizeof(*record))
		return JOURNAL_SHORT;
	if (is_zero((const uint8_t *)record, sizeof(*record)))
		return JOURNAL_UNWRITTEN;
	if (record->kind < JOURNAL_DATAGRAM || record->kind > JOURNAL_LOST ||
		record->sequence != sequence)
		return JOURNAL_BROKEN;
	if (len < journal_record_size(record->len))
		return JOURNAL_SHORT;
	return record->checksum == record_checksum(segment, record) ? JOURNAL_FOUND
								    : JOURNAL_BROKEN;
}

enum journal_found journal_next(const struct journal_segment *segment, uint64_t sequence,
	const uint8_t *bytes, size_t len, size_t *consumed, const struct journal_record **record)
{
	enum journal_found found;

	for (*consumed = 0;; *consumed += journal_record_size((*record)->len)) {
		*record = (const struct journal_record *)(bytes + *consumed);
		found = look(segment, sequence, *record, len - *consumed);
		if (found != JOURNAL_FOUND || (*record)->kind != JOURNAL_PAD)
			return found;
	}
}
