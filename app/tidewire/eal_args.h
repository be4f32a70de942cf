// EAL options for somebody who gave none: the process's CPUs, memory as there is, ports as the job
// names them.
#pragma once
#include <stdbool.h>
#include "runtime/job.h"

enum { EAL_ARGS_MAX = 64, EAL_ARG_TEXT_MAX = 8192 };

// An environment variable: set, hugepages are left alone.
#define EAL_ARGS_NO_HUGE "TIDEWIRE_NO_HUGE"

struct eal_args {
	int argc;
	char *argv[EAL_ARGS_MAX];
	char text[EAL_ARG_TEXT_MAX]; // what argv points into
	size_t text_used;
	bool has_hugepages;
};

// Fill in the defaults of cli.md for this process and job. Says on stderr when there are no
// hugepages, unless quiet.
void eal_args_default(struct eal_args *args, char *program, const struct job *job, bool quiet);
