// What the parser makes of good scripts, read off the printed tree.
#include "sql/parse.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

struct sample {
	const char *sql, *tree;
};

static void check(const struct sample *samples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct arena *arena = arena_new();
		struct ast_script *script = NULL;
		struct err err = {0};

		if (sql_parse(arena, samples[i].sql, strlen(samples[i].sql), &script, &err) != 0)
			fail_msg("%s: %u:%u: %s", samples[i].sql, err.pos.line, err.pos.column,
				err.text);
		assert_string_equal(ast_print(arena, script), samples[i].tree);
		arena_free(arena);
	}
}

#define CHECK(samples) check(samples, sizeof(samples) / sizeof(*(samples)))

static void reads_settings_with_and_without_quotes(void **)
{
	static const struct sample samples[] = {
		{"SET 'a.b' = 'c'; SET table.exec.state.ttl = 10 s; SET parallelism.default=4; "
		 "RESET; RESET 'x.y'; RESET x.y",
			"(set ('a.b' 'c'))\n(set ('table.exec.state.ttl' '10 s'))\n(set "
			"('parallelism.default' '4'))\n(reset)\n(reset 'x.y')\n(reset 'x.y')\n"},
	};

	CHECK(samples);
}

static void reads_table_definitions(void **)
{
	static const struct sample samples[] = {
		{"CREATE TABLE t (a INT NOT NULL PRIMARY KEY NOT ENFORCED COMMENT 'k', `b c` "
		 "STRING, ts TIMESTAMP(3), l TIMESTAMP(3) WITH LOCAL TIME ZONE, c AS a + 1 COMMENT "
		 "'x', m BIGINT METADATA FROM 'off' VIRTUAL, n ROW<x INT NOT NULL, y "
		 "ARRAY<MAP<STRING, INT>>>, d DOUBLE PRECISION, e DECIMAL(10,2), v CHARACTER "
		 "VARYING(20), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) COMMENT 'tab' "
		 "PARTITIONED BY (a, `b c`) WITH ('connector' = 'udp', 'format'='json')",
			"(create-table t (a INT NOT NULL (comment 'k')) (b c STRING) (ts "
			"TIMESTAMP(3)) (l TIMESTAMP_LTZ(3)) (c (as (+ a 1)) (comment 'x')) (m "
			"BIGINT (metadata off virtual)) (n ROW<x INT NOT NULL, y ARRAY<MAP<STRING, "
			"INT>>>) (d DOUBLE) (e DECIMAL(10, 2)) (v VARCHAR(20)) (watermark ts (- ts "
			"(INTERVAL DAY TO SECOND 5000))) (primary-key a) (comment 'tab') "
			"(partitioned-by a b c) (with ('connector' 'udp') ('format' 'json')))\n"},
		{"CREATE TEMPORARY TABLE IF NOT EXISTS c.d.t (a INT, b INT METADATA, CONSTRAINT pk "
		 "PRIMARY KEY (a, b) NOT ENFORCED)",
			"(create-temporary-table if-not-exists c.d.t (a INT) (b INT (metadata b)) "
			"(primary-key a b))\n"},
	};

	CHECK(samples);
}

static void reads_views_inserts_and_statement_sets(void **)
{
	static const struct sample samples[] = {
		{"CREATE OR REPLACE TEMPORARY VIEW v (a, b) COMMENT 'x' AS SELECT 1, 2; CREATE "
		 "VIEW IF NOT EXISTS w AS VALUES (1), (2, 'a'), 3; DROP VIEW IF EXISTS v; DROP "
		 "TEMPORARY TABLE t",
			"(create-or-replace-temporary-view v (columns a b) (comment 'x') (select 1 "
			"2))\n(create-view if-not-exists w (values (ROW 1) (ROW 2 'a') (ROW "
			"3)))\n(drop-view if-exists v)\n(drop-temporary-table t)\n"},
		{"EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT * FROM b; INSERT INTO c (x, y) "
		 "VALUES (1, 2); END; BEGIN STATEMENT SET; INSERT INTO a SELECT 1; END; EXECUTE "
		 "INSERT INTO a SELECT 1; EXPLAIN PLAN FOR SELECT 1; EXPLAIN INSERT INTO a SELECT "
		 "1",
			"(statement-set (insert a (select * (from b))) (insert c (columns x y) "
			"(values (ROW 1 2))))\n(statement-set (insert a (select 1)))\n(insert a "
			"(select 1))\n(explain (select 1))\n(explain (insert a (select 1)))\n"},
		{";;SELECT 1;;", "(select 1)\n"},
	};

	CHECK(samples);
}

