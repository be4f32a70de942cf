// A udp source with a journal that is killed again and again, restored at other numbers of queues:
// every line of every datagram comes out once, as a sink that goes back to its checkpoint sees it.
#include <errno.h>
#include "dataplane/frames.h"
#include "dataplane/receiver.h"
#include "dataplane/scratch.h"
#include "operator/checkpointed.h"
#include "operator/source/source.h"

enum { QUEUES_MAX = 3, LINES_MAX = 400000, PORT = 4000, BURST = 8, PAYLOAD_MAX = 9000 };
enum { SEEDS = 8, LIVES = 6, POLLS_MAX = 200000 };

// The operator behind a source.
struct collector {
	struct op op;
	struct queue *queue;
};

struct queue {
	struct op_task task;
	struct op *op;
	struct collector collector;
	struct demux demux;
	struct receiver *receiver;
	struct bytes bytes[BURST]; // the burst that the receiver has in hand
	uint32_t *lines; // that came out in this life
	uint32_t n_lines, n_before; // of them before the last barrier
	int64_t last_arrival_ns; // of the last block
};

static struct {
	struct arena *arena;
	struct hash_seed seed;
	struct random random;
	struct source_journal_config journal;
	struct source_config config;
	struct op_spec spec;
	struct queue queues[QUEUES_MAX];
	uint32_t n_queues;
	struct checkpointed saved, last; // of this life; the one to go back to
	uint64_t barrier, last_barrier;
	uint8_t *seen; // [LINES_MAX] how often a line is in what checkpoints have
	uint32_t n_sent; // lines
	int64_t now_ns;
	bool is_fresh;
} rig;

static void collect(struct op *op, const struct block *block)
{
	struct queue *queue = ((struct collector *)op)->queue;
	const struct str *values = block->columns[0].values;

	assert_false(queue->task.blocked);
	assert_true(block->arrival_ns >= queue->last_arrival_ns); // also those that are replayed
	queue->last_arrival_ns = block->arrival_ns;
	BLOCK_FOREACH_ROW (block, slot) {
		char text[16] = {0};

		memcpy(text, str_data(&values[slot]), values[slot].len);
		queue->lines[queue->n_lines++] = (uint32_t)strtoul(text, NULL, 10);
	}
	queue->task.blocked = random_below(&rig.random, 3) == 0;
}

static void collect_control(struct op *op, const struct block *block)
{
	struct queue *queue = ((struct collector *)op)->queue;

	if (block->kind == BLOCK_BARRIER)
		queue->n_before = queue->n_lines;
}

static uint64_t test_tsc(void)
{
	return 1;
}

static void make_receiver(struct queue *queue)
{
	struct listener *listener = source_listener(queue->op);
	struct address_port any = {.address = address_ipv4(0), .port = PORT};
	const struct receiver_conf conf = {
		.mem = &mem_libc,
		.demux = &queue->demux,
		.listeners = &listener,
		.n_listeners = 1,
		.tsc_hz = 1000000,
	};

	demux_init(&queue->demux);
	assert_int_equal(demux_add(&queue->demux, &any, DEMUX_ALL_PORTS, 0), 0);
	queue->receiver = receiver_new(&conf);
}

static void open_queue(uint32_t q)
{
	static const struct op_ops ops = {.process = collect, .control = collect_control};
	struct queue *queue = &rig.queues[q];
	struct err err = {0};

	*queue = (struct queue){.lines = calloc(LINES_MAX, sizeof(uint32_t))};
	queue->task = (struct op_task){
		.mem = &mem_libc,
		.tsc = test_tsc,
		.tsc_hz = 1000000000,
		.seed = &rig.seed,
		.instance = (uint16_t)q,
		.n_instances = (uint16_t)rig.n_queues,
		.state_dir = scratch_dir,
		.is_fresh = rig.is_fresh,
	};
	queue->collector = (struct collector){
		.op = {.ops = &ops, .task = &queue->task},
		.queue = queue,
	};
	queue->op = source_kind.create(&rig.spec, &queue->task, &err);
	if (queue->op == NULL)
		fail_msg("%s", err.text);
	queue->op->outs[queue->op->n_outs++] = &queue->collector.op;
	checkpointed_add(&rig.saved, &queue->task);
	if (rig.last_barrier > 0)
		checkpointed_restore(&rig.last, rig.last_barrier, queue->op);
	queue->op->checkpoint = 0; // numbers begin anew with each life
}

