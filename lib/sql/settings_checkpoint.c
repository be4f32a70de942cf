#include "sql/settings_checkpoint.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/units.h"
#include "snapshot/checkpoint_store.h"

// Flink's own least interval and timeout; and two checkpoints, so that there is one left when the
// newest turns out to be broken.
enum { CHECKPOINT_MS_MIN = 10, RETAINED_MIN = 2 };

static int duration_ms(const char *value, int64_t least, int64_t *ms)
{
	int64_t ns;

	if (units_duration_ns(value, &ns) < 0 || ns / 1000000 < least)
		return -EINVAL;
	*ms = ns / 1000000;
	return 0;
}

static int count(const char *value, int64_t least, int64_t *n)
{
	char *end;
	long long number = strtoll(value, &end, 10);

	if (*value == '\0' || *end != '\0' || number < least || number > INT32_MAX)
		return -EINVAL;
	*n = number;
	return 0;
}

// A path, or Flink's form of one: file:///path.
int settings_checkpoint_dir(struct settings *settings, const char *value)
{
	static const char scheme[] = "file://";

	if (strncmp(value, scheme, sizeof(scheme) - 1) == 0)
		value += sizeof(scheme) - 1;
	if (*value == '\0' || strstr(value, "://") != NULL)
		return -EINVAL;
	settings->job.checkpoint.dir = arena_strdup(settings->arena, value);
	return 0;
}

int settings_checkpoint_interval(struct settings *settings, const char *value)
{
	return duration_ms(value, CHECKPOINT_MS_MIN, &settings->job.checkpoint.interval_ms);
}

int settings_checkpoint_min_pause(struct settings *settings, const char *value)
{
	return duration_ms(value, 0, &settings->job.checkpoint.min_pause_ms);
}

int settings_checkpoint_timeout(struct settings *settings, const char *value)
{
	return duration_ms(value, CHECKPOINT_MS_MIN, &settings->job.checkpoint.timeout_ms);
}

int settings_checkpoint_tolerable(struct settings *settings, const char *value)
{
	return count(value, 0, &settings->job.checkpoint.tolerable_failures);
}

int settings_checkpoint_retained(struct settings *settings, const char *value)
{
	int64_t n;

	if (count(value, RETAINED_MIN, &n) < 0 || n > CHECKPOINT_RETAINED_MAX)
		return -EINVAL;
	settings->job.checkpoint.n_retained = (uint32_t)n;
	return 0;
}

int settings_checkpoint_buffer(struct settings *settings, const char *value)
{
	uint64_t bytes;

	if (units_size_bytes(value, &bytes) < 0 || bytes == 0)
		return -EINVAL;
	settings->job.checkpoint.buffer_bytes = bytes;
	return 0;
}
