// What is wrong in GROUP BY: grouping sets, sessions, windows that fire more than once.
#include "sql/planning.h"

#define TUMBLED "FROM TABLE(TUMBLE(TABLE tx, DESCRIPTOR(ts), INTERVAL '1' MINUTE))\n"

static void checks_grouping_sets(void **)
{
	static const struct planning_case cases[] = {
		{"SELECT GROUPING(amount) " TUMBLED
		 "GROUP BY window_start, window_end, ROLLUP (user_id);",
			"1:17 GROUPING takes what is in GROUP BY"},
		{"SELECT user_id FROM tx WHERE GROUPING(user_id) = 0;",
			"1:30 GROUPING needs GROUP BY and stands in its select list or HAVING"},
		{"SELECT GROUPING_ID() " TUMBLED "GROUP BY window_start, window_end;",
			"1:8 GROUPING_ID takes 1 to 63 arguments, as in GROUPING_ID(a)"},
		{"SELECT COUNT(*) " TUMBLED
		 "GROUP BY GROUPING SETS ((window_start, window_end, user_id), (user_id));",
			"2:63 window_start and window_end must be in every grouping set: GROUP BY "
			"without a window is not supported yet"},
		{"SELECT COUNT(*) " TUMBLED "GROUP BY CUBE (window_start, window_end);",
			"2:16 window_start and window_end must be in every grouping set: GROUP BY "
			"without a window is not supported yet"},
		{"SELECT COUNT(*) FROM tx GROUP BY ROLLUP (user_id, TUMBLE(ts, INTERVAL '1' "
		 "MINUTE));",
			"1:51 TUMBLE is an item of GROUP BY itself: it cannot stand in another"},
		{"SELECT ROLLUP(user_id) FROM tx;", "1:8 ROLLUP stands in GROUP BY only"},
		{"SELECT COUNT(*) " TUMBLED "GROUP BY window_start, window_end, CUBE "
		 "(1 + amount, 2 + amount, 3 + amount, 4 + amount, 5 + amount, 6 + amount, "
		 "7 + amount, 8 + amount, 9 + amount, 10 + amount, 11 + amount);",
			"2:166 GROUP BY comes to more than 1024 grouping sets"},
	};

	PLANNING_CHECK(cases);
}

#define SESSION_OF(table) \
	"FROM TABLE(SESSION(TABLE " table ", DESCRIPTOR(ts), INTERVAL '1' MINUTE))\n"

static void a_session_is_aggregated_by_its_partition(void **)
{
#define WRONG(column)                                                                           \
	"1:" column " SESSION must be aggregated at once, by window_start, window_end and the " \
	"columns of its PARTITION BY, no more and no fewer"
	static const struct planning_case cases[] = {
		{"SELECT * " SESSION_OF("tx") ";", WRONG("21")},
		{"SELECT COUNT(*) " SESSION_OF("tx") "GROUP BY window_start, window_end, user_id;",
			WRONG("28")},
		{"SELECT COUNT(*) " SESSION_OF(
			 "tx PARTITION BY user_id") "GROUP BY window_start, window_end;",
			WRONG("28")},
		{"SELECT COUNT(*) " SESSION_OF(
			 "tx PARTITION BY user_id") "GROUP BY window_start, window_end, qty;",
			WRONG("28")},
		{"SELECT COUNT(*) " SESSION_OF(
			 "tx PARTITION BY user_id") "WHERE window_end > ts "
						    "GROUP BY window_start, window_end, user_id;",
			WRONG("28")},
		{"SELECT COUNT(*) " SESSION_OF(
			 "tx PARTITION BY user_id") "GROUP BY window_start, "
						    "window_end, ROLLUP (user_id);",
			WRONG("28")},
		{"SELECT DISTINCT user_id, window_start, window_end " SESSION_OF("tx") ";",
			WRONG("62")},
		{"SELECT COUNT(*) " SESSION_OF(
			 "tx PARTITION BY UPPER(user_id)") "GROUP BY "
							   "window_start, window_end;",
			"1:58 SESSION: PARTITION BY takes columns, not expressions"},
		{"SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE tx PARTITION BY user_id, DESCRIPTOR(ts), "
		 "INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;",
			"1:41 TUMBLE takes no PARTITION BY and no ORDER BY: group by the keys "
			"instead"},
		{"SELECT COUNT(*) FROM TABLE(SESSION(TABLE tx, DESCRIPTOR(ts), INTERVAL '1' "
		 "MINUTE, INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;",
			"1:83 SESSION has too many arguments: it is SESSION(TABLE t [PARTITION BY "
			"key], DESCRIPTOR(ts), gap)"},
		{"SELECT COUNT(*) FROM TABLE(SESSION(TABLE tx, DESCRIPTOR(ts), INTERVAL '0' "
		 "MINUTE)) GROUP BY window_start, window_end;",
			"1:62 SESSION: GAP must be positive"},
		{"SELECT COUNT(*) FROM tx GROUP BY SESSION(ts, 5);",
			"1:46 SESSION: GAP is an interval of days, hours, minutes or seconds, as "
			"in INTERVAL '5' MINUTE"},
		{"SELECT COUNT(*) FROM tx GROUP BY SESSION(ts);",
			"1:34 in GROUP BY it is SESSION(ts, gap)"},
	};

	PLANNING_CHECK(cases);
}

