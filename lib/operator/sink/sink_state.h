// Inside a sink: what its connectors share. Only files of this folder include it.
#pragma once
#include "operator/sink/sink.h"

struct file_writer;
struct sink_keys;

enum { SINK_MESSAGE_MAX = 256 << 10 }; // bytes

struct sink {
	struct op op;
	const struct sink_config *config;
	struct encoder *encoder; // NULL: blackhole
	struct file_writer *writer; // print, filesystem
	uint64_t frozen_len; // of its file at the last barrier
	struct sender *sender; // udp
	char *message; // udp, lmdb: SINK_MESSAGE_MAX bytes
	struct sink_keys *keys; // lmdb
	struct block
		block; // in hand while pending: its header is ours, senders have it on their stack
	uint16_t next; // selected row of it that is next
	uint16_t too_long; // counter: rows that no buffer or datagram could hold
	uint16_t sync_failed; // counter: of filesystem
	uint16_t key_too_long, null_key; // counters: of lmdb
	uint64_t n_rows;
	struct hist latency;
	char fault_text[160];
};

enum outcome { WRITTEN, FULL, TOO_LONG, KEY_TOO_LONG, NULL_KEY };

// print, filesystem (sink_file.c)
enum outcome sink_file_write(struct sink *sink, const struct block *block, uint16_t slot);
void sink_file_freeze(struct sink *sink);
bool sink_file_pack(struct sink *sink);
int sink_file_restore(struct sink *sink, const struct record *record, struct err *err);
// A write that failed ends the job: results would be missing.
void sink_file_check(struct sink *sink);

// lmdb (sink_lmdb.c)
int sink_lmdb_open(struct sink *sink, struct err *err);
enum outcome sink_lmdb_write(struct sink *sink, const struct block *block, uint16_t slot);
void sink_lmdb_close(struct sink *sink);
