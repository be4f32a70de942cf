// Random expressions over random blocks, against interpreter.h. Every expression runs with and
// without a selection, and both must agree with it.
#include "interpreter.h"
#include "base/hash.h"
#include <math.h>
#include <stdlib.h>

enum { ROUNDS = 3000, DEPTH_MAX = 5 };

static uint64_t state = 20240601;

static uint32_t random_below(uint32_t n)
{
	state += 0x9e3779b97f4a7c15u;
	return (uint32_t)(hash_mix(state) >> 32) % n;
}

static struct twin *twin_new(enum twin_kind kind)
{
	struct twin *twin = arena_alloc(arena, sizeof(*twin));

	twin->kind = kind;
	return twin;
}

static struct twin *twin_call(
	const char *name, uint16_t n, struct twin *a, struct twin *b, struct twin *c)
{
	struct twin *twin = twin_new(TWIN_CALL), *args[] = {a, b, c};
	const struct expr *exprs[3];

	twin->name = name;
	twin->n_args = n;
	for (uint16_t i = 0; i < n; i++) {
		twin->args[i] = args[i];
		exprs[i] = args[i]->expr;
	}
	err = (struct err){0};
	twin->expr = must(expr_call(arena, name, exprs, n, (struct pos){0}, &err));
	return twin;
}

static struct twin *twin_column(uint16_t column)
{
	struct twin *twin = twin_new(TWIN_COLUMN);
	struct type type = type_of(column_kinds[column]);

	if (type.kind == TYPE_DECIMAL)
		type = type_decimal(8, 2);
	twin->column = column;
	twin->expr = expr_column(arena, column, type, (struct pos){0});
	return twin;
}

static struct twin *random_truth(int depth);

static struct twin *random_integer(int depth)
{
	static const char *const ops[] = {"+", "-", "*"};
	static const uint16_t columns[] = {1, 2, 3, 8};
	struct twin *twin;

	switch (depth > 0 ? random_below(8) : random_below(2)) {
	case 0:
		twin = twin_new(TWIN_NUMBER);
		twin->number = (int64_t)random_below(21) - 10;
		twin->expr = lit_int((int32_t)twin->number);
		return twin;
	case 1:
	case 2:
		return twin_column(columns[random_below(4)]);
	case 3:
		return twin_call("CASE", 3, random_truth(depth - 1), random_integer(depth - 1),
			random_integer(depth - 1));
	case 4:
		return twin_call(
			"COALESCE", 2, random_integer(depth - 1), random_integer(depth - 1), NULL);
	case 5:
		return twin_call(random_below(2) ? "GREATEST" : "LEAST", 2,
			random_integer(depth - 1), random_integer(depth - 1), NULL);
	case 6:
		return twin_call("ABS", 1, random_integer(depth - 1), NULL, NULL);
	default:
		return twin_call(ops[random_below(3)], 2, random_integer(depth - 1),
			random_integer(depth - 1), NULL);
	}
}

// x / y where y is not zero: the division must not be computed for other rows.
static struct twin *random_guarded(int depth)
{
	struct twin *a = random_integer(depth - 1), *b = random_integer(depth - 1);
	struct twin *zero = twin_new(TWIN_NUMBER);
	struct twin *quotient;

	zero->expr = lit_int(0);
	quotient = twin_call(random_below(2) ? "/" : "%", 2, a, b, NULL);
	return twin_call("CASE", 3, twin_call("<>", 2, b, zero, NULL), quotient, a);
}

static struct twin *random_text(int depth)
{
	static const char *const words[] = {"", "a", "ab", "abc", "Tidewire",
		"a longer piece of text", "a longer piece of it", "\xc3\xa4\xc3\xb6"};
	struct twin *twin;

	switch (depth > 0 ? random_below(5) : random_below(2)) {
	case 0:
		twin = twin_new(TWIN_TEXT);
		twin->text = words[random_below(8)];
		twin->expr = lit_str(twin->text);
		return twin;
	case 1:
		return twin_column(6);
	case 2:
		return twin_call("||", 2, random_text(depth - 1), random_text(depth - 1), NULL);
	case 3:
		return twin_call("REVERSE", 1, random_text(depth - 1), NULL, NULL);
	default:
		return twin_call("CASE", 3, random_truth(depth - 1), random_text(depth - 1),
			random_text(depth - 1));
	}
}

