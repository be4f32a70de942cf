#include "sql/settings.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/nearest.h"
#include "base/units.h"

enum { PARALLELISM_MAX = 1024 };

#define NOTE_CHECKPOINTS                                          \
	"checkpoints are not built yet: state.checkpoints.* and " \
	"execution.checkpointing.* have no effect here"

static const int64_t idle_timeout_default_ns = 5000000000;

static int set_parallelism(struct settings *settings, const char *value)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (*value == '\0' || *end != '\0' || n < 1 || n > PARALLELISM_MAX)
		return -EINVAL;
	settings->job.parallelism = (uint32_t)n;
	return 0;
}

static int set_state_memory(struct settings *settings, const char *value)
{
	uint64_t bytes;

	if (units_size_bytes(value, &bytes) < 0 || bytes == 0)
		return -EINVAL;
	settings->job.state_max_memory = bytes;
	return 0;
}

static int set_state_policy(struct settings *settings, const char *value)
{
	if (strcmp(value, "drop-new-keys") != 0 && strcmp(value, "fail") != 0)
		return -EINVAL;
	settings->job.drop_new_keys = strcmp(value, "fail") != 0;
	return 0;
}

static int set_idle_timeout(struct settings *settings, const char *value)
{
	return units_duration_ns(value, &settings->idle_timeout_ns);
}

static int set_name(struct settings *settings, const char *value)
{
	settings->pipeline_name = arena_strdup(settings->arena, value);
	return 0;
}

static int check_zone(struct settings *settings, const char *value)
{
	static const char *const names[] = {"UTC", "GMT", "Z", "Etc/UTC", "+00:00", "default"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcasecmp(value, names[i]) == 0)
			return 0;
	return -EINVAL;
}

static int check_mode(struct settings *settings, const char *value)
{
	if (strcasecmp(value, "streaming") == 0 || strcasecmp(value, "batch") == 0 ||
		strcasecmp(value, "automatic") == 0)
		return 0;
	return -EINVAL;
}

static int check_duration(struct settings *settings, const char *value)
{
	int64_t ns;

	return units_duration_ns(value, &ns);
}

static int check_count(struct settings *settings, const char *value)
{
	char *end;
	long n = strtol(value, &end, 10);

	return *value == '\0' || *end != '\0' || n < 0 || n > INT32_MAX ? -EINVAL : 0;
}

static int check_directory(struct settings *settings, const char *value)
{
	return *value == '\0' ? -EINVAL : 0;
}

// A key, what it does, and what its values are (for the error).
static const struct setting {
	const char *key;
	int (*set)(struct settings *settings, const char *value);
	const char *form;
	const char *note; // or NULL
} known[] = {
	{"parallelism.default", set_parallelism, "a number from 1 to 1024", NULL},
	{"state.max-memory", set_state_memory, "a size as '4 gb'", NULL},
	{"state.max-memory.policy", set_state_policy, "'drop-new-keys' or 'fail'", NULL},
	{"table.exec.source.idle-timeout", set_idle_timeout, "a duration as '5 s'", NULL},
	{"table.local-time-zone", check_zone, "'UTC', the only time zone so far", NULL},
	{"pipeline.name", set_name, "a name", NULL},
	{"execution.runtime-mode", check_mode, "'streaming', 'batch' or 'automatic'", NULL},
	{"table.exec.state.ttl", check_duration, "a duration as '1 h'",
		"table.exec.state.ttl has no effect here: the state of a window ends with the "
		"window"},
	{"execution.checkpointing.interval", check_duration, "a duration as '10 s'",
		NOTE_CHECKPOINTS},
	{"execution.checkpointing.min-pause", check_duration, "a duration as '1 s'",
		NOTE_CHECKPOINTS},
	{"execution.checkpointing.timeout", check_duration, "a duration as '10 min'",
		NOTE_CHECKPOINTS},
	{"execution.checkpointing.tolerable-failed-checkpoints", check_count, "a number",
		NOTE_CHECKPOINTS},
	{"state.checkpoints.dir", check_directory, "a directory", NOTE_CHECKPOINTS},
	{"state.checkpoints.num-retained", check_count, "a number", NOTE_CHECKPOINTS},
};

