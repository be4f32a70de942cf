#include "sql/settings.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/nearest.h"
#include "base/units.h"
#include "sql/settings_checkpoint.h"

enum { PARALLELISM_MAX = 1024 };

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
	static const char *const names[] = {[STATE_DROP_NEW_KEYS] = "drop-new-keys",
		[STATE_EVICT_IDLE] = "evict-idle",
		[STATE_FAIL] = "fail"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(value, names[i]) == 0) {
			settings->job.state_policy = (enum state_policy)i;
			return 0;
		}
	return -EINVAL;
}

static int set_idle_timeout(struct settings *settings, const char *value)
{
	return units_duration_ns(value, &settings->idle_timeout_ns);
}

static int set_boolean(const char *value, bool *is_set)
{
	*is_set = strcasecmp(value, "true") == 0;
	return *is_set || strcasecmp(value, "false") == 0 ? 0 : -EINVAL;
}

static int set_duration_ms(const char *value, int64_t *ms)
{
	int64_t ns;

	if (units_duration_ns(value, &ns) < 0)
		return -EINVAL;
	*ms = ns / 1000000;
	return 0;
}

static int set_early_fire(struct settings *settings, const char *value)
{
	return set_boolean(value, &settings->emit.is_early);
}

static int set_early_delay(struct settings *settings, const char *value)
{
	return set_duration_ms(value, &settings->emit.early_ms);
}

static int set_late_fire(struct settings *settings, const char *value)
{
	return set_boolean(value, &settings->emit.is_late);
}

static int set_late_delay(struct settings *settings, const char *value)
{
	return set_duration_ms(value, &settings->emit.late_ms);
}

static int set_lateness(struct settings *settings, const char *value)
{
	return set_duration_ms(value, &settings->emit.lateness_ms);
}

static int set_state_ttl(struct settings *settings, const char *value)
{
	return set_duration_ms(value, &settings->state_ttl_ms);
}

int64_t settings_lateness_ms(const struct settings *settings)
{
	return settings->emit.lateness_ms >= 0 ? settings->emit.lateness_ms
					       : settings->state_ttl_ms;
}

static int set_phases(struct settings *settings, const char *value)
{
	static const char *const names[] = {[LOCAL_NEVER] = "ONE_PHASE",
		[LOCAL_HOT_KEYS] = "AUTO",
		[LOCAL_ALL_KEYS] = "TWO_PHASE"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcasecmp(value, names[i]) == 0) {
			settings->local_aggregates = (enum local_strategy)i;
			return 0;
		}
	return -EINVAL;
}

static int set_name(struct settings *settings, const char *value)
{
	settings->pipeline_name = arena_strdup(settings->arena, value);
	return 0;
}

// What was made for the session's zone before keeps it: each zone has a session of its own.
static void use_zone(struct settings *settings, const struct zone *zone)
{
	struct session *session = arena_alloc(settings->arena, sizeof(*session));

	settings->session.zone = zone;
	*session = settings->session;
	session_set(settings->arena, session);
}

static int set_zone(struct settings *settings, const char *value)
{
	const struct zone *zone = &zone_utc;

	if (strcmp(value, "default") != 0)
		zone = zone_find(settings->arena, value, settings->session.zone_files);
	if (zone == NULL)
		return -EINVAL;
	use_zone(settings, zone);
	return 0;
}

static int check_mode(struct settings *settings, const char *value)
{
	if (strcasecmp(value, "streaming") == 0 || strcasecmp(value, "batch") == 0 ||
		strcasecmp(value, "automatic") == 0)
		return 0;
	return -EINVAL;
}

// Where a key's value is, for RESET.
#define AT(member) offsetof(struct settings, member), sizeof(((struct settings *)0)->member)
#define NOWHERE 0, 0

