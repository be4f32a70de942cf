// What a checkpoint knows of a source: how far its input was read, and whether it had ended. All
// that was read before the barrier has been emitted, so that nothing comes twice and nothing is
// missing. What arrives over a network has a position only in its journal.
#include <errno.h>
#include "operator/source/source_state.h"

enum { PART_POSITION = 1 };
enum { FLAG_ENDED = 1 << 0, FLAG_HEADER_AHEAD = 1 << 1 };

void source_freeze(struct op *op)
{
	struct source *source = (struct source *)op;
	const struct decoder *decoder = source->decoder;
	struct record_key key = op_record_key(op, PART_POSITION, 0, 0);
	struct record_out *out = op->task->out;
	uint32_t flags = source->input_ended && !source->stopped ? FLAG_ENDED : 0;

	if (decoder != NULL && decoder->header_ahead)
		flags |= FLAG_HEADER_AHEAD;
	record_begin(out, &key, op->checkpoint);
	record_put_u32(out, flags);
	record_put_u64(
		out, source->n_messages_before + (decoder != NULL ? decoder->n_messages : 0));
	if (source->input->freeze != NULL)
		source->input->freeze(source, out);
	record_end(out);
}

int source_restore(struct op *op, const struct record *record, struct err *err)
{
	struct source *source = (struct source *)op;
	struct record_reader in = record_read(record);
	uint32_t flags = record_get_u32(&in);
	uint64_t n_messages = record_get_u64(&in);
	int status = 0;

	if (record->key.part != PART_POSITION || in.is_short)
		goto other_shape;
	if (source->decoder != NULL && (flags & FLAG_HEADER_AHEAD) == 0)
		source->decoder->header_ahead = false;
	if (record->key.instance == op->task->instance) {
		source->n_messages_before = n_messages;
		source->input_ended = (flags & FLAG_ENDED) != 0;
	} else if (!source->input->restores_all) {
		return 0;
	}
	if (source->input->restore != NULL && !source->input_ended)
		status = source->input->restore(source, &in, err);
	if (status < 0)
		return status;
	if (!in.is_short)
		return 0;

other_shape:
	return err_set(err, EINVAL, "table %s: a record of another shape in the checkpoint",
		source->config->table);
}
