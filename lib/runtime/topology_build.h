// Inside topology_new(): what is known of each stage while its instances are being made.
#pragma once
#include "runtime/topology.h"

// What is known of a stage while the topology is being built.
struct stage_build {
	const struct stage *stage;
	uint32_t n_instances;
	uint32_t first_place; // running number of its first instance among sources or stages
	uint32_t n_upstream; // instances with an exchange into it
	uint32_t upstream_lcore; // of the one when n_upstream is 1
	bool is_fused;
	struct task *tasks[TOPOLOGY_TASKS_MAX]; // [:n_instances] when not fused
	struct channel **inputs; // [n_instances][n_upstream]; NULL when it has no gate
	uint32_t n_inputs; // channels of each instance so far
	const struct task **upstream; // [n_upstream] who sends on each
};

struct build {
	struct topology *topology;
	const struct topology_env *env;
	struct stage_build *stages; // [:job->n_stages], in the job's order
	struct err *err;
};

struct stage_build *build_find_stage(struct build *build, const struct stage *stage);
// Instances, places and fusing of every stage.
void build_lay_out(struct build *build);
// The lcore of an instance.
uint32_t build_lcore(struct build *build, const struct stage_build *stage, uint32_t instance);
// Tasks, operators, channels and gates of every stage. Returns 0, or -errno with *build->err
// filled.
int build_make(struct build *build);
