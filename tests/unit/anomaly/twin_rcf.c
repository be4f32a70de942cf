// 'rcf' as a whole against a slow twin, written from the words of rcf_tree.h, detector_rcf.c and
// the paper: a tree keeps its sample as it is and nothing of its nodes but their cuts. For each
// event boxes and masses are found anew from all points, and the spread of the columns from all
// events. Lots are the same, so that the trees are.
#include "base/hash.h"
#include "tail_twin.h"

enum { EVENTS = 3000, COLUMNS = 2, SHINGLE = 2, DIMS = COLUMNS * SHINGLE };
enum { TREES = 3, SAMPLE = 16, MEMORY = 150, SEED = 5 };

struct node { // a leaf has no sides
	int dim;
	float cut;
	struct node *sides[2];
};

struct sample {
	int n;
	float points[SAMPLE][DIMS];
};

struct tree {
	struct node *root;
	struct sample sample;
};

struct rcf_twin {
	int n;
	double events[EVENTS][COLUMNS];
	struct tree trees[TREES];
	struct tail_twin tail;
};

static struct node *new_node(void)
{
	return calloc(1, sizeof(struct node));
}

static void free_nodes(struct node *node)
{
	for (int i = 0; node != NULL && i < 2; i++)
		free_nodes(node->sides[i]);
	free(node);
}

static int side_of(const struct node *node, const float *point)
{
	return point[node->dim] <= node->cut ? 0 : 1;
}

// Those of the points of a node that are on one side of its cut.
static struct sample part_of(const struct sample *all, const struct node *node, int side)
{
	struct sample part = {0};

	for (int i = 0; i < all->n; i++)
		if (side_of(node, all->points[i]) == side)
			memcpy(part.points[part.n++], all->points[i], sizeof(part.points[0]));
	return part;
}

static void box_of(const struct sample *sample, int dim, float *low, float *high)
{
	*low = *high = sample->points[0][dim];
	for (int i = 1; i < sample->n; i++) {
		*low = fminf(*low, sample->points[i][dim]);
		*high = fmaxf(*high, sample->points[i][dim]);
	}
}

// ---- Scores

struct score {
	double displacement, beyond;
};

// With probability reached the point is not yet parted from this sample; collusive is what the
// group it was in displaces for each of its members.
static struct score score_of(const struct node *node, const struct sample *sample,
	const float *point, const float *weights, double reached, double collusive)
{
	double sides = 0, added = 0, parts;
	struct score score = {0}, below;
	struct sample part;
	float low, high;

	for (int dim = 0; dim < DIMS; dim++) {
		box_of(sample, dim, &low, &high);
		sides += (double)weights[dim] * ((double)high - (double)low);
		added += (double)weights[dim] * fmax(0, fmax((double)low - (double)point[dim],
								(double)point[dim] - (double)high));
	}
	parts = added > 0 ? added / (added + sides) : 0;
	score.beyond = added > 0 ? fmin(added / fmax(sides, 1e-37), 1e30) : 0;
	score.displacement = reached * parts * fmax(sample->n, collusive);
	reached *= 1 - parts;
	if (node->sides[0] == NULL || reached < 1e-3) {
		score.displacement += reached * collusive;
		return score;
	}
	part = part_of(sample, node, side_of(node, point));
	collusive = fmax(collusive, (double)(sample->n - part.n) / (part.n + 1));
	below = score_of(
		node->sides[side_of(node, point)], &part, point, weights, reached, collusive);
	score.displacement += below.displacement;
	return score;
}

// ---- Insert and forget

// A cut of the box of sample and point, in proportion to its sides. In floats, as the detector's:
// the same lots must not fall on the other side of a corner.
static void draw(const struct sample *sample, const float *point, const float *weights,
	uint64_t lots, struct node *node)
{
	float lows[DIMS], sides[DIMS], sum = 0, place, high;

	for (int dim = 0; dim < DIMS; dim++) {
		box_of(sample, dim, &lows[dim], &high);
		lows[dim] = fminf(lows[dim], point[dim]);
		sides[dim] = weights[dim] * (fmaxf(high, point[dim]) - lows[dim]);
		sum += sides[dim];
	}
	place = (float)(lots >> 40) / 0x1p24f * sum;
	node->dim = 0;
	while (node->dim < DIMS - 1 && place >= sides[node->dim])
		place -= sides[node->dim++];
	node->cut = lows[node->dim] + place / weights[node->dim];
}

