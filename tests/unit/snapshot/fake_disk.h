// A disk for the journal, in memory: it fails when it is told to, and forgets at a power loss what
// was not synced, sector by sector, at random.
#pragma once
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "snapshot/journal_disk.h"

enum { FAKE_FILES = 64, FAKE_SECTOR = 512 };

struct fake_file {
	char name[64];
	uint8_t *now, *safe; // as read, and as a power loss leaves it at the worst
	size_t size;
};

struct fake_disk {
	struct journal_disk disk; // first
	struct fake_file files[FAKE_FILES];
	uint64_t random;
	uint32_t n_calls, fail_at; // the call of this number fails, from 1; 0 = none
	bool keeps_failing; // and all behind it
	bool fail_short; // a write that fails has written a part
	int fail_with; // errno
	int error; // for finish()
	uint32_t n_syncs, n_removed;
};

static inline uint64_t fake_random(struct fake_disk *fake)
{
	fake->random ^= fake->random << 13;
	fake->random ^= fake->random >> 7;
	fake->random ^= fake->random << 17;
	return fake->random;
}

static inline bool fake_fails(struct fake_disk *fake)
{
	fake->n_calls++;
	return fake->fail_at != 0 &&
	       (fake->n_calls == fake->fail_at ||
		       (fake->keeps_failing && fake->n_calls > fake->fail_at));
}

static inline int fake_find(struct fake_disk *fake, const char *name)
{
	for (int i = 0; i < FAKE_FILES; i++)
		if (fake->files[i].now != NULL && strcmp(fake->files[i].name, name) == 0)
			return i;
	return -ENOENT;
}

static inline int fake_create(struct journal_disk *disk, const char *name, uint64_t size)
{
	struct fake_disk *fake = (struct fake_disk *)disk;

	if (fake_fails(fake))
		return -fake->fail_with;
	for (int i = 0; i < FAKE_FILES; i++) {
		struct fake_file *file = &fake->files[i];

		if (file->now != NULL)
			continue;
		strcpy(file->name, name);
		file->now = calloc(1, size);
		file->safe = calloc(1, size);
		file->size = size;
		return i;
	}
	return -ENOSPC;
}

static inline void fake_write(
	struct journal_disk *disk, int file, const void *bytes, size_t len, uint64_t offset)
{
	struct fake_disk *fake = (struct fake_disk *)disk;

	if (fake_fails(fake)) {
		fake->error = -fake->fail_with;
		if (!fake->fail_short)
			return;
		len = fake_random(fake) % len / FAKE_SECTOR * FAKE_SECTOR;
	}
	memcpy(fake->files[file].now + offset, bytes, len);
}

// Some of the sectors that were not safe are now, and with all == false the others are gone.
static inline void fake_settle(struct fake_disk *fake, struct fake_file *file, bool all)
{
	for (size_t at = 0; at < file->size; at += FAKE_SECTOR) {
		if (memcmp(file->safe + at, file->now + at, FAKE_SECTOR) == 0)
			continue;
		if (all || fake_random(fake) % 2 == 0)
			memcpy(file->safe + at, file->now + at, FAKE_SECTOR);
		else
			memcpy(file->now + at, file->safe + at, FAKE_SECTOR);
	}
}

static inline int fake_finish(struct journal_disk *disk, int file, bool sync)
{
	struct fake_disk *fake = (struct fake_disk *)disk;
	int error = fake->error;

	fake->error = 0;
	if (!sync)
		return error;
	if (error == 0 && fake_fails(fake))
		error = -fake->fail_with;
	fake_settle(fake, &fake->files[file], error == 0); // a sync that failed has lost some
	fake->n_syncs += error == 0;
	return error;
}

static inline int fake_open(struct journal_disk *disk, const char *name, uint64_t *size)
{
	struct fake_disk *fake = (struct fake_disk *)disk;
	int file = fake_find(fake, name);

	if (file >= 0)
		*size = fake->files[file].size;
	return file;
}

static inline int64_t fake_read(
	struct journal_disk *disk, int file, void *bytes, size_t len, uint64_t offset)
{
	const struct fake_file *from = &((struct fake_disk *)disk)->files[file];
	size_t n = offset < from->size ? from->size - offset : 0;

	n = n < len ? n : len;
	memcpy(bytes, from->now + offset, n);
	return (int64_t)n;
}

static inline void fake_close(struct journal_disk *disk, int file)
{
}

static inline void fake_drop(struct fake_file *file)
{
	free(file->now);
	free(file->safe);
	memset(file, 0, sizeof(*file));
}

static inline int fake_remove(struct journal_disk *disk, const char *name)
{
	struct fake_disk *fake = (struct fake_disk *)disk;
	int file = fake_find(fake, name);

	if (file < 0)
		return file;
	fake_drop(&fake->files[file]);
	fake->n_removed++;
	return 0;
}

static inline int fake_list(
	struct journal_disk *disk, void (*take)(void *arg, const char *name), void *arg)
{
	struct fake_disk *fake = (struct fake_disk *)disk;

	for (int i = 0; i < FAKE_FILES; i++)
		if (fake->files[i].now != NULL)
			take(arg, fake->files[i].name);
	return 0;
}

static const struct journal_disk_ops fake_ops = {
	.create = fake_create,
	.write = fake_write,
	.finish = fake_finish,
	.open = fake_open,
	.read = fake_read,
	.close = fake_close,
	.remove = fake_remove,
	.list = fake_list,
};

static inline void fake_init(struct fake_disk *fake, uint64_t seed)
{
	*fake = (struct fake_disk){.disk.ops = &fake_ops, .random = seed * 2 + 1};
}

static inline void fake_power_loss(struct fake_disk *fake)
{
	for (int i = 0; i < FAKE_FILES; i++)
		if (fake->files[i].now != NULL)
			fake_settle(fake, &fake->files[i], false);
}

static inline uint32_t fake_count(const struct fake_disk *fake)
{
	uint32_t n = 0;

	for (int i = 0; i < FAKE_FILES; i++)
		n += fake->files[i].now != NULL;
	return n;
}

static inline void fake_destroy(struct fake_disk *fake)
{
	for (int i = 0; i < FAKE_FILES; i++)
		if (fake->files[i].now != NULL)
			fake_drop(&fake->files[i]);
}
