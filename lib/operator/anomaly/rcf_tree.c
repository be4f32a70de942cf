#include "operator/anomaly/rcf_tree.h"
#include <assert.h>
#include <float.h>
#include <stdbool.h>
#include <string.h>
#include "base/hash.h"

static const float beyond_max = 1e30f; // of a sample that is one point, too
static const float reached_min = 1e-3f; // what is as good as parted

// ---- Places

size_t rcf_tree_size(uint32_t sample)
{
	size_t size = sizeof(struct rcf_tree) +
		      (sample - 1) * (sizeof(struct rcf_box) + sizeof(struct rcf_node)) +
		      sample * (sizeof(struct rcf_point) + 1);

	return (size + 7) / 8 * 8;
}

struct rcf_view rcf_view(void *bytes, uint32_t sample)
{
	struct rcf_view view = {.tree = bytes, .sample = sample};

	view.boxes = (struct rcf_box *)(view.tree + 1);
	view.nodes = (struct rcf_node *)(view.boxes + sample - 1);
	view.points = (struct rcf_point *)(view.nodes + sample - 1);
	view.masses = (uint8_t *)(view.points + sample);
	return view;
}

static inline uint8_t mass_of(const struct rcf_view *view, uint8_t link)
{
	return link & RCF_LEAF ? view->masses[link & ~RCF_LEAF] : view->nodes[link].mass;
}

static inline const float *low_of(const struct rcf_view *view, uint8_t link)
{
	return link & RCF_LEAF ? view->points[link & ~RCF_LEAF].at : view->boxes[link].low;
}

static inline const float *high_of(const struct rcf_view *view, uint8_t link)
{
	return link & RCF_LEAF ? view->points[link & ~RCF_LEAF].at : view->boxes[link].high;
}

static inline float larger(float a, float b)
{
	return a > b ? a : b;
}

static inline float smaller(float a, float b)
{
	return a < b ? a : b;
}

// ---- Scores

// All dimensions at once. Loops over them are unrolled too early to become vectors.
typedef float lanes __attribute__((vector_size(RCF_DIMS * sizeof(float))));
typedef int32_t lane_masks __attribute__((vector_size(RCF_DIMS * sizeof(int32_t))));

static inline __attribute__((always_inline)) float sum_of(const lanes *x)
{
	return (((*x)[0] + (*x)[4]) + ((*x)[2] + (*x)[6])) +
	       (((*x)[1] + (*x)[5]) + ((*x)[3] + (*x)[7]));
}

// The weighted lengths of a box's sides, and what a point adds to them.
static inline __attribute__((always_inline)) void measure(const struct rcf_view *view, uint8_t link,
	const lanes *at, const lanes *weights, lanes *sides, lanes *added)
{
	lanes low, high, below, above;

	memcpy(&low, low_of(view, link), sizeof(low));
	memcpy(&high, high_of(view, link), sizeof(high));
	below = low - *at;
	above = *at - high;
	below = (lanes)((lane_masks)below & (below > 0));
	above = (lanes)((lane_masks)above & (above > 0));
	*sides = *weights * (high - low);
	*added = *weights * (below + above); // one of them is 0
}

// Down the path that point would take. With probability `reached` no cut above has parted it from
// the others. A cut here does so with probability added / (added + sides); it displaces all that
// are below, or what the group that the point was in till here displaces for each of its members.
static inline __attribute__((always_inline)) struct rcf_score descend(const struct rcf_view *view,
	const struct rcf_point *point, const float *weights, float *blame)
{
	struct rcf_score score = {0};
	float reached = 1, collusive = 0;
	uint8_t link = view->tree->root;
	lanes at, weight;

	memcpy(&at, point->at, sizeof(at));
	memcpy(&weight, weights, sizeof(weight));
	if (view->tree->mass == 0)
		return score;
	for (bool is_root = true;; is_root = false) {
		lanes sides, added;
		float side, add, parts, displaced;
		const struct rcf_node *node;
		uint8_t child, child_mass;

		measure(view, link, &at, &weight, &sides, &added);
		side = sum_of(&sides);
		add = sum_of(&added);
		if (is_root)
			score.beyond = smaller(add / larger(side, FLT_MIN), beyond_max);
		parts = add / larger(add + side, FLT_MIN);
		displaced = reached * parts * larger(mass_of(view, link), collusive);
		score.displacement += displaced;
		for (int dim = 0; blame != NULL && dim < RCF_DIMS; dim++)
			blame[dim] += displaced * added[dim] / larger(add, FLT_MIN);
		reached *= 1 - parts;
		if (link & RCF_LEAF || reached < reached_min)
			break;
		node = &view->nodes[link];
		child = point->at[node->dim] <= node->cut ? node->left : node->right;
		child_mass = mass_of(view, child);
		collusive = larger(
			collusive, (float)(node->mass - child_mass) / (float)(child_mass + 1));
		link = child;
	}
	score.displacement += reached * collusive; // it is one more of the leaf's points
	return score;
}

struct rcf_score rcf_score(
	const struct rcf_view *view, const struct rcf_point *point, const float *weights)
{
	return descend(view, point, weights, NULL);
}

void rcf_blame(const struct rcf_view *view, const struct rcf_point *point, const float *weights,
	float *blame)
{
	descend(view, point, weights, blame);
}

// ---- Insert

struct rcf_cut {
	uint8_t dim;
	float at;
};

static void extend(struct rcf_box *box, const float *at)
{
	for (int dim = 0; dim < RCF_DIMS; dim++) {
		box->low[dim] = smaller(box->low[dim], at[dim]);
		box->high[dim] = larger(box->high[dim], at[dim]);
	}
}

