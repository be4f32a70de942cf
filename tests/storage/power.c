// What a power loss may leave: files are what was synced, plus any part of what was not, sector by
// sector; names are what they were at the directory's last sync, plus any prefix of the changes
// since (as file systems with a journal do it).
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "disk.h"

enum { FILES_MAX = 256, NAMES_MAX = 64, PENDING_MAX = 65536, SECTOR = 512, NAME_SIZE = 256 };

struct file {
	char *bytes; // synced
	size_t size, size_max;
	uint32_t n_pending;
	const struct disk_event **pending; // since the last sync, in order
};

struct name {
	char text[NAME_SIZE];
	uint32_t file;
};

struct names {
	uint32_t n;
	struct name entries[NAMES_MAX];
};

struct disk_state {
	struct file files[FILES_MAX];
	struct names names; // synced
	uint32_t n_pending;
	const struct disk_event *pending[PENDING_MAX]; // changes of names
};

struct disk_state *disk_state_new(void)
{
	return calloc(1, sizeof(struct disk_state));
}

void disk_state_free(struct disk_state *state)
{
	for (uint32_t i = 0; i < FILES_MAX; i++) {
		free(state->files[i].bytes);
		free(state->files[i].pending);
	}
	free(state);
}

static void resize(struct file *file, size_t size)
{
	if (size > file->size_max) {
		file->bytes = realloc(file->bytes, size * 2);
		file->size_max = size * 2;
	}
	if (size > file->size)
		memset(file->bytes + file->size, 0, size - file->size);
	file->size = size;
}

static void put(struct file *file, const char *data, size_t len, int64_t offset)
{
	if ((size_t)offset + len > file->size)
		resize(file, (size_t)offset + len);
	memcpy(file->bytes + offset, data, len);
}

static void settle(struct file *file, const struct disk_event *event)
{
	if (event->kind == DISK_TRUNCATE)
		resize(file, (size_t)event->offset);
	else
		put(file, event->data, event->len, event->offset);
}

static void change_names(struct names *names, const struct disk_event *event)
{
	uint32_t i = 0, k = 0;

	if (event->kind == DISK_CREATE) {
		snprintf(names->entries[names->n].text, NAME_SIZE, "%s", event->name);
		names->entries[names->n++].file = event->file;
		return;
	}
	while (i < names->n && strcmp(names->entries[i].text, event->name) != 0)
		i++;
	if (i == names->n)
		return;
	if (event->kind == DISK_UNLINK) {
		names->entries[i] = names->entries[--names->n];
		return;
	}
	while (k < names->n && strcmp(names->entries[k].text, event->new_name) != 0)
		k++;
	snprintf(names->entries[i].text, NAME_SIZE, "%s", event->new_name);
	if (k < names->n)
		names->entries[k] = names->entries[--names->n];
}

static void sync_names(struct disk_state *state)
{
	for (uint32_t i = 0; i < state->n_pending; i++)
		change_names(&state->names, state->pending[i]);
	state->n_pending = 0;
}

static void sync_file(struct file *file)
{
	for (uint32_t i = 0; i < file->n_pending; i++)
		settle(file, file->pending[i]);
	file->n_pending = 0;
}

static void add_pending(struct file *file, const struct disk_event *event)
{
	if (file->pending == NULL)
		file->pending = calloc(PENDING_MAX, sizeof(*file->pending));
	if (file->n_pending == PENDING_MAX)
		abort();
	file->pending[file->n_pending++] = event;
}

void disk_state_apply(struct disk_state *state, const struct disk_event *event)
{
	switch (event->kind) {
	case DISK_WRITE:
		if (event->is_synced)
			put(&state->files[event->file], event->data, event->len, event->offset);
		else
			add_pending(&state->files[event->file], event);
		return;
	case DISK_TRUNCATE:
		add_pending(&state->files[event->file], event);
		return;
	case DISK_SYNC:
		if (event->file == UINT32_MAX)
			sync_names(state);
		else
			sync_file(&state->files[event->file]);
		return;
	case DISK_CREATE:
	case DISK_RENAME:
	case DISK_UNLINK:
		state->pending[state->n_pending++] = event;
		return;
	case DISK_MARK:
		return;
	}
}

// Some sectors of a write that was not synced.
static void tear(struct file *file, const struct disk_event *event, uint64_t kept_of_16,
	uint64_t (*random)(void *arg), void *arg)
{
	size_t at = 0;

	while (at < event->len) {
		size_t n = SECTOR - (size_t)(event->offset + (int64_t)at) % SECTOR;

		if (n > event->len - at)
			n = event->len - at;
		if (random(arg) % 16 < kept_of_16)
			put(file, event->data + at, n, event->offset + (int64_t)at);
		at += n;
	}
}

static void write_file(
	const struct file *file, const char *path, uint64_t (*random)(void *arg), void *arg)
{
	static struct file copy;
	uint64_t kept_of_16 = random(arg) % 17;
	FILE *out;

	copy.size = 0;
	put(&copy, file->bytes != NULL ? file->bytes : "", file->size, 0);
	for (uint32_t i = 0; i < file->n_pending; i++) {
		if (file->pending[i]->kind == DISK_WRITE)
			tear(&copy, file->pending[i], kept_of_16, random, arg);
		else if (random(arg) % 16 < kept_of_16)
			settle(&copy, file->pending[i]);
	}
	out = fopen(path, "wb");
	if (out == NULL || fwrite(copy.bytes, 1, copy.size, out) != copy.size || fclose(out) != 0) {
		perror(path);
		abort();
	}
}

void disk_state_write(
	const struct disk_state *state, const char *into, uint64_t (*random)(void *arg), void *arg)
{
	struct names names = state->names;
	uint32_t n = (uint32_t)(random(arg) % (state->n_pending + 1));

	for (uint32_t i = 0; i < n; i++)
		change_names(&names, state->pending[i]);
	for (uint32_t i = 0; i < names.n; i++) {
		char path[1024];

		snprintf(path, sizeof(path), "%s/%s", into, names.entries[i].text);
		*strrchr(path, '/') = '\0';
		mkdir(path, 0755); // one level below into is all there is
		snprintf(path, sizeof(path), "%s/%s", into, names.entries[i].text);
		write_file(&state->files[names.entries[i].file], path, random, arg);
	}
}
