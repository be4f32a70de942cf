#include "row/decimal.h"
#include "random.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static decimal integer(const char *text)
{
	decimal value = 0;

	for (const char *at = text + (*text == '-'); *at != '\0'; at++)
		value = value * 10 + (*at - '0');
	return *text == '-' ? -value : value;
}

static const char *format(decimal value, int32_t scale)
{
	static char text[DECIMAL_TEXT_MAX + 1];

	text[decimal_format(value, scale, text)] = '\0';
	return text;
}

static bool parse(const char *text, int32_t precision, int32_t scale, decimal *value)
{
	size_t len = strlen(text);
	char *copy = malloc(len > 0 ? len : 1); // ASan sees reads beyond it
	bool is_decimal;

	memcpy(copy, text, len);
	is_decimal = decimal_parse(copy, (uint32_t)len, precision, scale, value);
	free(copy);
	return is_decimal;
}

// Computed with Python's integers and fractions; NULL: more than 38 digits.
static const struct vector {
	char op;
	const char *a;
	int32_t sa;
	const char *b;
	int32_t sb, scale;
	const char *result;
} vectors[] = {
	{'+', "-50000000000000000000", 5, "-99999999999999999999", 35, 27, NULL},
	{'+', "-8527437024851985752", 20, "20410757471710933047", 29, 37,
		"-852743700444122828028906695300000000"},
	{'+', "-9999999999999999999999999999999999999", 38, "5566642340712892193", 4, 7,
		"5566642340712891193000"},
	{'+', "8", 25, "-4", 25, 31, "4000000"},
	{'+', "-31805", 14, "993568576836583652425171080713", 9, 5, "99356857683658365242517108"},
	{'+', "-9", 16, "-10470408434624094880", 22, 38, "-104704084346330948800000000000000000"},
	{'+', "-4", 16, "-99853165118539274837282136063140525379", 33, 23,
		"-9985316511853927483768213606"},
	{'+', "9999999999999999999", 12, "9999999999999999999999999999999999999", 21, 13,
		"100000000099999999999999999990"},
	{'+', "7489420248091813687234210675927732385", 30, "-99999", 11, 27,
		"7489420248090813697234210675927732"},
	{'+', "-78655548359585466417", 38, "-9999999999", 30, 22, "-7966"},
	{'+', "-9999999999", 1, "-83808850043583467063485597744109648917", 16, 13,
		"-83808850043593467063484597744109649"},
	{'+', "3218584282527180246", 32, "8472908314", 8, 34,
		"847290831400000321858428252718024600"},
	{'+', "-148652007738968464", 17, "-68097", 28, 32, "-148652007738968464000000680970000"},
	{'+', "-528133917096092283171648539364", 21, "90021601004193371477", 33, 18,
		"-528133917096092283171558518"},
	{'*', "-55183419480989186544865748668296936979", 25, "2194939125665010274", 9, 34, NULL},
	{'*', "-226188943504377137", 18, "-459702750539791204", 28, 32, "1039796794706516090617"},
	{'*', "32561583375697547626684529982006749574", 25, "57865", 1, 10,
		"188417602203473859341810033"},
	{'*', "-8", 25, "500000000000000000000000000000", 7, 12, "-40000000000"},
	{'*', "9999999999999999999", 25, "-73522088262549715603148893491838009466", 35, 35,
		"-73522088262549715595796684665583"},
	{'*', "14981878683467138175433887309872349973", 5, "9", 16, 14,
		"13483690815120424357890498578885"},
	{'*', "999999999999999999999999999999", 13, "-99999999999999999999", 31, 12,
		"-1000000000000000000"},
	{'*', "-5000000000", 7, "263220731063941073909527702496", 5, 10,
		"-13161036553197053695476385124800000000"},
	{'*', "-582538174570390870254448339249", 5, "1063713179", 36, 23, "-619653533561127431871"},
	{'*', "-99999999999999999999999999999999999999", 19, "-60296", 8, 2, "602960000000000000"},
	{'*', "-9768180720751605591049573699407181672", 24, "-999999999999999999999999999999", 22,
		7, "9768180720751605591049573699"},
	{'*', "-9999999999", 26, "90978190788093779636", 19, 37, "-9097819077899596055719"},
	{'*', "99999999999999999999999999999999999999", 10, "1949732316", 20, 17,
		"19497323160000000000000000000000000"},
	{'*', "7294030313403797963123145115667731476", 20, "32116579013078934561", 24, 10,
		"23425930088422598133764"},
	{'/', "85749020968746603303", 0, "-6171932507", 15, 9,
		"-13893382805384362785125965085346971"},
	{'/', "-50000000000000000000000000000000000000", 9, "-112614440582977368663343449710", 26,
		12, "44399279294167115571835957450471451735"},
	{'/', "44500613389336836101020584799391295638", 30, "548148865813740260", 33, 0,
		"81183445163704933195130"},
	{'/', "-23982", 4, "-9", 2, 4, "266467"},
	{'/', "-99999999999999999999", 18, "-1", 30, 6, "99999999999999999999000000000000000000"},
	{'/', "9999999999999999999", 5, "-89786290720085997876378128205654328897", 36, 18,
		"-1113755777168207526976003162194"},
	{'/', "-2872852652", 31, "-6", 37, 22, "4788087753333333333333333333333333333"},
	{'/', "-367153402502867628570925547979", 22, "-387657178072892420961278572270", 37, 20,
		"94710848468754678446604754227149447"},
	{'/', "-86615693467229380577614508780631064150", 15,
		"3735156678521414748331626885570433358", 32, 12,
		"-2318930661337525132481645289390"},
	{'/', "-7961201570661768122", 10, "5186593844", 15, 20,
		"-15349575868315799670701957513833813"},
	{'/', "-868605233042679533311404479972", 16, "309260967177619888", 6, 26,
		"-28086481167337479397642355723"},
	{'/', "-1405632830237799119473584092263433393", 13,
		"98760659987330041898590728660311189617", 11, 25, "-1423272009743684465836"},
	{'/', "50000000000000000000000000000000000000", 25, "549610640104562615734204210939", 33,
		14, "909734935089458485669527325060"},
	{'/', "1", 2, "-76928", 13, 26, "-129991680532445923460898502495840"},
	{'%', "500000000000000000000000000000", 38, "99999", 3, 32, "500000000000000000000000"},
	{'%', "3028649530", 5, "-4963409421", 18, 35, "127192921000000000000000000"},
	{'%', "-73433256864091924346", 28, "40342841552491138450", 17, 36,
		"-7343325686409192434600000000"},
	{'%', "5000000000", 13, "435454593349385798224470958446", 16, 37,
		"5000000000000000000000000000000000"},
	{'%', "-3781775514954868698067619221257498769", 21,
		"-7473051148663908927890470931633171848", 12, 11, "-378177551495486869806761922"},
	{'%', "203513035322197459", 11, "-5980995674", 2, 16, "20351303532219745900000"},
	{'%', "47761264741377559369", 19, "-9", 37, 37, "4"},
	{'%', "999999999999999999999999999999", 28, "-5363809298", 0, 33,
		"99999999999999999999999999999900000"},
	{'%', "-2", 5, "57938598976274805160477276380273742441", 0, 26, "-2000000000000000000000"},
	{'%', "-5000000000000000000", 28, "-8723023240406706275", 6, 22, "-5000000000000"},
	{'%', "99999", 14, "-99999999999999999999999999999999999999", 9, 36,
		"999990000000000000000000000"},
	{'%', "-64128890398189238743", 14, "-99999999999999999999", 8, 26,
		"-64128890398189238743000000000000"},
	{'%', "-61963115168041921877671886829101996814", 7,
		"89356787699779394805102127419280820376", 32, 8, "-27264300246943"},
	{'%', "-4749706843629550741", 14, "50000000000000000000000000000000000000", 12, 32,
		"-4749706843629550741000000000000000000"},
};

