#include "files.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "dataplane/file_reader.h"
#include "dataplane/file_writer.h"

// What decoders may read behind the end, as they may in a reader's buffer.
enum { PADDING = 64, BACKLOG_MAX = 600, CHUNK_MAX = 500 };

struct file_reader {
	struct sim_file *file;
	struct file_chunk chunk;
	size_t n_tail;
	bool is_over;
};

struct file_writer {
	struct sim_file *file;
	size_t base; // what the file had when it was opened
	bool has_begun; // it was emptied, or resumed
	char *bytes; // that the disk has not written yet
	size_t n_bytes, size;
	size_t n_handed; // of them, handed over
	size_t sync_len; // make so much durable; 0 = nothing to do
};

static struct {
	struct random *random;
	bool calm;
	uint32_t n;
	struct sim_file files[FILES_MAX];
	struct file_writer *writer; // the one that is open
} world;

void files_reset(struct random *random, bool calm)
{
	for (uint32_t i = 0; i < world.n; i++) {
		free(world.files[i].name);
		free(world.files[i].bytes);
	}
	memset(&world, 0, sizeof(world));
	world.random = random;
	world.calm = calm;
}

void files_disturb(void)
{
	world.calm = false;
}

struct sim_file *file_named(const char *name)
{
	for (uint32_t i = 0; i < world.n; i++)
		if (strcmp(world.files[i].name, name) == 0)
			return &world.files[i];
	if (world.n == FILES_MAX)
		abort();
	world.files[world.n] = (struct sim_file){.name = strdup(name)};
	return &world.files[world.n++];
}

void file_append(struct sim_file *file, const char *bytes, size_t len)
{
	if (file->len + len + PADDING > file->size) {
		file->size = (file->len + len) * 2 + PADDING;
		file->bytes = realloc(file->bytes, file->size);
	}
	if (len > 0)
		memcpy(file->bytes + file->len, bytes, len);
	file->len += len;
}

static void begin(struct file_writer *writer)
{
	if (writer->has_begun)
		return;
	writer->has_begun = true;
	writer->file->len = writer->file->durable = 0;
}

static void write_some(struct file_writer *writer, size_t n)
{
	if (n == 0)
		return;
	file_append(writer->file, writer->bytes, n);
	writer->n_bytes -= n;
	writer->n_handed -= n;
	memmove(writer->bytes, writer->bytes + n, writer->n_bytes);
}

void files_step(void)
{
	struct file_writer *writer = world.writer;

	if (writer == NULL)
		return;
	if (world.calm)
		write_some(writer, writer->n_handed);
	else
		write_some(writer, random_below(world.random, writer->n_handed + 1));
	if (writer->sync_len > 0 && writer->file->len >= writer->sync_len &&
		random_below(world.random, 4) == 0) {
		writer->file->durable = writer->file->len;
		writer->sync_len = 0;
	}
}

void files_die(void)
{
	struct file_writer *writer = world.writer;

	if (writer == NULL)
		return;
	writer->n_handed = writer->n_bytes = 0;
	writer->file->len -=
		random_below(world.random, writer->file->len - writer->file->durable + 1);
}

// ---- dataplane/file_reader.h

struct file_reader *file_reader_open(const struct file_reader_options *options, struct err *err)
{
	struct file_reader *reader = calloc(1, sizeof(*reader));

	reader->file = file_named(options->path);
	file_append(reader->file, NULL, 0); // for its padding
	return reader;
}

void file_reader_position(
	const struct file_reader *reader, size_t n_consumed, struct file_position *position)
{
	*position = (struct file_position){
		.file = reader->is_over, .offset = reader->chunk.offset + n_consumed};
}

int file_reader_resume(
	struct file_reader *reader, const struct file_position *position, struct err *err)
{
	if (position->offset > reader->file->len)
		return err_set(err, EINVAL, "the position is behind the end of the file");
	reader->is_over = position->file == 1;
	reader->chunk.offset = position->offset;
	return 0;
}

const struct file_chunk *file_reader_next(struct file_reader *reader)
{
	struct file_chunk *chunk = &reader->chunk;
	size_t rest = reader->file->len - chunk->offset, len = rest;

	if (reader->is_over || (!world.calm && random_below(world.random, 3) == 0))
		return NULL;
	if (!world.calm && rest > reader->n_tail)
		len = reader->n_tail + 1 + random_below(world.random, CHUNK_MAX);
	chunk->len = len < rest ? len : rest;
	chunk->data = (const uint8_t *)reader->file->bytes + chunk->offset;
	chunk->end_of_file = chunk->len == rest;
	return chunk;
}

void file_reader_release(struct file_reader *reader, size_t n_consumed)
{
	reader->n_tail = reader->chunk.len - n_consumed;
	reader->chunk.offset += n_consumed;
	reader->is_over = reader->chunk.end_of_file;
}

enum file_reader_state file_reader_state(const struct file_reader *reader)
{
	return reader->is_over ? FILE_READER_END : FILE_READER_OPEN;
}

const struct err *file_reader_error(const struct file_reader *reader)
{
	(void)reader;
	return NULL;
}

uint64_t file_reader_size(const struct file_reader *reader)
{
	return reader->file->len;
}

const char *file_reader_path(const struct file_reader *reader, uint32_t file)
{
	(void)file;
	return reader->file->name;
}

void file_reader_close(struct file_reader *reader)
{
	free(reader);
}

// ---- dataplane/file_writer.h

struct file_writer *file_writer_open(const struct file_writer_options *options, struct err *err)
{
	struct file_writer *writer = calloc(1, sizeof(*writer));

	if (world.writer != NULL)
		abort(); // one sink at a time
	writer->file = file_named(options->path);
	world.writer = writer;
	return writer;
}

int file_writer_resume(struct file_writer *writer, uint64_t len, struct err *err)
{
	if (len > writer->file->durable)
		return err_set(err, EINVAL, "the file is shorter than the checkpoint says");
	writer->file->len = writer->file->durable = writer->base = len;
	writer->has_begun = true;
	return 0;
}

uint8_t *file_writer_buffer(struct file_writer *writer, size_t size, size_t *room)
{
	begin(writer);
	if (writer->n_handed > BACKLOG_MAX ||
		(!world.calm && random_below(world.random, 50) == 0)) {
		writer->n_handed = writer->n_bytes;
		return NULL;
	}
	if (writer->n_bytes + size > writer->size) {
		writer->size = (writer->n_bytes + size) * 2;
		writer->bytes = realloc(writer->bytes, writer->size);
	}
	*room = size;
	return (uint8_t *)writer->bytes + writer->n_bytes;
}

void file_writer_commit(struct file_writer *writer, size_t len)
{
	writer->n_bytes += len;
}

void file_writer_flush(struct file_writer *writer)
{
	begin(writer);
	writer->n_handed = writer->n_bytes;
}

uint64_t file_writer_sync(struct file_writer *writer)
{
	file_writer_flush(writer);
	writer->sync_len = writer->file->len + writer->n_bytes;
	return writer->sync_len;
}

bool file_writer_is_durable(const struct file_writer *writer, uint64_t len)
{
	return writer->file->durable >= len;
}

uint32_t file_writer_sync_failures(const struct file_writer *writer)
{
	(void)writer;
	return 0;
}

int file_writer_error(const struct file_writer *writer)
{
	(void)writer;
	return 0;
}

int file_writer_close(struct file_writer *writer, struct err *err)
{
	if (writer == NULL)
		return 0;
	if (writer->has_begun)
		write_some(writer, writer->n_handed);
	world.writer = NULL;
	free(writer->bytes);
	free(writer);
	return 0;
}
