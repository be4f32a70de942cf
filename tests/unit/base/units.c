#include "base/units.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void durations_have_flinks_units(void **)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {{"5 s", 5000000000}, {"100ms", 100000000}, {"1 min", 60000000000},
		{"2 h", 7200000000000}, {"1 d", 86400000000000}, {"10 us", 10000}, {"7 ns", 7},
		{"250", 250000000}, {" 3 Seconds ", 3000000000}, {"10 µs", 10000}, {"0", 0}};
	int64_t ns;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(units_duration_ns(cases[i].text, &ns), 0);
		assert_int_equal(ns, cases[i].ns);
	}
}

static void malformed_durations_are_refused(void **)
{
	static const char *const cases[] = {"", " ", "s", "-1 s", "1.5 s", "1 s 2", "1 fortnight",
		"1 sx", "99999999999999999999", "300000 d",
		"1 abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"};
	int64_t ns = 42;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(units_duration_ns(cases[i], &ns), -EINVAL);
	assert_int_equal(ns, 42);
}

static void sizes_are_powers_of_1024(void **)
{
	uint64_t bytes;

	assert_int_equal(units_size_bytes("512", &bytes), 0);
	assert_int_equal(bytes, 512);
	assert_int_equal(units_size_bytes("64 kb", &bytes), 0);
	assert_int_equal(bytes, 65536);
	assert_int_equal(units_size_bytes("128mb", &bytes), 0);
	assert_int_equal(bytes, 128u << 20);
	assert_int_equal(units_size_bytes("2 GB", &bytes), 0);
	assert_int_equal(bytes, 2ull << 30);
	assert_int_equal(units_size_bytes("17179869184 gb", &bytes), -EINVAL);
	assert_int_equal(units_size_bytes("1 min", &bytes), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_have_flinks_units),
		cmocka_unit_test(malformed_durations_are_refused),
		cmocka_unit_test(sizes_are_powers_of_1024),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