static bool compute(const struct vector *v, int32_t precision, decimal *result)
{
	decimal a = integer(v->a), b = integer(v->b);

	switch (v->op) {
	case '+':
		return decimal_add(a, v->sa, b, v->sb, precision, v->scale, result);
	case '*':
		return decimal_multiply(a, v->sa, b, v->sb, precision, v->scale, result);
	case '/':
		return decimal_divide(a, v->sa, b, v->sb, precision, v->scale, result);
	default:
		return decimal_modulo(a, v->sa, b, v->sb, precision, v->scale, result);
	}
}

static void results_are_exact_to_38_digits(void **)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const struct vector *v = &vectors[i];
		decimal result = 42;
		bool fits = compute(v, 38, &result);

		assert_int_equal(fits, v->result != NULL);
		assert_true(result == (fits ? integer(v->result) : 42));
	}
}

static void results_beyond_the_precision_are_refused(void **)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const struct vector *v = &vectors[i];
		decimal result;
		int32_t digits;

		if (v->result == NULL || strcmp(v->result, "0") == 0)
			continue;
		digits = (int32_t)strlen(v->result) - (v->result[0] == '-');
		assert_true(compute(v, digits, &result));
		assert_false(compute(v, digits - 1, &result));
	}
}

static decimal half_up(decimal value, decimal divisor) // divisor > 0
{
	decimal half = value < 0 ? -divisor / 2 : divisor / 2;

	return (value + half) / divisor; // even divisors only
}

