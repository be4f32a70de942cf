// Keyed window state: COUNT(*), SUM, MIN, MAX of a BIGINT for each BIGINT key.
//
//   update  rows whose keys are all there already, drawn at random: what a row costs
//   noted   the same in a job that takes checkpoints, while it takes none
//   text    as update and close, keys are CHAR(16)
//   close   one row for each key, then the watermark that closes a slide: what a key costs at the
//           end of a window, its insertion included
#include "keyed_rig.h"

// All keys are in the state, and the events are of random ones.
static void prepare(struct keyed *keyed)
{
	keyed->is_ready = true;
	keyed->arena = arena_new();
	make_events(keyed);
	configure(keyed);
	make_window(keyed);
	for (uint64_t key = 0; key < keyed->n_keys; key += BLOCK_ROWS_MAX) {
		for (int64_t i = 0; i < BLOCK_ROWS_MAX; i++)
			keyed->columns[1][i] = (int64_t)key + i;
		keyed->at = 0;
		make_texts(keyed, BLOCK_ROWS_MAX);
		feed(keyed, 1);
	}
	for (uint64_t i = 0; i < N_EVENTS; i++)
		keyed->columns[1][i] = (int64_t)(bench_random() % keyed->n_keys);
	make_texts(keyed, N_EVENTS);
}

static uint64_t update(void *state)
{
	struct keyed *keyed = state;

	if (!keyed->is_ready)
		prepare(keyed);
	feed(keyed, UPDATE_BLOCKS);
	return (uint64_t)UPDATE_BLOCKS * BLOCK_ROWS_MAX;
}

static uint64_t next_slide(struct keyed *keyed)
{
	struct block control = {.kind = BLOCK_WATERMARK};
	uint64_t n_blocks = keyed->n_keys / BLOCK_ROWS_MAX;

	keyed->at = 0;
	for (int i = 0; i < BLOCK_ROWS_MAX; i++)
		keyed->columns[0][i] = keyed->time;
	feed(keyed, n_blocks);
	keyed->time += SLIDE;
	control.watermark = keyed->time - 1;
	op_feed(keyed->window, &control);
	bench_finish(keyed->window);
	return n_blocks * BLOCK_ROWS_MAX;
}

static uint64_t close_slide(void *state)
{
	struct keyed *keyed = state;

	if (!keyed->is_ready) {
		keyed->is_ready = true;
		keyed->arena = arena_new();
		make_events(keyed);
		configure(keyed);
		make_window(keyed);
		for (uint32_t i = 0; i < 2 * keyed->n_overlapping; i++) // until windows are full
			next_slide(keyed);
	}
	return next_slide(keyed);
}

enum { CLOSED = 10240 }; // keys

static struct keyed keyed[] = {
	{.n_keys = 1000, .n_overlapping = 1},
	{.n_keys = 100000, .n_overlapping = 1},
	{.n_keys = 1000000, .n_overlapping = 1},
	{.n_keys = 5000000, .n_overlapping = 1},
	{.n_keys = 100000, .n_overlapping = 10},
	{.n_keys = 100000, .n_overlapping = 120},
	{.n_keys = 100000, .n_overlapping = 10, .cumulates = true},
	{.n_keys = CLOSED, .n_overlapping = 1, .n_held = 1},
	{.n_keys = CLOSED, .n_overlapping = 10, .n_held = 14},
	{.n_keys = CLOSED, .n_overlapping = 120, .n_held = 124},
	{.n_keys = CLOSED, .n_overlapping = 10, .n_held = 2, .cumulates = true},
	{.n_keys = 10 * CLOSED, .n_overlapping = 10, .n_held = 14},
	{.n_keys = 100000, .n_overlapping = 1, .takes_checkpoints = true},
	{.n_keys = 5000000, .n_overlapping = 1, .takes_checkpoints = true},
	{.n_keys = 100000, .n_overlapping = 1, .has_texts = true},
	{.n_keys = 1000000, .n_overlapping = 1, .has_texts = true},
	{.n_keys = 5000000, .n_overlapping = 1, .has_texts = true},
	{.n_keys = 10 * CLOSED, .n_overlapping = 1, .n_held = 1, .has_texts = true},
	{.n_keys = 10 * CLOSED, .n_overlapping = 10, .n_held = 14, .has_texts = true},
};

static const struct bench benches[] = {
	{"keyed/update_tumble_1k", 25, update, &keyed[0]},
	{"keyed/update_tumble_100k", 25, update, &keyed[1]},
	{"keyed/noted_tumble_100k", 28, update, &keyed[12]},
	{"keyed/update_tumble_1m", 45, update, &keyed[2]},
	{"keyed/update_tumble_5m", 60, update, &keyed[3]},
	{"keyed/noted_tumble_5m", 63, update, &keyed[13]},
	{"keyed/update_hop_10_100k", 30, update, &keyed[4]},
	{"keyed/update_hop_120_100k", 30, update, &keyed[5]},
	{"keyed/update_cumulate_100k", 30, update, &keyed[6]},
	{"keyed/close_tumble_10k", 0, close_slide, &keyed[7]},
	{"keyed/close_hop_10_10k", 0, close_slide, &keyed[8]},
	{"keyed/close_hop_120_10k", 0, close_slide, &keyed[9]},
	{"keyed/close_cumulate_10_10k", 0, close_slide, &keyed[10]},
	{"keyed/close_hop_10_100k", 0, close_slide, &keyed[11]},
	{"keyed/text_tumble_100k", 0, update, &keyed[14]},
	{"keyed/text_tumble_1m", 0, update, &keyed[15]},
	{"keyed/text_tumble_5m", 0, update, &keyed[16]},
	{"keyed/text_close_tumble_100k", 0, close_slide, &keyed[17]},
	{"keyed/text_close_hop_10_100k", 0, close_slide, &keyed[18]},
};

int main(int argc, char **argv)
{
	return bench_main(argc, argv, benches, sizeof(benches) / sizeof(*benches));
}