static void begin_life(uint32_t n_queues)
{
	struct err err = {0};

	rig.n_queues = n_queues;
	rig.barrier = 0;
	checkpointed_begin(&rig.saved);
	for (uint32_t q = 0; q < n_queues; q++)
		open_queue(q);
	for (uint32_t q = 0; q < n_queues; q++) {
		if (source_start(rig.queues[q].op, &err) < 0)
			fail_msg("%s", err.text);
		make_receiver(&rig.queues[q]);
	}
}

static void settle(struct queue *queue)
{
	while (queue->op->pending || queue->task.blocked || !receiver_drain(queue->receiver)) {
		queue->task.blocked = false;
		if (queue->op->pending)
			queue->op->ops->resume(queue->op);
	}
}

static bool poll_queue(struct queue *queue)
{
	uint32_t n;

	queue->task.now.tsc += 1000000; // a millisecond
	source_tick(queue->op);
	n = source_poll(queue->op);
	if (n == 0)
		usleep(20);
	settle(queue);
	return n > 0;
}

static void checkpoint(void)
{
	rig.barrier++;
	for (uint32_t q = 0; q < rig.n_queues; q++) {
		struct queue *queue = &rig.queues[q];

		source_barrier(queue->op, rig.barrier);
		settle(queue);
		checkpointed_finish(&rig.saved, &queue->task, queue->op);
	}
	for (uint32_t q = 0; q < rig.n_queues; q++)
		source_committed(rig.queues[q].op, rig.barrier);
}

// What the checkpoint has, and with the life over, is not to come again.
static void end_life(void)
{
	for (uint32_t q = 0; q < rig.n_queues; q++) {
		struct queue *queue = &rig.queues[q];

		receiver_free(queue->receiver);
		queue->op->ops->free(queue->op); // what was handed over is written
		for (uint32_t i = 0; rig.barrier > 0 && i < queue->n_before; i++)
			rig.seen[queue->lines[i]]++;
		free(queue->lines);
	}
	if (rig.barrier == 0) {
		checkpointed_end(&rig.saved);
		return;
	}
	if (rig.last_barrier > 0)
		checkpointed_end(&rig.last);
	rig.last = rig.saved;
	rig.last_barrier = rig.barrier;
}

// Numbers, a line each, from none to more than a receiver offers at once.
static uint32_t make_payload(char *payload)
{
	uint32_t n = random_below(&rig.random, 20) == 0 ? 1100 : random_below(&rig.random, 5);
	uint32_t len = 0;

	for (; n > 0; n--)
		len += (uint32_t)sprintf(payload + len, "%u\n", rig.n_sent++);
	return len;
}

static void send_burst(struct queue *queue)
{
	static char payload[PAYLOAD_MAX];
	struct receiver_frame frames[BURST];
	struct now now = {queue->task.now.tsc, rig.now_ns += 1000};
	uint16_t n = 1 + (uint16_t)random_below(&rig.random, BURST);

	for (uint16_t i = 0; i < n; i++) {
		make_udp4(&queue->bytes[i], PORT, payload, make_payload(payload));
		frames[i] = (struct receiver_frame){queue->bytes[i].data, queue->bytes[i].len};
	}
	receiver_frames(queue->receiver, frames, n, &now);
	settle(queue);
}

static void live(uint32_t n_steps)
{
	for (uint32_t i = 0; i < n_steps; i++) {
		struct queue *queue = &rig.queues[random_below(&rig.random, rig.n_queues)];
		struct listener *listener = source_listener(queue->op);

		if (random_below(&rig.random, 25) == 0)
			checkpoint();
		else if (!poll_queue(queue) && listener->ready(listener))
			send_burst(queue);
	}
}