static struct twin *random_pair(int depth, const char *name)
{
	switch (random_below(4)) {
	case 0:
		return twin_call(name, 2, random_text(depth), random_text(depth), NULL);
	case 1:
		return twin_call(name, 2, twin_column(5), random_integer(depth), NULL);
	case 2:
		return twin_call(name, 2, twin_column(4), random_integer(depth), NULL);
	default:
		return twin_call(name, 2, random_integer(depth), random_guarded(depth), NULL);
	}
}

static struct twin *random_truth(int depth)
{
	static const char *const compare[] = {
		"=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"};
	static const char *const tests[] = {"IS NULL", "IS NOT NULL", "IS TRUE", "IS FALSE",
		"IS NOT TRUE", "IS NOT FALSE", "NOT"};
	struct twin *twin;

	switch (depth > 0 ? random_below(8) : random_below(3)) {
	case 0:
		return twin_column(random_below(2) ? 0 : 7);
	case 1:
		twin = twin_new(TWIN_TRUTH);
		twin->number = random_below(2);
		twin->expr = lit_bool(twin->number);
		return twin;
	case 2:
		twin = twin_new(TWIN_NULL);
		twin->expr = lit_null(TYPE_BOOLEAN);
		return twin;
	case 3:
	case 4:
		return twin_call(random_below(2) ? "AND" : "OR", 2 + random_below(2),
			random_truth(depth - 1), random_truth(depth - 1), random_truth(depth - 1));
	case 5:
		return twin_call(tests[random_below(7)], 1, random_truth(depth - 1), NULL, NULL);
	default:
		return random_pair(depth - 1, compare[random_below(8)]);
	}
}

// ---- Random rows

static void fill_column(struct column *column, enum type_kind kind)
{
	static const int64_t edges[] = {0, 1, -1, INT64_MAX, INT64_MIN, INT32_MAX, 7, -7};
	static const char *const words[] = {"", "ab", "abc", "twelve bytes", "thirteen bytes",
		"a longer piece of text", "\xc3\xa4\xc3\xb6\xc3\xbc"};

	for (uint16_t row = 0; row < BLOCK_ROWS_MAX; row++) {
		int64_t edge =
			random_below(4) ? (int64_t)random_below(40) - 20 : edges[random_below(8)];
		const char *word = words[random_below(7)];

		switch (kind) {
		case TYPE_BOOLEAN:
			((uint8_t *)column->values)[row] = edge & 1;
			break;
		case TYPE_TINYINT:
			((int8_t *)column->values)[row] = (int8_t)edge;
			break;
		case TYPE_INT:
			((int32_t *)column->values)[row] = (int32_t)edge;
			break;
		case TYPE_BIGINT:
			((int64_t *)column->values)[row] = edge;
			break;
		case TYPE_DOUBLE:
			((double *)column->values)[row] = (double)(edge % 1000) / 4;
			break;
		case TYPE_DECIMAL:
			((decimal *)column->values)[row] = edge % 1000000;
			break;
		default:
			((struct str *)column->values)[row] =
				str_view(word, (uint32_t)strlen(word));
		}
	}
	nulls_clear_all(column->nulls);
	for (uint16_t row = 0; row < BLOCK_ROWS_MAX && random_below(3) > 0; row++)
		if (random_below(5) == 0)
			nulls_set(column->nulls, row);
}

static void rows_init(struct rows *rows)
{
	for (uint16_t i = 0; i < N_COLUMNS; i++) {
		rows->columns[i].values =
			aligned_alloc(64, BLOCK_ROWS_MAX * type_width(column_kinds[i]));
		rows->columns[i].nulls = calloc(BLOCK_NULL_WORDS, sizeof(uint64_t));
		fill_column(&rows->columns[i], column_kinds[i]);
	}
}

