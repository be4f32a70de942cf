// What is wrong in calls of aggregates.
#include "sql/planning.h"

#define TUMBLED                                                                        \
	" FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY " \
	"window_start, window_end;"

static void checks_arguments(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT LISTAGG(user_id, user_id)" TUMBLED,
			"1:8 LISTAGG needs a literal for its separator"},
		{"SELECT LISTAGG(user_id, 1)" TUMBLED,
			"1:25 LISTAGG's separator is a string, as in LISTAGG(name, ', ')"},
		{"SELECT LISTAGG(*)" TUMBLED,
			"1:8 only COUNT takes '*' as its argument, LISTAGG takes a value"},
		{"SELECT PERCENTILE(amount)" TUMBLED,
			"1:8 PERCENTILE has 2 to 3 arguments: PERCENTILE(x, p [, frequency])"},
		{"SELECT PERCENTILE(amount, 1.5)" TUMBLED,
			"1:27 PERCENTILE's percentage is a number from 0 to 1, as in "
			"PERCENTILE(x, 0.5), or an ARRAY of at most 64"},
		{"SELECT PERCENTILE(amount, amount)" TUMBLED,
			"1:8 PERCENTILE needs a literal for its percentage"},
		{"SELECT PERCENTILE(user_id, 0.5)" TUMBLED, "1:8 PERCENTILE does not take STRING"},
		{"SELECT PERCENTILE(qty, 0.5, amount)" TUMBLED,
			"1:8 PERCENTILE does not take DOUBLE"},
		{"SELECT PERCENTILE_APPROX(user_id, 0.5)" TUMBLED,
			"1:8 PERCENTILE_APPROX does not take STRING"},
		{"SELECT APPROX_PERCENTILE(amount, 50)" TUMBLED,
			"1:34 APPROX_PERCENTILE's percentage is a number from 0 to 1, as in "
			"APPROX_PERCENTILE(x, 0.5), or an ARRAY of at most 64"},
		{"SELECT PERCENTILE_APPROX(amount)" TUMBLED,
			"1:8 PERCENTILE_APPROX has 2 arguments: PERCENTILE_APPROX(x, p)"},
		{"SELECT PERCENTILE_APPROX(amount, NULL)" TUMBLED,
			"1:8 PERCENTILE_APPROX needs a literal for its percentage"},
		{"SELECT PERCENTILE_APPROX(amount, -0.1)" TUMBLED,
			"1:34 PERCENTILE_APPROX's percentage is a number from 0 to 1, as in "
			"PERCENTILE_APPROX(x, 0.5), or an ARRAY of at most 64"},
		{"SELECT PERCENTILE_APPROX(amount, ARRAY[0.5, 2])" TUMBLED,
			"1:34 PERCENTILE_APPROX's percentage is a number from 0 to 1, as in "
			"PERCENTILE_APPROX(x, 0.5), or an ARRAY of at most 64"},
		{"SELECT TOPK_APPROX(user_id, -1)" TUMBLED,
			"1:29 TOPK_APPROX's k is a whole number from 1 to 100"},
		{"SELECT TOPK_APPROX(user_id, qty)" TUMBLED,
			"1:8 TOPK_APPROX needs a literal for its k"},
		{"SELECT TOPK_APPROX(user_id, 0)" TUMBLED,
			"1:29 TOPK_APPROX's k is a whole number from 1 to 100"},
		{"SELECT TOPK_APPROX(user_id, 5, 4)" TUMBLED,
			"1:32 TOPK_APPROX's number of counters is a whole number from 5 to 1000"},
		{"SELECT COUNT_MIN(user_id, qty, 1)" TUMBLED,
			"1:8 COUNT_MIN has 1 to 2 arguments: COUNT_MIN(x [, v])"},
		{"SELECT COUNT(user_id, amount)" TUMBLED,
			"1:8 COUNT has one argument, as in COUNT(amount)"},
		{"SELECT FIRST_VALUE(amount, qty)" TUMBLED,
			"1:8 FIRST_VALUE has one argument, as in FIRST_VALUE(amount)"},
		{"SELECT STDDEV_POP(user_id)" TUMBLED, "1:8 STDDEV_POP does not take STRING"},
		{"SELECT VAR_SAMP(amount, 1)" TUMBLED,
			"1:8 VAR_SAMP has one argument, as in VAR_SAMP(amount)"},
		{"SELECT SUM(DISTINCT user_id)" TUMBLED, "1:8 SUM does not take STRING"},
		{"SELECT ARRAY_AGG(qty, qty)" TUMBLED,
			"1:8 ARRAY_AGG has one argument, as in ARRAY_AGG(amount)"},
		{"SELECT JSON_OBJECTAGG(KEY qty VALUE qty)" TUMBLED,
			"1:27 JSON_OBJECTAGG's key is a string, not INT"},
	};

	PLANNING_CHECK(cases);
}

