// What the parser says about wrong scripts, and where.
#include "sql/parse.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct sample {
	const char *sql;
	const char *message; // LINE:COLUMN TEXT
};

static void check(const char *sql, size_t len, const char *message)
{
	struct arena *arena = arena_new();
	struct ast_script *script = NULL;
	struct err err = {0};
	char text[ERR_TEXT_MAX + 32];

	assert_int_equal(sql_parse(arena, sql, len, &script, &err), -EINVAL);
	assert_null(script);
	snprintf(text, sizeof(text), "%u:%u %s", err.pos.line, err.pos.column, err.text);
	assert_string_equal(text, message);
	arena_free(arena);
}

static const struct sample samples[] = {
	{"SELECT * FROM ;", "1:15 expected a table name after FROM, found ';'"},
	{"SELECT", "1:7 expected an expression after SELECT, found the end of the script"},
	{"SELECT FROM t", "1:8 expected an expression after SELECT, found 'FROM'"},
	{"FOO", "1:1 expected a statement such as SELECT, INSERT INTO or CREATE TABLE, "
		"found 'FOO'"},
	{"SELECT a FORM t", "1:15 expected FROM, ',', WHERE or ';' after 'FORM', found 't'"},
	{"SELECT a FROM t WHERE",
		"1:22 expected an expression after WHERE, found the end of the script"},
	{"SELECT a FROM t WHERE x = 1 foo", "1:29 expected an operator, GROUP BY, ORDER BY "
					    "or ';' after '1', found 'foo'"},
	{"SELECT a FROM t GROUP a", "1:23 expected BY after GROUP, found 'a'"},
	{"SELECT a, FROM t", "1:11 expected an expression after ',', found 'FROM'"},
	{"SELECT (1 + 2", "1:14 expected an operator, ')' or ',' after '2', found the end "
			  "of the script"},
	{"SELECT f(1, ", "1:12 expected an expression after ',', found the end of the script"},
	{"SELECT a FROM t ORDER BY",
		"1:25 expected an expression after BY, found the end of the script"},
	{"SELECT a FROM t LIMIT x", "1:23 expected a whole number or ALL after LIMIT, found 'x'"},
	{"SELECT a FROM (SELECT 1", "1:24 expected an operator, FROM or ')' after '1', "
				    "found the end of the script"},
	{"SELECT a FROM t JOIN u",
		"1:23 expected ON, USING or AS after 'u', found the end of the script"},
	{"SELECT a FROM t JOIN u ON",
		"1:26 expected an expression after ON, found the end of the script"},
	{"SELECT 'abc", "1:8 a string begins here and has no end: close it with '"},
	{"SELECT `abc", "1:8 a name begins here and is empty or has no end: close it with "
			"a backtick"},
	{"SELECT /* x", "1:8 a comment begins here and has no end: close it with */"},
	{"SELECT \"a\"", "1:8 double quotes mean nothing here: write names in `backticks` "
			 "and strings in 'single quotes'"},
	{"SELECT 1abc", "1:8 a name cannot begin with a digit: write it in backticks, or a "
			"blank after the number"},
	{"SELECT #", "1:8 '#' has no meaning here"},
	{"SELECT a FROM order", "1:15 expected a table name after FROM, found the keyword "
				"'order': as a name, write it in backticks"},
	{"SELECT a AS from FROM t", "1:13 expected a name after AS, found the keyword "
				    "'from': as a name, write it in backticks"},
	{"CREATE TABLE t", "1:15 expected '(' after 't', found the end of the script"},
	{"CREATE TABLE (a INT)", "1:14 expected the table's name after TABLE, found '('"},
	{"CREATE INDEX i", "1:8 expected TABLE, VIEW or TEMPORARY after CREATE, found 'INDEX'"},
	{"CREATE TABLE t (a)",
		"1:18 expected a type, or AS and an expression after 'a', found ')'"},
	{"CREATE TABLE t (a INTT)", "1:19 there is no type 'INTT': did you mean INT?"},
	{"CREATE TABLE t (a FOO)",
		"1:19 there is no type 'FOO': INT, STRING, TIMESTAMP(3) are types"},
	{"CREATE TABLE t (a INT b INT)", "1:23 expected ')', ',' or NULL after 'INT', found 'b'"},
	{"CREATE TABLE t (a INT,)",
		"1:23 expected a column, WATERMARK or PRIMARY KEY after ',', found ')'"},
	{"CREATE TABLE t (a DECIMAL(39, 2))",
		"1:27 the precision of DECIMAL goes from 1 to 38, not to 39"},
	{"CREATE TABLE t (a DECIMAL(5, 6))",
		"1:27 the scale of this DECIMAL goes from 0 to 5, not to 6"},
	{"CREATE TABLE t (a TIMESTAMP(10))",
		"1:29 the precision of TIMESTAMP goes from 0 to 9, not to 10"},
	{"CREATE TABLE t (a INT(3))", "1:23 INT has no parameters"},
	{"CREATE TABLE t (a VARCHAR(0))",
		"1:27 the length of VARCHAR goes from 1 to 2147483647, not to 0"},
	{"CREATE TABLE t (a INT, PRIMARY KEY (a))",
		"1:24 a PRIMARY KEY is never checked: write NOT ENFORCED behind it"},
	{"CREATE TABLE t (a INT PRIMARY KEY NOT ENFORCED, PRIMARY KEY (a) NOT ENFORCED)",
		"1:49 a table has one PRIMARY KEY: this is its second"},
	{"CREATE TABLE t (a INT, WATERMARK FOR a AS a, WATERMARK FOR a AS a)",
		"1:46 a table has one WATERMARK: this is its second"},
	{"CREATE TABLE t (a INT, WATERMARK a AS a)",
		"1:34 expected FOR after WATERMARK, found 'a'"},
	{"CREATE TABLE t (a INT) WITH (connector = 'udp')",
		"1:30 expected a string after '(', found 'connector'"},
	{"CREATE TABLE t (a INT) WITH ('connector' = udp)",
		"1:44 expected a string after '=', found 'udp'"},
	{"CREATE TABLE t (a INT) WITH ('connector' 'udp')",
		"1:42 expected '=' after the string 'connector', found the string 'udp'"},
	{"CREATE TABLE t (a ARRAY<INT)", "1:28 expected '>', NULL or NOT after 'INT', found ')'"},
	{"CREATE TABLE t (a ARRAY)", "1:24 expected '<' after ARRAY, found ')'"},
	{"CREATE VIEW v SELECT 1", "1:15 expected AS, '(' or COMMENT after 'v', found 'SELECT'"},
	{"DROP t", "1:6 expected TABLE, VIEW or TEMPORARY after DROP, found 't'"},
	{"INSERT INTO SELECT 1", "1:13 expected a table name after INTO, found the keyword "
				 "'SELECT': as a name, write it in backticks"},
	{"INSERT t SELECT 1", "1:8 expected INTO after INSERT, found 't'"},
	{"INSERT INTO t", "1:14 expected a query (SELECT or VALUES) after 't', found the "
			  "end of the script"},
	{"INSERT OVERWRITE t SELECT 1", "1:8 expected INTO after INSERT, found 'OVERWRITE'"},
	{"EXECUTE STATEMENT SET BEGIN SELECT 1; END",
		"1:29 expected INSERT after BEGIN, found 'SELECT'"},
	{"EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1 END",
		"1:52 expected an operator, FROM, ',' or ';' after '1', found 'END'"},
	{"BEGIN STATEMENT SET INSERT INTO a SELECT 1; END",
		"1:21 expected ';' after SET, found 'INSERT'"},
	{"SET 'a'", "1:8 expected '=' after the string 'a', found the end of the script"},
	{"SET 'a' = ", "1:10 expected a value after '=', found the end of the script"},
	{"SET = 4", "1:5 expected a key such as 'parallelism.default' after SET, found '='"},
	{"SELECT INTERVAL '5' FOO", "1:21 'FOO' is no unit of time: did you mean DOY?"},
	{"SELECT INTERVAL '5' SECONDD", "1:21 'SECONDD' is no unit of time: did you mean SECOND?"},
	{"SELECT INTERVAL '5'", "1:20 expected a unit of time such as SECOND after the "
				"string '5', found the end of the script"},
	{"SELECT INTERVAL 5 SECOND",
		"1:17 expected a string, '+' or '-' after INTERVAL, found '5'"},
	{"SELECT INTERVAL 'x' SECOND",
		"1:8 'x' is no interval of SECOND: write INTERVAL '5' or '5.123'"},
	{"SELECT INTERVAL '1:70' MINUTE TO SECOND",
		"1:8 '1:70' is no interval of MINUTE TO SECOND: write INTERVAL '1:30'"},
	{"SELECT INTERVAL '1' SECOND TO DAY",
		"1:31 an interval goes from YEAR TO MONTH, or from DAY, HOUR or MINUTE TO "
		"a smaller one"},
	{"SELECT INTERVAL '1' DAY TO MONTH", "1:28 an interval goes from YEAR TO MONTH, or "
					     "from DAY, HOUR or MINUTE TO a smaller one"},
	{"SELECT INTERVAL '100' DAY(2)", "1:27 the interval has 3 digits, more than DAY(2) allows"},
	{"SELECT INTERVAL '5' EPOCH", "1:21 an interval has no EPOCH: take SECOND"},
	{"SELECT DATE '2020-02-30'", "1:8 '2020-02-30' is no date: write DATE '2020-12-31'"},
	{"SELECT TIMESTAMP '2020-01-01'",
		"1:8 '2020-01-01' is no timestamp: write TIMESTAMP '2020-12-31 23:59:59'"},
	{"SELECT TIME '25:00:00'",
		"1:8 '25:00:00' is no time: write TIME '23:59:59' or TIME '23:59:59.123'"},
	{"SELECT X'123'", "1:8 a binary string has two hexadecimal digits for each byte"},
	{"SELECT X'zz'", "1:8 a binary string is hexadecimal digits in quotes: X'0aff'"},
	{"SELECT 1e999", "1:8 the number is too large for a DOUBLE: it ends at 1.8e308"},
	{"SELECT 123456789012345678901234567890123456789",
		"1:8 an exact number has at most 38 digits: write 1.5e0 for a DOUBLE"},
	{"SELECT CASE WHEN a THEN 1", "1:26 expected an operator, WHEN or END after '1', "
				      "found the end of the script"},
	{"SELECT CASE END", "1:13 expected an expression after CASE, found 'END'"},
	{"SELECT CASE WHEN a 1 END", "1:20 expected an operator or THEN after 'a', found '1'"},
	{"SELECT CAST(a, INT)", "1:8 write it as CAST(x AS type)"},
	{"SELECT CAST(a AS)", "1:17 expected a type after AS, found ')'"},
	{"SELECT EXTRACT(a, b)", "1:8 write it as EXTRACT(unit FROM x)"},
	{"SELECT EXTRACT(FOO FROM b)", "1:16 'FOO' is no unit of time: did you mean DOY?"},
	{"SELECT SUM(a TO DAY)",
		"1:8 SUM takes no TO between its arguments: separate them with ','"},
	{"SELECT SUM(*)", "1:8 only COUNT takes '*' as its argument, SUM takes a value"},
	{"SELECT MAP['a']", "1:8 MAP[...] needs a value for each key: MAP['a', 1, 'b', 2]"},
	{"SELECT a BETWEEN 1",
		"1:19 expected an operator or AND after '1', found the end of the script"},
	{"SELECT a BETWEEN 1 OR 2", "1:20 expected an operator or AND after '1', found 'OR'"},
	{"SELECT a IN 1", "1:13 expected '(' after IN, found '1'"},
	{"SELECT a IN ()", "1:14 expected an expression or a query after '(', found ')'"},
	{"SELECT a IS 5", "1:13 expected NULL, NOT or DISTINCT after IS, found '5'"},
	{"SELECT a NOT 5", "1:14 expected BETWEEN, IN or LIKE after NOT, found '5'"},
	{"SELECT `IN`(1, 2)", "1:8 'IN' is not the name of a function"},
	{"SELECT a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q", "1:40 a name has at most 16 parts"},
	{"SELECT SUM(a) OVER (ORDER BY b ROWS BETWEEN CURRENT ROW AND UNBOUNDED PRECEDING) "
	 "FROM t",
		"1:32 a frame cannot end at UNBOUNDED PRECEDING"},
	{"SELECT SUM(a) OVER (ORDER BY b ROWS BETWEEN 1 FOLLOWING AND CURRENT ROW) FROM t",
		"1:32 a frame's start must come before its end"},
	{"SELECT a FROM t UNION", "1:22 expected a query (SELECT or VALUES) after UNION, "
				  "found the end of the script"},
	{"SELECT a FROM t) ", "1:16 expected ',', AS, WHERE or ';' after 't', found ')'"},
	{"SELECT * FROM TABLE(TUMBLE(TABLE, DESCRIPTOR(a)))",
		"1:33 expected the table's name after TABLE, found ','"},
	{"SELECT * FROM TABLE(t)", "1:22 expected '(' after 't', found ')'"},
	{"SELECT * FROM t MATCH_RECOGNIZE (PATTERN (A) )",
		"1:46 expected DEFINE, WITHIN or SUBSET after ')', found ')'"},
	{"SELECT * FROM t MATCH_RECOGNIZE (PATTERN (A{3,2}) DEFINE A AS TRUE)",
		"1:45 a quantifier {n,m} needs n <= m, here 3 > 2"},
	{"SELECT * FROM t MATCH_RECOGNIZE (ORDER BY a PATTERN () DEFINE A AS TRUE)",
		"1:54 expected a name after '(', found ')'"},
	{"SELECT 1 SELECT 2",
		"1:10 expected an operator, FROM, ',' or ';' after '1', found 'SELECT'"},
	{"SELECT a FROM t WHERE a == 1", "1:26 expected an expression after '=', found '='"},
	{"SELECT * FROM t AS 'x'", "1:20 expected a name after AS, found the string 'x'"},
	{"WITH a AS SELECT 1 SELECT * FROM a", "1:11 expected '(' after AS, found 'SELECT'"},
	{"VALUES", "1:7 expected an expression after VALUES, found the end of the script"},
	{"EXPLAIN", "1:8 expected a query (SELECT or VALUES) after EXPLAIN, found the end "
		    "of the script"},
	{"SHOW TABLES", "1:1 expected a statement such as SELECT, INSERT INTO or CREATE "
			"TABLE, found 'SHOW'"},
	{"SELECT a.b.* + 1 FROM t", "1:14 expected FROM, ',', WHERE or ';' after '*', found '+'"},
	{"SELECT f(x).* FROM t", "1:8 only a table has a '*': write *, or table.*"},
	{"SELECT a FROM t FETCH FIRST ROWS ONLY",
		"1:29 expected a whole number after FIRST, found 'ROWS'"},
	{"SELECT DATE '2020\n '", "1:8 '2020  ' is no date: write DATE '2020-12-31'"},
	{"SELECT TIMESTAMP '2020\n '",
		"1:8 '2020  ' is no timestamp: write TIMESTAMP '2020-12-31 23:59:59'"},
	{"SELECT TIME '\n'", "1:8 ' ' is no time: write TIME '23:59:59' or TIME '23:59:59.123'"},
	{"SELECT a \x02", "1:10 ' ' has no meaning here"},
	{"SELECT averyveryveryveryveryveryveryverylongname(a TO b)",
		"1:8 AVERYVERYVERYVERYVERYVERYVERYVER… takes no TO between its arguments: "
		"separate them with ','"},
	{"SELECT a FROM `t``u` ééééééééééééééééééééé x",
		"1:65 expected ',', WHERE, GROUP BY or ';' after 'éééééééééééééééé…', "
		"found 'x'"},
	{"CREATE TABLE t (\n  a INT,\n  b STRNG\n)",
		"3:5 there is no type 'STRNG': did you mean STRING?"},
	{"SELECT a\nFROM t\nWHERE é = = 1", "3:12 expected an expression after '=', found '='"},
	{"SELECT a FROM -- x\n\n",
		"1:14 expected a table name after FROM, found the end of the script"},
	{"SELECT ''''''\n + 'a\nb' 'c'", "3:4 expected an operator, FROM, ',' or ';' after "
					 "the string 'a b', found the string 'c'"},
	{"CREATE TABLE t (a INT VARYING)",
		"1:19 there is no INT VARYING: write VARCHAR or VARBINARY"},
	{"SELECT FLOOR(a TO b.c)", "1:20 expected ')' after 'b', found '.'"},
	{"SELECT INTERVAL '1' DAY(0)", "1:25 the precision of an interval goes from 1 to 10"},
	{"SELECT TIME '10:00:00.1234'",
		"1:8 at most 3 digits can follow the '.' of '10:00:00.1234'"},
	{"SET a = 'b' 'c'", "1:13 expected ';' after the string 'b', found the string 'c'"},
	{"SELECT * FROM t MATCH_RECOGNIZE (PATTERN (A{99999}) DEFINE A AS TRUE)",
		"1:45 a quantifier is at most 10000"},
};

