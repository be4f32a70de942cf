// A script, statement by statement.
#include <errno.h>
#include "sql/bind.h"
#include "sql/parse.h"
#include "sql/physical.h"
#include "sql/sql.h"

struct run {
	struct binder binder;
	struct catalog catalog;
	struct settings settings;
	struct physical physical;
	bool explain_only;
};

// An error of the physical plan that has no place of its own is about this statement.
static int place_error(struct run *run, struct pos pos)
{
	struct err *err = run->binder.err;

	if (err != NULL && err->pos.line == 0)
		err->pos = pos;
	return -EINVAL;
}

static int plan_option(struct run *run, const struct ast_option *option)
{
	if (option->value == NULL)
		return settings_reset(
			&run->settings, option->key, option->key_pos, run->binder.err);
	return settings_set(&run->settings, option->key, option->key_pos, option->value,
		option->value_pos, run->binder.err);
}

static int plan_insert(struct run *run, const struct ast_insert *insert, struct pos pos)
{
	struct catalog_table *target;
	const struct plan *plan = bind_insert(&run->binder, insert, &target);

	if (plan == NULL)
		return -EINVAL;
	return physical_insert(&run->physical, plan, target) < 0 ? place_error(run, pos) : 0;
}

static int plan_print(struct run *run, const struct ast_query *query, struct pos pos)
{
	const struct plan *plan = bind_print(&run->binder, query);

	if (plan == NULL)
		return -EINVAL;
	return physical_print(&run->physical, plan) < 0 ? place_error(run, pos) : 0;
}

static int plan_statement(struct run *run, const struct ast_statement *statement, bool is_last)
{
	struct pos pos = statement->pos;

	switch (statement->kind) {
	case AST_SET:
		return plan_option(run, statement->option);
	case AST_CREATE_TABLE:
		return bind_create_table(&run->binder, statement->create_table, pos);
	case AST_CREATE_VIEW:
		return bind_create_view(&run->binder, statement->create_view, pos);
	case AST_DROP_TABLE:
	case AST_DROP_VIEW:
		return bind_drop(
			&run->binder, statement->drop, statement->kind == AST_DROP_VIEW, pos);
	case AST_INSERT:
		return plan_insert(run, statement->insert, pos);
	case AST_STATEMENT_SET:
		for (uint32_t i = 0; i < statement->n_inserts; i++)
			if (plan_statement(run, statement->inserts[i], false) < 0)
				return -EINVAL;
		return 0;
	case AST_EXPLAIN:
		run->explain_only = true;
		return plan_statement(run, statement->explained, true);
	case AST_QUERY:
		break;
	}
	if (!is_last)
		return err_set_at(run->binder.err, pos,
			"a SELECT that prints its rows must be the last statement; others write "
			"with INSERT INTO");
	return plan_print(run, statement->query, pos);
}

static int plan_statements(struct run *run, const struct ast_script *script)
{
	for (uint32_t i = 0; i < script->n_statements; i++)
		if (plan_statement(run, script->statements[i], i + 1 == script->n_statements) < 0)
			return -EINVAL;
	return 0;
}

int sql_plan(struct arena *arena, const char *text, size_t len, const struct sql_setting *settings,
	uint32_t n_settings, const struct zone_files *zone_files, struct sql_plan *plan,
	struct err *err)
{
	struct run *run = arena_alloc(arena, sizeof(*run));
	struct ast_script *script;

	run->catalog.arena = arena;
	settings_init(&run->settings, arena, zone_files);
	run->binder = (struct binder){arena, err, &run->catalog, &run->settings, NULL};
	run->physical = (struct physical){
		.arena = arena, .settings = &run->settings, .catalog = &run->catalog, .err = err};
	for (uint32_t i = 0; i < n_settings; i++)
		if (settings_set(&run->settings, settings[i].key, (struct pos){0},
			    settings[i].value, (struct pos){0}, err) < 0)
			return -EINVAL;
	if (sql_parse(arena, text, len, &script, err) < 0 || plan_statements(run, script) < 0 ||
		settings_check(&run->settings, err) < 0 ||
		physical_check_checkpoints(&run->physical, &run->settings) < 0)
		return -EINVAL;
	*plan = (struct sql_plan){
		.job = physical_job(&run->physical),
		.name = run->settings.pipeline_name,
		.explain_only = run->explain_only,
		.n_notes = run->settings.n_notes,
		.notes = run->settings.notes,
	};
	return 0;
}
