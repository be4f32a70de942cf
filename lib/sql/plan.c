// Constructors of the logical plan and its normal form.
//
//   Calc over Calc       one Calc: the upper one's expressions with the lower one's put in for its
//                        columns, both conditions in an AND that is evaluated from the left
//   Calc over Union      a Union of Calcs
//   Calc over Window     a condition that does not look at the window goes below it
//   Aggregate over Calc over Window
//                        the Aggregate cuts slices itself and the Window is gone, unless the Calc
//                        looks at the window's columns: then rows carry their window along
#include "sql/plan.h"
#include <assert.h>
#include <string.h>
#include "expr/function.h"
#include "sql/catalog.h"

struct plan *plan_new(struct arena *arena, enum plan_kind kind, struct plan *input,
	struct plan_column *columns, uint16_t n_columns)
{
	struct plan *plan = arena_alloc(arena, sizeof(*plan));

	plan->kind = kind;
	plan->input = input;
	plan->columns = columns;
	plan->n_columns = n_columns;
	plan->size = input != NULL ? input->size + 1 : 1;
	plan->has_updates = input != NULL && input->has_updates;
	return plan;
}

struct plan *plan_scan(struct arena *arena, struct catalog_table *table)
{
	const struct schema *schema = table->scan;
	struct plan_column *columns = arena_alloc(arena, schema->n_fields * sizeof(*columns));
	struct plan *plan = plan_new(arena, PLAN_SCAN, NULL, columns, schema->n_fields);

	for (uint16_t i = 0; i < schema->n_fields; i++) {
		columns[i].name = schema->fields[i].name;
		columns[i].type = schema->fields[i].type;
		columns[i].time = i == table->rowtime ? PLAN_ROWTIME : PLAN_NO_TIME;
	}
	plan->table = table;
	return plan;
}

struct expr *plan_ref(struct arena *arena, const struct plan *plan, uint16_t i)
{
	return expr_column(arena, i, plan->columns[i].type, plan->columns[i].pos);
}

const struct expr **plan_refs(struct arena *arena, const struct plan *plan)
{
	const struct expr **refs = arena_alloc(arena, (plan->n_columns + 1u) * sizeof(*refs));

	for (uint16_t i = 0; i < plan->n_columns; i++)
		refs[i] = plan_ref(arena, plan, i);
	return refs;
}

struct schema *plan_schema(struct arena *arena, const struct plan *plan)
{
	struct schema *schema = schema_new(arena, plan->n_columns);

	for (uint16_t i = 0; i < plan->n_columns; i++)
		schema->fields[i] = (struct field){plan->columns[i].name, plan->columns[i].type};
	return schema;
}

struct plan_column plan_pass(
	const struct plan *plan, const struct expr *expr, const char *name, struct pos pos)
{
	struct plan_column column = {.type = expr->type};

	if (expr->kind == EXPR_CALL && expr->function != NULL &&
		strcmp(expr->function->name, "PROCTIME") == 0)
		column.time = PLAN_PROCTIME;
	if (expr->kind == EXPR_COLUMN)
		column = plan->columns[expr->column];
	column.name = name;
	column.pos = pos;
	return column;
}

struct column_limit {
	uint16_t first;
	bool found;
};

static void find_column(uint16_t column, void *context)
{
	struct column_limit *limit = context;

	limit->found |= column >= limit->first;
}

// ---- Calc

// Nodes of expr when columns[i] stands for its column i; more than PLAN_EXPR_MAX is all the same.
static uint32_t size_with(const struct expr *expr, const uint32_t *columns)
{
	uint32_t size = expr->kind == EXPR_COLUMN ? columns[expr->column] : 1;

	for (uint16_t i = 0; i < expr->n_args && size <= PLAN_EXPR_MAX; i++)
		size += size_with(expr->args[i], columns);
	return size;
}