static void rows_free(struct rows *rows)
{
	for (uint16_t i = 0; i < N_COLUMNS; i++) {
		free(rows->columns[i].values);
		free(rows->columns[i].nulls);
	}
}

// ---- Comparing

static void check_row(
	const struct twin *twin, const struct column *column, uint16_t slot, struct value want)
{
	enum type_kind kind = twin->expr->type.kind;
	const void *values = column->values;
	int64_t got;

	assert_int_equal(nulls_get(column->nulls, slot), want.kind == V_NULL);
	if (want.kind == V_NULL)
		return;
	assert_true(kind != TYPE_DOUBLE && kind != TYPE_DECIMAL);
	if (type_is_string(kind)) {
		assert_true(str_equal(&((const struct str *)values)[slot], &want.text));
		return;
	}
	got = kind == TYPE_BOOLEAN    ? ((const uint8_t *)values)[slot]
	      : kind == TYPE_TINYINT  ? ((const int8_t *)values)[slot]
	      : kind == TYPE_SMALLINT ? ((const int16_t *)values)[slot]
	      : kind == TYPE_INT      ? ((const int32_t *)values)[slot]
				      : ((const int64_t *)values)[slot];
	assert_true(got == (int64_t)want.number);
}

static void check_block(struct program *program, struct twin *const *twins, uint16_t n_twins,
	const struct rows *rows, const struct block *block)
{
	struct eval eval = {0};
	struct column columns[4];

	program_run(program, block, &eval, columns);
	assert_null(eval.fault.text);
	assert_int_equal(eval.n_overflow, 0);
	for (uint16_t i = 0; i < n_twins; i++)
		BLOCK_FOREACH_ROW (block, slot)
			check_row(twins[i], &columns[i], slot, eval_twin(twins[i], rows, slot));
}

static void check_select(struct twin *twin, const struct rows *rows, const struct block *block)
{
	const struct expr *expr = twin->expr;
	struct program *program = program_new(&mem_libc, &expr, 1, NULL);
	uint16_t selected[BLOCK_ROWS_MAX];
	struct eval eval = {0};
	uint16_t n = program_select(program, block, &eval, selected), at = 0;

	BLOCK_FOREACH_ROW (block, slot) {
		struct value value = eval_twin(twin, rows, slot);

		if (value.kind != V_NULL && value.number)
			assert_int_equal(selected[at++], slot);
	}
	assert_int_equal(at, n);
	program_free(program);
}

static void agrees_with_the_twin(void **)
{
	for (int round = 0; round < ROUNDS; round++) {
		struct twin *twins[3];
		const struct expr *exprs[3];
		uint16_t some[BLOCK_ROWS_MAX], n_some = 0;
		struct program *program;
		struct block block = {0};
		struct rows rows;

		arena_free(arena);
		arena = arena_new();
		rows_init(&rows);
		twins[0] = random_below(2) ? random_integer(DEPTH_MAX) : random_guarded(DEPTH_MAX);
		twins[1] = random_truth(DEPTH_MAX);
		twins[2] = random_text(3);
		for (int i = 0; i < 3; i++)
			exprs[i] = twins[i]->expr;
		program = program_new(&mem_libc, exprs, 3, NULL);
		assert_non_null(program);
		block.columns = rows.columns;
		block.n_columns = N_COLUMNS;
		block.n_slots = block.n_rows = (uint16_t)(1 + random_below(BLOCK_ROWS_MAX));
		check_block(program, twins, 3, &rows, &block);
		check_select(twins[1], &rows, &block);
		for (uint16_t slot = 0, keep = (uint16_t)(1 + random_below(8));
			slot < block.n_slots; slot++)
			if (random_below(8) < keep)
				some[n_some++] = slot;
		block.rows = some;
		block.n_rows = n_some;
		check_block(program, twins, 3, &rows, &block);
		check_select(twins[1], &rows, &block);
		program_free(program);
		rows_free(&rows);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_the_twin),
	};

	return cmocka_run_group_tests(tests, arena_setup, arena_teardown);
}