// Small enough for 128 bits: the same by plain arithmetic.
static void small_operands_agree_with_plain_arithmetic(void **)
{
	struct random random = {1};

	for (int i = 0; i < 100000; i++) {
		int64_t a = (int64_t)random_bits(&random) >> (8 + i % 56);
		int64_t b = (int64_t)random_bits(&random) >> (8 + i % 50);
		decimal result;

		assert_true(decimal_add(a, 4, b, 6, 38, 6, &result));
		assert_true(result == (decimal)a * 100 + b);
		assert_true(decimal_add(a, 4, b, 6, 38, 3, &result));
		assert_true(result == half_up((decimal)a * 100 + b, 1000));
		assert_true(decimal_multiply(a, 4, b, 6, 38, 10, &result));
		assert_true(result == (decimal)a * b);
		assert_true(decimal_multiply(a, 4, b, 6, 38, 7, &result));
		assert_true(result == half_up((decimal)a * b, 1000));
		if (b == 0)
			continue;
		assert_true(decimal_divide(a, 4, 2 * (decimal)b, 6, 38, 8, &result));
		assert_true(result == half_up((b < 0 ? -1 : 1) * (decimal)a * 10000000000,
					      2 * (decimal)(b < 0 ? -b : b)));
		assert_true(decimal_modulo(a, 4, b, 6, 38, 6, &result));
		assert_true(result == (decimal)a * 100 % b);
		assert_int_equal(decimal_compare(a, 4, b, 6),
			((decimal)a * 100 > b) - ((decimal)a * 100 < b));
	}
}

// a × b / b is a: in 38 digits, with a dividend of up to 57.
static void quotients_of_wide_dividends_are_exact(void **)
{
	struct random random = {2};

	for (int i = 0; i < 20000; i++) {
		decimal a = random_wide(&random) % decimal_power(1 + i % 19);
		decimal b = random_wide(&random) % decimal_power(19);
		decimal product, result;

		if (b == 0)
			continue;
		assert_true(decimal_multiply(a, 5, b, 7, 38, 12, &product));
		assert_true(decimal_divide(product, 12, b, 7, 38, 24, &result));
		assert_true(result == a * decimal_power(19));
	}
}

static void halves_round_away_from_zero(void **)
{
	decimal result;

	assert_true(decimal_rescale(25, 1, 0, &result) && result == 3);
	assert_true(decimal_rescale(-25, 1, 0, &result) && result == -3);
	assert_true(decimal_rescale(24999, 4, 0, &result) && result == 2);
	assert_true(decimal_rescale(-4, 1, 0, &result) && result == 0);
	assert_true(decimal_rescale(5, 38, 0, &result) && result == 0);
	assert_true(decimal_rescale(decimal_power(38) - 1, 38, 0, &result) && result == 1);
	assert_true(decimal_divide(1, 0, 2, 0, 38, 0, &result) && result == 1);
	assert_true(decimal_divide(-1, 0, 3, 0, 38, 38, &result));
	assert_string_equal(format(result, 38), "-0.33333333333333333333333333333333333333");
}

static void rescaling_beyond_38_digits_is_refused(void **)
{
	decimal result;

	assert_true(decimal_rescale(1, 0, 37, &result) && result == decimal_power(37));
	assert_false(decimal_rescale(1, 0, 38, &result));
	assert_false(decimal_rescale(-decimal_power(37), 0, 1, &result));
	assert_true(decimal_rescale(0, 0, 38, &result) && result == 0);
}

static void extremes_compare_without_overflow(void **)
{
	decimal most = decimal_power(38) - 1;

	assert_true(decimal_compare(most, 0, most, 38) > 0);
	assert_true(decimal_compare(-most, 0, -most, 38) < 0);
	assert_true(decimal_compare(-most, 38, most, 0) < 0);
	assert_true(decimal_compare(10, 1, 1000, 3) == 0);
	assert_true(decimal_compare(0, 0, 0, 38) == 0);
}