static bool is_one_point(const struct sample *sample, const float *point)
{
	for (int i = 0; i < sample->n; i++)
		if (memcmp(sample->points[i], point, sizeof(sample->points[0])) != 0)
			return false;
	return true;
}

// The first cut that parts point from all that is below makes a node there.
static struct node *insert(struct node *node, const struct sample *sample, const float *point,
	const float *weights, uint64_t lots)
{
	struct sample part;
	struct node cut;
	int side;

	if (node == NULL)
		return new_node();
	if (is_one_point(sample, point))
		return node;
	lots = hash_mix(lots + 0x9e3779b97f4a7c15);
	draw(sample, point, weights, lots, &cut);
	side = side_of(&cut, point);
	part = part_of(sample, &cut, side);
	if (part.n == 0) {
		struct node *above = new_node();

		*above = cut;
		above->sides[side] = new_node();
		above->sides[1 - side] = node;
		return above;
	}
	side = side_of(node, point);
	part = part_of(sample, node, side);
	node->sides[side] = insert(node->sides[side], &part, point, weights, lots);
	return node;
}

static void tree_insert(struct tree *tree, const float *point, const float *weights, uint64_t lots)
{
	struct sample *sample = &tree->sample;

	tree->root = insert(tree->root, sample, point, weights, lots);
	memcpy(sample->points[sample->n++], point, sizeof(sample->points[0]));
}

// Find the nth point from the left. When it is alone in its leaf, the leaf's sibling takes the
// place of the node above.
static struct node *forget(
	struct node *node, const struct sample *sample, int nth, const float **point)
{
	struct sample left, right;
	struct node *sibling;
	bool is_left;

	if (node->sides[0] == NULL) {
		static float found[DIMS];

		memcpy(found, sample->points[nth], sizeof(found));
		*point = found;
		if (sample->n > 1)
			return node;
		free(node);
		return NULL;
	}
	left = part_of(sample, node, 0);
	right = part_of(sample, node, 1);
	is_left = nth < left.n;
	if (is_left)
		node->sides[0] = forget(node->sides[0], &left, nth, point);
	else
		node->sides[1] = forget(node->sides[1], &right, nth - left.n, point);
	if (node->sides[0] != NULL && node->sides[1] != NULL)
		return node;
	sibling = node->sides[is_left ? 1 : 0];
	free(node);
	return sibling;
}

static void tree_forget(struct tree *tree, uint64_t lots)
{
	struct sample *sample = &tree->sample;
	int nth = (int)(((lots >> 32) * (uint64_t)sample->n) >> 32);
	const float *point;

	tree->root = forget(tree->root, sample, nth, &point);
	for (int i = 0; i < sample->n; i++)
		if (memcmp(sample->points[i], point, sizeof(sample->points[0])) == 0) {
			memcpy(sample->points[i], sample->points[--sample->n],
				sizeof(sample->points[0]));
			return;
		}
}

// ---- The detector

// Mean distance of the events of a column from the mean of those before.
static double spread_of(const struct rcf_twin *twin, int column)
{
	double mean = 0, spread = 0;

	for (int i = 0; i < twin->n; i++) {
		double n = fmin(i + 1, MEMORY), away = twin->events[i][column] - mean;

		mean += away / n;
		spread += ((i > 0 ? fabs(away) : 0) - spread) / n;
	}
	return spread;
}

// The newest event first, then those before, as distances from the first; what is before that is 0.
static void point_of(const struct rcf_twin *twin, const double *event, float *point)
{
	const double *first = twin->n > 0 ? twin->events[0] : event, *at = event;

	for (int back = 0; back < SHINGLE; back++) {
		if (back > 0)
			at = back <= twin->n ? twin->events[twin->n - back] : first;
		for (int column = 0; column < COLUMNS; column++)
			point[back * COLUMNS + column] = (float)(at[column] - first[column]);
	}
}

