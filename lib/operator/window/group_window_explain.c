#include "operator/window/group_window_state.h"
#include "operator/window/window_explain.h"

// "SESSION(time_col=[ts], gap=[5 min])"
static const char *window_text(
	struct arena *arena, const struct group_window_config *config, const struct schema *input)
{
	static const char *const names[] = {[GROUP_WINDOW_TUMBLE] = "TUMBLE",
		[GROUP_WINDOW_HOP] = "HOP",
		[GROUP_WINDOW_SESSION] = "SESSION"};
	const char *text = arena_printf(arena, "%s(time_col=[%s]", names[config->shape],
		input->fields[config->time_column].name);

	if (config->shape == GROUP_WINDOW_SESSION)
		text = arena_printf(
			arena, "%s, gap=[%s]", text, window_duration_text(arena, config->gap_ms));
	else
		text = arena_printf(
			arena, "%s, size=[%s]", text, window_duration_text(arena, config->size_ms));
	if (config->shape == GROUP_WINDOW_HOP)
		text = arena_printf(arena, "%s, slide=[%s]", text,
			window_duration_text(arena, config->slide_ms));
	if (config->shape != GROUP_WINDOW_SESSION && config->offset_ms != 0)
		text = arena_printf(arena, "%s, offset=[%s]", text,
			window_duration_text(arena, config->offset_ms));
	if (config->shape == GROUP_WINDOW_SESSION && config->max_size_ms != 0)
		text = arena_printf(arena, "%s, max_size=[%s]", text,
			window_duration_text(arena, config->max_size_ms));
	return arena_printf(arena, "%s)", text);
}

static const char *delay_text(
	struct arena *arena, const char *text, const char *name, int64_t delay_ms)
{
	const char *comma = text[0] != '\0' ? ", " : "";

	if (delay_ms == FIRE_NEVER)
		return text;
	if (delay_ms == FIRE_EACH_ROW)
		return arena_printf(arena, "%s%s%s 0 ms", text, comma, name);
	return arena_printf(
		arena, "%s%s%s %s", text, comma, name, window_duration_text(arena, delay_ms));
}

// "emit=[early delay 5 s, lateness 1 min], "
static const char *emit_text(struct arena *arena, const struct group_window_config *config)
{
	const char *text = "";

	if (!group_window_has_updates(config))
		return "";
	text = delay_text(arena, text, "early delay", config->early_fire_ms);
	text = delay_text(arena, text, "late delay", config->late_fire_ms);
	if (config->allowed_lateness_ms > 0)
		text = delay_text(arena, text, "lateness", config->allowed_lateness_ms);
	return arena_printf(arena, "emit=[%s], ", text);
}

const char *group_window_explain(const struct op_spec *spec, struct arena *arena)
{
	const struct group_window_config *config = spec->config;
	const char *text = window_keys_text(arena, spec->input, config->keys, config->n_keys);
	uint32_t size = 0;

	text = arena_printf(arena, "%swindow=[%s], %saggs=[", text,
		window_text(arena, config, spec->input), emit_text(arena, config));
	for (uint16_t i = 0; i < config->n_aggregates; i++) {
		text = arena_printf(
			arena, "%s%s%s", text, i > 0 ? ", " : "", config->aggregates[i].text);
		size += aggregate_state_size(&config->aggregates[i]);
	}
	return arena_printf(arena, "%s], state=[%u B per window]", text, size);
}
