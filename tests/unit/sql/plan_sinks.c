// What sinks want of their tables.
#include "sql/planning.h"

#define LMDB "WITH ('connector' = 'lmdb');\nINSERT INTO t SELECT user_id, amount FROM tx;"

static void an_lmdb_table_needs_a_key_and_a_directory(void **)
{
	static const struct planning_case cases[] = {
		{"CREATE TABLE t (a STRING, b DOUBLE) " LMDB,
			"1:14 table t: the connector 'lmdb' needs a PRIMARY KEY (…) NOT ENFORCED: "
			"it says which row a new one replaces"},
		{"CREATE TABLE t (a STRING, b DOUBLE, PRIMARY KEY (c) NOT ENFORCED) " LMDB,
			"1:50 PRIMARY KEY: table 't' has no physical column 'c'"},
		{"CREATE TABLE t (a STRING, b DOUBLE, PRIMARY KEY (a, a) NOT ENFORCED) " LMDB,
			"1:53 PRIMARY KEY: column 'a' is given twice"},
		{"CREATE TABLE t (a ARRAY<INT>, b INT, PRIMARY KEY (a) NOT ENFORCED) "
		 "WITH ('connector' = 'lmdb');\nINSERT INTO t SELECT ARRAY[1], 2 FROM tx;",
			"1:14 table t: PRIMARY KEY: column 'a' is an ARRAY, MAP, MULTISET or ROW, "
			"which the connector 'lmdb' takes for no key"},
		{"CREATE TABLE t (a STRING, b DOUBLE, PRIMARY KEY (a) NOT ENFORCED) " LMDB,
			"1:14 table t: the connector 'lmdb' writes with checkpoints: say where "
			"with --state-dir DIR or SET 'state.checkpoints.dir' = 'DIR'"},
		{"CREATE TABLE t (a STRING, b DOUBLE, PRIMARY KEY (a) NOT ENFORCED) "
		 "WITH ('connector' = 'lmdb');\nSELECT * FROM t;",
			"1:73 table t cannot be read: the connector 'lmdb' only writes"},
	};

	PLANNING_CHECK(cases);
}

static void an_lmdb_table_takes_a_changelog(void **)
{
	static const char script[] =
		"SET 'state.checkpoints.dir' = '/tmp/state';\n"
		"SET 'table.exec.emit.early-fire.enabled' = 'true';\n"
		"SET 'table.exec.emit.early-fire.delay' = '1 s';\n"
		"CREATE TABLE t (a STRING, b BIGINT, c INT, PRIMARY KEY (c, a) NOT ENFORCED) "
		"WITH ('connector' = 'lmdb');\n"
		"INSERT INTO t SELECT user_id, COUNT(*), qty FROM tx "
		"GROUP BY user_id, qty, TUMBLE(ts, INTERVAL '1' MINUTE);";
	struct arena *arena = arena_new();
	const char *text = planning_text(arena, script);

	assert_non_null(
		strstr(text, "TableSink(table=[t], connector=[lmdb], key=[c, a], format=[json])"));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_lmdb_table_needs_a_key_and_a_directory),
		cmocka_unit_test(an_lmdb_table_takes_a_changelog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
