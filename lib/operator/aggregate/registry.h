// Inside the aggregates: the functions by name, and a call on its way to being resolved.
#pragma once
#include "operator/aggregate/kernels.h"

struct resolving {
	const struct aggregate_entry *entry;
	const struct aggregate_arg *args;
	uint16_t n_args;
	bool distinct;
	enum aggregate_use use;
	struct arena *arena;
	struct pos pos;
	struct aggregate_call *call; // n_arguments = n_args, the columns as they are, until changed
	struct err *err;
};

struct aggregate_entry {
	struct aggregate_doc doc;
	uint16_t n_min, n_max; // arguments; 0: * too
	int which; // for a resolver of several functions
	// Sets call->function, result_type and whatever else is not as written. Returns 0, or
	// −EINVAL with err filled.
	int (*resolve)(struct resolving *r);
};

extern const struct aggregate_entry aggregate_entries[];
extern const uint16_t aggregate_n_entries;

// resolve.c
enum { RESOLVE_MIN, RESOLVE_MAX, RESOLVE_SUM, RESOLVE_AVG, RESOLVE_FIRST, RESOLVE_LAST };
int resolve_count(struct resolving *r);
int resolve_number(struct resolving *r); // SUM, AVG
int resolve_extreme(struct resolving *r); // MIN, MAX
int resolve_value(struct resolving *r); // FIRST_VALUE, LAST_VALUE
int resolve_approx_count(struct resolving *r);
int resolve_count_min(struct resolving *r);
// resolve_constant.c: those with arguments that must be literals
int resolve_lag(struct resolving *r);
int resolve_listagg(struct resolving *r);
enum { RESOLVE_EXACT, RESOLVE_APPROX };
int resolve_percentile(struct resolving *r); // PERCENTILE, PERCENTILE_APPROX
int resolve_topk(struct resolving *r);
int resolve_json_array(struct resolving *r);
int resolve_json_object(struct resolving *r);
// resolve.c: those with nested results
int resolve_array(struct resolving *r);
int resolve_collect(struct resolving *r);

// Fill err with "NAME does not take TYPE", of argument i; returns −EINVAL.
int resolve_refuse_type(struct resolving *r, uint16_t i);
// A result that is NULL when no row had a value: nullable whatever the argument.
struct type resolve_nullable(struct type type);