// Draw a cut of the box that holds both what link leads to and point, which is not the one point
// there. Returns whether it parts them.
static bool draw(const struct rcf_view *view, uint8_t link, const struct rcf_point *point,
	const float *weights, uint64_t lots, struct rcf_cut *cut)
{
	const float *low = low_of(view, link), *high = high_of(view, link), *at = point->at;
	float sides[RCF_DIMS], sum = 0, place, from, to;
	int dim = -1;

	for (int i = 0; i < RCF_DIMS; i++) {
		sides[i] = weights[i] * (larger(high[i], at[i]) - smaller(low[i], at[i]));
		sum += sides[i];
	}
	place = (float)(lots >> 40) * 0x1p-24f * sum;
	for (int i = 0; i < RCF_DIMS; i++) {
		if (sides[i] == 0)
			continue;
		if (dim >= 0)
			place -= sides[dim];
		dim = i;
		if (place < sides[dim])
			break;
	}
	assert(dim >= 0);
	from = smaller(low[dim], at[dim]);
	to = larger(high[dim], at[dim]);
	cut->dim = (uint8_t)dim;
	cut->at = from + smaller(place, sides[dim]) / weights[dim];
	if (!(cut->at < to)) // rounded up: there must be something on the right
		cut->at = from;
	return (at[dim] <= cut->at && cut->at < low[dim]) ||
	       (high[dim] <= cut->at && cut->at < at[dim]);
}

static uint8_t new_leaf(const struct rcf_view *view, const struct rcf_point *point)
{
	uint8_t place = (uint8_t)__builtin_ctzll(~view->tree->leaves);

	view->tree->leaves |= 1ull << place;
	view->points[place] = *point;
	view->masses[place] = 1;
	return RCF_LEAF | place;
}

// A node for link and a leaf of point, on either side of the cut.
static uint8_t new_node(const struct rcf_view *view, uint8_t link, const struct rcf_point *point,
	struct rcf_cut cut)
{
	uint8_t place = (uint8_t)__builtin_ctzll(~view->tree->nodes);
	uint8_t leaf = new_leaf(view, point);
	bool is_left = point->at[cut.dim] <= cut.at;
	struct rcf_box *box = &view->boxes[place];

	view->tree->nodes |= 1ull << place;
	memcpy(box->low, low_of(view, link), sizeof(box->low));
	memcpy(box->high, high_of(view, link), sizeof(box->high));
	extend(box, point->at);
	view->nodes[place] = (struct rcf_node){
		.cut = cut.at,
		.dim = cut.dim,
		.left = is_left ? leaf : link,
		.right = is_left ? link : leaf,
		.mass = mass_of(view, link) + 1,
	};
	return place;
}

static bool is_same(const struct rcf_view *view, uint8_t link, const struct rcf_point *point)
{
	return link & RCF_LEAF &&
	       memcmp(&view->points[link & ~RCF_LEAF], point, sizeof(*point)) == 0;
}

// A cut that does not part point from what is below is one that the tree has drawn already.
void rcf_insert(const struct rcf_view *view, const struct rcf_point *point, const float *weights,
	uint64_t lots)
{
	struct rcf_tree *tree = view->tree;
	uint8_t *link = &tree->root;
	struct rcf_cut cut;

	assert(tree->mass < view->sample);
	if (tree->mass++ == 0) {
		*link = new_leaf(view, point);
		return;
	}
	while (!is_same(view, *link, point)) {
		struct rcf_node *node = &view->nodes[*link];

		lots = hash_mix(lots + 0x9e3779b97f4a7c15);
		if (draw(view, *link, point, weights, lots, &cut)) {
			*link = new_node(view, *link, point, cut);
			return;
		}
		assert(!(*link & RCF_LEAF));
		extend(&view->boxes[*link], point->at);
		node->mass++;
		link = point->at[node->dim] <= node->cut ? &node->left : &node->right;
	}
	view->masses[*link & ~RCF_LEAF]++;
}

// ---- Forget

// Returns whether the box changed.
static bool shrink(const struct rcf_view *view, uint8_t place)
{
	const struct rcf_node *node = &view->nodes[place];
	struct rcf_box box;

	memcpy(box.low, low_of(view, node->left), sizeof(box.low));
	memcpy(box.high, high_of(view, node->left), sizeof(box.high));
	extend(&box, low_of(view, node->right));
	extend(&box, high_of(view, node->right));
	if (memcmp(&box, &view->boxes[place], sizeof(box)) == 0)
		return false;
	view->boxes[place] = box;
	return true;
}

void rcf_forget(const struct rcf_view *view, uint64_t lots)
{
	struct rcf_tree *tree = view->tree;
	uint8_t path[RCF_SAMPLE_MAX]; // nodes from the root down; a tree may be a mere list
	uint8_t *link = &tree->root, *above = NULL;
	uint32_t nth = (uint32_t)(((lots >> 32) * tree->mass) >> 32);
	uint32_t n = 0;

	assert(tree->mass > 0);
	tree->mass--;
	while (!(*link & RCF_LEAF)) {
		struct rcf_node *node = &view->nodes[*link];
		uint8_t left_mass = mass_of(view, node->left);
		bool is_left = nth < left_mass;

		path[n++] = *link;
		node->mass--;
		above = link;
		link = is_left ? &node->left : &node->right;
		nth -= is_left ? 0 : left_mass;
	}
	if (--view->masses[*link & ~RCF_LEAF] > 0)
		return;
	tree->leaves &= ~(1ull << (*link & ~RCF_LEAF));
	if (n == 0)
		return;
	// The sibling takes the place of the node above.
	n--;
	tree->nodes &= ~(1ull << path[n]);
	*above = link == &view->nodes[path[n]].left ? view->nodes[path[n]].right
						    : view->nodes[path[n]].left;
	while (n > 0 && shrink(view, path[n - 1]))
		n--;
}
