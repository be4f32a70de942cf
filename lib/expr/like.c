// LIKE. A constant pattern is compiled once: most are a literal with % at an end or at both, which
// are a comparison or a search; any other is matched by greedy backtracking to the last %, which is
// enough because % matches anything (at most len × pattern steps).
#include "expr/call.h"
#include "expr/families.h"
#include "expr/text.h"
#include <errno.h>

enum shape { EXACT, PREFIX, SUFFIX, CONTAINS, GENERAL };

// Elements of a pattern: bytes, with the wildcards apart from the characters that were escaped.
enum { ANY_ONE = 256, ANY_MANY = 257 };
enum { PATTERN_MAX = 1024 };

struct pattern {
	enum shape shape;
	uint32_t n;
	uint16_t elements[PATTERN_MAX]; // [:n], GENERAL
	uint32_t len;
	char literal[PATTERN_MAX]; // [:len], the other shapes: the text between the %s
};

enum bad { PATTERN_OK, PATTERN_TOO_LONG, PATTERN_BAD_ESCAPE };

static const char *const bad_texts[] = {
	[PATTERN_TOO_LONG] = "a LIKE pattern is longer than 1024 bytes",
	[PATTERN_BAD_ESCAPE] = "a LIKE pattern's escape is not before %, _ or itself",
};

// escape < 0: none.
static enum bad split_elements(struct pattern *p, const struct str *text, int escape)
{
	const char *data = str_data(text);

	p->n = 0;
	if (text->len > PATTERN_MAX)
		return PATTERN_TOO_LONG;
	for (uint32_t i = 0; i < text->len; i++) {
		unsigned char byte = (unsigned char)data[i];

		if (byte == escape) {
			if (++i == text->len)
				return PATTERN_BAD_ESCAPE;
			byte = (unsigned char)data[i];
			if (byte != '%' && byte != '_' && byte != escape)
				return PATTERN_BAD_ESCAPE;
			p->elements[p->n++] = byte;
		} else if (byte == '%') {
			if (p->n == 0 || p->elements[p->n - 1] != ANY_MANY)
				p->elements[p->n++] = ANY_MANY;
		} else {
			p->elements[p->n++] = byte == '_' ? ANY_ONE : byte;
		}
	}
	return PATTERN_OK;
}

static enum bad pattern_compile(struct pattern *p, const struct str *text, int escape)
{
	enum bad bad = split_elements(p, text, escape);
	bool first, last;

	if (bad != PATTERN_OK)
		return bad;
	first = p->n > 0 && p->elements[0] == ANY_MANY;
	last = p->n > 1 && p->elements[p->n - 1] == ANY_MANY;
	p->shape = first && last ? CONTAINS : first ? SUFFIX : last ? PREFIX : EXACT;
	p->len = 0;
	for (uint32_t i = first; i < p->n - last; i++) {
		if (p->elements[i] >= ANY_ONE) {
			p->shape = GENERAL;
			break;
		}
		p->literal[p->len++] = (char)p->elements[i];
	}
	return PATTERN_OK;
}

static bool match_general(const struct pattern *p, const char *text, uint32_t len)
{
	uint32_t at = 0, element = 0;
	uint32_t many = UINT32_MAX, many_at = 0; // the last %, and where what follows it was tried

	while (at < len) {
		uint16_t e = element < p->n ? p->elements[element] : UINT16_MAX;

		if (e == ANY_MANY) {
			many = element++;
			many_at = at;
		} else if (e == ANY_ONE) {
			at = text_next(text, len, at);
			element++;
		} else if (e == (unsigned char)text[at]) {
			at++;
			element++;
		} else if (many != UINT32_MAX) {
			many_at = text_next(text, len, many_at);
			at = many_at;
			element = many + 1;
		} else {
			return false;
		}
	}
	while (element < p->n && p->elements[element] == ANY_MANY)
		element++;
	return element == p->n && at == len;
}

static bool match(const struct pattern *p, const struct str *str)
{
	const char *text = str_data(str);
	uint32_t len = str->len;

	if (p->shape == GENERAL)
		return match_general(p, text, len);
	if (len < p->len)
		return false;
	if (p->shape == CONTAINS)
		return memmem(text, len, p->literal, p->len) != NULL;
	if (p->shape == EXACT && len != p->len)
		return false;
	return memcmp(text + (p->shape == SUFFIX ? len - p->len : 0), p->literal, p->len) == 0;
}

static void like_constant(struct call *call)
{
	const struct pattern *pattern = call->expr->data;
	const struct str *as = call->args[0].values;
	uint8_t *values = call->values;

	CALL_FOREACH(call, row)
	values[row] = match(pattern, &as[row]);
}

// One byte, or −1 when the text is something else.
static int escape_byte(const struct str *text)
{
	return text->len == 1 && text->prefix[0] > 0 ? text->prefix[0] : -1;
}

static void like(struct call *call)
{
	const struct str *as = call->args[0].values, *patterns = call->args[1].values;
	const struct str *escapes = call->expr->n_args > 2 ? call->args[2].values : NULL;
	uint8_t *values = call->values;
	struct pattern pattern;

	CALL_FOREACH(call, row)
	{
		int escape = escapes != NULL ? escape_byte(&escapes[row]) : -1;
		enum bad bad = escapes != NULL && escape < 0 ? PATTERN_BAD_ESCAPE : PATTERN_OK;

		if (bad == PATTERN_OK)
			bad = pattern_compile(&pattern, &patterns[row], escape);
		if (bad != PATTERN_OK)
			call_fail(call, row, bad_texts[bad]);
		else
			values[row] = match(&pattern, &as[row]);
	}
}

static const struct kernel kernel_like_constant = {like_constant, 0};
static const struct kernel kernel_like = {like, KERNEL_FAULTS};

static bool is_text_literal(const struct expr *expr)
{
	return expr_is_literal(expr) && !expr->is_null;
}

static int resolve_like(struct resolve *r)
{
	struct pattern *pattern;
	int escape = -1;
	enum bad bad;

	if (resolve_letters(r) != 0)
		return -EINVAL;
	r->type = type_of(TYPE_BOOLEAN);
	r->kernel = &kernel_like;
	if (!is_text_literal(r->args[1]) || (r->n_args > 2 && !is_text_literal(r->args[2])))
		return 0;
	if (r->n_args > 2)
		escape = escape_byte(&r->args[2]->value.str);
	if (r->n_args > 2 && escape < 0)
		return err_set_at(r->err, r->args[2]->pos, "ESCAPE takes one ASCII character");
	pattern = arena_alloc(r->arena, sizeof(*pattern));
	bad = pattern_compile(pattern, &r->args[1]->value.str, escape);
	if (bad != PATTERN_OK)
		return err_set_at(r->err, r->args[1]->pos, "%s", bad_texts[bad]);
	r->data = pattern;
	r->constants = r->args + 1;
	r->n_constants = r->n_args - 1;
	r->n_args = 1;
	r->kernel = &kernel_like_constant;
	return 0;
}

static const struct function functions[] = {
	{.name = "LIKE",
		.args = "s",
		.n_min = 2,
		.n_max = 3,
		.resolve = resolve_like,
		.usage = "a LIKE pattern [ESCAPE c]",
		.doc = "_ is any character, % any number of them; all of a must match"},
};

const struct function_family family_like = {
	"Patterns", functions, sizeof(functions) / sizeof(*functions)};
