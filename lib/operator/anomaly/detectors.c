#include "operator/anomaly/detectors.h"
#include <errno.h>
#include <math.h>
#include <string.h>

const struct detector_kind *const detector_kinds[] = {
	&detector_auto,
	&detector_cusum,
	&detector_ensemble,
	&detector_ewma,
	&detector_rate,
	&detector_rcf,
	&detector_robust,
	&detector_seasonal,
	&detector_sequence,
	&detector_threshold,
	NULL,
};

const struct detector_kind *detector_find(const char *name)
{
	for (const struct detector_kind *const *kind = detector_kinds; *kind != NULL; kind++)
		if (strcmp((*kind)->name, name) == 0)
			return *kind;
	return NULL;
}

// ---- Scores

// One in a thousand; what is rarer shares the rest. Beyond SURPRISE_MAX neighbours would round to
// the same double, and what is infinite to 1.
static const double surprise_rare = 3, score_rare = 0.999, SURPRISE_MAX = 1e12;

double detector_score(double surprise)
{
	if (surprise <= 0)
		return 0;
	if (surprise > SURPRISE_MAX)
		surprise = SURPRISE_MAX;
	if (surprise >= surprise_rare)
		return 1 - (1 - score_rare) * surprise_rare / surprise;
	return fmin(-expm1(-surprise * M_LN10), score_rare);
}

// ---- Options

static const struct detector_option *find(const struct detector_call *call, const char *name)
{
	for (uint32_t i = 0; i < call->n_options; i++)
		if (strcmp(call->options[i].name, name) == 0)
			return &call->options[i];
	return NULL;
}

static const char *bounds(struct arena *arena, const char *what, double least, double most)
{
	if (isinf(least) && isinf(most))
		return what;
	if (isinf(most))
		return arena_printf(arena, "%s, %.10g at least", what, least);
	if (isinf(least))
		return arena_printf(arena, "%s, %.10g at most", what, most);
	return arena_printf(arena, "%s from %.10g to %.10g", what, least, most);
}

static int read_number(const struct detector_call *call, const char *name, double least,
	double most, bool is_whole, double *value, struct err *err)
{
	const struct detector_option *option = find(call, name);
	const char *want;

	if (option == NULL)
		return 0;
	if (option->text == NULL && isfinite(option->number) && option->number >= least &&
		option->number <= most && (!is_whole || trunc(option->number) == option->number)) {
		*value = option->number;
		return 0;
	}
	want = bounds(call->arena, is_whole ? "a whole number" : "a number", least, most);
	if (option->text != NULL)
		return err_set(
			err, EINVAL, "'%s' is '%s': it must be %s", name, option->text, want);
	return err_set(err, EINVAL, "'%s' is %.10g: it must be %s", name, option->number, want);
}

int detector_number(const struct detector_call *call, const char *name, double least, double most,
	double *value, struct err *err)
{
	return read_number(call, name, least, most, false, value, err);
}

int detector_whole(const struct detector_call *call, const char *name, double least, double most,
	double *value, struct err *err)
{
	return read_number(call, name, least, most, true, value, err);
}

// "a, b, c"
static const char *joined(struct arena *arena, const char *const *texts)
{
	const char *all = "";

	for (uint32_t i = 0; texts[i] != NULL; i++)
		all = arena_printf(arena, "%s%s'%s'", all, i > 0 ? ", " : "", texts[i]);
	return all;
}

int detector_options(const struct detector_call *call, const char *detector,
	const char *const *names, struct err *err)
{
	for (uint32_t i = 0; i < call->n_options; i++) {
		const char *const *name = names;

		while (*name != NULL && strcmp(*name, call->options[i].name) != 0)
			name++;
		if (*name == NULL && names[0] == NULL)
			return err_set(err, EINVAL, "'%s': the detector '%s' has no options",
				call->options[i].name, detector);
		if (*name == NULL)
			return err_set(err, EINVAL,
				"'%s' is no option of the detector '%s': it has %s",
				call->options[i].name, detector, joined(call->arena, names));
	}
	return 0;
}
