// Simulation: the real runtime, driven by one thread and one seed. The seed chooses the events, the
// query, how many instances and lcores there are, how small the channels, in what order tasks step
// and how the clock jumps. The invariant: the same rows come out as from an undisturbed run at
// parallelism 1, and the account of events closes.
//
//	sim --seeds 1000          seeds 1 to 1000
//	sim --first 17 --seeds 1  one seed again
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "input.h"
#include "operator/sink/sink.h"
#include "runtime/summary.h"
#include "sql/sql.h"

enum { EVENTS_MAX = 3000, LCORES_MAX = 4, PATH_SIZE = 256, SQL_SIZE = 4096 };
enum { FAKE_TSC_HZ = 1000000000 };

static const char tables[] =
	"SET 'table.exec.source.idle-timeout' = '0 s';\n"
	"CREATE TABLE a (k STRING, v BIGINT, ts TIMESTAMP(3),"
	" WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)"
	" WITH ('connector' = 'filesystem', 'path' = '%s/a', 'format' = 'csv');\n"
	"CREATE TABLE b (k STRING, v BIGINT, ts TIMESTAMP(3),"
	" WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)"
	" WITH ('connector' = 'filesystem', 'path' = '%s/b', 'format' = 'csv');\n"
	"CREATE TABLE o (k STRING, w TIMESTAMP(3), n BIGINT, s BIGINT, m BIGINT)"
	" WITH ('connector' = 'filesystem', 'path' = '%s/out', 'format' = 'csv');\n";

static const char *const queries[] = {
	"INSERT INTO o SELECT k, window_start, COUNT(*), SUM(v), MAX(v) FROM TABLE("
	"TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, "
	"window_end;",
	"INSERT INTO o SELECT k, window_end, COUNT(v), SUM(v), MIN(v) FROM TABLE("
	"HOP(TABLE a, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '30' SECOND))"
	" WHERE v > -500 OR v IS NULL GROUP BY k, window_start, window_end;",
	"INSERT INTO o SELECT 'all', window_start, COUNT(*), SUM(v), MIN(v) FROM TABLE("
	"TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;",
	"INSERT INTO o SELECT k, ts, v, v * 2, v + 1 FROM a WHERE v > 0;",
	"INSERT INTO o SELECT k, ts, v, v, v FROM a UNION ALL SELECT k, ts, v, v, v FROM b WHERE v "
	"< 0;",
	"CREATE VIEW c AS SELECT k, window_time AS t, COUNT(*) AS n FROM TABLE("
	"TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND))"
	" GROUP BY k, window_start, window_end, window_time;"
	"INSERT INTO o SELECT 'x', window_start, COUNT(*), SUM(n), MAX(n) FROM TABLE("
	"TUMBLE(TABLE c, DESCRIPTOR(t), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;",
	"INSERT INTO o SELECT k, window_start, COUNT(*), SUM(v), MAX(v) FROM TABLE("
	"TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, "
	"window_end;"
	"INSERT INTO o SELECT k, window_end, COUNT(*), SUM(v), MAX(v) FROM TABLE("
	"TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '20' SECOND)) GROUP BY k, window_start, "
	"window_end HAVING COUNT(*) > 1;"
	"INSERT INTO o SELECT k, ts, v, v, v FROM a WHERE v IS NULL;",
	"CREATE VIEW c AS SELECT k || ' with a tail that no view holds inline' AS l,"
	" CAST(v AS DECIMAL(20, 2)) AS d, ts FROM a;"
	"INSERT INTO o SELECT l, window_start, COUNT(d), CAST(SUM(d) * 100 AS BIGINT), "
	"CAST(MIN(d) AS BIGINT) FROM TABLE("
	"HOP(TABLE c, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '20' SECOND))"
	" GROUP BY l, d, window_start, window_end;",
};

struct world {
	struct random random;
	bool disturbed;
	uint32_t n_lcores;
	uint64_t tsc;
};

static uint64_t fake_tsc; // what sinks are handed as the time

static uint64_t read_fake_tsc(void)
{
	return fake_tsc;
}

static void die(uint64_t seed, const char *what, const char *why)
{
	fprintf(stderr, "sim: seed %lu: %s: %s\n", seed, what, why);
	exit(1);
}

// Step the tasks until all are done: in turn, or in an order that the seed draws.
static void step_all(struct topology *topology, struct world *world)
{
	uint32_t next = 0;

	while (!topology_finished(topology)) {
		struct now now;

		if (world->disturbed) {
			next = (uint32_t)random_below(&world->random, topology->n_tasks);
			world->tsc += random_below(&world->random, 1000000);
		} else {
			next = (next + 1) % topology->n_tasks;
			world->tsc += 1000;
		}
		fake_tsc = world->tsc;
		now = (struct now){.tsc = world->tsc, .wall_ns = (int64_t)world->tsc};
		if (task_step(topology->tasks[next], now) == 0)
			sched_yield(); // a reader or writer thread may have to do something
		if (topology_fault(topology) != NULL)
			break;
	}
}

static void close_sinks(struct topology *topology, uint64_t seed)
{
	for (uint32_t t = 0; t < topology->n_tasks; t++)
		for (uint32_t i = 0; i < topology->tasks[t]->n_ops; i++) {
			struct op *op = topology->tasks[t]->ops[i];
			struct err err = {0};

			if (op->spec->kind == &sink_kind && sink_close(op, &err) < 0)
				die(seed, "closing a sink", err.text);
		}
}

