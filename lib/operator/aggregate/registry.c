// The functions by name, with what the reference says of them.
#include <errno.h>
#include <strings.h>
#include "operator/aggregate/registry.h"

const struct aggregate_entry aggregate_entries[] = {
	{{"APPROX_COUNT_DISTINCT", "APPROX_COUNT_DISTINCT(x)", "BIGINT NOT NULL",
		 "About how many different values x has, NULL aside: exact up to 480, beyond that "
		 "by "
		 "HyperLogLog with 16384 registers, standard error 0.8 %"},
		1, 1, 0, resolve_approx_count},
	{{"APPROX_PERCENTILE", "APPROX_PERCENTILE(x, p)",
		 "x's type; ARRAY of it for an ARRAY of shares", "PERCENTILE_APPROX"},
		2, 2, RESOLVE_APPROX, resolve_percentile},
	{{"ARRAY_AGG", "ARRAY_AGG([DISTINCT] x [{RESPECT | IGNORE} NULLS])", "ARRAY of x's type",
		 "The values in the order in which they came, NULLs too; NULL when there is none"},
		1, 2, 0, resolve_array},
	{{"AVG", "AVG([DISTINCT] x)", "x's type; of DECIMAL(p, s) DECIMAL(38, max(s, 6))",
		 "The average; of integers truncated, of DECIMALs rounded half up"},
		1, 1, RESOLVE_AVG, resolve_number},
	{{"COLLECT", "COLLECT([DISTINCT] x)", "MULTISET of x's type, NOT NULL",
		 "The values and how often each is there, NULLs left out"},
		1, 1, 0, resolve_collect},
	{{"COUNT", "COUNT(*), COUNT([DISTINCT] x)", "BIGINT NOT NULL",
		 "How many rows there are, or how many where x is not NULL"},
		0, 1, 0, resolve_count},
	{{"COUNT_MIN", "COUNT_MIN(x [, v])", "BIGINT",
		 "About how many x are the v of the row that came last (x when v is not said), "
		 "never too few: exact up to 250 different values, beyond that too many by more "
		 "than 0.27 % of all values once in 148 times"},
		1, 2, 0, resolve_count_min},
	{{"FIRST_VALUE", "FIRST_VALUE([DISTINCT] x)", "x's type",
		 "The value that came first, NULLs passed over"},
		1, 1, RESOLVE_FIRST, resolve_value},
	{{"JSON_ARRAYAGG", "JSON_ARRAYAGG(x [{NULL | ABSENT} ON NULL])", "STRING NOT NULL",
		 "An array of JSON: the values in the order in which they came, NULLs left out "
		 "unless NULL ON NULL is said"},
		1, 2, 0, resolve_json_array},
	{{"JSON_OBJECTAGG", "JSON_OBJECTAGG([KEY] k VALUE v [{NULL | ABSENT} ON NULL])",
		 "STRING NOT NULL",
		 "An object of JSON, sorted by its keys; of a key that comes twice the last value, "
		 "a "
		 "NULL is null unless ABSENT ON NULL is said; rows whose key is NULL are left out"},
		2, 3, 0, resolve_json_object},
	{{"LAG", "LAG(x [, n [, default]]) OVER (…)", "x's type",
		 "x of the n-th row before (1 when not said; a literal), default or NULL where "
		 "there "
		 "is none"},
		1, 3, 0, resolve_lag},
	{{"LAST_VALUE", "LAST_VALUE([DISTINCT] x)", "x's type",
		 "The value that came last, NULLs passed over"},
		1, 1, RESOLVE_LAST, resolve_value},
	{{"LISTAGG", "LISTAGG([DISTINCT] x [, separator])", "STRING",
		 "The values in the order in which they came, NULLs left out, with a separator "
		 "between them (',' when not said; a literal)"},
		1, 2, 0, resolve_listagg},
	{{"MAX", "MAX([DISTINCT] x)", "x's type", "The largest value; NaN is larger than any"}, 1,
		1, RESOLVE_MAX, resolve_extreme},
	{{"MIN", "MIN([DISTINCT] x)", "x's type", "The smallest value"}, 1, 1, RESOLVE_MIN,
		resolve_extreme},
	{{"PERCENTILE", "PERCENTILE(x, p [, frequency])",
		 "DOUBLE; ARRAY<DOUBLE> for an ARRAY of shares",
		 "The value that a share p (a literal from 0 to 1) of the values are not above, "
		 "with "
		 "linear interpolation; each counts frequency times"},
		2, 3, RESOLVE_EXACT, resolve_percentile},
	{{"PERCENTILE_APPROX", "PERCENTILE_APPROX(x, p)",
		 "x's type (DOUBLE for a DECIMAL of more than 18 digits); ARRAY of it for an ARRAY "
		 "of shares",
		 "About the smallest value that a share p (a literal from 0 to 1) of the values "
		 "are "
		 "not above: exact up to 1000 values, beyond that the share is within 0.5 % in 99 "
		 "of 100 answers"},
		2, 2, RESOLVE_APPROX, resolve_percentile},
	{{"SUM", "SUM([DISTINCT] x)", "x's type; of DECIMAL(p, s) DECIMAL(38, s)",
		 "The sum; of integers wrapping around, NULL when a DECIMAL sum leaves 38 digits"},
		1, 1, RESOLVE_SUM, resolve_number},
	{{"TOPK_APPROX", "TOPK_APPROX(x, k [, counters])",
		 "ARRAY<ROW<item, estimate, error>>, item of x's type, the others BIGINT",
		 "The k values that come most often, at most 100, and how often: estimate − error "
		 "to "
		 "estimate times. Exact up to as many different values as there are counters (the "
		 "larger of 256 and 10 k when not said, 1000 at most); beyond that error is at "
		 "most "
		 "the number of values divided by them"},
		2, 3, 0, resolve_topk},
};

