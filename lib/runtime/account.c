#include <assert.h>
#include <string.h>
#include "operator/source/source.h"
#include "runtime/summary.h"

static void add_drop(struct account *account, const char *name, uint64_t n)
{
	uint32_t i = 0;

	if (n == 0)
		return;
	account->n_dropped += n;
	while (i < account->n_names && strcmp(account->drops[i].name, name) != 0)
		i++;
	assert(i < ACCOUNT_NAMES_MAX);
	if (i == account->n_names)
		account->drops[account->n_names++] = (struct account_drop){.name = name};
	account->drops[i].n += n;
}

static void add_op(struct account *account, const struct op *op)
{
	for (uint16_t i = 0; i < op->n_counters; i++)
		if (op->counters[i].is_drop)
			add_drop(account, op->counters[i].name, op->counters[i].value);
}

// The drops of all instances of an operator.
static void add_instances(
	struct account *account, const struct topology *topology, const struct op_spec *spec)
{
	for (uint32_t t = 0; t < topology->n_tasks; t++)
		for (uint32_t i = 0; i < topology->tasks[t]->n_ops; i++)
			if (topology->tasks[t]->ops[i]->spec == spec)
				add_op(account, topology->tasks[t]->ops[i]);
}

// The drops at spec and below it. Where several INSERTs read the same, an event may be dropped in
// each of their branches and is still one event: the branch that dropped the most counts. A stage
// that several branches lead to counts for the first.
static void add_below(struct account *account, const struct topology *topology,
	const struct op_spec *spec, bool *stages_seen)
{
	struct account most = {0};

	add_instances(account, topology, spec);
	if (spec->kind == &exchange_kind) {
		const struct stage *to = ((const struct exchange_config *)spec->config)->to;

		if (!stages_seen[to->id])
			add_below(account, topology, to->head, stages_seen);
		stages_seen[to->id] = true;
		return;
	}
	for (uint16_t i = 0; i < spec->n_outs; i++) {
		struct account branch = {0};

		add_below(&branch, topology, spec->outs[i], stages_seen);
		if (branch.n_dropped > most.n_dropped)
			most = branch;
	}
	for (uint32_t i = 0; i < most.n_names; i++)
		add_drop(account, most.drops[i].name, most.drops[i].n);
}

static void add_source(struct account *account, const struct op *source)
{
	struct source_account counts;

	source_account(source, &counts);
	account->is_restored |= source->is_restored;
	account->n_in += counts.n_in;
	account->n_open += counts.n_in - counts.n_rows;
	for (uint16_t c = 0; c < source->n_counters; c++)
		if (source->counters[c].is_drop)
			account->n_open -= source->counters[c].value;
}

// An event that comes to an operator twice, as in a UNION ALL of a table with itself, can be
// dropped twice: no more drops count than there are events.
static void cap_drops(struct account *account, uint64_t n_left)
{
	account->n_dropped = 0;
	for (uint32_t i = 0; i < account->n_names; i++) {
		struct account_drop *drop = &account->drops[i];

		drop->n = drop->n < n_left ? drop->n : n_left;
		n_left -= drop->n;
		account->n_dropped += drop->n;
		if (n_left == 0)
			account->n_names = i + 1;
	}
}

// Events that waited in the checkpoint were in the account of the process that took them. Those
// that this one drops, more than it took itself, came in with the checkpoint.
static void add_restored(struct account *account)
{
	uint64_t n_taken = account->n_in - account->n_open;

	if (account->is_restored && account->n_dropped > n_taken)
		account->n_in += account->n_dropped - n_taken;
}

void account_take(struct account *account, const struct topology *topology)
{
	const struct job *job = topology->job;
	bool stages_seen[TOPOLOGY_STAGES_MAX + 1] = {false}; // by id
	uint64_t n_taken;

	*account = (struct account){0};
	for (uint32_t t = 0; t < topology->n_tasks; t++)
		for (uint32_t i = 0; i < topology->tasks[t]->n_sources; i++)
			add_source(account, topology->tasks[t]->sources[i]);
	for (uint32_t i = 0; i < job->n_stages; i++)
		if (job->stages[i]->kind == STAGE_SOURCE)
			add_below(account, topology, job->stages[i]->head, stages_seen);
	add_restored(account);
	n_taken = account->n_in - account->n_open;
	cap_drops(account, n_taken);
	account->n_out = n_taken - account->n_dropped;
}

void account_add_lost(struct account *account, const char *name, uint64_t n)
{
	account->n_in += n;
	add_drop(account, name, n);
}

void account_print(const struct account *account, FILE *out)
{
	fprintf(out, "events: in=%lu out=%lu dropped=%lu", account->n_in, account->n_out,
		account->n_dropped);
	for (uint32_t i = 0; i < account->n_names; i++)
		fprintf(out, "%s%s=%lu", i == 0 ? " (" : ", ", account->drops[i].name,
			account->drops[i].n);
	fprintf(out, "%s\n", account->n_names > 0 ? ")" : "");
}
