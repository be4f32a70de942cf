// What is wrong with arrays, maps and rows: the message, and its place.
#include "sql/planning.h"

// Two tables in one line, in front of each case.
#define TABLES                                                                               \
	"CREATE TABLE n (a ARRAY<INT>, m MAP<STRING, DOUBLE>, r ROW<x INT, s STRING>) WITH " \
	"('connector' = 'filesystem', 'path' = 'n.json', 'format' = 'json');"                \
	"CREATE TABLE o (a ARRAY<BIGINT>, b ARRAY<BIGINT>) WITH ('connector' = 'print');\n"

static void checks_types_and_access(void **)
{
	static const struct planning_case cases[] = {
		{TABLES "CREATE TABLE t (r ROW<a INT, b INT, a INT>) WITH ('connector' = 'print');",
			"2:37 field 'a' is there twice in this ROW"},
		{TABLES "CREATE TABLE t (r "
			"ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<"
			"ARRAY<ARRAY<ARRAY<ARRAY<ARRAY<INT>>>>>>>>>>>>>>>>>) WITH ('connector' = "
			"'print');",
			"2:115 types are nested at most 16 deep"},
		{TABLES "CREATE TABLE t (r ROW<ts TIMESTAMP(3)>, WATERMARK FOR r.ts AS r.ts) WITH "
			"('connector' = 'print');",
			"2:57 WATERMARK FOR needs a column of the table, not a field of one: make "
			"a computed column of it, as in ts AS event.ts"},
		{TABLES "SELECT r.z FROM n;", "2:10 the ROW has no field 'z'; did you mean 'x'?"},
		{TABLES "SELECT r.xx FROM n;", "2:10 the ROW has no field 'xx'; did you mean 'x'?"},
		{TABLES "SELECT n.r.s.u FROM n;", "2:14 only a ROW has fields, and this is STRING"},
		{TABLES "SELECT a.x FROM n;", "2:8 there is no table 'a' here; did you mean 'n'?"},
		{TABLES "SELECT a[0] FROM n;",
			"2:10 the elements of an ARRAY are counted from 1: there is no [0]"},
		{TABLES "SELECT a['x'] FROM n;", "2:10 [] needs an integer for the index of an "
						 "ARRAY, not CHAR(1): array[index], map[key]"},
		{TABLES "SELECT r[1] FROM n;", "2:8 [] needs an ARRAY or a MAP, not ROW<`x` INT, "
					       "`s` STRING>: array[index], map[key]"},
		{TABLES "SELECT m[1] FROM n;",
			"2:9 cannot apply '[]' to arguments of type MAP<STRING, DOUBLE> and INT"},
		{TABLES "SELECT MAP['a', 1, 'b'] FROM n;",
			"2:8 MAP[...] needs a value for each key: MAP['a', 1, 'b', 2]"},
		{TABLES "SELECT ARRAY[1, 'a'] FROM n;",
			"2:8 cannot apply 'ARRAY' to arguments of type INT and CHAR(1)"},
		{TABLES "SELECT ARRAY[] FROM n;",
			"2:8 'ARRAY' takes at least 1 argument, not 0: ARRAY[a, b, …]"},
	};

	PLANNING_CHECK(cases);
}

