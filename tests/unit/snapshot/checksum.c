#include "snapshot/checksum.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

// The sanity buffer and the sums of xxHash's own tests (tests/sanity_test_vectors.h).
static void is_that_of_xxhash64(void **)
{
	enum { PRIME32 = 0x9e3779b1 };
	uint64_t byte = (uint32_t)PRIME32;
	uint8_t buffer[256];

	for (size_t i = 0; i < sizeof(buffer); i++) {
		buffer[i] = (uint8_t)(byte >> 56);
		byte *= 0x9e3779b185ebca8d;
	}
	assert_int_equal(checksum(buffer, 0, 0), 0xef46db3751d8e999);
	assert_int_equal(checksum(buffer, 0, (uint32_t)PRIME32), 0xac75fda2929b17ef);
	assert_int_equal(checksum(buffer, 1, 0), 0xe934a84adb052768);
	assert_int_equal(checksum(buffer, 4, 0), 0x9136a0dca57457ee);
	assert_int_equal(checksum(buffer, 14, 0), 0x8282dcc4994e35c8);
	assert_int_equal(checksum(buffer, 222, 0), 0xb641ae8cb691c174);
	assert_int_equal(checksum("abc", 3, 0), 0x44bc2cf5ad770999);
}

static void shows_each_flipped_bit(void **)
{
	uint8_t bytes[100] = {0};
	uint64_t sum = checksum(bytes, sizeof(bytes), 7);

	for (size_t bit = 0; bit < sizeof(bytes) * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(checksum(bytes, sizeof(bytes), 7), sum);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_that_of_xxhash64),
		cmocka_unit_test(shows_each_flipped_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
