#include "input.h"
#include <stdio.h>
#include <stdlib.h>
#include "base/hash.h"
#include "row/datetime.h"

enum { START_MS = 86400000, STEP_MS_MAX = 400, DISORDER_MS_MAX = 12000 };

uint64_t random_next(struct random *random)
{
	random->state += 0x9e3779b97f4a7c15u;
	return hash_mix(random->state);
}

uint64_t random_below(struct random *random, uint64_t n)
{
	return random_next(random) % n;
}

static void write_line(FILE *file, struct random *random, int64_t now_ms, uint64_t n_keys)
{
	struct type type = type_timestamp(TYPE_TIMESTAMP, 3);
	int64_t ts = now_ms - (int64_t)random_below(random, DISORDER_MS_MAX);
	char text[DATETIME_TEXT_MAX];
	uint32_t len = datetime_format_timestamp(ts, type, DATETIME_SQL, text);

	// One key in twenty is longer than a string view holds.
	fprintf(file, "k%s%lu,", random_below(random, 20) == 0 ? "-a-rather-long-key-" : "",
		random_below(random, n_keys));
	if (random_below(random, 10) != 0)
		fprintf(file, "%ld", (long)random_below(random, 2000) - 1000);
	fprintf(file, ",%.*s\n", (int)len, text);
}

uint64_t input_write(const char *path, struct random *random, uint64_t n_max)
{
	uint64_t n = random_below(random, n_max), n_keys = 1 + random_below(random, 200);
	int64_t now_ms = START_MS;
	FILE *file = fopen(path, "w");

	if (file == NULL)
		abort();
	for (uint64_t i = 0; i < n; i++) {
		now_ms += (int64_t)random_below(random, STEP_MS_MAX);
		write_line(file, random, now_ms, n_keys);
	}
	fclose(file);
	return n;
}
