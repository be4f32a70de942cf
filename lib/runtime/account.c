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

void account_take(struct account *account, const struct topology *topology)
{
	*account = (struct account){0};
	for (uint32_t t = 0; t < topology->n_tasks; t++) {
		const struct task *task = topology->tasks[t];

		for (uint32_t i = 0; i < task->n_ops; i++)
			add_op(account, task->ops[i]);
		for (uint32_t i = 0; i < task->n_sources; i++) {
			const struct op *source = task->sources[i];
			struct source_account counts;

			source_account(source, &counts);
			account->n_in += counts.n_in;
			account->n_open += counts.n_in - counts.n_rows;
			for (uint16_t c = 0; c < source->n_counters; c++)
				if (source->counters[c].is_drop)
					account->n_open -= source->counters[c].value;
		}
	}
	account->n_out = account->n_in - account->n_dropped - account->n_open;
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
