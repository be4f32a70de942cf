// What the programs say of options that they do not know.
#pragma once
#include <getopt.h>
#include "base/err.h"

// getopt_long() has refused the argument bad, with result ':' or '?': say which and what was
// probably meant, one of options, or else the hint. Returns -EINVAL.
int option_refuse(const struct option *options, int result, const char *bad, const char *hint,
	struct err *err);
