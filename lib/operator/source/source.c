#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "operator/source/source_state.h"

enum { IDLE_REPEAT_MS = 100 };
enum { HEAP_BYTES = 64 << 10 }; // for strings that are unescaped or made up, of one block

void source_note_input(struct source *source)
{
	source->last_input_tsc = source->op.task->now.tsc;
	source->idle = false;
}

void source_emit_store(struct source *source)
{
	struct block *block = &source->store->block;

	source->n_rows += block->n_rows;
	source->op.task->n_rows += block->n_rows;
	block->rx_tsc = source->received.tsc;
	block->arrival_ns = source->has_arrival ? source->received.wall_ns : 0;
	op_emit(&source->op, block);
}

// The table wants the job to end at its first bad message: say which it was.
static void take_fault(struct source *source)
{
	const struct decoder *decoder = source->decoder;

	snprintf(source->fault_text, sizeof(source->fault_text),
		"table %s: message %" PRIu64 " cannot be decoded (%s at byte %u); "
		"'%s.ignore-parse-errors' = 'true' goes on after bad messages",
		source->config->table, source->n_messages_before + decoder->first_error_message + 1,
		decode_error_names[decoder->first_error], decoder->first_error_offset,
		source->config->format->name);
	fault_set(&source->op.task->fault, source->fault_text);
}

static void take_counts(struct source *source)
{
	struct op_counter *counters = source->op.counters;
	uint64_t sum = 0;

	for (int i = 0; i < DECODE_ERRORS; i++) {
		counters[source->class_counters[i]].value = source->decoder->n_errors[i];
		sum += source->decoder->n_errors[i];
	}
	counters[source->parse_error].value = sum;
	if (source->decoder->fault.text != NULL)
		take_fault(source);
}

// Decode and emit, a block at a time, until all is done or downstream is full.
static void work_off(struct source *source)
{
	struct op *op = &source->op;

	while (source->n_done < source->n_messages && !op_is_blocked(op) &&
		op->task->fault.text == NULL) {
		block_store_reset(source->store);
		source->n_done += source->decoder->ops->decode(source->decoder,
			source->messages + source->n_done, source->n_messages - source->n_done,
			source->store);
		take_counts(source);
		if (source->store->block.n_rows > 0)
			source_emit_store(source);
	}
	op->pending = source->n_done < source->n_messages && op->task->fault.text == NULL;
}

void source_offer(struct source *source, const struct message *messages, uint16_t n,
	const struct now *received)
{
	assert(source->n_done == source->n_messages);
	source->messages = messages;
	source->n_messages = n;
	source->n_done = 0;
	source->received = *received;
	source_note_input(source);
	work_off(source);
}

uint16_t source_withdraw(struct source *source)
{
	source->n_messages = source->n_done;
	source->op.pending = false;
	return source->n_done;
}

// What is in hand comes out before the barrier.
static void pass_barrier(struct source *source)
{
	struct op *op = &source->op;
	struct block barrier = {.kind = BLOCK_BARRIER, .checkpoint_id = source->barrier};

	if (op_is_blocked(op) || (source->input->drain != NULL && !source->input->drain(source))) {
		op->pending = true;
		return;
	}
	source->barrier = 0;
	op->pending = false;
	op_emit(op, &barrier);
}

void source_barrier(struct op *op, uint64_t checkpoint)
{
	struct source *source = (struct source *)op;

	assert(!op->pending && source->n_done == source->n_messages);
	source->barrier = checkpoint;
	pass_barrier(source);
}

static bool source_resume(struct op *op)
{
	struct source *source = (struct source *)op;

	work_off(source);
	if (!op->pending && source->barrier != 0)
		pass_barrier(source);
	return !op->pending;
}

static void source_process(struct op *op, const struct block *block)
{
	assert(false); // nothing is upstream of a source
}

// Whether it is to be said now that the source has fallen silent: once, or again and again.
static bool is_silent(const struct source *source, uint64_t now)
{
	uint64_t repeat_ticks = source->op.task->tsc_hz / 1000 * IDLE_REPEAT_MS;

	if (source->input_ended || source->config->idle_timeout_ns == 0 ||
		now - source->last_input_tsc < source->idle_ticks)
		return false;
	if (!source->idle)
		return true;
	return source->config->repeat_idle && now - source->last_idle_tsc >= repeat_ticks;
}

uint32_t source_poll(struct op *op)
{
	struct source *source = (struct source *)op;
	struct block idle = {.kind = BLOCK_IDLE};
	uint64_t now = op->task->now.tsc;
	uint32_t n = 0;

	if (source->input->poll != NULL && !source->input_ended)
		n = source->input->poll(source);
	if (source->last_input_tsc == 0)
		source->last_input_tsc = now;
	if (n == 0 && !op_is_blocked(op) && is_silent(source, now)) {
		source->idle = true;
		source->last_idle_tsc = now;
		op_emit(op, &idle);
		return 1;
	}
	return n;
}

int source_start(struct op *op, struct err *err)
{
	struct source *source = (struct source *)op;

	return source->input->start != NULL ? source->input->start(source, err) : 0;
}

void source_tick(struct op *op)
{
	struct source *source = (struct source *)op;

	if (source->input->tick != NULL)
		source->input->tick(source);
}

void source_committed(struct op *op, uint64_t oldest)
{
	struct source *source = (struct source *)op;

	if (source->input->committed != NULL)
		source->input->committed(source, oldest);
}

bool source_replayed(struct op *op, char *text, size_t size)
{
	struct source *source = (struct source *)op;

	return source->input->replayed != NULL && source->input->replayed(source, text, size);
}

