// What surrounds the plan of a script: settings, notes, EXPLAIN, bounds.
#include "sql/planning.h"
#include "operator/source/source.h"

static struct sql_plan plan_of(struct arena *arena, const char *script,
	const struct sql_setting *settings, uint32_t n_settings)
{
	struct sql_plan plan = {0};
	struct err err = {0};
	int ret = sql_plan(arena, script, strlen(script), settings, n_settings, NULL, &plan, &err);

	if (ret != 0)
		fail_msg("%u:%u %s", err.pos.line, err.pos.column, err.text);
	return plan;
}

static void settings_reach_the_job(void **)
{
	struct arena *arena = arena_new();
	struct sql_plan plan = plan_of(arena,
		"SET 'parallelism.default' = '3'; SET 'state.max-memory' = '4 gb';\n"
		"SET 'state.max-memory.policy' = 'fail'; SET 'pipeline.name' = 'alerts';",
		NULL, 0);

	assert_int_equal(plan.job->settings.parallelism, 3);
	assert_int_equal(plan.job->settings.state_max_memory, 4ll << 30);
	assert_int_equal(plan.job->settings.state_policy, STATE_FAIL);
	assert_string_equal(plan.name, "alerts");
	assert_int_equal(plan.n_notes, 0);
	assert_int_equal(plan.job->n_stages, 0);
	arena_free(arena);
}

static void reset_goes_back_to_the_defaults(void **)
{
	struct arena *arena = arena_new();
	struct sql_plan plan = plan_of(arena,
		"SET 'parallelism.default' = '3'; SET 'state.max-memory.policy' = 'fail';\n"
		"RESET 'parallelism.default'; RESET 'state.max-memory.policy';",
		NULL, 0);

	assert_int_equal(plan.job->settings.parallelism, 0);
	assert_int_equal(plan.job->settings.state_policy, STATE_DROP_NEW_KEYS);
	plan = plan_of(arena, "SET 'pipeline.name' = 'x'; RESET;", NULL, 0);
	assert_null(plan.name);
	arena_free(arena);
}

static void a_script_overrules_the_command_line(void **)
{
	static const struct sql_setting settings[] = {
		{"parallelism.default", "2"}, {"pipeline.name", "from the command line"}};
	struct arena *arena = arena_new();
	struct sql_plan plan = plan_of(arena, "SET 'parallelism.default' = '5';", settings, 2);

	assert_int_equal(plan.job->settings.parallelism, 5);
	assert_string_equal(plan.name, "from the command line");
	arena_free(arena);
}

static void a_wrong_setting_of_the_command_line_has_no_place(void **)
{
	static const struct sql_setting setting = {"parallelism.defualt", "2"};
	struct arena *arena = arena_new();
	struct sql_plan plan = {0};
	struct err err = {0};

	assert_int_equal(sql_plan(arena, "", 0, &setting, 1, NULL, &plan, &err), -EINVAL);
	assert_string_equal(err.text,
		"unknown setting 'parallelism.defualt'; did you mean 'parallelism.default'?");
	assert_int_equal(err.pos.line, 0);
	assert_null(plan.job);
	arena_free(arena);
}

static void settings_without_effect_are_noted_once(void **)
{
	static const char *const notes[] = {
		"'table.optimizer.join-reorder-enabled' has no effect here",
		"'table.exec.sink.not-null-enforcer' has no effect here",
	};
	struct arena *arena = arena_new();
	struct sql_plan plan = plan_of(arena,
		"SET 'table.optimizer.join-reorder-enabled' = 'true';\n"
		"SET 'table.exec.sink.not-null-enforcer' = 'drop';\n"
		"SET 'table.optimizer.join-reorder-enabled' = 'false';",
		NULL, 0);

	assert_int_equal(plan.n_notes, 2);
	for (uint32_t i = 0; i < plan.n_notes; i++)
		assert_string_equal(plan.notes[i], notes[i]);
	arena_free(arena);
}