static void reads_the_clauses_of_a_select(void **)
{
	static const struct sample samples[] = {
		{"SELECT DISTINCT a, b AS x, c y, t.*, * FROM t AS u, v w WHERE a = 1 AND b <> 2 "
		 "AND NOT c OR d IS NOT NULL GROUP BY a, b HAVING COUNT(*) > 1 ORDER BY a DESC, b "
		 "NULLS LAST, 3 LIMIT 10 OFFSET 5 ROWS",
			"(select-distinct a (as b x) (as c y) t.* * (from (comma-join (as t u) (as "
			"v w))) (where (OR (AND (= a 1) (<> b 2) (NOT c)) (IS NOT NULL d))) "
			"(group-by a b) (having (> (COUNT *) 1)) (order-by (desc a nulls-last) "
			"(asc b nulls-last) (asc 3 nulls-first)) (limit 10) (offset 5))\n"},
		{"SELECT a FROM t GROUP BY GROUPING SETS ((a), (a, b), ()), ROLLUP(a, b), CUBE(a), "
		 "()",
			"(select a (from t) (group-by (GROUPING SETS a (ROW a b) (ROW)) (ROLLUP a "
			"b) (CUBE a) (ROW)))\n"},
		{"SELECT a FROM t GROUP BY TUMBLE(ts, INTERVAL '1' HOUR), HOP(ts, INTERVAL '1' "
		 "MINUTE, INTERVAL '1' HOUR)",
			"(select a (from t) (group-by (TUMBLE ts (INTERVAL DAY TO SECOND 3600000)) "
			"(HOP ts (INTERVAL DAY TO SECOND 60000) (INTERVAL DAY TO SECOND "
			"3600000))))\n"},
		{"SELECT user, timestamp, date, time, `select`, key, first FROM t AS view",
			"(select user timestamp date time select key first (from (as t view)))\n"},
		{"/* c */ SELECT /*+ OPTIONS('a'='b') */ a -- x", "(select a)\n"},
	};

	CHECK(samples);
}

static void reads_nested_queries(void **)
{
	static const struct sample samples[] = {
		{"SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3 EXCEPT (SELECT 4 UNION SELECT 5) "
		 "ORDER BY 1 LIMIT 3",
			"(except (union-all (select 1) (intersect (select 2) (select 3))) (union "
			"(select 4) (select 5)) (order-by (asc 1 nulls-first)) (limit 3))\n"},
		{"(SELECT 1 ORDER BY 1 LIMIT 2) LIMIT 1",
			"(select * (from (select 1 (order-by (asc 1 nulls-first)) (limit 2))) "
			"(limit 1))\n"},
		{"((SELECT 1))", "(select 1)\n"},
		{"SELECT * FROM ((SELECT 1)) AS x (a, b), (VALUES (1)) v(y)",
			"(select * (from (comma-join (as (select 1) x (columns a b)) (as (values "
			"(ROW 1)) v (columns y)))))\n"},
		{"WITH a AS (SELECT 1), b (x) AS (SELECT 2) SELECT * FROM a, b FETCH FIRST 5 ROWS "
		 "ONLY",
			"(with a (select 1) (with b (columns x) (select 2) (select * (from "
			"(comma-join a b)) (limit 5))))\n"},
		{"SELECT 1 WHERE (SELECT 1) IN (((SELECT 2)), 3) UNION (VALUES (1)) LIMIT 2, 3",
			"(union (select 1 (where (IN (select 1) (select 2) 3))) (values (ROW 1)) "
			"(limit 3) (offset 2))\n"},
		{"(WITH a AS (SELECT 1) SELECT * FROM a) UNION ALL (SELECT 2 LIMIT 1) OFFSET 1 ROW "
		 "FETCH NEXT 2 ROWS ONLY",
			"(union-all (with a (select 1) (select * (from a))) (select 2 (limit 1)) "
			"(limit 2) (offset 1))\n"},
	};

	CHECK(samples);
}

