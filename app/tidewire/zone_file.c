#include "tidewire/zone_file.h"
#include <stdio.h>
#include <stdlib.h>

enum { FILE_LEN_MAX = 65536, PATH_LEN_MAX = 4096 };

static const void *read_file(struct arena *arena, const char *name, size_t *len)
{
	const char *folder = getenv("TZDIR");
	char path[PATH_LEN_MAX], *bytes;
	FILE *file;
	bool failed;

	if (folder == NULL)
		folder = "/usr/share/zoneinfo";
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) >= sizeof(path))
		return NULL;
	file = fopen(path, "rb");
	if (file == NULL)
		return NULL;
	bytes = arena_alloc(arena, FILE_LEN_MAX);
	*len = fread(bytes, 1, FILE_LEN_MAX, file);
	failed = ferror(file);
	fclose(file);
	return failed ? NULL : bytes;
}

const struct zone_files zone_files = {read_file};
