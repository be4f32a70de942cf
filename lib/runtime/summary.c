#include "runtime/summary.h"
#include <inttypes.h>
#include "dataplane/clock.h"
#include "operator/sink/sink.h"
#include "operator/source/source.h"
#include "row/datetime.h"

static double to_us(uint64_t ticks, uint64_t tsc_hz)
{
	return (double)ticks * 1e6 / (double)tsc_hz;
}

static void print_counters(const struct op *op, FILE *out)
{
	for (uint16_t i = 0; i < op->n_counters; i++)
		if (op->counters[i].value > 0)
			fprintf(out, " %s=%" PRIu64, op->counters[i].name, op->counters[i].value);
}

static void print_watermark(int64_t watermark, struct now now, FILE *out)
{
	char text[DATETIME_TEXT_MAX];
	uint32_t len;

	if (watermark == WATERMARK_NONE) {
		fputs("none", out);
	} else if (watermark == WATERMARK_END) {
		fputs("end", out);
	} else {
		len = datetime_format_timestamp(
			watermark, type_timestamp(TYPE_TIMESTAMP, 3), DATETIME_ISO, text);
		fprintf(out, "%.*s (%.1f s behind the wall clock)", (int)len, text,
			(double)(now.wall_ns / 1000000 - watermark) / 1000);
	}
}

static void print_op(const struct task *task, const struct op *op, struct now now, FILE *out)
{
	const struct sink_config *sink = op->spec->config;

	if (op->spec->kind == &sink_kind) {
		fprintf(out, "sink %s: rows=%" PRIu64, sink->table, sink_n_rows(op));
	} else if (op->spec->kind == &source_kind) {
		struct source_account counts;

		source_account(op, &counts);
		fprintf(out, "source %s: in=%" PRIu64 " rows=%" PRIu64,
			((const struct source_config *)op->spec->config)->table, counts.n_in,
			counts.n_rows);
	} else {
		fprintf(out, "%s #%u: rows=%" PRIu64, op->spec->kind->name, op->spec->id,
			op->n_rows_in);
	}
	fprintf(out, " lcore=%u watermark=", task->lcore_id);
	print_watermark(op->watermark, now, out);
	print_counters(op, out);
	if (op->pool.n_used_max > 0)
		fprintf(out, " state_bytes=%" PRIu64 " state_bytes_max=%" PRIu64,
			(uint64_t)op->pool.n_used * PAGE_SIZE,
			(uint64_t)op->pool.n_used_max * PAGE_SIZE);
	fputc('\n', out);
}

// Which input a gate waits for, and since when.
static void print_holder(const struct task *task, struct now now, uint64_t tsc_hz, FILE *out)
{
	const struct watermark_merge *merge = &task->gate.watermarks;
	const struct watermark_input *input;
	int holder = watermark_merge_holder(merge);

	if (merge->output == WATERMARK_END)
		return;
	fprintf(out, "%s on lcore %u: ", task->name, task->lcore_id);
	if (holder < 0) {
		fprintf(out, "all %u inputs are idle\n", merge->n_inputs);
		return;
	}
	input = &merge->inputs[holder];
	fprintf(out, "watermark held by %s on lcore %u", task->upstream[holder]->name,
		task->upstream[holder]->lcore_id);
	if (input->moved_tsc == 0)
		fputs(", which has sent none yet\n", out);
	else
		fprintf(out, ", unmoved for %.1f s\n",
			to_us(now.tsc - input->moved_tsc, tsc_hz) / 1e6);
}

static void print_latency(const struct topology *topology, uint64_t tsc_hz, FILE *out)
{
	struct hist all = {0};

	for (uint32_t t = 0; t < topology->n_tasks; t++)
		for (uint32_t i = 0; i < topology->tasks[t]->n_ops; i++)
			if (topology->tasks[t]->ops[i]->spec->kind == &sink_kind)
				hist_merge(&all, sink_latency(topology->tasks[t]->ops[i]));
	if (all.count == 0)
		return;
	fprintf(out,
		"latency from packet to result: p50=%.1f us p99=%.1f us p99.9=%.1f us "
		"max=%.1f us (%" PRIu64 " results)\n",
		to_us(hist_quantile(&all, 0.5), tsc_hz), to_us(hist_quantile(&all, 0.99), tsc_hz),
		to_us(hist_quantile(&all, 0.999), tsc_hz), to_us(all.max, tsc_hz), all.count);
}

void summary_watermarks(const struct topology *topology, struct now now, uint64_t tsc_hz, FILE *out)
{
	for (uint32_t t = 0; t < topology->n_tasks; t++)
		if (topology->tasks[t]->has_gate)
			print_holder(topology->tasks[t], now, tsc_hz, out);
}

void summary_print(const struct topology *topology, const struct worker *workers,
	uint32_t n_workers, struct now now, FILE *out)
{
	uint64_t tsc_hz = workers[0].tsc_hz;

	for (uint32_t t = 0; t < topology->n_tasks; t++) {
		const struct task *task = topology->tasks[t];

		for (uint32_t i = 0; i < task->n_ops; i++)
			print_op(task, task->ops[i], now, out);
	}
	summary_watermarks(topology, now, tsc_hz, out);
	print_latency(topology, tsc_hz, out);
	for (uint32_t i = 0; i < n_workers; i++) {
		uint64_t busy = workers[i].busy_cycles, idle = workers[i].idle_cycles;

		fprintf(out, "lcore %u: busy %.1f %%\n", workers[i].lcore_id,
			busy + idle > 0 ? 100.0 * (double)busy / (double)(busy + idle) : 0.0);
	}
}
