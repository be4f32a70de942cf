// seasonal: how far a value is from what is usual at this time of the day (or of another season).
//
// Idea: additive Holt-Winters without trend over the buckets of a season (Winters, Forecasting
// sales by exponentially weighted moving averages, Management Science 6, 1960): a level, a profile
// of what each bucket differs by, and its mean absolute deviation. Between the middles of two
// buckets the profile is a straight line. What is learnt is the mean of a visit, all events of one
// bucket in one season, when the first event of another bucket ends it: how many events there are
// does not matter, and events of a visit are judged by the seasons before alone. Residuals beyond
// CLIP deviations are learnt as that (Gelper, Fried, Croux, Robust forecasting with exponential and
// Holt-Winters smoothing, J. Forecasting 2010).
//
// A residual is odd by its size, or because it does not go with the one before: what goes together
// from event to event, an autoregression of order 1, is taken off (Taylor, Short-term electricity
// demand forecasting using double seasonal exponential smoothing, J. Oper. Res. Soc. 54, 2003). The
// key's own tail makes a surprise of the odder of the two, in deviations (own_tail.h).
//
//	seen so far            what is expected
//	SETTLE visits          nothing: no surprise
//	first season           the mean of the visit before, whatever its bucket
//	later                  level + profile; of a bucket without a visit: level
//
// After a gap of a season or more the level is learnt quickly again, from the first visits.
// An event from before the visit is judged by its own bucket, and teaches nothing; one from more
// than a season before begins anew there. Seasons are cut in UTC: days have 24 hours.
//
// Time O(1), at the end of the first season once O(buckets). Space 128 + 9 · buckets bytes. NULL
// and NaN: no surprise, nothing learnt. Infinite: odder than any number, nothing learnt.
// Larger than VALUE_MAX counts as that.
#include <assert.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include "operator/anomaly/ahead.h"
#include "operator/anomaly/detectors.h"
#include "operator/anomaly/own_tail.h"

enum { BUCKETS_MAX = 96, VISITS_MAX = 255, SETTLE = 3 };

struct seasonal {
	int64_t season_ms;
	uint32_t n_buckets;
	uint32_t memory; // events, of the tail
	float refractory; // events
	double level_gain, profile_gain; // least weight of a new visit
};

struct bucket {
	float usual; // above the level; in the first season, above the first value
	float deviation; // mean of |residual|
};

// Behind it: buckets[:n_buckets], and how often each was visited, a byte each, VISITS_MAX at most.
struct seasonal_state {
	double level;
	double deviation; // of all buckets
	double first; // value, until the first season is over
	double sum, sum_deviation; // of residuals of the visit, clipped
	double before, variance, covariance; // residual of the event before; of neighbours
	double innovation; // mean of |residual − what the one before makes likely|
	int64_t visit; // buckets since 1970, of the newest visit
	int64_t first_visit;
	struct own_tail tail;
	uint32_t n; // events of the visit
	uint32_t n_visits; // since the first event
	uint32_t n_level; // visits since the first event or the last gap
	uint32_t has_profile; // the first season is over
	uint32_t has_visit;
	uint32_t unused;
};

enum { REASON_BEFORE = 1, REASON_USUAL, REASON_STEP, REASON_INFINITE };
enum { FACT_RESIDUAL, FACT_DEVIATION, FACT_BEFORE, FACT_INTO_MS };

static const double VALUE_MAX = 1e37; // the profile is float32
static const double CLIP = 4; // mean deviations that a visit learns at most
static const double CLIP_NEXT = 8; // that what goes together is learnt from at most
static const double grain = 0.1; // deviations: a smaller innovation than this is no better
static const double equal = 1e-9; // of the values: what differs less is the same
static const double doubt = 2; // visits that the deviation of all buckets counts for in each

