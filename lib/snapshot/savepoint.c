#include "snapshot/savepoint.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "snapshot/directory.h"

static int sync_parent(const char *path)
{
	char parent[PATH_MAX];
	char *slash;

	snprintf(parent, sizeof(parent), "%s", path);
	slash = strrchr(parent, '/');
	if (slash == NULL)
		return directory_sync(".");
	slash[slash == parent] = '\0';
	return directory_sync(parent);
}

static int move_into_place(const char *temporary, const char *path)
{
	int result = directory_sync(temporary);

	if (result == 0 && rename(temporary, path) < 0)
		result = -errno;
	return result == 0 ? sync_parent(path) : result;
}

int savepoint_write(struct storage *storage, const char *path, struct err *err)
{
	char temporary[PATH_MAX], file[PATH_MAX + 16], name[PATH_MAX];
	size_t len;
	int result;

	snprintf(name, sizeof(name), "%s", path);
	for (len = strlen(name); len > 1 && name[len - 1] == '/'; len--)
		name[len - 1] = '\0';
	len = (size_t)snprintf(temporary, sizeof(temporary), "%s.tmp", name);
	if (len >= sizeof(temporary))
		return err_set(err, ENAMETOOLONG, "the savepoint's name is too long");
	snprintf(file, sizeof(file), "%s/data.mdb", temporary);
	unlink(file); // of one that was cut off
	rmdir(temporary);
	if (mkdir(temporary, 0750) < 0)
		return err_set(err, errno, "cannot make savepoint '%s': %s", path, strerror(errno));
	result = storage_copy(storage, file);
	if (result == 0)
		result = move_into_place(temporary, name);
	if (result == 0)
		return 0;
	unlink(file);
	rmdir(temporary);
	return err_set(err, -result, "cannot write savepoint '%s': %s", path, strerror(-result));
}