static void reads_joins(void **)
{
	static const struct sample samples[] = {
		{"SELECT * FROM a JOIN b ON a.x = b.x LEFT OUTER JOIN c USING (y, z) FULL JOIN d "
		 "ON TRUE CROSS JOIN e NATURAL JOIN f",
			"(select * (from (natural-inner-join (cross-join (full-join (left-join "
			"(inner-join a b (on (= a.x b.x))) c (using y z)) d (on TRUE)) e) f)))\n"},
		{"SELECT * FROM (a RIGHT JOIN b ON a.x = b.x) JOIN c ON TRUE",
			"(select * (from (inner-join (right-join a b (on (= a.x b.x))) c (on "
			"TRUE))))\n"},
		{"SELECT * FROM o JOIN r FOR SYSTEM_TIME AS OF o.proctime AS rr ON o.c = rr.c",
			"(select * (from (inner-join o (as r (as-of o.proctime) rr) (on (= o.c "
			"rr.c)))))\n"},
		{"SELECT * FROM o LEFT JOIN r FOR SYSTEM_TIME AS OF o.ts ON o.c = r.c",
			"(select * (from (left-join o r (as-of o.ts) (on (= o.c r.c)))))\n"},
		{"SELECT * FROM t CROSS JOIN UNNEST(t.arr) WITH ORDINALITY AS u (x, i), LATERAL "
		 "TABLE(split(a)) AS s(w), LATERAL (SELECT 1) l",
			"(select * (from (comma-join (comma-join (cross-join t (as (UNNEST t.arr) "
			"with-ordinality u (columns x i))) (as lateral (SPLIT a) s (columns w))) "
			"(as lateral (select 1) l))))\n"},
	};

	CHECK(samples);
}

static void reads_table_functions(void **)
{
	static const struct sample samples[] = {
		{"SELECT window_start FROM TABLE(TUMBLE(TABLE Bid, DESCRIPTOR(bidtime), INTERVAL "
		 "'10' MINUTES))",
			"(select window_start (from (TUMBLE (table Bid) (DESCRIPTOR bidtime) "
			"(INTERVAL DAY TO SECOND 600000))))\n"},
		{"SELECT * FROM TABLE(HOP(DATA => TABLE Bid, TIMECOL => DESCRIPTOR(bidtime), SLIDE "
		 "=> INTERVAL '5' MINUTES, SIZE => INTERVAL '10' MINUTES)) AS w",
			"(select * (from (as (HOP (=> :DATA (table Bid)) (=> :TIMECOL (DESCRIPTOR "
			"bidtime)) (=> :SLIDE (INTERVAL DAY TO SECOND 300000)) (=> :SIZE (INTERVAL "
			"DAY TO SECOND 600000))) w)))\n"},
		{"SELECT * FROM SESSION(TABLE t PARTITION BY (a, b) ORDER BY c DESC, "
		 "DESCRIPTOR(ts), INTERVAL '5' MINUTE) s",
			"(select * (from (as (SESSION (table t (partition-by a b) (order-by (desc "
			"c nulls-last))) (DESCRIPTOR ts) (INTERVAL DAY TO SECOND 300000)) s)))\n"},
		{"SELECT * FROM TABLE(TUMBLE((SELECT * FROM x), DESCRIPTOR(ts), INTERVAL '1' DAY)) "
		 "AS t",
			"(select * (from (as (TUMBLE (table (select * (from x))) (DESCRIPTOR ts) "
			"(INTERVAL DAY TO SECOND 86400000)) t)))\n"},
		{"SELECT * FROM ANOMALIES(TABLE t PARTITION BY k, 'detector' => 'auto', "
		 "DESCRIPTOR(v))",
			"(select * (from (ANOMALIES (table t (partition-by k)) (=> :detector "
			"'auto') (DESCRIPTOR v))))\n"},
	};

	CHECK(samples);
}

