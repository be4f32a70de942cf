// Against Python's zoneinfo, which reads the same files: random instants and local times of many
// zones, and those around transitions. Skipped where there is no Python or no tz database.
#include "time/zone.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const void *read_file(struct arena *arena, const char *name, size_t *len)
{
	char path[256], *bytes = arena_alloc(arena, 65536);
	FILE *file;

	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	file = fopen(path, "rb");
	if (file == NULL)
		return NULL;
	*len = fread(bytes, 1, 65536, file);
	fclose(file);
	return bytes;
}

static const struct zone_files files = {read_file};

// Prints "zone what ms result": o = offset at an instant, l = instant of a local time, f = the
// later instant of one.
static const char script[] =
	"python3 - 2>/dev/null <<'END'\n"
	"import random, zoneinfo, datetime as d\n"
	"names = '''Europe/Berlin America/New_York Asia/Kolkata Australia/Lord_Howe\n"
	"Africa/Casablanca Africa/Cairo America/Sao_Paulo America/St_Johns America/Nuuk\n"
	"Antarctica/Troll Asia/Gaza Asia/Kathmandu Asia/Tehran Asia/Tokyo Europe/Dublin\n"
	"Europe/London Europe/Moscow Pacific/Apia Pacific/Chatham Pacific/Auckland\n"
	"Pacific/Kiritimati America/Caracas Asia/Pyongyang Asia/Shanghai Etc/GMT+5 Etc/UTC\n"
	"Africa/Monrovia America/Havana Asia/Jerusalem America/Los_Angeles'''.split()\n"
	"r = random.Random(7)\n"
	"utc, one = d.timezone.utc, d.timedelta(seconds=1)\n"
	"epoch = d.datetime(1970, 1, 1)\n"
	"def ms(t): return (t - epoch) // one * 1000\n"
	"def back(t): return ms(t.astimezone(utc).replace(tzinfo=None))\n"
	"for name in names:\n"
	"  z = zoneinfo.ZoneInfo(name)\n"
	"  def offset(t):\n"
	"    return t.replace(tzinfo=utc).astimezone(z).utcoffset() // one * 1000\n"
	"  def show(t):\n"
	"    print(name, 'o', ms(t), offset(t))\n"
	"    for fold in 0, 1:\n"
	"      a = t.replace(tzinfo=z, fold=fold)\n"
	"      same = a.astimezone(utc).astimezone(z).replace(tzinfo=None) == t\n"
	"      if fold == 0: print(name, 'l', ms(t), back(a))\n"
	"      if fold == 1 and same: print(name, 'f', ms(t), back(a))\n"
	"  for low, high in (1850, 1970), (1970, 2037), (2030, 2060), (2060, 9990):\n"
	"    for i in range(60):\n"
	"      t = d.datetime(low, 1, 1) + one * r.randrange((high - low) * 31556952)\n"
	"      show(t)\n"
	"      day = d.timedelta(days=200)\n"
	"      a, b = t, t + day\n"
	"      if offset(a) == offset(b): continue\n"
	"      while b - a > one:\n"
	"        m = a + (b - a) // 2 // one * one\n"
	"        if offset(m) == offset(a): a = m\n"
	"        else: b = m\n"
	"      for s in 0, -1, 1:\n"
	"        show(b + one * s)\n"
	"        for o in offset(a), offset(b): show(b + one * (s + o // 1000))\n"
	"END\n";

static int64_t answer(const struct zone *zone, char what, int64_t ms)
{
	if (what == 'o')
		return zone_offset_ms(zone, ms);
	return what == 'l' ? zone_to_utc(zone, ms) : zone_to_utc_later(zone, ms);
}

