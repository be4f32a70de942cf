// Making calls and casts, for the parts of this module that lower one form into others.
#pragma once
#include "expr/function.h"

// A call of a kernel with arguments of the right types: strict ones are folded when all arguments
// are literals, and are nullable when an argument is or the kernel makes NULLs.
const struct expr *call_new(struct resolve *r, const struct kernel *kernel, struct type type,
	const struct expr *const *args, uint16_t n_args, const void *data);
// CASE, AND, OR with arguments of the right types; constant conditions are taken out.
const struct expr *call_case(
	struct resolve *r, const struct expr *const *args, uint16_t n_args, struct type type);
const struct expr *call_logic(
	struct resolve *r, enum expr_kind kind, const struct expr *const *args, uint16_t n_args);
// expr, of a type that is not nullable: for places reached only where it is not NULL.
const struct expr *call_not_null(struct resolve *r, const struct expr *expr);
// NAME(args) as expr_call(), at r's position. NULL with r->err filled.
const struct expr *call_by_name(
	struct resolve *r, const char *name, const struct expr *const *args, uint16_t n_args);

// The literal that expr's kernel gives for its literal arguments, or NULL when there is none before
// the job runs (it would fault).
const struct expr *fold(struct arena *arena, const struct expr *expr);

// arg, which or what it becomes is nested, as a value of type to. NULL with r->err filled.
const struct expr *cast_nested(
	struct resolve *r, const struct expr *arg, struct type to, bool try_cast);
// arg, whose values are values of type to.
struct expr *call_as_it_is(struct resolve *r, const struct expr *arg, struct type to);
// Fill err with "cannot cast … to …"; returns -EINVAL.
int call_refuse_cast(struct err *err, struct pos pos, struct type from, struct type to);

// The kernel that casts, NULL with *found = true when values stay as they are; *found = false when
// there is no such cast.
const struct kernel *cast_kernel(struct type from, struct type to, bool try_cast, bool *found);
