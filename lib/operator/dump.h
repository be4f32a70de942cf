// State for people: what the records of a checkpoint say of an operator, as rows. tidewirectl reads
// them, of a job that runs or of one that has ended; the data path knows nothing of it.
//
// A kind that can be read has a struct op_dump: open() names the columns, take() makes rows of a
// record, in the order of the records' keys:
//
//	dump_key(dump, layout, image);          the key's columns
//	dump_i64(dump, column, value), …        the others; what is not set is NULL
//	dump_row(dump);                         a row is complete
#pragma once
#include "base/arena.h"
#include "operator/op.h"
#include "state/slab.h"

enum { DUMP_OPERATOR, DUMP_FIRST }; // column 0 is the operator's id, the kind's own follow

struct dump;

struct op_dump {
	// Adds the columns, those of the key first, with dump_add_keys() and dump_add().
	int (*open)(struct dump *dump, struct err *err);
	// A record of the operator, those of the runtime aside. Returns 0, or -EINVAL with *err
	// filled when it is not of this operator's form.
	int (*take)(struct dump *dump, const struct record *record, struct err *err);
	// That was the last one. NULL = nothing to do.
	int (*end)(struct dump *dump, struct err *err);
};

struct dump {
	const struct op_spec *spec;
	const struct op_dump *kind;
	struct arena *arena;
	struct schema *schema;
	uint16_t n_keys; // columns DUMP_FIRST … are the key
	struct column *columns; // slot 0 is the row in hand
	void *own; // the kind's, in the arena
	// What states in hand keep outside; it is emptied behind each row.
	struct page_pool pool;
	struct slab slab;
	char *text; // bytes of the row's results, DUMP_TEXT_MAX
	uint32_t text_used;
	// Who wants the rows.
	void (*row)(void *arg, const struct dump *dump);
	void *arg;
};

enum { DUMP_TEXT_MAX = 16 << 20, DUMP_COLUMNS_MAX = 4 * SCHEMA_COLUMNS_MAX };

static inline bool dump_is_possible(const struct op_spec *spec)
{
	return spec->kind->dump != NULL;
}

// Of an operator for which that is so; row gets each row of it as slot 0 of dump->columns. Returns
// 0, or -errno with *err filled. Give it back with dump_close().
int dump_open(struct dump *dump, const struct op_spec *spec, struct arena *arena,
	void (*row)(void *arg, const struct dump *dump), void *arg, struct err *err);
void dump_close(struct dump *dump);
// A record of the operator; that was the last one.
int dump_end(struct dump *dump, struct err *err);
int dump_take(struct dump *dump, const struct record *record, struct err *err);

// ---- For the kinds

// Returns the column's number. name stays the caller's.
uint16_t dump_add(struct dump *dump, const char *name, struct type type);
// layout is over columns of input.
void dump_add_keys(struct dump *dump, const struct key_layout *layout, const struct schema *input);
// The values of an image, which stays until the row is complete, from this column on.
void dump_image(
	struct dump *dump, uint16_t column, const struct key_layout *layout, const void *image);
static inline void dump_key(struct dump *dump, const struct key_layout *layout, const void *image)
{
	dump_image(dump, DUMP_FIRST, layout, image);
}
void dump_i64(struct dump *dump, uint16_t column, int64_t value); // a column of 8 bytes
void dump_str(struct dump *dump, uint16_t column, struct str value);
void dump_row(struct dump *dump);
void dump_forget(struct dump *dump); // the row in hand is none
int dump_bad(const struct dump *dump, struct err *err); // "…"; returns -EINVAL
