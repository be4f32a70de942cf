// The floor of scripts/compare: what a plain loop in C needs for the same windows. One thread, the
// file mapped into memory, no SQL, no types but these, no schema, no watermark but "five seconds
// behind", no checkpoint, no network: whatever does more than this is measured against it.
//
//	floor FILE.csv tumble|hop MIN_COUNT
//
// Lines are those of feedgen --format csv. Prints user,window_end,count,sum,min,max of each window
// of 1 minute, or of 5 minutes every 30 seconds, in which a user has MIN_COUNT payments or more.
//
// A user gets a number by one open-addressing table, probed for 64 lines at a time and prefetched.
// Partial results lie by number and then by slice, in a ring of slices as long as a window and its
// disorder: one line of the cache for an update, one run through memory for a window.
#include <emmintrin.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	USERS_MAX = 1 << 21,
	SLOTS = USERS_MAX * 2,
	BATCH = 64,
	SLICES_MAX = 16,
	USER_COLUMN = 3,
	AMOUNT_COLUMN = 10,
	DISORDER_MS = 5000,
	DAY_MS = 86400000,
};

struct user { // its name, padded with zeros
	uint64_t words[2];
};

struct partial {
	int64_t sum; // hundredths
	uint32_t n, min, max;
};

struct line {
	struct user user;
	uint64_t hash;
	int64_t ms; // since 1970
	uint32_t amount; // hundredths
	uint32_t id;
};

struct windows {
	int64_t slice_ms;
	uint32_t n_slices; // of a window
	uint32_t min_count;
	int64_t first, last; // slices that may have rows, as ms / slice_ms
	uint32_t *slots; // user number + 1, 0 = free
	struct user *users;
	uint32_t n_users;
	struct partial *partials; // [user][slice % SLICES_MAX]
};

static void *must_map(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED) {
		perror("floor: mmap");
		exit(1);
	}
	madvise(memory, size, MADV_HUGEPAGE);
	return memory;
}

// ---- Reading

static int two_digits(const char *text)
{
	return (text[0] - '0') * 10 + text[1] - '0';
}

// "2026-01-01 00:00:50.238"; the day is that of the line before, mostly.
static int64_t read_time(const char *text)
{
	static char day_text[10];
	static int64_t day_ms;

	if (memcmp(text, day_text, sizeof(day_text)) != 0) {
		struct tm tm = {
			.tm_year = two_digits(text) * 100 + two_digits(text + 2) - 1900,
			.tm_mon = two_digits(text + 5) - 1,
			.tm_mday = two_digits(text + 8),
		};

		day_ms = timegm(&tm) * 1000;
		memcpy(day_text, text, sizeof(day_text));
	}
	text += sizeof(day_text) + 1;
	return day_ms + two_digits(text) * 3600000 + two_digits(text + 3) * 60000 +
	       two_digits(text + 6) * 1000 + (text[9] - '0') * 100 + two_digits(text + 10);
}

// A bit for each of the next 64 characters that is c.
static uint64_t find_in_64(const char *at, char c)
{
	uint64_t mask = 0;

	for (int i = 0; i < 4; i++) {
		__m128i text = _mm_loadu_si128((const __m128i *)at + i);
		__m128i hits = _mm_cmpeq_epi8(text, _mm_set1_epi8(c));

		mask |= (uint64_t)_mm_movemask_epi8(hits) << 16 * i;
	}
	return mask;
}

// Behind the n-th c from here.
static const char *skip(const char *at, char c, int n)
{
	uint64_t mask = find_in_64(at, c);

	for (int n_found; (n_found = __builtin_popcountll(mask)) < n; mask = find_in_64(at, c)) {
		n -= n_found;
		at += 64;
	}
	for (; n > 1; n--)
		mask &= mask - 1;
	return at + __builtin_ctzll(mask) + 1;
}

// "1234.5", "12", "0.07"
static uint32_t read_hundredths(const char **at)
{
	const char *text = *at;
	uint32_t value = 0;
	int n_decimals = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		value = value * 10 + (uint32_t)(*text - '0');
	if (*text == '.')
		for (text++; *text >= '0' && *text <= '9'; text++, n_decimals++)
			value = value * 10 + (uint32_t)(*text - '0');
	for (; n_decimals < 2; n_decimals++)
		value *= 10;
	*at = text;
	return value;
}

static struct user read_user(const char **at)
{
	const char *begin = *at;
	struct user user = {0};
	size_t len = 0;

	while (begin[len] != ',')
		len++;
	memcpy(&user, begin, len < sizeof(user) ? len : sizeof(user));
	*at = begin + len;
	return user;
}

static uint64_t hash_of(const struct user *user)
{
	uint64_t h = (user->words[0] ^ 0x9e3779b97f4a7c15) * 0xff51afd7ed558ccd;

	h = (h ^ (h >> 32) ^ user->words[1]) * 0xc4ceb9fe1a85ec53;
	return h ^ (h >> 29);
}

static const char *read_line(const char *at, struct line *line)
{
	at = skip(at, ',', 1);
	line->ms = read_time(at);
	at = skip(at, ',', USER_COLUMN - 1);
	line->user = read_user(&at);
	line->hash = hash_of(&line->user);
	at = skip(at, ',', AMOUNT_COLUMN - USER_COLUMN);
	line->amount = read_hundredths(&at);
	return skip(at, '\n', 1);
}