static void rcf_learn(struct rcf_twin *twin, const float *point, const float *weights)
{
	uint64_t lots = hash_mix(hash_mix(SEED) + (uint64_t)twin->n * 0x9e3779b97f4a7c15);

	for (int i = 0; i < TREES; i++) {
		bool is_full = twin->trees[i].sample.n == SAMPLE;

		if (is_full && (i != twin->n % TREES ||
				       (double)(uint32_t)lots >
					       0xffffffff * ((double)TREES * SAMPLE / MEMORY)))
			continue;
		if (is_full)
			tree_forget(&twin->trees[i], hash_mix(lots + 1));
		tree_insert(&twin->trees[i], point, weights, hash_mix(lots ^ (uint64_t)i));
	}
}

static double rcf_feed(struct rcf_twin *twin, const double *event)
{
	struct score mean = {0};
	float point[DIMS], weights[DIMS];
	double y, surprise = 0;

	point_of(twin, event, point);
	for (int dim = 0; dim < DIMS; dim++) {
		double spread = spread_of(twin, dim % COLUMNS);

		weights[dim] = spread > 0 ? (float)(1 / spread) : 1;
	}
	for (int i = 0; i < TREES; i++) {
		const struct tree *tree = &twin->trees[i];
		struct score score = {0};

		if (tree->sample.n > 0)
			score = score_of(tree->root, &tree->sample, point, weights, 1, 0);
		mean.displacement += score.displacement / TREES;
		mean.beyond += score.beyond / TREES;
	}
	y = log(1 + mean.displacement) + log(1 + mean.beyond);
	if (twin->n >= 32) {
		surprise = tail_tell(&twin->tail, y);
		tail_learn(&twin->tail, y, MEMORY);
	}
	if (twin->n + 1 >= SHINGLE)
		rcf_learn(twin, point, weights);
	memcpy(twin->events[twin->n++], event, sizeof(twin->events[0]));
	return surprise;
}

// Two columns that go together, far from 0 and in units far apart, now and then not; sometimes the
// same event again and again.
static void next_event(int i, double *event, uint64_t *seed)
{
	double common = series_normal(seed);

	if (i % 300 > 280)
		return;
	event[0] = 1e4 + 1e3 * (common + 0.1 * series_normal(seed)) + (i % 97 == 0 ? 9e3 : 0);
	event[1] = 50 + 0.01 * (i % 89 == 0 ? -3 * common : common + 0.1 * series_normal(seed));
}

static struct verdict rcf_score_one(const void *config, void *state, const double *event)
{
	const double *columns[COLUMNS] = {&event[0], &event[1]};
	struct verdict verdict;
	int64_t time = 0;

	detector_find("rcf")->score(config, &state, &time, columns, 1, &verdict);
	return verdict;
}

// Points, boxes and tail are floats.
static void rcf_says_what_its_twin_says(void **)
{
	const struct detector_option options[] = {{"shingle", NULL, SHINGLE},
		{"trees", NULL, TREES}, {"sample", NULL, SAMPLE}, {"memory", NULL, MEMORY}};
	struct detector_call call = {.options = options,
		.n_options = 4,
		.n_columns = COLUMNS,
		.seed = SEED,
		.arena = arena_new()};
	static struct rcf_twin twin = {.tail = {.excess = 0.5}};
	struct err err = {0};
	const void *config = detector_find("rcf")->configure(&call, &err);
	void *state = calloc(1, detector_find("rcf")->state_size(config));
	double event[COLUMNS];
	uint64_t seed = 59;
	int n_odd = 0;

	for (int i = 0; i < EVENTS; i++) {
		double expected;

		next_event(i, event, &seed);
		expected = rcf_feed(&twin, event);
		n_odd += expected > 2;
		assert_near(rcf_score_one(config, state, event).surprise, expected, 2e-3, i);
	}
	assert_true(n_odd > 5);
	for (int i = 0; i < TREES; i++)
		free_nodes(twin.trees[i].root);
	free(state);
	arena_free(call.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rcf_says_what_its_twin_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
