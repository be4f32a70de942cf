// Inside a source: what its connectors share. Only files of this folder include it.
#pragma once
#include <stdatomic.h>
#include "operator/source/source.h"

struct source;

// What a connector does. NULL members do not apply.
struct source_input {
	// Open what config names. Returns 0 or -errno with *err filled.
	int (*open)(struct source *source, struct err *err);
	// Take some input and source_offer() it or emit it. Returns how many messages, rows or
	// packets came; sets source->input_ended at the end.
	uint32_t (*poll)(struct source *source);
	// Emit what was taken but not yet offered whole, before a barrier. False while downstream
	// is full.
	bool (*drain)(struct source *source);
	// The position, at a barrier, written behind what all sources write; NULL = there is none.
	void (*freeze)(struct source *source, struct record_out *out);
	// Go on there. Before the first poll. Returns 0 or -errno with *err filled.
	int (*restore)(struct source *source, struct record_reader *in, struct err *err);
	bool restores_all; // restore() gets the positions of all instances there were
	// As source_start(), source_tick(), source_committed() and source_replayed() say.
	void (*tick)(struct source *source);
	int (*start)(struct source *source, struct err *err);
	void (*committed)(struct source *source, uint64_t oldest);
	bool (*replayed)(struct source *source, char *text, size_t size);
	void (*progress)(const struct source *source, uint64_t *bytes, uint64_t *bytes_total);
	void (*close)(struct source *source);
};

extern const struct source_input source_udp_input;
extern const struct source_input source_file_input;
extern const struct source_input source_pcap_input;
extern const struct source_input source_datagen_input;

// What a source has to say at its end, in this order, each once.
enum source_end { SOURCE_RUNS, SOURCE_WATERMARK_SENT, SOURCE_ENDED };

enum { SOURCE_FAULT_MAX = 200 };

struct source {
	struct op op;
	const struct source_config *config;
	const struct source_input *input;
	void *state; // the connector's
	struct decoder *decoder; // NULL: the connector makes rows itself
	struct block_store *store; // rows being made
	// messages offered, in hand until all are done
	const struct message *messages;
	uint16_t n_messages, n_done;
	struct now received;
	bool has_arrival; // received.wall_ns is when the events arrived

	uint64_t n_rows;
	uint16_t parse_error, too_long; // counters; too long: no buffer could hold the message
	uint16_t class_counters[DECODE_ERRORS];
	uint64_t last_input_tsc; // 0 = not yet asked
	uint64_t last_idle_tsc; // when it was last said that it is idle
	uint64_t idle_ticks; // silent for so long = idle
	bool idle, input_ended;
	bool stopped; // it has not ended by itself
	uint64_t n_taken; // messages of a file, since the start
	atomic_bool is_at_stop; // it takes no more than task->stop_after; others read it
	uint64_t n_messages_before; // decoded before the checkpoint that was restored
	uint64_t barrier; // checkpoint whose barrier is still to be emitted; 0 = none
	enum source_end end;
	char fault_text[SOURCE_FAULT_MAX];
};

// At a barrier, and back (source_snapshot.c).
void source_freeze(struct op *op);
int source_restore(struct op *op, const struct record *record, struct err *err);

// Decode messages[:n] and emit their rows, as far as downstream takes them: then source->n_done <
// n. They must stay as they are until the task has nothing pending.
void source_offer(struct source *source, const struct message *messages, uint16_t n,
	const struct now *received);
// Take back what of the offer is not done, for somebody who cannot keep it; returns how many are
// done.
uint16_t source_withdraw(struct source *source);
// Emit source->store's rows (a connector that makes rows itself), received as said before.
void source_emit_store(struct source *source);
// How config wants its messages cut. Returns 0, or -EINVAL with *err filled.
int source_framing(const struct source_config *config, struct framing *framing, struct err *err);
// Input has come: the source is not idle.
void source_note_input(struct source *source);

extern const struct op_dump source_dump; // source_dump.c
