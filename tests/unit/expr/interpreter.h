// An interpreter of expressions that computes one row at a time, with its own idea of every
// function: 128-bit integers, doubles, NULL as a kind of value. What programs are compared with.
#pragma once
#include "sugar.h"

enum { N_COLUMNS = 9 };

static const enum type_kind column_kinds[N_COLUMNS] = {TYPE_BOOLEAN, TYPE_TINYINT, TYPE_INT,
	TYPE_BIGINT, TYPE_DOUBLE, TYPE_DECIMAL, TYPE_VARCHAR, TYPE_BOOLEAN, TYPE_BIGINT};

// The tree as it was asked for, before any resolving.

enum twin_kind { TWIN_COLUMN, TWIN_NUMBER, TWIN_TEXT, TWIN_TRUTH, TWIN_NULL, TWIN_CALL };

struct twin {
	enum twin_kind kind;
	uint16_t column;
	int64_t number;
	const char *text;
	const char *name;
	uint16_t n_args;
	struct twin *args[5];
	const struct expr *expr;
};

struct value {
	enum { V_NULL, V_TRUTH, V_INT, V_DOUBLE, V_TEXT } kind;
	__int128 number; // V_TRUTH, V_INT; of DECIMALs at their scale
	double real;
	struct str text;
};

struct rows {
	struct column columns[N_COLUMNS];
	struct schema *schema;
};

static struct value eval_twin(const struct twin *twin, const struct rows *rows, uint16_t slot);

static const struct value null_value = {.kind = V_NULL};

static struct value truth(bool value)
{
	return (struct value){.kind = V_TRUTH, .number = value};
}

static struct value integer(__int128 value)
{
	return (struct value){.kind = V_INT, .number = value};
}

static struct value read_column(const struct rows *rows, uint16_t column, uint16_t slot)
{
	const void *values = rows->columns[column].values;

	if (nulls_get(rows->columns[column].nulls, slot))
		return null_value;
	switch (column_kinds[column]) {
	case TYPE_BOOLEAN:
		return truth(((const uint8_t *)values)[slot]);
	case TYPE_TINYINT:
		return integer(((const int8_t *)values)[slot]);
	case TYPE_INT:
		return integer(((const int32_t *)values)[slot]);
	case TYPE_BIGINT:
		return integer(((const int64_t *)values)[slot]);
	case TYPE_DOUBLE:
		return (struct value){.kind = V_DOUBLE, .real = ((const double *)values)[slot]};
	case TYPE_DECIMAL:
		return (struct value){
			.kind = V_DOUBLE, .real = (double)((const decimal *)values)[slot] / 100};
	default:
		return (struct value){.kind = V_TEXT, .text = ((const struct str *)values)[slot]};
	}
}

// To the width of the expression's type, as the processor wraps.
static struct value wrapped(struct value value, enum type_kind kind)
{
	if (value.kind == V_INT)
		value.number = kind == TYPE_TINYINT    ? (int8_t)value.number
			       : kind == TYPE_SMALLINT ? (int16_t)value.number
			       : kind == TYPE_INT      ? (int32_t)value.number
						       : (int64_t)value.number;
	return value;
}

static double real_of(struct value value)
{
	return value.kind == V_DOUBLE ? value.real : (double)(int64_t)value.number;
}

static int compare_values(struct value a, struct value b)
{
	if (a.kind == V_TEXT)
		return str_compare(&a.text, &b.text);
	if (a.kind == V_DOUBLE || b.kind == V_DOUBLE)
		return (real_of(a) > real_of(b)) - (real_of(a) < real_of(b));
	return (a.number > b.number) - (a.number < b.number);
}

static struct value eval_compare(const char *name, struct value a, struct value b)
{
	int order;

	if (strncmp(name, "IS ", 3) == 0) {
		bool negate = strcmp(name, "IS DISTINCT FROM") == 0;

		if (a.kind == V_NULL || b.kind == V_NULL)
			return truth((a.kind == b.kind) != negate);
		return truth((compare_values(a, b) == 0) != negate);
	}
	if (a.kind == V_NULL || b.kind == V_NULL)
		return null_value;
	order = compare_values(a, b);
	switch (name[0]) {
	case '=':
		return truth(order == 0);
	case '<':
		return truth(name[1] == '>' ? order != 0 : name[1] == '=' ? order <= 0 : order < 0);
	default:
		return truth(name[1] == '=' ? order >= 0 : order > 0);
	}
}

static struct value eval_logic(const struct twin *twin, const struct rows *rows, uint16_t slot)
{
	bool decides = twin->name[0] == 'O', any_null = false;