// ---- Windows

static uint32_t find_or_add(struct windows *w, const struct line *line)
{
	for (uint64_t slot = line->hash % SLOTS;; slot = (slot + 1) % SLOTS) {
		uint32_t id = w->slots[slot];

		if (id == 0) {
			if (w->n_users == USERS_MAX) {
				fprintf(stderr, "floor: more than %d users\n", USERS_MAX);
				exit(1);
			}
			w->users[w->n_users] = line->user;
			w->slots[slot] = ++w->n_users;
			return w->n_users - 1;
		}
		if (memcmp(&w->users[id - 1], &line->user, sizeof(line->user)) == 0)
			return id - 1;
	}
}

static void print_row(
	const struct windows *w, uint32_t id, int64_t end_ms, const struct partial *sum)
{
	time_t seconds = end_ms / 1000;
	struct tm tm;
	char end[32];

	strftime(end, sizeof(end), "%F %T", gmtime_r(&seconds, &tm));
	printf("%.16s,%s,%u,%ld.%02ld,%u.%02u,%u.%02u\n", (const char *)&w->users[id], end, sum->n,
		sum->sum / 100, sum->sum % 100, sum->min / 100, sum->min % 100, sum->max / 100,
		sum->max % 100);
}

// The window that begins with the first slice is over, and with it this slice.
static void close_first(struct windows *w)
{
	int64_t begin = w->first++, end = begin + w->n_slices;

	for (uint32_t id = 0; id < w->n_users; id++) {
		struct partial *slices = &w->partials[(size_t)id * SLICES_MAX];
		struct partial sum = {.min = UINT32_MAX};

		for (int64_t slice = begin; slice < end; slice++)
			sum.n += slices[slice % SLICES_MAX].n;
		for (int64_t slice = begin; slice < end && sum.n >= w->min_count; slice++) {
			const struct partial *one = &slices[slice % SLICES_MAX];

			sum.sum += one->sum;
			if (one->n > 0 && one->min < sum.min)
				sum.min = one->min;
			if (one->max > sum.max)
				sum.max = one->max;
		}
		if (sum.n >= w->min_count)
			print_row(w, id, end * w->slice_ms, &sum);
		slices[begin % SLICES_MAX] = (struct partial){0};
	}
}

static void add_row(struct windows *w, const struct line *line)
{
	int64_t slice = line->ms / w->slice_ms;
	struct partial *partial = &w->partials[(size_t)line->id * SLICES_MAX + slice % SLICES_MAX];

	if (partial->n++ == 0 || line->amount < partial->min)
		partial->min = line->amount;
	if (line->amount > partial->max)
		partial->max = line->amount;
	partial->sum += line->amount;
	if (slice > w->last)
		w->last = slice;
}

// Lines at a time, so that the memory they need comes while the others are looked at.
static void add_lines(struct windows *w, struct line *lines, uint32_t n)
{
	if (w->first == 0) // the earliest window that this row is in
		w->first = (lines[0].ms - DISORDER_MS) / w->slice_ms - w->n_slices + 1;
	for (uint32_t i = 0; i < n; i++) {
		lines[i].id = find_or_add(w, &lines[i]);
		__builtin_prefetch(&w->partials[(size_t)lines[i].id * SLICES_MAX +
						lines[i].ms / w->slice_ms % SLICES_MAX]);
	}
	for (uint32_t i = 0; i < n; i++) {
		while ((w->first + w->n_slices) * w->slice_ms <= lines[i].ms - DISORDER_MS)
			close_first(w);
		add_row(w, &lines[i]);
	}
}

static void run(struct windows *w, const char *at, const char *end)
{
	struct line lines[BATCH];

	while (at < end) {
		uint32_t n = 0;

		for (; n < BATCH && at < end; n++) {
			at = read_line(at, &lines[n]);
			__builtin_prefetch(&w->slots[lines[n].hash % SLOTS]);
		}
		add_lines(w, lines, n);
	}
	while (w->first <= w->last)
		close_first(w);
}

int main(int argc, char **argv)
{
	struct windows w = {.slice_ms = 60000, .n_slices = 1};
	struct stat stat;
	const char *text;
	int file;

	if (argc != 4 || (file = open(argv[1], O_RDONLY)) < 0 || fstat(file, &stat) < 0) {
		fprintf(stderr, "usage: floor FILE.csv tumble|hop MIN_COUNT\n");
		return 2;
	}
	if (strcmp(argv[2], "hop") == 0)
		w = (struct windows){.slice_ms = 30000, .n_slices = 10};
	w.min_count = (uint32_t)atoi(argv[3]);
	// With memory behind it, since lines are read 64 characters at a time.
	text = must_map((size_t)stat.st_size + 64);
	if (mmap((void *)text, (size_t)stat.st_size, PROT_READ,
		    MAP_PRIVATE | MAP_FIXED | MAP_POPULATE, file, 0) == MAP_FAILED)
		return 1;
	w.slots = must_map(SLOTS * sizeof(*w.slots));
	w.users = must_map(USERS_MAX * sizeof(*w.users));
	w.partials = must_map((size_t)USERS_MAX * SLICES_MAX * sizeof(*w.partials));
	run(&w, text, text + stat.st_size);
	return 0;
}
