// Before it runs, and what is told when the replay is over: which of the files of earlier processes
// are replayed, and from where.
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "operator/source/source_journal.h"

enum {
	PATH_MAX_LEN = 4096,
	NAME_MAX_LEN = 100,
	SEGMENT_MAX = 64 << 20,
	SEGMENT_MIN = 1 << 20,
	SEGMENTS = 8, // of a journal that is small
	NS_PER_MS = 1000000,
};

struct source_journal *source_journal_new(
	struct source *source, const struct framing *framing, struct err *err)
{
	struct op_task *task = source->op.task;
	struct source_journal *own;

	if (task->state_dir == NULL) {
		err_set(err, EINVAL,
			"table %s: a journal is of use with checkpoints only: add --state-dir DIR "
			"and SET 'execution.checkpointing.interval'",
			source->config->table);
		return NULL;
	}
	own = mem_zalloc(task->mem, sizeof(*own));
	if (own == NULL) {
		err_set(err, ENOMEM, "no memory for the source %s", source->config->table);
		return NULL;
	}
	own->source = source;
	own->framing = framing;
	own->lost = op_counter_add(&source->op, "journal_lost", false);
	own->stalls = op_counter_add(&source->op, "journal_full", false);
	own->behind = op_counter_add(&source->op, "journal_behind", false);
	return own;
}

static void end_replay(struct source_journal *own)
{
	if (own->replay == NULL)
		return;
	journal_replay_stop(own->replay);
	journal_replay_free(own->replay);
	own->replay = NULL;
}

void source_journal_free(struct source_journal *own)
{
	struct mem *mem;

	if (own == NULL)
		return;
	mem = own->source->op.task->mem;
	end_replay(own);
	if (own->journal != NULL) {
		journal_flush(own->journal);
		journal_stop(own->journal);
	}
	journal_free(own->journal);
	journal_listing_free(&own->listing, mem);
	if (own->disk != NULL)
		own->disk->ops->free(own->disk);
	mem_free(mem, own->series);
	mem_free(mem, own->places);
	mem_free(mem, own->restored);
	mem_free(mem, own);
}

// A directory of the table's own: its name, as far as file names go, and the source's id.
static int open_disk(struct source_journal *own, struct err *err)
{
	const struct source_config *config = own->source->config;
	const char *dir = config->journal->dir;
	char name[NAME_MAX_LEN + 1], path[PATH_MAX_LEN];
	int len;

	snprintf(name, sizeof(name), "%s", config->table);
	for (char *at = name; *at != '\0'; at++)
		if (!isalnum((unsigned char)*at) && *at != '-')
			*at = '_';
	len = snprintf(path, sizeof(path), "%s%s/%s-%" PRIu32,
		dir != NULL ? dir : own->source->op.task->state_dir, dir != NULL ? "" : "/journal",
		name, own->source->op.spec->id);
	if (len < 0 || (size_t)len >= sizeof(path))
		return err_set(err, ENAMETOOLONG, "table %s: the journal's path is too long",
			config->table);
	own->disk = journal_disk_open(path, err);
	return own->disk != NULL ? 0 : -errno;
}

// Whether the series is to be replayed; its place becomes where from.
static bool take_place(const struct source_journal *own, struct journal_series *series)
{
	for (uint32_t i = 0; i < own->n_restored; i++) {
		const struct journal_place *place = &own->restored[i];

		if (place->run == series->place.run && place->queue == series->place.queue) {
			series->place = *place;
			return true;
		}
	}
	// The process that took the checkpoint had done with it, or had not begun to run.
	return series->place.run > own->restored_run && !own->source->op.task->is_fresh;
}

static int adopt(struct source_journal *own, const struct journal_series *series)
{
	struct journal_segment segment = {
		.run = series->place.run,
		.queue = series->place.queue,
	};
	char name[JOURNAL_NAME_MAX];

	for (uint32_t i = 0; i < series->n_segments; i++) {
		segment.first = series->firsts[i];
		journal_segment_name(&segment, name);
		if (journal_adopt(own->journal, name) < 0)
			return -ENOMEM;
	}
	return 0;
}

// Those of the old queues that fall to ours.
static int take_series(struct source_journal *own)
{
	const struct op_task *task = own->source->op.task;
	uint32_t n = own->listing.n_series;

	own->series = mem_zalloc(task->mem, (n + 1) * sizeof(*own->series));
	own->places = mem_zalloc(task->mem, (n + 1) * sizeof(*own->places));
	if (own->series == NULL || own->places == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		struct journal_series *series = &own->listing.series[i];

		if (series->place.queue % task->n_instances != task->instance)
			continue;
		if (adopt(own, series) < 0)
			return -ENOMEM;
		if (!take_place(own, series))
			continue;
		own->places[own->n_series] = series->place;
		own->series[own->n_series++] = *series;
	}
	return 0;
}

