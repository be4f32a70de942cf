#include "depot_ops.h"

void depot_free(struct depot *depot)
{
	depot->ops->free(depot);
}

uint64_t depot_newest(struct depot *depot)
{
	return depot->ops->newest(depot);
}

int depot_read(struct depot *depot, int (*take)(void *arg, const struct record *record), void *arg)
{
	return depot->ops->read(depot, take, arg);
}

int depot_open(struct depot *depot, const struct checkpoint_plan *plan,
	struct record_out *const *outs, uint32_t n)
{
	return depot->ops->open(depot, plan, outs, n);
}

void depot_die(struct depot *depot)
{
	depot->ops->die(depot);
}

void depot_begin(struct depot *depot, uint64_t checkpoint)
{
	depot->ops->begin(depot, checkpoint);
}

void depot_abort(struct depot *depot, uint64_t checkpoint)
{
	depot->ops->abort(depot, checkpoint);
}

bool depot_result(struct depot *depot, struct checkpoint_result *result)
{
	return depot->ops->result(depot, result);
}

void depot_step(struct depot *depot)
{
	depot->ops->step(depot);
}
