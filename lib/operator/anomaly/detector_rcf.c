// rcf: a bounded Robust Random Cut Forest over one or several columns: how much of what the key is
// remembered by would have to move to make room for this event. It finds values that are ordinary
// each for itself but not together, and, with a shingle, not after each other.
//
// Idea: some trees (rcf_tree.h) of random samples of the key's past; the score is the collusive
// displacement that the event would cause, the expectation over all cuts and the mean over the
// trees, so it has no noise of its own. What lies outside of all samples adds how far: the
// displacement alone ends at the sample's size. The key's own tail makes a surprise of it
// (own_tail.h). Guha, Mishra, Roy, Schrijvers, Robust Random Cut Forest Based Anomaly Detection on
// Streams, ICML 2016.
//
// The past fades as in Aggarwal, On biased reservoir sampling in the presence of stream evolution,
// VLDB 2006: a new point takes the place of any one of the sample with probability
// sample / memory, so a point is remembered for memory events on average. Trees take turns: at most
// one learns from an event, once they are full.
//
// A point is the columns of the newest `shingle` events. Columns count by their own spread, so
// units do not matter. Lots come from the seed and the number of the event.
//
// Time O(trees · log sample). Space 6.7 KB a tree of 64. An event with NULL or NaN: no surprise,
// nothing learnt. Infinite: odder than any number, nothing learnt. Points are float32 distances
// from the first event: less than POINT_MIN is 0, more than POINT_MAX is that. Time does not
// matter.
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include "base/hash.h"
#include "operator/anomaly/detectors.h"
#include "operator/anomaly/own_tail.h"
#include "operator/anomaly/rcf_tree.h"

enum { N_START = 32 }; // events before there is any surprise

struct rcf {
	uint32_t n_trees, sample, shingle, n_columns;
	uint32_t memory; // events
	float refractory; // events
	uint64_t seed;
	size_t tree_size;
	uint32_t size; // of a state
	uint32_t limit; // a tree whose turn it is learns when 32 random bits are below
};

// Behind it: the trees.
struct rcf_state {
	uint64_t n_events; // learnt from
	double first[RCF_DIMS], mean[RCF_DIMS], spread[RCF_DIMS]; // of each column
	struct rcf_point point; // the newest, each dim: shingle · columns, newest event first
	struct own_tail tail;
};

enum { REASON_APART = 1, REASON_INFINITE };
enum { FACT_DIM, FACT_DISPLACED, FACT_MEAN, FACT_SPREAD };

static const double POINT_MIN = 1e-20, POINT_MAX = 1e24;
static const double VALUE_MAX = 1e300; // distances stay finite
static const double weight_min = 1e-12, weight_max = 1e12;
static const float surprise_blame = 1; // less is not worth asking for the column

// ---- Options

static int check_size(const struct detector_call *call, const struct rcf *rcf, struct err *err)
{
	if (rcf->n_columns * rcf->shingle > RCF_DIMS)
		return err_set(err, EINVAL,
			"'shingle' is %u: times the %u columns it must be %u at most", rcf->shingle,
			rcf->n_columns, RCF_DIMS);
	if (rcf->size > DETECTOR_STATE_MAX)
		return err_set(err, EINVAL,
			"'trees' is %u: with 'sample' => %u it must be %zu at most", rcf->n_trees,
			rcf->sample,
			(DETECTOR_STATE_MAX - sizeof(struct rcf_state)) / rcf->tree_size);
	if (rcf->memory < rcf->n_trees * rcf->sample)
		return err_set(err, EINVAL,
			"'memory' is %u: it must be 'trees' times 'sample' at least, %u",
			rcf->memory, rcf->n_trees * rcf->sample);
	return 0;
}

