// Typed expressions: trees that the SQL binder makes, immutable once made and shared by all
// instances of an operator. program.h turns them into something that runs over blocks.
//
// Every call is resolved when it is made: the function's kernel is chosen for its argument types,
// implicit casts are put in, the result type follows Flink's rules, and constants are folded. What
// Flink would refuse is refused here, with the position and both types.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "row/schema.h"
#include "row/str.h"

// Trees are walked recursively and parts may be shared: what is larger is refused by expr_call().
enum { EXPR_NODES_MAX = 200000 };

enum expr_kind {
	EXPR_COLUMN,
	EXPR_LITERAL,
	EXPR_CALL, // function(args): args are evaluated first, for all rows
	EXPR_CASE, // args: condition, value, condition, value, …, else; lazily, row by row
	EXPR_AND, // three-valued, n-ary; what follows is evaluated for undecided rows only
	EXPR_OR,
};

// A scalar of any type; which member is said by the type (row/type.h).
union scalar {
	uint8_t boolean;
	int8_t i8;
	int16_t i16;
	int32_t i32;
	int64_t i64;
	float f32;
	double f64;
	decimal dec;
	struct str str;
};

struct zone; // time/zone.h
struct function; // function.h
struct kernel; // kernel.h

struct expr {
	enum expr_kind kind;
	struct type type;
	struct pos pos;
	uint16_t column; // EXPR_COLUMN
	bool is_null; // EXPR_LITERAL
	union scalar value; // EXPR_LITERAL
	const struct function *function; // EXPR_CALL; NULL = a cast
	const struct kernel *kernel; // EXPR_CALL; NULL = the argument as it is
	const struct zone *zone; // EXPR_CALL: of the session (session.h)
	const void *data; // EXPR_CALL: what the kernel made of constant arguments, in the arena
	uint16_t n_args;
	// Literals that went into data: not evaluated, but part of what the call is.
	uint16_t n_constants;
	const struct expr **args; // [:n_args], then n_constants more
	uint32_t n_nodes; // of the tree below a call, shared parts counted each time
};

struct expr *expr_column(struct arena *arena, uint16_t column, struct type type, struct pos pos);
struct expr *expr_literal(
	struct arena *arena, struct type type, union scalar value, struct pos pos);
struct expr *expr_null(struct arena *arena, struct type type, struct pos pos); // TYPE_NULL: untyped

// A call by its SQL name: operators by their sign ("+", "=", "<>", "||", unary "-" with one arg),
// predicates in words ("IS NULL", "LIKE", "NOT", "BETWEEN", "IN": the value, then the list),
// functions by name in any letter case ("UPPER"). "AND", "OR", "CASE" (args as EXPR_CASE) and
// "COALESCE", "NULLIF", "IF" go through here too. Returns NULL with *err filled.
struct expr *expr_call(struct arena *arena, const char *name, const struct expr *const *args,
	uint16_t n_args, struct pos pos, struct err *err);

// CAST and TRY_CAST (NULL instead of a fault). A cast to the same type is the argument itself.
struct expr *expr_cast(struct arena *arena, const struct expr *arg, struct type to, bool try_cast,
	struct pos pos, struct err *err);
// What assignment to a column of type `to` does (INSERT INTO): an implicit cast, or an error that
// names both types.
struct expr *expr_assign(struct arena *arena, const struct expr *arg, struct type to,
	const char *column_name, struct err *err);

bool expr_is_literal(const struct expr *expr);
bool expr_equal(const struct expr *a, const struct expr *b); // same tree, positions aside
// Call visit for every column the tree reads.
void expr_columns(
	const struct expr *expr, void (*visit)(uint16_t column, void *context), void *context);
// A copy whose column i is replaced by columns[i] (pushing an expression through a projection).
struct expr *expr_substitute(
	struct arena *arena, const struct expr *expr, const struct expr *const *columns);
// As EXPLAIN prints it: "(amount * 2) > 10.0"; columns by the schema's names.
const char *expr_text(struct arena *arena, const struct expr *expr, const struct schema *schema);

// The type that both become in a comparison, CASE, IN, UNION: Flink's least restrictive common
// type, nested types part by part. Returns false when there is none.
bool expr_common_type(struct arena *arena, struct type a, struct type b, struct type *common);
