// Sinks: where results leave. One instance each; encodes rows into buffers that somebody else
// writes.
#pragma once
#include "base/err.h"
#include "base/hist.h"
#include "format/format.h"
#include "operator/op.h"
#include "operator/options.h"

enum sink_connector { SINK_PRINT, SINK_FILESYSTEM, SINK_UDP, SINK_BLACKHOLE, SINK_LMDB };

// config of a sink's op_spec; input is the table's schema.
struct sink_config {
	enum sink_connector connector;
	const char *table;
	uint16_t n_keys;
	const uint16_t *keys; // columns of the PRIMARY KEY, in its order
	const struct schema *key; // lmdb: those columns
	const struct format *format; // of lmdb: of the values
	const struct format_option *format_options;
	uint16_t n_format_options;
	const char *path; // filesystem; "-" = stdout
	const char *remote; // UDP: ADDRESS:PORT
	const char *local; // UDP: our address; NULL = that of the job's udp source
	const char *port; // UDP: DPDK port, NULL = the only one
};

extern const struct op_kind sink_kind; // EXPLAIN's "TableSink"

// Whether a changelog that takes rows back can be written to it.
bool sink_takes_updates(const struct sink_config *config);
// SINK_LMDB: the name of the table that others read; else NULL.
const char *sink_lmdb_table(const struct sink_config *config);

// Make config of a table's options, as source_configure() does; config->keys are set before.
int sink_configure(struct sink_config *config, struct arena *arena, const char *table,
	const struct schema *schema, struct table_option *options, uint16_t n_options,
	struct err *err);

struct sender; // dataplane/sender.h

// SINK_UDP: send through this from now on; it stays the caller's. Before the first row.
void sink_connect(struct op *sink, struct sender *sender);

// Write out what is buffered: the input ran dry. Never blocks.
void sink_flush(struct op *sink);
// After BLOCK_END: wait until everything is written and close. Returns 0 or -errno with *err
// filled.
int sink_close(struct op *sink, struct err *err);

// Rows written, and how long each took from the packet to here, in TSC ticks.
uint64_t sink_n_rows(const struct op *sink);
const struct hist *sink_latency(const struct op *sink);