static bool is_replaying(void)
{
	bool any = false;

	for (uint32_t q = 0; q < rig.n_queues; q++) {
		struct listener *listener = source_listener(rig.queues[q].op);

		any |= poll_queue(&rig.queues[q]) || !listener->ready(listener);
	}
	return any;
}

static void begin(uint64_t seed)
{
	static const bool wanted[] = {true};
	struct schema *schema;

	memset(&rig, 0, sizeof(rig));
	rig.arena = arena_new();
	rig.random = (struct random){seed};
	rig.seen = calloc(LINES_MAX, 1);
	hash_seed_from(&rig.seed, 5);
	schema = schema_new(rig.arena, 1);
	schema->fields[0] = (struct field){"line", type_of(TYPE_VARCHAR)};
	rig.journal = (struct source_journal_config){
		.max_bytes = 48 << 20, .sync_interval_ns = 2000000, .sequence_column = -1};
	rig.config = (struct source_config){
		.connector = SOURCE_UDP,
		.table = "a table/of ours",
		.local = "0.0.0.0:4000",
		.wanted = wanted,
		.format = format_find("csv"),
		.journal = &rig.journal,
	};
	rig.spec = (struct op_spec){
		.kind = &source_kind, .config = &rig.config, .output = schema, .id = 3};
}

static void end(void)
{
	if (rig.last_barrier > 0)
		checkpointed_end(&rig.last);
	free(rig.seen);
	arena_free(rig.arena);
}

static void every_line_comes_once_over_kills_and_other_numbers_of_queues(void **state)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		begin(seed);
		for (int life = 0; life < LIVES; life++) {
			begin_life(1 + random_below(&rig.random, QUEUES_MAX));
			live(random_below(&rig.random, 300));
			end_life();
		}
		begin_life(1 + random_below(&rig.random, QUEUES_MAX));
		for (int i = 0; is_replaying(); i++)
			assert_true(i < POLLS_MAX);
		checkpoint();
		end_life();
		for (uint32_t i = 0; i < rig.n_sent; i++)
			if (rig.seen[i] != 1)
				fail_msg("seed %u: line %u came %u times", (unsigned)seed, i,
					rig.seen[i]);
		end();
		scratch_teardown(state);
		scratch_setup(state);
	}
}

static void what_it_has_replayed_is_told_once(void **)
{
	char text[ERR_TEXT_MAX];

	begin(1);
	begin_life(1);
	assert_false(source_replayed(rig.queues[0].op, text, sizeof(text)));
	while (is_replaying())
		;
	rig.now_ns = 1763712000000000000;
	send_burst(&rig.queues[0]);
	end_life();
	begin_life(1);
	while (is_replaying())
		;
	assert_true(source_replayed(rig.queues[0].op, text, sizeof(text)));
	assert_non_null(strstr(text, "up to 2025-11-21T08:00:00.000Z"));
	assert_false(source_replayed(rig.queues[0].op, text, sizeof(text)));
	end_life();
	end();
}

static void nothing_is_replayed_when_the_job_starts_afresh(void **)
{
	begin(2);
	begin_life(1);
	while (rig.n_sent == 0)
		live(10);
	end_life();
	if (rig.last_barrier > 0)
		checkpointed_end(&rig.last);
	rig.last_barrier = 0;
	rig.is_fresh = true;
	begin_life(1);
	assert_false(is_replaying());
	assert_int_equal(rig.queues[0].n_lines, 0);
	end_life();
	end();
}

static void a_journal_without_checkpoints_is_refused(void **)
{
	struct op_task task = {.mem = &mem_libc, .tsc_hz = 1, .n_instances = 1};
	struct err err = {0};

	begin(1);
	assert_null(source_kind.create(&rig.spec, &task, &err));
	assert_non_null(strstr(err.text, "--state-dir"));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			every_line_comes_once_over_kills_and_other_numbers_of_queues, scratch_setup,
			scratch_teardown),
		cmocka_unit_test_setup_teardown(
			what_it_has_replayed_is_told_once, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(nothing_is_replayed_when_the_job_starts_afresh,
			scratch_setup, scratch_teardown),
		cmocka_unit_test(a_journal_without_checkpoints_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
