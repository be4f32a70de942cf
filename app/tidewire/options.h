// The command line: tidewire [EAL options] -- [options] JOB.sql, or tidewire [options] JOB.sql.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "sql/sql.h"

enum { OPTIONS_SETTINGS_MAX = 128 };

struct options {
	int n_eal_args; // argv[1 … n_eal_args] go to EAL untouched
	bool has_eal_args; // there was a --
	const char *script; // a path, or "-"
	bool check, explain, quiet, verbose, help, version;
	const char *restore; // latest, none or a path
	// --set, --parallelism and --state-dir, as SET statements before the script
	struct sql_setting settings[OPTIONS_SETTINGS_MAX];
	uint32_t n_settings;
	char *keys[OPTIONS_SETTINGS_MAX]; // those of the settings that are ours to free
};

// Returns 0, or -EINVAL with *err filled. argv's strings are kept. Free with options_free().
int options_parse(struct options *options, int argc, char **argv, struct err *err);

void options_free(struct options *options);

extern const char options_help[];
