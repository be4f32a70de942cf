#include "runtime/report.h"
#include <inttypes.h>
#include <rte_cycles.h>
#include "dataplane/clock.h"
#include "dataplane/receiver.h"
#include "operator/source/source.h"

enum { NS_PER_SECOND = 1000000000 };

static uint64_t bytes_read(const struct topology *topology)
{
	uint64_t sum = 0;

	for (uint32_t t = 0; t < topology->n_tasks; t++)
		for (uint32_t i = 0; i < topology->tasks[t]->n_sources; i++) {
			uint64_t bytes, total;

			source_progress(topology->tasks[t]->sources[i], &bytes, &total);
			sum += bytes;
		}
	return sum;
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

void report_progress(
	struct progress *progress, const struct topology *topology, bool is_log, FILE *out)
{
	struct account account;
	struct now now;
	int64_t least;
	double seconds;

	clock_read(&now);
	if (progress->last_ns == 0)
		progress->last_ns = now.wall_ns;
	if (now.wall_ns - progress->last_ns < NS_PER_SECOND)
		return;
	seconds = (double)(now.wall_ns - progress->last_ns) / NS_PER_SECOND;
	account_take(&account, topology);
	fprintf(out, "%sevents in=%" PRIu64 " (%.0f/s) dropped=%" PRIu64, is_log ? "" : "\r\033[K",
		account.n_in, (double)(account.n_in - progress->last_in) / seconds,
		account.n_dropped);
	if (bytes_read(topology) > 0)
		fprintf(out, " read=%.1f MB", (double)bytes_read(topology) / 1e6);
	least = least_watermark(topology);
	if (least != WATERMARK_END)
		fprintf(out, " watermark lag=%.1f s",
			(double)(now.wall_ns / 1000000 - least) / 1000);
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
