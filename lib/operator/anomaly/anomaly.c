#include "operator/anomaly/anomaly.h"
#include <assert.h>
#include <errno.h>
#include <string.h>
#include "operator/anomaly/anomaly_state.h"

// While rows make states be packed, a call goes on until PORTION_BYTES were written, or one state
// that is larger: writing holds the lcore. Rows are scored few at a time, so that there is always
// room for what they make us write.
enum { PORTION_BYTES = 16 << 10, ROOM_BYTES = 256 << 10 };

// ---- Results

static void put_reason(struct anomaly *anomaly, uint16_t i, const struct verdict *verdict)
{
	const struct anomaly_config *config = anomaly->config;
	uint16_t slot = anomaly->slots[i];
	char *text = anomaly->texts[slot];
	double values[DETECTOR_COLUMNS_MAX];

	for (uint16_t c = 0; c < config->n_values; c++)
		values[c] = anomaly->values[c][i];
	text[0] = '\0';
	config->detector->explain(config->configuration, verdict, values, text, ANOMALY_REASON_MAX);
	anomaly->reasons[slot] = str_view(text, (uint32_t)strlen(text));
	anomaly->reason_nulls[slot / 64] &= ~(1ull << slot % 64);
}

// Row i is scored.
static void put_score(struct anomaly *anomaly, uint16_t i, const struct verdict *verdict)
{
	uint16_t slot = anomaly->slots[i];
	double score = detector_score(verdict->surprise);

	assert(verdict->surprise >= 0);
	anomaly->scores[slot] = score;
	anomaly->score_nulls[slot / 64] &= ~(1ull << slot % 64);
	if (anomaly->texts != NULL && verdict->reason != 0 &&
		score >= anomaly->config->reason_limit)
		put_reason(anomaly, i, verdict);
}

// Its key has no room.
static void drop_row(struct anomaly *anomaly, uint16_t slot, const void *image)
{
	struct op *op = &anomaly->op;

	nulls_set(anomaly->dropped, slot);
	anomaly->n_dropped++;
	if (key_extra_size(&anomaly->keys, image) > KEY_STRING_MAX) {
		op_count(op, anomaly->key_too_long, 1);
		return;
	}
	op_count(op, anomaly->state_full, 1);
	if (!op->task->drop_new_keys)
		fault_set(&op->task->fault,
			"state.max-memory is used up: no room for a new key of ANOMALY");
}

// ---- Scoring

// Of the rows from first on, n: leave out those without a state. Returns how many are left.
static uint16_t keep_found(struct anomaly *anomaly, uint16_t first, uint16_t n, void **states)
{
	uint16_t n_kept = 0;

	for (uint16_t i = 0; i < n; i++) {
		uint16_t from = first + i, to = first + n_kept;

		if (anomaly->entries[i] == NULL) {
			drop_row(anomaly, anomaly->slots[from], anomaly_image(anomaly, i));
			continue;
		}
		states[n_kept++] = anomaly_state(anomaly, anomaly->entries[i]);
		if (to == from)
			continue;
		anomaly->slots[to] = anomaly->slots[from];
		anomaly->times[to] = anomaly->times[from];
		for (uint16_t c = 0; c < anomaly->config->n_values; c++)
			anomaly->values[c][to] = anomaly->values[c][from];
	}
	return n_kept;
}

// Score rows from first on, n of them; or fewer, where they make buckets be packed. Returns how
// many.
static uint16_t score_part(struct anomaly *anomaly, uint16_t first, uint16_t n)
{
	const struct anomaly_config *config = anomaly->config;
	const double *values[DETECTOR_COLUMNS_MAX];
	void *states[BLOCK_ROWS_MAX];
	struct block part = anomaly->held;
	uint16_t n_found;

	part.rows = anomaly->slots + first;
	part.n_rows = n;
	key_images(&anomaly->keys, &part, anomaly->images);
	key_hashes(&anomaly->keys, anomaly->op.task->seed, anomaly->images, n, anomaly->hashes);
	if (!anomaly->is_large)
		n = keyed_store_thaw(&anomaly->store, anomaly->hashes, n);
	anomaly_find_keys(anomaly, n);
	n_found = keep_found(anomaly, first, n, states);
	for (uint16_t c = 0; c < config->n_values; c++)
		values[c] = anomaly->values[c] + first;
	config->detector->score(config->configuration, states, anomaly->times + first, values,
		n_found, anomaly->verdicts);
	for (uint16_t i = 0; i < n_found; i++)
		put_score(anomaly, first + i, &anomaly->verdicts[i]);
	return n;
}

// Rows whose states may all have to be packed; of small ones with what stands beside them, but not
// all of those at once.
static uint16_t rows_at_once(const struct anomaly *anomaly)
{
	uint32_t n = PORTION_BYTES / anomaly->state_size;

	if (!anomaly->is_large || n > KEYED_PART_ROWS)
		return KEYED_PART_ROWS;
	return n > 0 ? (uint16_t)n : 1;
}

static bool has_room(const struct anomaly *anomaly)
{
	return record_room(anomaly->op.task->out) >= ROOM_BYTES + RECORD_CHUNK_SIZE;
}

