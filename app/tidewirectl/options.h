// The command line: tidewirectl COMMAND [options] DIR …; the options stand anywhere behind it.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "sql/sql.h"

enum { CTL_SETTINGS_MAX = 128 };
enum ctl_format { CTL_TEXT, CTL_JSON, CTL_CSV };

struct ctl_options {
	const struct ctl_command *command;
	const char *dir; // state directory, or savepoint where only reading is meant
	const char *path; // of the savepoint to write, or NULL
	const char *operator_name; // an operator's kind or id, or NULL
	const char *key; // its columns as a line of CSV, or NULL
	uint64_t checkpoint; // 0 = the newest
	bool has_format;
	enum ctl_format format;
	bool drains; // stop: what is open comes out
	bool help, version;
	// --state-dir and --set: settings that the job was given beside its script
	struct sql_setting settings[CTL_SETTINGS_MAX];
	uint32_t n_settings;
};

// What can be asked for.
struct ctl_command {
	const char *words; // "checkpoint list"
	const char *usage; // behind the words
	bool has_path; // takes a savepoint's path behind the directory
	bool reads; // LMDB, which may abort on damaged files: in a process of its own
	enum ctl_format format; // when --format does not say
	int (*run)(const struct ctl_options *options, struct err *err); // an exit status
};
extern const struct ctl_command ctl_commands[];
extern const uint32_t ctl_n_commands;

enum { CTL_DONE = 0, CTL_FAILED = 1, CTL_WRONG = 2 }; // exit statuses

// Returns 0, or -EINVAL with *err filled. argv's strings are kept; its order may change.
int options_parse(struct ctl_options *options, int argc, char **argv, struct err *err);
extern const char options_help[];
