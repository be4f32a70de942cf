#include "operator/window/window_explain.h"

const char *window_duration_text(struct arena *arena, int64_t ms)
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "min"}, {1000, "s"}, {1, "ms"}};
	int i = 0;

	while (ms % units[i].ms != 0)
		i++;
	return arena_printf(arena, "%ld %s", ms / units[i].ms, units[i].name);
}

// "HOP(time_col=[ts], size=[5 min], slide=[30 s])", "CUMULATE(time_col=[ts], max_size=[1 d],
// step=[1 h])", as Flink has it.
static const char *window_text(
	struct arena *arena, const struct window_spec *window, const struct schema *input)
{
	static const struct {
		const char *name, *size, *slide; // as Flink calls them
	} words[] = {
		[WINDOW_TUMBLE] = {"TUMBLE", "size", NULL},
		[WINDOW_HOP] = {"HOP", "size", "slide"},
		[WINDOW_CUMULATE] = {"CUMULATE", "max_size", "step"},
	};
	const struct slices *slices = &window->slices;
	const char *text;

	if (window->shape == WINDOW_ATTACHED)
		return arena_printf(arena, "ATTACHED(win_start=[%s], win_end=[%s])",
			input->fields[window->start_column].name,
			input->fields[window->end_column].name);
	text = arena_printf(arena, "%s(time_col=[%s], %s=[%s]", words[window->shape].name,
		input->fields[window->time_column].name, words[window->shape].size,
		window_duration_text(arena, slices->size));
	if (words[window->shape].slide != NULL)
		text = arena_printf(arena, "%s, %s=[%s]", text, words[window->shape].slide,
			window_duration_text(arena, slices->slide));
	if (slices->offset != 0)
		text = arena_printf(arena, "%s, offset=[%s]", text,
			window_duration_text(arena, slices->offset));
	return arena_printf(arena, "%s)", text);
}

const char *window_keys_text(
	struct arena *arena, const struct schema *input, const uint16_t *keys, uint16_t n)
{
	const char *text = "keys=[";

	if (n == 0)
		return "";
	for (uint16_t i = 0; i < n; i++)
		text = arena_printf(
			arena, "%s%s%s", text, i > 0 ? ", " : "", input->fields[keys[i]].name);
	return arena_printf(arena, "%s], ", text);
}

const char *window_aggregate_explain(const struct op_spec *spec, struct arena *arena)
{
	const struct window_aggregate_config *config = spec->config;
	const char *text = window_keys_text(arena, spec->input, config->keys, config->n_keys);
	uint32_t size = 0;

	text = arena_printf(arena, "%swindow=[%s], aggs=[", text,
		window_text(arena, &config->window, spec->input));
	for (uint16_t i = 0; i < config->n_aggregates; i++) {
		text = arena_printf(
			arena, "%s%s%s", text, i > 0 ? ", " : "", config->aggregates[i].text);
		size += aggregate_state_size(&config->aggregates[i]);
	}
	return arena_printf(arena, "%s], state=[%u B per key]", text, size);
}

const char *window_function_explain(const struct op_spec *spec, struct arena *arena)
{
	const struct window_function_config *config = spec->config;

	return arena_printf(arena, "window=[%s]", window_text(arena, &config->window, spec->input));
}
