// What is wrong in a script that parses: the message, and its place.
#include "sql/planning.h"

static void names_what_is_near_when_a_column_is_not_found(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT amuont FROM tx;",
			"1:8 column 'amuont' not found in table 'tx'; did you mean 'amount'?"},
		{"SELECT x.amount FROM tx;", "1:8 there is no table 'x' here; did you mean 'tx'?"},
		{"SELECT amount FROM tx AS t WHERE tx.amount > 1;",
			"1:34 there is no table 'tx' here; did you mean 't'?"},
		{"SELECT user_id AS u FROM tx WHERE u = 'a';",
			"1:35 column 'u' not found in table 'tx': aliases of SELECT cannot be "
			"named in WHERE; repeat the expression"},
		{"SELECT a.u FROM (SELECT user_id FROM tx) AS a;",
			"1:10 column 'u' not found in table 'a'"},
		{"SELECT u FROM (SELECT user_id FROM tx);",
			"1:8 column 'u' not found in the subquery"},
		{"SELECT window_start FROM (SELECT window_start, window_start AS "
		 "window_start FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL '1' "
		 "MINUTE)));",
			"1:8 column 'window_start' is ambiguous: there are two of that name; "
			"give one of them another with AS"},
		{"SELECT note.x FROM tx;", "1:8 there is no table 'note' here; did you mean 'tx'?"},
		{"SELECT x.* FROM tx;", "1:8 there is no table 'x' here"},
	};

	PLANNING_CHECK(cases);
}

static void names_what_is_near_when_a_table_is_not_found(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT * FROM txx;", "1:15 table 'txx' not found; did you mean 'tx'?"},
		{"SELECT * FROM nowhere_near;",
			"1:15 table 'nowhere_near' not found: CREATE TABLE or CREATE VIEW must "
			"come before"},
		{"SELECT * FROM db.tx;",
			"1:15 there are no catalogs and databases here: write 'tx' alone"},
		{"INSERT INTO out1 SELECT user_id, amount FROM tx;",
			"1:13 table 'out1' not found; did you mean 'out2'?"},
		{"INSERT INTO v SELECT user_id, amount FROM tx;",
			"1:13 'v' is a view: INSERT INTO needs a table"},
		{"DROP TABLE nothing;", "1:12 there is no table 'nothing'"},
		{"DROP VIEW tx;", "1:11 there is no view 'tx'"},
	};

	PLANNING_CHECK(cases);
}

static void checks_what_is_inserted(void **)
{
	static const struct planning_case cases[] = {
		{"INSERT INTO out2 SELECT user_id FROM tx;",
			"1:18 INSERT INTO out2 takes 2 columns (user_id, amount) and the query "
			"has 1 (user_id)"},
		{"INSERT INTO out2 SELECT amount, user_id FROM tx;",
			"1:25 column 'user_id' is STRING, the value is DOUBLE: use CAST"},
		{"INSERT INTO out2 (user_id, amuont) SELECT user_id, amount FROM tx;",
			"1:28 column 'amuont' not found in table 'out2'; did you mean 'amount'?"},
		{"INSERT INTO out2 (user_id, user_id) SELECT user_id, user_id FROM tx;",
			"1:28 column 'user_id' is listed twice"},
		{"INSERT INTO out2 (amount)\n"
		 "SELECT user_id, amount FROM tx;",
			"2:1 INSERT INTO out2 takes 1 column (amount) and the query has 2 "
			"(user_id, amount)"},
		{"INSERT INTO strict (amount) SELECT amount FROM tx;",
			"1:21 column 'user_id' of table 'strict' is NOT NULL: the list must have "
			"it"},
		{"CREATE TABLE k (user_id STRING, n DOUBLE, PRIMARY KEY (user_id) NOT ENFORCED) "
		 "WITH ('connector' = 'print');\n"
		 "INSERT INTO k (n) SELECT amount FROM tx;",
			"2:16 column 'user_id' of table 'k' is NOT NULL: the list must have it"},
		{"INSERT INTO strict (user_id, c) SELECT user_id, amount FROM tx;",
			"1:30 column 'c' of table 'strict' is computed: it cannot be written"},
		{"SELECT * FROM tx; SELECT * FROM tx;",
			"1:1 a SELECT that prints its rows must be the last statement; others "
			"write with INSERT INTO"},
		{"SELECT NULL AS n FROM tx;",
			"1:8 column 'n' has the type NULL, which cannot be written: use CAST"},
		{"SELECT n FROM (SELECT NULL AS n FROM tx);",
			"1:23 column 'n' is a NULL without a type: write CAST(NULL AS STRING)"},
		{"SELECT INTERVAL '1' SECOND AS i FROM tx;",
			"1:8 column 'i' has the type INTERVAL DAY TO SECOND, which cannot be "
			"written: use CAST"},
	};

	PLANNING_CHECK(cases);
}

