// A tree of a random cut forest, against a slow look at all of its points.
#include "operator/anomaly/rcf_tree.h"
#include "series.h"

enum { SAMPLE = 64 };

static const float weights[RCF_DIMS] = {1, 2, 0.5f, 1, 1, 1, 1, 1};
static _Alignas(8) uint8_t bytes[8192];

static void assert_inside(const struct rcf_box *box, const struct rcf_box *outer)
{
	for (int dim = 0; dim < RCF_DIMS; dim++) {
		assert_true(box->low[dim] >= outer->low[dim]);
		assert_true(box->high[dim] <= outer->high[dim]);
	}
}

// What is below link, reckoned from the leaves alone; all that a node says of it must be so.
static uint32_t check(const struct rcf_view *view, uint8_t link, struct rcf_box *box,
	uint64_t *leaves, uint64_t *nodes)
{
	struct rcf_box sides[2];
	const struct rcf_node *node;
	uint32_t mass;

	if (link & RCF_LEAF) {
		uint8_t place = link & ~RCF_LEAF;

		assert_false(*leaves >> place & 1);
		*leaves |= 1ull << place;
		memcpy(box->low, view->points[place].at, sizeof(box->low));
		memcpy(box->high, view->points[place].at, sizeof(box->high));
		assert_true(view->masses[place] > 0);
		return view->masses[place];
	}
	assert_false(*nodes >> link & 1);
	*nodes |= 1ull << link;
	node = &view->nodes[link];
	mass = check(view, node->left, &sides[0], leaves, nodes);
	mass += check(view, node->right, &sides[1], leaves, nodes);
	assert_true(sides[0].high[node->dim] <= node->cut);
	assert_true(sides[1].low[node->dim] > node->cut);
	assert_int_equal(node->mass, mass);
	for (int dim = 0; dim < RCF_DIMS; dim++) {
		box->low[dim] = fminf(sides[0].low[dim], sides[1].low[dim]);
		box->high[dim] = fmaxf(sides[0].high[dim], sides[1].high[dim]);
	}
	assert_memory_equal(box, &view->boxes[link], sizeof(*box));
	assert_inside(&sides[0], box);
	return mass;
}

static void check_tree(const struct rcf_view *view)
{
	uint64_t leaves = 0, nodes = 0;
	struct rcf_box box;

	if (view->tree->mass > 0)
		assert_int_equal(
			check(view, view->tree->root, &box, &leaves, &nodes), view->tree->mass);
	assert_int_equal(leaves, view->tree->leaves);
	assert_int_equal(nodes, view->tree->nodes);
}

// Few different values in some dimensions, so that points meet.
static struct rcf_point draw(uint64_t *seed)
{
	struct rcf_point point = {0};

	point.at[0] = (float)(series_random(seed) % 5);
	point.at[1] = series_random(seed) % 3 == 0 ? 0 : (float)series_normal(seed);
	point.at[2] = series_random(seed) % 50 == 0 ? 1e24f : 1;
	if (point.at[1] == 0)
		return point;
	for (int dim = 3; dim < RCF_DIMS; dim++)
		point.at[dim] = (float)(series_normal(seed) * 1e-18);
	return point;
}

static void boxes_and_masses_are_those_of_the_points(void **)
{
	uint64_t seed = 11;

	for (uint32_t sample = 2; sample <= SAMPLE; sample += 31) {
		struct rcf_view view = rcf_view(memset(bytes, 0, sizeof(bytes)), sample);

		assert_true(rcf_tree_size(sample) <= sizeof(bytes));
		for (int i = 0; i < 20000; i++) {
			struct rcf_point point = draw(&seed);
			bool grows = series_random(&seed) % 100 < (i / 1000 % 2 ? 40 : 60);

			if (view.tree->mass == sample || (view.tree->mass > 0 && !grows))
				rcf_forget(&view, series_random(&seed));
			else
				rcf_insert(&view, &point, weights, series_random(&seed));
			if (i % 16 == 0)
				check_tree(&view);
			rcf_score(&view, &point, weights);
		}
		for (size_t i = rcf_tree_size(sample); i < sizeof(bytes); i++)
			assert_int_equal(bytes[i], 0);
	}
}

static double length(double low, double high, double at, int dim, double *added)
{
	*added += weights[dim] * (fmax(low - at, 0) + fmax(at - high, 0));
	return weights[dim] * (high - low);
}