static void checkpoint_settings_reach_the_job(void **)
{
	static const char script[] =
		"SET 'state.checkpoints.dir' = 'file:///var/lib/x';\n"
		"SET 'execution.checkpointing.interval' = '10 s';\n"
		"SET 'execution.checkpointing.min-pause' = '1 s';\n"
		"SET 'execution.checkpointing.timeout' = '1 min';\n"
		"SET 'execution.checkpointing.tolerable-failed-checkpoints' = '3';\n"
		"SET 'state.checkpoints.num-retained' = '5';\n"
		"SET 'state.checkpoints.buffer-size' = '64 mb';";
	struct arena *arena = arena_new();
	const struct checkpoint_settings *got =
		&plan_of(arena, script, NULL, 0).job->settings.checkpoint;

	assert_string_equal(got->dir, "/var/lib/x");
	assert_int_equal(got->interval_ms, 10000);
	assert_int_equal(got->min_pause_ms, 1000);
	assert_int_equal(got->timeout_ms, 60000);
	assert_int_equal(got->tolerable_failures, 3);
	assert_int_equal(got->n_retained, 5);
	assert_int_equal(got->buffer_bytes, 64 << 20);
	arena_free(arena);
}

static void without_settings_no_checkpoints_are_taken(void **)
{
	struct arena *arena = arena_new();
	const struct checkpoint_settings *got =
		&plan_of(arena, "", NULL, 0).job->settings.checkpoint;

	assert_null(got->dir);
	assert_int_equal(got->interval_ms, 0);
	assert_int_equal(got->timeout_ms, 600000);
	assert_int_equal(got->tolerable_failures, -1);
	assert_int_equal(got->n_retained, 2);
	arena_free(arena);
}

// The directory may come before or behind the interval, and from the command line.
static void an_interval_needs_a_directory(void **)
{
	static const char script[] = "SET 'execution.checkpointing.interval' = '1 s';";
	static const struct sql_setting dir = {"state.checkpoints.dir", "x"};
	struct arena *arena = arena_new();

	assert_string_equal(planning_text(arena, script),
		"1:5 checkpoints have nowhere to go: add --state-dir DIR, or SET "
		"'state.checkpoints.dir' = 'DIR'");
	assert_string_equal(plan_of(arena, script, &dir, 1).job->settings.checkpoint.dir, "x");
	plan_of(arena, arena_printf(arena, "%s SET 'state.checkpoints.dir' = 'x';", script), NULL,
		0);
	plan_of(arena, arena_printf(arena, "%s RESET 'execution.checkpointing.interval';", script),
		NULL, 0);
	arena_free(arena);
}

static void explain_runs_nothing(void **)
{
	static const char table[] = "CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', "
				    "'path' = 'x', 'format' = 'json');\n";
	struct arena *arena = arena_new();
	const char *query = arena_printf(arena, "%sSELECT a FROM t;", table);
	const char *explain = arena_printf(arena, "%sEXPLAIN SELECT a FROM t;", table);
	struct sql_plan plan = plan_of(arena, explain, NULL, 0);

	assert_true(plan.explain_only);
	assert_int_equal(plan.job->n_stages, 2);
	assert_false(plan_of(arena, query, NULL, 0).explain_only);
	arena_free(arena);
}

static const struct source_config *source_of(const struct sql_plan *plan)
{
	return plan->job->stages[0]->head->config;
}

static void a_source_is_told_what_is_read_and_when_it_is_idle(void **)
{
	static const char table[] =
		"SET 'table.exec.source.idle-timeout' = '7 s';\n"
		"CREATE TABLE t (a INT, b INT, c AS a + 1, ts TIMESTAMP(3), d INT,\n"
		"WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = 'x',\n"
		"'format' = 'json'%s); SELECT c FROM t WHERE d > 1;";
	static const bool wanted[] = {true, false, true, true}; // of a, b, ts, d
	struct arena *arena = arena_new();
	const char *own = ", 'scan.watermark.idle-timeout' = '1 min'";
	struct sql_plan plan = plan_of(arena, arena_printf(arena, table, ""), NULL, 0);

	assert_memory_equal(source_of(&plan)->wanted, wanted, sizeof(wanted));
	assert_int_equal(source_of(&plan)->idle_timeout_ns, 7000000000);
	plan = plan_of(arena, arena_printf(arena, table, own), NULL, 0);
	assert_int_equal(source_of(&plan)->idle_timeout_ns, 60000000000);
	arena_free(arena);
}

