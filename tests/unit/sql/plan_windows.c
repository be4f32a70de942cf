// Plans of window aggregates, as EXPLAIN prints them.
#include "sql/planning.h"

static void cuts_slices_without_a_window_function(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT user_id, window_start, window_end, SUM(amount) AS total FROM "
		 "TABLE(HOP(TABLE tx, DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '1' "
		 "MINUTE))\n"
		 "GROUP BY user_id, window_start, window_end HAVING COUNT(*) > 1;",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[user_id, amount, ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[user_id, amount, ts])\n"
			"        Exchange(hash[user_id]) -> stage 2\n"
			"Stage 2: WindowAggregate (keyed, parallelism: default)\n"
			"  WindowAggregate(keys=[user_id], window=[HOP(time_col=[ts], size=[1 "
			"min], slide=[30 s])], aggs=[SUM(amount), COUNT(*)], state=[24 B per "
			"key])\n"
			"    Calc(select=[user_id, window_start, window_end, SUM(amount) AS "
			"total], where=[1 < COUNT(*)])\n"
			"      Exchange(gather) -> stage 3\n"
			"Stage 3: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void has_one_instance_for_no_keys(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT window_start, COUNT(*) FROM\n"
		 "TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL "
		 "'10' SECOND))\n"
		 "GROUP BY window_start, window_end;",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[ts])\n"
			"        Exchange(hash[]) -> stage 2\n"
			"Stage 2: WindowAggregate (one instance)\n"
			"  WindowAggregate(window=[TUMBLE(time_col=[ts], size=[1 min], offset=[10 "
			"s])], aggs=[COUNT(*)], state=[8 B per key])\n"
			"    Calc(select=[window_start, COUNT(*) AS EXPR$1])\n"
			"      Exchange(gather) -> stage 3\n"
			"Stage 3: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void looks_through_views(void **)
{
	static const struct planning_case cases[] = {
		{"CREATE VIEW w (u, a, t) AS SELECT user_id, amount, ts FROM tx WHERE "
		 "amount > 0;\n"
		 "SELECT u, window_end, SUM(a) FROM TABLE(TUMBLE(TABLE w, DESCRIPTOR(t), "
		 "INTERVAL '1' MINUTE))\n"
		 "GROUP BY u, window_start, window_end;",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[user_id, amount, ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[user_id AS u, amount AS a, ts AS t], where=[0.0 < "
			"amount])\n"
			"        Exchange(hash[u]) -> stage 2\n"
			"Stage 2: WindowAggregate (keyed, parallelism: default)\n"
			"  WindowAggregate(keys=[u], window=[TUMBLE(time_col=[t], size=[1 min])], "
			"aggs=[SUM(a)], state=[16 B per key])\n"
			"    Calc(select=[u, window_end, SUM(a) AS EXPR$2])\n"
			"      Exchange(gather) -> stage 3\n"
			"Stage 3: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void computes_keys_arguments_and_filters_before(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT window_time, UPPER(card) AS c, AVG(amount), MIN(amount) + "
		 "MAX(amount),\n"
		 "COUNT(*) FILTER (WHERE amount > 100)\n"
		 "FROM TABLE(HOP(DATA => TABLE ms, TIMECOL => DESCRIPTOR(ts), SLIDE => "
		 "INTERVAL '10' SECOND,\n"
		 "SIZE => INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, "
		 "window_time, UPPER(card)\n"
		 "HAVING SUM(amount) > 10 AND AVG(amount) > 1;",
			"Stage 1: ms (source)\n"
			"  TableSource(table=[ms], connector=[udp], format=[json], fields=[card, "
			"amount, ms])\n"
			"    Calc(select=[card, amount, ms, TO_TIMESTAMP_LTZ(ms, 3) AS ts])\n"
			"      WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '1' "
			"MINUTE])\n"
			"        Calc(select=[UPPER(card), amount, 100.00 < amount, ts])\n"
			"          Exchange(hash[UPPER(card)]) -> stage 2, LocalWindowAggregate of "
			"hot keys\n"
			"Stage 2: WindowAggregate (keyed, parallelism: default)\n"
			"  WindowAggregate(keys=[UPPER(card)], window=[HOP(time_col=[ts], size=[1 "
			"min], slide=[10 s])], aggs=[AVG(amount), MIN(amount), MAX(amount), "
			"COUNT(*) FILTER (WHERE 100.00 < amount), SUM(amount)], state=[104 B per "
			"key])\n"
			"    Calc(select=[window_time, UPPER(card) AS c, AVG(amount) AS EXPR$2, "
			"MIN(amount) + MAX(amount) AS EXPR$3, COUNT(*) FILTER (WHERE 100.00 < "
			"amount) AS EXPR$4], where=[(10.00 < SUM(amount)) AND (1.000000 < "
			"AVG(amount))])\n"
			"      Exchange(gather) -> stage 3\n"
			"Stage 3: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void attaches_windows_to_rows(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT user_id, window_start, window_end, window_time, amount FROM "
		 "TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) WHERE "
		 "amount > 5;",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[user_id, amount, ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[user_id, amount, ts], where=[5.0 < amount])\n"
			"        WindowTableFunction(window=[TUMBLE(time_col=[ts], size=[1 "
			"min])])\n"
			"          Calc(select=[user_id, window_start, window_end, window_time, "
			"amount])\n"
			"            Exchange(gather) -> stage 2\n"
			"Stage 2: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void attaches_windows_that_are_looked_at(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT user_id, window_start, MAX(amount) FROM TABLE(HOP(TABLE tx, "
		 "DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '1' MINUTE))\n"
		 "WHERE window_end > TIMESTAMP '2020-01-01 00:00:00' AND amount > 1\n"
		 "GROUP BY user_id, window_start, window_end;",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[user_id, amount, ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[user_id, amount, ts])\n"
			"        WindowTableFunction(window=[HOP(time_col=[ts], size=[1 min], "
			"slide=[30 s])])\n"
			"          Calc(select=[user_id, amount, window_start, window_end], "
			"where=[(TIMESTAMP '2020-01-01 00:00:00.000' < window_end) AND (1.0 < "
			"amount)])\n"
			"            Exchange(hash[user_id]) -> stage 2\n"
			"Stage 2: WindowAggregate (keyed, parallelism: default)\n"
			"  WindowAggregate(keys=[user_id], "
			"window=[ATTACHED(win_start=[window_start], win_end=[window_end])], "
			"aggs=[MAX(amount)], state=[16 B per key])\n"
			"    Calc(select=[user_id, window_start, MAX(amount) AS EXPR$2])\n"
			"      Exchange(gather) -> stage 3\n"
			"Stage 3: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void aggregates_over_the_windows_of_an_aggregate(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT window_start, window_end, MAX(total) FROM\n"
		 "(SELECT user_id, window_start, window_end, SUM(amount) AS total FROM "
		 "TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL '1' MINUTE))\n"
		 "GROUP BY user_id, window_start, window_end) GROUP BY window_start, "
		 "window_end;",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[user_id, amount, ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[user_id, amount, ts])\n"
			"        Exchange(hash[user_id]) -> stage 2\n"
			"Stage 2: WindowAggregate (keyed, parallelism: default)\n"
			"  WindowAggregate(keys=[user_id], window=[TUMBLE(time_col=[ts], size=[1 "
			"min])], aggs=[SUM(amount)], state=[16 B per key])\n"
			"    Calc(select=[SUM(amount) AS total, window_start, window_end])\n"
			"      Exchange(hash[]) -> stage 3\n"
			"Stage 3: WindowAggregate (one instance)\n"
			"  WindowAggregate(window=[ATTACHED(win_start=[window_start], "
			"win_end=[window_end])], aggs=[MAX(total)], state=[16 B per key])\n"
			"    Calc(select=[window_start, window_end, MAX(total) AS EXPR$2])\n"
			"      Exchange(gather) -> stage 4\n"
			"Stage 4: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void cascades_over_window_time(void **)
{
	static const struct planning_case cases[] = {
		{"WITH one AS (SELECT user_id, window_time AS rt, SUM(amount) AS total "
		 "FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL '1' MINUTE))\n"
		 "GROUP BY user_id, window_start, window_end, window_time)\n"
		 "SELECT window_start, window_end, SUM(total) FROM\n"
		 "TABLE(TUMBLE(TABLE one, DESCRIPTOR(rt), INTERVAL '10' MINUTE)) GROUP BY "
		 "window_start, window_end;",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[user_id, amount, ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[user_id, amount, ts])\n"
			"        Exchange(hash[user_id]) -> stage 2\n"
			"Stage 2: WindowAggregate (keyed, parallelism: default)\n"
			"  WindowAggregate(keys=[user_id], window=[TUMBLE(time_col=[ts], size=[1 "
			"min])], aggs=[SUM(amount)], state=[16 B per key])\n"
			"    Calc(select=[SUM(amount) AS total, window_time AS rt])\n"
			"      Exchange(hash[]) -> stage 3\n"
			"Stage 3: WindowAggregate (one instance)\n"
			"  WindowAggregate(window=[TUMBLE(time_col=[rt], size=[10 min])], "
			"aggs=[SUM(total)], state=[16 B per key])\n"
			"    Calc(select=[window_start, window_end, SUM(total) AS EXPR$2])\n"
			"      Exchange(gather) -> stage 4\n"
			"Stage 4: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void takes_windows_in_group_by(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT user_id, TUMBLE_START(ts, INTERVAL '1' MINUTE), "
		 "TUMBLE_ROWTIME(ts, INTERVAL '1' MINUTE),\n"
		 "COUNT(amount) FROM tx WHERE amount > 1 GROUP BY user_id, TUMBLE(ts, "
		 "INTERVAL '1' MINUTE);",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[user_id, amount, ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[user_id, amount, ts], where=[1.0 < amount])\n"
			"        Exchange(hash[user_id]) -> stage 2, LocalWindowAggregate of hot "
			"keys\n"
			"Stage 2: WindowAggregate (keyed, parallelism: default)\n"
			"  WindowAggregate(keys=[user_id], window=[TUMBLE(time_col=[ts], size=[1 "
			"min])], aggs=[COUNT(amount)], state=[8 B per key])\n"
			"    Calc(select=[user_id, window_start AS EXPR$1, window_time AS EXPR$2, "
			"COUNT(amount) AS EXPR$3])\n"
			"      Exchange(gather) -> stage 3\n"
			"Stage 3: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
		{"INSERT INTO out3 SELECT user_id, HOP_END(ts, INTERVAL '1' SECOND, "
		 "INTERVAL '1' MINUTE), SUM(amount)\n"
		 "FROM tx GROUP BY HOP(ts, INTERVAL '1' SECOND, INTERVAL '1' MINUTE), "
		 "user_id;",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[user_id, amount, ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[user_id, amount, ts])\n"
			"        Exchange(hash[user_id]) -> stage 2\n"
			"Stage 2: WindowAggregate (keyed, parallelism: default)\n"
			"  WindowAggregate(keys=[user_id], window=[HOP(time_col=[ts], size=[1 "
			"min], slide=[1 s])], aggs=[SUM(amount)], state=[16 B per key])\n"
			"    Calc(select=[user_id, window_end AS w, SUM(amount) AS total])\n"
			"      Exchange(gather) -> stage 3\n"
			"Stage 3: out3 (sink, parallelism: 1)\n"
			"  TableSink(table=[out3], connector=[blackhole])\n"},
	};

	PLANNING_CHECK(cases);
}

static void runs_a_statement_set_as_one_job(void **)
{
	static const struct planning_case cases[] = {
		{"SET 'parallelism.default' = '4';\n"
		 "EXECUTE STATEMENT SET BEGIN\n"
		 "INSERT INTO out3 SELECT user_id, window_end, SUM(amount) FROM "
		 "TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL '1' MINUTE))\n"
		 "GROUP BY user_id, window_start, window_end;\n"
		 "INSERT INTO out3 SELECT note, window_end, SUM(amount) FROM "
		 "TABLE(HOP(TABLE tx, DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '1' "
		 "MINUTE))\n"
		 "GROUP BY note, window_start, window_end;\n"
		 "END;",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[user_id, amount, ts, note])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[user_id, amount, ts])\n"
			"        Exchange(hash[user_id]) -> stage 2\n"
			"      Calc(select=[note, amount, ts])\n"
			"        Exchange(hash[note]) -> stage 3\n"
			"Stage 2: WindowAggregate (keyed, parallelism: 4)\n"
			"  WindowAggregate(keys=[user_id], window=[TUMBLE(time_col=[ts], size=[1 "
			"min])], aggs=[SUM(amount)], state=[16 B per key])\n"
			"    Calc(select=[user_id, window_end AS w, SUM(amount) AS total])\n"
			"      Exchange(gather) -> stage 4\n"
			"Stage 3: WindowAggregate (keyed, parallelism: 4)\n"
			"  WindowAggregate(keys=[note], window=[HOP(time_col=[ts], size=[1 min], "
			"slide=[30 s])], aggs=[SUM(amount)], state=[16 B per key])\n"
			"    Calc(select=[note AS user_id, window_end AS w, SUM(amount) AS "
			"total])\n"
			"      Exchange(gather) -> stage 4\n"
			"Stage 4: out3 (sink, parallelism: 1)\n"
			"  TableSink(table=[out3], connector=[blackhole])\n"},
	};

	PLANNING_CHECK(cases);
}

static void computes_each_aggregate_once(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT SUM(amount), SUM(amount) / 2, COUNT(*), SUM(amount) FILTER "
		 "(WHERE qty > 1) FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL "
		 "'1' MINUTE)) GROUP BY window_start, window_end HAVING SUM(amount) > 1;",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[amount, qty, ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[amount, 1 < qty, ts])\n"
			"        Exchange(hash[]) -> stage 2\n"
			"Stage 2: WindowAggregate (one instance)\n"
			"  WindowAggregate(window=[TUMBLE(time_col=[ts], size=[1 min])], "
			"aggs=[SUM(amount), COUNT(*), SUM(amount) FILTER (WHERE 1 < qty)], "
			"state=[40 B per key])\n"
			"    Calc(select=[SUM(amount) AS EXPR$0, SUM(amount) / 2.0 AS EXPR$1, "
			"COUNT(*) AS EXPR$2, SUM(amount) FILTER (WHERE 1 < qty) AS EXPR$3], "
			"where=[1.0 < SUM(amount)])\n"
			"      Exchange(gather) -> stage 3\n"
			"Stage 3: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void keeps_the_rows_of_an_aggregate_without_columns(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT 1 FROM (SELECT window_start FROM TABLE(TUMBLE(TABLE tx, "
		 "DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, "
		 "window_end);",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[ts])\n"
			"        Exchange(hash[]) -> stage 2\n"
			"Stage 2: WindowAggregate (one instance)\n"
			"  WindowAggregate(window=[TUMBLE(time_col=[ts], size=[1 min])], aggs=[], "
			"state=[0 B per key])\n"
			"    Calc(select=[1 AS EXPR$0])\n"
			"      Exchange(gather) -> stage 3\n"
			"Stage 3: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_slices_without_a_window_function),
		cmocka_unit_test(has_one_instance_for_no_keys),
		cmocka_unit_test(looks_through_views),
		cmocka_unit_test(computes_keys_arguments_and_filters_before),
		cmocka_unit_test(attaches_windows_to_rows),
		cmocka_unit_test(attaches_windows_that_are_looked_at),
		cmocka_unit_test(aggregates_over_the_windows_of_an_aggregate),
		cmocka_unit_test(cascades_over_window_time),
		cmocka_unit_test(takes_windows_in_group_by),
		cmocka_unit_test(runs_a_statement_set_as_one_job),
		cmocka_unit_test(computes_each_aggregate_once),
		cmocka_unit_test(keeps_the_rows_of_an_aggregate_without_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
