// Zones from TZif files (RFC 9636) and from names:
//
//   "TZif" version, 15 unused, 6 counts (isut, isstd, leap, time, type, char), each 4 bytes,
//   big-endian a block of 4-byte times, skipped; then the same header again and a block of 8-byte
//   times:
//     times[timecnt] of 8, their types[timecnt] of 1, typecnt × (offset 4, is DST 1, name 1), the
//     rest
//   "\n" the rule for later times "\n"
//
// Leap seconds are not counted: zones of the directory right/ are not read.
#include <string.h>
#include "row/datetime.h"
#include "time/zone_parts.h"

enum { HEADER_LEN = 44, TIMES_MAX = 2000, TYPES_MAX = 256, OFFSET_MAX_S = 26 * 3600 };
enum { RULE_YEARS = 402, YEAR_MIN = 1970, YEAR_MAX = 10000 };
enum { MS_PER_SECOND = 1000, NAME_MAX_LEN = 64 };
#define TIME_MIN_S (-(INT64_C(1) << 50)) // "for ever" of some files

struct bytes {
	const uint8_t *at;
	size_t len;
};

struct counts {
	uint32_t isut, isstd, leap, time, type, abbreviation;
};

// A zone as it grows.
struct making {
	struct arena *arena;
	uint32_t n;
	int64_t *at, *local;
	int32_t *offsets;
};

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t get64(const uint8_t *at)
{
	return (int64_t)((uint64_t)get32(at) << 32 | get32(at + 4));
}

static bool take_header(struct bytes *bytes, struct counts *counts)
{
	const uint8_t *at = bytes->at + 20;

	if (bytes->len < HEADER_LEN || memcmp(bytes->at, "TZif", 4) != 0 || bytes->at[4] < '2')
		return false;
	*counts = (struct counts){get32(at), get32(at + 4), get32(at + 8), get32(at + 12),
		get32(at + 16), get32(at + 20)};
	bytes->at += HEADER_LEN;
	bytes->len -= HEADER_LEN;
	return counts->time <= TIMES_MAX && counts->type > 0 && counts->type <= TYPES_MAX;
}

// Bytes of the block behind a header, with times of this width.
static uint64_t block_len(const struct counts *counts, uint64_t width)
{
	return counts->time * (width + 1) + counts->type * UINT64_C(6) + counts->abbreviation +
	       counts->leap * (width + 4) + counts->isstd + counts->isut;
}

static struct making making_new(struct arena *arena)
{
	uint32_t n = TIMES_MAX + 2 * RULE_YEARS;

	return (struct making){
		.arena = arena,
		.at = arena_alloc(arena, n * sizeof(int64_t)),
		.local = arena_alloc(arena, n * sizeof(int64_t)),
		.offsets = arena_alloc(arena, (n + 1) * sizeof(int32_t)),
	};
}

static void add(struct making *making, int64_t at_s, int32_t offset_s)
{
	int32_t before = making->offsets[making->n], after = offset_s * MS_PER_SECOND;

	if (after == before)
		return;
	making->at[making->n] = at_s * MS_PER_SECOND;
	making->local[making->n] = at_s * MS_PER_SECOND + (before > after ? before : after);
	making->offsets[++making->n] = after;
}

// The block of 8-byte times. False when malformed.
static bool read_block(struct making *making, const uint8_t *block, const struct counts *counts)
{
	const uint8_t *types = block + counts->time * 8, *offsets = types + counts->time;
	int64_t last = INT64_MIN;

	for (uint32_t i = 0; i < counts->type; i++) {
		int32_t offset = (int32_t)get32(offsets + i * 6);

		if (offset < -OFFSET_MAX_S || offset > OFFSET_MAX_S)
			return false;
	}
	making->offsets[0] = (int32_t)get32(offsets) * MS_PER_SECOND; // type 0 is the first
	for (uint32_t i = 0; i < counts->time; i++) {
		int64_t at = get64(block + i * 8);
		int32_t offset_s;

		if (types[i] >= counts->type || at <= last || at > -TIME_MIN_S)
			return false;
		last = at;
		offset_s = (int32_t)get32(offsets + types[i] * 6);
		if (at < TIME_MIN_S)
			making->offsets[0] = offset_s * MS_PER_SECOND;
		else
			add(making, at, offset_s);
	}
	return true;
}

static int32_t year_of(int64_t ms)
{
	int32_t year, month, day;
	int64_t days = ms / ZONE_MS_PER_DAY;

	if (days < 0)
		return YEAR_MIN;
	if (days > INT32_MAX)
		return INT32_MAX;
	datetime_civil((int32_t)days, &year, &month, &day);
	return year < YEAR_MIN ? YEAR_MIN : year;
}

// Transitions of a year by the rule, those behind the table.
static void add_year(
	struct making *making, const struct zone_rule *rule, int32_t year, int64_t table_end_ms)
{
	int64_t start = zone_day_in(&rule->start, year) - rule->offset_s;
	int64_t end = zone_day_in(&rule->end, year) - rule->dst_offset_s;

	for (int i = 0; i < 2; i++) {
		bool is_start = (start < end) == (i == 0);
		int64_t at = is_start ? start : end;

		if (at * MS_PER_SECOND > table_end_ms)
			add(making, at, is_start ? rule->dst_offset_s : rule->offset_s);
	}
}

