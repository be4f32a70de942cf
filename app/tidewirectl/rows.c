#include "tidewirectl/rows.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_SIZE_MIN = 64 << 10, ROW_SIZE_MAX = 1 << 28, KEY_HEAP = 64 << 10 };

static struct block one_row(const struct column *columns, uint16_t n_columns)
{
	return (struct block){
		.n_rows = 1, .n_slots = 1, .n_columns = n_columns, .columns = columns};
}

// The row as text in rows->text, which grows as needed: its length, or 0 when there is no room.
static uint32_t encode(
	struct rows *rows, struct encoder *encoder, const struct column *columns, uint16_t n)
{
	struct block block = one_row(columns, n);
	uint32_t len;

	for (;;) {
		if (rows->text != NULL) {
			len = encoder->ops->encode(encoder, &block, 0, rows->text, rows->size);
			if (len > 0)
				return len;
		}
		if (rows->size >= ROW_SIZE_MAX)
			return 0;
		rows->size = rows->size == 0 ? ROW_SIZE_MIN : rows->size * 4;
		free(rows->text);
		rows->text = malloc(rows->size);
		if (rows->text == NULL)
			return 0;
	}
}

// ---- The key that was asked for: with the operator's number in front, so that no key is empty

static int refuse_key(const struct rows *rows, const struct dump *dump, struct err *err)
{
	char columns[ERR_TEXT_MAX / 2] = "", type[TYPE_NAME_MAX];
	size_t len = 0;

	for (uint16_t i = DUMP_FIRST; i < rows->key_schema->n_fields && len < sizeof(columns); i++)
		len += (size_t)snprintf(columns + len, sizeof(columns) - len, "%s%s %s",
			i > DUMP_FIRST ? ", " : "", rows->key_schema->fields[i].name,
			type_name(rows->key_schema->fields[i].type, type));
	return err_set(err, EINVAL, "--key does not fit: the key of %s %u is (%s)",
		dump->spec->kind->name, dump->spec->id, columns);
}

// What a line of CSV is as our own encoder writes it, so that 1.0 finds 1.00.
static int normalise(struct rows *rows, const struct dump *dump, struct decoder *decoder,
	struct block_store *store, const char *line, struct err *err)
{
	struct message message = {.data = (const uint8_t *)line, .len = (uint32_t)strlen(line)};

	block_store_reset(store);
	decoder->ops->decode(decoder, &message, 1, store);
	if (store->block.n_rows == 1)
		rows->key_len =
			encode(rows, rows->key_encoder, store->columns, rows->key_schema->n_fields);
	if (rows->key_len == 0)
		return refuse_key(rows, dump, err);
	rows->key = arena_alloc(dump->arena, rows->key_len);
	memcpy(rows->key, rows->text, rows->key_len);
	return 0;
}

static int read_key(struct rows *rows, const struct dump *dump, const char *key, struct err *err)
{
	struct block_store *store = block_store_new(&mem_libc, rows->key_schema, KEY_HEAP);
	bool wanted[DUMP_COLUMNS_MAX];
	struct decoder *decoder;
	int result;

	memset(wanted, true, sizeof(wanted));
	decoder =
		format_find("csv")->decoder_new(&mem_libc, rows->key_schema, wanted, NULL, 0, err);
	if (store == NULL || decoder == NULL)
		result = err_set(err, ENOMEM, "no memory for a key");
	else
		result = normalise(rows, dump, decoder, store,
			arena_printf(dump->arena, "%u,%s", dump->spec->id, key), err);
	if (decoder != NULL)
		decoder->ops->free(decoder);
	block_store_free(&mem_libc, store);
	return result;
}

static int open_key(struct rows *rows, const struct dump *dump, const char *key, struct err *err)
{
	uint16_t n = DUMP_FIRST + dump->n_keys;

	if (dump->n_keys == 0)
		return err_set(err, EINVAL, "%s %u has no key: use state dump",
			dump->spec->kind->name, dump->spec->id);
	rows->key_schema = schema_new(dump->arena, n);
	memcpy(rows->key_schema->fields, dump->schema->fields, n * sizeof(struct field));
	rows->key_encoder =
		format_find("csv")->encoder_new(&mem_libc, rows->key_schema, NULL, 0, err);
	if (rows->key_encoder == NULL)
		return -EINVAL;
	return read_key(rows, dump, key, err);
}

static bool is_wanted(struct rows *rows, const struct dump *dump)
{
	uint32_t len;

	if (rows->key == NULL)
		return true;
	len = encode(rows, rows->key_encoder, dump->columns, rows->key_schema->n_fields);
	return len == rows->key_len && memcmp(rows->text, rows->key, len) == 0;
}

// ---- Rows

int rows_open(struct rows *rows, const struct dump *dump, enum ctl_format format, const char *key,
	struct err *err)
{
	const char *name = format == CTL_CSV ? "csv" : "json";

	*rows = (struct rows){.format = format};
	rows->encoder = format_find(name)->encoder_new(&mem_libc, dump->schema, NULL, 0, err);
	if (rows->encoder == NULL)
		return -EINVAL;
	return key != NULL ? open_key(rows, dump, key, err) : 0;
}

static void print_names(const struct schema *schema)
{
	for (uint16_t i = 0; i < schema->n_fields; i++) {
		const char *name = schema->fields[i].name;

		printf("%s\"", i > 0 ? "," : "");
		for (; *name != '\0'; name++)
			printf(*name == '"' ? "\"\"" : "%c", *name);
		putchar('"');
	}
	putchar('\n');
}

void rows_print(void *arg, const struct dump *dump)
{
	struct rows *rows = arg;
	uint32_t len;

	if (!is_wanted(rows, dump))
		return;
	if (rows->format == CTL_CSV && !rows->has_names)
		print_names(dump->schema);
	rows->has_names = true;
	len = encode(rows, rows->encoder, dump->columns, dump->schema->n_fields);
	if (len > 0) {
		fwrite(rows->text, 1, len, stdout);
		putchar('\n');
	} else {
		fprintf(stderr, "tidewirectl: note: a row of %s %u is too long to print\n",
			dump->spec->kind->name, dump->spec->id);
	}
	rows->n_printed++;
}

void rows_close(struct rows *rows)
{
	if (rows->encoder != NULL)
		rows->encoder->ops->free(rows->encoder);
	if (rows->key_encoder != NULL)
		rows->key_encoder->ops->free(rows->key_encoder);
	free(rows->text);
}
