#include "input.h"
#include <stdio.h>
#include "base/hash.h"
#include "files.h"
#include "row/datetime.h"

enum { START_MS = 86400000, STEP_MS_MAX = 400, DISORDER_MS_MAX = 12000, LINE_MAX_LEN = 128 };

uint64_t random_next(struct random *random)
{
	random->state += 0x9e3779b97f4a7c15u;
	return hash_mix(random->state);
}

uint64_t random_below(struct random *random, uint64_t n)
{
	return random_next(random) % n;
}

static void write_line(
	struct sim_file *file, struct random *random, int64_t now_ms, uint64_t n_keys)
{
	struct type type = type_timestamp(TYPE_TIMESTAMP, 3);
	int64_t ts = now_ms - (int64_t)random_below(random, DISORDER_MS_MAX);
	char text[DATETIME_TEXT_MAX], line[LINE_MAX_LEN], value[32] = "";
	uint32_t len = datetime_format_timestamp(ts, type, DATETIME_SQL, text);
	int n;

	if (random_below(random, 10) != 0)
		snprintf(value, sizeof(value), "%ld", (long)random_below(random, 2000) - 1000);
	// One key in twenty is longer than a string view holds.
	n = snprintf(line, sizeof(line), "k%s%lu,%s,%.*s\n",
		random_below(random, 20) == 0 ? "-a-rather-long-key-" : "",
		random_below(random, n_keys), value, (int)len, text);
	file_append(file, line, (size_t)n);
}

void input_write(struct sim_file *file, struct random *random, uint64_t n_max)
{
	uint64_t n = random_below(random, n_max), n_keys = 1 + random_below(random, 200);
	int64_t now_ms = START_MS;

	for (uint64_t i = 0; i < n; i++) {
		now_ms += (int64_t)random_below(random, STEP_MS_MAX);
		write_line(file, random, now_ms, n_keys);
	}
}
