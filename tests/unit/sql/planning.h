// Plans of scripts over a few tables, as text.
#pragma once
#include "sql/sql.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

// Each of these is one line, and stands in front of every script of the tests.
static const char *const planning_tables[] = {
	"CREATE TABLE tx (user_id STRING, amount DOUBLE, qty INT, ts TIMESTAMP(3), note STRING,"
	" up AS UPPER(note), proc AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)"
	" WITH ('connector' = 'filesystem', 'path' = 'tx.json', 'format' = 'json');\n",
	"CREATE TABLE ms (card STRING, amount DECIMAL(10, 2), ms BIGINT, twice AS amount * 2,"
	" ts AS TO_TIMESTAMP_LTZ(ms, 3), WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE)"
	" WITH ('connector' = 'udp', 'local' = '10.0.0.1:9000', 'format' = 'json');\n",
	"CREATE TABLE plain (user_id STRING, amount DOUBLE, ts TIMESTAMP(3))"
	" WITH ('connector' = 'filesystem', 'path' = 'p.csv', 'format' = 'csv');\n",
	"CREATE TABLE out2 (user_id STRING, amount DOUBLE) WITH ('connector' = 'print');\n",
	"CREATE TABLE out3 (user_id STRING, w TIMESTAMP(3), total DOUBLE)"
	" WITH ('connector' = 'blackhole');\n",
	"CREATE TABLE strict (user_id STRING NOT NULL, amount DOUBLE, c AS amount * 2)"
	" WITH ('connector' = 'blackhole');\n",
	"CREATE VIEW v AS SELECT user_id AS u, ts FROM tx;\n",
};

enum { PLANNING_TABLES = sizeof(planning_tables) / sizeof(*planning_tables) };

// The plan as text, or LINE:COLUMN MESSAGE of the error; lines count from the script's first.
static inline const char *planning_text(struct arena *arena, const char *script)
{
	struct sql_plan plan = {0};
	struct err err = {0};
	const char *text = "";

	for (int i = 0; i < PLANNING_TABLES; i++)
		text = arena_printf(arena, "%s%s", text, planning_tables[i]);
	text = arena_printf(arena, "%s%s", text, script);
	if (sql_plan(arena, text, strlen(text), NULL, 0, NULL, &plan, &err) == 0)
		return sql_explain(plan.job, arena);
	return arena_printf(
		arena, "%d:%u %s", (int)err.pos.line - PLANNING_TABLES, err.pos.column, err.text);
}

struct planning_case {
	const char *script, *expected;
};

static inline void planning_check(const struct planning_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct arena *arena = arena_new();

		assert_string_equal(planning_text(arena, cases[i].script), cases[i].expected);
		arena_free(arena);
	}
}

#define PLANNING_CHECK(cases) planning_check(cases, sizeof(cases) / sizeof(*(cases)))
