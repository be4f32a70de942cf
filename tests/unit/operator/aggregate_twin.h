// What each aggregate must give for a list of rows, worked out from its definition: slowly, on
// whole numbers, as text. A row's value is a small number, or NULL; how it looks in a column is
// said by the type. See values_of() and text_of().
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "row/block.h"

enum { TWIN_ROWS_MAX = 600, TWIN_TEXT_MAX = 1 << 16, TWIN_STRING_MAX = 64 };

struct twin_row {
	bool is_null;
	int64_t n; // −99 … 99
	int64_t frequency; // of PERCENTILE; LAG's default
};

// The string that n is: every fifth one is long.
static inline void twin_string(int64_t n, char text[TWIN_STRING_MAX])
{
	if (n % 5 == 0)
		snprintf(text, TWIN_STRING_MAX, "a string that is too long for a view, %ld", n);
	else
		snprintf(text, TWIN_STRING_MAX, "%ld", n);
}

static inline const char *twin_number(struct type type, double n, char *text)
{
	if (type.kind == TYPE_DECIMAL)
		snprintf(text, TWIN_STRING_MAX, "%.*f", type.scale, n);
	else
		snprintf(text, TWIN_STRING_MAX, "%.10g", n);
	return text;
}

static inline const char *twin_value(struct type type, int64_t n, char *text)
{
	if (!type_is_view(type.kind))
		return twin_number(type, (double)n, text);
	twin_string(n, text);
	return text;
}

static inline int twin_compare(struct type type, int64_t a, int64_t b)
{
	char text_a[TWIN_STRING_MAX], text_b[TWIN_STRING_MAX];

	if (!type_is_view(type.kind))
		return (a > b) - (a < b);
	twin_string(a, text_a);
	twin_string(b, text_b);
	return strcmp(text_a, text_b);
}

// rows[:n] without NULLs and, if asked, without what came before. Returns how many.
static inline uint32_t twin_pick(
	const struct twin_row *rows, uint32_t n, bool distinct, struct twin_row *picked)
{
	uint32_t n_picked = 0;

	for (uint32_t i = 0; i < n; i++) {
		bool skip = rows[i].is_null;

		for (uint32_t k = 0; k < n_picked && distinct; k++)
			skip |= picked[k].n == rows[i].n;
		if (!skip)
			picked[n_picked++] = rows[i];
	}
	return n_picked;
}

static inline int twin_by_number(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

// Every value as often as it counts, sorted; the place between two neighbours.
static inline const char *twin_percentile(
	const struct twin_row *rows, uint32_t n, bool weighted, double p, char *text)
{
	static double values[TWIN_ROWS_MAX * 8];
	uint32_t n_values = 0, k;
	double place;

	for (uint32_t i = 0; i < n; i++)
		for (int64_t t = 0; t < (weighted ? rows[i].frequency : 1); t++)
			values[n_values++] = (double)rows[i].n;
	if (n_values == 0)
		return "NULL";
	qsort(values, n_values, sizeof(*values), twin_by_number);
	place = p * (n_values - 1);
	k = (uint32_t)place;
	if (k + 1 < n_values)
		values[k] += (place - k) * (values[k + 1] - values[k]);
	snprintf(text, TWIN_STRING_MAX, "%.10g", values[k]);
	return text;
}

static inline const char *twin_listagg(
	struct type type, const struct twin_row *rows, uint32_t n, char *text)
{
	char value[TWIN_STRING_MAX];
	size_t at = 0;

	for (uint32_t i = 0; i < n; i++)
		at += (size_t)sprintf(
			text + at, "%s%s", i > 0 ? "; " : "", twin_value(type, rows[i].n, value));
	return n > 0 ? text : "NULL";
}

// COUNT, SUM, AVG of [:n] rows that count.
static inline const char *twin_sum(const char *name, struct type type, struct type result,
	const struct twin_row *rows, uint32_t n, char *text)
{
	int64_t sum = 0;
	double average;

	if (strcmp(name, "COUNT") == 0 || strcmp(name, "APPROX_COUNT_DISTINCT") == 0)
		return twin_number(type_of(TYPE_BIGINT), n, text);
	for (uint32_t i = 0; i < n; i++)
		sum += rows[i].n;
	if (n == 0)
		return "NULL";
	if (strcmp(name, "SUM") == 0)
		return twin_number(result, (double)sum, text);
	average = (double)sum / n;
	if (type_is_integer(type.kind))
		average = (double)(sum / n);
	return twin_number(result, average, text);
}

// What NAME([DISTINCT] x …) of rows[:n] is, as text. text has TWIN_TEXT_MAX bytes.
static inline const char *twin_result(const char *name, bool distinct, struct type type,
	struct type result, const struct twin_row *all, uint32_t n_all, char *text)
{
	static struct twin_row rows[TWIN_ROWS_MAX];
	uint32_t n = twin_pick(all, n_all, distinct || name[0] == 'A' /* APPROX */, rows), best = 0;

	if (name[0] == 'A' && name[1] == 'V')
		n = twin_pick(all, n_all, distinct, rows);
	if (strcmp(name, "LAG") == 0) {
		bool is_there = n_all > 3;

		if (n_all == 0 || (is_there && all[n_all - 4].is_null))
			return "NULL";
		return twin_value(
			type, is_there ? all[n_all - 4].n : all[n_all - 1].frequency, text);
	}
	if (strcmp(name, "PERCENTILE") == 0)
		return twin_percentile(rows, n, true, 0.3, text);
	if (strcmp(name, "LISTAGG") == 0)
		return twin_listagg(type, rows, n, text);
	for (uint32_t i = 0; i < n; i++) {
		int order = twin_compare(type, rows[i].n, rows[best].n);

		if (strcmp(name, "MIN") == 0 ? order < 0 : strcmp(name, "MAX") == 0 && order > 0)
			best = i;
	}
	if (strcmp(name, "LAST_VALUE") == 0)
		best = n - 1;
	if (name[0] == 'M' || strstr(name, "_VALUE") != NULL)
		return n > 0 ? twin_value(type, rows[best].n, text) : "NULL";
	return twin_sum(name, type, result, rows, n, text);
}
