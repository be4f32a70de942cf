// Each logical node becomes operators behind those of its input. A Union has several last
// operators, one for each branch: what follows is made once for each, up to the exchange where they
// meet.
#include "sql/physical.h"
#include <errno.h>
#include "operator/calc/calc.h"
#include "operator/calc/expand.h"
#include "operator/window/group_window.h"
#include "sql/physical_build.h"
#include "sql/prune.h"

struct stage *physical_stage(struct physical *physical, struct stage_list *list,
	enum stage_kind kind, const char *name, const struct schema *input)
{
	struct stage *stage = arena_alloc(physical->arena, sizeof(*stage));

	*stage = (struct stage){.kind = kind, .name = name, .input = input};
	list->stages = arena_grow(physical->arena, list->stages, list->n * sizeof(*list->stages),
		(list->n + 1) * sizeof(*list->stages));
	list->stages[list->n++] = stage;
	return stage;
}

// Whether what op emits are a source's events, each at most once.
static bool emits_events(const struct op_spec *op)
{
	const struct window_function_config *config = op->config;

	if (op->kind == &window_aggregate_kind || op->kind == &group_window_kind ||
		op->kind == &expand_kind)
		return false;
	if (op->kind == &window_function_kind && config->window.shape != WINDOW_TUMBLE)
		return false;
	return op->takes_events;
}

struct op_spec *physical_op(struct physical *physical, struct op_spec *parent,
	const struct op_kind *kind, const void *config, const struct schema *output)
{
	struct op_spec *op = arena_alloc(physical->arena, sizeof(*op));

	op->kind = kind;
	op->config = config;
	op->output = output;
	if (++physical->n_ops > PHYSICAL_OPS_MAX) {
		err_set(physical->err, EINVAL,
			"the job is too large with all the views that it uses: more than %d "
			"operators",
			PHYSICAL_OPS_MAX);
		return NULL;
	}
	if (parent == NULL)
		return op;
	if (parent->n_outs == OP_OUTS_MAX) {
		err_set(physical->err, EINVAL,
			"more than %d queries read the same table: put some of them into a job of "
			"their own",
			OP_OUTS_MAX);
		return NULL;
	}
	op->input = parent->output;
	op->takes_events = emits_events(parent);
	parent->outs[parent->n_outs++] = op;
	return op;
}

int physical_append(struct physical *physical, struct tails *tails, const struct op_kind *kind,
	const void *config, const struct schema *output)
{
	for (uint32_t i = 0; i < tails->n; i++) {
		tails->ops[i] = physical_op(physical, tails->ops[i], kind, config, output);
		if (tails->ops[i] == NULL)
			return -EINVAL;
	}
	return 0;
}

int physical_exchange(struct physical *physical, struct tails *tails, const struct op_kind *kind,
	const void *config, const struct schema *output, const uint16_t *keys, uint16_t n_keys)
{
	return physical_exchange_as(physical, tails, kind, config, output,
		&(struct exchange_config){.is_hash = true, .n_keys = n_keys, .keys = keys});
}

int physical_exchange_as(struct physical *physical, struct tails *tails, const struct op_kind *kind,
	const void *config, const struct schema *output, const struct exchange_config *how)
{
	struct exchange_config *exchange = arena_alloc(physical->arena, sizeof(*exchange));
	struct op_spec *head = physical_op(physical, NULL, kind, config, output);
	struct stage *stage;

	if (head == NULL)
		return -EINVAL;
	stage = physical_stage(
		physical, &physical->flow, STAGE_KEYED, kind->name, tails->ops[0]->output);
	*exchange = *how;
	exchange->to = stage;
	head->input = stage->input;
	for (uint32_t i = 0; i < tails->n; i++)
		head->takes_events |= emits_events(tails->ops[i]);
	stage->head = head;
	if (physical_append(physical, tails, &exchange_kind, exchange, stage->input) < 0)
		return -EINVAL;
	tails->n = 1;
	tails->ops[0] = head;
	return 0;
}

// ---- Calc

// Whether plan's columns are those of its input, in their order.
static bool is_identity(const struct plan *plan)
{
	for (uint16_t i = 0; i < plan->n_columns; i++)
		if (plan->exprs[i]->kind != EXPR_COLUMN || plan->exprs[i]->column != i)
			return false;
	return plan->n_columns == plan->input->n_columns;
}

static int build_calc(struct physical *physical, const struct plan *plan, struct tails *tails)
{
	struct calc_config *config = arena_alloc(physical->arena, sizeof(*config));
	const struct schema *output = plan_schema(physical->arena, plan);

	if (physical_build(physical, plan->input, tails) < 0)
		return -EINVAL;
	config->condition = plan->condition;
	if (!is_identity(plan)) {
		config->n_exprs = plan->n_columns;
		config->exprs = plan->exprs;
	} else if (plan->condition == NULL) {
		return 0;
	} else {
		output = tails->ops[0]->output;
	}
	return physical_append(physical, tails, &calc_kind, config, output);
}

// ---- Scan, Union

static int build_scan(struct physical *physical, const struct plan *plan, struct tails *tails)
{
	struct op_spec *source = physical_source(physical, plan->table);

	if (source == NULL)
		return -EINVAL;
	tails->n = 1;
	tails->ops = arena_alloc(physical->arena, sizeof(*tails->ops));
	tails->ops[0] = source;
	return 0;
}