static struct account run(const char *sql, uint32_t parallelism, struct world *world, uint64_t seed)
{
	struct mem *mems[LCORES_MAX] = {&mem_libc, &mem_libc, &mem_libc, &mem_libc};
	struct topology_env env = {
		.n_lcores = world->n_lcores,
		.mems = mems,
		.state_bytes = 64 << 20,
		.tsc = read_fake_tsc,
		.tsc_hz = FAKE_TSC_HZ,
		.channel_blocks = world->disturbed ? 4 : 16,
	};
	struct arena *arena = arena_new();
	struct topology *topology;
	struct account account;
	struct sql_plan plan;
	struct err err = {0};

	hash_seed_from(&env.seed, random_next(&world->random));
	if (sql_plan(arena, sql, strlen(sql), NULL, 0, NULL, &plan, &err) < 0)
		die(seed, "planning", err.text);
	plan.job->settings.parallelism = parallelism;
	topology = topology_new(plan.job, &env, &err);
	if (topology == NULL)
		die(seed, "building", err.text);
	step_all(topology, world);
	if (topology_fault(topology) != NULL)
		die(seed, "running", topology_fault(topology)->text);
	close_sinks(topology, seed);
	account_take(&account, topology);
	topology_free(topology);
	arena_free(arena);
	return account;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

// The lines of a file, sorted, as one text. The caller frees it.
static char *sorted_lines(const char *path)
{
	FILE *file = fopen(path, "r");
	char **lines = NULL, *text, *at;
	size_t n = 0, size = 0, total = 0;
	ssize_t len;

	if (file == NULL)
		abort();
	for (;;) {
		char *line = NULL;
		size_t line_size = 0;

		len = getline(&line, &line_size, file);
		if (len < 0) {
			free(line);
			break;
		}
		if (n == size) {
			size = size * 2 + 64;
			lines = realloc(lines, size * sizeof(*lines));
		}
		lines[n++] = line;
		total += (size_t)len;
	}
	fclose(file);
	qsort(lines, n, sizeof(*lines), by_text);
	at = text = calloc(1, total + 1);
	for (size_t i = 0; i < n; i++) {
		at = stpcpy(at, lines[i]);
		free(lines[i]);
	}
	free(lines);
	return text;
}

static bool same_account(const struct account *a, const struct account *b)
{
	return a->n_in == b->n_in && a->n_out == b->n_out && a->n_dropped == b->n_dropped &&
	       a->n_open == 0 && b->n_open == 0;
}

static bool run_seed(uint64_t seed, const char *dir)
{
	struct random random = {seed};
	struct world calm = {.random = {seed}, .n_lcores = 1};
	struct world rough = {.random = {~seed}, .disturbed = true};
	char sql[SQL_SIZE], path[PATH_SIZE];
	struct account expected, got;
	char *expected_rows, *got_rows;
	uint32_t parallelism;
	bool same;
	int len;

	snprintf(path, sizeof(path), "%s/a", dir);
	input_write(path, &random, EVENTS_MAX);
	snprintf(path, sizeof(path), "%s/b", dir);
	input_write(path, &random, EVENTS_MAX);
	len = snprintf(sql, sizeof(sql), tables, dir, dir, dir);
	snprintf(sql + len, sizeof(sql) - (size_t)len, "%s",
		queries[random_below(&random, sizeof(queries) / sizeof(queries[0]))]);
	rough.n_lcores = 1 + (uint32_t)random_below(&random, LCORES_MAX);
	parallelism = 1 + (uint32_t)random_below(&random, 5);
	snprintf(path, sizeof(path), "%s/out", dir);
	expected = run(sql, 1, &calm, seed);
	expected_rows = sorted_lines(path);
	got = run(sql, parallelism, &rough, seed);
	got_rows = sorted_lines(path);
	same = strcmp(expected_rows, got_rows) == 0 && same_account(&expected, &got);
	if (!same)
		fprintf(stderr,
			"sim: seed %lu: rows or accounts differ at parallelism %u on %u lcores "
			"(in %lu/%lu, out %lu/%lu); again: sim --first %lu --seeds 1\n%s\n",
			seed, parallelism, rough.n_lcores, expected.n_in, got.n_in, expected.n_out,
			got.n_out, seed, sql);
	free(expected_rows);
	free(got_rows);
	return same;
}

int main(int argc, char **argv)
{
	uint64_t first = 1, n_seeds = 100, n_failed = 0;
	char dir[] = "/tmp/tidewire-sim-XXXXXX", path[PATH_SIZE];
	const char *const files[] = {"a", "b", "out"};

	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--seeds") == 0)
			n_seeds = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--first") == 0)
			first = strtoull(argv[i + 1], NULL, 10);
	}
	if (mkdtemp(dir) == NULL)
		abort();
	for (uint64_t seed = first; seed < first + n_seeds; seed++)
		n_failed += !run_seed(seed, dir);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		unlink(path);
	}
	rmdir(dir);
	printf("%lu passed, %lu failed\n", n_seeds - n_failed, n_failed);
	return n_failed > 0;
}