static const void *configure(const struct detector_call *call, struct err *err)
{
	static const char *const names[] = {
		"season", "buckets", "alpha", "gamma", "memory", "refractory", NULL};
	struct seasonal *seasonal = arena_alloc(call->arena, sizeof(*seasonal));
	double season = 86400000, buckets = 48, alpha = 0.1, gamma = 0.2, memory = 1000;
	double refractory = 200;

	if (detector_options(call, "seasonal", names, err) < 0 ||
		detector_whole(call, "season", 1000, 400 * 86400e3, &season, err) < 0 ||
		detector_whole(call, "buckets", 2, BUCKETS_MAX, &buckets, err) < 0 ||
		detector_number(call, "alpha", 0, 1, &alpha, err) < 0 ||
		detector_number(call, "gamma", 0, 1, &gamma, err) < 0 ||
		detector_whole(call, "memory", 10, 1e9, &memory, err) < 0 ||
		detector_number(call, "refractory", 0, 1e6, &refractory, err) < 0)
		return NULL;
	*seasonal = (struct seasonal){
		.season_ms = (int64_t)season,
		.n_buckets = (uint32_t)buckets,
		.memory = (uint32_t)memory,
		.refractory = (float)refractory,
		.level_gain = alpha,
		.profile_gain = gamma,
	};
	return seasonal;
}

static uint32_t state_size(const void *config)
{
	const struct seasonal *seasonal = config;
	size_t size = sizeof(struct seasonal_state) +
		      seasonal->n_buckets * (sizeof(struct bucket) + sizeof(uint8_t));

	return (uint32_t)(size + 7) / 8 * 8;
}

// ---- Time

// Where in the season an event is.
struct place {
	int64_t visit; // buckets since 1970
	uint32_t bucket, next; // between whose middles it is
	float part; // of next, 0 to 1
	int64_t into_ms; // since the season's begin
};

static struct place place_of(const struct seasonal *seasonal, int64_t time_ms)
{
	int64_t season = time_ms / seasonal->season_ms;
	int64_t into = time_ms % seasonal->season_ms;
	uint32_t n = seasonal->n_buckets;
	struct place place;
	double middles;

	season -= into < 0;
	into += into < 0 ? seasonal->season_ms : 0;
	place.into_ms = into;
	place.bucket = (uint32_t)(into * n / seasonal->season_ms);
	place.visit = season * n + place.bucket;
	middles = (double)into * n / (double)seasonal->season_ms - 0.5 - place.bucket;
	place.next = (place.bucket + (middles < 0 ? n - 1 : 1)) % n;
	place.part = (float)fabs(middles);
	return place;
}

// ---- What is usual

static struct bucket *buckets_of(struct seasonal_state *state)
{
	return (struct bucket *)(state + 1);
}

static uint8_t *visits_of(const struct seasonal *seasonal, struct seasonal_state *state)
{
	return (uint8_t *)(buckets_of(state) + seasonal->n_buckets);
}

static double expected(
	const struct seasonal *seasonal, struct seasonal_state *state, const struct place *place)
{
	const uint8_t *visits = visits_of(seasonal, state);
	const struct bucket *buckets = buckets_of(state);
	double usual = buckets[place->bucket].usual;

	if (!state->has_profile || visits[place->bucket] == 0)
		return state->level;
	if (visits[place->next] > 0)
		usual += place->part * ((double)buckets[place->next].usual - usual);
	return state->level + usual;
}

static double deviation(const struct seasonal *seasonal, struct seasonal_state *state,
	const struct place *place, double value)
{
	double n = state->has_profile ? visits_of(seasonal, state)[place->bucket] : 0;
	double own = buckets_of(state)[place->bucket].deviation;
	double least = equal * (fabs(state->level) + fabs(value)) + DBL_MIN;

	return (n * own + doubt * state->deviation) / (n + doubt) + least;
}

// ---- Learning

// The first season is over: its mean becomes the level.
static void begin_profile(const struct seasonal *seasonal, struct seasonal_state *state)
{
	struct bucket *buckets = buckets_of(state);
	const uint8_t *visits = visits_of(seasonal, state);
	double sum = 0;
	uint32_t n = 0;

	for (uint32_t i = 0; i < seasonal->n_buckets; i++) {
		sum += visits[i] > 0 ? (double)buckets[i].usual : 0;
		n += visits[i] > 0;
	}
	for (uint32_t i = 0; i < seasonal->n_buckets; i++)
		buckets[i].usual = (float)(visits[i] > 0 ? buckets[i].usual - sum / n : 0);
	state->level = state->first + sum / n;
	state->has_profile = 1;
}

static uint32_t bucket_of(const struct seasonal *seasonal, int64_t visit)
{
	int64_t n = seasonal->n_buckets;

	return (uint32_t)((visit % n + n) % n);
}