// A key, what it does, what its values are (for the error), and where the value is.
static const struct setting {
	const char *key;
	int (*set)(struct settings *settings, const char *value);
	const char *form;
	const char *note; // or NULL
	size_t offset, size;
} known[] = {
	{"parallelism.default", set_parallelism, "a number from 1 to 1024", NULL,
		AT(job.parallelism)},
	{"state.max-memory", set_state_memory, "a size as '4 gb'", NULL, AT(job.state_max_memory)},
	{"state.max-memory.policy", set_state_policy, "'drop-new-keys', 'evict-idle' or 'fail'",
		NULL, AT(job.state_policy)},
	{"table.exec.source.idle-timeout", set_idle_timeout, "a duration as '5 s'", NULL,
		AT(idle_timeout_ns)},
	{"table.local-time-zone", set_zone,
		"a zone of the tz database as 'Europe/Berlin', 'GMT+08:00' or 'UTC'", NULL,
		NOWHERE},
	{"pipeline.name", set_name, "a name", NULL, AT(pipeline_name)},
	{"execution.runtime-mode", check_mode, "'streaming', 'batch' or 'automatic'", NULL,
		NOWHERE},
	{"table.exec.emit.allow-lateness", set_lateness, "a duration as '1 min'", NULL,
		AT(emit.lateness_ms)},
	{"table.exec.emit.early-fire.delay", set_early_delay, "a duration as '10 s'", NULL,
		AT(emit.early_ms)},
	{"table.exec.emit.early-fire.enabled", set_early_fire, "'true' or 'false'", NULL,
		AT(emit.is_early)},
	{"table.exec.emit.late-fire.delay", set_late_delay, "a duration as '0 s'", NULL,
		AT(emit.late_ms)},
	{"table.exec.emit.late-fire.enabled", set_late_fire, "'true' or 'false'", NULL,
		AT(emit.is_late)},
	{"table.exec.state.ttl", set_state_ttl, "a duration as '1 h'",
		"table.exec.state.ttl is how long keys of OVER windows live without a row, and the "
		"lateness that GROUP BY TUMBLE(…) and HOP(…) allow, as in Flink; other state of a "
		"window ends with the window",
		AT(state_ttl_ms)},
	{"table.optimizer.agg-phase-strategy", set_phases, "'AUTO', 'TWO_PHASE' or 'ONE_PHASE'",
		NULL, AT(local_aggregates)},
	{"execution.checkpointing.interval", settings_checkpoint_interval,
		"a duration of 10 ms or more, as '10 s'", NULL, AT(job.checkpoint.interval_ms)},
	{"execution.checkpointing.min-pause", settings_checkpoint_min_pause, "a duration as '1 s'",
		NULL, AT(job.checkpoint.min_pause_ms)},
	{"execution.checkpointing.timeout", settings_checkpoint_timeout,
		"a duration of 10 ms or more, as '10 min'", NULL, AT(job.checkpoint.timeout_ms)},
	{"execution.checkpointing.tolerable-failed-checkpoints", settings_checkpoint_tolerable,
		"a number of failures in a row", NULL, AT(job.checkpoint.tolerable_failures)},
	{"state.checkpoints.dir", settings_checkpoint_dir, "a directory of this machine", NULL,
		AT(job.checkpoint.dir)},
	{"state.checkpoints.num-retained", settings_checkpoint_retained,
		"a number from 2 to 1000: one must be left when the newest is found broken", NULL,
		AT(job.checkpoint.n_retained)},
	{"state.checkpoints.buffer-size", settings_checkpoint_buffer, "a size as '256 mb'", NULL,
		AT(job.checkpoint.buffer_bytes)},
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

static struct settings defaults(void)
{
	return (struct settings){
		.job.checkpoint = {.timeout_ms = 600000, .tolerable_failures = -1, .n_retained = 2},
		.idle_timeout_ns = idle_timeout_default_ns,
		.local_aggregates = LOCAL_HOT_KEYS,
		.emit = {.early_ms = -1, .late_ms = -1, .lateness_ms = -1},
	};
}

void settings_init(
	struct settings *settings, struct arena *arena, const struct zone_files *zone_files)
{
	*settings = defaults();
	settings->arena = arena;
	settings->session.zone_files = zone_files;
	use_zone(settings, &zone_utc);
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
	if (setting->set == settings_checkpoint_interval)
		settings->interval_pos = key_pos;
	if (setting->note != NULL)
		settings_note(settings, setting->note);
	return 0;
}

static void reset_one(struct settings *settings, const struct setting *setting)
{
	const struct settings fresh = defaults();

	if (setting->set == set_zone)
		use_zone(settings, &zone_utc);
	memcpy((char *)settings + setting->offset, (char *)&fresh + setting->offset, setting->size);
}

int settings_reset(struct settings *settings, const char *key, struct pos pos, struct err *err)
{
	const struct setting *setting = key != NULL ? find(key) : NULL;

	if (key != NULL && setting == NULL && !is_ignored(key))
		return unknown(key, pos, err);
	if (setting != NULL)
		reset_one(settings, setting);
	for (size_t i = 0; key == NULL && i < N_KNOWN; i++)
		reset_one(settings, &known[i]);
	return 0;
}

int settings_check(const struct settings *settings, struct err *err)
{
	const struct checkpoint_settings *checkpoint = &settings->job.checkpoint;

	if (checkpoint->interval_ms == 0 || checkpoint->dir != NULL)
		return 0;
	return err_set_at(err, settings->interval_pos,
		"checkpoints have nowhere to go: add --state-dir DIR, or SET "
		"'state.checkpoints.dir' = 'DIR'");
}
