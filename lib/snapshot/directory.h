// A state directory's files, apart from what is in them.
//
//	data.mdb        the state; lock.mdb: LMDB's
//	tidewire.pid    locked by the process that has the directory, holds its number
//	new/            a data.mdb that is not complete yet
//	data.mdb.old    what was put aside because it was damaged, or not to be restored
#pragma once
#include <stdbool.h>
#include "base/err.h"

// Make the directory when it is missing.
int directory_make(const char *dir, struct err *err);
// Returns a file descriptor that holds the lock until it is closed; -EBUSY when another process
// has it; -errno.
int directory_lock(const char *dir, struct err *err);
bool directory_has_state(const char *dir);
// dir/new, empty, into path[:PATH_MAX].
int directory_begin_new(const char *dir, char *path, struct err *err);
// dir/new/data.mdb, which is synced, takes the place of dir/data.mdb; what was there becomes
// data.mdb.old.
int directory_end_new(const char *dir, struct err *err);
// dir/data.mdb becomes data.mdb.old, if there is one.
int directory_put_aside(const char *dir, struct err *err);
int directory_sync(const char *dir); // its entries
int file_sync(const char *path);
