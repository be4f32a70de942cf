// Rows out: encoded into a writer's buffers (print, filesystem), sent as datagrams (udp), put into
// a table with the next checkpoint (lmdb), counted and forgotten (blackhole). When the way out is
// full the sink keeps its place in the block and the task takes no more input.
#include "operator/sink/sink.h"
#include <assert.h>
#include <errno.h>
#include "dataplane/file_writer.h"
#include "dataplane/sender.h"
#include "operator/sink/sink_state.h"

static enum outcome send_datagram(struct sink *sink, const struct block *block, uint16_t slot)
{
	uint32_t len = sink->encoder->ops->encode(
		sink->encoder, block, slot, sink->message, SINK_MESSAGE_MAX);

	if (len == 0 || len > sender_payload_max(sink->sender))
		return TOO_LONG;
	return sender_send(sink->sender, (const uint8_t *)sink->message, len) == 0 ? WRITTEN : FULL;
}

static enum outcome write_row(struct sink *sink, const struct block *block, uint16_t slot)
{
	switch (sink->config->connector) {
	case SINK_PRINT:
	case SINK_FILESYSTEM:
		return sink_file_write(sink, block, slot);
	case SINK_UDP:
		return send_datagram(sink, block, slot);
	case SINK_LMDB:
		return sink_lmdb_write(sink, block, slot);
	case SINK_BLACKHOLE:
		return WRITTEN;
	}
	return WRITTEN;
}

static uint16_t drop_counter(const struct sink *sink, enum outcome outcome)
{
	if (outcome == KEY_TOO_LONG)
		return sink->key_too_long;
	return outcome == NULL_KEY ? sink->null_key : sink->too_long;
}

static void note_latency(struct sink *sink, const struct block *block)
{
	uint64_t now;

	if (block->rx_tsc == 0)
		return;
	now = sink->op.task->tsc();
	hist_record(&sink->latency, now > block->rx_tsc ? now - block->rx_tsc : 0, block->n_rows);
}

static void work_off(struct sink *sink)
{
	const struct block *block = &sink->block;

	for (; sink->next < block->n_rows; sink->next++) {
		enum outcome outcome = write_row(sink, block, block_slot(block, sink->next));

		if (outcome == FULL) {
			sink->op.pending = true;
			sink->op.task->blocked = true;
			sink_file_check(sink);
			return;
		}
		if (outcome == WRITTEN)
			sink->n_rows++;
		else
			op_count(&sink->op, drop_counter(sink, outcome), 1);
	}
	sink->op.pending = false;
	note_latency(sink, block);
}

static void sink_process(struct op *op, const struct block *block)
{
	struct sink *sink = (struct sink *)op;

	assert(!op->pending);
	sink->block = *block;
	sink->next = 0;
	work_off(sink);
}

static void sink_control(struct op *op, const struct block *block)
{
	// A sink has nothing downstream: what comes behind the rows is known when they are written.
	if (block->kind == BLOCK_BARRIER)
		op_freeze(op, block->checkpoint_id);
}

static bool sink_resume(struct op *op)
{
	work_off((struct sink *)op);
	return !op->pending;
}

static const char *const connector_names[] = {
	[SINK_PRINT] = "print",
	[SINK_FILESYSTEM] = "filesystem",
	[SINK_UDP] = "udp",
	[SINK_BLACKHOLE] = "blackhole",
	[SINK_LMDB] = "lmdb",
};

static void sink_freeze(struct op *op)
{
	if (((struct sink *)op)->config->connector == SINK_FILESYSTEM)
		sink_file_freeze((struct sink *)op);
}

// What was emitted before the barrier is safe.
static bool sink_pack(struct op *op, int32_t *)
{
	struct sink *sink = (struct sink *)op;

	return sink->config->connector != SINK_FILESYSTEM || sink_file_pack(sink);
}

static int sink_restore(struct op *op, const struct record *record, struct err *err)
{
	struct sink *sink = (struct sink *)op;

	if (sink->config->connector == SINK_FILESYSTEM)
		return sink_file_restore(sink, record, err);
	return err_set(err, EINVAL,
		"table %s: the checkpoint has a record that is not of a %s sink",
		sink->config->table, connector_names[sink->config->connector]);
}

