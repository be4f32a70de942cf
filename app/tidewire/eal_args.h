// EAL options for somebody who gave none: the process's CPUs, memory as there is, ports as the job
// names them.
#pragma once
#include "runtime/job.h"

enum { EAL_ARGS_MAX = 64, EAL_ARG_TEXT_MAX = 8192 };

struct eal_args {
	int argc;
	char *argv[EAL_ARGS_MAX];
	char text[EAL_ARG_TEXT_MAX]; // what argv points into
	size_t text_used;
};

// Fill in the defaults of cli.md for this process and job. Says on stderr when there are no
// hugepages, unless quiet.
void eal_args_default(struct eal_args *args, char *program, const struct job *job, bool quiet);