static void says_what_is_not_supported_yet(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT DISTINCT user_id FROM tx;",
			"1:17 SELECT DISTINCT without a window is not supported yet: select "
			"window_start and window_end, too"},
		{"SELECT user_id, COUNT(*) FROM tx GROUP BY user_id;",
			"1:43 GROUP BY without a window is not supported yet: group by "
			"window_start, window_end of TUMBLE or HOP"},
		{"SELECT COUNT(*) FROM tx;",
			"1:8 an aggregate without GROUP BY is not supported yet: group by "
			"window_start, window_end of TUMBLE or HOP"},
		{"SELECT * FROM tx JOIN plain ON tx.user_id = plain.user_id;",
			"1:18 joins are not supported yet"},
		{"SELECT * FROM tx UNION SELECT * FROM tx;",
			"1:18 UNION (distinct) is not supported yet: UNION ALL keeps duplicates"},
		{"SELECT * FROM (VALUES (1), (1, 2)) AS t (a);",
			"1:28 VALUES: this row has 2 columns and the first has 1"},
		{"VALUES (1, 'a'), (2, 3);",
			"1:22 VALUES: this is INT NOT NULL, and the rows before have CHAR(1) NOT "
			"NULL there: they have no common type"},
		{"SELECT *;", "1:8 * needs FROM"},
		{"SELECT user_id IN (SELECT user_id FROM plain) FROM tx;",
			"1:19 a subquery in an expression is not supported yet"},
		{"SELECT * FROM tx MATCH_RECOGNIZE (ORDER BY ts PATTERN (A) DEFINE A AS "
		 "A.amount > 1);",
			"1:15 MATCH_RECOGNIZE is not supported yet"},
	};

	PLANNING_CHECK(cases);
}

static void checks_order_and_ranks(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT * FROM tx ORDER BY amount, ts;",
			"1:27 ORDER BY: 'amount' (DOUBLE) is no time attribute; a stream "
			"is sorted by time first, as in ORDER BY ts"},
		{"SELECT * FROM tx ORDER BY ts DESC;",
			"1:27 ORDER BY: a stream is sorted by time ascending, not DESC"},
		{"SELECT * FROM tx ORDER BY nothing;",
			"1:27 column 'nothing' not found in table 'tx'"},
		{"SELECT * FROM tx LIMIT -1;",
			"1:24 expected a whole number or ALL after LIMIT, found '-'"},
		{"SELECT user_id FROM tx UNION ALL SELECT user_id FROM tx ORDER BY ts;",
			"1:66 ORDER BY of a UNION names columns of its result"},
		{"SELECT ROW_NUMBER() OVER (PARTITION BY window_start, window_end) AS r FROM "
		 "TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL '1' MINUTE));",
			"1:8 ROW_NUMBER needs an ORDER BY of 1 to 64 columns"},
		{"SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, "
		 "window_end ORDER BY amount) AS r FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), "
		 "INTERVAL '1' MINUTE))) WHERE r > 3;",
			"1:26 ROW_NUMBER over the rows of a window needs a filter behind it: "
			"SELECT "
			"… FROM (SELECT …, ROW_NUMBER() OVER (…) AS rownum FROM …) WHERE rownum <= "
			"n"},
		{"SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, "
		 "window_end ORDER BY amount * 2) AS r FROM TABLE(TUMBLE(TABLE tx, "
		 "DESCRIPTOR(ts), INTERVAL '1' MINUTE))) WHERE r <= 3;",
			"1:99 ROW_NUMBER over a window needs a column here: compute it in the "
			"query below"},
	};

	PLANNING_CHECK(cases);
}

