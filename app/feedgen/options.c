// Options depend on each other: how many customers, how many events a second, when it ends.
#include "feedgen/options.h"
#include "feedgen/settings.h"
#include "feedgen/start.h"
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	USERS_DEFAULT = 20000,
	SENSORS_DEFAULT = 1000,
	SENSOR_PERIOD_S = 10,
	PAYMENTS_PER_DAY = 4,
	SECONDS_PER_DAY = 86400,
	EVENTS_DEFAULT = 100000, // where nobody could read on for ever
	UDP_RATE_DEFAULT = 1000,
};

static int choose(const char *option, const char *word, const char *const *names, uint32_t n,
	uint32_t *choice, struct err *err)
{
	for (uint32_t i = 0; i < n; i++)
		if (strcmp(word, names[i]) == 0) {
			*choice = i;
			return 0;
		}
	return err_set(err, EINVAL, "%s %s: must be %s%s%s%s%s", option, word, names[0],
		n > 2 ? ", " : " or ", names[1], n > 2 ? " or " : "", n > 2 ? names[2] : "");
}

// The users and the event rate, when not given, follow from each other: a customer pays four times
// a day, a sensor reports every ten seconds.
static void resolve_users(
	const struct settings *settings, double event_rate, struct model_options *model)
{
	bool cards = model->feed == FEED_CARDS;
	double per_user =
		cards ? (double)PAYMENTS_PER_DAY / SECONDS_PER_DAY : 1.0 / SENSOR_PERIOD_S;
	double n_users = settings->users;

	if (n_users == 0 && event_rate > 0)
		n_users = ceil(event_rate / per_user);
	else if (n_users == 0)
		n_users = cards ? USERS_DEFAULT : SENSORS_DEFAULT;
	n_users = fmin(fmax(n_users, 1), cards ? WORLD_USERS_MAX : 10000000);
	model->n_users = (uint32_t)n_users;
	model->event_rate = event_rate > 0 ? event_rate : fmax(n_users * per_user, MODEL_RATE_MIN);
}

// rate = speedup * event_rate: two of them give the third.
static int resolve_rates(const struct settings *settings, struct options *options, struct err *err)
{
	bool udp = out_is_udp(options->out.to);
	double event_rate = settings->event_rate;
	double rate = settings->rate;

	if (rate > 0 && settings->speedup > 0 && event_rate > 0)
		return err_set(err, EINVAL,
			"give two of --rate, --speedup and --event-rate: the third follows");
	if (isnan(rate))
		rate = udp && settings->speedup == 0 ? UDP_RATE_DEFAULT : 0;
	if (rate > 0 && settings->speedup > 0)
		event_rate = rate / settings->speedup;
	if (event_rate > 0 && (event_rate < MODEL_RATE_MIN || event_rate > MODEL_RATE_MAX))
		return err_set(err, EINVAL,
			"--rate / --speedup is %g events per second of event time: "
			"must be %g to %g",
			event_rate, MODEL_RATE_MIN, MODEL_RATE_MAX);
	resolve_users(settings, event_rate, &options->model);
	options->pace.rate = rate;
	options->pace.speedup = settings->speedup;
	options->pace.kind = rate > 0		     ? PACE_RATE
			     : settings->speedup > 0 ? PACE_EVENT_TIME
						     : PACE_NONE;
	return 0;
}

// --duration is of sending where that is paced, of event time otherwise.
static void resolve_end(const struct settings *settings, struct options *options)
{
	struct model_options *model = &options->model;
	double n_events = settings->events;

	if (options->pace.kind == PACE_RATE && settings->duration_ms > 0) {
		double n = ceil(settings->duration_ms / 1000 * options->pace.rate);

		n_events = n_events > 0 ? fmin(n, n_events) : n;
	} else if (options->pace.kind == PACE_EVENT_TIME) {
		model->duration_ms =
			(int64_t)fmin(settings->duration_ms * options->pace.speedup, 1e15);
	} else {
		model->duration_ms = (int64_t)settings->duration_ms;
	}
	if (n_events == 0 && model->duration_ms == 0 && !out_is_udp(options->out.to))
		n_events = EVENTS_DEFAULT;
	model->n_events = (uint64_t)n_events;
}

