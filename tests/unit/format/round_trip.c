// What an encoder writes its decoder reads back, for random rows of all types.
#include "format/fixture.h"
#include "row/datetime.h"
#include "row/random.h"

#define LEN(array) (sizeof(array) / sizeof(*(array)))

static const struct fixture_column columns[] = {
	{"bool", {TYPE_BOOLEAN, true, 0, 0, NULL}},
	{"tiny", {TYPE_TINYINT, true, 0, 0, NULL}},
	{"small", {TYPE_SMALLINT, true, 0, 0, NULL}},
	{"int", {TYPE_INT, true, 0, 0, NULL}},
	{"big", {TYPE_BIGINT, true, 0, 0, NULL}},
	{"float", {TYPE_FLOAT, true, 0, 0, NULL}},
	{"double", {TYPE_DOUBLE, true, 0, 0, NULL}},
	{"dec", {TYPE_DECIMAL, true, 12, 3, NULL}},
	{"wide", {TYPE_DECIMAL, true, 38, 10, NULL}},
	{"char", {TYPE_CHAR, true, 10, 0, NULL}},
	{"bin", {TYPE_BINARY, true, 20, 0, NULL}},
	{"date", {TYPE_DATE, true, 0, 0, NULL}},
	{"time", {TYPE_TIME, true, 3, 0, NULL}},
	{"ms", {TYPE_TIMESTAMP, true, 3, 0, NULL}},
	{"us", {TYPE_TIMESTAMP, true, 6, 0, NULL}},
	{"ns", {TYPE_TIMESTAMP_LTZ, true, 9, 0, NULL}},
	{"day", {TYPE_INTERVAL_DAY, true, 3, 0, NULL}},
	{"year", {TYPE_INTERVAL_YEAR, true, 2, 0, NULL}},
	{"a \"name\"\n\xc3\xa9", {TYPE_VARCHAR, true, TYPE_LENGTH_MAX, 0, NULL}},
};

enum { N_COLUMNS = LEN(columns), ROWS = 200, TEXT_MAX = 4096 };

// Characters that some format must take care of; no trailing blank, which raw would take for
// padding.
static struct str random_string(struct random *random, struct block_store *store, uint32_t max)
{
	static const char *const pieces[] = {"a", "b ", ",", "\"", "\\", "\n", "\t", "\x01",
		"\xc3\xa9", "\xf0\x9f\x98\x80", "'", "#", "{", "null", "0"};
	char text[256];
	uint32_t len = 0;

	for (uint32_t n = random_below(random, 25); n > 0; n--) {
		const char *piece = pieces[random_below(random, LEN(pieces))];

		if (len + strlen(piece) + 1 > max)
			break;
		memcpy(text + len, piece, strlen(piece));
		len += (uint32_t)strlen(piece);
	}
	text[len++] = '.';
	return str_view(memcpy(block_store_alloc(store, len), text, len), len);
}

static struct str random_bytes(struct random *random, struct block_store *store, uint32_t len)
{
	char *data = block_store_alloc(store, len);

	for (uint32_t i = 0; i < len; i++)
		data[i] = (char)random_bits(random);
	return str_view(data, len);
}