static void agrees_with_python(void **)
{
	struct arena *arena = arena_new();
	FILE *expected = popen(script, "r");
	const struct zone *zone = NULL;
	char name[64], of[64] = "", what;
	int64_t ms, right;
	uint32_t n = 0;

	assert_non_null(expected);
	while (fscanf(expected, "%63s %c %" SCNd64 " %" SCNd64, name, &what, &ms, &right) == 4) {
		if (strcmp(name, of) != 0)
			zone = zone_find(arena, strcpy(of, name), &files);
		assert_non_null(zone);
		if (answer(zone, what, ms) != right)
			fail_msg("%s %c %" PRId64 ": %" PRId64 ", not %" PRId64, name, what, ms,
				answer(zone, what, ms), right);
		n++;
	}
	pclose(expected);
	arena_free(arena);
	if (n == 0)
		skip();
	assert_true(n > 10000);
}

static void a_span_ends_where_the_offset_changes(void **)
{
	struct arena *arena = arena_new();
	const struct zone *zone = zone_find(arena, "Europe/Berlin", &files);
	struct zone_span span, near = {0};

	if (zone == NULL)
		skip();
	for (int64_t ms = 0; ms < INT64_C(400000000000000); ms = span.end_ms) {
		span = zone_span_at(zone, ms);
		assert_true(span.start_ms <= ms && ms < span.end_ms);
		assert_int_equal(zone_offset_ms(zone, span.end_ms - 1), span.offset_ms);
		assert_int_not_equal(zone_offset_ms(zone, span.end_ms), span.offset_ms);
		assert_int_equal(zone_offset_near(zone, ms, &near), span.offset_ms);
		assert_int_equal(zone_offset_near(zone, ms + 1, &near), span.offset_ms);
	}
	zone_to_local(zone, INT64_MAX);
	zone_to_utc(zone, INT64_MIN);
	zone_to_utc_later(zone, INT64_MAX);
	arena_free(arena);
}

static void fixed_offsets_are_read_as_java_reads_them(void **)
{
	static const struct {
		const char *name;
		int32_t minutes;
	} right[] = {{"UTC", 0}, {"GMT", 0}, {"GMT+8", 480}, {"GMT-03:00", -180}, {"GMT+0530", 330},
		{"GMT+05:45", 345}, {"GMT-18:00", -1080}, {"GMT+08", 480}};
	static const char *const wrong[] = {"", "UTC+8", "+08:00", "GMT+19", "GMT+5:30", "GMT+",
		"GMT+08:60", "GMT08", "GMT+080", "GMT+18:01", "../etc/passwd", "/etc/passwd"};
	struct arena *arena = arena_new();

	for (size_t i = 0; i < sizeof(right) / sizeof(*right); i++) {
		const struct zone *zone = zone_fixed(arena, right[i].name);

		assert_non_null(zone);
		assert_int_equal(zone_offset_ms(zone, 0), right[i].minutes * 60000);
		assert_int_equal(zone_to_utc(zone, 0), -right[i].minutes * 60000);
		assert_int_equal(zone_to_utc_later(zone, 0), -right[i].minutes * 60000);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_null(zone_find(arena, wrong[i], &files));
	arena_free(arena);
}

static void damaged_files_are_refused_or_harmless(void **)
{
	struct arena *arena = arena_new();
	size_t len = 0;
	const char *bytes = read_file(arena, "Europe/Berlin", &len);

	if (bytes == NULL)
		skip();
	for (size_t cut = 0; cut < len; cut++) {
		char *copy = malloc(cut + 1);

		memcpy(copy, bytes, cut);
		assert_null(zone_parse(arena, "x", copy, cut));
		free(copy);
	}
	for (uint32_t i = 0; i < 4000; i++) {
		char *copy = malloc(len);
		const struct zone *zone;

		memcpy(copy, bytes, len);
		copy[(i * 2654435761u) % len] ^= (char)(1 << i % 8);
		zone = zone_parse(arena, "x", copy, len);
		if (zone != NULL)
			zone_to_utc(zone, (int64_t)i * INT64_C(100000000000));
		free(copy);
		if (i % 100 == 99) {
			arena_free(arena);
			arena = arena_new();
			bytes = read_file(arena, "Europe/Berlin", &len);
		}
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_python),
		cmocka_unit_test(a_span_ends_where_the_offset_changes),
		cmocka_unit_test(fixed_offsets_are_read_as_java_reads_them),
		cmocka_unit_test(damaged_files_are_refused_or_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