static void reads_match_recognize(void **)
{
	static const struct sample samples[] = {
		{"SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY u ORDER BY ts MEASURES A.x AS ax, "
		 "LAST(B.y, 1) AS `by`, FINAL COUNT(C.z) AS n ONE ROW PER MATCH AFTER MATCH SKIP "
		 "PAST LAST ROW PATTERN (A B+? (C | D E){2,3} {- F -} G* PERMUTE(H, I) J{,4} K{5}) "
		 "WITHIN INTERVAL '1' HOUR SUBSET S = (A, B) DEFINE A AS A.x > 1, B AS B.x > "
		 "LAST(A.x)) AS m",
			"(select * (from (as (match t (partition-by u) (order-by (asc ts "
			"nulls-first)) (measures (as A.x ax) (as (LAST B.y 1) by) (as (FINAL "
			"(COUNT C.z)) n)) (skip past-last-row) (pattern (seq A B{1,}? (or C (seq D "
			"E)){2,3} (exclude F) G{0,} (permute H I) J{0,4} K{5,5})) (within "
			"(INTERVAL DAY TO SECOND 3600000)) (subset S (of A B)) (define (as (> A.x "
			"1) A) (as (> B.x (LAST A.x)) B))) m)))\n"},
		{"SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts ALL ROWS PER MATCH AFTER MATCH SKIP "
		 "TO FIRST B PATTERN (^ A $) DEFINE A AS TRUE) mr",
			"(select * (from (as (match t (order-by (asc ts nulls-first)) all-rows "
			"(skip to-first B) (pattern ^ A $) (define (as TRUE A))) mr)))\n"},
	};

	CHECK(samples);
}