// Continue the table. Returns from when on it repeats itself; false when that is out of bounds.
static bool add_rule(struct making *making, const struct zone_rule *rule, int64_t *cycle_ms)
{
	int64_t end_ms = making->n > 0 ? making->at[making->n - 1] : INT64_MIN;
	int32_t year = year_of(end_ms);

	*cycle_ms = INT64_MAX;
	if (!rule->has_dst) {
		int64_t at = end_ms < 0 ? 0 : end_ms / MS_PER_SECOND + 1;

		add(making, at, rule->offset_s); // the same but in a malformed file
		return true;
	}
	if (year > YEAR_MAX)
		return false;
	for (int32_t i = 0; i < RULE_YEARS; i++)
		add_year(making, rule, year + i, end_ms);
	*cycle_ms = datetime_days(year + 1, 1, 1) * ZONE_MS_PER_DAY;
	return true;
}

// "\n" rule "\n"; an empty rule says nothing about later times: as they were.
static bool read_footer(struct making *making, struct bytes bytes, int64_t *cycle_ms)
{
	const uint8_t *end;
	struct zone_rule rule;

	*cycle_ms = INT64_MAX;
	if (bytes.len < 2 || bytes.at[0] != '\n')
		return false;
	end = memchr(bytes.at + 1, '\n', bytes.len - 1);
	if (end == NULL)
		return false;
	if (end == bytes.at + 1)
		return true;
	if (!zone_rule_parse(&rule, (const char *)bytes.at + 1, (size_t)(end - bytes.at) - 1))
		return false;
	return add_rule(making, &rule, cycle_ms);
}

static const struct zone *finish(const struct making *making, const char *name, int64_t cycle_ms)
{
	struct zone *zone = arena_alloc(making->arena, sizeof(*zone));

	*zone = (struct zone){
		.name = arena_strdup(making->arena, name),
		.n = making->n,
		.at = making->at,
		.local = making->local,
		.offsets = making->offsets,
		.cycle_ms = cycle_ms,
	};
	return zone;
}

const struct zone *zone_parse(struct arena *arena, const char *name, const void *file, size_t len)
{
	struct bytes bytes = {file, len};
	struct counts counts;
	struct making making;
	int64_t cycle_ms;
	uint64_t skip;

	if (!take_header(&bytes, &counts))
		return NULL;
	skip = block_len(&counts, 4);
	if (skip > bytes.len)
		return NULL;
	bytes = (struct bytes){bytes.at + skip, bytes.len - skip};
	if (!take_header(&bytes, &counts))
		return NULL;
	skip = block_len(&counts, 8);
	if (skip > bytes.len || counts.leap > 0)
		return NULL;
	making = making_new(arena);
	if (!read_block(&making, bytes.at, &counts))
		return NULL;
	bytes = (struct bytes){bytes.at + skip, bytes.len - skip};
	if (!read_footer(&making, bytes, &cycle_ms))
		return NULL;
	return finish(&making, name, cycle_ms);
}

// ---- By name

// One digit or two; false when there is none.
static bool take_two(const char **text, int32_t max, int32_t *number)
{
	const char *at = *text;

	*number = 0;
	while (*at >= '0' && *at <= '9' && at - *text < 2)
		*number = *number * 10 + (*at++ - '0');
	if (at == *text || *number > max)
		return false;
	*text = at;
	return true;
}

// h, hh, hh:mm or hhmm, as java.time.ZoneOffset reads it.
static bool read_offset(const char *text, int32_t *minutes)
{
	const char *start = text;
	int32_t hours, rest = 0;

	if (!take_two(&text, 18, &hours))
		return false;
	if (*text != '\0') {
		const char *digits = text + (*text == ':');

		if (text - start != 2 || strlen(digits) != 2 || !take_two(&digits, 59, &rest))
			return false;
	}
	*minutes = hours * 60 + rest;
	return *minutes <= 18 * 60;
}

const struct zone *zone_fixed(struct arena *arena, const char *name)
{
	struct making making;
	int32_t minutes;

	if (strcmp(name, "UTC") == 0)
		return &zone_utc;
	if (strncmp(name, "GMT", 3) != 0)
		return NULL;
	if (name[3] == '\0')
		minutes = 0;
	else if ((name[3] != '+' && name[3] != '-') || !read_offset(name + 4, &minutes))
		return NULL;
	making = (struct making){.arena = arena};
	making.offsets = arena_alloc(arena, sizeof(*making.offsets));
	making.offsets[0] = (name[3] == '-' ? -minutes : minutes) * 60 * MS_PER_SECOND;
	return finish(&making, name, INT64_MAX);
}

// Names of the tz database, which are paths: "America/Argentina/Ushuaia".
static bool is_name(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len > NAME_MAX_LEN || name[0] == '/' || strstr(name, "..") != NULL)
		return false;
	return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") ==
	       len;
}

const struct zone *zone_find(struct arena *arena, const char *name, const struct zone_files *files)
{
	const struct zone *zone = zone_fixed(arena, name);
	const void *bytes;
	size_t len;

	if (zone != NULL || files == NULL || !is_name(name))
		return zone;
	bytes = files->read(arena, name, &len);
	return bytes != NULL ? zone_parse(arena, name, bytes, len) : NULL;
}