const uint16_t aggregate_n_entries = sizeof(aggregate_entries) / sizeof(*aggregate_entries);

// Rewritten by the binder into those above: here for the reference only.
static const struct aggregate_doc rewritten[] = {
	{"STDDEV", "STDDEV([DISTINCT] x)", "AVG's", "STDDEV_SAMP"},
	{"STDDEV_POP", "STDDEV_POP([DISTINCT] x)", "AVG's",
		"The standard deviation of all values: the root of VAR_POP"},
	{"STDDEV_SAMP", "STDDEV_SAMP([DISTINCT] x)", "AVG's",
		"The standard deviation of a sample: the root of VAR_SAMP"},
	{"VARIANCE", "VARIANCE([DISTINCT] x)", "AVG's", "VAR_SAMP"},
	{"VAR_POP", "VAR_POP([DISTINCT] x)", "AVG's",
		"The variance of all values: (SUM(x * x) - SUM(x) * SUM(x) / COUNT(x)) / COUNT(x), "
		"each step in x's type as Flink computes it: truncated for integers"},
	{"VAR_SAMP", "VAR_SAMP([DISTINCT] x)", "AVG's",
		"The variance of a sample: the same divided by COUNT(x) - 1; NULL of a single "
		"value"},
};

enum { REWRITTEN = sizeof(rewritten) / sizeof(*rewritten) };
enum { ENTRIES = sizeof(aggregate_entries) / sizeof(*aggregate_entries) };

uint16_t aggregate_docs(const struct aggregate_doc **docs)
{
	static struct aggregate_doc all[ENTRIES + REWRITTEN];

	for (uint16_t i = 0; i < ENTRIES; i++)
		all[i] = aggregate_entries[i].doc;
	for (uint16_t i = 0; i < REWRITTEN; i++)
		all[ENTRIES + i] = rewritten[i];
	*docs = all;
	return ENTRIES + REWRITTEN;
}

static const struct aggregate_entry *find(const char *name)
{
	for (uint16_t i = 0; i < ENTRIES; i++)
		if (strcasecmp(name, aggregate_entries[i].doc.name) == 0)
			return &aggregate_entries[i];
	return NULL;
}

bool aggregate_is_name(const char *name)
{
	return find(name) != NULL;
}

static int check_arguments(const struct resolving *r)
{
	const struct aggregate_entry *entry = r->entry;
	const char *name = entry->doc.name;

	if (r->n_args == 0 && entry->n_min > 0)
		return err_set_at(r->err, r->pos, "%s takes a value; only COUNT takes *", name);
	if (r->n_args > entry->n_max && entry->n_max == 1)
		return err_set_at(
			r->err, r->pos, "%s has one argument, as in %s(amount)", name, name);
	if (r->n_args != entry->n_max && entry->n_min == entry->n_max)
		return err_set_at(r->err, r->pos, "%s has %u arguments: %s", name, entry->n_max,
			entry->doc.usage);
	if (r->n_args > entry->n_max || r->n_args < entry->n_min)
		return err_set_at(r->err, r->pos, "%s has %u to %u arguments: %s", name,
			entry->n_min, entry->n_max, entry->doc.usage);
	return 0;
}

int aggregate_resolve(const char *name, const struct aggregate_arg *args, uint16_t n_args,
	bool distinct, enum aggregate_use use, struct arena *arena, struct pos pos,
	struct aggregate_call *call, struct err *err)
{
	struct aggregate_call made = {.n_arguments = n_args, .filter = call->filter};
	struct resolving r = {
		.entry = find(name),
		.args = args,
		.n_args = n_args,
		.distinct = distinct,
		.use = use,
		.arena = arena,
		.pos = pos,
		.call = &made,
		.err = err,
	};

	if (r.entry == NULL)
		return err_set_at(err, pos, "there is no aggregate function %s", name);
	if (check_arguments(&r) < 0)
		return -EINVAL;
	for (uint16_t i = 0; i < n_args; i++) {
		made.arguments[i] = i;
		made.argument_types[i] = args[i].type;
	}
	if (r.entry->resolve(&r) < 0)
		return -EINVAL;
	made.text = call->text;
	*call = made;
	return 0;
}
