// GroupWindowAggregate once more, the slow and obvious way: Flink's WindowOperator row by row, with
// all windows in one array. The twin writes down a changelog, a line for each result row.
#pragma once
#include "operator/events.h"
#include "operator/window/group_window.h"

enum { TWIN_TEXT_MAX = 256, TWIN_WINDOWS_MAX = 1 << 16 };

struct twin_window {
	char key[TWIN_TEXT_MAX];
	int64_t start, end;
	int64_t n;
	double sum;
	bool has_sum;
	char least[EVENT_TEXT_MAX], most[EVENT_TEXT_MAX];
	bool has_note;
	char emitted[TWIN_TEXT_MAX]; // empty: nothing yet
	bool fired, born_late;
};

struct twin_lines {
	char **lines;
	uint32_t n, n_max;
};

struct twin {
	const struct group_window_config *config;
	struct twin_window *windows; // TWIN_WINDOWS_MAX
	uint32_t n;
	struct twin_lines out;
	uint64_t n_late, n_no_window;
};

static inline void twin_add_line(struct twin_lines *out, const char *text)
{
	if (out->n == out->n_max) {
		out->n_max = 2 * out->n_max + 64;
		out->lines = realloc(out->lines, out->n_max * sizeof(char *));
	}
	out->lines[out->n++] = strdup(text);
}

// Window first, kind and values behind: sorted by the window, a changelog for each stays in order.
static inline void twin_line(
	struct twin *twin, const struct twin_window *window, const char *kind, const char *values)
{
	char line[3 * TWIN_TEXT_MAX];

	snprintf(line, sizeof(line), "%s %ld %ld # %s %s", window->key, window->start, window->end,
		kind, values);
	twin_add_line(&twin->out, line);
}

static inline void twin_values(const struct twin_window *window, char text[TWIN_TEXT_MAX])
{
	char sum[64] = "N";

	if (window->has_sum)
		snprintf(sum, sizeof(sum), "%.0f", window->sum);
	snprintf(text, TWIN_TEXT_MAX, "%ld %s %s %s", window->n, sum,
		window->has_note ? window->least : "N", window->has_note ? window->most : "N");
}

static inline void twin_emit(struct twin *twin, struct twin_window *window)
{
	char values[TWIN_TEXT_MAX];

	twin_values(window, values);
	if (strcmp(window->emitted, values) == 0)
		return;
	if (window->emitted[0] != '\0') {
		twin_line(twin, window, "-U", window->emitted);
		twin_line(twin, window, "+U", values);
	} else {
		twin_line(twin, window, "+I", values);
	}
	strcpy(window->emitted, values);
}

// The watermark has come to mark.
static inline void twin_advance(struct twin *twin, int64_t mark)
{
	for (uint32_t i = 0; i < twin->n;) {
		struct twin_window *window = &twin->windows[i];

		if (!window->fired && !window->born_late && window->end - 1 <= mark) {
			twin_emit(twin, window);
			window->fired = true;
		}
		if (mark != INT64_MAX &&
			window->end - 1 + twin->config->allowed_lateness_ms > mark) {
			i++;
			continue;
		}
		*window = twin->windows[--twin->n];
	}
}

static inline void twin_key(const struct event *event, uint16_t n_keys, char key[TWIN_TEXT_MAX])
{
	char user[32] = "N";

	key[0] = '\0';
	if (!event->is_null[EVENT_USER])
		snprintf(user, sizeof(user), "%ld", event->user);
	if (n_keys > 0)
		snprintf(key, TWIN_TEXT_MAX, "%s", user);
	if (n_keys > 1)
		snprintf(key, TWIN_TEXT_MAX, "%s %s", user,
			event->is_null[EVENT_CITY] ? "N" : event->city);
}

static inline void twin_note(struct twin_window *window, const char *note)
{
	if (!window->has_note || strcmp(note, window->least) < 0)
		snprintf(window->least, sizeof(window->least), "%s", note);
	if (!window->has_note || strcmp(note, window->most) > 0)
		snprintf(window->most, sizeof(window->most), "%s", note);
	window->has_note = true;
}

