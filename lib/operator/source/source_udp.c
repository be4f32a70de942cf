// Datagrams from the rx queues: the receiver of a queue delivers messages, the source decodes them.
#include "operator/source/source_udp.h"
#include <errno.h>
#include "operator/source/source_journal.h"

// The first live message by itself: its number is compared with the last one before a crash.
static uint16_t deliver_one(
	struct udp_input *udp, const struct message *message, const struct now *received)
{
	struct source *source = udp->source;

	source->has_arrival = true;
	block_store_reset(source->store); // what was in it is not of this message
	source_offer(source, message, 1, received);
	source_journal_take_first(udp->journal);
	if (!op_is_blocked(&source->op))
		return 1;
	udp->n_in_work = source_withdraw(source);
	return 0;
}

// Messages count as taken when what was made of them is through: until then blocks downstream point
// into their packets. What is not taken is offered again, from its first message on.
static uint16_t deliver(struct listener *listener, const struct message *messages, uint16_t n,
	const struct now *received)
{
	struct udp_input *udp = (struct udp_input *)listener;
	struct source *source = udp->source;
	uint16_t n_through = udp->n_in_work;

	if (op_is_blocked(&source->op))
		return 0;
	if (udp->journal != NULL && source_journal_wants_one(udp->journal))
		return deliver_one(udp, messages, received);
	udp->n_in_work = 0;
	source->has_arrival = true;
	source_offer(source, messages + n_through, n - n_through, received);
	if (!op_is_blocked(&source->op))
		return n;
	udp->n_in_work = n_through + source_withdraw(source);
	return 0;
}

int udp_input_init(struct udp_input *udp, struct source *source, struct err *err)
{
	const struct source_config *config = source->config;

	udp->source = source;
	udp->listener.deliver = deliver;
	return source_framing(config, &udp->listener.framing, err);
}

static struct source_journal *journal_of(const struct source *source)
{
	return ((struct udp_input *)source->state)->journal;
}

static bool is_ready(struct listener *listener)
{
	return source_journal_ready(((struct udp_input *)listener)->journal);
}

static void keep(
	struct listener *listener, const uint8_t *payload, uint16_t len, const struct now *received)
{
	struct journal *journal = ((struct udp_input *)listener)->journal->journal;

	journal_append(journal, payload, len, received->wall_ns, received->tsc);
}

static int udp_open(struct source *source, struct err *err)
{
	struct udp_input *udp = mem_zalloc(source->op.task->mem, sizeof(*udp));

	source->state = udp;
	if (udp == NULL)
		return err_set(err, ENOMEM, "no memory for the source %s", source->config->table);
	if (source->config->journal != NULL) {
		udp->journal = source_journal_new(source, &udp->listener.framing, err);
		if (udp->journal == NULL)
			return -EINVAL;
		udp->listener.ready = is_ready;
		udp->listener.keep = keep;
	}
	return udp_input_init(udp, source, err);
}

static int udp_start(struct source *source, struct err *err)
{
	return journal_of(source) != NULL ? source_journal_start(journal_of(source), err) : 0;
}

static uint32_t udp_poll(struct source *source)
{
	return journal_of(source) != NULL ? source_journal_poll(journal_of(source)) : 0;
}

static void udp_tick(struct source *source)
{
	if (journal_of(source) != NULL)
		journal_tick(journal_of(source)->journal, source->op.task->now.tsc);
}

static void udp_freeze(struct source *source, struct record_out *out)
{
	if (journal_of(source) != NULL)
		source_journal_freeze(journal_of(source), out);
	else
		record_put_u32(out, 0);
}

static int udp_restore(struct source *source, struct record_reader *in, struct err *err)
{
	return journal_of(source) != NULL ? source_journal_restore(journal_of(source), in, err) : 0;
}

static void udp_committed(struct source *source, uint64_t oldest)
{
	if (journal_of(source) != NULL)
		journal_committed(journal_of(source)->journal, oldest);
}

static bool udp_replayed(struct source *source, char *text, size_t size)
{
	return journal_of(source) != NULL &&
	       source_journal_replayed(journal_of(source), text, size);
}

static void udp_close(struct source *source)
{
	source_journal_free(journal_of(source));
	mem_free(source->op.task->mem, source->state);
}

const struct source_input source_udp_input = {
	.open = udp_open,
	.start = udp_start,
	.tick = udp_tick,
	.poll = udp_poll,
	.freeze = udp_freeze,
	.restore = udp_restore,
	.restores_all = true,
	.committed = udp_committed,
	.replayed = udp_replayed,
	.close = udp_close,
};

struct listener *source_listener(struct op *op)
{
	return &((struct udp_input *)((struct source *)op)->state)->listener;
}