static void checks_over(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT SUM(amount) OVER (PARTITION BY user_id) FROM tx;",
			"1:8 OVER needs an ORDER BY of a time attribute, as in OVER (PARTITION BY "
			"card ORDER BY ts)"},
		{"SELECT SUM(amount) OVER (ORDER BY amount) FROM tx;",
			"1:35 OVER must be ordered by a time attribute: a column with WATERMARK "
			"FOR, window_time, or PROCTIME()"},
		{"SELECT SUM(amount) OVER (ORDER BY ts DESC) FROM tx;",
			"1:35 OVER is ordered by time ascending, not DESC"},
		{"SELECT SUM(amount) OVER (ORDER BY ts, amount) FROM tx;",
			"1:39 OVER is ordered by one time attribute and nothing else"},
		{"SELECT SUM(amount) OVER (ORDER BY ts ROWS BETWEEN CURRENT ROW AND 1 "
		 "FOLLOWING) FROM tx;",
			"1:25 a frame ends at CURRENT ROW: a stream does not know what follows"},
		{"SELECT SUM(amount) OVER (ORDER BY ts ROWS BETWEEN INTERVAL '1' SECOND "
		 "PRECEDING AND CURRENT ROW) FROM tx;",
			"1:51 ROWS needs a number of rows, as in ROWS BETWEEN 10 PRECEDING AND "
			"CURRENT ROW"},
		{"SELECT SUM(amount) OVER (ORDER BY ts RANGE BETWEEN 5 PRECEDING AND CURRENT "
		 "ROW) FROM tx;",
			"1:52 RANGE needs an interval of days, hours, minutes or seconds, as in "
			"RANGE BETWEEN INTERVAL '10' MINUTE PRECEDING AND CURRENT ROW"},
		{"SELECT SUM(amount) OVER w FROM tx;",
			"1:25 window 'w' not found: WINDOW w AS (…) defines it"},
		{"SELECT SUM(amount) OVER w FROM tx WINDOW w AS (v), v AS (w ORDER BY ts);",
			"1:58 window 'w' extends itself"},
		{"SELECT SUM(amount) OVER (w ORDER BY ts) FROM tx WINDOW w AS (ORDER BY ts);",
			"1:26 window 'w' has an ORDER BY already"},
		{"SELECT LEAD(amount) OVER (ORDER BY ts) FROM tx;",
			"1:8 LEAD cannot be computed on a stream: the row that follows is not "
			"there yet; use LAG"},
		{"SELECT UPPER(user_id) OVER (ORDER BY ts) FROM tx;",
			"1:8 UPPER is no aggregate: it cannot have OVER"},
		{"SELECT ROW_NUMBER() OVER (ORDER BY ts ROWS UNBOUNDED PRECEDING) FROM tx;",
			"1:26 ROW_NUMBER has no frame"},
		{"SELECT APPROX_COUNT_DISTINCT(amount) OVER (ORDER BY ts ROWS 5 PRECEDING) FROM "
		 "tx;",
			"1:8 APPROX_COUNT_DISTINCT(amount) cannot give up rows that leave a frame: "
			"it needs UNBOUNDED PRECEDING"},
		{"SELECT user_id FROM tx WHERE COUNT(*) OVER (ORDER BY ts) > 1;",
			"1:30 COUNT OVER cannot stand in WHERE"},
		{"SELECT SUM(amount), COUNT(*) OVER (ORDER BY ts) FROM tx GROUP BY user_id;",
			"1:21 OVER beside an aggregate of the same query: aggregate in a subquery "
			"below"},
	};

	PLANNING_CHECK(cases);
}

