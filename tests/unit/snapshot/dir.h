// Directories for tests that need a disk.
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline void dir_make(char dir[64])
{
	snprintf(dir, 64, "/tmp/tw_test_XXXXXX");
	if (mkdtemp(dir) == NULL)
		abort();
}

static inline void dir_remove(const char *dir)
{
	static const char *const names[] = {"data.mdb", "lock.mdb", "data.mdb.old", "tidewire.pid",
		"new/data.mdb", "savepoint/data.mdb", "new", "savepoint"};
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		remove(path);
	}
	rmdir(dir);
}