static void texts_are_read_and_rounded(void **)
{
	static const struct {
		const char *text;
		int32_t precision, scale;
		const char *value;
	} cases[] = {{"-12.340", 10, 2, "-1234"}, {"1.5e3", 10, 2, "150000"},
		{"1.005", 10, 2, "101"}, {"-1.005", 10, 2, "-101"},
		{"1.00499999999999999999999999999999999999999", 10, 2, "100"}, {"+7", 3, 2, "700"},
		{".5", 5, 0, "1"}, {"5.", 5, 0, "5"}, {"9.995", 4, 2, "1000"},
		{"0000000000000000000000000000000000000000000000000012", 2, 0, "12"},
		{"99999999999999999999999999999999999999", 38, 0,
			"99999999999999999999999999999999999999"},
		{"0.00000000000000000000000000000000000001", 38, 38, "1"},
		{"123456E-3", 10, 1, "1235"}, {"0e999999999999999999999", 5, 2, "0"},
		{"5e-999999999999999999999", 5, 2, "0"}, {"0.05e2", 3, 0, "5"},
		{"49e-2", 3, 0, "0"}, {"5e-3", 10, 2, "1"}, {"5e-4", 10, 2, "0"}, {"-0", 3, 0, "0"},
		{"0.095e1", 3, 0, "1"}};
	decimal value;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(parse(cases[i].text, cases[i].precision, cases[i].scale, &value));
		assert_true(value == integer(cases[i].value));
	}
}

static void texts_that_do_not_fit_are_refused(void **)
{
	static const char *const cases[] = {"1000", "999.995", "1e3", "1e99999999999999999999999",
		"100000000000000000000000000000000000000", "-1000.00", "", "-", ".", "+.", "e1",
		"1e", "1e+", "1.2.3", " 1", "1 ", "0x1", "NaN", "1,5", "--1"};
	decimal value = 42;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_false(parse(cases[i], 5, 2, &value));
	assert_true(value == 42);
}

static void texts_have_the_full_scale(void **)
{
	assert_string_equal(format(-110, 2), "-1.10");
	assert_string_equal(format(0, 0), "0");
	assert_string_equal(format(0, 3), "0.000");
	assert_string_equal(format(-5, 3), "-0.005");
	assert_string_equal(format(decimal_power(18), 18), "1.000000000000000000");
	assert_string_equal(
		format(decimal_power(36), 18), "1000000000000000000.000000000000000000");
	assert_string_equal(
		format(-(decimal_power(38) - 1), 38), "-0.99999999999999999999999999999999999999");
	assert_string_equal(
		format(decimal_power(38) - 1, 0), "99999999999999999999999999999999999999");
}

static void every_decimal_reads_back(void **)
{
	struct random random = {3};

	for (int i = 0; i < 50000; i++) {
		decimal value = random_wide(&random) % decimal_power(i % 39), again;
		int32_t scale = (int32_t)random_below(&random, 39);

		assert_true(parse(format(value, scale), 38, scale, &again));
		assert_true(value == again);
	}
}

static void doubles_convert_by_their_shortest_text(void **)
{
	decimal value;

	assert_true(decimal_from_double(0.1, 38, 20, &value));
	assert_string_equal(format(value, 20), "0.10000000000000000000");
	assert_true(decimal_from_double(-1.005, 10, 2, &value) && value == -101);
	assert_true(decimal_from_double(1e22, 38, 0, &value) && value == decimal_power(22));
	assert_false(decimal_from_double(1e38, 38, 0, &value));
	assert_false(decimal_from_double(NAN, 38, 0, &value));
	assert_false(decimal_from_double(INFINITY, 38, 0, &value));
	assert_true(decimal_to_double(-110, 2) == -1.1);
	assert_true(decimal_to_double(decimal_power(38) - 1, 0) == 1e38);
	assert_true(decimal_to_double(1, 38) == 1e-38);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(results_are_exact_to_38_digits),
		cmocka_unit_test(results_beyond_the_precision_are_refused),
		cmocka_unit_test(small_operands_agree_with_plain_arithmetic),
		cmocka_unit_test(quotients_of_wide_dividends_are_exact),
		cmocka_unit_test(halves_round_away_from_zero),
		cmocka_unit_test(rescaling_beyond_38_digits_is_refused),
		cmocka_unit_test(extremes_compare_without_overflow),
		cmocka_unit_test(texts_are_read_and_rounded),
		cmocka_unit_test(texts_that_do_not_fit_are_refused),
		cmocka_unit_test(texts_have_the_full_scale),
		cmocka_unit_test(every_decimal_reads_back),
		cmocka_unit_test(doubles_convert_by_their_shortest_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