static int parse_mac(const char *option, const char *text, uint8_t mac[6], struct err *err)
{
	char rest;

	if (strlen(text) == 17 && sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%c", &mac[0],
					  &mac[1], &mac[2], &mac[3], &mac[4], &mac[5], &rest) == 6)
		return 0;
	return err_set(
		err, EINVAL, "%s %s: not a MAC address like 02:00:00:00:00:02", option, text);
}

// The address of the group on Ethernet for multicast (RFC 1112 §6.4).
static void default_mac(struct in_addr ip, uint8_t mac[6])
{
	uint32_t bits = ntohl(ip.s_addr);

	memcpy(mac, (uint8_t[]){0x02, 0, 0, 0, 0, 0x02}, 6);
	if (IN_MULTICAST(bits))
		memcpy(mac,
			(uint8_t[]){
				0x01, 0x00, 0x5e, bits >> 16 & 0x7f, bits >> 8 & 0xff, bits & 0xff},
			6);
}

static int resolve_frames(const struct settings *settings, struct out_options *out, struct err *err)
{
	if (inet_pton(AF_INET, settings->src_ip, &out->src_ip) != 1)
		return err_set(err, EINVAL, "--src-ip %s: not an IPv4 address", settings->src_ip);
	if (inet_pton(AF_INET, settings->dst_ip, &out->dst_ip) != 1)
		return err_set(err, EINVAL, "--dst-ip %s: not an IPv4 address", settings->dst_ip);
	out->src_port = (uint16_t)settings->src_port;
	out->dst_port = (uint16_t)settings->dst_port;
	default_mac(out->dst_ip, out->dst_mac);
	if (settings->dst_mac != NULL &&
		parse_mac("--dst-mac", settings->dst_mac, out->dst_mac, err) < 0)
		return -EINVAL;
	return parse_mac("--src-mac", settings->src_mac, out->src_mac, err);
}

static int resolve_out(const struct settings *settings, struct options *options, struct err *err)
{
	struct out_options *out = &options->out;

	out->to = settings->to;
	out->per_datagram = (uint32_t)settings->per_datagram;
	out->binary = options->encoding == ENCODING_RAW;
	if (strstr(out->to, "://") != NULL && !out_is_udp(out->to))
		return err_set(err, EINVAL,
			"--to %s: must be udp://ADDRESS:PORT, a file, a file.pcap or -", out->to);
	if (out->binary && settings->garbage > 0)
		return err_set(
			err, EINVAL, "--garbage: any bytes are a raw event; use json or csv");
	if (settings->interface != NULL && !out_is_udp(out->to))
		return err_set(err, EINVAL, "--interface is for --to udp://");
	if (settings->interface != NULL &&
		snprintf(out->interface, sizeof(out->interface), "%s", settings->interface) >=
			(int)sizeof(out->interface))
		return err_set(err, EINVAL, "there is no interface %s", settings->interface);
	return resolve_frames(settings, out, err);
}

int options_parse(int argc, char **argv, int64_t now_ms, struct options *options, struct err *err)
{
	static const char *const feeds[] = {"cards", "sensors"}, *const formats[] = {
									 "json", "csv", "raw"};
	struct settings settings;
	uint32_t feed = 0, format = 0;

	*options = (struct options){0};
	if (settings_read(argc, argv, &settings, err) < 0)
		return -EINVAL;
	options->help = settings.help;
	options->quiet = settings.quiet;
	options->labels = settings.labels;
	if (choose("--feed", settings.feed, feeds, 2, &feed, err) < 0 ||
		choose("--format", settings.format, formats, 3, &format, err) < 0)
		return -EINVAL;
	options->model.feed = feed;
	options->encoding = format;
	options->model.seed = (uint64_t)settings.seed;
	options->model.n_merchants = (uint32_t)settings.merchants;
	options->model.labelled_permille = settings.fraud_rate;
	options->delivery = (struct delivery_options){
		.seed = options->model.seed,
		.disorder_ms = (uint32_t)settings.disorder_ms,
		.late_permille = settings.late,
		.duplicates_permille = settings.duplicates,
		.garbage_permille = settings.garbage,
	};
	if (start_parse(settings.start, now_ms, &options->model.start_ms, err) < 0 ||
		resolve_out(&settings, options, err) < 0 ||
		resolve_rates(&settings, options, err) < 0)
		return -EINVAL;
	options->pace.start_ms = options->model.start_ms;
	resolve_end(&settings, options);
	return 0;
}
