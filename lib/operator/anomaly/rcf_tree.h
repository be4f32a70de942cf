// One tree of a random cut forest: a sample of points, taken apart by random cuts.
//
//	          cut: dim 0 at 4.2              Cuts fall on the sides of a node's box in
//	         /                \              proportion to their lengths. So a point far
//	   leaf (1,2) ×2    cut: dim 1 at 7      away is mostly parted from all others at
//	                    /            \       once, near the root: all of them move a
//	               leaf (5,3)   leaf (6,9)   level down, are displaced, for its sake.
//
// Insert and forget work along one path, and leave a tree that is distributed as if it were drawn
// anew for the sample as it is then: Guha, Mishra, Roy, Schrijvers, Robust Random Cut Forest Based
// Anomaly Detection on Streams, ICML 2016, theorems 2 and 3. Time O(depth), some 2 ln(sample).
//
// The bytes of a tree are plain, its links are indices, and zero bytes are an empty tree.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum {
	RCF_DIMS = 8, // of a point; those not used are 0 in all points
	RCF_SAMPLE_MAX = 64, // points in a tree
	RCF_LEAF = 0x80, // in a link: it leads to leaf link & ~RCF_LEAF, else to a node
};

struct rcf_point {
	float at[RCF_DIMS]; // finite, 1e24 at most; no −0
};

struct rcf_box {
	float low[RCF_DIMS], high[RCF_DIMS]; // the least box that holds the points below
};

struct rcf_node {
	float cut; // points with at[dim] ≤ cut are on the left
	uint8_t dim;
	uint8_t left, right; // links
	uint8_t mass; // points below
};

// Behind it: boxes[:sample - 1], nodes[:sample - 1], points[:sample], masses[:sample].
struct rcf_tree {
	uint64_t leaves, nodes; // bit i: place i is in use
	uint8_t mass; // points in all
	uint8_t root; // a link, when there is a point
	uint8_t unused[6];
};

// Where things are in a tree of a given sample.
struct rcf_view {
	struct rcf_tree *tree;
	struct rcf_box *boxes;
	struct rcf_node *nodes;
	struct rcf_point *points;
	uint8_t *masses; // how often a leaf's point is in the sample
	uint32_t sample;
};

// What a tree says of a point.
struct rcf_score {
	float displacement; // expected collusive displacement, from 0 to sample
	float beyond; // its distance from the box of the whole sample, in lengths of its sides
};

size_t rcf_tree_size(uint32_t sample); // bytes, a multiple of 8
// sample: from 2 to RCF_SAMPLE_MAX.
struct rcf_view rcf_view(void *bytes, uint32_t sample);

// How many points of the sample point would displace, the expectation over all cuts that could part
// it from them; of a group that it belongs to, each member's share (collusive displacement, section
// 3 of the paper). weights[:RCF_DIMS]: what a length counts in each dimension, 1e−12 to 1e12.
struct rcf_score rcf_score(
	const struct rcf_view *view, const struct rcf_point *point, const float *weights);
// The same displacement, added to blame[:RCF_DIMS] by the dimensions that the cuts lie in.
void rcf_blame(const struct rcf_view *view, const struct rcf_point *point, const float *weights,
	float *blame);

// Put point into a tree whose sample is not full. lots: random bits.
void rcf_insert(const struct rcf_view *view, const struct rcf_point *point, const float *weights,
	uint64_t lots);
// Take a point out of a sample that has one, each being equally likely.
void rcf_forget(const struct rcf_view *view, uint64_t lots);
