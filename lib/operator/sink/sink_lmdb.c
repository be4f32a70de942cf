// A table that others read: the newest row of each key, in the checkpoints' own LMDB environment.
// The changes of a checkpoint are made in its own transaction, so that the table holds what the
// job's state has seen, no more and no less, whatever crashes.
//
//	key    the columns of the PRIMARY KEY as a JSON array, ["alice",3]: what people and programs
//	       can write down; 511 bytes at most, as LMDB has it
//	value  the row in the table's format: a JSON object, if not said otherwise
//
// +I and +U put a row, −D deletes one, −U is nothing: what it takes back is replaced or deleted.
#include <errno.h>
#include "operator/sink/sink_state.h"

struct sink_keys {
	struct encoder *encoder; // of the key's columns
	struct column columns[SCHEMA_COLUMNS_MAX]; // those of the block in hand
};

int sink_lmdb_open(struct sink *sink, struct err *err)
{
	const struct sink_config *config = sink->config;
	struct mem *mem = sink->op.task->mem;
	struct sink_keys *keys = mem_zalloc(mem, sizeof(*keys));

	sink->keys = keys;
	if (keys == NULL)
		goto no_memory;
	keys->encoder = json_array_encoder_new(mem, config->key);
	if (keys->encoder != NULL)
		return 0;

no_memory:
	return err_set(err, ENOMEM, "no memory for the sink %s", config->table);
}

void sink_lmdb_close(struct sink *sink)
{
	if (sink->keys != NULL && sink->keys->encoder != NULL)
		sink->keys->encoder->ops->free(sink->keys->encoder);
	mem_free(sink->op.task->mem, sink->keys);
}

// The length of the row's key in key[:RECORD_ROW_KEY_MAX]; 0 = it does not fit.
static uint32_t make_key(struct sink *sink, const struct block *block, uint16_t slot, char *key)
{
	struct sink_keys *keys = sink->keys;
	struct block part = *block;

	for (uint16_t i = 0; i < sink->config->n_keys; i++)
		keys->columns[i] = block->columns[sink->config->keys[i]];
	part.columns = keys->columns;
	part.n_columns = sink->config->n_keys;
	return keys->encoder->ops->encode(keys->encoder, &part, slot, key, RECORD_ROW_KEY_MAX);
}

static bool has_null_key(const struct sink *sink, const struct block *block, uint16_t slot)
{
	for (uint16_t i = 0; i < sink->config->n_keys; i++)
		if (nulls_get(block->columns[sink->config->keys[i]].nulls, slot))
			return true;
	return false;
}

enum outcome sink_lmdb_write(struct sink *sink, const struct block *block, uint16_t slot)
{
	struct record_out *out = sink->op.task->out;
	enum row_kind kind = block->kinds != NULL ? block->kinds[slot] : ROW_INSERT;
	char key[RECORD_ROW_KEY_MAX];
	uint32_t key_len, len = 0;

	if (kind == ROW_UPDATE_BEFORE)
		return WRITTEN;
	if (has_null_key(sink, block, slot))
		return NULL_KEY;
	if (out == NULL || record_room(out) < SINK_MESSAGE_MAX + RECORD_CHUNK_SIZE)
		return FULL; // the writer has to come to it
	key_len = make_key(sink, block, slot, key);
	if (key_len == 0)
		return KEY_TOO_LONG;
	if (kind != ROW_DELETE)
		len = sink->encoder->ops->encode(
			sink->encoder, block, slot, sink->message, SINK_MESSAGE_MAX);
	if (kind != ROW_DELETE && len == 0)
		return TOO_LONG;
	record_row(out, sink->op.spec->id, sink->op.checkpoint + 1, key, key_len,
		kind != ROW_DELETE ? sink->message : NULL, len);
	return WRITTEN;
}
