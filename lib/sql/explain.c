// A plan as text: the stages in the order of the flow, each with its operators as a tree.
#include "sql/sql.h"

// How the job is run, not what it is: no part of an operator's own text, by which checkpoints are
// recognised.
static const char *const local_names[] = {
	[LOCAL_NEVER] = "",
	[LOCAL_HOT_KEYS] = ", LocalWindowAggregate of hot keys",
	[LOCAL_ALL_KEYS] = ", LocalWindowAggregate of all keys",
};

static const char *explain_op(
	struct arena *arena, const char *text, const struct op_spec *op, int depth)
{
	const char *what = op->kind->explain != NULL ? op->kind->explain(op, arena) : "";

	text = arena_printf(arena, "%s%*s%s(%s)", text, 2 * depth, "", op->kind->name, what);
	if (op->kind == &exchange_kind) {
		const struct exchange_config *config = op->config;

		text = arena_printf(arena, "%s -> stage %u%s", text, config->to->id,
			local_names[config->local]);
	}
	text = arena_printf(arena, "%s\n", text);
	for (uint16_t i = 0; i < op->n_outs; i++)
		text = explain_op(arena, text, op->outs[i], depth + 1);
	return text;
}

static const char *explain_parallelism(
	struct arena *arena, const struct job *job, const struct stage *stage)
{
	if (stage->kind == STAGE_SOURCE)
		return "source";
	if (stage->kind == STAGE_SINK)
		return "sink, parallelism: 1";
	if (!job_stage_has_keys(job, stage))
		return "one instance";
	if (job->settings.parallelism == 0)
		return "keyed, parallelism: default";
	return arena_printf(arena, "keyed, parallelism: %u", job->settings.parallelism);
}

const char *sql_explain(const struct job *job, struct arena *arena)
{
	const char *text = "";

	for (uint32_t i = 0; i < job->n_stages; i++) {
		const struct stage *stage = job->stages[i];

		text = arena_printf(arena, "%sStage %u: %s (%s)\n", text, stage->id, stage->name,
			explain_parallelism(arena, job, stage));
		text = explain_op(arena, text, stage->head, 1);
	}
	return job->n_stages > 0 ? text : "no stages: the script only defines things\n";
}