void source_stop(struct op *op)
{
	struct source *source = (struct source *)op;

	source->stopped |= !source->input_ended;
	source->input_ended = true;
}

bool source_is_at_stop(const struct op *op)
{
	return atomic_load_explicit(&((const struct source *)op)->is_at_stop, memory_order_relaxed);
}

bool source_finish(struct op *op)
{
	struct source *source = (struct source *)op;
	struct block last = {.kind = BLOCK_WATERMARK, .watermark = WATERMARK_END};

	if (!source->input_ended)
		return false;
	switch (source->end) {
	case SOURCE_RUNS:
		source->end = SOURCE_WATERMARK_SENT;
		op->watermark = WATERMARK_END;
		op_emit(op, &last); // windows may have much to say to this: the end comes later
		return false;
	case SOURCE_WATERMARK_SENT:
		source->end = SOURCE_ENDED;
		last.kind = BLOCK_END;
		op_emit(op, &last);
		return true;
	case SOURCE_ENDED:
		return true;
	}
	return true;
}

void source_account(const struct op *op, struct source_account *account)
{
	const struct source *source = (const struct source *)op;

	account->n_rows = source->n_rows;
	account->n_in = op->counters[source->too_long].value +
			(source->decoder != NULL ? source->decoder->n_messages : source->n_rows);
}

void source_progress(const struct op *op, uint64_t *bytes, uint64_t *bytes_total)
{
	const struct source *source = (const struct source *)op;

	*bytes = *bytes_total = 0;
	if (source->input->progress != NULL)
		source->input->progress(source, bytes, bytes_total);
}

static void source_free(struct op *op)
{
	struct source *source = (struct source *)op;

	if (source->state != NULL)
		source->input->close(source);
	if (source->decoder != NULL)
		source->decoder->ops->free(source->decoder);
	block_store_free(op->task->mem, source->store);
	mem_free(op->task->mem, source);
}

static const struct op_ops source_ops = {
	.process = source_process,
	.resume = source_resume,
	.freeze = source_freeze,
	.restore = source_restore,
	.free = source_free,
};

static const struct source_input *const inputs[] = {
	[SOURCE_UDP] = &source_udp_input,
	[SOURCE_FILESYSTEM] = &source_file_input,
	[SOURCE_PCAP] = &source_pcap_input,
	[SOURCE_DATAGEN] = &source_datagen_input,
};

static void add_counters(struct source *source)
{
	source->parse_error = op_counter_add(&source->op, "parse_error", true);
	source->too_long = op_counter_add(&source->op, "too_long", true);
	for (int i = 0; i < DECODE_ERRORS; i++)
		source->class_counters[i] =
			op_counter_add(&source->op, decode_error_names[i], false);
}

static struct op *source_create(const struct op_spec *spec, struct op_task *task, struct err *err)
{
	const struct source_config *config = spec->config;
	struct source *source = mem_zalloc(task->mem, sizeof(*source));

	if (source == NULL)
		goto no_memory;
	op_init(&source->op, &source_ops, spec, task);
	source->config = config;
	source->input = inputs[config->connector];
	source->idle_ticks =
		(uint64_t)((double)config->idle_timeout_ns * 1e-9 * (double)task->tsc_hz);
	add_counters(source);
	source->store = block_store_new(task->mem, spec->output, HEAP_BYTES);
	if (source->store == NULL)
		goto free_source;
	if (config->format != NULL) {
		source->decoder = config->format->decoder_new(task->mem, spec->output,
			config->wanted, config->format_options, config->n_format_options, err);
		if (source->decoder == NULL)
			goto free_source;
	}
	if (source->input->open(source, err) < 0)
		goto free_source;
	return &source->op;

free_source:
	source_free(&source->op);
no_memory:
	err_set(err, ENOMEM, "no memory for the source %s", config->table);
	return NULL;
}

int source_framing(const struct source_config *config, struct framing *framing, struct err *err)
{
	switch (config->framing) {
	case FRAMING_DATAGRAM:
		*framing = (struct framing){.kind = FRAMING_DATAGRAM};
		return 0;
	case FRAMING_RECORDS:
		framing_records(framing, config->record_size);
		return 0;
	case FRAMING_LINE:
		break;
	}
	return framing_lines(framing, (const uint8_t *)config->delimiter,
		config->delimiter != NULL ? strlen(config->delimiter) : 0, err);
}

static const char *const connector_names[] = {
	[SOURCE_UDP] = "udp",
	[SOURCE_FILESYSTEM] = "filesystem",
	[SOURCE_PCAP] = "pcap",
	[SOURCE_DATAGEN] = "datagen",
};

static const char *source_explain(const struct op_spec *spec, struct arena *arena)
{
	const struct source_config *config = spec->config;
	const char *text = arena_printf(arena, "table=[%s], connector=[%s]", config->table,
		connector_names[config->connector]);
	const char *separator = "";

	if (config->format != NULL)
		text = arena_printf(arena, "%s, format=[%s]", text, config->format->name);
	text = arena_printf(arena, "%s, fields=[", text);
	for (uint16_t i = 0; i < spec->output->n_fields; i++) {
		if (config->wanted != NULL && !config->wanted[i])
			continue;
		text = arena_printf(arena, "%s%s%s", text, separator, spec->output->fields[i].name);
		separator = ", ";
	}
	return arena_printf(arena, "%s]", text);
}

const struct op_kind source_kind = {
	.name = "TableSource",
	.create = source_create,
	.explain = source_explain,
	.dump = &source_dump,
};
