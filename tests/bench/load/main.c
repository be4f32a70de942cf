// Run a job on this process's lcores, as tidewire does, behind a simulated NIC, and say what came
// of it: a JSON object a line for each phase of the schedule, then one for the whole run.
//
//	load [--feed raw|csv|json] [--keys N] [--hot PERCENT] [--descriptors N] [--lcores LIST]
//	     [--no-huge] [--memory MB] --wire RATE:SECONDS,… JOB.sql
//
// Rates are in events a second; 0 = as fast as they are taken. The job listens on port 9000; what
// it sends by a udp sink with 'format' = 'raw' is the number of the event that caused it.
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include "load/nic.h"
#include "runtime/describe.h"
#include "runtime/runtime.h"
#include "sql/sql.h"
#include "tidewire/script.h"
#include "tidewire/zone_file.h"

enum { DESCRIPTORS = 4096, ACCOUNT_MAX = 4096, HUGE_MB = 800, MEMORY_MB = 2048 };

struct arguments {
	const char *feed, *schedule, *lcores, *script;
	uint32_t n_keys, n_descriptors;
	uint32_t hot_percent; // of the events have the same key
	bool no_huge; // although there are hugepages
	unsigned memory_mb; // 0 = HUGE_MB or, without hugepages, MEMORY_MB
};

static struct nic nic;
static struct runtime_control control;

static bool take_arguments(struct arguments *args, int argc, char **argv)
{
	static const struct option options[] = {{"feed", required_argument, NULL, 'f'},
		{"keys", required_argument, NULL, 'k'}, {"hot", required_argument, NULL, 'h'},
		{"wire", required_argument, NULL, 'w'},
		{"descriptors", required_argument, NULL, 'd'},
		{"lcores", required_argument, NULL, 'l'}, {"no-huge", no_argument, NULL, 'n'},
		{"memory", required_argument, NULL, 'm'}, {0}};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'f':
			args->feed = optarg;
			break;
		case 'k':
			args->n_keys = (uint32_t)atoi(optarg);
			break;
		case 'h':
			args->hot_percent = (uint32_t)atoi(optarg);
			break;
		case 'w':
			args->schedule = optarg;
			break;
		case 'd':
			args->n_descriptors = (uint32_t)atoi(optarg);
			break;
		case 'l':
			args->lcores = optarg;
			break;
		case 'n':
			args->no_huge = true;
			break;
		case 'm':
			args->memory_mb = (unsigned)atoi(optarg);
			break;
		default:
			return false;
		}
	}
	args->script = argv[optind];
	return args->script != NULL && args->schedule != NULL && args->n_keys > 0 &&
	       args->n_keys <= FEED_KEYS_MAX && args->n_descriptors <= WIRE_DESCRIPTORS_MAX &&
	       (args->n_descriptors & (args->n_descriptors - 1)) == 0;
}

static unsigned free_hugepages_mb(void)
{
	unsigned pages = 0;
	FILE *file = fopen("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "r");

	if (file == NULL)
		return 0;
	if (fscanf(file, "%u", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * 2;
}

static int start_eal(const struct arguments *args)
{
	char lcores[128], memory[32], prefix[64];
	unsigned huge_mb = args->memory_mb > 0 ? args->memory_mb : HUGE_MB;
	unsigned memory_mb = args->memory_mb > 0 ? args->memory_mb : MEMORY_MB;
	bool is_huge = free_hugepages_mb() >= huge_mb && !args->no_huge;
	char *argv[] = {"load", lcores, "--no-pci", "--no-telemetry", "--log-level=*:error",
		"--vdev=net_null0,no-rx=1", prefix, "-m", memory,
		is_huge ? "--in-memory" : "--no-huge", is_huge ? NULL : "--no-shconf"};

	snprintf(lcores, sizeof(lcores), "--lcores=%s", args->lcores);
	snprintf(prefix, sizeof(prefix), "--file-prefix=load%d", (int)getpid());
	snprintf(memory, sizeof(memory), "%u", is_huge ? huge_mb : memory_mb);
	if (!is_huge && !args->no_huge)
		fprintf(stderr, "load: no free hugepages, running without: slower\n");
	return rte_eal_init(is_huge ? 10 : 11, argv);
}

static int run(
	const struct script *script, const struct job *job, const struct checkpoint_plan *plan)
{
	struct runtime_options options = {.plan = plan,
		.quiet = false,
		.drivers_config_dir = DRIVERS_CONFIG_DIR,
		.random = {1}};
	char account[ACCOUNT_MAX] = "";
	struct err err = {0};
	bool started;
	int result = nic_init(&nic, &control.stop);

	if (result < 0) {
		fprintf(stderr, "load: no port: %s\n", strerror(-result));
		return 1;
	}
	result = runtime_run(job, &options, &control, account, sizeof(account), &started, &err);
	fputs(account, stderr);
	if (result < 0) {
		script_print_error(script, &err);
		return 1;
	}
	wire_print(&nic.wire);
	printf("{\"account\": \"%.*s\", \"due\": %" PRIu64 ", \"missed\": %" PRIu64
	       ", \"pause_max_us\": %.1f}\n",
		(int)strcspn(account, "\n"), account, nic.wire.n_arrived * nic.wire.feed.n_events,
		nic.wire.n_missed * nic.wire.feed.n_events,
		(double)nic.pause_max * 1e6 / nic.wire.tsc_hz);
	return 0;
}

static int plan_and_run(const struct script *script)
{
	struct arena *arena = arena_new();
	struct sql_plan plan = {0};
	struct err err = {0};
	int status = 2;

	if (sql_plan(arena, script->text, script->len, NULL, 0, &zone_files, &plan, &err) < 0)
		script_print_error(script, &err);
	else
		status = run(script, plan.job,
			describe_job(plan.job, arena, script->name, script->text));
	arena_free(arena);
	return status;
}

int main(int argc, char **argv)
{
	struct arguments args = {.feed = "csv",
		.n_keys = FEED_KEYS_MAX,
		.n_descriptors = DESCRIPTORS,
		.lcores = "0@0,1@0,2@1"};
	struct script script;
	struct err err = {0};
	int status;

	if (!take_arguments(&args, argc, argv) ||
		!feed_init(&nic.wire.feed, args.feed, args.n_keys) ||
		!wire_parse(&nic.wire, args.schedule)) {
		fprintf(stderr, "load: wrong usage; tests/bench/load/main.c says what is right\n");
		return 2;
	}
	nic.wire.feed.hot_percent = args.hot_percent;
	nic.wire.n_descriptors = args.n_descriptors;
	if (script_read(&script, args.script, &err) < 0) {
		script_print_error(NULL, &err);
		return 2;
	}
	if (start_eal(&args) < 0) {
		fprintf(stderr, "load: EAL does not start: %s\n", rte_strerror(rte_errno));
		return 1;
	}
	status = plan_and_run(&script);
	script_free(&script);
	rte_eal_cleanup();
	return status;
}
