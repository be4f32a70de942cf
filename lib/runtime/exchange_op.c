#include "runtime/exchange_op.h"
#include <errno.h>
#include <stdlib.h>

struct exchange {
	struct op op;
	struct key_layout keys;
	struct sharder *sharder;
	struct local_aggregate *local; // or NULL
	uint16_t too_long;
};

static void note_result(struct exchange *exchange, bool done)
{
	exchange->op.pending = !done;
	if (!done)
		exchange->op.task->blocked = true;
	exchange->op.counters[exchange->too_long].value = sharder_n_too_long(exchange->sharder);
}

static void exchange_process(struct op *op, const struct block *block)
{
	struct exchange *exchange = (struct exchange *)op;

	note_result(exchange, sharder_send(exchange->sharder, block));
}

static void exchange_control(struct op *op, const struct block *block)
{
	struct exchange *exchange = (struct exchange *)op;

	if (block->kind == BLOCK_BARRIER)
		op_freeze(op, block->checkpoint_id);
	sharder_send(exchange->sharder, block);
	note_result(exchange, !sharder_is_blocked(exchange->sharder));
}

static bool exchange_resume(struct op *op)
{
	struct exchange *exchange = (struct exchange *)op;

	note_result(exchange, sharder_resume(exchange->sharder));
	return !op->pending;
}

static void exchange_free(struct op *op)
{
	struct exchange *exchange = (struct exchange *)op;

	sharder_free(exchange->sharder);
	local_aggregate_free(exchange->local);
	mem_free(op->task->mem, exchange);
}

static const struct op_ops exchange_ops = {
	.process = exchange_process,
	.control = exchange_control,
	.resume = exchange_resume,
	.free = exchange_free,
};

static struct op *exchange_create(const struct op_spec *spec, struct op_task *task, struct err *err)
{
	const struct exchange_config *config = spec->config;
	struct exchange *exchange = mem_zalloc(task->mem, sizeof(*exchange));

	if (exchange == NULL) {
		err_set(err, ENOMEM, "no memory for an exchange");
		return NULL;
	}
	op_init(&exchange->op, &exchange_ops, spec, task);
	exchange->too_long = op_counter_add(&exchange->op, "too_long", spec->takes_events);
	if (config->is_hash &&
		key_layout_init(&exchange->keys, spec->input, config->keys, config->n_keys) < 0) {
		err_set(err, E2BIG, "a key has more than %d columns", KEY_COLUMNS_MAX);
		exchange_free(&exchange->op);
		return NULL;
	}
	return &exchange->op;
}

// A key with half of all rows gives its owner (n + 1) / 2 times as many as each of n would get
// otherwise: twice as many at most with three, which costs less than what could be done about it.
static bool has_local(const struct exchange_config *config, uint32_t n)
{
	return config->local == LOCAL_ALL_KEYS ||
	       (config->local == LOCAL_HOT_KEYS && n >= LOCAL_OWNERS_MIN);
}

int exchange_connect(struct op *op, struct channel *const *channels, uint32_t n)
{
	struct exchange *exchange = (struct exchange *)op;
	const struct exchange_config *config = op->spec->config;

	exchange->sharder = sharder_new(op->task->mem, channels, n,
		config->is_hash ? &exchange->keys : NULL, op->task->seed);
	if (exchange->sharder == NULL || !has_local(config, n))
		return exchange->sharder != NULL ? 0 : -ENOMEM;
	exchange->local = local_aggregate_new(op->task->mem, config->aggregate, op->spec->input,
		&exchange->keys, config->local, n);
	if (exchange->local == NULL)
		return -ENOMEM;
	sharder_combine(exchange->sharder, local_aggregate_combiner(exchange->local));
	return 0;
}

bool exchange_flush(struct op *op)
{
	return sharder_flush(((struct exchange *)op)->sharder);
}

void exchange_send_open(struct op *op)
{
	sharder_send_open(((struct exchange *)op)->sharder);
}

void exchange_restore(struct op *op, int64_t watermark)
{
	op->watermark = watermark;
	sharder_restore(((struct exchange *)op)->sharder, watermark);
}

bool exchange_is(const struct op *op)
{
	return op->ops == &exchange_ops;
}

static const char *exchange_explain(const struct op_spec *spec, struct arena *arena)
{
	const struct exchange_config *config = spec->config;
	const char *text = config->is_hash ? "hash[" : "gather";

	for (uint16_t i = 0; i < config->n_keys; i++)
		text = arena_printf(arena, "%s%s%s", text, i > 0 ? ", " : "",
			spec->input->fields[config->keys[i]].name);
	return config->is_hash ? arena_printf(arena, "%s]", text) : text;
}

const struct op_kind exchange_kind = {
	.name = "Exchange",
	.create = exchange_create,
	.explain = exchange_explain,
};
