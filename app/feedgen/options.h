// The command line.
#pragma once
#include "feedgen/delivery.h"
#include "feedgen/encode.h"
#include "feedgen/out.h"
#include "feedgen/pace.h"

struct options {
	struct model_options model;
	struct delivery_options delivery;
	struct out_options out;
	struct pace pace;
	enum encoding encoding;
	const char *labels; // file, or NULL
	bool quiet, help;
};

// Read argv[1:argc]; the strings stay argv's. now_ms is the wall clock's time since 1970, for
// --start now. Returns 0, or -EINVAL and *err.
int options_parse(int argc, char **argv, int64_t now_ms, struct options *options, struct err *err);

// What --help prints.
extern const char options_help[];
