// The topology: a job's tasks and the channels between them, made of its plan before anything runs.
// Knows no thread and no clock: whoever has it steps its tasks, on lcores or, in tests, one after
// another in any order.
//
// A stage that has one instance, one instance upstream, and the same lcore is fused with it: its
// operators hang directly below and no ring lies between.
#pragma once
#include "runtime/job.h"
#include "runtime/place.h"
#include "runtime/task.h"

enum { TOPOLOGY_TASKS_MAX = 1024, TOPOLOGY_STAGES_MAX = 1024 };

struct topology_env {
	uint32_t n_lcores; // worker lcores, 1 at least
	struct mem *const *mems; // [:n_lcores] memory of each lcore's NUMA node
	uint64_t state_bytes; // of keyed state, over all lcores
	struct hash_seed seed;
	uint64_t (*tsc)(void); // for latency; tests hand in a clock of their own
	uint64_t tsc_hz;
	uint32_t n_rx_tasks; // rx queues: instances of UDP sources; 0 when the job has none
	uint32_t channel_blocks; // blocks of a channel; 0 = the default
	// For tests: that input of any kind counts as live, and entries of a portion (op_task).
	bool is_live;
	int32_t portion;
	uint64_t stop_after; // messages that each file is to give, for tests; 0 = all
	// checkpoints
	bool takes_checkpoints;
	uint64_t record_bytes; // on their way to the disk, over all tasks; 0 = as state needs
	uint64_t checkpoint; // that the job will be restored from (restore.h), 0 = none
};

struct topology {
	const struct job *job;
	struct mem *mem; // of what is not an lcore's
	struct hash_seed seed;
	struct placement placement;
	uint32_t parallelism;
	uint32_t n_tasks;
	struct task *tasks[TOPOLOGY_TASKS_MAX]; // rx tasks first, in the order of their queues
	uint32_t n_lcores;
	struct page_pool *pools; // [:n_lcores]
	uint32_t n_channels, n_channels_max;
	struct channel **channels;
};

// Returns NULL with *err filled. Free with topology_free().
struct topology *topology_new(
	const struct job *job, const struct topology_env *env, struct err *err);
void topology_free(struct topology *topology);

// Sources take no more input; what is in flight comes out, then all tasks finish.
void topology_stop(struct topology *topology);
// The same, but nothing ends: what is in flight comes out, windows stay open. A checkpoint behind
// that has all there is.
void topology_suspend(struct topology *topology);
// All tasks are to take checkpoint n. What they write comes out of their common.out.
void topology_checkpoint(struct topology *topology, uint64_t n);
bool topology_finished(const struct topology *topology);
// Files have given as much as env->stop_after says, and no other source has more.
bool topology_is_at_stop(const struct topology *topology);
// The first fault of any task, or NULL.
const struct fault *topology_fault(const struct topology *topology);
