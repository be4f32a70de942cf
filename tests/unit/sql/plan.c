// Plans of projections, filters and unions, as EXPLAIN prints them.
#include "sql/planning.h"

static void reads_and_writes_tables(void **)
{
	static const struct planning_case cases[] = {
		{"INSERT INTO out2 SELECT user_id, amount FROM plain;",
			"Stage 1: plain (source)\n"
			"  TableSource(table=[plain], connector=[filesystem], format=[csv], "
			"fields=[user_id, amount])\n"
			"    Calc(select=[user_id, amount])\n"
			"      Exchange(gather) -> stage 2\n"
			"Stage 2: out2 (sink, parallelism: 1)\n"
			"  TableSink(table=[out2], connector=[print])\n"},
		{"SELECT * FROM plain;",
			"Stage 1: plain (source)\n"
			"  TableSource(table=[plain], connector=[filesystem], format=[csv], "
			"fields=[user_id, amount, ts])\n"
			"    Exchange(gather) -> stage 2\n"
			"Stage 2: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void filters_behind_the_watermarks(void **)
{
	static const struct planning_case cases[] = {
		{"INSERT INTO out2 SELECT user_id, amount FROM tx WHERE qty > 3;",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[user_id, amount, qty, ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[user_id, amount], where=[3 < qty])\n"
			"        Exchange(gather) -> stage 2\n"
			"Stage 2: out2 (sink, parallelism: 1)\n"
			"  TableSink(table=[out2], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void shares_a_source_and_a_sink(void **)
{
	static const struct planning_case cases[] = {
		{"INSERT INTO out2 SELECT user_id, amount FROM tx WHERE qty > 3;\n"
		 "INSERT INTO out2 SELECT up, amount FROM tx;",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[user_id, amount, qty, ts, note])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[user_id, amount], where=[3 < qty])\n"
			"        Exchange(gather) -> stage 2\n"
			"      Calc(select=[UPPER(note) AS user_id, amount])\n"
			"        Exchange(gather) -> stage 2\n"
			"Stage 2: out2 (sink, parallelism: 1)\n"
			"  TableSink(table=[out2], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void fills_columns_that_are_not_listed_with_null(void **)
{
	static const struct planning_case cases[] = {
		{"INSERT INTO out2 (amount) SELECT qty FROM tx;",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[qty, ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[NULL AS user_id, CAST(qty AS DOUBLE) AS amount])\n"
			"        Exchange(gather) -> stage 2\n"
			"Stage 2: out2 (sink, parallelism: 1)\n"
			"  TableSink(table=[out2], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void computes_a_time_attribute_before_its_watermark(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT ms.card, twice, ts FROM ms;",
			"Stage 1: ms (source)\n"
			"  TableSource(table=[ms], connector=[udp], format=[json], fields=[card, "
			"amount, ms])\n"
			"    Calc(select=[card, amount, ms, TO_TIMESTAMP_LTZ(ms, 3) AS ts])\n"
			"      WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '1' "
			"MINUTE])\n"
			"        Calc(select=[card, amount * 2 AS twice, ts])\n"
			"          Exchange(gather) -> stage 2\n"
			"Stage 2: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void merges_projections_and_filters(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT u, s FROM (SELECT user_id AS u, amount + qty AS s, note FROM tx "
		 "WHERE qty > 1) AS q WHERE s > 5;",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[user_id, amount, qty, ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[user_id AS u, amount + CAST(qty AS DOUBLE) AS s], "
			"where=[(1 < qty) AND (5.0 < (amount + CAST(qty AS DOUBLE)))])\n"
			"        Exchange(gather) -> stage 2\n"
			"Stage 2: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void unites_in_the_stage_where_rows_meet(void **)
{
	static const struct planning_case cases[] = {
		{"INSERT INTO out2 SELECT user_id, amount FROM tx WHERE qty = 1\n"
		 "UNION ALL SELECT user_id, amount FROM plain\n"
		 "UNION ALL SELECT CAST(qty AS STRING), qty FROM tx;",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[user_id, amount, qty, ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[user_id, amount], where=[qty = 1])\n"
			"        Exchange(gather) -> stage 3\n"
			"      Calc(select=[CAST(qty AS STRING) AS user_id, CAST(qty AS DOUBLE) AS "
			"amount])\n"
			"        Exchange(gather) -> stage 3\n"
			"Stage 2: plain (source)\n"
			"  TableSource(table=[plain], connector=[filesystem], format=[csv], "
			"fields=[user_id, amount])\n"
			"    Calc(select=[user_id, amount])\n"
			"      Exchange(gather) -> stage 3\n"
			"Stage 3: out2 (sink, parallelism: 1)\n"
			"  TableSink(table=[out2], connector=[print])\n"},
		{"SELECT k, window_end, SUM(a) FROM TABLE(TUMBLE((SELECT user_id AS k, "
		 "amount AS a, ts FROM tx\n"
		 "UNION ALL SELECT note, qty, ts FROM tx), DESCRIPTOR(ts), INTERVAL '1' "
		 "HOUR))\n"
		 "WHERE a > 1 GROUP BY k, window_start, window_end;",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[user_id, amount, qty, ts, note])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[user_id AS k, amount AS a, ts], where=[1.0 < amount])\n"
			"        Exchange(hash[k]) -> stage 2\n"
			"      Calc(select=[note AS k, CAST(qty AS DOUBLE) AS a, ts], where=[1.0 < "
			"CAST(qty AS DOUBLE)])\n"
			"        Exchange(hash[k]) -> stage 2\n"
			"Stage 2: WindowAggregate (keyed, parallelism: default)\n"
			"  WindowAggregate(keys=[k], window=[TUMBLE(time_col=[ts], size=[1 h])], "
			"aggs=[SUM(a)], state=[16 B per key])\n"
			"    Calc(select=[k, window_end, SUM(a) AS EXPR$2])\n"
			"      Exchange(gather) -> stage 3\n"
			"Stage 3: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void prints_a_constant_of_rows_without_columns(void **)
{
	static const struct planning_case cases[] = {
		{"EXPLAIN SELECT 1 FROM tx;", "Stage 1: tx (source)\n"
					      "  TableSource(table=[tx], connector=[filesystem], "
					      "format=[json], fields=[ts])\n"
					      "    WatermarkAssigner(rowtime=[ts], watermark=[ts - "
					      "INTERVAL '5' SECOND])\n"
					      "      Calc(select=[1 AS EXPR$0])\n"
					      "        Exchange(gather) -> stage 2\n"
					      "Stage 2: print (sink, parallelism: 1)\n"
					      "  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void rewrites_forms_of_the_language(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT CASE user_id WHEN 'a' THEN 1 ELSE 2 END AS c, t.qty BETWEEN 1 "
		 "AND 5, t.qty IS NULL\n"
		 "FROM tx AS t WHERE t.note LIKE 'a%';",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[user_id, qty, ts, note])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[CASE WHEN user_id = 'a' THEN 1 ELSE 2 END AS c, (1 <= "
			"qty) AND (qty <= 5) AS EXPR$1, qty IS NULL AS EXPR$2], where=[note LIKE "
			"'a%'])\n"
			"        Exchange(gather) -> stage 2\n"
			"Stage 2: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void plans_nothing_for_definitions(void **)
{
	static const struct planning_case cases[] = {
		{"SET 'parallelism.default' = '3';", "no stages: the script only defines things\n"},
	};

	PLANNING_CHECK(cases);
}

static void writes_intervals_as_sql_does(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT ts + INTERVAL '2' DAY, ts + INTERVAL '90' MINUTE, ts - INTERVAL '2' HOUR, "
		 "ts + INTERVAL '0.250' SECOND, ts + INTERVAL -'1.5' SECOND, ts + INTERVAL '1' "
		 "YEAR, ts + INTERVAL '18' MONTH FROM plain;",
			"Stage 1: plain (source)\n"
			"  TableSource(table=[plain], connector=[filesystem], format=[csv], "
			"fields=[ts])\n"
			"    Calc(select=[ts + INTERVAL '2' DAY AS EXPR$0, ts + INTERVAL '90' "
			"MINUTE AS EXPR$1, ts - INTERVAL '2' HOUR AS EXPR$2, ts + INTERVAL '0.250' "
			"SECOND AS EXPR$3, ts + INTERVAL '-1.500' SECOND AS EXPR$4, ts + INTERVAL "
			"'1' YEAR AS EXPR$5, ts + INTERVAL '18' MONTH AS EXPR$6])\n"
			"      Exchange(gather) -> stage 2\n"
			"Stage 2: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_intervals_as_sql_does),
		cmocka_unit_test(reads_and_writes_tables),
		cmocka_unit_test(filters_behind_the_watermarks),
		cmocka_unit_test(shares_a_source_and_a_sink),
		cmocka_unit_test(fills_columns_that_are_not_listed_with_null),
		cmocka_unit_test(computes_a_time_attribute_before_its_watermark),
		cmocka_unit_test(merges_projections_and_filters),
		cmocka_unit_test(unites_in_the_stage_where_rows_meet),
		cmocka_unit_test(prints_a_constant_of_rows_without_columns),
		cmocka_unit_test(rewrites_forms_of_the_language),
		cmocka_unit_test(plans_nothing_for_definitions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
