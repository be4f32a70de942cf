#include "jobs.h"
#include <stdio.h>
#include <stdlib.h>

enum { SCRIPT_SIZE = 8192 };

static const char tables[] =
	"SET 'table.exec.source.idle-timeout' = '0 s';\n"
	"CREATE TABLE a (k STRING, v BIGINT, ts TIMESTAMP(3),"
	" WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)"
	" WITH ('connector' = 'filesystem', 'path' = 'a', 'format' = 'csv');\n"
	"CREATE TABLE b (k STRING, v BIGINT, ts TIMESTAMP(3),"
	" WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)"
	" WITH ('connector' = 'filesystem', 'path' = 'b', 'format' = 'csv');\n"
	"CREATE TABLE o (k STRING, w TIMESTAMP(3), n BIGINT, s BIGINT, m BIGINT)"
	" WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'csv');\n";

static const struct job_text {
	const char *name, *text;
} jobs[] = {
	{"calc", "INSERT INTO o SELECT k, ts, v, v * 2, v + 1 FROM a WHERE v > 0;"},
	{"union",
		"INSERT INTO o SELECT k, ts, v, v, v FROM a UNION ALL SELECT k, ts, v, v, v FROM b "
		"WHERE v < 0;"},
	{"tumble",
		"INSERT INTO o SELECT k, window_start, COUNT(*), SUM(v), MAX(v) FROM TABLE("
		"TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, "
		"window_end;"},
	{"two phases", "SET 'table.optimizer.agg-phase-strategy' = 'TWO_PHASE';"
		       "INSERT INTO o SELECT k, window_end, COUNT(*), SUM(v), MAX(v) FROM TABLE("
		       "HOP(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND))"
		       " GROUP BY k, window_start, window_end;"},
	{"hop", "INSERT INTO o SELECT k, window_end, COUNT(v), SUM(v), MIN(v) FROM TABLE("
		"HOP(TABLE a, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '30' SECOND))"
		" WHERE v > -500 OR v IS NULL GROUP BY k, window_start, window_end;"},
	{"cumulate", "INSERT INTO o SELECT k, window_end, COUNT(v), SUM(v), MIN(v) FROM TABLE("
		     "CUMULATE(TABLE a, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '30' SECOND))"
		     " GROUP BY k, window_start, window_end;"},
	{"global", "INSERT INTO o SELECT 'all', window_start, COUNT(*), SUM(v), MIN(v) FROM TABLE("
		   "TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, "
		   "window_end;"},
	{"cascade", "CREATE VIEW c AS SELECT k, window_time AS t, COUNT(*) AS n FROM TABLE("
		    "TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND))"
		    " GROUP BY k, window_start, window_end, window_time;"
		    "INSERT INTO o SELECT 'x', window_start, COUNT(*), SUM(n), MAX(n) FROM TABLE("
		    "TUMBLE(TABLE c, DESCRIPTOR(t), INTERVAL '1' MINUTE)) GROUP BY window_start, "
		    "window_end;"},
	{"inserts",
		"INSERT INTO o SELECT k, window_start, COUNT(*), SUM(v), MAX(v) FROM TABLE("
		"TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, "
		"window_end;"
		"INSERT INTO o SELECT k, window_end, COUNT(*), SUM(v), MAX(v) FROM TABLE("
		"TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '20' SECOND)) GROUP BY k, window_start, "
		"window_end HAVING COUNT(*) > 1;"
		"INSERT INTO o SELECT k, ts, v, v, v FROM a WHERE v IS NULL;"},
	{"long keys",
		"CREATE VIEW c AS SELECT k || ' with a tail that no view holds inline' AS l,"
		" CAST(v AS DECIMAL(20, 2)) AS d, ts FROM a;"
		"INSERT INTO o SELECT l, window_start, COUNT(d), CAST(SUM(d) * 100 AS BIGINT), "
		"CAST(MIN(d) AS BIGINT) FROM TABLE("
		"HOP(TABLE c, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '20' SECOND))"
		" GROUP BY l, d, window_start, window_end;"},
	{"lists",
		"INSERT INTO o SELECT LISTAGG(CAST(v AS STRING), '/'), window_start,"
		" COUNT(DISTINCT v), SUM(DISTINCT v), MAX(v) FROM TABLE("
		"TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '15' SECOND)) GROUP BY k, window_start, "
		"window_end;"},
	{"hop distinct", "INSERT INTO o SELECT k || MIN(k || CAST(v AS STRING)), window_end,"
			 " COUNT(DISTINCT v), SUM(DISTINCT v), MAX(v) FROM TABLE("
			 "HOP(TABLE a, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '15' SECOND))"
			 " GROUP BY k, window_start, window_end;"},
	{"over rows",
		"INSERT INTO o SELECT k, ts, COUNT(*) OVER w, SUM(v) OVER w, MAX(v) OVER w FROM a"
		" WINDOW w AS (PARTITION BY k ORDER BY ts ROWS BETWEEN 3 PRECEDING AND CURRENT "
		"ROW);"},
	{"over range",
		"INSERT INTO o SELECT k, ts, COUNT(*) OVER w, SUM(v) OVER w, MIN(v) OVER w FROM a"
		" WINDOW w AS (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '20' SECOND "
		"PRECEDING AND CURRENT ROW);"},
	{"over all",
		"INSERT INTO o SELECT k, ts, ROW_NUMBER() OVER w, SUM(v) OVER w, LAG(v) OVER w "
		"FROM a WINDOW w AS (PARTITION BY k ORDER BY ts);"},
	{"top", "INSERT INTO o SELECT k, ts, v, v, rn FROM (SELECT *, ROW_NUMBER() OVER ("
		"PARTITION BY window_start, window_end ORDER BY v DESC, k, ts) AS rn FROM TABLE("
		"TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '30' SECOND))) WHERE rn <= 3;"},
	{"window rows",
		"INSERT INTO o SELECT k, window_start, v, v, v FROM TABLE("
		"HOP(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND));"},
	{"grouping sets",
		"INSERT INTO o SELECT k, window_start, COUNT(*), SUM(v), MAX(v) FROM TABLE("
		"TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '20' SECOND)) GROUP BY window_start, "
		"window_end, GROUPING SETS ((k), ());"},
	{"two sources",
		"CREATE VIEW c AS SELECT k, v, ts FROM a UNION ALL SELECT k, v, ts FROM b;"
		"INSERT INTO o SELECT k, window_start, COUNT(*), SUM(v), MAX(v) FROM TABLE("
		"TUMBLE(TABLE c, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, "
		"window_end;"},
	{"session",
		"INSERT INTO o SELECT k, SESSION_START(ts, INTERVAL '8' SECOND), COUNT(*), SUM(v),"
		" MAX(v) FROM a GROUP BY k, SESSION(ts, INTERVAL '8' SECOND);"},
	{"session lists", "INSERT INTO o SELECT LISTAGG(CAST(v AS STRING), '/'), "
			  "SESSION_END(ts, INTERVAL '8' SECOND), COUNT(DISTINCT v), SUM(v),"
			  " MAX(v) FROM a GROUP BY k, SESSION(ts, INTERVAL '8' SECOND);"},
	{"group hop",
		"INSERT INTO o SELECT k, HOP_START(ts, INTERVAL '7' SECOND, INTERVAL '20' SECOND),"
		" COUNT(*), SUM(v), MIN(v) FROM a"
		" GROUP BY k, HOP(ts, INTERVAL '7' SECOND, INTERVAL '20' SECOND);"},
	{"anomaly",
		"INSERT INTO o SELECT k, ts, v, CAST(score * 1e9 AS BIGINT), CHAR_LENGTH(reason) "
		"FROM TABLE(ANOMALY(TABLE a PARTITION BY k, DESCRIPTOR(ts), DESCRIPTOR(v),"
		" 'detector' => 'threshold', 'above' => 500, 'below' => -700, 'hysteresis' => "
		"400));"},
	{"sort", "INSERT INTO o SELECT k, ts, v, v, v FROM a ORDER BY ts;"},
};

uint32_t jobs_count(void)
{
	return sizeof(jobs) / sizeof(jobs[0]);
}

const char *job_name(uint32_t i)
{
	return jobs[i].name;
}

char *job_script(uint32_t i)
{
	char *script = malloc(SCRIPT_SIZE);

	snprintf(script, SCRIPT_SIZE, "%s%s", tables, jobs[i].text);
	return script;
}
