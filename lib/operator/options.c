#include "operator/options.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/nearest.h"

struct table_option *option_find(struct table_option *options, uint16_t n, const char *key)
{
	for (uint16_t i = 0; i < n; i++) {
		if (strcmp(options[i].key, key) != 0)
			continue;
		options[i].used = true;
		return &options[i];
	}
	return NULL;
}

const char *option_text(
	struct table_option *options, uint16_t n, const char *key, const char *otherwise)
{
	const struct table_option *option = option_find(options, n, key);

	return option != NULL ? option->value : otherwise;
}

int option_required(struct table_option *options, uint16_t n, const char *table,
	const char *connector, const char *key, const char *form, const char **value,
	struct err *err)
{
	*value = option_text(options, n, key, NULL);
	if (*value != NULL)
		return 0;
	return err_set(err, EINVAL, "table %s: the connector '%s' needs the option '%s' = '%s'",
		table, connector, key, form);
}

int option_double(const struct table_option *option, double *value, struct err *err)
{
	char *end;

	*value = strtod(option->value, &end);
	if (end == option->value || *end != '\0')
		return err_set_at(err, option->pos, "option '%s': '%s' is not a number",
			option->key, option->value);
	return 0;
}

int option_int(const struct table_option *option, int64_t *value, struct err *err)
{
	char *end;

	errno = 0;
	*value = strtoll(option->value, &end, 10);
	if (end == option->value || *end != '\0' || errno != 0)
		return err_set_at(err, option->pos, "option '%s': '%s' is not a whole number",
			option->key, option->value);
	return 0;
}

static size_t count_names(void)
{
	size_t n = 0;

	while (format_names[n] != NULL)
		n++;
	return n;
}

static int unknown_format(const struct table_option *option, struct err *err)
{
	const char *nearest = nearest_name(option->value, format_names, count_names());

	if (nearest != NULL)
		return err_set_at(err, option->pos, "unknown format '%s'; did you mean '%s'?",
			option->value, nearest);
	return err_set_at(err, option->pos, "unknown format '%s'; known are json, csv and raw",
		option->value);
}

static bool is_key_of(const struct format *format, const char *key)
{
	for (const char *const *known = format->option_keys; *known != NULL; known++)
		if (strcmp(*known, key) == 0)
			return true;
	return false;
}

int option_format(struct table_option *options, uint16_t n, const char *table, bool required,
	struct arena *arena, struct option_format *format, struct err *err)
{
	struct table_option *option = option_find(options, n, "format");
	size_t prefix;

	*format = (struct option_format){0};
	if (option == NULL && required)
		return err_set(err, EINVAL,
			"table %s: the option 'format' is missing, "
			"as in 'format' = 'json'",
			table);
	if (option == NULL)
		return 0;
	format->format = format_find(option->value);
	if (format->format == NULL)
		return unknown_format(option, err);
	format->options = arena_alloc(arena, n * sizeof(*format->options));
	prefix = strlen(option->value);
	for (uint16_t i = 0; i < n; i++) {
		const char *key = options[i].key;

		if (strncmp(key, option->value, prefix) != 0 || key[prefix] != '.' ||
			!is_key_of(format->format, key + prefix + 1))
			continue;
		options[i].used = true;
		format->options[format->n_options++] = (struct format_option){
			.key = key + prefix + 1,
			.value = options[i].value,
			.pos = options[i].pos,
		};
	}
	return 0;
}
