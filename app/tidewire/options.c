#include "tidewire/options.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "option.h"
#include "row/key.h"

const char options_help[] =
	"usage: tidewire [EAL options] -- [options] JOB.sql\n"
	"       tidewire [options] JOB.sql          EAL options chosen for you\n"
	"\n"
	"Runs a Flink SQL script on this machine's cores and NICs. JOB.sql may be - (standard "
	"input).\n"
	"\n"
	"  --check              parse, bind and plan only; exit 0 or 2\n"
	"  --explain            print the plan and exit\n"
	"  --parallelism N      instances of each keyed stage (default: one per worker lcore)\n"
	"  --state-dir DIR      take checkpoints, there (SET 'state.checkpoints.dir'); how often:\n"
	"                       SET 'execution.checkpointing.interval'\n"
	"  --restore WHAT       start from the latest checkpoint (default) of the state "
	"directory,\n"
	"                       from none, or from the one at this path (a savepoint)\n"
	"  --set KEY=VALUE      as a SET statement before the script; repeatable\n"
	"  --quiet              only results and errors, and the account of events\n"
	"  --verbose            a line a second: events, rate, watermark and what holds it back\n"
	"  --help, --version\n"
	"\n"
	"With --, all before it goes to DPDK's EAL, as in\n"
	"  tidewire -l 2-9 -a 0000:3b:00.0 -- --parallelism 4 fraud.sql\n"
	"  tidewire --vdev=net_tap0,iface=feed0 --no-pci -- fraud.sql\n"
	"Without it the lcores are the process's CPUs, there are no ports unless the job names a "
	"PCI\n"
	"address, and hugepages are used when there are free ones.\n"
	"\n"
	"SIGINT and SIGTERM stop the sources and let what is in flight come out; with checkpoints "
	"on\n"
	"windows that are open stay so, for the next start. SIGUSR1 prints a summary to stderr.\n"
	"Exit status: 0 finished, 1 failed while running, 2 wrong usage, SQL "
	"or\n"
	"configuration.\n";

enum {
	OPT_CHECK = 256,
	OPT_EXPLAIN,
	OPT_PARALLELISM,
	OPT_STATE_DIR,
	OPT_RESTORE,
	OPT_SET,
	OPT_QUIET,
	OPT_VERBOSE,
	OPT_HELP,
	OPT_VERSION,
};

static const struct option long_options[] = {
	{"check", no_argument, NULL, OPT_CHECK},
	{"explain", no_argument, NULL, OPT_EXPLAIN},
	{"parallelism", required_argument, NULL, OPT_PARALLELISM},
	{"state-dir", required_argument, NULL, OPT_STATE_DIR},
	{"restore", required_argument, NULL, OPT_RESTORE},
	{"set", required_argument, NULL, OPT_SET},
	{"quiet", no_argument, NULL, OPT_QUIET},
	{"verbose", no_argument, NULL, OPT_VERBOSE},
	{"help", no_argument, NULL, OPT_HELP},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

static int add_setting(struct options *options, const char *key, const char *value, struct err *err)
{
	if (options->n_settings == OPTIONS_SETTINGS_MAX)
		return err_set(err, EINVAL, "more than %d settings", OPTIONS_SETTINGS_MAX);
	options->settings[options->n_settings++] = (struct sql_setting){key, value};
	return 0;
}

static int take_parallelism(struct options *options, const char *text, struct err *err)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*text == '\0' || *end != '\0' || n < 1 || n > KEY_GROUPS)
		return err_set(err, EINVAL,
			"--parallelism takes a whole number from 1 to %d, not '%s'", KEY_GROUPS,
			text);
	return add_setting(options, "parallelism.default", text, err);
}

static int take_set(struct options *options, const char *text, struct err *err)
{
	const char *equals = strchr(text, '=');
	char *key;

	if (equals == NULL || equals == text)
		return err_set(err, EINVAL, "--set takes KEY=VALUE, not '%s'", text);
	key = strndup(text, (size_t)(equals - text));
	if (key == NULL)
		return err_set(err, ENOMEM, "no memory for a setting");
	options->keys[options->n_settings] = key;
	return add_setting(options, key, equals + 1, err);
}

void options_free(struct options *options)
{
	for (uint32_t i = 0; i < options->n_settings; i++)
		free(options->keys[i]);
}

static int take_option(struct options *options, int option, char *value, struct err *err)
{
	switch (option) {
	case OPT_CHECK:
		options->check = true;
		return 0;
	case OPT_EXPLAIN:
		options->explain = true;
		return 0;
	case OPT_PARALLELISM:
		return take_parallelism(options, value, err);
	case OPT_STATE_DIR:
		return add_setting(options, "state.checkpoints.dir", value, err);
	case OPT_RESTORE:
		options->restore = value;
		return 0;
	case OPT_SET:
		return take_set(options, value, err);
	case OPT_QUIET:
		options->quiet = true;
		return 0;
	case OPT_VERBOSE:
		options->verbose = true;
		return 0;
	case OPT_HELP:
		options->help = true;
		return 0;
	default:
		options->version = true;
		return 0;
	}
}

static int find_separator(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--") == 0)
			return i;
	return 0;
}

int options_parse(struct options *options, int argc, char **argv, struct err *err)
{
	int separator = find_separator(argc, argv), option;
	int n = argc - separator;
	char **args = argv + separator;

	*options = (struct options){.restore = "latest"};
	options->has_eal_args = separator > 0;
	options->n_eal_args = separator > 0 ? separator - 1 : 0;
	optind = 1;
	while ((option = getopt_long(n, args, ":", long_options, NULL)) != -1) {
		if (option == '?' || option == ':')
			return option_refuse(long_options, option, args[optind - 1],
				" (EAL options go before a --)", err);
		if (take_option(options, option, optarg, err) < 0)
			return -EINVAL;
	}
	if (options->help || options->version)
		return 0;
	if (optind == n)
		return err_set(err, EINVAL,
			"no job: give a file of SQL, or - for standard input; "
			"see --help");
	if (optind + 1 < n)
		return err_set(err, EINVAL, "one job at a time: '%s' is too much; see --help",
			args[optind + 1]);
	options->script = args[optind];
	return 0;
}