// Whether a Calc of these over input, a Calc, may become one.
static bool can_merge(const struct plan *input, const struct expr *condition,
	const struct expr *const *exprs, uint16_t n)
{
	static const uint32_t one[SCHEMA_COLUMNS_MAX] = {[0 ... SCHEMA_COLUMNS_MAX - 1] = 1};
	uint32_t sizes[SCHEMA_COLUMNS_MAX], total = 0;
	bool grows = false;

	for (uint16_t i = 0; i < input->n_columns; i++) {
		sizes[i] = size_with(input->exprs[i], one);
		grows |= sizes[i] > 1;
	}
	if (!grows) // columns only: the whole is no larger than its parts
		return true;
	if (condition != NULL)
		total += size_with(condition, sizes);
	if (input->condition != NULL)
		total += size_with(input->condition, one);
	for (uint16_t i = 0; i < n && total <= PLAN_EXPR_MAX; i++)
		total += size_with(exprs[i], sizes);
	return total <= PLAN_EXPR_MAX;
}

static const struct expr *both(struct arena *arena, const struct expr *a, const struct expr *b)
{
	const struct expr *args[] = {a, b}, *conjunction;

	if (a == NULL || b == NULL)
		return a != NULL ? a : b;
	conjunction = expr_call(arena, "AND", args, 2, b->pos, NULL);
	assert(conjunction != NULL); // of two booleans
	return conjunction;
}

static struct plan *merge(struct arena *arena, struct plan *lower, const struct expr *condition,
	struct plan_column *columns, const struct expr **exprs, uint16_t n)
{
	const struct expr **merged = arena_alloc(arena, (n + 1u) * sizeof(*merged));

	if (condition != NULL)
		condition = expr_substitute(arena, condition, lower->exprs);
	for (uint16_t i = 0; i < n; i++)
		merged[i] = expr_substitute(arena, exprs[i], lower->exprs);
	return plan_calc(
		arena, lower->input, both(arena, lower->condition, condition), columns, merged, n);
}

// Put condition below window when it does not look at the window's columns.
static bool sink_filter(struct arena *arena, struct plan **window, const struct expr *condition)
{
	struct column_limit limit = {.first = (*window)->input->n_columns};
	struct plan *over;

	expr_columns(condition, find_column, &limit);
	if (limit.found)
		return false;
	over = arena_alloc(arena, sizeof(*over));
	*over = **window;
	over->input = plan_filter(arena, over->input, condition);
	*window = over;
	return true;
}

struct plan *plan_calc(struct arena *arena, struct plan *input, const struct expr *condition,
	struct plan_column *columns, const struct expr **exprs, uint16_t n)
{
	struct plan *plan;

	assert(n <= SCHEMA_COLUMNS_MAX && input->n_columns <= SCHEMA_COLUMNS_MAX);
	if (input->kind == PLAN_UNION)
		return plan_union(arena,
			plan_calc(arena, input->input, condition, columns, exprs, n),
			plan_calc(arena, input->right, condition, columns, exprs, n), columns);
	if (input->kind == PLAN_CALC && can_merge(input, condition, exprs, n))
		return merge(arena, input, condition, columns, exprs, n);
	if (input->kind == PLAN_WINDOW && condition != NULL &&
		sink_filter(arena, &input, condition))
		condition = NULL;
	if (input->kind == PLAN_TOPN && condition != NULL)
		condition = plan_topn_filter(arena, &input, condition);
	plan = plan_new(arena, PLAN_CALC, input, columns, n);
	plan->condition = condition;
	plan->exprs = exprs;
	return plan;
}

struct plan *plan_filter(struct arena *arena, struct plan *input, const struct expr *condition)
{
	return plan_calc(
		arena, input, condition, input->columns, plan_refs(arena, input), input->n_columns);
}

struct plan *plan_union(
	struct arena *arena, struct plan *left, struct plan *right, struct plan_column *columns)
{
	struct plan *plan = plan_new(arena, PLAN_UNION, left, columns, left->n_columns);

	plan->size += right->size;
	plan->has_updates |= right->has_updates;
	plan->right = right;
	return plan;
}

