#include "expr/function.h"
#include "expr/families.h"
#include "base/nearest.h"
#include <string.h>
#include <strings.h>

enum { NAMES_MAX = 512 };

const struct function_family *const function_families[] = {
	&family_compare,
	&family_logic,
	&family_arithmetic,
	&family_condition,
	&family_extreme,
	&family_like,
	&family_regexp,
	&family_math,
	&family_round,
	&family_random,
	&family_string,
	&family_string_case,
	&family_string_find,
	&family_string_edit,
	&family_string_build,
	&family_encode,
	&family_url,
	&family_hash,
	&family_json_query,
	&family_json_make,
	&family_extract,
	&family_time,
	&family_time_ltz,
	&family_time_format,
	&family_row,
	&family_array,
	&family_array_build,
	&family_array_set,
	&family_map,
	NULL,
};

const struct function *function_find(const char *name)
{
	for (const struct function_family *const *family = function_families; *family != NULL;
		family++)
		for (uint16_t i = 0; i < (*family)->n; i++)
			if (strcasecmp((*family)->functions[i].name, name) == 0)
				return &(*family)->functions[i];
	return NULL;
}

const char *function_nearest(const char *name)
{
	const char *names[NAMES_MAX];
	size_t n = 0;

	for (const struct function_family *const *family = function_families; *family != NULL;
		family++)
		for (uint16_t i = 0; i < (*family)->n && n < NAMES_MAX; i++)
			names[n++] = (*family)->functions[i].name;
	return nearest_name(name, names, n);
}
