// Datagrams from the rx queues: the receiver of a queue delivers messages, the source decodes them.
#include "operator/source/source_udp.h"
#include <errno.h>

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

static int udp_open(struct source *source, struct err *err)
{
	source->state = mem_zalloc(source->op.task->mem, sizeof(struct udp_input));
	if (source->state == NULL)
		return err_set(err, ENOMEM, "no memory for the source %s", source->config->table);
	return udp_input_init(source->state, source, err);
}

static void udp_close(struct source *source)
{
	mem_free(source->op.task->mem, source->state);
}

const struct source_input source_udp_input = {.open = udp_open, .close = udp_close};

struct listener *source_listener(struct op *op)
{
	return &((struct udp_input *)((struct source *)op)->state)->listener;
}