// True when all rows of the block in hand are scored.
static bool score_some(struct anomaly *anomaly)
{
	struct record_out *out = anomaly->op.task->out;
	uint64_t end = out != NULL ? out->n_bytes + PORTION_BYTES : 0;

	while (anomaly->n_done < anomaly->n) {
		uint16_t n = anomaly->n - anomaly->n_done;

		if (anomaly_is_frozen(anomaly)) {
			if (out->n_bytes >= end || !has_room(anomaly))
				return false;
			if (n > rows_at_once(anomaly))
				n = rows_at_once(anomaly);
		}
		anomaly->n_done += score_part(anomaly, anomaly->n_done, n);
	}
	return true;
}

// ---- Blocks

static void hold(struct anomaly *anomaly, const struct block *block)
{
	anomaly->held = *block;
	anomaly->n_blocks++;
	anomaly->n = anomaly_gather(anomaly, block);
	anomaly->n_done = anomaly->n_dropped = 0;
	op_count(&anomaly->op, anomaly->unscored, block->n_rows - anomaly->n);
	for (uint16_t i = 0; i < block->n_columns; i++)
		anomaly->columns[i] = block->columns[i];
	memset(anomaly->score_nulls, 0xff, sizeof(anomaly->score_nulls));
	memset(anomaly->reason_nulls, 0xff, sizeof(anomaly->reason_nulls));
	nulls_clear_all(anomaly->dropped);
}

static void emit(struct anomaly *anomaly)
{
	struct block out = anomaly->held;

	out.columns = anomaly->columns;
	out.n_columns = anomaly->op.spec->output->n_fields;
	if (anomaly->n_dropped > 0) {
		uint16_t n = 0;

		for (uint16_t i = 0; i < anomaly->held.n_rows; i++) {
			uint16_t slot = block_slot(&anomaly->held, i);

			anomaly->rows[n] = slot;
			n += !nulls_get(anomaly->dropped, slot);
		}
		out.rows = anomaly->rows;
		out.n_rows = n;
	}
	if (out.n_rows > 0)
		op_emit(&anomaly->op, &out);
}

// Work off what waits: rows, then the control messages behind them. True when nothing is left.
static bool work(struct anomaly *anomaly)
{
	if (anomaly->held.n_rows > 0) {
		if (!score_some(anomaly) || op_is_blocked(&anomaly->op))
			return false;
		emit(anomaly);
		anomaly->held.n_rows = 0;
	}
	while (anomaly->controls.n > 0) {
		struct block control;

		if (op_is_blocked(&anomaly->op))
			return false;
		control = control_queue_pop(&anomaly->controls);
		op_emit(&anomaly->op, &control);
	}
	return true;
}

static void anomaly_process(struct op *op, const struct block *block)
{
	struct anomaly *anomaly = (struct anomaly *)op;

	assert(!op->pending); // a task takes no input then
	hold(anomaly, block);
	op->pending = !work(anomaly);
	op_hold_upstream(op);
}

static void anomaly_control(struct op *op, const struct block *block)
{
	struct anomaly *anomaly = (struct anomaly *)op;

	control_queue_push(&anomaly->controls, block);
	if (!op->pending)
		op->pending = !work(anomaly);
	op_hold_upstream(op);
}

static bool anomaly_resume(struct op *op)
{
	op->pending = !work((struct anomaly *)op);
	return !op->pending;
}

// ---- Life

static void anomaly_free(struct op *op)
{
	struct anomaly *anomaly = (struct anomaly *)op;
	struct mem *mem = op->task->mem;

	keyed_store_clear(&anomaly->store);
	if (anomaly->is_large)
		cells_destroy(&anomaly->large.cells);
	slab_destroy(&anomaly->slab);
	mem_free(mem, anomaly->texts);
	mem_free(mem, anomaly->columns);
	mem_free(mem, anomaly->images);
	mem_free(mem, anomaly);
}

static const struct op_ops anomaly_ops = {
	.process = anomaly_process,
	.control = anomaly_control,
	.resume = anomaly_resume,
	.freeze = anomaly_freeze,
	.pack = anomaly_pack,
	.restore = anomaly_restore,
	.free = anomaly_free,
};

static int alloc_columns(struct anomaly *anomaly)
{
	uint16_t n_fields = anomaly->op.spec->output->n_fields;
	uint16_t n_inputs = anomaly->op.spec->input->n_fields;
	struct mem *mem = anomaly->op.task->mem;

	anomaly->images = mem_zalloc(mem, (size_t)BLOCK_ROWS_MAX * anomaly->keys.size);
	anomaly->columns = mem_zalloc(mem, n_fields * sizeof(*anomaly->columns));
	if (anomaly->images == NULL || anomaly->columns == NULL)
		return -ENOMEM;
	anomaly->columns[n_inputs] = (struct column){anomaly->scores, anomaly->score_nulls};
	if (!anomaly->config->with_reason)
		return 0;
	anomaly->columns[n_inputs + 1] = (struct column){anomaly->reasons, anomaly->reason_nulls};
	anomaly->texts = mem_zalloc(mem, BLOCK_ROWS_MAX * sizeof(*anomaly->texts));
	return anomaly->texts != NULL ? 0 : -ENOMEM;
}

