// Digests as lower case hexadecimal text, by libnettle: its contexts live on the stack.
#include "expr/call.h"
#include "expr/families.h"
#include "expr/string_call.h"
#include <errno.h>
#include <nettle/md5.h>
#include <nettle/nettle-meta.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

union context {
	struct md5_ctx md5;
	struct sha1_ctx sha1;
	struct sha256_ctx sha256; // SHA-224, too
	struct sha512_ctx sha512; // SHA-384, too
};

static void digest_row(
	struct call *call, uint16_t row, const struct nettle_hash *hash, const struct str *text)
{
	static const char digits[] = "0123456789abcdef";
	char *room = call_str_room(call, row, 2 * hash->digest_size);
	uint8_t digest[SHA512_DIGEST_SIZE];
	union context context;

	if (room == NULL)
		return;
	hash->init(&context);
	hash->update(&context, text->len, (const uint8_t *)str_data(text));
	hash->digest(&context, hash->digest_size, digest);
	for (unsigned int i = 0; i < hash->digest_size; i++) {
		room[2 * i] = digits[digest[i] >> 4];
		room[2 * i + 1] = digits[digest[i] & 15];
	}
	call_str_done(call, row, room, 2 * hash->digest_size);
}

static inline void digest(struct call *call, const struct nettle_hash *hash)
{
	CALL_FOREACH(call, row)
	digest_row(call, row, hash, str_arg(call, 0, row));
}

#define DIGEST_KERNEL(name)                   \
	static void name(struct call *call)   \
	{                                     \
		digest(call, &nettle_##name); \
	}
DIGEST_KERNEL(md5)
DIGEST_KERNEL(sha1)
DIGEST_KERNEL(sha224)
DIGEST_KERNEL(sha256)
DIGEST_KERNEL(sha384)
DIGEST_KERNEL(sha512)

static const struct nettle_hash *sha2_of(int32_t bits)
{
	switch (bits) {
	case 224:
		return &nettle_sha224;
	case 256:
		return &nettle_sha256;
	case 384:
		return &nettle_sha384;
	case 512:
		return &nettle_sha512;
	default:
		return NULL;
	}
}

static const char bad_bits[] = "SHA2 makes 224, 256, 384 or 512 bits";

static void sha2(struct call *call)
{
	CALL_FOREACH(call, row)
	{
		const struct nettle_hash *hash = sha2_of(int_arg(call, 1, row));

		if (hash == NULL)
			call_fail(call, row, bad_bits);
		else
			digest_row(call, row, hash, str_arg(call, 0, row));
	}
}

static int resolve_sha2(struct resolve *r)
{
	static const struct kernel kernel = {sha2, KERNEL_FAULTS | KERNEL_NULLS};
	const struct expr *bits;

	if (resolve_letters(r) != 0)
		return -EINVAL;
	bits = r->args[1];
	if (expr_is_literal(bits) && !bits->is_null && sha2_of(bits->value.i32) == NULL)
		return err_set_at(r->err, bits->pos, "%s", bad_bits);
	r->type = type_of(TYPE_VARCHAR);
	r->kernel = &kernel;
	return 0;
}

#define F(sql, run, n_digits)                                                \
	FUNCTION(sql, "s", 1, 1, run, KERNEL_NULLS, TYPE_VARCHAR, sql "(s)", \
		"the " sql " digest of s in UTF-8, " n_digits " hexadecimal digits")

static const struct function functions[] = {
	F("MD5", md5, "32"),
	F("SHA1", sha1, "40"),
	F("SHA224", sha224, "56"),
	F("SHA256", sha256, "64"),
	F("SHA384", sha384, "96"),
	F("SHA512", sha512, "128"),
	RESOLVED("SHA2", "si", 2, 2, resolve_sha2, "SHA2(s, bits)",
		"SHA224, SHA256, SHA384 or SHA512"),
};

const struct function_family family_hash = {
	"Hash functions", functions, sizeof(functions) / sizeof(*functions)};