static void checks_aggregates(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT * FROM tx WHERE SUM(amount) > 1;", "1:24 SUM cannot stand in WHERE"},
		{"SELECT SUM(SUM(amount)) FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), "
		 "INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;",
			"1:12 SUM cannot stand in an aggregate"},
		{"SELECT SUM(user_id) FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), "
		 "INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;",
			"1:8 SUM does not take STRING"},
		{"SELECT user_id FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL '1' "
		 "MINUTE)) GROUP BY window_start, window_end;",
			"1:8 column 'user_id' is neither in GROUP BY nor in an aggregate"},
		{"SELECT window_time FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL "
		 "'1' MINUTE)) GROUP BY window_start, window_end;",
			"1:8 column 'window_time' is neither in GROUP BY nor in an aggregate"},
		{"SELECT amount + 1, COUNT(*) FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), "
		 "INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, amount * 2;",
			"1:8 column 'amount' is neither in GROUP BY nor in an aggregate"},
		{"SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL "
		 "'1' MINUTE)) GROUP BY window_start;",
			"1:92 GROUP BY has window_start but not window_end: an aggregate over "
			"windows needs both"},
		{"SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL "
		 "'1' MINUTE)) GROUP BY user_id, window_end;",
			"1:92 GROUP BY has window_end but not window_start: an aggregate over "
			"windows needs both"},
		{"SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL "
		 "'1' MINUTE)) GROUP BY window_start, window_end, 1;",
			"1:118 GROUP BY needs columns or expressions of columns, not a constant"},
		{"SELECT COUNT(*) FROM tx HAVING COUNT(*) > 1;",
			"1:8 an aggregate without GROUP BY is not supported yet: group by "
			"window_start, window_end of TUMBLE or HOP"},
		{"SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL "
		 "'1' MINUTE)) GROUP BY window_start, window_end HAVING amount > 1;",
			"1:124 column 'amount' is neither in GROUP BY nor in an aggregate"},
		{"SELECT UPPER(DISTINCT user_id) FROM tx;",
			"1:8 DISTINCT and FILTER belong to aggregates, and this is none"},
	};

	PLANNING_CHECK(cases);
}

static void checks_cumulate_and_processing_time(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT TUMBLE_ROWTIME(proc, INTERVAL '1' MINUTE) FROM tx GROUP BY TUMBLE(proc, "
		 "INTERVAL '1' MINUTE);",
			"1:8 TUMBLE_ROWTIME: a window over processing time has no rowtime; it has "
			"TUMBLE_PROCTIME"},
		{"SELECT COUNT(*) FROM tx GROUP BY CUMULATE(ts, INTERVAL '1' MINUTE, INTERVAL '1' "
		 "HOUR);",
			"1:34 CUMULATE does not stand in GROUP BY: it is FROM TABLE(CUMULATE(TABLE "
			"t, DESCRIPTOR(ts), step, size [, offset]))"},
		{"SELECT * FROM TABLE(CUMULATE(TABLE tx, DESCRIPTOR(ts), INTERVAL '7' MINUTE, "
		 "INTERVAL '1' HOUR));",
			"1:56 CUMULATE: the size must be a multiple of the step, and 1 h is none "
			"of 7 min"},
		{"SELECT * FROM TABLE(CUMULATE(TABLE tx, DESCRIPTOR(ts), INTERVAL '0' MINUTE, "
		 "INTERVAL '1' HOUR));",
			"1:56 CUMULATE: STEP must be positive"},
		{"SELECT * FROM TABLE(CUMULATE(TABLE tx, DESCRIPTOR(ts), INTERVAL '1' HOUR));",
			"1:21 CUMULATE lacks the argument SIZE: it is CUMULATE(TABLE t, "
			"DESCRIPTOR(ts), step, size [, offset])"},
	};

	PLANNING_CHECK(cases);
}

