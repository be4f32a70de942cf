// One checkpoint and its tables, verified, as a new environment.
#pragma once
#include "snapshot/checkpoint_store.h"

// into is a directory without data.mdb.
int recovery_copy(
	struct checkpoint_store *store, uint64_t checkpoint, const char *into, struct err *err);
