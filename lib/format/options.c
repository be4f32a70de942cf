#include "format/options.h"
#include <errno.h>
#include <string.h>
#include <strings.h>
#include "base/nearest.h"

static bool is_known(const struct format *format, const char *key)
{
	for (const char *const *known = format->option_keys; *known != NULL; known++)
		if (strcmp(*known, key) == 0)
			return true;
	return false;
}

static int unknown_option(
	const struct format *format, const struct format_option *option, struct err *err)
{
	const char *nearest;
	size_t n = 0;

	while (format->option_keys[n] != NULL)
		n++;
	nearest = nearest_name(option->key, format->option_keys, n);
	if (nearest == NULL)
		return err_set_at(err, option->pos, "format '%s' has no option '%s'", format->name,
			option->key);
	return err_set_at(err, option->pos, "format '%s' has no option '%s'; did you mean '%s.%s'?",
		format->name, option->key, format->name, nearest);
}

int options_check(const struct format *format, const struct format_option *options,
	uint16_t n_options, struct err *err)
{
	for (uint16_t i = 0; i < n_options; i++) {
		if (!is_known(format, options[i].key))
			return unknown_option(format, &options[i], err);
		if (options_find(options, i, options[i].key) != NULL)
			return err_set_at(err, options[i].pos, "option '%s.%s' is set twice",
				format->name, options[i].key);
	}
	return 0;
}

const struct format_option *options_find(
	const struct format_option *options, uint16_t n_options, const char *key)
{
	for (uint16_t i = 0; i < n_options; i++)
		if (strcmp(options[i].key, key) == 0)
			return &options[i];
	return NULL;
}

int options_bool(const struct format_option *options, uint16_t n_options, const char *key,
	bool *value, struct err *err)
{
	const struct format_option *option = options_find(options, n_options, key);

	if (option == NULL)
		return 0;
	if (strcasecmp(option->value, "true") == 0)
		*value = true;
	else if (strcasecmp(option->value, "false") == 0)
		*value = false;
	else
		return err_set_at(err, option->pos, "option '%s' is 'true' or 'false', not '%s'",
			key, option->value);
	return 0;
}

int options_char(const struct format_option *options, uint16_t n_options, const char *key,
	char *value, struct err *err)
{
	const struct format_option *option = options_find(options, n_options, key);
	const char *text;

	if (option == NULL)
		return 0;
	text = option->value;
	if (strcmp(text, "\\t") == 0)
		text = "\t";
	else if (text[0] == '\\' && text[1] != '\0' && strchr("\\'\"", text[1]) != NULL)
		text++;
	if (text[0] == '\0' || text[1] != '\0' || (unsigned char)text[0] > 0x7f || text[0] == '\n')
		return err_set_at(err, option->pos,
			"option '%s' is one ASCII character and no line end, not '%s'", key,
			option->value);
	*value = text[0];
	return 0;
}

int options_timestamp_style(const struct format_option *options, uint16_t n_options,
	enum datetime_style *style, struct err *err)
{
	const struct format_option *option =
		options_find(options, n_options, "timestamp-format.standard");

	if (option == NULL || strcmp(option->value, "SQL") == 0)
		*style = DATETIME_SQL;
	else if (strcmp(option->value, "ISO-8601") == 0)
		*style = DATETIME_ISO;
	else
		return err_set_at(err, option->pos,
			"option 'timestamp-format.standard' is 'SQL' or 'ISO-8601', not '%s'",
			option->value);
	return 0;
}

int format_parse_error_option(const struct format_option *options, uint16_t n_options,
	enum on_parse_error *on_error, struct err *err)
{
	static const char key[] = "ignore-parse-errors";
	bool ignore = false;
	int status = options_bool(options, n_options, key, &ignore, err);

	if (status < 0)
		return status;
	if (options_find(options, n_options, key) == NULL)
		*on_error = ON_PARSE_ERROR_DROP;
	else
		*on_error = ignore ? ON_PARSE_ERROR_NULL : ON_PARSE_ERROR_FAIL;
	return 0;
}
