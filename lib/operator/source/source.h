// Sources: the connectors that bring events in. What the planner says of a source table, and what a
// source task polls.
//
// The rows that a source emits are the table's physical columns (computed columns, watermark,
// filters are operators behind it). Messages come from a NIC queue, a file, a capture; rows from
// datagen.
#pragma once
#include "base/err.h"
#include "dataplane/receiver.h"
#include "format/format.h"
#include "operator/op.h"
#include "operator/options.h"
#include "snapshot/journal.h"

enum source_connector {
	SOURCE_UDP, // from the ports' rx queues: an instance for each queue
	SOURCE_FILESYSTEM,
	SOURCE_PCAP,
	SOURCE_DATAGEN,
};

// A UDP table's journal (snapshot/journal.h): what is accepted is kept on disk until a checkpoint
// has it.
struct source_journal_config {
	const char *dir; // NULL = journal/ in the state directory
	uint64_t max_bytes; // over all queues
	int64_t sync_interval_ns;
	enum journal_policy on_failure;
	int32_t sequence_column; // of the feed's own numbers, physical; −1 = it has none
};

// config of a source's op_spec; output is the physical schema.
struct source_config {
	enum source_connector connector;
	const char *table; // its name, for people and counters
	bool is_bounded; // ends by itself
	// messages
	const struct format *format;
	const struct format_option *format_options;
	uint16_t n_format_options;
	const bool *wanted; // [:output->n_fields] columns that the job reads
	enum framing_kind framing;
	const char *delimiter; // of FRAMING_LINE
	uint32_t record_size; // of FRAMING_RECORDS
	const char *
		local; // UDP and pcap: ADDRESS:PORT, as written; NULL for pcap = every UDP datagram
	const char *port; // UDP: DPDK port name or id, NULL = all
	const struct source_journal_config *journal; // UDP; NULL = none
	const char *path; // filesystem, pcap
	double replay_speed; // pcap: 1.0 = as captured; 0 = as fast as it goes
	// datagen
	const struct datagen_config *datagen;
	int64_t idle_timeout_ns; // silent for so long = idle; 0 = never
	bool repeat_idle; // say so every IDLE_REPEAT_MS, for a watermark that goes on with the
			  // clock
};

extern const struct op_kind source_kind; // EXPLAIN's "TableSource"

// Make config of a table's options (cli.md, "Connectors"). Marks the options it used. Returns 0, or
// -EINVAL with *err filled: unknown connector, missing or malformed option, with what would be
// right.
int source_configure(struct source_config *config, struct arena *arena, const char *table,
	const struct schema *schema, struct table_option *options, uint16_t n_options,
	struct err *err);

// ---- what a source task runs. Every source is an op that is the head of its chain.

// SOURCE_UDP: what the receiver of a queue delivers to.
struct listener *source_listener(struct op *source);
// SOURCE_PCAP: what became of the capture's packets.
const struct receiver_counts *source_pcap_counts(const struct op *source);

// When all is restored and before the first poll, on the main lcore: a journal is opened, and what
// is to be replayed of it is read ahead. Returns 0, or -errno with *err filled.
int source_start(struct op *source, struct err *err);
// The main lcore, at any time: no checkpoint before `oldest` will be restored any more.
void source_committed(struct op *source, uint64_t oldest);
// The main lcore: true once, when the source has replayed what its journal had: text says what.
bool source_replayed(struct op *source, char *text, size_t size);

// Each step of a task that receives, also while it is blocked: what was received does not wait in
// memory for longer than the journal's sync interval.
void source_tick(struct op *source);

// Let the source look for input: SOURCE_FILESYSTEM, _PCAP, _DATAGEN read some and feed it; all
// of them notice here that they have fallen silent. Returns how many messages or rows came in.
// Must not be called while the task is blocked or the source pending.
uint32_t source_poll(struct op *source);

// Bounded input is at its end and all of it was emitted, or source_stop() was called: emit the last
// watermark and BLOCK_END (once) and return true.
bool source_finish(struct op *source);
void source_stop(struct op *source); // take no more input: SIGTERM
// Anybody, at any time: the source has taken all that task->stop_after allows, and waits.
bool source_is_at_stop(const struct op *source);

// Emit what the source has in hand, then the barrier of this checkpoint, which freezes its
// position. Only when nothing is pending; it may leave the source pending (a full channel), then
// the barrier comes in resume().
void source_barrier(struct op *source, uint64_t checkpoint);

// For the account: messages seen (rows for datagen), rows emitted, drops are op counters. in = rows
// + Σ drops.
struct source_account {
	uint64_t n_in, n_rows;
};
void source_account(const struct op *source, struct source_account *account);
// How far bounded input has got, for a progress line: bytes of bytes_total (0 = unknown).
void source_progress(const struct op *source, uint64_t *bytes, uint64_t *bytes_total);