static void sketches_need_frames_that_they_can_have(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT PERCENTILE_APPROX(amount, 0.5) OVER (ORDER BY ts ROWS 5 PRECEDING) FROM "
		 "tx;",
			"1:8 PERCENTILE_APPROX(amount, 0.5) cannot give up rows that leave a "
			"frame: it needs UNBOUNDED PRECEDING"},
		{"SELECT TOPK_APPROX(user_id, 3) OVER (ORDER BY ts ROWS 5 PRECEDING) FROM tx;",
			"1:8 TOPK_APPROX(user_id, 3) cannot give up rows that leave a frame: it "
			"needs UNBOUNDED PRECEDING"},
		{"SELECT COUNT_MIN(user_id) OVER (ORDER BY ts) FROM tx;",
			"1:8 COUNT_MIN(user_id) is of the last row, and rows of one time share a "
			"RANGE frame: it needs ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW, "
			"or less"},
	};

	PLANNING_CHECK(cases);
}

static void checks_what_stands_beside_them(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT LAG(amount)" TUMBLED,
			"1:8 LAG needs a window of rows: LAG(x) OVER (PARTITION BY … ORDER BY ts)"},
		{"SELECT PERCENTILE(DISTINCT amount, 0.5)" TUMBLED,
			"1:8 PERCENTILE has no DISTINCT"},
		{"SELECT PERCENTILE_APPROX(DISTINCT amount, 0.5)" TUMBLED,
			"1:8 PERCENTILE_APPROX has no DISTINCT"},
		{"SELECT TOPK_APPROX(DISTINCT user_id, 5)" TUMBLED,
			"1:8 TOPK_APPROX has no DISTINCT: every value would be there once"},
		{"SELECT COUNT_MIN(amount, user_id)" TUMBLED,
			"1:8 COUNT_MIN cannot look for STRING among DOUBLE: use CAST"},
		{"SELECT COUNT_MIN(DISTINCT user_id)" TUMBLED,
			"1:8 COUNT_MIN has no DISTINCT: every value would be there once"},
		{"SELECT SUM(amount) IGNORE NULLS" TUMBLED,
			"1:8 SUM has no IGNORE NULLS and no RESPECT NULLS"},
		{"SELECT FIRST_VALUE(amount) RESPECT NULLS" TUMBLED,
			"1:8 FIRST_VALUE passes over NULLs: RESPECT NULLS is not supported"},
		{"SELECT LISTAGG(user_id) WITHIN GROUP (ORDER BY ts)" TUMBLED,
			"1:8 WITHIN GROUP is not supported yet"},
		{"SELECT STDDEV_POP(amount) FROM tx WHERE VAR_POP(amount) > 1;",
			"1:41 VAR_POP cannot stand in WHERE"},
		{"SELECT VAR_POP(SUM(amount))" TUMBLED, "1:16 SUM cannot stand in an aggregate"},
		{"SELECT COUNT(DISTINCT user_id) FILTER (WHERE qty)" TUMBLED,
			"1:46 FILTER needs a BOOLEAN, not INT"},
	};

	PLANNING_CHECK(cases);
}

// A variance is Flink's: sums and a count, shared with those that the query has itself.
static void variances_are_sums(void **)
{
	struct arena *arena = arena_new();
	const char *text = planning_text(
		arena, "SELECT VAR_POP(qty), STDDEV(qty), SUM(qty), COUNT(qty)" TUMBLED);

	assert_non_null(strstr(text, "aggs=[SUM(qty * qty), SUM(qty), COUNT(qty)]"));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checks_arguments),
		cmocka_unit_test(sketches_need_frames_that_they_can_have),
		cmocka_unit_test(checks_what_stands_beside_them),
		cmocka_unit_test(variances_are_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
