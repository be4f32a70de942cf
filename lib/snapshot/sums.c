#include "snapshot/sums.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct manifest_sum *sums_of(struct sums *sums, uint32_t op)
{
	struct manifest_sum *ops;
	uint32_t i = 0;

	while (i < sums->n_ops && sums->ops[i].op < op)
		i++;
	if (i < sums->n_ops && sums->ops[i].op == op)
		return &sums->ops[i];
	ops = realloc(sums->ops, (sums->n_ops + 1) * sizeof(*ops));
	if (ops == NULL)
		return NULL;
	memmove(ops + i + 1, ops + i, (sums->n_ops - i) * sizeof(*ops));
	ops[i] = (struct manifest_sum){.op = op};
	sums->ops = ops;
	sums->n_ops++;
	return &ops[i];
}

struct manifest_table *sums_of_table(struct sums *sums, const char *name)
{
	struct manifest_table *tables;

	for (uint32_t i = 0; i < sums->n_tables; i++)
		if (strcmp(sums->tables[i].name, name) == 0)
			return &sums->tables[i];
	tables = realloc(sums->tables, (sums->n_tables + 1) * sizeof(*tables));
	if (tables == NULL)
		return NULL;
	sums->tables = tables;
	tables += sums->n_tables++;
	*tables = (struct manifest_table){0};
	snprintf(tables->name, sizeof(tables->name), "%s", name);
	return tables;
}

static void *copied(const void *from, size_t size)
{
	void *copy = malloc(size + 1);

	if (copy != NULL && size > 0)
		memcpy(copy, from, size);
	return copy;
}

int sums_copy(struct sums *into, const struct sums *from)
{
	struct sums copy = {
		.ops = copied(from->ops, from->n_ops * sizeof(*from->ops)),
		.tables = copied(from->tables, from->n_tables * sizeof(*from->tables)),
		.n_ops = from->n_ops,
		.n_tables = from->n_tables,
	};

	if (copy.ops == NULL || copy.tables == NULL) {
		sums_clear(&copy);
		return -ENOMEM;
	}
	sums_clear(into);
	*into = copy;
	return 0;
}

void sums_clear(struct sums *sums)
{
	free(sums->ops);
	free(sums->tables);
	*sums = (struct sums){0};
}