#define MINUTES "SELECT COUNT(*) FROM tx GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)"

static void checks_when_windows_fire(void **)
{
	static const struct planning_case cases[] = {
		{"SET 'table.exec.emit.early-fire.enabled' = 'maybe';",
			"1:44 'maybe' is no value of 'table.exec.emit.early-fire.enabled', which "
			"is 'true' or 'false'"},
		{"SET 'table.exec.emit.early-fire.delay' = '-1 s';",
			"1:42 '-1 s' is no value of 'table.exec.emit.early-fire.delay', which is a "
			"duration as '10 s'"},
		{"SET 'table.exec.emit.early-fire.enabled' = 'true';\n" MINUTES ";",
			"2:34 table.exec.emit.early-fire.enabled needs "
			"table.exec.emit.early-fire.delay"},
		{"SET 'table.exec.emit.late-fire.enabled' = 'true';\n"
		 "SET 'table.exec.emit.late-fire.delay' = '1 s';\n" MINUTES ";",
			"3:34 table.exec.emit.late-fire.enabled needs "
			"table.exec.emit.allow-lateness"},
		{"SET 'table.exec.emit.late-fire.enabled' = 'true';\n"
		 "SET 'table.exec.emit.allow-lateness' = '1 s';\n" MINUTES ";",
			"3:34 table.exec.emit.late-fire.enabled needs "
			"table.exec.emit.late-fire.delay"},
		{"SET 'table.exec.emit.early-fire.enabled' = 'true';\n"
		 "SET 'table.exec.emit.early-fire.delay' = '1 s';\n"
		 "SELECT COUNT(*) FROM tx GROUP BY SESSION(ts, INTERVAL '1' MINUTE);",
			"3:34 SESSION has no early and no late firing: unset "
			"table.exec.emit.early-fire.enabled and "
			"table.exec.emit.late-fire.enabled"},
	};

	PLANNING_CHECK(cases);
}

#define LATE "SET 'table.exec.emit.allow-lateness' = '1 s';\n"
#define UPDATES                                                                               \
	" doesn't support consuming update changes, which GROUP BY TUMBLE(…), HOP(…) or " \
	"SESSION(…) produces with table.exec.emit.* or table.exec.state.ttl"

static void refuses_updates_where_rows_are_only_added(void **)
{
	static const struct planning_case cases[] = {
		{LATE "SELECT COUNT(*) FROM (SELECT TUMBLE_ROWTIME(ts, INTERVAL '1' MINUTE) AS rt "
		      "FROM tx GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)) GROUP BY TUMBLE(rt, "
		      "INTERVAL '1' HOUR);",
			"2:1 a window aggregate" UPDATES},
		{LATE "INSERT INTO plain SELECT 'a', 1.0, TUMBLE_END(ts, INTERVAL '1' MINUTE) FROM "
		      "tx GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE);",
			"2:1 table 'plain'" UPDATES ": 'print' and 'lmdb' do"},
	};

	PLANNING_CHECK(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checks_grouping_sets),
		cmocka_unit_test(a_session_is_aggregated_by_its_partition),
		cmocka_unit_test(checks_when_windows_fire),
		cmocka_unit_test(refuses_updates_where_rows_are_only_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