static void checks_arguments(void **)
{
	static const struct planning_case cases[] = {
		{TABLES "SELECT CARDINALITY(r) FROM n;",
			"2:20 CARDINALITY needs an ARRAY, a MAP or a MULTISET, not ROW<`x` INT, "
			"`s` STRING>: CARDINALITY(array)"},
		{TABLES "SELECT ARRAY_CONTAINS(a, 'x') FROM n;",
			"2:8 cannot apply 'ARRAY_CONTAINS' to arguments of type ARRAY<INT> and "
			"CHAR(1)"},
		{TABLES "SELECT ARRAY_SORT(ARRAY[a]) FROM n;",
			"2:19 ARRAY_SORT needs an ARRAY of values with an order, not "
			"ARRAY<ARRAY<INT>>: ARRAY_SORT(array [, ascending [, nulls_first]])"},
		{TABLES "SELECT ARRAY_JOIN(a, ',') FROM n;",
			"2:19 ARRAY_JOIN needs an ARRAY of strings, not ARRAY<INT>: "
			"ARRAY_JOIN(array, separator [, null])"},
		{TABLES "SELECT MAP_KEYS(a) FROM n;",
			"2:17 MAP_KEYS needs a MAP, not ARRAY<INT>: MAP_KEYS(map)"},
		{TABLES "SELECT ARRAY_CONCAT(a, m) FROM n;",
			"2:24 ARRAY_CONCAT needs an ARRAY, not MAP<STRING, DOUBLE>: "
			"ARRAY_CONCAT(a, b, …)"},
		{TABLES "SELECT a = m FROM n;", "2:10 cannot apply '=' to arguments of type "
						"ARRAY<INT> and MAP<STRING, DOUBLE>"},
		{TABLES "SELECT a < a FROM n;",
			"2:10 cannot apply '<' to arguments of type ARRAY<INT> and ARRAY<INT>"},
		{TABLES "SELECT (1, 2) = (1, 2, 3) FROM n;",
			"2:15 cannot apply '=' to arguments of type ROW<`EXPR$0` INT NOT NULL, "
			"`EXPR$1` INT NOT NULL> and ROW<`EXPR$0` INT NOT NULL, `EXPR$1` INT NOT "
			"NULL, `EXPR$2` INT NOT NULL>"},
		{TABLES "SELECT a + 1 FROM n;",
			"2:10 cannot apply '+' to arguments of type ARRAY<INT> and INT"},
		{TABLES "SELECT UPPER(a) FROM n;",
			"2:8 cannot apply 'UPPER' to argument of type ARRAY<INT>"},
	};

	PLANNING_CHECK(cases);
}

static void checks_casts_and_formats(void **)
{
	static const struct planning_case cases[] = {
		{TABLES "SELECT GREATEST(a, a) FROM n;",
			"2:8 cannot apply 'GREATEST' to arguments of type ARRAY<INT> and "
			"ARRAY<INT>"},
		{TABLES "SELECT CAST(a AS INT) FROM n;", "2:8 cannot cast ARRAY<INT> to INT"},
		{TABLES "SELECT CAST('[1]' AS ARRAY<INT>) FROM n;",
			"2:8 cannot cast CHAR(3) to ARRAY<INT>"},
		{TABLES "SELECT CAST(r AS ROW<a INT>) FROM n;",
			"2:8 cannot cast ROW<`x` INT, `s` STRING> to ROW<`a` INT>"},
		{TABLES "SELECT CAST(a AS ARRAY<ROW<a INT>>) FROM n;",
			"2:8 cannot cast ARRAY<INT> to ARRAY<ROW<`a` INT>>"},
		{TABLES "SELECT STR_TO_MAP('a', '|') FROM n;",
			"2:24 STR_TO_MAP: '|' in a separator has a meaning in regular expressions, "
			"which are not supported here"},
		{TABLES "INSERT INTO o SELECT m, a FROM n;",
			"2:22 column 'a' is ARRAY<BIGINT>, the value is MAP<STRING, DOUBLE>: use "
			"CAST"},
		{TABLES "CREATE TABLE c (a ARRAY<INT>) WITH ('connector' = 'filesystem', 'path' = "
			"'x', 'format' = 'csv'); SELECT * FROM c;",
			"2:14 csv: column 'a' is ARRAY<INT>, which a field of CSV cannot hold "
			"here: use the json format, or CAST it to STRING"},
		{TABLES "CREATE TABLE c (a ARRAY<INT>) WITH ('connector' = 'filesystem', 'path' = "
			"'x', 'message.delimiter' = '#', 'format' = 'raw'); SELECT * FROM c;",
			"2:14 raw: column 'a' is an ARRAY, MAP, MULTISET or ROW, which have no "
			"bytes of their own; the json format has them"},
		{TABLES "CREATE TABLE c (a MAP<INT, INT>) WITH ('connector' = 'filesystem', 'path' "
			"= 'x', 'format' = 'json'); SELECT * FROM c;",
			"2:14 json: column 'a' is MAP<INT, INT>, and the keys of JSON objects are "
			"strings: MAP<STRING, …>"},
		{TABLES "CREATE TABLE c (a ARRAY<INT>) WITH ('connector' = 'datagen'); SELECT * "
			"FROM c;",
			"2:14 datagen makes no ARRAY, MAP, MULTISET or ROW: leave column 'a' away"},
	};

	PLANNING_CHECK(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checks_types_and_access),
		cmocka_unit_test(checks_arguments),
		cmocka_unit_test(checks_casts_and_formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