static void set_sizes(const struct source_journal *own, struct journal_options *options)
{
	uint64_t share =
		own->source->config->journal->max_bytes / own->source->op.task->n_instances;
	uint64_t size = share / SEGMENTS / JOURNAL_PAGE * JOURNAL_PAGE;

	size = size < SEGMENT_MIN ? SEGMENT_MIN : size > SEGMENT_MAX ? SEGMENT_MAX : size;
	options->segment_size = size;
	options->max_segments = share / size < 2 ? 2 : share / size;
}

static int make_journal(struct source_journal *own, struct err *err)
{
	const struct op_task *task = own->source->op.task;
	const struct source_journal_config *config = own->source->config->journal;
	uint64_t last_run = own->listing.last_run;
	struct journal_options options = {
		.mem = task->mem,
		.disk = own->disk,
		.run = (last_run > own->restored_run ? last_run : own->restored_run) + 1,
		.queue = task->instance,
		.sync_interval_ns = config->sync_interval_ns,
		.tsc_hz = task->tsc_hz,
		.policy = config->on_failure,
	};

	set_sizes(own, &options);
	own->journal = journal_new(&options, err);
	return own->journal != NULL ? 0 : -errno;
}

int source_journal_start(struct source_journal *own, struct err *err)
{
	struct mem *mem = own->source->op.task->mem;

	if (open_disk(own, err) < 0 || journal_list(&own->listing, mem, own->disk, err) < 0 ||
		make_journal(own, err) < 0)
		return -EINVAL;
	if (take_series(own) < 0)
		return err_set(err, ENOMEM, "no memory for the journals of earlier processes");
	own->is_told = own->n_series == 0;
	own->wants_first |= own->n_series > 0;
	atomic_store(&own->is_over, own->n_series == 0);
	if (own->n_series > 0) {
		own->replay = journal_replay_new(mem, own->disk, own->series, own->n_series, err);
		if (own->replay == NULL || journal_replay_start(own->replay, err) < 0)
			return -ENOMEM;
	}
	return journal_start(own->journal, err);
}

static void format_time(int64_t ns, char text[32])
{
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm tm;
	size_t len;

	gmtime_r(&seconds, &tm);
	len = strftime(text, 32, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, 32 - len, ".%03dZ", (int)(ns % 1000000000 / NS_PER_MS));
}

// What was wrong with what was read.
static int append_findings(const struct journal_replay *replay, char *text, size_t size)
{
	int len = 0;

	for (uint32_t i = 0; i < replay->n_series; i++) {
		const struct journal_cursor *cursor = &replay->cursors[i];

		if (cursor->n_missing > 0)
			len += snprintf(text + len, size - (size_t)len,
				"; %" PRIu64 " are missing in run %" PRIu64, cursor->n_missing,
				replay->series[i].place.run);
		if (cursor->n_lost > 0 && (size_t)len < size)
			len += snprintf(text + len, size - (size_t)len,
				"; %" PRIu64 " were in no journal", cursor->n_lost);
		if (cursor->n_broken > 0 && (size_t)len < size)
			len += snprintf(text + len, size - (size_t)len, "; %s", cursor->note);
		if ((size_t)len >= size)
			break;
	}
	return len;
}

// Once the first live row has come: what its own number says.
static bool tell_gap(struct source_journal *own, char *text, size_t size)
{
	int64_t n = atomic_exchange(&own->n_gap, 0);

	if (n == 0)
		return false;
	snprintf(text, size,
		"table %s: by the feed's own sequence (%s), %" PRId64
		" events before the first live one did not arrive, or were lost in the crash",
		own->source->config->table,
		own->source->op.spec->output->fields[own->source->config->journal->sequence_column]
			.name,
		n - 1);
	return true;
}

bool source_journal_replayed(struct source_journal *own, char *text, size_t size)
{
	char until[32] = "nothing";
	int len;

	if (own->is_told)
		return tell_gap(own, text, size);
	if (!atomic_load_explicit(&own->is_over, memory_order_acquire))
		return false;
	own->is_told = true;
	if (own->n_replayed > 0)
		format_time(own->last_arrival_ns, until);
	len = snprintf(text, size,
		"table %s: queue %u: replayed %" PRIu64 " datagrams of the journal, up to %s; "
		"what arrived later than %" PRId64 " ms before a crash may be lost",
		own->source->config->table, own->source->op.task->instance, own->n_replayed, until,
		own->source->config->journal->sync_interval_ns / NS_PER_MS);
	if (len > 0 && (size_t)len < size)
		append_findings(own->replay, text + len, size - (size_t)len);
	end_replay(own); // the lcore does not look at it any more
	return true;
}
