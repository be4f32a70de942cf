#include "runtime/report.h"
#include <inttypes.h>
#include <rte_cycles.h>
#include "dataplane/clock.h"
#include "dataplane/receiver.h"
#include "operator/source/source.h"
#include "row/datetime.h"

enum { NS_PER_SECOND = 1000000000 };

// What bounded sources have read, and how much there is: 0 when one of them does not know.
static void sum_progress(const struct topology *topology, uint64_t *bytes, uint64_t *bytes_total)
{
	bool is_known = true;

	*bytes = *bytes_total = 0;
	for (uint32_t t = 0; t < topology->n_tasks; t++)
		for (uint32_t i = 0; i < topology->tasks[t]->n_sources; i++) {
			uint64_t read, total;

			source_progress(topology->tasks[t]->sources[i], &read, &total);
			*bytes += read;
			*bytes_total += total;
			is_known &= total > 0;
		}
	if (!is_known)
		*bytes_total = 0;
}

// The least watermark of any operator that has one: how far results are.
static int64_t least_watermark(const struct topology *topology)
{
	int64_t least = WATERMARK_END;

	for (uint32_t t = 0; t < topology->n_tasks; t++)
		for (uint32_t i = 0; i < topology->tasks[t]->n_ops; i++) {
			int64_t watermark = topology->tasks[t]->ops[i]->watermark;

			if (watermark != WATERMARK_NONE && watermark < least)
				least = watermark;
		}
	return least;
}

// A backtest: how far it is, and the time left at the speed so far.
static void print_bounded(
	const struct progress *progress, uint64_t bytes, uint64_t total, int64_t wall_ns, FILE *out)
{
	double seconds = (double)(wall_ns - progress->first_ns) / NS_PER_SECOND;

	fprintf(out, " read=%.1f MB of %.1f MB (%.0f %%)", (double)bytes / 1e6, (double)total / 1e6,
		100.0 * (double)bytes / (double)total);
	if (bytes > 0)
		fprintf(out, " time left=%.0f s",
			seconds * (double)(total - bytes) / (double)bytes);
}

static void print_input(struct progress *progress, const struct topology *topology,
	const struct now *now, FILE *out)
{
	int64_t least = least_watermark(topology);
	char text[DATETIME_TEXT_MAX];
	uint64_t bytes, total;

	sum_progress(topology, &bytes, &total);
	if (total > 0 && bytes <= total)
		print_bounded(progress, bytes, total, now->wall_ns, out);
	else if (bytes > 0)
		fprintf(out, " read=%.1f MB", (double)bytes / 1e6);
	if (least == WATERMARK_END)
		return;
	if (bytes > 0)
		fprintf(out, " watermark=%.*s",
			(int)datetime_format_timestamp(
				least, type_timestamp(TYPE_TIMESTAMP, 3), DATETIME_ISO, text),
			text);
	else
		fprintf(out, " watermark lag=%.1f s",
			(double)(now->wall_ns / 1000000 - least) / 1000);
}

void report_progress(
	struct progress *progress, const struct topology *topology, bool is_log, FILE *out)
{
	struct account account;
	struct now now;
	double seconds;

	clock_read(&now);
	if (progress->first_ns == 0)
		progress->first_ns = progress->last_ns = now.wall_ns;
	if (now.wall_ns - progress->last_ns < NS_PER_SECOND)
		return;
	seconds = (double)(now.wall_ns - progress->last_ns) / NS_PER_SECOND;
	account_take(&account, topology);
	fprintf(out, "%sevents in=%" PRIu64 " (%.0f/s) dropped=%" PRIu64, is_log ? "" : "\r\033[K",
		account.n_in, (double)(account.n_in - progress->last_in) / seconds,
		account.n_dropped);
	print_input(progress, topology, &now, out);
	if (is_log) {
		fputc('\n', out);
		summary_watermarks(topology, now, rte_get_tsc_hz(), out);
	}
	fflush(out);
	progress->shown = !is_log;
	progress->last_in = account.n_in;
	progress->last_ns = now.wall_ns;
}

void report_progress_end(struct progress *progress, FILE *out)
{
	if (progress->shown)
		fputs("\r\033[K", out);
}

static void print_verdicts(const uint64_t *verdicts, FILE *out)
{
	for (int v = 0; v < PACKET_N_VERDICTS; v++)
		if (verdicts[v] > 0)
			fprintf(out, " %s=%" PRIu64, packet_verdict_names[v], verdicts[v]);
}

static void report_port(const struct network_port *port, FILE *out)
{
	uint64_t verdicts[PACKET_N_VERDICTS] = {0}, n_packets = 0;
	struct port_stats stats;

	for (uint16_t queue = 0; queue < port->port.n_rx_queues; queue++) {
		const struct receiver_counts *counts;

		if (port->receivers[queue] == NULL)
			continue;
		counts = receiver_counts(port->receivers[queue]);
		n_packets += counts->n_packets;
		for (int v = 0; v < PACKET_N_VERDICTS; v++)
			verdicts[v] += counts->n_verdicts[v];
	}
	port_stats(&port->port, &stats);
	fprintf(out, "port %s (%s): packets in=%" PRIu64 " =", port->port.name, port->port.driver,
		n_packets);
	print_verdicts(verdicts, out);
	fprintf(out,
		"; lost before: imissed=%" PRIu64 " nombuf=%" PRIu64 " ierrors=%" PRIu64
		" kernel_dropped=%" PRIu64 "%s\n",
		stats.total.imissed, stats.total.nombuf, stats.total.ierrors,
		stats.total.kernel_dropped,
		stats.is_kernel_known ? "" : " (the driver does not tell what the kernel dropped)");
}

static void report_capture(const struct op *source, FILE *out)
{
	const struct source_config *config = source->spec->config;
	const struct receiver_counts *counts = source_pcap_counts(source);

	fprintf(out, "capture %s (%s): packets in=%" PRIu64 " =", config->path, config->table,
		counts->n_packets);
	print_verdicts(counts->n_verdicts, out);
	fputc('\n', out);
}

void report_captures(const struct topology *topology, FILE *out)
{
	for (uint32_t t = 0; t < topology->n_tasks; t++)
		for (uint32_t i = 0; i < topology->tasks[t]->n_sources; i++) {
			const struct op *source = topology->tasks[t]->sources[i];
			const struct source_config *config = source->spec->config;

			if (config->connector == SOURCE_PCAP)
				report_capture(source, out);
		}
}

void report_replays(const struct topology *topology, FILE *out)
{
	char text[ERR_TEXT_MAX];

	for (uint32_t t = 0; t < topology->n_tasks; t++)
		for (uint32_t i = 0; i < topology->tasks[t]->n_sources; i++)
			if (source_replayed(topology->tasks[t]->sources[i], text, sizeof(text)))
				fprintf(out, "tidewire: %s\n", text);
}

void report_ports(const struct network *network, FILE *out)
{
	for (uint32_t i = 0; i < network->n_ports; i++)
		report_port(network->ports[i], out);
}

void report_lost(const struct network *network, struct account *account)
{
	for (uint32_t i = 0; i < network->n_ports; i++) {
		struct port_stats stats;

		port_stats(&network->ports[i]->port, &stats);
		account_add_lost(account, "imissed", stats.total.imissed);
		account_add_lost(account, "nombuf", stats.total.nombuf);
		account_add_lost(account, "ierrors", stats.total.ierrors);
		account_add_lost(account, "kernel_dropped", stats.total.kernel_dropped);
	}
}