// ---- Windows

static struct plan_column window_column(
	const char *name, enum plan_role role, const struct plan_window *window)
{
	struct plan_column column = {.name = name, .role = role, .window = window};

	// Flink: the bounds are TIMESTAMP(3) whatever the time attribute is.
	column.type = type_timestamp(TYPE_TIMESTAMP, 3);
	if (role == PLAN_WINDOW_TIME) {
		column.type = window->time_type;
		column.time = PLAN_ROWTIME;
	}
	column.type.nullable = false;
	return column;
}

static void window_columns(struct plan_column columns[3], const struct plan_window *window)
{
	columns[0] = window_column("window_start", PLAN_WINDOW_START, window);
	columns[1] = window_column("window_end", PLAN_WINDOW_END, window);
	columns[2] = window_column("window_time", PLAN_WINDOW_TIME, window);
}

struct plan *plan_proctime(struct arena *arena, struct plan *input, uint16_t column,
	int64_t step_ms, int64_t offset_ms)
{
	struct plan *plan = plan_new(arena, PLAN_CLOCK, input, input->columns, input->n_columns);

	plan->proctime_column = column;
	plan->step_ms = step_ms;
	plan->offset_ms = offset_ms;
	return plan;
}

struct plan *plan_window(struct arena *arena, struct plan *input, const struct plan_window *window,
	uint16_t time_column)
{
	uint16_t n = input->n_columns;
	struct plan_column *columns = arena_alloc(arena, (n + 3u) * sizeof(*columns));
	struct plan *plan = plan_new(arena, PLAN_WINDOW, input, columns, (uint16_t)(n + 3));

	// Behind a window function only window_time is event time.
	for (uint16_t i = 0; i < n; i++) {
		columns[i] = input->columns[i];
		if (columns[i].time == PLAN_ROWTIME || i == time_column)
			columns[i].was_time = columns[i].time != PLAN_NO_TIME;
		columns[i].time = PLAN_NO_TIME;
	}
	window_columns(columns + n, window);
	plan->window = window;
	plan->time_column = time_column;
	return plan;
}

// ---- Aggregates

// Whether calc, which is over a Window, looks at the window's columns other than to pass on its
// bounds as its last two.
static bool looks_at_window(const struct plan *calc)
{
	struct column_limit limit = {.first = calc->input->input->n_columns};

	if (calc->condition != NULL)
		expr_columns(calc->condition, find_column, &limit);
	for (uint16_t i = 0; i + 2 < calc->n_columns; i++)
		expr_columns(calc->exprs[i], find_column, &limit);
	return limit.found;
}

// Whether the keys, columns of calc, are the columns of its window's PARTITION BY.
static bool is_by_partition(const struct plan *calc, const struct plan_aggregate *aggregate)
{
	const struct plan_window *window = aggregate->window;
	uint16_t n_found = 0;

	for (uint16_t i = 0; i < aggregate->n_keys; i++) {
		const struct expr *key = calc->exprs[aggregate->keys[i]];
		bool is_found = false;

		for (uint16_t j = 0; j < window->n_partition; j++)
			is_found |= key->kind == EXPR_COLUMN && key->column == window->partition[j];
		if (!is_found)
			return false;
		n_found++;
	}
	return n_found == window->n_partition && aggregate->n_sets == 0;
}

// Put calc below its Window: the same without the window's bounds, and the time instead.
static struct plan *sink_calc(struct arena *arena, const struct plan *calc, uint16_t *time_column)
{
	const struct plan *window = calc->input;
	uint16_t n = (uint16_t)(calc->n_columns - 1);
	struct plan_column *columns = arena_alloc(arena, n * sizeof(*columns));
	const struct expr **exprs = arena_alloc(arena, n * sizeof(*exprs));
	uint16_t last = (uint16_t)(n - 1);

