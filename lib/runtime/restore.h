// A checkpoint into a topology that has not run yet: all records of an operator to all its
// instances, which take what is theirs, whatever the parallelism was.
//
//	topology_new() ─► restore_begin() ─► restore_take() of each record ─► restore_end() ─► run
#pragma once
#include "runtime/topology.h"

struct restore {
	struct topology *topology;
	struct err *err;
	struct op **ops; // [:n_ops] by the ids of their specs
	uint32_t n_ops;
};

// err, which must outlive the restore, gets what goes wrong. Returns 0, or -ENOMEM.
int restore_begin(struct restore *restore, struct topology *topology, struct err *err);
// The next record, in the order of their keys. Returns 0, or -errno with the err filled. The form
// is that of checkpoint_read().
int restore_take(void *restore, const struct record *record);
// That was the last one. Returns 0, or -errno with the err filled. Also after a failure, to free.
int restore_end(struct restore *restore, bool has_failed);