// A state that is no more than DETECTOR_STATE_INLINE stands beside its key, when the key leaves
// room for it.
static int set_up_store(struct anomaly *anomaly, struct err *err)
{
	struct op_task *task = anomaly->op.task;
	uint32_t size = (uint32_t)sizeof(struct anomaly_key) + anomaly->state_size;

	anomaly->is_large = anomaly->state_size > DETECTOR_STATE_INLINE ||
			    anomaly->keys.size + size > KEYED_STORE_STATE_MAX;
	if (anomaly->is_large) {
		size = sizeof(struct large_key);
		large_init(anomaly);
	}
	if (keyed_store_init(&anomaly->store, &anomaly->op.pool, &anomaly->keys, task->seed, size) <
		0)
		return err_set(err, E2BIG, "the key of ANOMALY takes %u bytes; %d are possible",
			anomaly->keys.size, KEYED_STORE_STATE_MAX - (int)size);
	anomaly->store.slab = &anomaly->slab;
	if (task->evict_idle && (anomaly->is_large || anomaly->keys.has_strings))
		anomaly->store.n_left_free = anomaly->op.pool.n_pages / 8;
	keyed_track_init(&anomaly->track, anomaly_pack_bucket, anomaly);
	if (!anomaly->is_large && task->out != NULL)
		keyed_store_track(&anomaly->store, &anomaly->track, 0);
	return 0;
}

static int set_up(struct anomaly *anomaly, struct err *err)
{
	const struct anomaly_config *config = anomaly->config;
	const struct schema *input = anomaly->op.spec->input;

	anomaly->state_size = config->detector->state_size(config->configuration);
	assert(anomaly->state_size > 0 && anomaly->state_size <= DETECTOR_STATE_MAX &&
		anomaly->state_size % 8 == 0);
	if (key_layout_init(&anomaly->keys, input, config->keys, config->n_keys) < 0)
		return err_set(
			err, E2BIG, "PARTITION BY has more than %d columns", KEY_COLUMNS_MAX);
	if (set_up_store(anomaly, err) < 0)
		return -E2BIG;
	return alloc_columns(anomaly) == 0 ? 0 : err_set(err, ENOMEM, "no memory for an Anomaly");
}

static struct op *anomaly_create(const struct op_spec *spec, struct op_task *task, struct err *err)
{
	struct anomaly *anomaly = mem_zalloc(task->mem, sizeof(*anomaly));
	bool is_drop = spec->takes_events;

	if (anomaly == NULL) {
		err_set(err, ENOMEM, "no memory for an Anomaly");
		return NULL;
	}
	op_init(&anomaly->op, &anomaly_ops, spec, task);
	anomaly->config = spec->config;
	anomaly->store.root = anomaly->store.heap =
		PAGE_NONE; // nothing to clear until it is set up
	slab_init(&anomaly->slab, &anomaly->op.pool);
	anomaly->state_full = op_counter_add(&anomaly->op, "state_full", is_drop);
	anomaly->key_too_long = op_counter_add(&anomaly->op, "key_too_long", is_drop);
	anomaly->unscored = op_counter_add(&anomaly->op, "unscored", false);
	anomaly->evicted_keys = op_counter_add(&anomaly->op, "evicted_keys", false);
	if (set_up(anomaly, err) < 0) {
		anomaly_free(&anomaly->op);
		return NULL;
	}
	return &anomaly->op;
}

// ---- EXPLAIN

static const char *names(
	const struct op_spec *spec, const uint16_t *columns, uint16_t n, struct arena *arena)
{
	const char *text = "";

	for (uint16_t i = 0; i < n; i++)
		text = arena_printf(arena, "%s%s%s", text, i > 0 ? ", " : "",
			spec->input->fields[columns[i]].name);
	return text;
}

static const char *anomaly_explain(const struct op_spec *spec, struct arena *arena)
{
	const struct anomaly_config *config = spec->config;
	const char *text = "";

	if (config->n_keys > 0)
		text = arena_printf(arena, "partition=[%s], ",
			names(spec, config->keys, config->n_keys, arena));
	text = arena_printf(arena, "%stime=[%s], value=[%s], detector=[%s]", text,
		names(spec, &config->time_column, 1, arena),
		names(spec, config->values, config->n_values, arena), config->detector->name);
	if (config->options[0] != '\0')
		text = arena_printf(arena, "%s, %s", text, config->options);
	if (config->with_reason)
		text = arena_printf(arena, "%s, reason=[%.10g]", text, config->reason_limit);
	return arena_printf(arena, "%s, state=[%u B per key]", text,
		config->detector->state_size(config->configuration));
}

static uint32_t anomaly_state_version(const struct op_spec *spec)
{
	return ((const struct anomaly_config *)spec->config)->detector->state_version;
}

const struct op_kind anomaly_kind = {
	.name = "Anomaly",
	.create = anomaly_create,
	.explain = anomaly_explain,
	.dump = &anomaly_dump,
	.state_version = anomaly_state_version,
};