static void checks_windows(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT * FROM TABLE(TUMBLE(TABLE plain, DESCRIPTOR(ts), INTERVAL '1' "
		 "MINUTE));",
			"1:52 TUMBLE needs a time attribute: column 'ts' of table 'plain' has "
			"type TIMESTAMP(3) and no WATERMARK FOR; add WATERMARK FOR ts AS ts - "
			"INTERVAL '5' SECOND to CREATE TABLE plain"},
		{"SELECT * FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(amount), INTERVAL '1' "
		 "MINUTE));",
			"1:49 TUMBLE needs a time attribute: column 'amount' of table 'tx' has "
			"type DOUBLE; a time attribute is a TIMESTAMP(3) or TIMESTAMP_LTZ(3) with "
			"WATERMARK FOR"},
		{"SELECT * FROM TABLE(TUMBLE((SELECT ts + INTERVAL '1' SECOND AS t2 FROM "
		 "tx), DESCRIPTOR(t2), INTERVAL '1' MINUTE));",
			"1:88 TUMBLE needs a time attribute: column 't2' has type TIMESTAMP(3) and "
			"is none; behind an aggregate it is window_time, elsewhere the plain "
			"column of WATERMARK FOR"},
		{"SELECT * FROM TABLE(HOP(TABLE tx, DESCRIPTOR(ts), INTERVAL '7' SECOND, "
		 "INTERVAL '1' MINUTE));",
			"1:51 HOP: the size must be a multiple of the slide, and 1 min is none "
			"of 7 s"},
		{"SELECT * FROM TABLE(TUMBEL(TABLE tx, DESCRIPTOR(ts), INTERVAL '1' "
		 "SECOND));",
			"1:21 there is no table function 'TUMBEL'; TUMBLE, HOP, CUMULATE, "
			"SESSION and ANOMALY are"},
		{"SELECT * FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts)));",
			"1:21 TUMBLE lacks the argument SIZE: it is TUMBLE(TABLE t, "
			"DESCRIPTOR(ts), size [, offset])"},
		{"SELECT * FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), 5));",
			"1:54 TUMBLE: SIZE is an interval of days, hours, minutes or seconds, as "
			"in INTERVAL '5' MINUTE"},
		{"SELECT * FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL '1' "
		 "MONTH));",
			"1:54 TUMBLE: SIZE is an interval of days, hours, minutes or seconds, as "
			"in INTERVAL '5' MINUTE"},
		{"SELECT * FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL '0' "
		 "SECOND));",
			"1:54 TUMBLE: SIZE must be positive"},
		{"SELECT * FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL '1' "
		 "MINUTE, INTERVAL '1' MINUTE));",
			"1:75 TUMBLE: the offset must be shorter than the size"},
		{"SELECT * FROM TABLE(TUMBLE(DATA => TABLE tx, TIMECOL => DESCRIPTOR(ts), "
		 "WIDTH => INTERVAL '1' MINUTE));",
			"1:79 TUMBLE has no argument 'WIDTH': it is TUMBLE(TABLE t, "
			"DESCRIPTOR(ts), size [, offset])"},
		{"SELECT * FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts, qty), INTERVAL '1' "
		 "MINUTE));",
			"1:38 TUMBLE: TIMECOL is DESCRIPTOR(column) of one column: it is "
			"TUMBLE(TABLE t, DESCRIPTOR(ts), size [, offset])"},
		{"SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE) FROM tx GROUP BY "
		 "TUMBLE(ts, INTERVAL '2' MINUTE);",
			"1:8 TUMBLE_START must have the arguments of TUMBLE in GROUP BY"},
		{"SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE) FROM TABLE(TUMBLE(TABLE "
		 "tx, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, "
		 "window_end;",
			"1:8 TUMBLE_START needs GROUP BY TUMBLE(ts, …); behind a window function "
			"it is window_start"},
	};

	PLANNING_CHECK(cases);
}

static void checks_types(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT * FROM tx WHERE amount;", "1:24 WHERE needs a BOOLEAN, not DOUBLE"},
		{"SELECT UPPR(user_id) FROM tx;",
			"1:8 unknown function 'UPPR'; did you mean 'UPPER'?"},
		{"SELECT user_id, amount FROM tx UNION ALL SELECT user_id FROM tx;",
			"1:32 UNION ALL: the left query has 2 columns and the right one 1"},
		{"SELECT ts FROM tx UNION ALL SELECT amount FROM tx;",
			"1:19 UNION ALL: column 1 is TIMESTAMP(3) on the left ('ts') and DOUBLE "
			"on the right ('amount'), which have no common type"},
	};

	PLANNING_CHECK(cases);
}