static void gives_expressions_their_structure(void **)
{
	static const struct sample samples[] = {
		{"SELECT a IS DISTINCT FROM b, a IS NOT TRUE, a NOT BETWEEN 1 AND 2 AND b, a "
		 "BETWEEN SYMMETRIC 1 + 1 AND 2, a IN (1, 2), a NOT IN (SELECT 1), (a, b) IN ((1, "
		 "2)), a LIKE 'x%' ESCAPE '\\', a NOT SIMILAR TO 'y', EXISTS (SELECT 1), a != b",
			"(select (IS DISTINCT FROM a b) (IS NOT TRUE a) (AND (NOT (BETWEEN a 1 2)) "
			"b) (BETWEEN SYMMETRIC a (+ 1 1) 2) (IN a 1 2) (NOT (IN a (select 1))) (IN "
			"(ROW a b) (ROW 1 2)) (LIKE a 'x%' '\\') (NOT (SIMILAR TO a 'y')) (EXISTS "
			"(select 1)) (<> a b))\n"},
		{"SELECT -a * +b % c || d - 1 + 2 / 3, - - a, (a + b) * c, a OR b OR c AND d AND e",
			"(select (+ (- (|| (% (* (- a) (+ b)) c) d) 1) (/ 2 3)) (- (- a)) (* (+ a "
			"b) c) (OR a b (AND c d e)))\n"},
		{"SELECT CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END, CASE x WHEN 1 THEN 'a' END",
			"(select (CASE a 1 b 2 3) (SIMPLE CASE x 1 'a' NULL))\n"},
		{"SELECT EXTRACT(DAY FROM ts), FLOOR(ts TO HOUR), CEILING(x), "
		 "TIMESTAMPADD(SQL_TSI_DAY, 1, ts), TIMESTAMPDIFF(SECOND, a, b), POSITION('a' IN "
		 "b), SUBSTRING(a FROM 2 FOR 3), SUBSTRING(a, 1), TRIM(a), TRIM(BOTH 'x' FROM a), "
		 "TRIM(LEADING FROM a), TRIM('x' FROM a), OVERLAY(a PLACING b FROM 1 FOR 2)",
			"(select (EXTRACT :DAY ts) (FLOOR ts :HOUR) (CEIL x) (TIMESTAMPADD :DAY 1 "
			"ts) (TIMESTAMPDIFF :SECOND a b) (POSITION 'a' b) (SUBSTRING a 2 3) "
			"(SUBSTRING a 1) (TRIM :BOTH ' ' a) (TRIM :BOTH 'x' a) (TRIM :LEADING ' ' "
			"a) (TRIM :BOTH 'x' a) (OVERLAY a b 1 2))\n"},
		{"SELECT CURRENT_TIMESTAMP, current_date, LOCALTIMESTAMP, NOW(), PROCTIME(), "
		 "`CURRENT_DATE`",
			"(select (CURRENT_TIMESTAMP) (CURRENT_DATE) (LOCALTIMESTAMP) (NOW) "
			"(PROCTIME) CURRENT_DATE)\n"},
		{"SELECT ARRAY[1, 2], MAP['a', 1], ROW(1, 'x'), (1, 2), a[1], a.b.c, f(x).y.z, "
		 "m['k'].v, ROW(), (SELECT 1), LEFT(a, 2), IF(a, 1, 2)",
			"(select (ARRAY 1 2) (MAP 'a' 1) (ROW 1 'x') (ROW 1 2) ([] a 1) a.b.c (. "
			"(. (F x) :y) :z) (. ([] m 'k') :v) (ROW) (select 1) (LEFT a 2) (IF a 1 "
			"2))\n"},
		{"SELECT a = b IS NULL, NOT a IS NULL, NOT a = b, a < b = c, a + b LIKE c || d, a "
		 "IN (1) = TRUE",
			"(select (IS NULL (= a b)) (NOT (IS NULL a)) (NOT (= a b)) (= (< a b) c) "
			"(LIKE (+ a b) (|| c d)) (= (IN a 1) TRUE))\n"},
		{"SELECT a[1][2].b[3], -a.b, -(1), (((a))), ((1, 2), 3)",
			"(select ([] (. ([] ([] a 1) 2) :b) 3) (- a.b) (- 1) a (ROW (ROW 1 2) "
			"3))\n"},
	};

	CHECK(samples);
}

static void reads_aggregates_and_windows(void **)
{
	static const struct sample samples[] = {
		{"SELECT COUNT(DISTINCT a), SUM(b) FILTER (WHERE c > 1), LISTAGG(a) WITHIN GROUP "
		 "(ORDER BY b), LAG(a) IGNORE NULLS OVER w FROM t WINDOW w AS (PARTITION BY a "
		 "ORDER BY b), v AS (w ROWS 3 PRECEDING)",
			"(select (COUNT distinct a) (SUM b (filter (> c 1))) (LISTAGG a "
			"(within-group (order-by (asc b nulls-first)))) (LAG a ignore-nulls (over "
			"(like w))) (from t) (window w (partition-by a) (order-by (asc b "
			"nulls-first))) (window v (like w) (rows (preceding 3) current-row)))\n"},
		{"SELECT SUM(a) OVER (PARTITION BY b, c ORDER BY ts RANGE BETWEEN INTERVAL '1' "
		 "HOUR PRECEDING AND CURRENT ROW), ROW_NUMBER() OVER (ORDER BY x ROWS BETWEEN "
		 "UNBOUNDED PRECEDING AND 1 FOLLOWING) FROM t",
			"(select (SUM a (over (partition-by b c) (order-by (asc ts nulls-first)) "
			"(range (preceding (INTERVAL DAY TO SECOND 3600000)) current-row))) "
			"(ROW_NUMBER (over (order-by (asc x nulls-first)) (rows "
			"unbounded-preceding (following 1)))) (from t))\n"},
	};

	CHECK(samples);
}

