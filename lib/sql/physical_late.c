// 'scan.late-rows.table' = 't': rows of a table that a window aggregate over it drops because they
// come too late go into t. Its columns are those of the table with the same name; drop_reason says
// why. What of them the aggregate does not need itself rides along to it.
#include <errno.h>
#include <string.h>
#include "operator/calc/calc.h"
#include "operator/calc/late_rows.h"
#include "sql/physical_build.h"

static const char reason_column[] = "drop_reason";

// The table whose rows plan passes on, one for one.
static struct catalog_table *scanned_table(const struct plan *plan)
{
	if (plan->kind == PLAN_CALC)
		plan = plan->input;
	return plan->kind == PLAN_SCAN ? plan->table : NULL;
}

static const struct expr *column_of(
	struct physical *physical, const struct catalog_table *table, const struct field *field)
{
	for (uint16_t i = 0; i < table->n_columns; i++)
		if (strcmp(table->columns[i].name, field->name) == 0)
			return expr_assign(physical->arena, table->columns[i].expr, field->type,
				field->name, physical->err);
	err_set_at(physical->err, table->late_pos,
		"table '%s' for late rows has a column '%s', which table '%s' has not; '%s' says "
		"why "
		"a row was dropped",
		table->late_table, field->name, table->name, reason_column);
	return NULL;
}

static void want(uint16_t column, void *context)
{
	struct catalog_table *table = context;

	if (column < table->physical->n_fields)
		table->wanted[column] = true;
}

// A Calc of plan's columns and the late table's behind tails, the operators of the scan.
static int widen(struct physical *physical, const struct plan *plan, struct catalog_table *table,
	const struct schema *target, struct tails *tails, uint16_t *columns)
{
	struct arena *arena = physical->arena;
	struct calc_config *config = arena_alloc(arena, sizeof(*config));
	const struct expr **exprs;
	struct plan_column *fields;
	uint16_t n = plan->n_columns;

	if (n + target->n_fields > SCHEMA_COLUMNS_MAX)
		return err_set_at(physical->err, table->late_pos,
			"the query and the table for late rows have more than %d columns",
			SCHEMA_COLUMNS_MAX);
	exprs = arena_alloc(arena, (n + target->n_fields) * sizeof(*exprs));
	fields = arena_alloc(arena, (n + target->n_fields) * sizeof(*fields));
	memcpy(fields, plan->columns, n * sizeof(*fields));
	memcpy(exprs, plan->kind == PLAN_CALC ? plan->exprs : plan_refs(arena, plan),
		n * sizeof(*exprs));
	for (uint16_t i = 0; i < target->n_fields; i++) {
		const struct field *field = &target->fields[i];

		columns[i] = LATE_ROWS_REASON;
		if (strcmp(field->name, reason_column) == 0)
			continue;
		exprs[n] = column_of(physical, table, field);
		if (exprs[n] == NULL)
			return -EINVAL;
		expr_columns(exprs[n], want, table);
		fields[n] = (struct plan_column){.name = field->name, .type = exprs[n]->type};
		columns[i] = n++;
	}
	*config = (struct calc_config){.n_exprs = n, .exprs = exprs};
	if (plan->kind == PLAN_CALC)
		config->condition = plan->condition;
	return physical_append(physical, tails, &calc_kind, config,
		plan_schema(arena, &(struct plan){.n_columns = n, .columns = fields}));
}

int physical_late_build(struct physical *physical, const struct plan *plan, struct tails *tails,
	struct late_rows *late)
{
	struct catalog_table *table = scanned_table(plan);
	uint16_t *columns;

	*late = (struct late_rows){0};
	if (table == NULL || table->late_table == NULL)
		return physical_build(physical, plan, tails);
	late->target = catalog_find_table(physical->catalog, table->late_table);
	if (late->target == NULL)
		return err_set_at(physical->err, table->late_pos,
			"table '%s' for late rows not found: CREATE TABLE %s (…) WITH (…)",
			table->late_table, table->late_table);
	columns = arena_alloc(
		physical->arena, (late->target->physical->n_fields + 1u) * sizeof(*columns));
	late->columns = columns;
	if (physical_build(physical, plan->kind == PLAN_CALC ? plan->input : plan, tails) < 0)
		return -EINVAL;
	return widen(physical, plan, table, late->target->physical, tails, columns);
}

int physical_late_attach(
	struct physical *physical, struct op_spec *op, const struct late_rows *late)
{
	struct late_rows_config *config;
	struct exchange_config *exchange;
	struct op_spec *head, *leaf;

	if (late->target == NULL)
		return 0;
	config = arena_alloc(physical->arena, sizeof(*config));
	exchange = arena_alloc(physical->arena, sizeof(*exchange));
	config->columns = late->columns;
	exchange->to = physical_sink(physical, late->target);
	if (exchange->to == NULL)
		return -EINVAL;
	head = physical_op(physical, op, &late_rows_kind, config, late->target->physical);
	leaf = head != NULL
		       ? physical_op(physical, head, &exchange_kind, exchange, exchange->to->input)
		       : NULL;
	if (leaf == NULL)
		return -EINVAL;
	head->input = op->input; // not what op puts out
	head->takes_events = leaf->takes_events = false;
	op->late_out = op->n_outs;
	return 0;
}
