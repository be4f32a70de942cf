// Strings and bytes in other clothes: hexadecimal, base64, binary digits, character sets.
#include "expr/call.h"
#include "expr/charset.h"
#include "expr/families.h"
#include "expr/string_call.h"
#include "format/base64.h"
#include <errno.h>

static const char upper_digits[] = "0123456789ABCDEF";

// The digits of value in base 2^shift, without leading zeros; a negative number is its complement.
static void put_digits(struct call *call, uint16_t row, uint64_t value, int shift)
{
	char text[64], *at = text + sizeof(text);
	char *room;
	uint32_t len;

	do {
		*--at = upper_digits[value & ((1u << shift) - 1)];
		value >>= shift;
	} while (value != 0);
	len = (uint32_t)(text + sizeof(text) - at);
	room = call_str_room(call, row, len);
	if (room == NULL)
		return;
	memcpy(room, at, len);
	call_str_done(call, row, room, len);
}

static void bin(struct call *call)
{
	CALL_FOREACH(call, row)
	put_digits(call, row, (uint64_t)big_arg(call, 0, row), 1);
}

static void hex_number(struct call *call)
{
	CALL_FOREACH(call, row)
	put_digits(call, row, (uint64_t)big_arg(call, 0, row), 4);
}

static void hex_text(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row);
		char *room = call_str_room(call, row, 2 * (uint64_t)a->len);

		if (room == NULL)
			continue;
		for (uint32_t i = 0; i < a->len; i++) {
			uint8_t byte = (uint8_t)str_data(a)[i];

			room[2 * i] = upper_digits[byte >> 4];
			room[2 * i + 1] = upper_digits[byte & 15];
		}
		call_str_done(call, row, room, 2 * a->len);
	}
}

static int resolve_hex(struct resolve *r)
{
	static const struct kernel of_number = {hex_number, KERNEL_NULLS};
	static const struct kernel of_text = {hex_text, KERNEL_NULLS};

	r->type = type_of(TYPE_VARCHAR);
	r->kernel = &of_text;
	if (!type_is_integer(r->args[0]->type.kind))
		return resolve_letters(r);
	r->kernel = &of_number;
	return resolve_cast(r, 0, type_of(TYPE_BIGINT));
}

// Value of a hexadecimal digit, or −1.
static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Of an odd number of digits the first one becomes a zero byte, as in Flink. False when there is
// another character.
static bool unhex_text(const char *text, uint32_t len, char *out)
{
	uint32_t odd = len % 2;

	if (odd && digit(text[0]) < 0)
		return false;
	if (odd)
		*out++ = 0;
	for (uint32_t i = odd; i < len; i += 2) {
		int high = digit(text[i]), low = digit(text[i + 1]);

		if (high < 0 || low < 0)
			return false;
		*out++ = (char)(high << 4 | low);
	}
	return true;
}

static void unhex(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row);
		uint32_t len = (a->len + 1) / 2;
		char *room = call_str_room(call, row, len);

		if (room == NULL)
			continue;
		if (unhex_text(str_data(a), a->len, room))
			call_str_done(call, row, room, len);
		else
			nulls_set(call->nulls, row);
	}
}

static void to_base64(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row);
		char *room = call_str_room(call, row, base64_encoded_size(a->len));

		if (room == NULL)
			continue;
		base64_encode((const uint8_t *)str_data(a), a->len, room);
		call_str_done(call, row, room, (uint32_t)base64_encoded_size(a->len));
	}
}

static int resolve_to_base64(struct resolve *r)
{
	static const struct kernel kernel = {to_base64, KERNEL_NULLS};

	r->type = type_of(TYPE_VARCHAR);
	r->kernel = &kernel;
	return type_is_binary(r->args[0]->type.kind) ? 0 : resolve_letters(r);
}

// As java.util.Base64: the padding may be missing. room has a->len bytes and four more. Returns
// the length, or −1.
static int64_t unbase64(const struct str *a, char *room)
{
	uint32_t n_missing = (4 - a->len % 4) % 4;
	char last[4] = "====";
	int64_t head, tail;

	if (n_missing == 0)
		return base64_decode(str_data(a), a->len, (uint8_t *)room);
	if (n_missing == 3 || memchr(str_data(a), '=', a->len) != NULL)
		return -1;
	memcpy(last, str_data(a) + a->len - (4 - n_missing), 4 - n_missing);
	head = base64_decode(str_data(a), a->len - (4 - n_missing), (uint8_t *)room);
	if (head < 0)
		return -1;
	tail = base64_decode(last, 4, (uint8_t *)room + head);
	return tail < 0 ? -1 : head + tail;
}