static const void *configure(const struct detector_call *call, struct err *err)
{
	static const char *const names[] = {
		"shingle", "trees", "sample", "memory", "refractory", NULL};
	struct rcf *rcf = arena_alloc(call->arena, sizeof(*rcf));
	double shingle = call->n_columns == 1 ? 4 : 1, trees = 8, sample = 64, memory = 2000;
	double refractory = 200;

	if (detector_options(call, "rcf", names, err) < 0 ||
		detector_whole(call, "shingle", 1, RCF_DIMS, &shingle, err) < 0 ||
		detector_whole(call, "trees", 1, 64, &trees, err) < 0 ||
		detector_whole(call, "sample", 8, RCF_SAMPLE_MAX, &sample, err) < 0 ||
		detector_whole(call, "memory", 8, 1e9, &memory, err) < 0 ||
		detector_number(call, "refractory", 0, 1e6, &refractory, err) < 0)
		return NULL;
	*rcf = (struct rcf){
		.n_trees = (uint32_t)trees,
		.sample = (uint32_t)sample,
		.shingle = (uint32_t)shingle,
		.n_columns = call->n_columns,
		.memory = (uint32_t)memory,
		.refractory = (float)refractory,
		.seed = hash_mix(call->seed),
		.tree_size = rcf_tree_size((uint32_t)sample),
	};
	rcf->size = (uint32_t)(sizeof(struct rcf_state) + rcf->n_trees * rcf->tree_size);
	if (check_size(call, rcf, err) < 0)
		return NULL;
	rcf->limit = (uint32_t)(0xffffffffull * rcf->n_trees * rcf->sample / rcf->memory);
	return rcf;
}

static uint32_t state_size(const void *config)
{
	return ((const struct rcf *)config)->size;
}

// ---- An event

static struct rcf_view tree_of(const struct rcf *rcf, struct rcf_state *state, uint32_t i)
{
	return rcf_view((char *)(state + 1) + i * rcf->tree_size, rcf->sample);
}

// The point of an event, and what a length counts in each dimension.
static void make_point(const struct rcf *rcf, const struct rcf_state *state, const double *values,
	struct rcf_point *point, float *weights)
{
	uint32_t older = (rcf->shingle - 1) * rcf->n_columns;

	*point = (struct rcf_point){0};
	memcpy(point->at + rcf->n_columns, state->point.at, older * sizeof(float));
	for (uint32_t column = 0; column < rcf->n_columns; column++) {
		double at =
			fmin(fmax(values[column] - state->first[column], -POINT_MAX), POINT_MAX);

		point->at[column] = fabs(at) < POINT_MIN ? 0 : (float)at;
	}
	for (uint32_t dim = 0; dim < RCF_DIMS; dim++) {
		double spread = rcf->n_columns > 1 ? state->spread[dim % rcf->n_columns] : 1;

		weights[dim] = spread > 0 ? (float)fmin(fmax(1 / spread, weight_min), weight_max)
					  : 1; // a column that has never differed
	}
}

static void learn_columns(const struct rcf *rcf, struct rcf_state *state, const double *values)
{
	double n = state->n_events < rcf->memory ? (double)state->n_events : rcf->memory;

	for (uint32_t column = 0; column < rcf->n_columns; column++) {
		double away = values[column] - state->mean[column];

		state->mean[column] += away / n;
		state->spread[column] += (fabs(away) - state->spread[column]) / n;
	}
}

static void learn(const struct rcf *rcf, struct rcf_state *state, const double *values,
	const struct rcf_point *point, const float *weights)
{
	uint64_t lots = hash_mix(rcf->seed + state->n_events * 0x9e3779b97f4a7c15);
	uint32_t turn = (uint32_t)(state->n_events % rcf->n_trees);

	state->point = *point;
	if (++state->n_events < rcf->shingle)
		return learn_columns(rcf, state, values);
	for (uint32_t i = 0; i < rcf->n_trees; i++) {
		struct rcf_view view = tree_of(rcf, state, i);
		bool is_full = view.tree->mass == rcf->sample;

		if (is_full && (i != turn || (uint32_t)lots > rcf->limit))
			continue;
		if (is_full)
			rcf_forget(&view, hash_mix(lots + 1));
		rcf_insert(&view, point, weights, hash_mix(lots ^ i));
	}
	learn_columns(rcf, state, values);
}

static void blame(const struct rcf *rcf, struct rcf_state *state, const struct rcf_point *point,
	const float *weights, struct verdict *verdict)
{
	float blamed[RCF_DIMS] = {0};
	uint32_t worst = 0, column;

	for (uint32_t i = 0; i < rcf->n_trees; i++) {
		struct rcf_view view = tree_of(rcf, state, i);

		rcf_blame(&view, point, weights, blamed);
	}
	for (uint32_t dim = 1; dim < rcf->n_columns * rcf->shingle; dim++)
		if (blamed[dim] > blamed[worst])
			worst = dim;
	column = worst % rcf->n_columns;
	verdict->reason = REASON_APART;
	verdict->facts[FACT_DIM] = worst;
	verdict->facts[FACT_MEAN] = state->mean[column];
	verdict->facts[FACT_SPREAD] = state->spread[column];
}