static void says_what_would_be_right_and_where(void **)
{
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		check(samples[i].sql, strlen(samples[i].sql), samples[i].message);
}

static void refuses_what_is_no_text(void **)
{
	check("SELECT \xff", 8, "1:8 byte 0xff is no text: a script is UTF-8");
	check("SELECT '\0'", 10, "1:9 byte 0x00 is no text: a script is UTF-8");
	check("\nSELECT '\xc3", 10, "2:9 byte 0xc3 is no text: a script is UTF-8");
}

// n times part between SELECT and end.
static void check_repeated(const char *part, size_t n, const char *end, const char *message)
{
	size_t part_len = strlen(part), size = strlen("SELECT ") + n * part_len + strlen(end) + 1;
	char *sql = malloc(size), *at = stpcpy(sql, "SELECT ");

	for (size_t i = 0; i < n; i++)
		at = stpcpy(at, part);
	stpcpy(at, end);
	check(sql, strlen(sql), message);
	free(sql);
}

static void bounds_nesting(void **)
{
	static const char stack[] =
		" nested too deeply: write it with fewer parentheses or subqueries";
	static const char tree[] = " nested too deeply: at most 400 levels are allowed";
	char message[128];

	snprintf(message, sizeof(message), "1:20004%s", stack);
	check_repeated("(", 100000, "", message);
	check_repeated("(", 30000, "SELECT 1", message);
	snprintf(message, sizeof(message), "1:809%s", tree);
	check_repeated("1+", 800, "1", message);
	snprintf(message, sizeof(message), "1:407%s", tree);
	check_repeated("-+", 300, "1", message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_would_be_right_and_where),
		cmocka_unit_test(refuses_what_is_no_text),
		cmocka_unit_test(bounds_nesting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
