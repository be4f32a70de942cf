// What a detector asks for an event: of one key, where each event waits for what the one before
// taught; of 1 k keys, whose states are in the caches; and of 100 k keys drawn at random, whose
// states are in memory. Lines in the table for each detector.
#include "operator.h"
#include "base/arena.h"
#include "operator/anomaly/detector.h"

enum { KEYS = 100000, EVENTS = 1 << 16, LESSONS = 1 << 14, LINE = 64 };
enum { KEY_GAP_US = 600000000 }; // between events of one key, in the mean

struct subject {
	const char *detector;
	uint32_t n_columns;
	uint64_t n_keys;
	struct detector_option option; // name NULL: none
	const struct detector_kind *kind; // NULL before the first run
	const void *config;
	void **states; // of each event
	uint32_t shift; // between states and values
	int64_t time_us, gap_us; // between events
};

static double values[DETECTOR_COLUMNS_MAX][EVENTS];

// Around 100, with something odd now and then.
static void draw_values(void)
{
	for (uint32_t i = 0; i < DETECTOR_COLUMNS_MAX * EVENTS; i++) {
		uint64_t random = bench_random();
		uint64_t sum =
			(random & 0xffff) + (random >> 16 & 0xffff) + (random >> 32 & 0xffff);

		values[i / EVENTS][i % EVENTS] = 100 + (double)sum / 65536;
		if (random >> 52 == 0)
			values[i / EVENTS][i % EVENTS] += 5;
	}
}

static void feed(struct subject *subject, uint32_t at)
{
	static struct verdict verdicts[BLOCK_ROWS_MAX];
	static int64_t times[BLOCK_ROWS_MAX];
	const double *columns[DETECTOR_COLUMNS_MAX];

	for (uint32_t i = 0; i < subject->n_columns; i++)
		columns[i] = values[i] + (at + subject->shift) % EVENTS;
	for (uint32_t i = 0; i < BLOCK_ROWS_MAX; i++) {
		subject->time_us += subject->gap_us;
		times[i] = subject->time_us / 1000;
		__builtin_prefetch(subject->states[at + i], 1);
	}
	subject->kind->score(
		subject->config, subject->states + at, times, columns, BLOCK_ROWS_MAX, verdicts);
	bench_keep(verdicts);
}

static uint64_t run_once(struct subject *subject)
{
	for (uint32_t at = 0; at < EVENTS; at += BLOCK_ROWS_MAX)
		feed(subject, at);
	subject->shift +=
		BLOCK_ROWS_MAX; // a key that always had the same value would be a constant
	return EVENTS;
}

// All keys have learnt what one has: they are past warmups, and plain means have become weighted
// ones.
static void teach(struct subject *subject, uint8_t *states, size_t size)
{
	subject->gap_us = KEY_GAP_US;
	for (uint32_t i = 0; i < EVENTS; i++)
		subject->states[i] = states;
	for (uint32_t at = 0; at < LESSONS; at += BLOCK_ROWS_MAX)
		feed(subject, at);
	for (uint64_t i = 1; i < subject->n_keys; i++)
		memcpy(states + i * size, states, size);
	subject->gap_us = KEY_GAP_US / (int64_t)subject->n_keys;
}

static void prepare(struct subject *subject)
{
	struct detector_call call = {.options = &subject->option,
		.n_options = subject->option.name != NULL,
		.n_columns = subject->n_columns,
		.arena = arena_new()};
	uint8_t *states;
	size_t size;

	draw_values();
	subject->kind = bench_must((void *)detector_find(subject->detector), "a detector");
	subject->config = bench_must((void *)subject->kind->configure(&call, NULL), "its options");
	size = (subject->kind->state_size(subject->config) + LINE - 1) / LINE * LINE;
	states = huge_alloc(NULL, size * subject->n_keys, LINE);
	subject->states = bench_must(calloc(EVENTS, sizeof(void *)), "memory");
	teach(subject, states, size);
	for (uint32_t i = 0; i < EVENTS; i++)
		subject->states[i] = states + bench_random() % subject->n_keys * size;
}

static uint64_t run(void *state)
{
	struct subject *subject = state;

	if (subject->kind == NULL)
		prepare(subject);
	return run_once(subject);
}

#define SUBJECT(name, columns, keys, ...) \
	(&(struct subject){               \
		.detector = name, .n_columns = columns, .n_keys = keys, .option = {__VA_ARGS__}})
// The goal is in cycles per event; behind it an option, if the detector needs one.
#define DETECTOR(name, goal, ...)                                                             \
	{"anomaly/" name "/one_key", goal, run, SUBJECT(name, 1, 1, __VA_ARGS__)},            \
		{"anomaly/" name "/1k_keys", goal, run, SUBJECT(name, 1, 1000, __VA_ARGS__)}, \
	{                                                                                     \
		"anomaly/" name "/100k_keys", goal, run, SUBJECT(name, 1, KEYS, __VA_ARGS__)  \
	}

// clang-format off
static const struct bench benches[] = {
	DETECTOR("auto", 25),
	DETECTOR("cusum", 25),
	DETECTOR("ewma", 25),
	DETECTOR("rate", 25),
	// 1 µs is 2600 cycles. Of 10 k keys, which remember less, a state is 10 KiB.
	{"anomaly/ensemble/one_key", 2600, run, SUBJECT("ensemble", 1, 1)},
	{"anomaly/ensemble/10k_keys", 2600, run, SUBJECT("ensemble", 1, 10000, "memory", NULL, 256)},
	// A state is 52 KB: 100 k keys are more than a machine for tests has.
	{"anomaly/rcf/one_key", 2600, run, SUBJECT("rcf", 1, 1)},
	{"anomaly/rcf/one_key_8_columns", 2600, run, SUBJECT("rcf", 8, 1)},
	{"anomaly/rcf/1k_keys", 2600, run, SUBJECT("rcf", 1, 1000)},
	DETECTOR("robust", 25),
	DETECTOR("seasonal", 25),
	// A state is 39 KiB, and of 10 k keys, which remember less, 9 KiB.
	{"anomaly/sequence/one_key", 2600, run, SUBJECT("sequence", 1, 1)},
	{"anomaly/sequence/1k_keys", 2600, run, SUBJECT("sequence", 1, 1000)},
	{"anomaly/sequence/10k_keys", 2600, run, SUBJECT("sequence", 1, 10000, "memory", NULL, 256)},
	DETECTOR("threshold", 25, "above", NULL, 105),
};
// clang-format on

int main(int argc, char **argv)
{
	return bench_main(argc, argv, benches, RTE_DIM(benches));
}
