#include "snapshot/kept.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int kept_add(struct kept *kept, const struct kept_record *record, const struct bytes *parts,
	uint32_t n_parts)
{
	size_t len = 0;
	char *value;

	if (kept->n == kept->n_max) {
		uint32_t n_max = kept->n_max * 2 + 1024;
		struct kept_record *records = realloc(kept->records, n_max * sizeof(*records));

		if (records == NULL)
			return -ENOMEM;
		kept->records = records;
		kept->n_max = n_max;
	}
	for (uint32_t i = 0; i < n_parts; i++)
		len += parts[i].len;
	value = malloc(len + 1);
	if (value == NULL)
		return -ENOMEM;
	kept->records[kept->n] = *record;
	kept->records[kept->n].order = kept->n;
	kept->records[kept->n++].value = (struct bytes){value, len};
	for (uint32_t i = 0; i < n_parts; i++) {
		memcpy(value, parts[i].data, parts[i].len);
		value += parts[i].len;
	}
	return 0;
}

static bool is_row(const struct kept_record *record)
{
	return record->kind == RECORD_PUT_ROW || record->kind == RECORD_DELETE_ROW;
}

// The key of a row, as its value begins.
static struct bytes row_key(const struct kept_record *record)
{
	uint32_t len;

	memcpy(&len, record->value.data, sizeof(len));
	return (struct bytes){(const char *)record->value.data + sizeof(len), len};
}

static int compare_rows(const struct kept_record *a, const struct kept_record *b)
{
	struct bytes x = row_key(a), y = row_key(b);
	int order = memcmp(x.data, y.data, x.len < y.len ? x.len : y.len);

	return order != 0 ? order : (x.len > y.len) - (x.len < y.len);
}

// Rows by key behind records; of a space that was dropped first what says so.
static int compare_subjects(const struct kept_record *a, const struct kept_record *b)
{
	const struct record_key *x = &a->key, *y = &b->key;

	if (is_row(a) != is_row(b))
		return is_row(a) ? 1 : -1;
	if (x->op != y->op)
		return x->op < y->op ? -1 : 1;
	if (is_row(a))
		return compare_rows(a, b);
	if (x->part != y->part)
		return x->part < y->part ? -1 : 1;
	if (x->instance != y->instance)
		return x->instance < y->instance ? -1 : 1;
	if (x->space != y->space)
		return x->space < y->space ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind == RECORD_DROP ? -1 : 1;
	if (a->kind == RECORD_DROP)
		return 0;
	return x->place < y->place ? -1 : x->place > y->place;
}

static int compare(const void *a, const void *b)
{
	const struct kept_record *x = a, *y = b;
	int order = compare_subjects(x, y);

	if (order != 0)
		return order;
	if (!is_row(x) && x->version != y->version)
		return x->version < y->version ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static bool same_space(const struct record_key *a, const struct record_key *b)
{
	return a->op == b->op && a->part == b->part && a->instance == b->instance &&
	       a->space == b->space;
}

void kept_settle(struct kept *kept)
{
	const struct kept_record *drop = NULL;
	uint32_t n = 0;

	if (kept->n > 0)
		qsort(kept->records, kept->n, sizeof(*kept->records), compare);
	for (uint32_t i = 0; i < kept->n; i++) {
		struct kept_record record = kept->records[i];
		bool is_last =
			i + 1 == kept->n || compare_subjects(&record, &kept->records[i + 1]) != 0;
		bool is_dropped = drop != NULL && record.kind == RECORD_VALUE &&
				  same_space(&drop->key, &record.key);

		if (!is_last || is_dropped) {
			free((void *)record.value.data);
			continue;
		}
		record.order = n;
		kept->records[n] = record;
		if (record.kind == RECORD_DROP)
			drop = &kept->records[n];
		n++;
	}
	kept->n = n;
}

void kept_cut(struct kept *kept, uint32_t n)
{
	while (kept->n > n)
		free((void *)kept->records[--kept->n].value.data);
}

void kept_clear(struct kept *kept)
{
	kept_cut(kept, 0);
	free(kept->records);
	*kept = (struct kept){0};
}
