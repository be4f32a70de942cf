// A program evaluates expressions over a block, one vector at a time: each node of the tree is one
// kernel call for all selected rows. All memory is taken when it is made. One lcore, no locks.
#pragma once
#include "base/fault.h"
#include "base/mem.h"
#include "base/now.h"
#include "expr/expr.h"
#include "row/block.h"

struct program;

// What a row's evaluation may depend on besides the row.
struct eval {
	struct now now; // for CURRENT_TIMESTAMP, PROCTIME()
	struct fault fault; // out: what ends the job
	uint64_t n_overflow; // out: rows whose strings did not fit the program's heap (value NULL)
};

// For strings made during one run: 2 KiB a row of a full block.
enum { PROGRAM_HEAP_BYTES = 2048 * BLOCK_ROWS_MAX };

// A program for exprs[:n] over rows of schema. Returns NULL with errno ENOMEM.
struct program *program_new(
	struct mem *mem, const struct expr *const *exprs, uint16_t n, const struct schema *schema);
void program_free(struct program *program);

// Evaluate all expressions for the block's selected rows: columns[i] is set to the i-th
// expression's vector, indexed by slot as the block's own columns. A plain column is passed through
// by pointer. Vectors and strings stay valid until the next run; values of rows not selected are
// undefined.
void program_run(struct program *program, const struct block *block, struct eval *eval,
	struct column *columns);

// The first expression as a predicate: write the selected slots for which it is TRUE to
// rows[:BLOCK_ROWS_MAX], ascending; return how many.
uint16_t program_select(
	struct program *program, const struct block *block, struct eval *eval, uint16_t *rows);
