#include "format/csv_options.h"
#include <errno.h>
#include <string.h>
#include "format/formats.h"

static int clash(const struct format_option *options, uint16_t n, struct err *err)
{
	const struct format_option *option = options_find(options, n, "field-delimiter");

	if (option == NULL)
		option = options_find(options, n, "quote-character");
	if (option == NULL)
		option = options_find(options, n, "escape-character");
	return err_set_at(err, option->pos,
		"csv: field-delimiter, quote-character and escape-character must differ");
}

int csv_check_types(const struct schema *schema, struct err *err)
{
	char name[TYPE_NAME_MAX];

	for (uint16_t i = 0; i < schema->n_fields; i++)
		if (type_is_nested(schema->fields[i].type.kind))
			return err_set(err, EINVAL,
				"csv: column '%s' is %s, which a field of CSV cannot hold here: "
				"use the json format, or CAST it to STRING",
				schema->fields[i].name, type_name(schema->fields[i].type, name));
	return 0;
}

int csv_dialect_init(struct csv_dialect *dialect, const struct format_option *options,
	uint16_t n_options, struct err *err)
{
	const struct format_option *null = options_find(options, n_options, "null-literal");
	bool no_quote = false;
	int status;

	*dialect = (struct csv_dialect){.delimiter = ',', .quote = '"', .null_literal = ""};
	if ((status = options_check(&format_csv, options, n_options, err)) < 0 ||
		(status = options_char(
			 options, n_options, "field-delimiter", &dialect->delimiter, err)) < 0 ||
		(status = options_char(
			 options, n_options, "quote-character", &dialect->quote, err)) < 0 ||
		(status = options_char(
			 options, n_options, "escape-character", &dialect->escape, err)) < 0 ||
		(status = options_bool(
			 options, n_options, "disable-quote-character", &no_quote, err)) < 0)
		return status;
	if (no_quote && options_find(options, n_options, "quote-character") != NULL)
		return err_set_at(err, options_find(options, n_options, "quote-character")->pos,
			"csv: a quote-character cannot be set and disabled at once");
	dialect->has_quote = !no_quote;
	dialect->has_escape = options_find(options, n_options, "escape-character") != NULL;
	if ((dialect->has_quote && dialect->quote == dialect->delimiter) ||
		(dialect->has_escape && dialect->escape == dialect->delimiter) ||
		(dialect->has_quote && dialect->has_escape && dialect->quote == dialect->escape))
		return clash(options, n_options, err);
	if (null != NULL) {
		dialect->has_null = true;
		dialect->null_literal = null->value;
		dialect->null_len = (uint32_t)strlen(null->value);
	}
	return 0;
}

int csv_dialect_keep(struct csv_dialect *copy, struct mem *mem, const struct csv_dialect *dialect)
{
	char *literal = mem_zalloc(mem, dialect->null_len + 1);

	if (literal == NULL)
		return -ENOMEM;
	memcpy(literal, dialect->null_literal, dialect->null_len);
	*copy = *dialect;
	copy->null_literal = literal;
	return 0;
}
