#include "tidewirectl/options.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/nearest.h"
#include "control/control.h"
#include "option.h"

const char options_help[] =
	"usage: tidewirectl COMMAND [options] DIR [PATH]\n"
	"\n"
	"Looks after the checkpoints of a job. DIR is the job's state directory (tidewire\n"
	"--state-dir, SET 'state.checkpoints.dir'). What only reads takes a savepoint as well, "
	"and\n"
	"works while the job runs and when it does not.\n"
	"\n"
	"  checkpoint list DIR          the complete checkpoints there are, the oldest first\n"
	"  checkpoint verify DIR        read every record of them and check it\n"
	"  checkpoint trigger DIR       ask the running job for a checkpoint now, and wait for it\n"
	"  savepoint DIR PATH           the same, and a copy of it in the new directory PATH\n"
	"  stop DIR [--savepoint PATH]  end the running job behind a last checkpoint; a start\n"
	"                               goes on from there\n"
	"  stop DIR --drain             the input is over for ever: windows that are open come\n"
	"                               out first\n"
	"  state operators DIR          which operators have how much state\n"
	"  state get DIR --operator O --key K1[,K2...]     what is known of a key\n"
	"  state dump DIR [--operator O]                   all of it\n"
	"\n"
	"  --state-dir DIR      in place of the first DIR\n"
	"  --operator O         an operator's number, or its name where there is one of it\n"
	"  --key K1[,K2...]     the columns of its key, as a line of CSV\n"
	"  --checkpoint N       not the newest one\n"
	"  --format F           text or json (list, operators), json or csv (get, dump)\n"
	"  --set KEY=VALUE      as the job had it on its command line: to read its state\n"
	"  --help, --version\n"
	"\n"
	"State is that of a complete checkpoint, never what the job has seen since. Exit status: "
	"0\n"
	"done, 1 it failed (no job runs there, a checkpoint does not verify, no such key), 2 "
	"wrong\n"
	"usage.\n";

enum {
	OPT_STATE_DIR = 256,
	OPT_SAVEPOINT,
	OPT_DRAIN,
	OPT_OPERATOR,
	OPT_KEY,
	OPT_CHECKPOINT,
	OPT_FORMAT,
	OPT_SET,
	OPT_HELP,
	OPT_VERSION,
};

static const struct option long_options[] = {
	{"state-dir", required_argument, NULL, OPT_STATE_DIR},
	{"savepoint", required_argument, NULL, OPT_SAVEPOINT},
	{"drain", no_argument, NULL, OPT_DRAIN},
	{"operator", required_argument, NULL, OPT_OPERATOR},
	{"key", required_argument, NULL, OPT_KEY},
	{"checkpoint", required_argument, NULL, OPT_CHECKPOINT},
	{"format", required_argument, NULL, OPT_FORMAT},
	{"set", required_argument, NULL, OPT_SET},
	{"help", no_argument, NULL, OPT_HELP},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

static int take_format(struct ctl_options *options, const char *text, struct err *err)
{
	static const char *const names[] = {"text", "json", "csv"};

	options->has_format = true;
	for (int i = 0; i < 3; i++)
		if (strcmp(text, names[i]) == 0) {
			options->format = (enum ctl_format)i;
			return 0;
		}
	return err_set(err, EINVAL, "--format takes text, json or csv, not '%s'", text);
}

static int take_checkpoint(struct ctl_options *options, const char *text, struct err *err)
{
	char *end;

	errno = 0;
	options->checkpoint = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || options->checkpoint == 0)
		return err_set(err, EINVAL,
			"--checkpoint takes a number that `checkpoint list` shows, not '%s'", text);
	return 0;
}

static int take_set(struct ctl_options *options, char *text, struct err *err)
{
	char *equals = strchr(text, '=');

	if (equals == NULL || equals == text)
		return err_set(err, EINVAL, "--set takes KEY=VALUE, not '%s'", text);
	if (options->n_settings == CTL_SETTINGS_MAX)
		return err_set(err, EINVAL, "more than %d settings", CTL_SETTINGS_MAX);
	*equals = '\0';
	options->settings[options->n_settings++] = (struct sql_setting){text, equals + 1};
	return 0;
}

