// SQL text to syntax tree.
#pragma once
#include "sql/ast.h"

// Parse text[:len], a script of statements separated by ';' (the last may lack it). Returns 0 and
// *script, which lives in arena, as does all it points to; or -EINVAL, and err says at which line
// and column what was found and what would be right. text may be anything; it need not stay.
int sql_parse(struct arena *arena, const char *text, size_t len, struct ast_script **script,
	struct err *err);
