// What the JSON functions share. Their special words arrive as string literals, in places of their
// own (sql/ast.h says which). Internal to the module.
#pragma once
#include "expr/call.h"
#include "expr/json_text.h"
#include "expr/string_call.h"

// Which of words[:n] the literal is. A bug when it is none: the parser writes them.
int json_word(const struct expr *literal, const char *const *words, int n);

// The free part of the heap, and taking what was written there as the row's value.
static inline struct json_out json_out(const struct call *call)
{
	return (struct json_out){.bytes = call->heap->bytes + call->heap->used,
		.size = call->heap->size - call->heap->used};
}

static inline void json_done(struct call *call, uint16_t row, const struct json_out *out)
{
	if (out->full)
		call_str_full(call, row);
	else
		call_str_done(call, row, out->bytes, out->used);
}
