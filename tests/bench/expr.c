// Expressions over a block, a row each; plain_c is the same sum as a loop in C.
#include "bench.h"
#include "expr/program.h"
#include "rows.h"

static const struct rows_column columns[] = {
	{"a", TYPE_BIGINT, 0, 0},
	{"b", TYPE_BIGINT, 0, 0},
	{"d", TYPE_DECIMAL, 10, 2},
	{"e", TYPE_DECIMAL, 10, 2},
	{"x", TYPE_DOUBLE, 0, 0},
	{"y", TYPE_DOUBLE, 0, 0},
};

enum { A, B, D, E, X, Y };

static struct arena *arena;
static struct block_store *store;

static const struct expr *column(uint16_t i)
{
	return expr_column(arena, i, store->schema->fields[i].type, (struct pos){0});
}

static const struct expr *number(int64_t value)
{
	struct type type = type_of(TYPE_BIGINT);

	type.nullable = false;
	return expr_literal(arena, type, (union scalar){.i64 = value}, (struct pos){0});
}

static const struct expr *call(const char *name, const struct expr *a, const struct expr *b)
{
	const struct expr *args[] = {a, b};
	struct err err = {0};

	return bench_must(expr_call(arena, name, args, 2, (struct pos){0}, &err), err.text);
}

static struct program *program(const struct expr *expr)
{
	return bench_must(program_new(&mem_libc, &expr, 1, store->schema), "a program");
}

static void fill(void)
{
	for (uint16_t i = 0; i < BLOCK_ROWS_MAX; i++) {
		((int64_t *)store->columns[A].values)[i] = (int64_t)(bench_random() % 1000);
		((int64_t *)store->columns[B].values)[i] = (int64_t)(bench_random() % 1000);
		((decimal *)store->columns[D].values)[i] = bench_random() % 100000;
		((decimal *)store->columns[E].values)[i] = bench_random() % 100000;
		((double *)store->columns[X].values)[i] = (double)(bench_random() % 1000);
		((double *)store->columns[Y].values)[i] = (double)(bench_random() % 1000);
	}
	store->block.n_rows = store->block.n_slots = BLOCK_ROWS_MAX;
}

static uint64_t compute(void *context)
{
	struct eval eval = {0};
	struct column result;

	program_run(context, &store->block, &eval, &result);
	bench_sink = (uint64_t)result.values;
	return store->block.n_rows;
}

static uint64_t filter(void *context)
{
	uint16_t rows[BLOCK_ROWS_MAX];
	struct eval eval = {0};

	bench_sink = program_select(context, &store->block, &eval, rows);
	return store->block.n_rows;
}

static uint64_t plain_c(void *context)
{
	const int64_t *a = store->columns[A].values, *b = store->columns[B].values;
	uint16_t n = store->block.n_rows;
	int64_t *sums = context;

	for (uint16_t i = 0; i < n; i++)
		sums[i] = a[i] + b[i];
	bench_keep(sums);
	return n;
}

int main(int argc, char **argv)
{
	static int64_t sums[BLOCK_ROWS_MAX];
	const struct expr *large, *cheap;
	struct program *programs[8];
	size_t n = 0;
	int status;

	arena = arena_new();
	store = rows_store(rows_schema(arena, columns, 6));
	fill();
	large = call(">", column(A), number(500));
	cheap = call("<", call("*", column(X), column(Y)), number(100000));
	programs[n++] = program(call("+", column(A), column(B)));
	programs[n++] = program(call("+", column(D), column(E)));
	programs[n++] = program(call("*", column(D), column(E)));
	programs[n++] = program(call("*", column(X), column(Y)));
	programs[n++] = program(large);
	programs[n++] = program(call(">", column(D), column(E)));
	programs[n++] = program(call(">", column(X), column(Y)));
	programs[n++] = program(call("AND", large, cheap));

	const struct bench benches[] = {
		{"expr/plain_c", 0, plain_c, sums},
		{"expr/bigint_add", 0, compute, programs[0]},
		{"expr/decimal_add", 0, compute, programs[1]},
		{"expr/decimal_multiply", 0, compute, programs[2]},
		{"expr/double_multiply", 0, compute, programs[3]},
		{"expr/bigint_filter", 0, filter, programs[4]},
		{"expr/decimal_filter", 0, filter, programs[5]},
		{"expr/double_filter", 0, filter, programs[6]},
		{"expr/two_conditions", 0, filter, programs[7]},
	};

	status = bench_main(argc, argv, benches, sizeof(benches) / sizeof(*benches));
	while (n-- > 0)
		program_free(programs[n]);
	block_store_free(&mem_libc, store);
	arena_free(arena);
	return status;
}
