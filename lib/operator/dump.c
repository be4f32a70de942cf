#include "operator/dump.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "row/columns.h"

// For the states of one key, mostly untouched.
enum { POOL_PAGES = 1 << 16, POOL_BYTES = POOL_PAGES * PAGE_COST };

int dump_bad(const struct dump *dump, struct err *err)
{
	return err_set(err, EINVAL, "the checkpoint has a record that no %s has written",
		dump->spec->kind->name);
}

static void begin_row(struct dump *dump)
{
	for (uint16_t i = 0; i < dump->schema->n_fields; i++) {
		memset(dump->columns[i].values, 0, type_width(dump->schema->fields[i].type.kind));
		nulls_set(dump->columns[i].nulls, 0);
	}
}

static void set(struct dump *dump, uint16_t column, const void *value, size_t len)
{
	memcpy(dump->columns[column].values, value, len);
	nulls_clear_all(dump->columns[column].nulls);
}

void dump_i64(struct dump *dump, uint16_t column, int64_t value)
{
	set(dump, column, &value, sizeof(value));
}

void dump_str(struct dump *dump, uint16_t column, struct str value)
{
	set(dump, column, &value, sizeof(value));
}

void dump_image(
	struct dump *dump, uint16_t column, const struct key_layout *layout, const void *image)
{
	for (uint16_t i = 0; i < layout->n_columns; i++) {
		nulls_clear_all(dump->columns[column + i].nulls);
		key_load(layout, image, i, &dump->columns[column + i], 0);
	}
}

void dump_row(struct dump *dump)
{
	int32_t id = (int32_t)dump->spec->id;

	set(dump, DUMP_OPERATOR, &id, sizeof(id));
	dump->row(dump->arg, dump);
	dump_forget(dump);
}

void dump_forget(struct dump *dump)
{
	begin_row(dump);
	dump->text_used = 0;
	slab_destroy(&dump->slab);
	slab_init(&dump->slab, &dump->pool);
}

uint16_t dump_add(struct dump *dump, const char *name, struct type type)
{
	struct schema *schema = dump->schema;

	assert(schema->n_fields < DUMP_COLUMNS_MAX);
	type.nullable = true;
	schema->fields[schema->n_fields] = (struct field){name, type};
	return schema->n_fields++;
}

void dump_add_keys(struct dump *dump, const struct key_layout *layout, const struct schema *input)
{
	for (uint16_t i = 0; i < layout->n_columns; i++)
		dump_add(dump, input->fields[layout->columns[i]].name, layout->types[i]);
	dump->n_keys = layout->n_columns;
}

// Memory that is taken when it is touched: states are mostly small.
static bool open_pool(struct page_pool *pool)
{
	uint8_t *pages = mmap(NULL, POOL_BYTES, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (pages == MAP_FAILED)
		return false;
	*pool = (struct page_pool){.pages = pages,
		.sides = pages + (size_t)POOL_PAGES * PAGE_SIZE,
		.n_pages = POOL_PAGES,
		.free = PAGE_NONE};
	return true;
}

static int set_up(struct dump *dump, struct err *err)
{
	int result = dump->kind->open(dump, err);

	if (result < 0)
		return result;
	dump->columns = columns_new(&mem_libc, dump->schema, 1);
	dump->text = malloc(DUMP_TEXT_MAX);
	if (dump->columns == NULL || dump->text == NULL || !open_pool(&dump->pool))
		return err_set(
			err, ENOMEM, "no memory to read the state of a %s", dump->spec->kind->name);
	slab_init(&dump->slab, &dump->pool);
	begin_row(dump);
	return 0;
}

int dump_open(struct dump *dump, const struct op_spec *spec, struct arena *arena,
	void (*row)(void *arg, const struct dump *dump), void *arg, struct err *err)
{
	int result;

	*dump = (struct dump){
		.spec = spec,
		.kind = spec->kind->dump,
		.arena = arena,
		.schema = schema_new(arena, DUMP_COLUMNS_MAX),
		.row = row,
		.arg = arg,
	};
	dump->schema->n_fields = 0;
	dump_add(dump, "operator", type_of(TYPE_INT));
	result = set_up(dump, err);
	if (result < 0)
		dump_close(dump);
	return result;
}

void dump_close(struct dump *dump)
{
	if (dump->pool.pages != NULL)
		munmap(dump->pool.pages, POOL_BYTES);
	if (dump->columns != NULL)
		columns_free(&mem_libc, dump->columns, dump->schema);
	free(dump->text);
	*dump = (struct dump){0};
}

int dump_take(struct dump *dump, const struct record *record, struct err *err)
{
	return dump->kind->take(dump, record, err);
}

int dump_end(struct dump *dump, struct err *err)
{
	return dump->kind->end != NULL ? dump->kind->end(dump, err) : 0;
}