static inline void twin_add_row(struct twin_window *window, const struct event *event)
{
	window->n++;
	if (!event->is_null[EVENT_SCORE]) {
		window->sum += event->score;
		window->has_sum = true;
	}
	if (!event->is_null[EVENT_NOTE])
		twin_note(window, event->note);
}

static inline struct twin_window *twin_new_window(
	struct twin *twin, const char *key, int64_t start, int64_t end)
{
	struct twin_window *window = &twin->windows[twin->n++];

	assert_true(twin->n < TWIN_WINDOWS_MAX);
	*window = (struct twin_window){.start = start, .end = end};
	strcpy(window->key, key);
	return window;
}

static inline void twin_merge(struct twin_window *into, const struct twin_window *from)
{
	into->n += from->n;
	into->sum += from->sum;
	into->has_sum |= from->has_sum;
	if (from->has_note) {
		twin_note(into, from->least);
		twin_note(into, from->most);
	}
	into->start = from->start < into->start ? from->start : into->start;
	into->end = from->end > into->end ? from->end : into->end;
}

// Every window that touches the row's own is covered by it, however many there are.
static inline void twin_session(struct twin *twin, const struct event *event, const char *key)
{
	struct twin_window own = {.start = event->ts, .end = event->ts + twin->config->gap_ms};
	int64_t start = own.start, end = own.end;
	struct twin_window *window;

	twin_add_row(&own, event);
	for (uint32_t i = 0; i < twin->n;) {
		window = &twin->windows[i];
		if (strcmp(window->key, key) != 0 || window->start > end || window->end < start) {
			i++;
			continue;
		}
		twin_merge(&own, window);
		*window = twin->windows[--twin->n];
	}
	if (own.end - 1 <= event->mark) {
		twin->n_late++;
		return;
	}
	window = twin_new_window(twin, key, own.start, own.end);
	strcpy(own.key, key);
	*window = own;
}

static inline struct twin_window *twin_find(struct twin *twin, const char *key, int64_t start)
{
	for (uint32_t i = 0; i < twin->n; i++)
		if (twin->windows[i].start == start && strcmp(twin->windows[i].key, key) == 0)
			return &twin->windows[i];
	return NULL;
}

static inline void twin_trigger(
	struct twin *twin, struct twin_window *window, const struct event *event)
{
	const struct group_window_config *config = twin->config;
	bool is_behind = window->end - 1 <= event->mark;

	if (is_behind && (!window->fired || config->late_fire_ms <= 0))
		twin_emit(twin, window); // at every row, also without late firing
	else if (!is_behind && config->early_fire_ms == 0)
		twin_emit(twin, window);
}

static inline void twin_windows(struct twin *twin, const struct event *event, const char *key)
{
	const struct group_window_config *config = twin->config;
	int64_t start = event->ts - 3 * (config->size_ms + config->slide_ms);
	uint32_t n = 0, n_late = 0;

	while ((start - config->offset_ms) % config->slide_ms != 0)
		start++;
	for (; start <= event->ts; start += config->slide_ms) {
		struct twin_window *window;

		if (event->ts >= start + config->size_ms)
			continue;
		n++;
		if (start + config->size_ms - 1 + config->allowed_lateness_ms <= event->mark) {
			n_late++;
			continue;
		}
		window = twin_find(twin, key, start);
		if (window == NULL) {
			window = twin_new_window(twin, key, start, start + config->size_ms);
			window->born_late = window->end - 1 <= event->mark;
		}
		twin_add_row(window, event);
		twin_trigger(twin, window, event);
	}
	twin->n_no_window += n == 0;
	twin->n_late += n > 0 && n == n_late;
}

static inline void twin_run(struct twin *twin, const struct event *events, uint32_t n)
{
	char key[TWIN_TEXT_MAX];

	for (uint32_t i = 0; i < n; i++) {
		twin_advance(twin, events[i].mark);
		twin_key(&events[i], twin->config->n_keys, key);
		if (twin->config->shape == GROUP_WINDOW_SESSION)
			twin_session(twin, &events[i], key);
		else
			twin_windows(twin, &events[i], key);
	}
	twin_advance(twin, INT64_MAX);
}
