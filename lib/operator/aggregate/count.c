#include "operator/aggregate/kernels.h"

struct count_state {
	int64_t n;
};

static uint32_t count_lift(const struct lift *lift)
{
	const struct lift rows = *lift;

	for (uint16_t i = 0; i < rows.n; i++)
		if (rows.states[i] != NULL)
			((struct count_state *)state_at(rows.states[i], rows.offset))->n++;
	return 0;
}

static uint32_t count_lift_one(const struct lift *lift)
{
	if (lift->n > 0)
		((struct count_state *)state_at(lift->states[0], lift->offset))->n += lift->n;
	return 0;
}

static uint32_t count_retract(const struct lift *lift)
{
	for (uint16_t i = 0; i < lift->n; i++)
		if (lift->states[i] != NULL)
			((struct count_state *)state_at(lift->states[i], lift->offset))->n--;
	return 0;
}

static uint32_t count_combine(const struct merge *merge)
{
	for (uint16_t i = 0; i < merge->n; i++) {
		const struct count_state *from = const_state_at(merge->from[i], merge->offset);

		if (merge->into[i] != NULL)
			((struct count_state *)state_at(merge->into[i], merge->offset))->n +=
				from->n;
	}
	return 0;
}

static void count_lower(const struct lower *lower)
{
	int64_t *results = lower->column->values;

	for (uint16_t i = 0; i < lower->n; i++)
		results[i] =
			((const struct count_state *)state_at(lower->states[i], lower->offset))->n;
}

const struct aggregate aggregate_count = {
	.state_size = sizeof(struct count_state),
	.lift = count_lift,
	.lift_one = count_lift_one,
	.combine = count_combine,
	.retract = count_retract,
	.lower = count_lower,
};
