// A copy of what is committed, as a directory of its own that can be restored like a state
// directory and is never written to.
#pragma once
#include "base/err.h"
#include "snapshot/storage.h"

// path must not be there, or be an empty directory: it appears whole and synced, or not at all.
int savepoint_write(struct storage *storage, const char *path, struct err *err);
