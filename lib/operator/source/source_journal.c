// While it runs: replay, position, counts.
#include "operator/source/source_journal.h"
#include <errno.h>

bool source_journal_ready(struct source_journal *own)
{
	return atomic_load_explicit(&own->is_over, memory_order_relaxed) &&
	       journal_ready(own->journal);
}

// ---- The feed's own sequence

static bool has_sequence(const struct source_journal *own)
{
	return own->source->config->journal->sequence_column >= 0 &&
	       own->source->op.task->n_instances == 1;
}

// The number of a row of the block that was emitted last. False: there is none.
static bool number_of(const struct source_journal *own, bool of_last, int64_t *number)
{
	const struct block *block = &own->source->store->block;
	int32_t column = own->source->config->journal->sequence_column;
	const struct column *values;
	uint16_t slot;

	if (!has_sequence(own) || block->n_rows == 0)
		return false;
	values = &block->columns[column];
	slot = block_slot(block, of_last ? block->n_rows - 1 : 0);
	if (values->nulls != NULL && (values->nulls[slot / 64] >> slot % 64 & 1) != 0)
		return false;
	*number = own->source->op.spec->output->fields[column].type.kind == TYPE_INT
			  ? ((const int32_t *)values->values)[slot]
			  : ((const int64_t *)values->values)[slot];
	return true;
}

static void note_number(struct source_journal *own)
{
	own->has_last |= number_of(own, true, &own->last_number);
}

bool source_journal_wants_one(struct source_journal *own)
{
	return own->wants_first && own->has_last;
}

void source_journal_take_first(struct source_journal *own)
{
	int64_t number;

	if (!number_of(own, false, &number))
		return; // it was no row: the next one
	own->wants_first = false;
	atomic_store(
		&own->n_gap, number > own->last_number ? number - own->last_number : INT64_C(1));
}

// ---- Replay

// Messages of the datagrams that arrived together, as many as there is room for.
static uint16_t gather(struct source_journal *own, int64_t *arrival_ns)
{
	const struct journal_item *item = journal_replay_peek(own->replay);
	uint32_t n = 0;

	*arrival_ns = item->record.arrival_ns;
	while (item != NULL && item->record.arrival_ns == *arrival_ns &&
		n < RECEIVER_MESSAGES_MAX) {
		struct journal_place *place = &own->places[item->series];
		const uint8_t *payload = (const uint8_t *)(&item->record + 1);
		uint32_t len = item->record.len;
		size_t consumed;

		if (place->next != item->record.sequence || place->offset > len)
			place->offset = 0; // of a datagram that is missing
		place->next = item->record.sequence;
		n += framing_split(own->framing, payload + place->offset, len - place->offset, true,
			own->messages + n, RECEIVER_MESSAGES_MAX - n, &consumed);
		place->offset += (uint32_t)consumed;
		if (place->offset < len)
			break; // no room for the rest
		place->next++;
		place->offset = 0;
		own->n_replayed++;
		journal_replay_pass(own->replay);
		item = journal_replay_peek(own->replay);
	}
	return (uint16_t)n;
}

static uint32_t replay_some(struct source_journal *own)
{
	struct source *source = own->source;
	struct now received = source->op.task->now;
	uint16_t n;

	note_number(own);
	source_note_input(source); // the reader may be slow, but it is not silent
	if (!journal_replay_hold(own->replay)) {
		if (own->replay->is_over)
			atomic_store_explicit(&own->is_over, true, memory_order_release);
		return 0;
	}
	n = gather(own, &received.wall_ns);
	own->last_arrival_ns = received.wall_ns;
	source->has_arrival = true;
	if (n > 0)
		source_offer(source, own->messages, n, &received);
	return n + 1u;
}

uint32_t source_journal_poll(struct source_journal *own)
{
	struct op *op = &own->source->op;
	const char *failure = journal_failure(own->journal);

	if (failure != NULL)
		fault_set(&op->task->fault, failure);
	if (!atomic_load_explicit(&own->is_over, memory_order_relaxed))
		return replay_some(own);
	op->counters[own->lost].value = journal_lost(own->journal);
	op->counters[own->stalls].value = own->journal->n_stalls;
	op->counters[own->behind].value = journal_behind(own->journal);
	return 0;
}

static void put_place(struct record_out *out, const struct journal_place *place)
{
	record_put_u64(out, place->run);
	record_put_u64(out, place->next);
	record_put_u32(out, place->queue);
	record_put_u32(out, place->offset);
}

// A series of an earlier process that is not mentioned is done with.
void source_journal_freeze(struct source_journal *own, struct record_out *out)
{
	const struct op *op = &own->source->op;
	bool is_over = atomic_load_explicit(&own->is_over, memory_order_relaxed);
	uint32_t n = is_over ? 0 : own->n_series;
	struct journal_place live = {
		.run = own->journal->options.run,
		.queue = own->journal->options.queue,
		.next = own->journal->next,
	};

	record_put_u32(out, n + 1);
	put_place(out, &live);
	for (uint32_t i = 0; i < n; i++)
		put_place(out, &own->places[i]);
	note_number(own);
	record_put_u32(out, own->has_last);
	record_put_u64(out, (uint64_t)own->last_number);
	journal_mark(own->journal, op->checkpoint, is_over);
}

static void take_places(struct source_journal *own, struct record_reader *in, uint32_t n)
{
	for (; n > 0; n--) {
		struct journal_place *place = &own->restored[own->n_restored++];

		place->run = record_get_u64(in);
		place->next = record_get_u64(in);
		place->queue = record_get_u32(in);
		place->offset = record_get_u32(in);
		if (place->run > own->restored_run)
			own->restored_run = place->run;
	}
}

int source_journal_restore(struct source_journal *own, struct record_reader *in, struct err *err)
{
	struct mem *mem = own->source->op.task->mem;
	uint32_t n = record_get_u32(in);
	struct journal_place *more;

	if (n > in->n_left / sizeof(*more)) {
		in->is_short = true;
		return 0;
	}
	more = mem_zalloc(mem, (own->n_restored + n) * sizeof(*more) + 1);
	if (more == NULL)
		return err_set(err, ENOMEM, "no memory to restore a journal");
	if (own->n_restored > 0)
		memcpy(more, own->restored, own->n_restored * sizeof(*more));
	mem_free(mem, own->restored);
	own->restored = more;
	take_places(own, in, n);
	own->has_last = record_get_u32(in) != 0 && has_sequence(own);
	own->last_number = (int64_t)record_get_u64(in);
	own->wants_first = true;
	return 0;
}
