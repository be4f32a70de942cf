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
