// The obvious way to aggregate over windows: row by row, one group for each window and key, found
// by a text. Results are lines of text, so that a difference can be read.
#pragma once
#include "events.h"
#include "row/decimal.h"
#include "time/slices.h"

enum { TWIN_LINE_MAX = 600, TWIN_BUCKETS = 1 << 16 };

enum twin_key { TWIN_NO_KEY, TWIN_USER, TWIN_CITY_AND_USER };

struct twin_settings {
	int64_t size, slide, offset;
	bool cumulates; // CUMULATE: slide is the step
	enum twin_key key;
	bool no_text; // MIN and MAX of the amount in place of the note: no state has a heap
	const struct zone *zone; // windows are cut in its local time; NULL = UTC
};

struct twin_group {
	struct twin_group *next;
	int64_t end; // of the window
	const struct event *event; // one with this key
	int64_t n, n_amount, n_passed;
	int64_t sum;
	int32_t min, max;
	int64_t n_score, n_note, n_price, n_passes;
	double score;
	char least_note[EVENT_TEXT_MAX], most_note[EVENT_TEXT_MAX];
	decimal price;
	uint8_t least_passes;
	int64_t last_ts;
	char key[]; // "window end|key"
};

struct twin {
	struct twin_settings settings;
	uint64_t n_late; // rows that no window took
	uint32_t n_groups;
	struct twin_group **buckets; // TWIN_BUCKETS
};

static inline void twin_key_text(const struct twin *twin, const struct event *event, char *text)
{
	const char *city = event->is_null[EVENT_CITY] ? "NULL" : event->city;

	*text = '\0';
	if (twin->settings.key == TWIN_CITY_AND_USER)
		text += sprintf(text, "%s|", city);
	if (twin->settings.key == TWIN_NO_KEY)
		return;
	if (event->is_null[EVENT_USER])
		sprintf(text, "NULL|");
	else
		sprintf(text, "%ld|", event->user);
}

static inline struct twin_group *twin_group(
	struct twin *twin, const struct event *event, int64_t end)
{
	char key[TWIN_LINE_MAX];
	int at = sprintf(key, "%ld|", end);
	uint64_t hash = 0;
	struct twin_group *group;

	twin_key_text(twin, event, key + at);
	for (const char *c = key; *c != '\0'; c++)
		hash = hash_mix(hash + (uint8_t)*c);
	group = twin->buckets[hash % TWIN_BUCKETS];
	for (; group != NULL; group = group->next)
		if (strcmp(group->key, key) == 0)
			return group;
	group = calloc(1, sizeof(*group) + strlen(key) + 1);
	strcpy(group->key, key);
	group->end = end;
	group->event = event;
	group->last_ts = INT64_MIN;
	group->next = twin->buckets[hash % TWIN_BUCKETS];
	twin->buckets[hash % TWIN_BUCKETS] = group;
	twin->n_groups++;
	return group;
}

static inline void twin_add_amount(struct twin_group *group, const struct event *event)
{
	if (event->is_null[EVENT_AMOUNT])
		return;
	if (group->n_amount == 0 || event->amount < group->min)
		group->min = event->amount;
	if (group->n_amount == 0 || event->amount > group->max)
		group->max = event->amount;
	group->n_amount++;
	group->sum += event->amount;
}

static inline void twin_add_note(struct twin_group *group, const struct event *event)
{
	if (event->is_null[EVENT_NOTE])
		return;
	if (group->n_note == 0 || strcmp(event->note, group->least_note) < 0)
		strcpy(group->least_note, event->note);
	if (group->n_note == 0 || strcmp(event->note, group->most_note) > 0)
		strcpy(group->most_note, event->note);
	group->n_note++;
}

static inline void twin_add(struct twin_group *group, const struct event *event)
{
	group->n++;
	if (event->ts > group->last_ts)
		group->last_ts = event->ts;
	twin_add_amount(group, event);
	twin_add_note(group, event);
	if (!event->is_null[EVENT_SCORE]) {
		group->n_score++;
		group->score += event->score;
	}
	if (!event->is_null[EVENT_PRICE]) {
		group->n_price++;
		group->price += event->price;
	}
	if (event->is_null[EVENT_PASSES])
		return;
	if (group->n_passes++ == 0 || event->passes < group->least_passes)
		group->least_passes = event->passes;
	group->n_passed += event->passes;
}

