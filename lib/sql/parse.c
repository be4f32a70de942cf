#include "sql/parse.h"
#include "sql/parser.h"
#include "sql/grammar.h"
#include "sql/scanner.h"
#include <errno.h>
#include <string.h>

// How many bytes the UTF-8 character at text[:len] has, 0 when it is none. Overlong forms and
// surrogates are left to whoever reads the strings.
static size_t utf8_len(const unsigned char *text, size_t len)
{
	size_t n = text[0] < 0x80   ? 1
		   : text[0] < 0xc2 ? 0
		   : text[0] < 0xe0 ? 2
		   : text[0] < 0xf0 ? 3
				    : 4;

	if (n > len || text[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

static int check_text(const char *text, size_t len, struct err *err)
{
	struct pos pos = {1, 1};
	size_t n;

	if (len > SQL_TEXT_MAX)
		return err_set(err, EINVAL, "a script has at most %d bytes, this one %zu",
			SQL_TEXT_MAX, len);
	for (size_t i = 0; i < len; i += n) {
		n = utf8_len((const unsigned char *)text + i, len - i);
		if (n == 0 || text[i] == '\0')
			return err_set_at(err, pos, "byte 0x%02x is no text: a script is UTF-8",
				(unsigned char)text[i]);
		pos.column += (uint32_t)n;
		if (text[i] == '\n')
			pos = (struct pos){pos.line + 1, 1};
	}
	return 0;
}

int sql_parse(struct arena *arena, const char *text, size_t len, struct ast_script **script,
	struct err *err)
{
	struct parser p = {.arena = arena, .err = err, .pos = {1, 1}, .end = {1, 1}};
	YY_BUFFER_STATE buffer;
	void *scanner;

	if (check_text(text, len, err) != 0)
		return -EINVAL;
	if (sql_yylex_init_extra(&p, &scanner) != 0)
		return err_set(err, ENOMEM, "out of memory");
	p.script = arena_alloc(arena, sizeof(*p.script));
	buffer = sql_yy_scan_bytes(text, (int)len, scanner);
	if (sql_yyparse(scanner, &p) != 0)
		p.failed = true;
	sql_yy_delete_buffer(buffer, scanner);
	sql_yylex_destroy(scanner);
	if (!p.failed)
		parse_check_depth(&p, p.script);
	if (p.failed)
		return -EINVAL;
	*script = p.script;
	return 0;
}
