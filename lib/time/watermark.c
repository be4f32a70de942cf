#include "time/watermark.h"
#include <errno.h>

int watermark_merge_init(struct watermark_merge *merge, struct mem *mem, uint32_t n_inputs)
{
	*merge = (struct watermark_merge){.n_inputs = n_inputs, .output = WATERMARK_NONE};
	merge->inputs = mem_zalloc(mem, n_inputs * sizeof(*merge->inputs));
	if (merge->inputs == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < n_inputs; i++)
		merge->inputs[i] =
			(struct watermark_input){.watermark = WATERMARK_NONE, .aligned = true};
	return 0;
}

void watermark_merge_destroy(struct watermark_merge *merge, struct mem *mem)
{
	mem_free(mem, merge->inputs);
	merge->inputs = NULL;
}

// Raise the output to the minimum over the aligned inputs, if there is one that is higher.
static bool raise_to_minimum(struct watermark_merge *merge)
{
	int64_t least = WATERMARK_END;
	bool any = false;

	for (uint32_t i = 0; i < merge->n_inputs; i++) {
		if (!merge->inputs[i].aligned)
			continue;
		any = true;
		if (merge->inputs[i].watermark < least)
			least = merge->inputs[i].watermark;
	}
	if (!any || least <= merge->output)
		return false;
	merge->output = least;
	return true;
}

static bool raise_to_maximum(struct watermark_merge *merge)
{
	int64_t most = merge->output;

	for (uint32_t i = 0; i < merge->n_inputs; i++)
		if (merge->inputs[i].watermark > most)
			most = merge->inputs[i].watermark;
	if (most == merge->output)
		return false;
	merge->output = most;
	return true;
}

struct watermark_change watermark_merge_active(struct watermark_merge *merge, uint32_t input)
{
	struct watermark_change change = {.became_active = merge->idle};

	if (!merge->inputs[input].idle)
		return (struct watermark_change){0};
	merge->inputs[input].idle = false;
	merge->inputs[input].aligned = merge->inputs[input].watermark >= merge->output;
	merge->idle = false;
	return change;
}

struct watermark_change watermark_merge_advance(
	struct watermark_merge *merge, uint32_t input, int64_t watermark, uint64_t tsc)
{
	struct watermark_input *in = &merge->inputs[input];
	struct watermark_change change = watermark_merge_active(merge, input);

	if (watermark <= in->watermark)
		return change;
	in->watermark = watermark;
	in->moved_tsc = tsc;
	if (watermark >= merge->output)
		in->aligned = true;
	change.advanced = raise_to_minimum(merge);
	return change;
}

struct watermark_change watermark_merge_idle(struct watermark_merge *merge, uint32_t input)
{
	struct watermark_input *in = &merge->inputs[input];
	struct watermark_change change = {0};
	bool any_active = false;

	if (in->idle)
		return change;
	in->idle = true;
	in->aligned = false;
	for (uint32_t i = 0; i < merge->n_inputs; i++)
		any_active |= !merge->inputs[i].idle;
	if (any_active) {
		change.advanced = raise_to_minimum(merge);
		return change;
	}
	if (in->watermark == merge->output)
		change.advanced = raise_to_maximum(merge);
	merge->idle = true;
	change.became_idle = true;
	return change;
}

int watermark_merge_holder(const struct watermark_merge *merge)
{
	int holder = -1;

	for (uint32_t i = 0; i < merge->n_inputs; i++) {
		const struct watermark_input *in = &merge->inputs[i];

		if (in->idle)
			continue;
		if (holder < 0 || in->watermark < merge->inputs[holder].watermark)
			holder = (int)i;
	}
	return holder;
}
