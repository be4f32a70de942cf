#include "base/err.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void says_what_is_wrong_and_returns_the_code(void **)
{
	struct err err = {0};

	assert_int_equal(err_set(&err, ENOENT, "no table %s", "bids"), -ENOENT);
	assert_string_equal(err.text, "no table bids");
	assert_int_equal(err.pos.line, 0);
}

static void says_where(void **)
{
	struct err err = {0};

	assert_int_equal(err_set_at(&err, (struct pos){3, 14}, "unexpected token"), -EINVAL);
	assert_int_equal(err.pos.line, 3);
	assert_int_equal(err.pos.column, 14);
}

static void keeps_the_first_error(void **)
{
	struct err err = {0};

	err_set(&err, EINVAL, "cause");
	assert_int_equal(err_set(&err, EIO, "consequence"), -EIO);
	assert_string_equal(err.text, "cause");
}

static void cuts_a_long_text(void **)
{
	struct err err = {0};

	err_set(&err, EINVAL, "%0600d", 0);
	assert_int_equal(strlen(err.text), ERR_TEXT_MAX - 1);
}

static void nobody_need_listen(void **)
{
	assert_int_equal(err_set(NULL, EINVAL, "unheard"), -EINVAL);
}

static void is_one_line_whatever_it_quotes(void **)
{
	struct err err = {0};

	err_set(&err, EINVAL, "unknown name '%s'", "a\nb\033[2J");
	assert_string_equal(err.text, "unknown name 'a b [2J'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_is_wrong_and_returns_the_code),
		cmocka_unit_test(says_where),
		cmocka_unit_test(keeps_the_first_error),
		cmocka_unit_test(cuts_a_long_text),
		cmocka_unit_test(nobody_need_listen),
		cmocka_unit_test(is_one_line_whatever_it_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
