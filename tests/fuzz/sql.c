// A script through the scanner, the grammar and the printer.
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "sql/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct ast_script *script = NULL;
	struct err err = {0};
	int result = sql_parse(arena, (const char *)data, size, &script, &err);

	// A tree that prints, or an error that says something on one line; never both, never
	// neither.
	if ((result == 0) != (script != NULL) || (result == 0) != (err.text[0] == '\0'))
		abort();
	if (strchr(err.text, '\n') != NULL)
		abort();
	if (script != NULL && ast_print(arena, script) == NULL)
		abort();
	arena_free(arena);
	return 0;
}
