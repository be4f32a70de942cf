// Rows out: encoded into a writer's buffers (print, filesystem), sent as datagrams (udp), counted
// and forgotten (blackhole). When the way out is full the sink keeps its place in the block and the
// task takes no more input.
#include "operator/sink/sink.h"
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "dataplane/file_writer.h"
#include "dataplane/sender.h"

enum { ROW_GUESS = 4096 }; // bytes; a row that needs more is encoded twice

struct sink {
	struct op op;
	const struct sink_config *config;
	struct encoder *encoder; // NULL: blackhole
	struct file_writer *writer; // print, filesystem
	struct sender *sender; // udp
	char *datagram; // udp: FILE_WRITER_BUFFER_SIZE bytes
	struct block
		block; // in hand while pending: its header is ours, senders have it on their stack
	uint16_t next; // selected row of it that is next
	uint16_t too_long; // counter: rows that no buffer or datagram could hold
	uint64_t n_rows;
	struct hist latency;
	char fault_text[160];
};

enum outcome { WRITTEN, FULL, TOO_LONG };

static enum outcome write_line(struct sink *sink, const struct block *block, uint16_t slot)
{
	uint32_t delimiter_len = (uint32_t)strlen(sink->encoder->delimiter);
	size_t room, size = ROW_GUESS;
	char *at;
	uint32_t len;

	for (;;) {
		at = (char *)file_writer_buffer(sink->writer, size, &room);
		if (at == NULL)
			return FULL;
		len = sink->encoder->ops->encode(
			sink->encoder, block, slot, at, (uint32_t)room - delimiter_len);
		if (len > 0)
			break;
		if (size == FILE_WRITER_BUFFER_SIZE)
			return TOO_LONG;
		size = FILE_WRITER_BUFFER_SIZE;
	}
	memcpy(at + len, sink->encoder->delimiter, delimiter_len);
	file_writer_commit(sink->writer, len + delimiter_len);
	return WRITTEN;
}

static enum outcome send_datagram(struct sink *sink, const struct block *block, uint16_t slot)
{
	uint32_t len = sink->encoder->ops->encode(
		sink->encoder, block, slot, sink->datagram, FILE_WRITER_BUFFER_SIZE);

	if (len == 0 || len > sender_payload_max(sink->sender))
		return TOO_LONG;
	return sender_send(sink->sender, (const uint8_t *)sink->datagram, len) == 0 ? WRITTEN
										    : FULL;
}

static enum outcome write_row(struct sink *sink, const struct block *block, uint16_t slot)
{
	switch (sink->config->connector) {
	case SINK_PRINT:
	case SINK_FILESYSTEM:
		return write_line(sink, block, slot);
	case SINK_UDP:
		return send_datagram(sink, block, slot);
	case SINK_BLACKHOLE:
		return WRITTEN;
	}
	return WRITTEN;
}

// A write that failed ends the job: results would be missing.
static void check_writer(struct sink *sink)
{
	int err = sink->writer != NULL ? file_writer_error(sink->writer) : 0;

	if (err == 0)
		return;
	snprintf(sink->fault_text, sizeof(sink->fault_text), "sink %s: writing failed: %s",
		sink->config->table, strerror(-err));
	fault_set(&sink->op.task->fault, sink->fault_text);
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
			check_writer(sink);
			return;
		}
		op_count(&sink->op, sink->too_long, outcome == TOO_LONG);
		sink->n_rows += outcome == WRITTEN;
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

static void sink_free(struct op *op)
{
	struct sink *sink = (struct sink *)op;

	file_writer_close(sink->writer, NULL);
	if (sink->encoder != NULL)
		sink->encoder->ops->free(sink->encoder);
	mem_free(op->task->mem, sink->datagram);
	mem_free(op->task->mem, sink);
}

static const struct op_ops sink_ops = {
	.process = sink_process,
	.control = sink_control,
	.resume = sink_resume,
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
	if (config->connector == SINK_UDP) {
		sink->datagram = mem_zalloc(mem, FILE_WRITER_BUFFER_SIZE);
		if (sink->datagram == NULL)
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
	check_writer(sink);
}

int sink_close(struct op *op, struct err *err)
{
	struct sink *sink = (struct sink *)op;
	struct file_writer *writer = sink->writer;

	sink->writer = NULL;
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

static const char *const connector_names[] = {
	[SINK_PRINT] = "print",
	[SINK_FILESYSTEM] = "filesystem",
	[SINK_UDP] = "udp",
	[SINK_BLACKHOLE] = "blackhole",
};

static const char *sink_explain(const struct op_spec *spec, struct arena *arena)
{
	const struct sink_config *config = spec->config;

	return arena_printf(arena, "table=[%s], connector=[%s]%s%s%s", config->table,
		connector_names[config->connector], config->format != NULL ? ", format=[" : "",
		config->format != NULL ? config->format->name : "",
		config->format != NULL ? "]" : "");
}

const struct op_kind sink_kind = {
	.name = "TableSink",
	.create = sink_create,
	.explain = sink_explain,
};