static void reads_literals_with_their_types(void **)
{
	static const struct sample samples[] = {
		{"SELECT 1, -2, 1.50, 1e3, 'it''s', X'0fA0', NULL, UNKNOWN, TRUE, 3000000000, "
		 "99999999999999999999, .5, 7., -9223372036854775808",
			"(select 1 (- 2) (DECIMAL(3, 2) 1.50) (DOUBLE 1000.0) 'it''s' (BINARY(2) "
			"0fa0) NULL UNKNOWN TRUE (BIGINT 3000000000) (DECIMAL(20, 0) "
			"99999999999999999999) (DECIMAL(1, 1) 0.5) 7 (BIGINT "
			"-9223372036854775808))\n"},
		{"SELECT DATE '2020-01-31', TIME '10:00:01.5', TIMESTAMP '2020-01-01 "
		 "00:00:00.123456'",
			"(select (DATE '2020-01-31') (TIME(1) '10:00:01.5') (TIMESTAMP(6) "
			"'2020-01-01 00:00:00.123456'))\n"},
		{"SELECT INTERVAL '5' SECOND, INTERVAL '1:30' MINUTE TO SECOND, INTERVAL '1 "
		 "02:03:04.567' DAY(3) TO SECOND(3), INTERVAL '1-2' YEAR TO MONTH, INTERVAL -'3' "
		 "DAY, INTERVAL '-2' HOUR, INTERVAL '2' WEEK, INTERVAL '10' MINUTES, INTERVAL "
		 "'1.5' SECOND(2, 3)",
			"(select (INTERVAL DAY TO SECOND 5000) (INTERVAL DAY TO SECOND 90000) "
			"(INTERVAL DAY TO SECOND 93784567) (INTERVAL YEAR TO MONTH 14) (INTERVAL "
			"DAY TO SECOND -259200000) (INTERVAL DAY TO SECOND -7200000) (INTERVAL DAY "
			"TO SECOND 1209600000) (INTERVAL DAY TO SECOND 600000) (INTERVAL DAY TO "
			"SECOND 1500))\n"},
		{"SELECT INTERVAL '1 10' DAY TO HOUR, INTERVAL '1 10:30' DAY TO MINUTE, INTERVAL "
		 "'10:30' HOUR TO MINUTE, INTERVAL '10:30:01' HOUR TO SECOND, INTERVAL '4' MONTH, "
		 "INTERVAL '2' QUARTER, INTERVAL '3' YEARS",
			"(select (INTERVAL DAY TO SECOND 122400000) (INTERVAL DAY TO SECOND "
			"124200000) (INTERVAL DAY TO SECOND 37800000) (INTERVAL DAY TO SECOND "
			"37801000) (INTERVAL YEAR TO MONTH 4) (INTERVAL YEAR TO MONTH 6) (INTERVAL "
			"YEAR TO MONTH 36))\n"},
		{"SELECT '', 'é', X'', 2147483647, 2147483648, 9223372036854775808, 007, 1.e2, "
		 "TIMESTAMP '2020-01-01 00:00:00'",
			"(select '' 'é' (BINARY(0) ) 2147483647 (BIGINT 2147483648) (DECIMAL(19, "
			"0) 9223372036854775808) 7 (DOUBLE 100.0) (TIMESTAMP(0) '2020-01-01 "
			"00:00:00'))\n"},
	};

	CHECK(samples);
}

