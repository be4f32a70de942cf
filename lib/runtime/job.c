#include "runtime/job.h"
#include "operator/source/source.h"

const struct source_config *stage_udp_source(const struct stage *stage)
{
	const struct source_config *config;

	if (stage->kind != STAGE_SOURCE)
		return NULL;
	config = stage->head->config;
	return config->connector == SOURCE_UDP ? config : NULL;
}

// Whether an exchange below spec leads to the stage by keys.
static bool leads_by_keys(const struct op_spec *spec, const struct stage *to)
{
	const struct exchange_config *config = spec->config;

	if (spec->kind == &exchange_kind && config->to == to && config->n_keys > 0)
		return true;
	for (uint16_t i = 0; i < spec->n_outs; i++)
		if (leads_by_keys(spec->outs[i], to))
			return true;
	return false;
}

bool job_stage_has_keys(const struct job *job, const struct stage *stage)
{
	for (uint32_t i = 0; i < job->n_stages; i++)
		if (leads_by_keys(job->stages[i]->head, stage))
			return true;
	return false;
}