static inline int64_t twin_closes_at(const struct twin_settings *s, int64_t end)
{
	const struct slices slices = {.zone = s->zone}; // tests of its own say that it is right

	return slices_closes_at(&slices, end);
}

static inline int64_t twin_window_start(const struct twin_settings *s, int64_t end)
{
	int64_t start = s->offset + (end - s->offset) / s->size * s->size;

	if (!s->cumulates)
		return end - s->size;
	while (start >= end)
		start -= s->size;
	while (start + s->size < end)
		start += s->size;
	return start;
}

// All windows of the event that have not fired at its mark take it. All windows are tried, the slow
// way: end = offset + k × slide.
static inline void twin_take(struct twin *twin, const struct event *event)
{
	const struct twin_settings *s = &twin->settings;
	int64_t ts = s->zone != NULL ? zone_to_local(s->zone, event->ts) : event->ts;
	int64_t end = s->offset + (ts - s->offset) / s->slide * s->slide;
	bool taken = false;

	while (end > ts)
		end -= s->slide;
	while (end <= ts)
		end += s->slide;
	for (; end - s->size <= ts; end += s->slide) {
		if (twin_closes_at(s, end) <= event->mark || twin_window_start(s, end) > ts)
			continue;
		twin_add(twin_group(twin, event, end), event);
		taken = true;
	}
	twin->n_late += !taken;
}

static inline void twin_init(struct twin *twin, const struct twin_settings *settings)
{
	*twin = (struct twin){.settings = *settings};
	twin->buckets = calloc(TWIN_BUCKETS, sizeof(struct twin_group *));
}

static inline void twin_free(struct twin *twin)
{
	for (int i = 0; i < TWIN_BUCKETS; i++)
		while (twin->buckets[i] != NULL) {
			struct twin_group *group = twin->buckets[i];

			twin->buckets[i] = group->next;
			free(group);
		}
	free(twin->buckets);
}

// A number, or NULL when it is made of no value.
static inline char *twin_number(char *at, int64_t value, int64_t n)
{
	return at + (n > 0 ? sprintf(at, "%ld|", value) : sprintf(at, "NULL|"));
}

static inline char *twin_text(char *at, const char *text, int64_t n)
{
	return at + sprintf(at, "%s|", n > 0 ? text : "NULL");
}

static inline char *twin_decimal(char *at, decimal value, int32_t scale, int64_t n)
{
	char text[DECIMAL_TEXT_MAX];

	if (n == 0)
		return at + sprintf(at, "NULL|");
	return at + sprintf(at, "%.*s|", (int)decimal_format(value, scale, text), text);
}

// The line that the operator's result of this group must give.
static inline void twin_line(const struct twin *twin, const struct twin_group *group, char *at)
{
	const struct twin_settings *s = &twin->settings;
	int64_t n = group->n_amount;
	decimal average = 0;

	twin_key_text(twin, group->event, at);
	at += strlen(at);
	at = twin_number(at, group->n, 1);
	at = twin_number(at, n, 1);
	at = twin_number(at, (int32_t)group->sum, n);
	at = twin_number(at, group->min, n);
	at = twin_number(at, group->max, n);
	at = twin_number(at, n > 0 ? group->sum / n : 0, n);
	at = twin_number(at, (int64_t)group->score, group->n_score);
	if (s->no_text) {
		at = twin_number(at, group->min, n);
		at = twin_number(at, group->max, n);
	} else {
		at = twin_text(at, group->least_note, group->n_note);
		at = twin_text(at, group->most_note, group->n_note);
	}
	at = twin_decimal(at, group->price, 2, group->n_price);
	if (group->n_price > 0)
		decimal_divide(group->price, 2, group->n_price, 0, 38, 6, &average);
	at = twin_decimal(at, average, 6, group->n_price);
	at = twin_number(at, group->least_passes, group->n_passes);
	at = twin_number(at, group->n_passed, 1);
	at = twin_number(at, group->last_ts, 1);
	sprintf(at, "%ld|%ld|%ld", twin_window_start(s, group->end), group->end,
		s->zone != NULL ? zone_to_utc(s->zone, group->end - 1) : group->end - 1);
}
