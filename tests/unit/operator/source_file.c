// Lines longer than what a reader carries over, at the borders of what it reads at once.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "dataplane/file_reader.h"
#include "operator/source/source.h"

enum { TEXT_MAX = 256, POLLS_MAX = 1000000 };

// The operator behind the source: the first column of every row, one after another.
struct collector {
	struct op op;
	char text[TEXT_MAX];
};

static void collect(struct op *op, const struct block *block)
{
	struct collector *collector = (struct collector *)op;
	const struct str *values = block->columns[0].values;

	BLOCK_FOREACH_ROW (block, slot)
		strncat(collector->text, str_data(&values[slot]), values[slot].len);
}

static const struct op_ops collector_ops = {.process = collect};

// What comes out of a file of head, n_fill times 'x', tail. *n_too_long: lines dropped as such.
static void read_lines(
	const char *head, size_t n_fill, const char *tail, char *rows, uint64_t *n_too_long)
{
	char path[] = "/tmp/tidewire-source-XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	struct arena *arena = arena_new();
	struct schema *schema = schema_new(arena, 1);
	const bool wanted[] = {true};
	struct source_config config = {
		.table = "t", .connector = SOURCE_FILESYSTEM, .path = path, .wanted = wanted};
	struct op_spec spec = {.kind = &source_kind, .config = &config, .output = schema};
	struct op_task task = {.mem = &mem_libc, .tsc_hz = 1000000000};
	struct collector collector = {.op = {.ops = &collector_ops, .task = &task}};
	struct source_account account;
	struct err err = {0};
	struct op *op;

	fputs(head, file);
	for (size_t i = 0; i < n_fill; i++)
		fputc('x', file);
	fputs(tail, file);
	fclose(file);
	schema->fields[0] = (struct field){"k", type_of(TYPE_VARCHAR)};
	config.format = format_find("csv");
	op = source_kind.create(&spec, &task, &err);
	assert_non_null(op);
	op->outs[op->n_outs++] = &collector.op;
	for (int i = 0; i < POLLS_MAX && !source_finish(op); i++)
		if (source_poll(op) == 0)
			usleep(100); // the reader's thread has to come to it
	assert_true(source_finish(op));
	source_account(op, &account);
	*n_too_long = account.n_in - account.n_rows;
	strcpy(rows, collector.text);
	op->ops->free(op);
	arena_free(arena);
	unlink(path);
}

static void assert_lines(
	const char *head, size_t n_fill, const char *tail, const char *rows, uint64_t n_too_long)
{
	char got[TEXT_MAX];
	uint64_t n;

	read_lines(head, n_fill, tail, got, &n);
	assert_string_equal(got, rows);
	assert_int_equal(n, n_too_long);
}

static void the_line_behind_a_long_one_comes_wherever_chunks_end(void **)
{
	// The long line's end: in its last chunk, at its border, behind it.
	for (size_t n = FILE_READER_BUFFER_SIZE - 6; n <= FILE_READER_BUFFER_SIZE; n++) {
		assert_lines("a\n", n, "\nb\nc\n", "abc", 1);
		assert_lines("a\n", n, "\r\nb\nc\n", "abc", 1);
		assert_lines("a\n", n + FILE_READER_BUFFER_SIZE, "\r\n\nb\nc", "abc", 1);
	}
}

static void a_long_line_at_the_end_is_counted(void **)
{
	assert_lines("a\n", FILE_READER_BUFFER_SIZE - 2, "", "a", 1);
	assert_lines("a\n", FILE_READER_BUFFER_SIZE + 2, "", "a", 1);
	assert_lines("a\n", FILE_READER_BUFFER_SIZE + 2, "\n", "a", 1);
}

// Whether a chunk holds it whole or not.
static void a_long_line_is_too_long_wherever_it_lies(void **)
{
	assert_lines("a\n", FILE_READER_TAIL_MAX, "\nb\n", "ab", 1);
	assert_lines("a\n", 2 * FILE_READER_TAIL_MAX, "\nb", "ab", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_line_behind_a_long_one_comes_wherever_chunks_end),
		cmocka_unit_test(a_long_line_at_the_end_is_counted),
		cmocka_unit_test(a_long_line_is_too_long_wherever_it_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
