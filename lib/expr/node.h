// The nodes of a program: its expressions' trees, equal subtrees once. Internal to the module.
#pragma once
#include "expr/kernel.h"

// Which rows to compute: rows[:n], or 0 … n − 1 when rows is NULL.
struct selection {
	const uint16_t *rows;
	uint16_t n;
	uint16_t n_slots; // of the block: the vectors are filled up to here
};

struct node {
	const struct expr *expr;
	struct node *next; // all of the program's, the newest first
	struct node **args; // [:expr->n_args]
	struct column *arg_columns; // [:expr->n_args], for the kernel
	struct column own; // the vector and the NULLs that this node writes
	struct column result; // what it evaluated to
	uint16_t *matched, *rest; // CASE, AND, OR: narrowed selections
	uint64_t random; // of what draws random numbers
	void *state; // of a kernel that has one
	bool is_cheap; // costs less to compute for all rows than to narrow the selection for
	// A node used more than once is computed once: for which rows it has been, in run done_run.
	uint16_t n_uses;
	uint64_t done_run;
	uint64_t done[BLOCK_NULL_WORDS];
};

struct program {
	struct mem *mem;
	struct node *nodes;
	struct node **outputs; // [:n_outputs]
	uint16_t n_outputs;
	struct heap heap;
	uint64_t run; // counts runs
	const struct block *block; // during a run
	struct eval *eval;
};

// Compute node for the selected rows into node->result.
void node_eval(struct program *program, struct node *node, const struct selection *selection);
// lazy.c: CASE, AND, OR.
void node_eval_case(struct program *program, struct node *node, const struct selection *selection);
void node_eval_logic(struct program *program, struct node *node, const struct selection *selection);

// node_new.c: nodes for exprs[:n] in program, and their memory. Returns 0 or -ENOMEM (then
// nodes_free() frees what there is).
int nodes_new(struct program *program, const struct expr *const *exprs, uint16_t n);
void nodes_free(struct program *program);