static void sink_free(struct op *op)
{
	struct sink *sink = (struct sink *)op;

	file_writer_close(sink->writer, NULL);
	if (sink->encoder != NULL)
		sink->encoder->ops->free(sink->encoder);
	sink_lmdb_close(sink);
	mem_free(op->task->mem, sink->message);
	mem_free(op->task->mem, sink);
}

static const struct op_ops sink_ops = {
	.process = sink_process,
	.control = sink_control,
	.resume = sink_resume,
	.freeze = sink_freeze,
	.pack = sink_pack,
	.restore = sink_restore,
	.free = sink_free,
};

static int sink_open(struct sink *sink, struct err *err)
{
	const struct sink_config *config = sink->config;
	const struct schema *schema = sink->op.spec->input;
	struct mem *mem = sink->op.task->mem;
	struct file_writer_options options = {.path = config->path, .mem = mem};

	if (config->connector == SINK_BLACKHOLE)
		return 0;
	sink->encoder = config->connector == SINK_PRINT
				? print_encoder_new(mem, schema)
				: config->format->encoder_new(mem, schema, config->format_options,
					  config->n_format_options, err);
	if (sink->encoder == NULL)
		return err_set(err, ENOMEM, "no memory for the sink %s", config->table);
	if (config->connector == SINK_LMDB && sink_lmdb_open(sink, err) < 0)
		return -ENOMEM;
	if (config->connector == SINK_UDP || config->connector == SINK_LMDB) {
		sink->message = mem_zalloc(mem, SINK_MESSAGE_MAX);
		if (sink->message == NULL)
			return err_set(err, ENOMEM, "no memory for the sink %s", config->table);
		return 0;
	}
	sink->writer = file_writer_open(&options, err);
	return sink->writer != NULL ? 0 : -errno;
}

static struct op *sink_create(const struct op_spec *spec, struct op_task *task, struct err *err)
{
	const struct sink_config *config = spec->config;
	struct sink *sink = mem_zalloc(task->mem, sizeof(*sink));

	if (sink == NULL) {
		err_set(err, ENOMEM, "no memory for the sink %s", config->table);
		return NULL;
	}
	op_init(&sink->op, &sink_ops, spec, task);
	sink->config = config;
	sink->too_long = op_counter_add(&sink->op, "too_long", spec->takes_events);
	if (config->connector == SINK_LMDB) {
		sink->key_too_long = op_counter_add(&sink->op, "key_too_long", spec->takes_events);
		sink->null_key = op_counter_add(&sink->op, "null_key", spec->takes_events);
	}
	if (config->connector == SINK_FILESYSTEM)
		sink->sync_failed = op_counter_add(&sink->op, "sync_failed", false);
	if (sink_open(sink, err) < 0) {
		sink_free(&sink->op);
		return NULL;
	}
	return &sink->op;
}

void sink_connect(struct op *op, struct sender *sender)
{
	((struct sink *)op)->sender = sender;
}

void sink_flush(struct op *op)
{
	struct sink *sink = (struct sink *)op;

	if (sink->writer == NULL)
		return;
	file_writer_flush(sink->writer);
	sink_file_check(sink);
}

int sink_close(struct op *op, struct err *err)
{
	struct sink *sink = (struct sink *)op;
	struct file_writer *writer = sink->writer;

	sink->writer = NULL;
	if (writer != NULL)
		file_writer_flush(writer); // also when there was no row: then the file is empty
	return file_writer_close(writer, err);
}

uint64_t sink_n_rows(const struct op *op)
{
	return ((const struct sink *)op)->n_rows;
}

const struct hist *sink_latency(const struct op *op)
{
	return &((const struct sink *)op)->latency;
}

static const char *sink_explain(const struct op_spec *spec, struct arena *arena)
{
	const struct sink_config *config = spec->config;
	const char *text = arena_printf(arena, "table=[%s], connector=[%s]", config->table,
		connector_names[config->connector]);

	for (uint16_t i = 0; config->connector == SINK_LMDB && i < config->n_keys; i++)
		text = arena_printf(arena, "%s%s%s%s", text, i == 0 ? ", key=[" : ", ",
			config->key->fields[i].name, i + 1 == config->n_keys ? "]" : "");
	if (config->format != NULL)
		text = arena_printf(arena, "%s, format=[%s]", text, config->format->name);
	return text;
}

const struct op_kind sink_kind = {
	.name = "TableSink",
	.create = sink_create,
	.explain = sink_explain,
};
