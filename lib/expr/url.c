// URLs: their parts (PARSE_URL, as java.net.URL has them) and their encoding (as
// java.net.URLEncoder: application/x-www-form-urlencoded in UTF-8).
#include "expr/call.h"
#include "expr/charset.h"
#include "expr/families.h"
#include "expr/string_call.h"
#include <ctype.h>
#include <errno.h>
#include <strings.h>

struct part {
	const char *text; // NULL: the URL has no such part
	uint32_t len;
};

struct url {
	struct part protocol, authority, user, host, path, query, ref, file;
};

static struct part part_of(const char *from, const char *to)
{
	return (struct part){from, (uint32_t)(to - from)};
}

static const char *find(const char *from, const char *to, char c)
{
	const char *at = memchr(from, c, (size_t)(to - from));

	return at != NULL ? at : to;
}

// java.net.URL refuses protocols that it has no handler for.
static bool known_protocol(struct part protocol)
{
	static const char *const names[] = {"http", "https", "ftp", "file", "jar", "mailto"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == protocol.len &&
			strncasecmp(names[i], protocol.text, protocol.len) == 0)
			return true;
	return false;
}

// //user@host:port. False when the port is no number.
static bool split_authority(struct url *url, const char *at, const char *end)
{
	const char *host = at, *port;

	url->authority = part_of(at, end);
	for (const char *c = at; c < end; c++)
		if (*c == '@') {
			url->user = part_of(at, c);
			host = c + 1;
			break;
		}
	port = host < end && *host == '[' ? find(host, end, ']') : host;
	port = find(port, end, ':');
	url->host = part_of(host, port);
	for (const char *c = port + 1; c < end; c++)
		if (!isdigit((unsigned char)*c))
			return false;
	return true;
}

static bool url_split(struct url *url, const char *at, const char *end)
{
	const char *colon = find(at, end, ':'), *ref, *query;

	*url = (struct url){.host = {"", 0}, .path = {"", 0}};
	if (colon == end)
		return false;
	url->protocol = part_of(at, colon);
	if (!known_protocol(url->protocol))
		return false;
	at = colon + 1;
	ref = find(at, end, '#');
	if (ref < end)
		url->ref = part_of(ref + 1, end);
	query = find(at, ref, '?');
	if (query < ref)
		url->query = part_of(query + 1, ref);
	if (query - at >= 2 && at[0] == '/' && at[1] == '/') {
		const char *slash = find(at + 2, query, '/');

		if (!split_authority(url, at + 2, slash))
			return false;
		at = slash;
	}
	url->path = part_of(at, query);
	url->file = part_of(at, ref);
	return true;
}

static bool is_name(const struct str *str, const char *name)
{
	return str->len == strlen(name) && memcmp(str_data(str), name, str->len) == 0;
}

static struct part url_part(const struct url *url, const struct str *name)
{
	const struct {
		const char *name;
		struct part part;
	} parts[] = {
		{"HOST", url->host},
		{"PATH", url->path},
		{"QUERY", url->query},
		{"REF", url->ref},
		{"PROTOCOL", url->protocol},
		{"FILE", url->file},
		{"AUTHORITY", url->authority},
		{"USERINFO", url->user},
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (is_name(name, parts[i].name))
			return parts[i].part;
	return (struct part){0};
}

// The value of key in a=1&b=2.
static struct part query_value(struct part query, const struct str *key)
{
	const char *at = query.text, *end = at + query.len;

	while (at != NULL) {
		const char *next = find(at, end, '&');

		if ((size_t)(next - at) > key->len && at[key->len] == '=' &&
			memcmp(at, str_data(key), key->len) == 0)
			return part_of(at + key->len + 1, next);
		at = next < end ? next + 1 : NULL;
	}
	return (struct part){0};
}

static void parse_url(struct call *call)
{
	bool has_key = call->expr->n_args > 2;

	CALL_FOREACH(call, row)
	{
		const struct str *text = str_arg(call, 0, row), *name = str_arg(call, 1, row);
		struct part part = {0};
		struct url url;

		if ((!has_key || is_name(name, "QUERY")) &&
			url_split(&url, str_data(text), str_data(text) + text->len))
			part = url_part(&url, name);
		if (has_key && part.text != NULL)
			part = query_value(part, str_arg(call, 2, row));
		if (part.text != NULL)
			set_str(call, row, part.text, part.len);
		else
			nulls_set(call->nulls, row);
	}
}

static void url_encode(struct call *call)
{
	static const char digits[] = "0123456789ABCDEF";

	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row);
		char *room = call_str_room(call, row, 3 * (uint64_t)a->len), *to = room;

		for (uint32_t i = 0; room != NULL && i < a->len; i++) {
			uint8_t byte = (uint8_t)str_data(a)[i];

			if (byte < 0x80 && (isalnum(byte) || memchr(".-*_", byte, 4) != NULL)) {
				*to++ = (char)byte;
			} else if (byte == ' ') {
				*to++ = '+';
			} else {
				*to++ = '%';
				*to++ = digits[byte >> 4];
				*to++ = digits[byte & 15];
			}
		}
		if (room != NULL)
			call_str_done(call, row, room, (uint32_t)(to - room));
	}
}

static int digit(char c)
{
	return c >= '0' && c <= '9'	    ? c - '0'
	       : isxdigit((unsigned char)c) ? (c | 32) - 'a' + 10
					    : -1;
}

// The bytes that text[:len] encodes. Returns how many, or −1.
static int64_t unescape(const char *text, uint32_t len, char *out)
{
	char *start = out;

	for (uint32_t i = 0; i < len; i++) {
		if (text[i] != '%') {
			*out++ = text[i] == '+' ? ' ' : text[i];
			continue;
		}
		if (len - i < 3 || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0)
			return -1;
		*out++ = (char)(digit(text[i + 1]) << 4 | digit(text[i + 2]));
		i += 2;
	}
	return out - start;
}

static void url_decode(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct str *a = str_arg(call, 0, row);
		// The bytes stand behind the text that is made of them.
		char *room = call_str_room(call, row, 4 * (uint64_t)a->len + 2);
		char *bytes = room + 3 * (size_t)a->len + 2;
		int64_t len = room != NULL ? unescape(str_data(a), a->len, bytes) : 0;

		if (len < 0)
			nulls_set(call->nulls, row);
		else if (room != NULL)
			call_str_done(call, row, room,
				charset_decode(CHARSET_UTF8, bytes, (uint32_t)len, room));
	}
}

static const struct function functions[] = {
	FUNCTION("PARSE_URL", "s", 2, 3, parse_url, KERNEL_NULLS, TYPE_VARCHAR,
		"PARSE_URL(url, part [, key])",
		"HOST, PATH, QUERY, REF, PROTOCOL, AUTHORITY, FILE or USERINFO of the URL; with a "
		"key, its value in the QUERY"),
	FUNCTION("URL_ENCODE", "s", 1, 1, url_encode, KERNEL_NULLS, TYPE_VARCHAR, "URL_ENCODE(s)",
		"s in application/x-www-form-urlencoded"),
	FUNCTION("URL_DECODE", "s", 1, 1, url_decode, KERNEL_NULLS, TYPE_VARCHAR, "URL_DECODE(s)",
		"back from URL_ENCODE; NULL when an escape is wrong"),
};

const struct function_family family_url = {
	"URLs", functions, sizeof(functions) / sizeof(*functions)};