static void drops_of_events_are_told_from_drops_of_results(void **)
{
	struct arena *arena = arena_new();
	struct sql_plan plan = plan_of(arena,
		"CREATE TABLE t (a INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)\n"
		"WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'json');\n"
		"SELECT window_start, MAX(n) FROM (SELECT window_start, window_end, COUNT(*) AS n\n"
		"FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' SECOND))\n"
		"GROUP BY a, window_start, window_end) GROUP BY window_start, window_end;",
		NULL, 0);

	assert_int_equal(plan.job->n_stages, 4);
	assert_true(plan.job->stages[0]->head->takes_events);
	assert_true(plan.job->stages[1]->head->takes_events);
	assert_false(plan.job->stages[2]->head->takes_events);
	assert_false(plan.job->stages[3]->head->takes_events);
	for (uint32_t i = 0; i < plan.job->n_stages; i++)
		assert_int_equal(plan.job->stages[i]->id, i + 1);
	arena_free(arena);
}

// n views, each of the one before it by form, which has two places for its name.
static const char *views(struct arena *arena, int n, const char *form)
{
	const char *script = "CREATE VIEW v0 AS SELECT qty AS a FROM tx;\n";

	for (int i = 0; i < n; i++) {
		script = arena_printf(arena, "%sCREATE VIEW v%d AS ", script, i + 1);
		for (const char *c = form; *c != '\0'; c++)
			script = *c == '@' ? arena_printf(arena, "%sv%d", script, i)
					   : arena_printf(arena, "%s%c", script, *c);
		script = arena_printf(arena, "%s;\n", script);
	}
	return arena_printf(arena, "%sSELECT * FROM v%d;", script, n);
}

static void views_that_double_are_refused(void **)
{
	struct arena *arena = arena_new();
	const char *script = views(arena, 40, "SELECT * FROM @ UNION ALL SELECT * FROM @");

	assert_string_equal(planning_text(arena, script),
		"11:37 the query is too large with all the views that it uses: more than 2000 "
		"operators");
	arena_free(arena);
}

static void expressions_that_double_stay_apart(void **)
{
	struct arena *arena = arena_new();
	const char *text = planning_text(arena, views(arena, 60, "SELECT a + a AS a FROM @"));

	assert_memory_equal(text, "Stage 1: tx", 11);
	assert_true(strlen(text) < 100000);
	arena_free(arena);
}

static void as_many_queries_as_an_operator_feeds_share_a_table(void **)
{
	struct arena *arena = arena_new();
	const char *script = "";

	for (int i = 0; i < OP_OUTS_MAX; i++)
		script = arena_printf(
			arena, "%sINSERT INTO out2 SELECT user_id, amount FROM tx;\n", script);
	assert_memory_equal(planning_text(arena, script), "Stage 1: tx", 11);
	script =
		arena_printf(arena, "%sINSERT INTO out2 SELECT user_id, amount FROM tx;\n", script);
	assert_string_equal(planning_text(arena, script),
		"65:1 more than 64 queries read the same table: put some of them into a job of "
		"their own");
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_reach_the_job),
		cmocka_unit_test(reset_goes_back_to_the_defaults),
		cmocka_unit_test(a_script_overrules_the_command_line),
		cmocka_unit_test(a_wrong_setting_of_the_command_line_has_no_place),
		cmocka_unit_test(settings_without_effect_are_noted_once),
		cmocka_unit_test(checkpoint_settings_reach_the_job),
		cmocka_unit_test(without_settings_no_checkpoints_are_taken),
		cmocka_unit_test(an_interval_needs_a_directory),
		cmocka_unit_test(explain_runs_nothing),
		cmocka_unit_test(a_source_is_told_what_is_read_and_when_it_is_idle),
		cmocka_unit_test(drops_of_events_are_told_from_drops_of_results),
		cmocka_unit_test(views_that_double_are_refused),
		cmocka_unit_test(expressions_that_double_stay_apart),
		cmocka_unit_test(as_many_queries_as_an_operator_feeds_share_a_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
