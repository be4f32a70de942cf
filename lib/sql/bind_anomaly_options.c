// The options of ANOMALY: 'detector', 'reason', 'seed', and those of the detector, which says
// itself what is wrong with them.
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "row/decimal.h"
#include "sql/bind_anomaly.h"

#define DETECTOR_DEFAULT "auto"
static const double REASON_DEFAULT = 0.99, SEED_MAX = 1ull << 53;

// Options with names in lower case, by name: EXPLAIN, and so the check of a state directory, does
// not depend on the order in which they are written.
struct options {
	uint32_t n;
	struct detector_option given[ANOMALY_OPTIONS_MAX];
	struct pos pos[ANOMALY_OPTIONS_MAX]; // of the values
};

static const char *lower(struct arena *arena, const char *name)
{
	char *copy = arena_strdup(arena, name);

	for (char *at = copy; *at != '\0'; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	return copy;
}

// The number of a literal; NAN when it is none.
static double number_of(const struct expr *literal)
{
	switch (literal->type.kind) {
	case TYPE_INT:
		return literal->value.i32;
	case TYPE_BIGINT:
	case TYPE_INTERVAL_DAY:
		return (double)literal->value.i64;
	case TYPE_DECIMAL:
		return decimal_to_double(literal->value.dec, literal->type.scale);
	case TYPE_DOUBLE:
		return literal->value.f64;
	case TYPE_BOOLEAN:
		return literal->value.boolean;
	default:
		return NAN;
	}
}

static int bind_option_value(
	struct binder *binder, const struct ast_expr *arg, struct detector_option *option)
{
	static const struct plan nothing;
	const struct scope scope = {
		.binder = binder, .plan = &nothing, .clause = "an option of ANOMALY"};
	const struct ast_expr *ast = arg->call->args[1];
	bool is_name = ast->kind == AST_NAME;
	const struct expr *expr = is_name ? NULL : bind_expr(&scope, ast);

	if (expr == NULL && !is_name)
		return -EINVAL;
	if (expr != NULL && expr_is_literal(expr) && !expr->is_null) {
		if (type_is_string(expr->type.kind)) {
			option->text = arena_strndup(
				binder->arena, str_data(&expr->value.str), expr->value.str.len);
			return 0;
		}
		option->number = number_of(expr);
		if (!isnan(option->number))
			return 0;
	}
	return err_set_at(binder->err, ast->pos,
		"ANOMALY: '%s' is a constant: a number, a text, an interval, TRUE or FALSE",
		option->name);
}

static int bind_option(struct binder *binder, const struct ast_expr *arg, struct options *options)
{
	struct detector_option option = {.name = lower(binder->arena, arg->call->args[0]->symbol)};
	uint32_t at = options->n;

	if (bind_option_value(binder, arg, &option) < 0)
		return -EINVAL;
	for (; at > 0 && strcmp(options->given[at - 1].name, option.name) > 0; at--) {
		options->given[at] = options->given[at - 1];
		options->pos[at] = options->pos[at - 1];
	}
	if (at > 0 && strcmp(options->given[at - 1].name, option.name) == 0)
		return err_set_at(binder->err, arg->pos, "ANOMALY has '%s' twice", option.name);
	options->given[at] = option;
	options->pos[at] = arg->call->args[1]->pos;
	options->n++;
	return 0;
}

// Take an option out, if it is there.
static bool take(
	struct options *options, const char *name, struct detector_option *option, struct pos *pos)
{
	uint32_t at = 0;

	while (at < options->n && strcmp(options->given[at].name, name) != 0)
		at++;
	if (at == options->n)
		return false;
	*option = options->given[at];
	*pos = options->pos[at];
	options->n--;
	for (; at < options->n; at++) {
		options->given[at] = options->given[at + 1];
		options->pos[at] = options->pos[at + 1];
	}
	return true;
}

// ---- Options of all detectors

static int bind_detector(struct binder *binder, const struct anomaly_args *args,
	struct options *options, struct anomaly_config *config)
{
	struct detector_option option = {.text = DETECTOR_DEFAULT};
	struct pos pos = args->pos;
	const char *names = "";

	take(options, "detector", &option, &pos);
	config->detector = option.text != NULL ? detector_find(option.text) : NULL;
	if (config->detector != NULL)
		return 0;
	for (uint32_t i = 0; detector_kinds[i] != NULL; i++)
		names = arena_printf(binder->arena, "%s%s'%s'", names, i > 0 ? ", " : "",
			detector_kinds[i]->name);
	return err_set_at(binder->err, pos, "ANOMALY: there is no detector '%s'; there are %s",
		option.text != NULL ? option.text : "", names);
}

// A number of an option for all detectors, from 0 to most.
static int bind_number(struct binder *binder, struct options *options, const char *name,
	double most, bool is_whole, double *value)
{
	struct detector_option option;
	struct pos pos;

	if (!take(options, name, &option, &pos))
		return 0;
	if (option.text != NULL || !(option.number >= 0 && option.number <= most) ||
		(is_whole && option.number != floor(option.number)))
		return err_set_at(binder->err, pos, "ANOMALY: '%s' is a %snumber from 0 to %.16g",
			name, is_whole ? "whole " : "", most);
	*value = option.number;
	return 0;
}

// ---- The detector's

// A configuration's error names the option that it is about: 'alpha' is …
static struct pos pos_of_error(
	const struct options *options, const struct anomaly_args *args, const char *text)
{
	for (uint32_t i = 0; i < options->n; i++) {
		const char *name = options->given[i].name;
		size_t len = strlen(name);

		if (text[0] == '\'' && strncmp(text + 1, name, len) == 0 && text[len + 1] == '\'')
			return options->pos[i];
	}
	return args->pos;
}

static int configure(struct binder *binder, const struct anomaly_args *args,
	const struct options *options, uint64_t seed, struct anomaly_config *config)
{
	struct detector_call call = {
		.options = options->given,
		.n_options = options->n,
		.n_columns = config->n_values,
		.seed = seed,
		.arena = binder->arena,
	};
	struct err err = {0};

	config->configuration = config->detector->configure(&call, &err);
	if (config->configuration != NULL)
		return 0;
	return err_set_at(
		binder->err, pos_of_error(options, args, err.text), "ANOMALY: %s", err.text);
}

// The shortest text that is this number.
static const char *number_text(struct arena *arena, double number)
{
	const char *text = arena_printf(arena, "%.15g", number);

	return strtod(text, NULL) == number ? text : arena_printf(arena, "%.17g", number);
}

static const char *options_text(
	struct arena *arena, const struct options *options, const double *seed)
{
	const char *text = *seed != 0 ? arena_printf(arena, "seed=[%.0f]", *seed) : "";

	for (uint32_t i = 0; i < options->n; i++) {
		const struct detector_option *option = &options->given[i];

		text = arena_printf(arena, "%s%s%s=[%s]", text, *text != '\0' ? ", " : "",
			option->name,
			option->text != NULL ? option->text : number_text(arena, option->number));
	}
	return text;
}

int anomaly_bind_options(struct binder *binder, const struct anomaly_args *args, uint16_t n_columns,
	struct anomaly_config *config)
{
	struct options *options = arena_alloc(binder->arena, sizeof(*options));
	double seed = 0;

	for (uint32_t i = 0; i < args->n_options; i++)
		if (bind_option(binder, args->options[i], options) < 0)
			return -EINVAL;
	config->reason_limit = REASON_DEFAULT;
	if (bind_detector(binder, args, options, config) < 0 ||
		bind_number(binder, options, "reason", 1, false, &config->reason_limit) < 0 ||
		bind_number(binder, options, "seed", SEED_MAX, true, &seed) < 0)
		return -EINVAL;
	if (n_columns > 1 && !config->detector->takes_many_columns)
		return err_set_at(binder->err, args->values->pos,
			"ANOMALY: the detector '%s' scores one column; %u are given",
			config->detector->name, n_columns);
	config->options = options_text(binder->arena, options, &seed);
	return configure(binder, args, options, (uint64_t)seed, config);
}