static void score_one(const struct rcf *rcf, struct rcf_state *state, const double *values,
	struct verdict *verdict)
{
	struct rcf_score sum = {0};
	struct rcf_point point;
	float weights[RCF_DIMS];
	float surprise, y;

	if (state->n_events == 0) {
		memcpy(state->first, values, rcf->n_columns * sizeof(*values));
		memcpy(state->mean, values, rcf->n_columns * sizeof(*values));
	}
	make_point(rcf, state, values, &point, weights);
	for (uint32_t i = 0; i < rcf->n_trees; i++) {
		struct rcf_view view = tree_of(rcf, state, i);
		struct rcf_score score = rcf_score(&view, &point, weights);

		sum.displacement += score.displacement;
		sum.beyond += score.beyond;
	}
	sum.displacement /= (float)rcf->n_trees;
	sum.beyond /= (float)rcf->n_trees;
	y = own_tail_y(sum.displacement) + own_tail_y(sum.beyond);
	if (state->n_events >= N_START) {
		surprise = own_tail_surprise(&state->tail, y);
		verdict->surprise = own_tail_tell(&state->tail, surprise, rcf->refractory);
		verdict->facts[FACT_DISPLACED] = sum.displacement;
		if (surprise >= surprise_blame)
			blame(rcf, state, &point, weights, verdict);
	}
	if (state->n_events >= N_START)
		own_tail_learn(&state->tail, y, rcf->memory);
	learn(rcf, state, values, &point, weights);
}

static void score(const void *config, void *const *states, const int64_t *,
	const double *const *values, uint16_t n, struct verdict *verdicts)
{
	const struct rcf *rcf = config;

	for (uint16_t row = 0; row < n; row++) {
		double event[RCF_DIMS];
		bool is_nan = false, is_infinite = false;

		for (uint32_t column = 0; column < rcf->n_columns; column++) {
			event[column] = fmin(fmax(values[column][row], -VALUE_MAX), VALUE_MAX);
			is_nan |= isnan(values[column][row]);
			is_infinite |= isinf(values[column][row]);
		}
		verdicts[row] = (struct verdict){0};
		if (is_infinite && !is_nan)
			verdicts[row] = (struct verdict){own_tail_infinite, REASON_INFINITE, {0}};
		if (!is_infinite && !is_nan)
			score_one(rcf, states[row], event, &verdicts[row]);
	}
}

static void explain(const void *config, const struct verdict *verdict, const double *values,
	char *text, size_t size)
{
	const struct rcf *rcf = config;
	const double *facts = verdict->facts;
	uint32_t dim = (uint32_t)facts[FACT_DIM], column = dim % rcf->n_columns;
	uint32_t before = dim / rcf->n_columns;
	char which[64] = "";

	if (verdict->reason == REASON_INFINITE) {
		snprintf(text, size, "a value is no finite number");
		return;
	}
	assert(verdict->reason == REASON_APART);
	if (rcf->n_columns > 1)
		snprintf(which, sizeof(which), " of column %u", column + 1);
	if (before > 0)
		snprintf(text, size,
			"stands apart: %.3g of %u remembered events would make room; most by the "
			"value%s %u before (they are mostly %.4g ± %.3g)",
			facts[FACT_DISPLACED], rcf->sample, which, before, facts[FACT_MEAN],
			facts[FACT_SPREAD]);
	else
		snprintf(text, size,
			"stands apart: %.3g of %u remembered events would make room; most by the "
			"value %.6g%s (mostly %.4g ± %.3g)",
			facts[FACT_DISPLACED], rcf->sample, values[column], which, facts[FACT_MEAN],
			facts[FACT_SPREAD]);
}

const struct detector_kind detector_rcf = {
	.name = "rcf",
	.takes_many_columns = true,
	.configure = configure,
	.state_size = state_size,
	.score = score,
	.explain = explain,
};
