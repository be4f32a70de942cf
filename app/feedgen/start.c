#include "feedgen/start.h"
#include "base/units.h"
#include "feedgen/model.h"
#include "row/datetime.h"
#include <ctype.h>
#include <errno.h>
#include <string.h>

static bool parse_now(const char *text, int64_t now_ms, int64_t *start_ms)
{
	int64_t ns;

	if (strncmp(text, "now", 3) != 0)
		return false;
	if (text[3] == '\0') {
		*start_ms = now_ms;
		return true;
	}
	// With a unit: now-30 could be anything.
	if ((text[3] != '-' && text[3] != '+') || !isalpha((unsigned char)text[strlen(text) - 1]) ||
		units_duration_ns(text + 4, &ns) < 0)
		return false;
	*start_ms = text[3] == '-' ? now_ms - ns / 1000000 : now_ms + ns / 1000000;
	return true;
}

static bool parse_date(const char *text, int64_t *start_ms)
{
	struct type type = {.kind = TYPE_TIMESTAMP, .precision = 3};
	enum datetime_style style = strchr(text, 'T') != NULL ? DATETIME_ISO : DATETIME_SQL;

	return datetime_parse_timestamp(text, (uint32_t)strlen(text), type, style, start_ms);
}

int start_parse(const char *text, int64_t now_ms, int64_t *start_ms, struct err *err)
{
	int64_t ms;

	if (!parse_now(text, now_ms, &ms) && !parse_date(text, &ms))
		return err_set(err, EINVAL,
			"--start %s: must be now, now-30min or 2026-01-01 00:00:00", text);
	if (ms < MODEL_START_MIN_MS || ms > MODEL_START_MAX_MS)
		return err_set(err, EINVAL, "--start %s: must be between 1971 and 2200", text);
	*start_ms = ms;
	return 0;
}
