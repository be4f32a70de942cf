// The families of functions and the resolvers that they share. Internal to the module.
#pragma once
#include "expr/function.h"

extern const struct function_family family_arithmetic; // arithmetic.c
extern const struct function_family family_compare; // compare.c
extern const struct function_family family_logic; // logic.c
extern const struct function_family family_condition; // condition.c
extern const struct function_family family_extreme; // extreme.c
extern const struct function_family family_like; // like.c
extern const struct function_family family_regexp; // regexp.c
extern const struct function_family family_json_query; // json_query.c
extern const struct function_family family_json_make; // json_make.c
extern const struct function_family family_string; // string.c
extern const struct function_family family_string_build; // string_build.c
extern const struct function_family family_string_case; // string_case.c
extern const struct function_family family_string_find; // string_find.c
extern const struct function_family family_string_edit; // string_edit.c
extern const struct function_family family_encode; // encode.c
extern const struct function_family family_url; // url.c
extern const struct function_family family_hash; // hash.c
extern const struct function_family family_math; // math.c
extern const struct function_family family_random; // random.c
extern const struct function_family family_round; // round.c
extern const struct function_family family_extract; // extract.c
extern const struct function_family family_time; // time.c
extern const struct function_family family_time_ltz; // time_ltz.c
extern const struct function_family family_time_format; // time_format.c

extern const struct function_family family_row; // row.c
extern const struct function_family family_array; // array.c
extern const struct function_family family_array_build; // array_build.c
extern const struct function_family family_array_set; // array_set.c
extern const struct function_family family_map; // map.c

// a op b where op is one of + - * / % and one side is a DECIMAL, the other exact.
int resolve_decimal(struct resolve *r, char op);
int resolve_decimal_negate(struct resolve *r);
// a = b (or a <> b) of nested values, once they are of type common; row.c.
int resolve_compare_nested(struct resolve *r, struct type common, bool equal, bool unequal);
// a op b where one side is an interval.
int resolve_interval(struct resolve *r, char op);

// args[0] IN (args[1:]) when all of the list are literals, else NULL; in_list.c.
const struct expr *in_list_try(struct resolve *r);

// A date some months later (or earlier), its day cut to the month's last; interval.c.
int32_t interval_add_months(int32_t days, int64_t n_months);
int64_t interval_add_months_to(int64_t value, int64_t units_per_second, int64_t n_months);
// FLOOR and CEIL of a time to a unit, args[1]; time_floor.c.
int resolve_to_unit(struct resolve *r, bool up);
// UNIX_TIMESTAMP(text [, format]); time_format.c.
int resolve_unix_timestamp_of(struct resolve *r);
