// A job as the planner hands it to the runtime: stages of operators, joined by exchanges. Immutable
// once planned; holds nothing that runs.
//
//   source stage ──exchange──► stage (keyed) ──exchange──► sink stage
//
// A stage is a tree of operator specs (op_spec.outs) whose leaves are exchanges into other stages
// or sinks. The runtime makes `parallelism` instances of a keyed stage, one of a sink stage, and of
// a source stage one, or for UDP one for each rx queue.
#pragma once
#include "base/arena.h"
#include "operator/op.h"
#include "operator/window/local_aggregate.h"

enum stage_kind { STAGE_SOURCE, STAGE_KEYED, STAGE_SINK };

struct stage {
	enum stage_kind kind;
	uint32_t id; // from 1, in the order of the data's flow
	const char *name; // "transactions", "WindowAggregate", "alerts"
	struct op_spec *head; // of a source stage: the source
	const struct schema *input; // what comes over its exchanges; NULL for a source stage
};

// config of an exchange's op_spec (exchange_kind): the leaf of a stage's tree.
struct exchange_config {
	struct stage *to;
	bool is_hash; // by keys, else all rows to the one instance
	uint16_t n_keys;
	const uint16_t *keys; // columns of its input; 0 keys of a hash exchange: a global aggregate
	// For which aggregate behind it rows of one key are made one on the way, and of which keys.
	enum local_strategy local;
	const struct window_aggregate_config *aggregate; // when that is not LOCAL_NEVER
};
extern const struct op_kind exchange_kind;

struct source_config;
// What reads the stage's UDP table, or NULL: it is a stage of another kind.
const struct source_config *stage_udp_source(const struct stage *stage);

struct checkpoint_settings {
	const char *dir; // NULL = no checkpoints are taken
	int64_t interval_ms; // 0 = only when asked for, and at the end
	int64_t min_pause_ms; // between the end of one and the start of the next
	int64_t timeout_ms; // a checkpoint that takes longer has failed
	int64_t tolerable_failures; // in a row, the job fails at one more; −1 = any number
	uint32_t n_retained; // checkpoints that are kept, 2 at least
	uint64_t buffer_bytes; // on their way to the disk, over all tasks; 0 = what state may take
	const char *restore; // "latest", "none", or the path of a state directory or a savepoint
};

// What happens when a row needs more state than there may be.
enum state_policy {
	STATE_DROP_NEW_KEYS, // it is dropped and counted (default)
	STATE_EVICT_IDLE, // keys that had no row for longest go, by operators that keep keys for
			  // ever
	STATE_FAIL, // the job fails
};

struct job_settings {
	uint32_t parallelism; // of keyed stages; 0 = one per worker lcore
	uint64_t state_max_memory; // bytes over all lcores; 0 = half of what EAL has
	enum state_policy state_policy; // at that limit
	struct checkpoint_settings checkpoint;
};

struct job {
	struct arena *arena; // everything planned lives here
	uint32_t n_stages;
	struct stage **stages; // upstream before downstream
	struct job_settings settings;
};

// Whether rows come to the stage by keys: only then has it more than one instance.
bool job_stage_has_keys(const struct job *job, const struct stage *stage);