static void checks_tables(void **)
{
	static const struct planning_case cases[] = {
		{"CREATE TABLE tx (a INT) WITH ('connector' = 'print');",
			"1:14 there is already a table or view 'tx'"},
		{"CREATE TABLE t (a INT, a STRING) WITH ('connector' = 'print');",
			"1:24 column 'a' is there twice"},
		{"CREATE TABLE t (a INT, WATERMARK FOR b AS b) WITH ('connector' = "
		 "'print');",
			"1:38 column 'b' not found in table 't'; did you mean 'a'?"},
		{"CREATE TABLE t (a INT, WATERMARK FOR a AS a) WITH ('connector' = "
		 "'print');",
			"1:38 the column of WATERMARK FOR must be a TIMESTAMP(3) or "
			"TIMESTAMP_LTZ(3), and it is INT"},
		{"CREATE TABLE t (ts TIMESTAMP, WATERMARK FOR ts AS ts) WITH ('connector' "
		 "= 'print');",
			"1:45 the column of WATERMARK FOR must be a TIMESTAMP(3) or "
			"TIMESTAMP_LTZ(3), and it is TIMESTAMP(6)"},
		{"CREATE TABLE t (ts TIMESTAMP(3), a INT, WATERMARK FOR ts AS a) WITH "
		 "('connector' = 'print');",
			"1:61 the watermark must be a TIMESTAMP(3) or TIMESTAMP_LTZ(3), and it "
			"is INT"},
		{"CREATE TABLE t (a INT, p AS PROCTIME(), WATERMARK FOR p AS p) WITH "
		 "('connector' = 'print');",
			"1:55 WATERMARK FOR needs event time, and this column is processing time"},
		{"CREATE TABLE t (a INT METADATA) WITH ('connector' = 'print');",
			"1:17 metadata columns are not supported yet"},
		{"CREATE TABLE t (a INT, PRIMARY KEY (b) NOT ENFORCED) WITH ('connector' "
		 "= 'print');",
			"1:37 PRIMARY KEY: table 't' has no physical column 'b'"},
		{"CREATE TABLE t (a AS 1) WITH ('connector' = 'print');",
			"1:1 a table needs at least one column that is not computed"},
		{"CREATE TABLE t (a INT, b AS c + 1) WITH ('connector' = 'print');",
			"1:29 column 'c' not found in table 't'; did you mean 'a'?"},
		{"CREATE VIEW w (a, b, c) AS SELECT user_id, ts FROM tx;",
			"1:16 3 names are given for 2 columns: each column needs one"},
	};

	PLANNING_CHECK(cases);
}

