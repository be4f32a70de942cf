// A folder for one test's files, removed with all that is in it.
#pragma once
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char scratch_dir[] = "/tmp/tidewire-test-XXXXXX";

static int scratch_setup(void **)
{
	strcpy(scratch_dir + sizeof(scratch_dir) - 7, "XXXXXX");
	return mkdtemp(scratch_dir) == NULL;
}

static int scratch_remove(const char *path, const struct stat *, int, struct FTW *)
{
	return remove(path);
}

static int scratch_teardown(void **)
{
	return nftw(scratch_dir, scratch_remove, 8, FTW_DEPTH | FTW_PHYS);
}

// The path of name in the folder, in one of a few static buffers.
static const char *scratch_path(const char *name)
{
	static char paths[4][128];
	static unsigned n;
	char *path = paths[n++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", scratch_dir, name);
	return path;
}

static inline const char *scratch_write(const char *name, const void *data, size_t len)
{
	const char *path = scratch_path(name);
	FILE *file = fopen(path, "w");

	if (file == NULL || fwrite(data, 1, len, file) != len || fclose(file) != 0)
		abort();
	return path;
}