// The same expectation from the top of the definition: at each node, whether a cut parts the point
// here, or it goes on.
static double displaced(
	const struct rcf_view *view, uint8_t link, const struct rcf_point *point, double collusive)
{
	bool is_leaf = link & RCF_LEAF;
	const struct rcf_node *node = &view->nodes[link & ~RCF_LEAF];
	double sides = 0, added = 0, mass, parts, child_mass;
	uint8_t child;

	for (int dim = 0; dim < RCF_DIMS; dim++)
		sides += is_leaf ? length(view->points[link & ~RCF_LEAF].at[dim],
					   view->points[link & ~RCF_LEAF].at[dim], point->at[dim],
					   dim, &added)
				 : length(view->boxes[link].low[dim], view->boxes[link].high[dim],
					   point->at[dim], dim, &added);
	mass = is_leaf ? view->masses[link & ~RCF_LEAF] : node->mass;
	parts = added > 0 ? added / (added + sides) : 0;
	if (is_leaf)
		return parts > 0 ? fmax(mass, collusive) : collusive;
	child = point->at[node->dim] <= node->cut ? node->left : node->right;
	child_mass = child & RCF_LEAF ? view->masses[child & ~RCF_LEAF] : view->nodes[child].mass;
	return parts * fmax(mass, collusive) +
	       (1 - parts) * displaced(view, child, point,
				     fmax(collusive, (mass - child_mass) / (child_mass + 1)));
}

static void scores_are_those_of_the_definition(void **)
{
	struct rcf_view view = rcf_view(memset(bytes, 0, sizeof(bytes)), SAMPLE);
	uint64_t seed = 12;

	for (int i = 0; i < 5000; i++) {
		struct rcf_point point = {0};
		struct rcf_score score;
		float blame[RCF_DIMS] = {0}, sum = 0;
		double slow;

		for (int dim = 0; dim < 4; dim++)
			point.at[dim] = (float)series_normal(&seed) *
					(series_random(&seed) % 50 == 0 ? 20 : 1);
		if (view.tree->mass == SAMPLE)
			rcf_forget(&view, series_random(&seed));
		score = rcf_score(&view, &point, weights);
		slow = view.tree->mass > 0 ? displaced(&view, view.tree->root, &point, 0) : 0;
		assert_float_equal(score.displacement, slow, 0.002 * slow + 0.1);
		rcf_blame(&view, &point, weights, blame);
		for (int dim = 0; dim < RCF_DIMS; dim++)
			sum += blame[dim];
		assert_true(sum <= score.displacement * 1.001f + 0.001f);
		rcf_insert(&view, &point, weights, series_random(&seed));
	}
}

// Theorems 2 and 3 of the paper: of points at 0, 1 and 10 the first cut is between 1 and 10 in nine
// trees of ten, in whatever order they came and whatever went since.
static void trees_are_distributed_as_if_drawn_anew(void **)
{
	enum { TREES = 20000 };
	static const float orders[][3] = {{0, 1, 10}, {10, 1, 0}, {0, 10, 1}};
	uint64_t seed = 13;

	for (int order = 0; order < 3; order++)
		for (int with_guest = 0; with_guest < 2; with_guest++) {
			int n_parted = 0, n_trees = 0;

			while (n_trees < TREES) {
				struct rcf_view view = rcf_view(memset(bytes, 0, 256), 4);
				struct rcf_point guest = {{1000, 3}};

				if (with_guest)
					rcf_insert(&view, &guest, weights, series_random(&seed));
				for (int i = 0; i < 3; i++) {
					struct rcf_point point = {{orders[order][i]}};

					rcf_insert(&view, &point, weights, series_random(&seed));
				}
				if (with_guest)
					rcf_forget(&view, series_random(&seed));
				if (with_guest && view.boxes[view.tree->root].high[0] > 10)
					continue; // another one went
				if (with_guest && (view.boxes[view.tree->root].high[0] < 10 ||
							  view.boxes[view.tree->root].low[0] > 0 ||
							  view.tree->mass < 3))
					continue;
				n_trees++;
				n_parted += view.nodes[view.tree->root].cut >= 1;
			}
			assert_in_range(n_parted, TREES * 0.9 - 170, TREES * 0.9 + 170);
		}
}

static void each_point_is_forgotten_as_often(void **)
{
	enum { TRIES = 30000 };
	uint64_t seed = 14;
	int n_forgotten[3] = {0};

	for (int i = 0; i < TRIES; i++) { // 0 once, 5 twice, 9 three times
		static const float at[] = {0, 5, 5, 9, 9, 9};
		struct rcf_view view = rcf_view(memset(bytes, 0, 512), 8);
		float sum = 0;

		for (int k = 0; k < 6; k++) {
			struct rcf_point point = {{at[k]}};

			rcf_insert(&view, &point, weights, series_random(&seed));
		}
		rcf_forget(&view, series_random(&seed));
		for (int k = 0; k < 8; k++)
			if (view.tree->leaves >> k & 1)
				sum += view.points[k].at[0] * view.masses[k];
		n_forgotten[sum == 37 ? 0 : sum == 32 ? 1 : 2]++;
	}
	for (int k = 0; k < 3; k++)
		assert_in_range(
			n_forgotten[k], TRIES * (k + 1) / 6 - 450, TRIES * (k + 1) / 6 + 450);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boxes_and_masses_are_those_of_the_points),
		cmocka_unit_test(scores_are_those_of_the_definition),
		cmocka_unit_test(trees_are_distributed_as_if_drawn_anew),
		cmocka_unit_test(each_point_is_forgotten_as_often),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