static void end_visit(const struct seasonal *seasonal, struct seasonal_state *state)
{
	uint32_t index = bucket_of(seasonal, state->visit);
	struct bucket *bucket = &buckets_of(state)[index];
	uint8_t *visits = &visits_of(seasonal, state)[index];
	double mean = state->sum / state->n, spread = state->sum_deviation / state->n;
	double gain = fmax(1.0 / (*visits + 1), seasonal->profile_gain);

	state->n_visits += state->n_visits < UINT32_MAX;
	state->n_level += state->n_level < UINT32_MAX;
	if (state->n_visits > 1)
		state->deviation += fmax(1.0 / (state->n_visits - 1), seasonal->level_gain) *
				    (spread - state->deviation);
	else
		state->deviation = spread;
	if (!state->has_profile) {
		state->level += mean;
		bucket->usual = (float)(state->level - state->first);
		bucket->deviation = (float)state->deviation;
	} else {
		double level = fmax(1.0 / (state->n_level + 1), seasonal->level_gain) * mean;

		bucket->usual += (float)((*visits > 0 ? gain : 1) * (mean - level));
		bucket->deviation += (float)(gain * (spread - bucket->deviation));
		state->level += level;
	}
	*visits += *visits < VISITS_MAX;
	state->n = 0;
	state->sum = state->sum_deviation = 0;
}

// The event is of another visit than those before.
static void turn(const struct seasonal *seasonal, struct seasonal_state *state, int64_t visit)
{
	int64_t gap = visit - state->visit;

	end_visit(seasonal, state);
	if (!state->has_profile && visit - state->first_visit >= seasonal->n_buckets)
		begin_profile(seasonal, state);
	if (gap > seasonal->n_buckets || gap < 0)
		state->n_level = 0;
	state->visit = visit;
}

static double clip(double residual, double most)
{
	return fmin(fmax(residual, -most), most);
}

// What of a residual goes with the one before.
static double carried(const struct seasonal_state *state)
{
	double share = state->variance > 0 ? state->covariance / state->variance : 0;

	return fmin(fmax(share, 0), 1) * state->before;
}

static void learn_next(struct seasonal_state *state, double residual, double innovation,
	double scale, double innovation_scale)
{
	double n = state->tail.n + 2;
	double next = clip(residual, CLIP_NEXT * scale);
	double size = fabs(innovation);

	if (state->tail.n > 0)
		size = fmin(size, CLIP_NEXT * innovation_scale);
	state->innovation += (size - state->innovation) / n;
	state->covariance += (next * state->before - state->covariance) / n;
	state->variance += (next * next - state->variance) / n;
	state->before = next;
}

static void learn(struct seasonal_state *state, double residual, double scale)
{
	if (state->has_profile && state->n_level >= SETTLE)
		residual = clip(residual, CLIP * scale);
	state->sum += residual;
	state->sum_deviation += fabs(residual);
	state->n++;
}

// ---- An event

static void begin(struct seasonal_state *state, double value, int64_t visit)
{
	state->level = state->first = value;
	state->visit = state->first_visit = visit;
	state->has_visit = 1;
}

// Both ways to be odd, in deviations.
struct residual {
	double residual, scale;
	double innovation, innovation_scale;
};

static struct residual residual_of(const struct seasonal *seasonal, struct seasonal_state *state,
	const struct place *place, double value)
{
	struct residual r;

	r.residual = value - expected(seasonal, state, place);
	r.scale = deviation(seasonal, state, place, value);
	r.innovation = r.residual - carried(state);
	r.innovation_scale = state->innovation + grain * r.scale;
	return r;
}

static void judge(const struct seasonal *seasonal, struct seasonal_state *state,
	const struct residual *r, float y, struct verdict *verdict)
{
	bool is_step = fabs(r->innovation) / r->innovation_scale > fabs(r->residual) / r->scale;

	verdict->surprise = own_tail_tell(
		&state->tail, own_tail_surprise(&state->tail, y), seasonal->refractory);
	verdict->reason = is_step ? REASON_STEP : state->has_profile ? REASON_USUAL : REASON_BEFORE;
	verdict->facts[FACT_RESIDUAL] = r->residual;
	verdict->facts[FACT_DEVIATION] = r->scale;
	verdict->facts[FACT_BEFORE] = state->before;
}

