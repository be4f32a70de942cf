// ANOMALY in plans, and what is wrong with it.
#include "sql/planning.h"

#define FROM "SELECT * FROM TABLE(ANOMALY("

static void makes_what_is_read(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT ts FROM TABLE(ANOMALY(TABLE tx PARTITION BY user_id, qty, DESCRIPTOR(ts), "
		 "DESCRIPTOR(amount), 'hysteresis' => 0.1, 'detector' => 'threshold', seed => 7, "
		 "ABOVE => 1e3, 'reason' => 0)) WHERE reason LIKE '%above%';",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[user_id, amount, qty, ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[user_id, amount, qty, ts])\n"
			"        Exchange(hash[user_id, qty]) -> stage 2\n"
			"Stage 2: Anomaly (keyed, parallelism: default)\n"
			"  Anomaly(partition=[user_id, qty], time=[ts], value=[amount], "
			"detector=[threshold], seed=[7], above=[1000], hysteresis=[0.1], "
			"reason=[0], state=[8 B per key])\n"
			"    Calc(select=[ts], where=[reason LIKE '%above%'])\n"
			"      Exchange(gather) -> stage 3\n"
			"Stage 3: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
		{"SELECT score FROM TABLE(ANOMALY(TABLE tx, DESCRIPTOR(ts), DESCRIPTOR(qty), "
		 "'detector' => 'threshold', 'below' => -1));",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[qty, ts])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[qty, ts])\n"
			"        Exchange(hash[]) -> stage 2\n"
			"Stage 2: Anomaly (one instance)\n"
			"  Anomaly(time=[ts], value=[qty], detector=[threshold], below=[-1], "
			"state=[8 B per key])\n"
			"    Calc(select=[score])\n"
			"      Exchange(gather) -> stage 3\n"
			"Stage 3: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

static void goes_when_nobody_reads_the_score(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT note FROM TABLE(ANOMALY(TABLE tx, DESCRIPTOR(ts), DESCRIPTOR(qty), "
		 "'detector' => 'threshold', 'below' => -1));",
			"Stage 1: tx (source)\n"
			"  TableSource(table=[tx], connector=[filesystem], format=[json], "
			"fields=[ts, note])\n"
			"    WatermarkAssigner(rowtime=[ts], watermark=[ts - INTERVAL '5' "
			"SECOND])\n"
			"      Calc(select=[note])\n"
			"        Exchange(gather) -> stage 2\n"
			"Stage 2: print (sink, parallelism: 1)\n"
			"  TableSink(table=[print], connector=[print])\n"},
	};

	PLANNING_CHECK(cases);
}

#define USAGE                                                      \
	"it is ANOMALY(TABLE t PARTITION BY key, DESCRIPTOR(ts), " \
	"DESCRIPTOR(x), 'detector' => 'auto')"

static void says_what_it_takes(void **)
{
	static const struct planning_case cases[] = {
		{FROM "DESCRIPTOR(ts), DESCRIPTOR(qty)));",
			"1:29 ANOMALY: DATA is a table, written TABLE t or (SELECT …): " USAGE},
		{FROM "TABLE tx, DESCRIPTOR(ts)));",
			"1:21 ANOMALY lacks the DESCRIPTOR of its values: " USAGE},
		{FROM "TABLE tx));", "1:21 ANOMALY lacks the DESCRIPTOR of its time: " USAGE},
		{FROM "ON_TIME => DESCRIPTOR(ts), VALUE => DESCRIPTOR(qty)));",
			"1:21 ANOMALY lacks its table: " USAGE},
		{FROM "TABLE tx, ts, DESCRIPTOR(qty)));",
			"1:39 ANOMALY: ON_TIME is a DESCRIPTOR of columns: " USAGE},
		{FROM "TABLE tx, DESCRIPTOR(ts), qty));",
			"1:55 ANOMALY: VALUE is a DESCRIPTOR of columns: " USAGE},
		{FROM "TABLE tx, DESCRIPTOR(ts), DESCRIPTOR(qty), 'threshold'));",
			"1:72 ANOMALY has too many arguments: options have names, " USAGE},
		{FROM "TABLE tx, DESCRIPTOR(ts, qty), DESCRIPTOR(qty)));",
			"1:39 ANOMALY: ON_TIME is a DESCRIPTOR of one column: " USAGE},
		{FROM "TABLE tx, DESCRIPTOR(ts), DESCRIPTOR()));",
			"1:55 ANOMALY: VALUE is a DESCRIPTOR of at least one column: " USAGE},
		{FROM "TABLE tx PARTITION BY qty ORDER BY ts, DESCRIPTOR(ts), DESCRIPTOR(qty)));",
			"1:35 ANOMALY takes no ORDER BY: rows are scored in the order in which "
			"they come"},
	};

	PLANNING_CHECK(cases);
}

static void says_what_is_wrong_with_a_column(void **)
{
	static const struct planning_case cases[] = {
		{FROM "TABLE tx, DESCRIPTOR(ts), DESCRIPTOR(note)));",
			"1:66 ANOMALY scores numbers: column 'note' has type STRING"},
		{FROM "TABLE plain, DESCRIPTOR(ts), DESCRIPTOR(amount)));",
			"1:53 ANOMALY needs a time attribute: column 'ts' of table 'plain' has "
			"type TIMESTAMP(3) and no WATERMARK FOR; add WATERMARK FOR ts AS ts - "
			"INTERVAL '5' SECOND to CREATE TABLE plain"},
		{FROM "TABLE tx, DESCRIPTOR(qty), DESCRIPTOR(amount)));",
			"1:50 ANOMALY needs a time attribute: column 'qty' of table 'tx' has type "
			"INT; a time attribute is a TIMESTAMP(3) or TIMESTAMP_LTZ(3) with "
			"WATERMARK FOR"},
		{FROM "TABLE tx PARTITION BY (qty, amount + 1), DESCRIPTOR(ts), "
		      "DESCRIPTOR(qty)));",
			"1:64 ANOMALY: PARTITION BY takes columns, not expressions"},
		{FROM "(SELECT ts, qty AS score FROM tx), DESCRIPTOR(ts), "
		      "DESCRIPTOR(score)));",
			"1:29 ANOMALY adds the columns 'score' and 'reason', and its table has a "
			"column 'score': give that another name, TABLE (SELECT score AS …)"},
		{FROM "TABLE tx, DESCRIPTOR(ts), DESCRIPTOR(qty, amount), 'detector' => "
		      "'threshold', 'above' => 1));",
			"1:55 ANOMALY: the detector 'threshold' scores one column; 2 are given"},
		{FROM "TABLE tx, DESCRIPTOR(ts), DESCRIPTOR(qty, qty, qty, qty, qty, qty, qty, "
		      "qty, qty)));",
			"1:55 ANOMALY scores at most 8 columns together; 9 are given"},
	};

	PLANNING_CHECK(cases);
}

#define OVER_QTY FROM "TABLE tx, DESCRIPTOR(ts), DESCRIPTOR(qty),\n"

static void says_what_is_wrong_with_an_option(void **)
{
	static const struct planning_case cases[] = {
		{OVER_QTY "'detector' => 'threshold', 'above' => 'high'));",
			"2:39 ANOMALY: 'above' is 'high': it must be a number"},
		{OVER_QTY "'detector' => 'threshold'));",
			"1:21 ANOMALY: the detector 'threshold' needs a limit: 'above' => number, "
			"'below' => number or both"},
		{OVER_QTY "'detector' => 'threshold', 'above' => 1, 'alpha' => 0.1));",
			"2:53 ANOMALY: 'alpha' is no option of the detector 'threshold': it has "
			"'above', 'below', 'hysteresis'"},
		{OVER_QTY "'detector' => 'threshold', 'above' => 1, Above => 2));",
			"2:48 ANOMALY has 'above' twice"},
		{OVER_QTY "'detector' => 'threshold', 'above' => qty));",
			"2:39 ANOMALY: 'above' is a constant: a number, a text, an interval, TRUE "
			"or FALSE"},
		{OVER_QTY "'detector' => 'threshold', 'above' => NULL));",
			"2:39 ANOMALY: 'above' is a constant: a number, a text, an interval, TRUE "
			"or FALSE"},
		{OVER_QTY "'detector' => 'threshold', 'above' => 1, 'reason' => 2));",
			"2:54 ANOMALY: 'reason' is a number from 0 to 1"},
		{OVER_QTY "'detector' => 'threshold', 'above' => 1, 'seed' => 'x'));",
			"2:52 ANOMALY: 'seed' is a whole number from 0 to 9007199254740992"},
		{OVER_QTY "'detector' => 'threshold', 'above' => 1, 'seed' => 0.5));",
			"2:52 ANOMALY: 'seed' is a whole number from 0 to 9007199254740992"},
	};

	PLANNING_CHECK(cases);
}

static void names_the_detectors_there_are(void **)
{
	struct arena *arena = arena_new();
	const char *text = planning_text(arena, OVER_QTY "'detector' => 'magic'));");

	assert_non_null(strstr(text, "2:15 ANOMALY: there is no detector 'magic'; there are '"));
	assert_non_null(strstr(text, "'threshold'"));
	arena_free(arena);
}

static void bounds_the_columns_of_a_key(void **)
{
	struct arena *arena = arena_new();
	char sql[4096] = "SELECT * FROM TABLE(ANOMALY(TABLE tx PARTITION BY qty";

	for (uint32_t i = 1; i <= KEY_COLUMNS_MAX; i++)
		strcat(sql, ",\nqty");
	strcat(sql, ", DESCRIPTOR(ts), DESCRIPTOR(amount), 'detector' => 'auto'));");
	assert_non_null(
		strstr(planning_text(arena, sql), "257:1 PARTITION BY has more than 256 columns"));
	arena_free(arena);
}

static void takes_insertions_only(void **)
{
	static const struct planning_case cases[] = {
		{"SET 'table.exec.emit.early-fire.enabled' = 'true'; "
		 "SET 'table.exec.emit.early-fire.delay' = '1 s';\n"
		 "SELECT score FROM TABLE(ANOMALY((SELECT TUMBLE_ROWTIME(ts, INTERVAL '1' MINUTE) "
		 "AS t, COUNT(*) AS n FROM tx GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)), "
		 "DESCRIPTOR(t), DESCRIPTOR(n), 'detector' => 'threshold', 'above' => 1));",
			"2:1 ANOMALY doesn't support consuming update changes, which GROUP BY "
			"TUMBLE(…), HOP(…) or SESSION(…) produces with table.exec.emit.* or "
			"table.exec.state.ttl"},
	};

	PLANNING_CHECK(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_what_is_read),
		cmocka_unit_test(goes_when_nobody_reads_the_score),
		cmocka_unit_test(says_what_it_takes),
		cmocka_unit_test(says_what_is_wrong_with_a_column),
		cmocka_unit_test(says_what_is_wrong_with_an_option),
		cmocka_unit_test(names_the_detectors_there_are),
		cmocka_unit_test(bounds_the_columns_of_a_key),
		cmocka_unit_test(takes_insertions_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
