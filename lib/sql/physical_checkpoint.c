// What a job's connectors and its checkpoints have to do with each other.
#include <errno.h>
#include "sql/physical.h"

static int check_sink(const struct physical *physical, const struct sink_config *config)
{
	const struct catalog_table *table = catalog_find_table(physical->catalog, config->table);

	if (config->connector != SINK_LMDB || physical->settings->job.checkpoint.dir != NULL)
		return 0;
	return err_set_at(physical->err, table != NULL ? table->pos : (struct pos){0},
		"table %s: the connector 'lmdb' writes with checkpoints: say where with "
		"--state-dir DIR "
		"or SET 'state.checkpoints.dir' = 'DIR'",
		config->table);
}

static void note_source(const struct physical *physical, struct settings *settings,
	const struct source_config *config)
{
	const char *note;

	if (config->connector != SOURCE_UDP || config->journal != NULL)
		return;
	note = arena_printf(physical->arena,
		"table %s: what arrives between a checkpoint and a crash is lost; "
		"'journal' = 'true' keeps it",
		config->table);
	settings_note(settings, note);
}

int physical_check_checkpoints(const struct physical *physical, struct settings *settings)
{
	for (uint32_t i = 0; i < physical->sinks.n; i++)
		if (check_sink(physical, physical->sinks.stages[i]->head->config) < 0)
			return -EINVAL;
	if (settings->job.checkpoint.dir == NULL)
		return 0;
	for (uint32_t i = 0; i < physical->flow.n; i++)
		if (physical->flow.stages[i]->kind == STAGE_SOURCE)
			note_source(physical, settings, physical->flow.stages[i]->head->config);
	return 0;
}