static int take_option(struct ctl_options *options, int option, char *value, struct err *err)
{
	switch (option) {
	case OPT_STATE_DIR:
		options->dir = value;
		return 0;
	case OPT_SAVEPOINT:
		options->path = value;
		return 0;
	case OPT_DRAIN:
		options->drains = true;
		return 0;
	case OPT_OPERATOR:
		options->operator_name = value;
		return 0;
	case OPT_KEY:
		options->key = value;
		return 0;
	case OPT_CHECKPOINT:
		return take_checkpoint(options, value, err);
	case OPT_FORMAT:
		return take_format(options, value, err);
	case OPT_SET:
		return take_set(options, value, err);
	case OPT_HELP:
		options->help = true;
		return 0;
	default:
		options->version = true;
		return 0;
	}
}

// ---- The command, and what stands behind it

static int refuse_command(char **words, int n, struct err *err)
{
	const char *names[32], *nearest;
	char given[64];

	if (n == 0)
		return err_set(err, EINVAL, "no command; see --help");
	snprintf(given, sizeof(given), n > 1 ? "%s %s" : "%s", words[0], n > 1 ? words[1] : "");
	for (uint32_t i = 0; i < ctl_n_commands; i++)
		names[i] = ctl_commands[i].words;
	nearest = nearest_name(given, names, ctl_n_commands);
	if (nearest == NULL)
		nearest = nearest_name(words[0], names, ctl_n_commands);
	if (nearest != NULL)
		return err_set(
			err, EINVAL, "unknown command '%s'; did you mean '%s'?", given, nearest);
	return err_set(err, EINVAL, "unknown command '%s'; see --help", given);
}

// How many of words[:n] name the command.
static int find_command(struct ctl_options *options, char **words, int n, struct err *err)
{
	for (uint32_t i = 0; i < ctl_n_commands; i++) {
		const char *name = ctl_commands[i].words, *space = strchr(name, ' ');
		size_t len = space != NULL ? (size_t)(space - name) : strlen(name);

		if (n == 0 || strlen(words[0]) != len || strncmp(words[0], name, len) != 0)
			continue;
		if (space != NULL && (n < 2 || strcmp(words[1], space + 1) != 0))
			continue;
		options->command = &ctl_commands[i];
		return space != NULL ? 2 : 1;
	}
	return refuse_command(words, n, err);
}

static bool is_state_dir(const char *path)
{
	char file[4096];

	for (int i = 0; i < 2; i++) {
		snprintf(file, sizeof(file), "%s/%s", path, i == 0 ? CONTROL_SOCKET : "data.mdb");
		if (access(file, F_OK) == 0)
			return true;
	}
	return false;
}

// DIR first; what is plainly the other way round is taken so.
static void put_dir_first(struct ctl_options *options)
{
	const char *dir = options->path;

	if (is_state_dir(options->dir) || !is_state_dir(dir))
		return;
	options->path = options->dir;
	options->dir = dir;
}

static int take_words(struct ctl_options *options, char **words, int n, struct err *err)
{
	const struct ctl_command *command = options->command;
	int i = 0;

	if (options->dir == NULL && i < n)
		options->dir = words[i++];
	if (command->has_path && options->path == NULL && i < n) {
		options->path = words[i++];
		if (i == 2)
			put_dir_first(options);
	}
	if (i < n)
		return err_set(err, EINVAL, "'%s' is too much: tidewirectl %s %s", words[i],
			command->words, command->usage);
	if (options->dir == NULL)
		return err_set(err, EINVAL, "no state directory: tidewirectl %s %s", command->words,
			command->usage);
	return 0;
}

static int check_format(struct ctl_options *options, struct err *err)
{
	enum ctl_format wanted = options->command->format;

	if (!options->has_format) {
		options->format = wanted;
		return 0;
	}
	if (wanted == CTL_TEXT && options->format == CTL_CSV)
		return err_set(err, EINVAL, "'%s' has --format text or json, not csv",
			options->command->words);
	if (wanted == CTL_JSON && options->format == CTL_TEXT)
		return err_set(err, EINVAL, "'%s' has --format json or csv, not text",
			options->command->words);
	return 0;
}

int options_parse(struct ctl_options *options, int argc, char **argv, struct err *err)
{
	int option, n_words;

	*options = (struct ctl_options){.n_settings = 1}; // the first is the state directory
	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
		if (option == '?' || option == ':')
			return option_refuse(long_options, option, argv[optind - 1], "", err);
		if (take_option(options, option, optarg, err) < 0)
			return -EINVAL;
	}
	if (options->help || options->version)
		return 0;
	n_words = find_command(options, argv + optind, argc - optind, err);
	if (n_words < 0)
		return -EINVAL;
	optind += n_words;
	if (take_words(options, argv + optind, argc - optind, err) < 0)
		return -EINVAL;
	options->settings[0] = (struct sql_setting){"state.checkpoints.dir", options->dir};
	return check_format(options, err);
}
