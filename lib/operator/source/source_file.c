// Lines (or records) of files: chunks that a reader thread has read, split and decoded 256 messages
// at a time.
#include <errno.h>
#include "dataplane/file_reader.h"
#include "operator/source/source_state.h"

enum { LINES_AT_ONCE = BLOCK_ROWS_MAX };

struct file_input {
	struct file_reader *reader;
	struct framing framing;
	const struct file_chunk *chunk; // in hand, NULL = none
	size_t at; // chunk->data[:at] is done
	bool skipping; // up to the end of a line that no buffer could hold
	uint64_t n_bytes; // of released chunks
	struct message messages[LINES_AT_ONCE];
};

static int file_open(struct source *source, struct err *err)
{
	const struct source_config *config = source->config;
	struct mem *mem = source->op.task->mem;
	struct file_reader_options options = {.path = config->path, .mem = mem};
	struct file_input *file = mem_zalloc(mem, sizeof(*file));

	if (file == NULL)
		return err_set(err, ENOMEM, "no memory for the source %s", config->table);
	source->state = file;
	if (source_framing(config, &file->framing, err) < 0)
		return -EINVAL;
	file->reader = file_reader_open(&options, err);
	return file->reader != NULL ? 0 : -errno;
}

static void file_close(struct source *source)
{
	struct file_input *file = source->state;

	file_reader_close(file->reader);
	mem_free(source->op.task->mem, file);
}

static void release(struct file_input *file)
{
	file->n_bytes += file->at;
	file_reader_release(file->reader, file->at);
	file->chunk = NULL;
	file->at = 0;
}

// Make sure that a chunk is in hand. False when there is none now, or never again.
static bool hold_chunk(struct source *source, struct file_input *file)
{
	if (file->chunk != NULL)
		return true;
	file->chunk = file_reader_next(file->reader);
	if (file->chunk != NULL)
		return true;
	switch (file_reader_state(file->reader)) {
	case FILE_READER_OPEN:
		break;
	case FILE_READER_END:
		source->input_ended = true;
		break;
	case FILE_READER_FAILED:
		fault_set(&source->op.task->fault, file_reader_error(file->reader)->text);
		break;
	}
	return false;
}

// No line ends in what is left of the chunk: it goes in front of the next one, unless it is longer
// than anything that would fit there. Of such a line so much is kept that what ends it is seen
// whole and behind at least one byte: then its end is a message, and not an empty line.
static void leave_rest(struct source *source, struct file_input *file)
{
	size_t n_left = file->chunk->len - file->at;
	size_t n_kept = file->framing.delimiter_len + 1;

	if (n_left > FILE_READER_TAIL_MAX || (file->skipping && n_left > n_kept)) {
		op_count(&source->op, source->too_long, !file->skipping);
		file->skipping = true;
		file->at = file->chunk->len - n_kept;
	}
	release(file);
}

// What a chunk happens to hold whole must be no longer than what fits in front of one, so that a
// line's fate does not depend on where chunks begin. Returns how many messages are left.
static uint16_t drop_too_long(struct source *source, struct file_input *file, uint32_t n)
{
	uint32_t len_max = FILE_READER_TAIL_MAX - file->framing.delimiter_len;
	uint16_t n_kept = 0;

	for (uint32_t i = 0; i < n; i++) {
		bool is_rest = i == 0 && file->skipping; // of a line that has been counted

		if (is_rest)
			continue;
		if (file->messages[i].len <= len_max)
			file->messages[n_kept++] = file->messages[i];
		else
			op_count(&source->op, source->too_long, 1);
	}
	if (n > 0)
		file->skipping = false;
	return n_kept;
}

// How many messages may be taken now: none when a test wants the source to stop here.
static uint32_t allowed(struct source *source)
{
	uint64_t stop_after = source->op.task->stop_after, n_left;

	if (stop_after == 0)
		return LINES_AT_ONCE;
	n_left = stop_after - source->n_taken;
	if (n_left == 0)
		atomic_store_explicit(&source->is_at_stop, true, memory_order_relaxed);
	return n_left < LINES_AT_ONCE ? (uint32_t)n_left : LINES_AT_ONCE;
}

static uint32_t file_poll(struct source *source)
{
	struct file_input *file = source->state;
	uint32_t n_allowed = allowed(source), n;
	size_t consumed;

	if (n_allowed == 0 || !hold_chunk(source, file))
		return 0;
	n = framing_split(&file->framing, file->chunk->data + file->at, file->chunk->len - file->at,
		file->chunk->end_of_file, file->messages, n_allowed, &consumed);
	file->at += consumed;
	source->n_taken += n;
	if (n == 0) {
		leave_rest(source, file);
		return 1; // there may be more
	}
	source_offer(source, file->messages, drop_too_long(source, file, n), &source->op.task->now);
	return n + 1;
}

// Between offers all messages are done: the position is behind them, and before the rest of a line
// that is too long.
static void file_freeze(struct source *source, struct record_out *out)
{
	const struct file_input *file = source->state;
	struct file_position at;

	file_reader_position(file->reader, file->at, &at);
	record_put_u64(out, at.offset);
	record_put_u32(out, at.file);
	record_put_u32(out, at.names);
	record_put_u32(out, at.head);
	record_put_u32(out, at.n_head);
	record_put_u32(out, at.last);
	record_put_u32(out, at.n_last);
	record_put_u64(out, file->n_bytes + file->at);
	record_put_u32(out, file->skipping);
}

static int file_restore(struct source *source, struct record_reader *in, struct err *err)
{
	struct file_input *file = source->state;
	struct file_position at;

	at.offset = record_get_u64(in);
	at.file = record_get_u32(in);
	at.names = record_get_u32(in);
	at.head = record_get_u32(in);
	at.n_head = record_get_u32(in);
	at.last = record_get_u32(in);
	at.n_last = record_get_u32(in);
	file->n_bytes = record_get_u64(in);
	file->skipping = record_get_u32(in);
	return in->is_short ? 0 : file_reader_resume(file->reader, &at, err);
}

static void file_progress(const struct source *source, uint64_t *bytes, uint64_t *bytes_total)
{
	const struct file_input *file = source->state;

	*bytes = file->n_bytes + file->at;
	*bytes_total = file_reader_size(file->reader);
}

const struct source_input source_file_input = {
	.open = file_open,
	.poll = file_poll,
	.freeze = file_freeze,
	.restore = file_restore,
	.progress = file_progress,
	.close = file_close,
};
