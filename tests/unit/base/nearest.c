#include "base/nearest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *const options[] = {"connector", "format", "scan.startup.mode", "port"};

static const char *nearest(const char *name)
{
	return nearest_name(name, options, sizeof(options) / sizeof(options[0]));
}

static void finds_what_was_mistyped(void **)
{
	assert_string_equal(nearest("conector"), "connector");
	assert_string_equal(nearest("fromat"), "format");
	assert_string_equal(nearest("scan.start.mode"), "scan.startup.mode");
	assert_string_equal(nearest("prt"), "port");
}

static void letter_case_does_not_count(void **)
{
	assert_string_equal(nearest("CONNECTOR"), "connector");
}

static void far_words_are_not_proposed(void **)
{
	assert_null(nearest("watermark"));
	assert_null(nearest("xyz"));
	assert_null(nearest_name("a", options, 0));
}

static void long_names_are_compared_in_part(void **)
{
	char name[5000];
	const char *names[] = {name};

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_ptr_equal(nearest_name(name, names, 1), name);
	assert_null(nearest_name("x", names, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_mistyped),
		cmocka_unit_test(letter_case_does_not_count),
		cmocka_unit_test(far_words_are_not_proposed),
		cmocka_unit_test(long_names_are_compared_in_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