	memcpy(columns, calc->columns, last * sizeof(*columns));
	memcpy(exprs, calc->exprs, last * sizeof(*exprs));
	columns[last] = window->input->columns[window->time_column];
	exprs[last] = plan_ref(arena, window->input, window->time_column);
	*time_column = last;
	return plan_calc(arena, window->input, calc->condition, columns, exprs, n);
}

// Each row of input once for each of the aggregate's sets. The set's number becomes its last key.
static struct plan *expand(
	struct arena *arena, struct plan *input, struct plan_aggregate *aggregate)
{
	struct plan_expand *expand = arena_alloc(arena, sizeof(*expand));
	uint16_t n = input->n_columns;
	struct plan_column *columns = arena_alloc(arena, (n + 1u) * sizeof(*columns));
	struct plan *plan = plan_new(arena, PLAN_EXPAND, input, columns, (uint16_t)(n + 1));

	*expand = (struct plan_expand){
		.n_sets = aggregate->n_sets,
		.sets = aggregate->sets,
		.n_columns = aggregate->n_keys,
		.columns = arena_alloc(arena, (aggregate->n_keys + 1u) * sizeof(uint16_t)),
	};
	memcpy(expand->columns, aggregate->keys, aggregate->n_keys * sizeof(uint16_t));
	memcpy(columns, input->columns, n * sizeof(*columns));
	for (uint16_t i = 0; i < aggregate->n_keys; i++)
		for (uint16_t set = 0; set < aggregate->n_sets; set++)
			if (!(aggregate->sets[set] >> i & 1))
				columns[aggregate->keys[i]].type.nullable = true;
	columns[n] = (struct plan_column){.name = "$e", .type = type_of(TYPE_INT)};
	columns[n].type.nullable = false;
	aggregate->keys[aggregate->n_keys++] = n;
	plan->expand = expand;
	return plan;
}

// Flink's WindowEmitStrategy.produceUpdates.
bool plan_window_has_updates(const struct plan_window *window)
{
	const struct plan_emit *emit = &window->emit;

	if (!window->is_group)
		return false;
	if (window->is_proctime)
		return emit->early_ms >= 0;
	return emit->lateness_ms > 0 || emit->early_ms >= 0 || emit->late_ms >= 0;
}

static struct plan_column call_column(const struct aggregate_call *call)
{
	return (struct plan_column){.name = call->text, .type = call->result_type};
}

struct plan *plan_aggregate(
	struct arena *arena, struct plan *input, struct plan_aggregate *aggregate)
{
	uint16_t n = (uint16_t)(aggregate->n_keys + aggregate->n_calls + 4), at = 0;
	struct plan_column *columns = arena_alloc(arena, n * sizeof(*columns));
	struct plan *plan;

	aggregate->attached = true;
	aggregate->end_column = (uint16_t)(input->n_columns - 1);
	aggregate->start_column = (uint16_t)(input->n_columns - 2);
	if (input->kind == PLAN_CALC && input->input->kind == PLAN_WINDOW &&
		input->input->window == aggregate->window && !looks_at_window(input)) {
		aggregate->attached = false;
		aggregate->by_partition = is_by_partition(input, aggregate);
		input = sink_calc(arena, input, &aggregate->time_column);
	}
	if (aggregate->n_sets > 0)
		input = expand(arena, input, aggregate);
	for (uint16_t i = 0; i < aggregate->n_keys; i++)
		columns[at++] = input->columns[aggregate->keys[i]];
	for (uint16_t i = 0; i < aggregate->n_calls; i++)
		columns[at++] = call_column(&aggregate->calls[i]);
	window_columns(columns + at, aggregate->window);
	aggregate->n_properties = 3;
	for (uint16_t i = 0; i < 3; i++)
		aggregate->properties[i] = (enum window_property)i;
	plan = plan_new(arena, PLAN_AGGREGATE, input, columns, (uint16_t)(at + 3));
	plan->aggregate = aggregate;
	plan->has_updates |= !aggregate->attached && plan_window_has_updates(aggregate->window);
	return plan;
}