static void score_one(const struct seasonal *seasonal, struct seasonal_state *state,
	const struct place *place, double value, struct verdict *verdict)
{
	bool is_old;
	struct residual r;
	float y;

	*verdict = (struct verdict){0};
	if (isinf(value))
		*verdict = (struct verdict){own_tail_infinite, REASON_INFINITE, {0}};
	if (!isfinite(value))
		return;
	value = clip(value, VALUE_MAX);
	if (!state->has_visit)
		begin(state, value, place->visit);
	is_old = place->visit < state->visit &&
		 place->visit >= state->visit - (int64_t)seasonal->n_buckets;
	if (place->visit != state->visit && !is_old)
		turn(seasonal, state, place->visit);
	r = residual_of(seasonal, state, place, value);
	y = own_tail_y(fmax(fabs(r.residual) / r.scale, fabs(r.innovation) / r.innovation_scale));
	if (state->n_visits >= SETTLE) {
		judge(seasonal, state, &r, y, verdict);
		verdict->facts[FACT_INTO_MS] = (double)place->into_ms;
	}
	if (is_old)
		return;
	learn(state, r.residual, r.scale);
	if (state->n_visits >= SETTLE) {
		learn_next(state, r.residual, r.innovation, r.scale, r.innovation_scale);
		own_tail_learn(&state->tail, y, seasonal->memory);
	}
}

static void fetch_bucket(
	const struct seasonal *seasonal, struct seasonal_state *state, uint32_t bucket)
{
	__builtin_prefetch(&buckets_of(state)[bucket], 1);
	__builtin_prefetch(&visits_of(seasonal, state)[bucket], 1);
}

// Each event's place, and what it will touch of its state: first what the place tells, then the
// bucket whose visit it may end, which the state tells.
static void score(const void *config, void *const *states, const int64_t *times,
	const double *const *values, uint16_t n, struct verdict *verdicts)
{
	enum { LATER = AHEAD_EVENTS / 2 };
	const struct seasonal *seasonal = config;
	struct place places[AHEAD_EVENTS];

	for (int32_t i = -AHEAD_EVENTS; i < n; i++) {
		int32_t first = i + AHEAD_EVENTS, later = i + LATER;
		struct place *place = &places[first % AHEAD_EVENTS];

		if (i >= 0)
			score_one(seasonal, states[i], place, values[0][i], &verdicts[i]);
		if (first < n) {
			*place = place_of(seasonal, times[first]);
			ahead_fetch(states[first], 0, sizeof(struct seasonal_state));
			fetch_bucket(seasonal, states[first], place->bucket);
		}
		if (later >= 0 && later < n) {
			struct seasonal_state *state = states[later];

			fetch_bucket(seasonal, state, bucket_of(seasonal, state->visit));
		}
	}
}

// "14:30" of a day, "4d 02:30" of a longer season, "12.5 s" of a short one.
static void write_place(char *text, size_t size, double into_ms)
{
	int minute = (int)(into_ms / 60000);

	if (into_ms < 60000)
		snprintf(text, size, "%.3g s", into_ms / 1000);
	else if (minute < 24 * 60)
		snprintf(text, size, "%02d:%02d", minute / 60, minute % 60);
	else
		snprintf(text, size, "%dd %02d:%02d", minute / 1440, minute / 60 % 24, minute % 60);
}

static void explain(
	const void *, const struct verdict *verdict, const double *values, char *text, size_t size)
{
	const double *facts = verdict->facts;
	double residual = facts[FACT_RESIDUAL];
	const char *side = residual < 0 ? "below" : "above";
	char place[32];

	write_place(place, sizeof(place), facts[FACT_INTO_MS]);
	switch (verdict->reason) {
	case REASON_USUAL:
		snprintf(text, size, "%.6g is %.3g deviations %s %.6g, this key's usual at %s",
			values[0], fabs(residual) / facts[FACT_DEVIATION], side,
			values[0] - residual, place);
		return;
	case REASON_BEFORE:
		snprintf(text, size,
			"%.6g is %.3g deviations %s %.6g, the mean before; no whole season is "
			"known yet",
			values[0], fabs(residual) / facts[FACT_DEVIATION], side,
			values[0] - residual);
		return;
	case REASON_STEP:
		snprintf(text, size,
			"%.6g is %.3g %s what is usual at %s, and the event before was %.3g %s",
			values[0], fabs(residual), side, place, fabs(facts[FACT_BEFORE]),
			facts[FACT_BEFORE] < 0 ? "below" : "above");
		return;
	default:
		assert(verdict->reason == REASON_INFINITE);
		snprintf(text, size, "%g is no finite number", values[0]);
	}
}

const struct detector_kind detector_seasonal = {
	.name = "seasonal",
	.configure = configure,
	.state_size = state_size,
	.score = score,
	.explain = explain,
};
