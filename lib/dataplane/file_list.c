#include "dataplane/file_list.h"
#include <errno.h>
#include <fts.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

// Flink's enumerators pass over what other tools are still writing: _temporary, .part-0.inprogress.
static bool is_hidden(const FTSENT *entry)
{
	return entry->fts_level > FTS_ROOTLEVEL &&
	       (entry->fts_name[0] == '.' || entry->fts_name[0] == '_');
}

static int append(struct file_list *list, const char *path)
{
	char **paths = reallocarray(list->paths, list->n_paths + 1, sizeof(*paths));

	if (paths == NULL)
		return -ENOMEM;
	list->paths = paths;
	if ((paths[list->n_paths] = strdup(path)) == NULL)
		return -ENOMEM;
	list->n_paths++;
	return 0;
}

static int visit(struct file_list *list, FTS *fts, FTSENT *entry, size_t n_max, struct err *err)
{
	if (is_hidden(entry)) {
		fts_set(fts, entry, FTS_SKIP);
		return 0;
	}
	switch (entry->fts_info) {
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		return err_set(err, entry->fts_errno, "cannot read %s: %s", entry->fts_path,
			strerror(entry->fts_errno));
	case FTS_SLNONE: // a link that leads nowhere
		if (entry->fts_level > FTS_ROOTLEVEL)
			return 0;
		return err_set(
			err, ENOENT, "cannot read %s: %s", entry->fts_path, strerror(ENOENT));
	case FTS_DEFAULT: // a pipe or a device: only when it is named itself
		if (entry->fts_level > FTS_ROOTLEVEL)
			return 0;
		break;
	case FTS_F:
		break;
	default:
		return 0;
	}
	if (list->n_paths == n_max)
		return err_set(err, E2BIG, "%s holds more than %zu files", entry->fts_path, n_max);
	if (append(list, entry->fts_path) < 0)
		return err_set(err, ENOMEM, "out of memory for the names of files");
	if (entry->fts_info == FTS_F)
		list->n_bytes += (uint64_t)entry->fts_statp->st_size;
	return 0;
}

int file_list_make(struct file_list *list, const char *path, size_t n_max, struct err *err)
{
	char *roots[] = {(char *)path, NULL};
	struct file_list made = {0};
	FTSENT *entry;
	int status = 0;
	FTS *fts;

	// fts_open() takes an empty name for a mistake of the program.
	if (path[0] == '\0')
		return err_set(err, ENOENT, "the path is empty");
	if ((fts = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name)) == NULL)
		return err_set(err, errno, "cannot read %s: %s", path, strerror(errno));
	while (status == 0 && (entry = fts_read(fts)) != NULL)
		status = visit(&made, fts, entry, n_max, err);
	fts_close(fts);
	if (status < 0)
		file_list_free(&made);
	else
		*list = made;
	return status;
}

void file_list_free(struct file_list *list)
{
	for (size_t i = 0; i < list->n_paths; i++)
		free(list->paths[i]);
	free(list->paths);
	*list = (struct file_list){0};
}
