// The scalar functions of SQL: names, what arguments they take, what they return. A function is
// resolved once, when a call is made (expr_call): arguments get their implicit casts and a kernel
// is chosen for their types.
#pragma once
#include "expr/expr.h"
#include "expr/kernel.h"

enum { FUNCTION_ARGS_ANY = UINT16_MAX };

// A call on its way to being resolved. A resolver replaces args by casts and fills the last part.
struct resolve {
	struct arena *arena;
	const struct function *function;
	struct pos pos;
	struct err *err;
	const struct expr **args; // [:n_args], writable
	uint16_t n_args;
	// out: either a whole expression that means the same …
	const struct expr *expr;
	// … or the kernel and what goes with it
	const struct kernel *kernel;
	struct type type; // its nullability is worked out by the caller for strict kernels
	const void *data;
	const struct expr *const *constants; // [:n_constants], the literals that data is made of
	uint16_t n_constants;
};

struct function {
	const char *name; // upper case, or the operator's sign
	// What it takes, a letter an argument; the last one repeats when n_max is
	// FUNCTION_ARGS_ANY:
	//   s string  i INT  l BIGINT  d DOUBLE  b BOOLEAN  D DATE  t timestamp or date  . anything
	// Integers widen to i, l, d; other numbers to d. NULL resolver: the letters say it all.
	const char *args;
	uint16_t n_min, n_max;
	bool varies; // with the time: never folded
	// Returns 0, or -EINVAL with r->err filled (resolve_refuse()).
	int (*resolve)(struct resolve *r);
	// Without a resolver: the kernel, and the kind of its result.
	struct kernel kernel;
	enum type_kind result;
	// With KERNEL_STATE: what each program keeps for a call from run to run (call.state). open
	// returns NULL when there is no memory.
	void *(*open)(const struct expr *call);
	void (*close)(void *state);
	const char *usage, *doc; // for the reference
};

// The functions of one family, by name; a function may stand there under several names.
struct function_family {
	const char *title;
	const struct function *functions;
	uint16_t n;
};

extern const struct function_family *const function_families[]; // NULL-terminated

// The function of this name in any letter case, or NULL.
const struct function *function_find(const char *name);
// The name nearest to one that does not exist, or NULL.
const char *function_nearest(const char *name);

// Fill r->err with "cannot apply 'NAME' to arguments of type …"; returns -EINVAL.
int resolve_refuse(struct resolve *r);
// Cast argument i implicitly to type (nullability stays). Returns 0, or -EINVAL.
int resolve_cast(struct resolve *r, uint16_t i, struct type type);
// Make args[first:n_args] one type, the least restrictive. Returns 0, or -EINVAL.
int resolve_common(struct resolve *r, uint16_t first, struct type *common);
// Check and cast the arguments by function->args. Returns 0, or -EINVAL.
int resolve_letters(struct resolve *r);
bool resolve_any_nullable(const struct resolve *r);