static void from_base64(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row);
		char *room = call_str_room(call, row, (uint64_t)a->len + 4);
		int64_t len = room != NULL ? unbase64(a, room) : 0;

		if (len < 0)
			call_fail(call, row, "FROM_BASE64 of a text that is not base64");
		else if (room != NULL)
			call_str_done(call, row, room, (uint32_t)len);
	}
}

// ---- Character sets

static const char unknown_charset[] =
	"the character sets are US-ASCII, ISO-8859-1, UTF-8, UTF-16BE, UTF-16LE and UTF-16";

static inline void convert(struct call *call, uint32_t growth,
	uint32_t (*to)(enum charset charset, const char *text, uint32_t len, char *out))
{
	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row), *name = str_arg(call, 1, row);
		enum charset charset = charset_of(str_data(name), name->len);
		char *room;

		if (charset == CHARSET_UNKNOWN) {
			call_fail(call, row, unknown_charset);
			continue;
		}
		room = call_str_room(call, row, (uint64_t)a->len * growth + 2);
		if (room != NULL)
			call_str_done(call, row, room, to(charset, str_data(a), a->len, room));
	}
}

static void encode(struct call *call)
{
	convert(call, 2, charset_encode);
}

static void decode(struct call *call)
{
	convert(call, 3, charset_decode);
}

static int resolve_charset(struct resolve *r, const struct kernel *kernel)
{
	const struct expr *name = r->args[1];

	if (!type_is_string(name->type.kind) && name->type.kind != TYPE_NULL)
		return resolve_refuse(r);
	if (expr_is_literal(name) && !name->is_null &&
		charset_of(str_data(&name->value.str), name->value.str.len) == CHARSET_UNKNOWN)
		return err_set_at(r->err, name->pos, "%s", unknown_charset);
	r->kernel = kernel;
	return resolve_cast(r, 1, type_of(TYPE_VARCHAR));
}

static int resolve_encode(struct resolve *r)
{
	static const struct kernel kernel = {encode, KERNEL_NULLS | KERNEL_FAULTS};

	if (resolve_letters(r) != 0)
		return -EINVAL;
	r->type = type_of(TYPE_VARBINARY);
	return resolve_charset(r, &kernel);
}

static int resolve_decode(struct resolve *r)
{
	static const struct kernel kernel = {decode, KERNEL_NULLS | KERNEL_FAULTS};

	if (r->args[0]->type.kind == TYPE_NULL && resolve_cast(r, 0, type_of(TYPE_VARBINARY)) != 0)
		return -EINVAL;
	if (!type_is_binary(r->args[0]->type.kind))
		return resolve_refuse(r);
	r->type = type_of(TYPE_VARCHAR);
	return resolve_charset(r, &kernel);
}

static const struct function functions[] = {
	FUNCTION("BIN", "l", 1, 1, bin, KERNEL_NULLS, TYPE_VARCHAR, "BIN(n)",
		"a whole number in binary digits"),
	RESOLVED("HEX", "s", 1, 1, resolve_hex, "HEX(x)",
		"a whole number, or a string's bytes in UTF-8, in hexadecimal digits"),
	FUNCTION("UNHEX", "s", 1, 1, unhex, KERNEL_NULLS, TYPE_VARBINARY, "UNHEX(s)",
		"the bytes that s writes in hexadecimal digits; NULL when it does not"),
	RESOLVED("TO_BASE64", "s", 1, 1, resolve_to_base64, "TO_BASE64(s)",
		"a string's bytes in UTF-8, or bytes, in base64"),
	FUNCTION("FROM_BASE64", "s", 1, 1, from_base64, KERNEL_NULLS | KERNEL_FAULTS, TYPE_VARCHAR,
		"FROM_BASE64(s)", "the string that s writes in base64"),
	RESOLVED("ENCODE", "ss", 2, 2, resolve_encode, "ENCODE(s, charset)",
		"the bytes of s in US-ASCII, ISO-8859-1, UTF-8, UTF-16BE, UTF-16LE or UTF-16"),
	RESOLVED("DECODE", ".s", 2, 2, resolve_decode, "DECODE(bytes, charset)",
		"the string that the bytes are in this character set"),
};

const struct function_family family_encode = {
	"Encodings", functions, sizeof(functions) / sizeof(*functions)};
