#include "snapshot/journal_replay.h"
#include <errno.h>
#include <string.h>
#include <rte_common.h>

enum { IS_LAST = 1 }; // a buffer's flag

struct journal_replay *journal_replay_new(struct mem *mem, struct journal_disk *disk,
	const struct journal_series *series, uint32_t n_series, struct err *err)
{
	struct journal_replay *replay = mem_zalloc(mem, sizeof(*replay));

	if (replay == NULL)
		goto fail;
	replay->mem = mem;
	replay->series = series;
	replay->cursors = mem_zalloc(mem, (n_series + 1) * sizeof(*replay->cursors));
	replay->heads = mem_zalloc(mem, (n_series + 1) * sizeof(*replay->heads));
	if (replay->cursors == NULL || replay->heads == NULL ||
		handoff_init(&replay->handoff, mem, JOURNAL_REPLAY_BUFFERS, JOURNAL_REPLAY_BUFFER,
			0) < 0)
		goto free_replay;
	for (; replay->n_series < n_series; replay->n_series++) {
		uint32_t i = replay->n_series;

		if (journal_cursor_init(&replay->cursors[i], mem, disk, &series[i]) < 0) {
			journal_replay_free(replay);
			goto fail;
		}
	}
	return replay;

free_replay:
	mem_free(mem, replay->heads);
	mem_free(mem, replay->cursors);
	mem_free(mem, replay);
fail:
	err_set(err, ENOMEM, "no memory to read the journal");
	errno = ENOMEM;
	return NULL;
}

void journal_replay_free(struct journal_replay *replay)
{
	if (replay == NULL)
		return;
	for (uint32_t i = 0; i < replay->n_series; i++)
		journal_cursor_close(&replay->cursors[i]);
	handoff_free(&replay->handoff);
	mem_free(replay->mem, replay->heads);
	mem_free(replay->mem, replay->cursors);
	mem_free(replay->mem, replay);
}

// ---- The reader.

// The series whose head is next, or n_series: of the first run that has any, the earliest.
static uint32_t find_next(struct journal_replay *replay)
{
	uint32_t best = replay->n_series;

	for (uint32_t i = 0; i < replay->n_series; i++) {
		if (best < replay->n_series &&
			replay->series[i].place.run != replay->series[best].place.run)
			break;
		if (i == replay->n_primed) {
			replay->heads[i] = journal_cursor_next(&replay->cursors[i]);
			replay->n_primed++;
		}
		if (replay->heads[i] != NULL &&
			(best == replay->n_series ||
				replay->heads[i]->arrival_ns < replay->heads[best]->arrival_ns))
			best = i;
	}
	return best;
}

static size_t item_size(const struct journal_record *record)
{
	return offsetof(struct journal_item, record) + journal_record_size(record->len);
}

// Returns whether more is to come.
static bool fill(struct journal_replay *replay, struct handoff_buffer *buffer)
{
	buffer->len = 0;
	buffer->flags = 0;
	for (;;) {
		uint32_t i = find_next(replay);
		struct journal_item *item = (struct journal_item *)(buffer->data + buffer->len);

		if (i == replay->n_series) {
			buffer->flags = IS_LAST;
			return false;
		}
		if (buffer->len + item_size(replay->heads[i]) > buffer->size)
			return true;
		item->series = i;
		memcpy(&item->record, replay->heads[i],
			sizeof(item->record) + replay->heads[i]->len);
		buffer->len += item_size(replay->heads[i]);
		replay->heads[i] = journal_cursor_next(&replay->cursors[i]);
	}
}

bool journal_replay_step(struct journal_replay *replay)
{
	struct handoff_buffer *buffer = handoff_take(&replay->handoff);
	bool more;

	if (buffer == NULL)
		return false;
	more = fill(replay, buffer);
	handoff_send(&replay->handoff, buffer);
	return more;
}

static void *run(void *arg)
{
	struct journal_replay *replay = arg;
	struct handoff_buffer *buffer;
	bool more = true;

	while (more && (buffer = handoff_wait_empty(&replay->handoff)) != NULL) {
		more = fill(replay, buffer);
		handoff_send(&replay->handoff, buffer);
	}
	return NULL;
}

int journal_replay_start(struct journal_replay *replay, struct err *err)
{
	int result = handoff_start(&replay->handoff, "tw-replay", run, replay);

	return result == 0 ? 0 : err_set(err, -result, "cannot start the journal's reader");
}

void journal_replay_stop(struct journal_replay *replay)
{
	handoff_stop(&replay->handoff);
}

// ---- The lcore.

bool journal_replay_hold(struct journal_replay *replay)
{
	if (replay->buffer != NULL && replay->at < replay->buffer->len)
		return true;
	if (replay->buffer != NULL) {
		replay->is_over = replay->buffer->flags == IS_LAST;
		handoff_return(&replay->handoff, replay->buffer);
		replay->buffer = NULL;
	}
	if (!replay->is_over)
		replay->buffer = handoff_receive(&replay->handoff);
	replay->at = 0;
	if (replay->buffer != NULL && replay->buffer->len == 0) // nothing but the end
		return journal_replay_hold(replay);
	return replay->buffer != NULL;
}

const struct journal_item *journal_replay_peek(const struct journal_replay *replay)
{
	if (replay->at == replay->buffer->len)
		return NULL;
	return (const struct journal_item *)(replay->buffer->data + replay->at);
}

void journal_replay_pass(struct journal_replay *replay)
{
	replay->at += item_size(&journal_replay_peek(replay)->record);
}