// Any finite double: all exponents are as likely.
static double random_double(struct random *random)
{
	uint64_t bits = random_bits(random);
	double value;

	if ((bits >> 52 & 0x7ff) == 0x7ff)
		bits ^= 1ull << 62;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static decimal random_decimal(struct random *random, int32_t precision)
{
	decimal value = (decimal)(random_wide(random) >> random_below(random, 127));

	return value % decimal_power(precision);
}

static void fill(struct random *random, struct block_store *store, uint16_t i, uint16_t slot)
{
	struct type type = columns[i].type;
	void *values = store->columns[i].values;
	int64_t bits = (int64_t)random_bits(random) >> random_below(random, 64);

	switch (type.kind) {
	case TYPE_BOOLEAN:
		((uint8_t *)values)[slot] = bits & 1;
		break;
	case TYPE_FLOAT:
		((float *)values)[slot] = (float)bits / 64;
		break;
	case TYPE_DOUBLE:
		((double *)values)[slot] = random_double(random);
		break;
	case TYPE_DECIMAL:
		((decimal *)values)[slot] = random_decimal(random, type.precision);
		break;
	case TYPE_CHAR:
	case TYPE_VARCHAR:
		((struct str *)values)[slot] = random_string(
			random, store, type.kind == TYPE_CHAR ? (uint32_t)type.precision : 100);
		break;
	case TYPE_BINARY:
		((struct str *)values)[slot] =
			random_bytes(random, store, (uint32_t)type.precision);
		break;
	case TYPE_DATE: // the years 0000 to 9999, which is what text can say
		((int32_t *)values)[slot] = -719528 + (int32_t)random_below(random, 3652424);
		break;
	case TYPE_TIME:
		((int32_t *)values)[slot] = (int32_t)random_below(random, 86400000);
		break;
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		((int64_t *)values)[slot] =
			(int64_t)random_below(random, UINT32_MAX) * type_units_per_second(type) +
			random_below(random, (uint32_t)type_units_per_second(type));
		break;
	default:
		memcpy((char *)values + slot * type_width(type.kind), &bits, type_width(type.kind));
		break;
	}
}

// Whether a row's value in column i equals the one that was read back into slot 0 of b.
static bool same_value(
	const struct block_store *a, uint16_t slot, const struct block_store *b, uint16_t i)
{
	uint32_t width = type_width(columns[i].type.kind);
	const char *of_a = (const char *)a->columns[i].values + slot * width;
	const char *of_b = b->columns[i].values;

	if (nulls_get(a->columns[i].nulls, slot) || nulls_get(b->columns[i].nulls, 0))
		return nulls_get(a->columns[i].nulls, slot) == nulls_get(b->columns[i].nulls, 0);
	if (type_is_view(columns[i].type.kind))
		return str_equal((const struct str *)of_a, (const struct str *)of_b);
	return memcmp(of_a, of_b, width) == 0;
}

static void round_trip(const char *format, const char *options_text, bool with_nulls)
{
	struct random random = {1};
	struct fixture f;
	struct block_store *store;
	struct encoder *encoder;
	struct format_option options[FIXTURE_OPTIONS_MAX];
	char text[TEXT_MAX], *copy = strdup(options_text);
	uint16_t n_options = fixture_options(copy, options);
	struct err err;

	fixture_init(&f, format, options_text, columns, N_COLUMNS);
	store = block_store_new(&mem_libc, f.schema, 1 << 20);
	encoder = format_find(format)->encoder_new(&mem_libc, f.schema, options, n_options, &err);
	assert_non_null(encoder);
	for (uint16_t slot = 0; slot < ROWS; slot++) {
		uint32_t len;

		fixture_reset(&f);
		for (uint16_t i = 0; i < N_COLUMNS; i++)
			if (with_nulls && random_below(&random, 8) == 0)
				nulls_set(store->columns[i].nulls, slot);
			else
				fill(&random, store, i, slot);
		len = encoder->ops->encode(encoder, &store->block, slot, text, sizeof(text));
		assert_in_range(len, 1, TEXT_MAX);
		if (!fixture_decode_bytes(&f, text, len))
			fail_msg("%s: %.*s", decode_error_names[fixture_error(&f)], (int)len, text);
		for (uint16_t i = 0; i < N_COLUMNS; i++)
			if (!same_value(store, slot, f.out, i))
				fail_msg("column %s of %.*s", columns[i].name, (int)len, text);
		// In less room it says so, and writes nothing behind it.
		for (uint32_t size = 0; size < len; size += 1 + len / 16) {
			char *small = malloc(size + 1);

			assert_int_equal(
				encoder->ops->encode(encoder, &store->block, slot, small, size), 0);
			free(small);
		}
	}
	encoder->ops->free(encoder);
	block_store_free(&mem_libc, store);
	fixture_free(&f);
	free(copy);
}

static void json_reads_back_what_it_wrote(void **)
{
	round_trip("json", "", true);
	round_trip(
		"json", "timestamp-format.standard=ISO-8601;encode.ignore-null-fields=true", true);
}

static void csv_reads_back_what_it_wrote(void **)
{
	round_trip("csv", "null-literal=NIL", true);
	round_trip("csv", "null-literal=NIL;field-delimiter=-;quote-character='", true);
	round_trip("csv", "null-literal=NIL;escape-character=\\;field-delimiter=:", true);
}

static void raw_reads_back_what_it_wrote(void **)
{
	round_trip("raw", "", false);
	round_trip("raw", "endianness=little", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_reads_back_what_it_wrote),
		cmocka_unit_test(csv_reads_back_what_it_wrote),
		cmocka_unit_test(raw_reads_back_what_it_wrote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
