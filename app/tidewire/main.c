// The appliance: reads a script, plans it, brings EAL up, runs the job.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include "runtime/describe.h"
#include "runtime/runtime.h"
#include "sql/sql.h"
#include "tidewire/eal_args.h"
#include "tidewire/options.h"
#include "tidewire/script.h"
#include "tidewire/zone_file.h"

enum { EXIT_FINISHED = 0, EXIT_FAILED = 1, EXIT_WRONG = 2 };
enum { ACCOUNT_LINE_MAX = 4096 };

static struct runtime_control control;

// The first SIGINT or SIGTERM stops the sources; a second one of either ends the process at once.
static void on_signal(int number)
{
	if (number == SIGUSR1) {
		control.report = 1;
		return;
	}
	control.stop = 1;
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
}

static void handle_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int wrong(const struct script *script, const struct err *err)
{
	script_print_error(script, err);
	return EXIT_WRONG;
}

// Another process took the hugepages that were free a moment ago. EAL starts once in a process, so
// become a new one; a script from standard input has been read and is gone: then EAL's error
// stands.
static void start_again_without_hugepages(const struct options *options, char **argv)
{
	if (strcmp(options->script, "-") == 0 || setenv(EAL_ARGS_NO_HUGE, "1", 1) < 0)
		return;
	execv("/proc/self/exe", argv);
}

// EAL prints its usage to stdout when an option is wrong; only results go there.
static int init_eal(int argc, char **argv)
{
	int saved = dup(STDOUT_FILENO), result;

	dup2(STDERR_FILENO, STDOUT_FILENO);
	result = rte_eal_init(argc, argv);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	return result;
}

static int start_eal(
	const struct options *options, char **argv, const struct job *job, struct err *err)
{
	struct eal_args args;
	int result;

	if (options->has_eal_args) {
		result = init_eal(options->n_eal_args + 1, argv);
	} else {
		eal_args_default(&args, argv[0], job, options->quiet);
		result = init_eal(args.argc, args.argv);
		if (result < 0 && args.has_hugepages)
			start_again_without_hugepages(options, argv);
	}
	if (result < 0)
		return err_set(err, EINVAL, "EAL cannot start: %s (its own lines above say more)",
			rte_strerror(rte_errno));
	return 0;
}

// Where the job goes on. Before EAL starts: a process of its own looks at what is there.
static int find_checkpoint(const struct checkpoint_settings *settings,
	struct runtime_options *run_options, struct err *err)
{
	struct recovery *recovery = &run_options->recovery;

	if (settings->dir == NULL && strcmp(settings->restore, "latest") == 0)
		return 0;
	if (recovery_find(settings->dir, settings->restore, run_options->plan, recovery, err) < 0)
		return -EINVAL;
	if (recovery->note[0] != '\0' && !run_options->quiet)
		fprintf(stderr, "tidewire: %s\n", recovery->note);
	return 0;
}

// For tests: tests/README.md. 0 = it is not set.
static uint64_t stop_after(void)
{
	const char *text = getenv("TIDEWIRE_STOP_AFTER");

	return text != NULL ? strtoull(text, NULL, 10) : 0;
}

static int run(const struct options *options, const struct script *script, const struct job *job,
	const struct checkpoint_plan *plan, char **argv)
{
	struct runtime_options run_options = {
		.plan = plan,
		.stop_after = stop_after(),
		.quiet = options->quiet,
		.verbose = options->verbose,
		.show_progress = !options->quiet && isatty(STDERR_FILENO) && !options->verbose,
	};
	const char *conf_dir = getenv("TIDEWIRE_DRIVERS_CONFIG");
	char account_line[ACCOUNT_LINE_MAX] = "";
	struct err err = {0};
	bool started = false;
	int result;

	run_options.drivers_config_dir = conf_dir != NULL ? conf_dir : DRIVERS_CONFIG_DIR;
	if (getrandom(run_options.random, sizeof(run_options.random), 0) < 0)
		return wrong(NULL, &(struct err){.text = "no random numbers from the kernel"});
	if (find_checkpoint(&job->settings.checkpoint, &run_options, &err) < 0)
		return wrong(NULL, &err);
	handle_signals();
	if (start_eal(options, argv, job, &err) < 0)
		return wrong(NULL, &err);
	result = runtime_run(
		job, &run_options, &control, account_line, sizeof(account_line), &started, &err);
	rte_eal_cleanup();
	if (result < 0)
		script_print_error(script, &err);
	fputs(account_line, stderr);
	if (result < 0)
		return started ? EXIT_FAILED : EXIT_WRONG;
	return EXIT_FINISHED;
}

static int plan_and_run(const struct options *options, const struct script *script, char **argv)
{
	struct arena *arena = arena_new();
	struct sql_plan plan = {0};
	struct err err = {0};
	int status = EXIT_FINISHED;

	if (sql_plan(arena, script->text, script->len, options->settings, options->n_settings,
		    &zone_files, &plan, &err) < 0) {
		status = wrong(script, &err);
		goto free_arena;
	}
	for (uint32_t i = 0; i < plan.n_notes && !options->quiet; i++)
		fprintf(stderr, "tidewire: note: %s\n", plan.notes[i]);
	plan.job->settings.checkpoint.restore = options->restore;
	if (options->check)
		goto free_arena;
	if (options->explain || plan.explain_only)
		fputs(sql_explain(plan.job, arena), stdout);
	else if (plan.job->n_stages == 0)
		fprintf(stderr, "tidewire: the script has no INSERT and no SELECT: nothing to run\n"
				"events: in=0 out=0 dropped=0\n");
	else
		status = run(options, script, plan.job,
			describe_job(plan.job, arena, plan.name != NULL ? plan.name : script->name,
				script->text),
			argv);

free_arena:
	arena_free(arena);
	return status;
}

int main(int argc, char **argv)
{
	struct options options;
	struct script script;
	struct err err = {0};
	int status;

	if (options_parse(&options, argc, argv, &err) < 0)
		return wrong(NULL, &err);
	if (options.help) {
		fputs(options_help, stdout);
		return EXIT_FINISHED;
	}
	if (options.version) {
		puts("tidewire " TIDEWIRE_VERSION);
		return EXIT_FINISHED;
	}
	if (script_read(&script, options.script, &err) < 0)
		return wrong(NULL, &err);
	status = plan_and_run(&options, &script, argv);
	script_free(&script);
	options_free(&options);
	return status;
}
