// Where every instance of every stage goes, and which stages need no channel between them.
#include "runtime/topology_build.h"

struct stage_build *build_find_stage(struct build *build, const struct stage *stage)
{
	uint32_t i = 0;

	while (build->stages[i].stage != stage)
		i++;
	return &build->stages[i];
}

uint32_t build_lcore(struct build *build, const struct stage_build *stage, uint32_t instance)
{
	const struct placement *placement = &build->topology->placement;

	return stage->stage->kind == STAGE_SOURCE
		       ? place_source(placement, stage->first_place + instance)
		       : place_stage(placement, stage->first_place + instance);
}

// Count what flows into each stage below spec, a part of the tree of stage `from`.
static void count_upstream(
	struct build *build, const struct stage_build *from, const struct op_spec *spec)
{
	if (spec->kind == &exchange_kind) {
		const struct exchange_config *config = spec->config;
		struct stage_build *to = build_find_stage(build, config->to);

		to->n_upstream += from->n_instances;
		to->upstream_lcore = build_lcore(build, from, 0);
	}
	for (uint16_t i = 0; i < spec->n_outs; i++)
		count_upstream(build, from, spec->outs[i]);
}

static uint32_t count_source_instances(const struct job *job, const struct topology_env *env)
{
	uint32_t n = env->n_rx_tasks;

	for (uint32_t i = 0; i < job->n_stages; i++)
		n += job->stages[i]->kind == STAGE_SOURCE &&
		     stage_udp_source(job->stages[i]) == NULL;
	return n;
}

// Instances and places of every stage. Queues are the first sources, shared by all UDP tables.
void build_lay_out(struct build *build)
{
	struct topology *topology = build->topology;
	const struct job *job = topology->job;
	uint32_t source = build->env->n_rx_tasks, other = 0;

	place_init(&topology->placement, build->env->n_lcores,
		count_source_instances(job, build->env));
	topology->parallelism = job->settings.parallelism != 0
					? job->settings.parallelism
					: place_parallelism(&topology->placement);
	for (uint32_t i = 0; i < job->n_stages; i++)
		build->stages[i].stage = job->stages[i];
	for (uint32_t i = 0; i < job->n_stages; i++) {
		struct stage_build *stage = &build->stages[i];

		// More instances of a stage without keys would get no rows.
		stage->n_instances =
			job_stage_has_keys(job, stage->stage) ? topology->parallelism : 1;
		if (stage_udp_source(stage->stage) != NULL) {
			stage->n_instances = build->env->n_rx_tasks;
		} else if (stage->stage->kind == STAGE_SOURCE) {
			stage->first_place = source++;
		} else {
			stage->first_place = other;
			other += stage->n_instances;
		}
	}
	for (uint32_t i = 0; i < job->n_stages; i++) {
		struct stage_build *stage = &build->stages[i];

		// Upstream stages come first: all that flows into this one is counted.
		stage->is_fused = stage->stage->kind != STAGE_SOURCE && stage->n_instances == 1 &&
				  stage->n_upstream == 1 &&
				  build_lcore(build, stage, 0) == stage->upstream_lcore;
		count_upstream(build, stage, stage->stage->head);
	}
}
