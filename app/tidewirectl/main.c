// tidewirectl: asks a running job for checkpoints, and reads those that there are.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include "tidewirectl/commands.h"

const struct ctl_command ctl_commands[] = {
	{"checkpoint list", "DIR", false, true, CTL_TEXT, checkpoints_list},
	{"checkpoint verify", "DIR", false, true, CTL_TEXT, checkpoints_verify},
	{"checkpoint trigger", "DIR", false, false, CTL_TEXT, ask_checkpoint},
	{"savepoint", "DIR PATH", true, false, CTL_TEXT, ask_savepoint},
	{"stop", "DIR [--savepoint PATH] [--drain]", false, false, CTL_TEXT, ask_stop},
	{"state operators", "DIR", false, true, CTL_TEXT, state_operators},
	{"state get", "DIR --operator O --key K1[,K2…]", false, true, CTL_JSON, state_get},
	{"state dump", "DIR [--operator O]", false, true, CTL_JSON, state_dump},
};
const uint32_t ctl_n_commands = sizeof(ctl_commands) / sizeof(*ctl_commands);

static int run(const struct ctl_options *options)
{
	struct err err = {0};
	int status = options->command->run(options, &err);

	if (fflush(stdout) != 0 && status == CTL_DONE)
		status = CTL_FAILED;
	if (err.text[0] != '\0')
		fprintf(stderr, "tidewirectl: error: %s\n", err.text);
	return status;
}

// liblmdb trusts its files: damage can end the process that reads them.
static int run_in_child(const struct ctl_options *options)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		return run(options);
	if (child == 0)
		_exit(run(options));
	if (waitpid(child, &status, 0) < 0)
		return CTL_FAILED;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	if (WTERMSIG(status) != SIGPIPE && WTERMSIG(status) != SIGINT)
		fprintf(stderr,
			"tidewirectl: error: %s is damaged: reading it ended in signal %d (%s)\n",
			options->dir, WTERMSIG(status), strsignal(WTERMSIG(status)));
	return CTL_FAILED;
}

int main(int argc, char **argv)
{
	struct ctl_options options;
	struct err err = {0};

	if (options_parse(&options, argc, argv, &err) < 0) {
		fprintf(stderr, "tidewirectl: error: %s\n", err.text);
		return CTL_WRONG;
	}
	if (options.help) {
		fputs(options_help, stdout);
		return CTL_DONE;
	}
	if (options.version) {
		puts("tidewirectl " TIDEWIRE_VERSION);
		return CTL_DONE;
	}
	return options.command->reads ? run_in_child(&options) : run(&options);
}
