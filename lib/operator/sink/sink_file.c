// Rows as lines of a file or of standard output: encoded into a writer's buffers.
//
// A checkpoint knows how long the file was at its barrier, and is complete when so much of it is
// durable. A job that is restored cuts the file to that length and goes on behind it, so that it
// holds every row once. Output that has no length (a pipe, standard output) gets the rows since the
// checkpoint again.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "dataplane/file_writer.h"
#include "operator/sink/sink_state.h"

enum { ROW_GUESS = 4096 }; // bytes; a row that needs more is encoded twice
enum { PART_LENGTH = 1 }; // u64: of the file

enum outcome sink_file_write(struct sink *sink, const struct block *block, uint16_t slot)
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

void sink_file_check(struct sink *sink)
{
	int err = sink->writer != NULL ? file_writer_error(sink->writer) : 0;

	if (err == 0)
		return;
	snprintf(sink->fault_text, sizeof(sink->fault_text), "sink %s: writing failed: %s",
		sink->config->table, strerror(-err));
	fault_set(&sink->op.task->fault, sink->fault_text);
}

void sink_file_freeze(struct sink *sink)
{
	struct record_out *out = sink->op.task->out;
	struct record_key key = op_record_key(&sink->op, PART_LENGTH, 0, 0);

	sink->frozen_len = file_writer_sync(sink->writer);
	record_begin(out, &key, sink->op.checkpoint);
	record_put_u64(out, sink->frozen_len);
	record_end(out);
}

bool sink_file_pack(struct sink *sink)
{
	sink->op.counters[sink->sync_failed].value = file_writer_sync_failures(sink->writer);
	return file_writer_is_durable(sink->writer, sink->frozen_len);
}

int sink_file_restore(struct sink *sink, const struct record *record, struct err *err)
{
	struct record_reader in = record_read(record);
	uint64_t len = record_get_u64(&in);

	if (record->key.part != PART_LENGTH || in.is_short || in.n_left > 0)
		return err_set(err, EINVAL, "table %s: a record of another shape in the checkpoint",
			sink->config->table);
	return len > 0 ? file_writer_resume(sink->writer, len, err) : 0;
}
