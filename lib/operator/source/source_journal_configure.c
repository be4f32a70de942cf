#include "operator/source/source_journal_configure.h"
#include <errno.h>
#include <string.h>
#include "base/units.h"

#define SYNC_INTERVAL_DEFAULT "10 ms"
#define MAX_SIZE_DEFAULT "10 gb"

static const int64_t sync_interval_min_ns = 1000000, sync_interval_max_ns = 60000000000;
static const uint64_t max_size_min = 16 << 20;

static int take_switch(struct table_option *options, uint16_t n, bool *is_on, struct err *err)
{
	const struct table_option *option = option_find(options, n, "journal");

	*is_on = option != NULL && strcmp(option->value, "true") == 0;
	if (option == NULL || *is_on || strcmp(option->value, "false") == 0)
		return 0;
	return err_set_at(err, option->pos, "option 'journal': '%s' is neither 'true' nor 'false'",
		option->value);
}

static int take_sync_interval(struct source_journal_config *journal, struct table_option *options,
	uint16_t n, struct err *err)
{
	const struct table_option *option = option_find(options, n, "journal.sync-interval");
	const char *text = option != NULL ? option->value : SYNC_INTERVAL_DEFAULT;

	if (units_duration_ns(text, &journal->sync_interval_ns) == 0 &&
		journal->sync_interval_ns >= sync_interval_min_ns &&
		journal->sync_interval_ns <= sync_interval_max_ns)
		return 0;
	return err_set_at(err, option->pos,
		"option 'journal.sync-interval': '%s' is no duration from '1 ms' to '1 min'",
		option->value);
}

static int take_max_size(struct source_journal_config *journal, struct table_option *options,
	uint16_t n, struct err *err)
{
	const struct table_option *option = option_find(options, n, "journal.max-size");
	const char *text = option != NULL ? option->value : MAX_SIZE_DEFAULT;

	if (units_size_bytes(text, &journal->max_bytes) == 0 && journal->max_bytes >= max_size_min)
		return 0;
	return err_set_at(err, option->pos,
		"option 'journal.max-size': '%s' is no size of '16 mb' or more", option->value);
}

static int take_policy(struct source_journal_config *journal, struct table_option *options,
	uint16_t n, struct err *err)
{
	const struct table_option *option = option_find(options, n, "journal.on-failure");

	journal->on_failure = JOURNAL_STOP;
	if (option == NULL || strcmp(option->value, "stop") == 0)
		return 0;
	journal->on_failure = JOURNAL_CONTINUE;
	if (strcmp(option->value, "continue-without") == 0)
		return 0;
	return err_set_at(err, option->pos,
		"option 'journal.on-failure': '%s' is neither 'stop' nor 'continue-without'",
		option->value);
}

static int take_sequence(struct source_journal_config *journal, const struct schema *schema,
	struct table_option *options, uint16_t n, struct err *err)
{
	const struct table_option *option = option_find(options, n, "journal.sequence-column");
	enum type_kind kind;

	journal->sequence_column = -1;
	if (option == NULL)
		return 0;
	journal->sequence_column = schema_find(schema, option->value);
	if (journal->sequence_column < 0)
		return err_set_at(err, option->pos,
			"option 'journal.sequence-column': the table has no physical column '%s'",
			option->value);
	kind = schema->fields[journal->sequence_column].type.kind;
	if (kind == TYPE_INT || kind == TYPE_BIGINT)
		return 0;
	return err_set_at(err, option->pos,
		"option 'journal.sequence-column': '%s' is neither INT nor BIGINT", option->value);
}

int source_journal_configure(struct source_config *config, struct arena *arena,
	const struct schema *schema, struct table_option *options, uint16_t n_options,
	struct err *err)
{
	struct source_journal_config *journal = arena_alloc(arena, sizeof(*journal));
	bool is_on;

	if (take_switch(options, n_options, &is_on, err) < 0)
		return -EINVAL;
	journal->dir = option_text(options, n_options, "journal.dir", NULL);
	if (take_sync_interval(journal, options, n_options, err) < 0 ||
		take_max_size(journal, options, n_options, err) < 0 ||
		take_policy(journal, options, n_options, err) < 0 ||
		take_sequence(journal, schema, options, n_options, err) < 0)
		return -EINVAL;
	config->journal = is_on ? journal : NULL;
	return 0;
}