static void reads_types(void **)
{
	static const struct sample samples[] = {
		{"SELECT CAST(a AS DECIMAL(10, 2)), TRY_CAST(b AS ARRAY<ROW<x INT, y STRING NOT "
		 "NULL>>), CAST(c AS INT ARRAY), CAST(i AS INTERVAL DAY(3) TO SECOND), CAST(t AS "
		 "TIMESTAMP_LTZ(3)), CAST(m AS MULTISET<INT>)",
			"(select (CAST a DECIMAL(10, 2)) (TRY_CAST b ARRAY<ROW<x INT, y STRING NOT "
			"NULL>>) (CAST c ARRAY<INT>) (CAST i INTERVAL DAY TO SECOND) (CAST t "
			"TIMESTAMP_LTZ(3)) (CAST m MULTISET<INT>))\n"},
		{"SELECT CAST(a AS ROW(x INT, y CHAR(3) NOT NULL COMMENT 'c') NOT NULL), CAST(a AS "
		 "BINARY VARYING(3)), CAST(a AS BYTES), CAST(a AS CHAR), CAST(a AS VARBINARY), "
		 "CAST(a AS TIME(3) WITHOUT TIME ZONE), CAST(a AS TIMESTAMP WITHOUT TIME ZONE), "
		 "CAST(a AS INTERVAL YEAR TO MONTH), CAST(a AS numeric(5))",
			"(select (CAST a ROW<x INT, y CHAR(3) NOT NULL (comment 'c')> NOT NULL) "
			"(CAST a VARBINARY(3)) (CAST a BYTES) (CAST a CHAR(1)) (CAST a "
			"VARBINARY(1)) (CAST a TIME(3)) (CAST a TIMESTAMP(6)) (CAST a INTERVAL "
			"YEAR TO MONTH) (CAST a DECIMAL(5, 0)))\n"},
	};

	CHECK(samples);
}

// What stands at line, column is the thing that an error about it would point at.
static void knows_where_things_are(void **)
{
	static const char sql[] = "SELECT\n\ta +\n f(b)\nFROM t";
	struct arena *arena = arena_new();
	struct ast_script *script = NULL;
	struct err err = {0};
	struct ast_select *select;
	struct ast_expr *plus;

	assert_int_equal(sql_parse(arena, sql, strlen(sql), &script, &err), 0);
	select = script->statements[0]->query->select;
	plus = select->items[0]->expr;
	assert_int_equal(plus->pos.line, 2);
	assert_int_equal(plus->pos.column, 4);
	assert_int_equal(plus->call->args[1]->pos.line, 3);
	assert_int_equal(plus->call->args[1]->pos.column, 2);
	assert_int_equal(select->from->pos.line, 4);
	assert_int_equal(select->from->pos.column, 6);
	arena_free(arena);
}

static void reads_an_empty_script(void **)
{
	struct arena *arena = arena_new();
	struct ast_script *script = NULL;

	assert_int_equal(sql_parse(arena, " -- nothing\n;;", 14, &script, NULL), 0);
	assert_int_equal(script->n_statements, 0);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_settings_with_and_without_quotes),
		cmocka_unit_test(reads_table_definitions),
		cmocka_unit_test(reads_views_inserts_and_statement_sets),
		cmocka_unit_test(reads_the_clauses_of_a_select),
		cmocka_unit_test(reads_nested_queries),
		cmocka_unit_test(reads_joins),
		cmocka_unit_test(reads_table_functions),
		cmocka_unit_test(reads_match_recognize),
		cmocka_unit_test(gives_expressions_their_structure),
		cmocka_unit_test(reads_aggregates_and_windows),
		cmocka_unit_test(reads_literals_with_their_types),
		cmocka_unit_test(reads_types),
		cmocka_unit_test(knows_where_things_are),
		cmocka_unit_test(reads_an_empty_script),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