	for (uint16_t i = 0; i < twin->n_args; i++) {
		struct value value = eval_twin(twin->args[i], rows, slot);

		if (value.kind != V_NULL && value.number == decides)
			return truth(decides);
		any_null |= value.kind == V_NULL;
	}
	return any_null ? null_value : truth(!decides);
}

static struct value eval_test(const char *name, struct value a)
{
	if (strcmp(name, "NOT") == 0)
		return a.kind == V_NULL ? a : truth(!a.number);
	if (strcmp(name, "IS NULL") == 0)
		return truth(a.kind == V_NULL);
	if (strcmp(name, "IS NOT NULL") == 0)
		return truth(a.kind != V_NULL);
	if (strcmp(name, "IS TRUE") == 0)
		return truth(a.kind != V_NULL && a.number);
	if (strcmp(name, "IS FALSE") == 0)
		return truth(a.kind != V_NULL && !a.number);
	if (strcmp(name, "IS NOT TRUE") == 0)
		return truth(a.kind == V_NULL || !a.number);
	return truth(a.kind == V_NULL || a.number);
}

static struct value text_value(char *text, uint32_t len)
{
	return (struct value){.kind = V_TEXT, .text = str_view(text, len)};
}

static struct value eval_text(const char *name, struct value a, struct value b)
{
	char *text = arena_alloc(arena, a.text.len + b.text.len + 1);
	const char *from = str_data(&a.text);
	uint32_t at = 0, end = a.text.len;

	if (strcmp(name, "||") == 0) {
		memcpy(text, from, a.text.len);
		memcpy(text + a.text.len, str_data(&b.text), b.text.len);
		return text_value(text, a.text.len + b.text.len);
	}
	while (end > 0) { // characters from the last one on
		uint32_t start = end - 1;

		while (start > 0 && ((unsigned char)from[start] & 0xc0) == 0x80)
			start--;
		memcpy(text + at, from + start, end - start);
		at += end - start;
		end = start;
	}
	return text_value(text, a.text.len);
}

static struct value eval_integer(const char *name, struct value a, struct value b)
{
	switch (name[0]) {
	case '+':
		return integer(a.number + b.number);
	case '-':
		return integer(a.number - b.number);
	case '*':
		return integer(a.number * b.number);
	case '/':
		return integer(a.number / b.number);
	case '%':
		return integer(a.number % b.number);
	case 'G':
		return a.number > b.number ? a : b;
	case 'L':
		return a.number < b.number ? a : b;
	default:
		return integer(a.number < 0 ? -a.number : a.number);
	}
}

static struct value eval_call(const struct twin *twin, const struct rows *rows, uint16_t slot)
{
	struct value a, b = {.kind = V_INT};
	const char *name = twin->name;

	if (strcmp(name, "AND") == 0 || strcmp(name, "OR") == 0)
		return eval_logic(twin, rows, slot);
	a = eval_twin(twin->args[0], rows, slot);
	if (strcmp(name, "CASE") == 0)
		return eval_twin(twin->args[a.kind != V_NULL && a.number ? 1 : 2], rows, slot);
	if (strcmp(name, "COALESCE") == 0)
		return a.kind != V_NULL ? a : eval_twin(twin->args[1], rows, slot);
	if (strcmp(name, "NOT") == 0 || (strncmp(name, "IS ", 3) == 0 && twin->n_args == 1))
		return eval_test(name, a);
	if (twin->n_args > 1)
		b = eval_twin(twin->args[1], rows, slot);
	if (strchr("=<>I", name[0]) != NULL)
		return eval_compare(name, a, b);
	if (a.kind == V_NULL || b.kind == V_NULL)
		return null_value;
	if (strcmp(name, "||") == 0 || strcmp(name, "REVERSE") == 0)
		return eval_text(name, a, b);
	return eval_integer(name, a, b);
}

static struct value eval_twin(const struct twin *twin, const struct rows *rows, uint16_t slot)
{
	switch (twin->kind) {
	case TWIN_COLUMN:
		return read_column(rows, twin->column, slot);
	case TWIN_NUMBER:
		return integer(twin->number);
	case TWIN_TEXT:
		return (struct value){
			.kind = V_TEXT, .text = str_view(twin->text, (uint32_t)strlen(twin->text))};
	case TWIN_TRUTH:
		return truth(twin->number);
	case TWIN_NULL:
		return null_value;
	default:
		return wrapped(eval_call(twin, rows, slot), twin->expr->type.kind);
	}
}
