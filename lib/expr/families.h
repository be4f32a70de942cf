// The families of functions and the resolvers that they share. Internal to the module.
#pragma once
#include "expr/function.h"

extern const struct function_family family_arithmetic; // arithmetic.c
extern const struct function_family family_compare; // compare.c
extern const struct function_family family_logic; // logic.c
extern const struct function_family family_condition; // condition.c
extern const struct function_family family_extreme; // extreme.c

// a op b where op is one of + - * / % and one side is a DECIMAL, the other exact.
int resolve_decimal(struct resolve *r, char op);
int resolve_decimal_negate(struct resolve *r);
// a op b where one side is an interval.
int resolve_interval(struct resolve *r, char op);

// A date some months later (or earlier), its day cut to the month's last; interval.c.
int32_t interval_add_months(int32_t days, int64_t n_months);
int64_t interval_add_months_to(int64_t value, int64_t units_per_second, int64_t n_months);
