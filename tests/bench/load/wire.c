#include "load/wire.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static bool parse_phase(struct wire_phase *phase, const char **schedule, uint16_t n_events)
{
	double number, seconds;
	int len = 0;

	if (sscanf(*schedule, "%lf%%:%lf%n", &number, &seconds, &len) == 2)
		phase->share = number / 100;
	else if (sscanf(*schedule, "%lf:%lf%n", &number, &seconds, &len) == 2)
		phase->rate = number / n_events;
	else
		return false;
	phase->seconds = seconds;
	*schedule += len;
	if (**schedule == ',')
		(*schedule)++;
	return number >= 0 && seconds > 0;
}

bool wire_parse(struct wire *wire, const char *schedule)
{
	while (*schedule != '\0') {
		if (wire->n_phases == WIRE_PHASES_MAX ||
			!parse_phase(&wire->phases[wire->n_phases], &schedule, wire->feed.n_events))
			return false;
		wire->n_phases++;
	}
	return wire->n_phases > 0;
}

// Datagrams a second in the last phase that took them as fast as it could.
static double capacity(const struct wire *wire, const struct wire_phase *before)
{
	while (before-- > wire->phases)
		if (before->rate == 0)
			return (double)before->n_delivered / before->seconds;
	return 0;
}

static void begin(struct wire *wire, struct wire_phase *phase, uint64_t start)
{
	if (phase->share > 0)
		phase->rate = phase->share * capacity(wire, phase);
	phase->start = start;
	phase->end = start + (uint64_t)(phase->seconds * wire->tsc_hz);
	phase->first = wire->n_arrived;
}

// n datagrams arrive at once: those that find room.
static void arrive(struct wire *wire, struct wire_phase *phase, uint64_t n)
{
	uint64_t room = wire->n_descriptors - (wire->tail - wire->head);
	uint64_t n_taken = n < room ? n : room;

	for (uint64_t i = 0; i < n_taken; i++)
		wire->queue[wire->tail++ % WIRE_DESCRIPTORS_MAX] = wire->n_arrived + i;
	wire->n_arrived += n;
	phase->n_due += n;
	phase->n_missed += n - n_taken;
	wire->n_missed += n - n_taken;
	if (wire->tail - wire->head > phase->queue_max)
		phase->queue_max = (uint32_t)(wire->tail - wire->head);
}

static void advance_phase(struct wire *wire, struct wire_phase *phase, uint64_t now, uint32_t max)
{
	uint64_t until = now < phase->end ? now : phase->end;
	double seconds = (double)(until - phase->start) / wire->tsc_hz;
	uint64_t n_waiting = wire->tail - wire->head;

	if (n_waiting <= WIRE_BURST && phase->calm == 0)
		phase->calm = now;
	if (phase->rate > 0)
		arrive(wire, phase, (uint64_t)(phase->rate * seconds) - phase->n_due);
	else if (n_waiting < max)
		arrive(wire, phase, max - n_waiting);
	if (now < phase->end)
		return;
	if (++wire->phase < wire->n_phases)
		begin(wire, phase + 1, phase->end);
}

uint32_t wire_advance(struct wire *wire, uint64_t now, uint32_t max)
{
	uint64_t n_waiting;

	if (wire->n_arrived == 0 && wire->phase == 0 && wire->phases[0].start == 0)
		begin(wire, wire->phases, now);
	if (wire->phase < wire->n_phases)
		advance_phase(wire, &wire->phases[wire->phase], now, max);
	n_waiting = wire->tail - wire->head;
	wire->is_over = wire->phase == wire->n_phases && n_waiting == 0;
	return n_waiting < max ? (uint32_t)n_waiting : max;
}

uint64_t wire_take(struct wire *wire)
{
	uint32_t phase = wire->phase < wire->n_phases ? wire->phase : wire->n_phases - 1;

	wire->phases[phase].n_delivered++;
	return wire->queue[wire->head++ % WIRE_DESCRIPTORS_MAX];
}

void wire_alert(struct wire *wire, uint64_t id, uint64_t now)
{
	uint64_t datagram = feed_datagram_of(&wire->feed, id), due;
	uint32_t p = wire->phase < wire->n_phases ? wire->phase : wire->n_phases - 1;
	struct wire_phase *phase;

	while (p > 0 && datagram < wire->phases[p].first)
		p--;
	phase = &wire->phases[p];
	if (phase->rate == 0)
		return;
	due = phase->start +
	      (uint64_t)((double)(datagram - phase->first + 1) / phase->rate * wire->tsc_hz);
	hist_record(&phase->alerts, now > due ? now - due : 0, 1);
}

static void print_quantile(
	const struct wire *wire, const struct hist *hist, const char *name, double q)
{
	printf(", \"%s\": %.2f", name, (double)hist_quantile(hist, q) * 1e6 / wire->tsc_hz);
}

static void print_phase(const struct wire *wire, const struct wire_phase *phase)
{
	uint32_t n = wire->feed.n_events;

	printf("{\"rate\": %.0f, \"seconds\": %g, \"due\": %" PRIu64 ", \"missed\": %" PRIu64
	       ", \"per_s\": %.0f, \"queue_max\": %u, \"calm_ms\": %.3f, \"alerts\": %" PRIu64,
		phase->rate * n, phase->seconds, phase->n_due * n, phase->n_missed * n,
		(double)(phase->n_delivered * n) / phase->seconds, phase->queue_max,
		phase->calm > 0 ? (double)(phase->calm - phase->start) * 1e3 / wire->tsc_hz : -1,
		phase->alerts.count);
	print_quantile(wire, &phase->alerts, "p50_us", 0.5);
	print_quantile(wire, &phase->alerts, "p99_us", 0.99);
	print_quantile(wire, &phase->alerts, "p99.9_us", 0.999);
	print_quantile(wire, &phase->alerts, "p99.99_us", 0.9999);
	print_quantile(wire, &phase->alerts, "max_us", 1);
	printf("}\n");
}

void wire_print(const struct wire *wire)
{
	for (uint32_t i = 0; i < wire->n_phases; i++)
		print_phase(wire, &wire->phases[i]);
}