enum { N_KNOWN = sizeof(known) / sizeof(*known) };

// Keys of Flink that choose a plan or a strategy: prefix, then suffix.
static const struct ignored {
	const char *prefix, *suffix;
} ignored[] = {
	{"table.optimizer.", ""},
	{"table.exec.mini-batch.", ""},
	{"table.exec.sink.", "-enforcer"},
	{"table.exec.source.cdc-events-duplicate", ""},
	{"table.exec.legacy-cast-behaviour", ""},
	{"taskmanager.", ""},
	{"rest.", ""},
};

void settings_init(struct settings *settings, struct arena *arena)
{
	*settings = (struct settings){
		.arena = arena,
		.job.drop_new_keys = true,
		.idle_timeout_ns = idle_timeout_default_ns,
	};
}

void settings_note(struct settings *settings, const char *note)
{
	uint32_t n = settings->n_notes;

	for (uint32_t i = 0; i < n; i++)
		if (strcmp(settings->notes[i], note) == 0)
			return;
	settings->notes = arena_grow(settings->arena, settings->notes, n * sizeof(*settings->notes),
		(n + 1) * sizeof(*settings->notes));
	settings->notes[settings->n_notes++] = arena_strdup(settings->arena, note);
}

static bool is_ignored(const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++) {
		size_t prefix = strlen(ignored[i].prefix), suffix = strlen(ignored[i].suffix);

		if (len >= prefix + suffix && strncmp(key, ignored[i].prefix, prefix) == 0 &&
			strcmp(key + len - suffix, ignored[i].suffix) == 0)
			return true;
	}
	return false;
}

static const struct setting *find(const char *key)
{
	for (size_t i = 0; i < N_KNOWN; i++)
		if (strcmp(known[i].key, key) == 0)
			return &known[i];
	return NULL;
}

static int unknown(const char *key, struct pos pos, struct err *err)
{
	const char *names[N_KNOWN], *nearest;

	for (size_t i = 0; i < N_KNOWN; i++)
		names[i] = known[i].key;
	nearest = nearest_name(key, names, N_KNOWN);
	if (nearest != NULL)
		return err_set_at(
			err, pos, "unknown setting '%s'; did you mean '%s'?", key, nearest);
	return err_set_at(err, pos,
		"unknown setting '%s'; settings have Flink's names, as "
		"'parallelism.default' has",
		key);
}

int settings_set(struct settings *settings, const char *key, struct pos key_pos, const char *value,
	struct pos value_pos, struct err *err)
{
	const struct setting *setting = find(key);

	if (setting == NULL && !is_ignored(key))
		return unknown(key, key_pos, err);
	if (setting == NULL) {
		settings_note(
			settings, arena_printf(settings->arena, "'%s' has no effect here", key));
		return 0;
	}
	if (setting->set(settings, value) < 0)
		return err_set_at(err, value_pos, "'%s' is no value of '%s', which is %s", value,
			key, setting->form);
	if (setting->note != NULL)
		settings_note(settings, setting->note);
	return 0;
}

static void reset_one(struct settings *settings, const char *key)
{
	struct settings fresh;

	settings_init(&fresh, settings->arena);
	if (strcmp(key, "parallelism.default") == 0)
		settings->job.parallelism = fresh.job.parallelism;
	else if (strcmp(key, "state.max-memory") == 0)
		settings->job.state_max_memory = fresh.job.state_max_memory;
	else if (strcmp(key, "state.max-memory.policy") == 0)
		settings->job.drop_new_keys = fresh.job.drop_new_keys;
	else if (strcmp(key, "table.exec.source.idle-timeout") == 0)
		settings->idle_timeout_ns = fresh.idle_timeout_ns;
	else if (strcmp(key, "pipeline.name") == 0)
		settings->pipeline_name = fresh.pipeline_name;
}

int settings_reset(struct settings *settings, const char *key, struct pos pos, struct err *err)
{
	if (key != NULL && find(key) == NULL && !is_ignored(key))
		return unknown(key, pos, err);
	if (key != NULL)
		reset_one(settings, key);
	for (size_t i = 0; key == NULL && i < N_KNOWN; i++)
		reset_one(settings, known[i].key);
	return 0;
}