static int build_union(struct physical *physical, const struct plan *plan, struct tails *tails)
{
	struct tails right;

	if (physical_build(physical, plan->input, tails) < 0 ||
		physical_build(physical, plan->right, &right) < 0)
		return -EINVAL;
	tails->ops = arena_grow(physical->arena, tails->ops, tails->n * sizeof(*tails->ops),
		(tails->n + right.n) * sizeof(*tails->ops));
	for (uint32_t i = 0; i < right.n; i++)
		tails->ops[tails->n++] = right.ops[i];
	return 0;
}

// What only adds rows up cannot take them back.
static int check_updates(struct physical *physical, const struct plan *plan)
{
	static const char *const names[] = {
		[PLAN_CLOCK] = "a window over processing time",
		[PLAN_WINDOW] = "a window function",
		[PLAN_EXPAND] = "GROUPING SETS",
		[PLAN_AGGREGATE] = "a window aggregate",
		[PLAN_ANOMALY] = "ANOMALY",
	};

	if (plan->kind == PLAN_SCAN || plan->kind == PLAN_CALC || plan->kind == PLAN_UNION ||
		!plan->input->has_updates)
		return 0;
	return err_set(physical->err, EINVAL,
		"%s doesn't support consuming update changes, which GROUP BY TUMBLE(…), HOP(…) or "
		"SESSION(…) produces with table.exec.emit.* or table.exec.state.ttl",
		plan->kind < sizeof(names) / sizeof(*names) && names[plan->kind] != NULL
			? names[plan->kind]
			: "what follows");
}

int physical_build(struct physical *physical, const struct plan *plan, struct tails *tails)
{
	if (check_updates(physical, plan) < 0)
		return -EINVAL;
	switch (plan->kind) {
	case PLAN_SCAN:
		return build_scan(physical, plan, tails);
	case PLAN_CALC:
		return build_calc(physical, plan, tails);
	case PLAN_CLOCK:
		return physical_build_proctime(physical, plan, tails);
	case PLAN_WINDOW:
		return physical_build_window(physical, plan, tails);
	case PLAN_EXPAND:
		return physical_build_expand(physical, plan, tails);
	case PLAN_AGGREGATE:
		return physical_build_aggregate(physical, plan, tails);
	case PLAN_OVER:
		return physical_build_over(physical, plan, tails);
	case PLAN_ANOMALY:
		return physical_build_anomaly(physical, plan, tails);
	case PLAN_SORT:
		return physical_build_sort(physical, plan, tails);
	case PLAN_LIMIT:
		return physical_build_limit(physical, plan, tails);
	case PLAN_TOPN:
		return physical_build_topn(physical, plan, tails);
	case PLAN_UNION:
		break;
	}
	return build_union(physical, plan, tails);
}

// ---- Jobs

static int check_sink(struct physical *physical, const struct plan *plan,
	const struct catalog_table *target, const struct stage *sink)
{
	const struct sink_config *config = sink->head->config;

	if (!plan->has_updates || sink_takes_updates(config))
		return 0;
	return err_set(physical->err, EINVAL,
		"table '%s' doesn't support consuming update changes, which GROUP BY TUMBLE(…), "
		"HOP(…) or SESSION(…) produces with table.exec.emit.* or table.exec.state.ttl: "
		"'print' and 'lmdb' do",
		target->name);
}

int physical_insert(
	struct physical *physical, const struct plan *plan, struct catalog_table *target)
{
	struct exchange_config *exchange = arena_alloc(physical->arena, sizeof(*exchange));
	struct tails tails;

	exchange->to = physical_sink(physical, target);
	if (exchange->to == NULL || check_sink(physical, plan, target, exchange->to) < 0 ||
		physical_build(physical, prune(physical->arena, plan), &tails) < 0)
		return -EINVAL;
	for (uint32_t i = 0; i < tails.n; i++)
		exchange->to->head->takes_events |= emits_events(tails.ops[i]);
	return physical_append(physical, &tails, &exchange_kind, exchange, exchange->to->input);
}

int physical_print(struct physical *physical, const struct plan *plan)
{
	static const struct table_option connector = {.key = "connector", .value = "print"};
	struct catalog_table *table = arena_alloc(physical->arena, sizeof(*table));

	table->name = "print";
	table->physical = plan_schema(physical->arena, plan);
	table->n_options = 1;
	table->options = arena_alloc(physical->arena, sizeof(connector));
	table->options[0] = connector;
	return physical_insert(physical, plan, table);
}

// Operators are numbered along the flow.
static uint32_t number_ops(struct op_spec *op, uint32_t id)
{
	op->id = id++;
	for (uint16_t i = 0; i < op->n_outs; i++)
		id = number_ops(op->outs[i], id);
	return id;
}

struct job *physical_job(struct physical *physical)
{
	struct job *job = arena_alloc(physical->arena, sizeof(*job));
	uint32_t n = physical->flow.n + physical->sinks.n, id = 1;

	*job = (struct job){
		.arena = physical->arena,
		.n_stages = n,
		.stages = arena_alloc(physical->arena, (n + 1) * sizeof(*job->stages)),
		.settings = physical->settings->job,
	};
	for (uint32_t i = 0; i < n; i++) {
		struct stage *stage = i < physical->flow.n
					      ? physical->flow.stages[i]
					      : physical->sinks.stages[i - physical->flow.n];

		job->stages[i] = stage;
		stage->id = i + 1;
		id = number_ops(stage->head, id);
	}
	return job;
}