static void checks_options(void **)
{
	static const struct planning_case cases[] = {
		{"CREATE TABLE t (a INT) WITH ('connector' = 'print', 'connector' = "
		 "'print');",
			"1:53 option 'connector' is given twice"},
		{"CREATE TABLE t (a INT) WITH ('connector' = 'print', "
		 "'scan.watermark.max-drift' = 'never');",
			"1:82 option 'scan.watermark.max-drift': 'never' is not a duration as '1 "
			"h', or 'off'"},
		{"CREATE TABLE t (a INT) WITH ('connector' = 'print', "
		 "'scan.watermark.emit.strategy' = 'never');",
			"1:86 option 'scan.watermark.emit.strategy': 'never' is not 'on-event' "
			"or 'on-periodic'"},
		{"CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'x', "
		 "'fromat' = 'json'); SELECT * FROM t;",
			"1:72 unknown option 'fromat'; did you mean 'format'?"},
		{"CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'x', "
		 "'format' = 'json', 'json.ignore-parse-error' = 'true'); SELECT * FROM t;",
			"1:91 unknown option 'json.ignore-parse-error'; did you mean "
			"'json.ignore-parse-errors'?"},
		{"CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'x', "
		 "'format' = 'json', 'json.ignore-parse-errors' = 'maybe'); SELECT * FROM "
		 "t;",
			"1:91 option 'ignore-parse-errors' is 'true' or 'false', not 'maybe'"},
		{"CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = 'x', "
		 "'format' = 'json', 'replay.speed' = '1'); SELECT * FROM t;",
			"1:91 option 'replay.speed' does not go with the connector of table 't'"},
		{"CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'format' = "
		 "'json'); SELECT * FROM t;",
			"1:14 table t: the connector 'filesystem' needs the option 'path' = "
			"'FILE'"},
		{"CREATE TABLE t (a INT) WITH ('connector' = 'fliesystem', 'format' = "
		 "'json'); SELECT * FROM t;",
			"1:30 unknown connector 'fliesystem'; did you mean 'filesystem'?"},
		{"CREATE TABLE t (a INT) WITH ('connector' = 'print'); SELECT * FROM t;",
			"1:30 table t cannot be read: the connector 'print' only writes"},
		{"CREATE TABLE t (a INT) WITH ('format' = 'json'); SELECT * FROM t;",
			"1:14 table t: the option 'connector' is missing, as in 'connector' = "
			"'udp'"},
	};

	PLANNING_CHECK(cases);
}

static void checks_settings(void **)
{
	static const struct planning_case cases[] = {
		{"SET 'parallelism.defualt' = '3';",
			"1:5 unknown setting 'parallelism.defualt'; did you mean "
			"'parallelism.default'?"},
		{"SET 'parallelism.default' = '0';",
			"1:29 '0' is no value of 'parallelism.default', which is a number from 1 "
			"to 1024"},
		{"SET 'table.local-time-zone' = 'Europe/Mars';",
			"1:31 'Europe/Mars' is no value of 'table.local-time-zone', which is a "
			"zone of the tz database as 'Europe/Berlin', 'GMT+08:00' or 'UTC'"},
		{"SET 'state.max-memory.policy' = 'drop';",
			"1:33 'drop' is no value of 'state.max-memory.policy', which is "
			"'drop-new-keys', 'evict-idle' or 'fail'"},
		{"SET 'state.max-memory' = 'much';",
			"1:26 'much' is no value of 'state.max-memory', which is a size as '4 gb'"},
		{"RESET 'nonsense.key.that.is.far';",
			"1:7 unknown setting 'nonsense.key.that.is.far'; settings have Flink's "
			"names, as 'parallelism.default' has"},
		{"SET 'execution.checkpointing.interval' = 'soon';",
			"1:42 'soon' is no value of 'execution.checkpointing.interval', which is "
			"a duration of 10 ms or more, as '10 s'"},
		{"SET 'state.checkpoints.num-retained' = '1';",
			"1:40 '1' is no value of 'state.checkpoints.num-retained', which is a "
			"number from 2 to 1000: one must be left when the newest is found broken"},
		{"SET 'state.checkpoints.num-retained' = '1001';",
			"1:40 '1001' is no value of 'state.checkpoints.num-retained', which is a "
			"number from 2 to 1000: one must be left when the newest is found broken"},
		{"SET 'state.checkpoints.dir' = 's3://bucket/x';",
			"1:31 's3://bucket/x' is no value of 'state.checkpoints.dir', which is a "
			"directory of this machine"},
	};

	PLANNING_CHECK(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_is_near_when_a_column_is_not_found),
		cmocka_unit_test(names_what_is_near_when_a_table_is_not_found),
		cmocka_unit_test(checks_what_is_inserted),
		cmocka_unit_test(says_what_is_not_supported_yet),
		cmocka_unit_test(checks_order_and_ranks),
		cmocka_unit_test(checks_over),
		cmocka_unit_test(checks_aggregates),
		cmocka_unit_test(checks_windows),
		cmocka_unit_test(checks_cumulate_and_processing_time),
		cmocka_unit_test(checks_types),
		cmocka_unit_test(checks_tables),
		cmocka_unit_test(checks_options),
		cmocka_unit_test(checks_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
