#include "feedgen/settings.h"
#include "base/nearest.h"
#include "base/units.h"
#include "feedgen/cities.h"
#include "feedgen/model.h"
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct settings settings_default = {
	.to = "-",
	.format = "json",
	.feed = "cards",
	.start = "2026-01-01 00:00:00",
	.src_ip = "10.0.0.1",
	.dst_ip = "10.0.0.2",
	.src_mac = "02:00:00:00:00:01",
	.seed = 1,
	.merchants = 5000,
	.per_datagram = 1,
	.src_port = 40000,
	.dst_port = 9000,
	.rate = NAN,
	.fraud_rate = 5,
};

enum kind { KIND_TEXT, KIND_WHOLE, KIND_NUMBER, KIND_SECONDS, KIND_MS, KIND_FLAG };

struct spec {
	const char *name;
	enum kind kind;
	size_t offset; // in struct settings
	double min, max; // of numbers
};

#define SPEC(name, kind, field, min, max)                              \
	{                                                              \
		name, kind, offsetof(struct settings, field), min, max \
	}

static const struct spec specs[] = {
	SPEC("--to", KIND_TEXT, to, 0, 0),
	SPEC("--format", KIND_TEXT, format, 0, 0),
	SPEC("--feed", KIND_TEXT, feed, 0, 0),
	SPEC("--start", KIND_TEXT, start, 0, 0),
	SPEC("--labels", KIND_TEXT, labels, 0, 0),
	SPEC("--interface", KIND_TEXT, interface, 0, 0),
	SPEC("--src-ip", KIND_TEXT, src_ip, 0, 0),
	SPEC("--dst-ip", KIND_TEXT, dst_ip, 0, 0),
	SPEC("--src-mac", KIND_TEXT, src_mac, 0, 0),
	SPEC("--dst-mac", KIND_TEXT, dst_mac, 0, 0),
	SPEC("--src-port", KIND_WHOLE, src_port, 1, 65535),
	SPEC("--dst-port", KIND_WHOLE, dst_port, 1, 65535),
	SPEC("--seed", KIND_WHOLE, seed, 0, 0x1p53),
	SPEC("--events", KIND_WHOLE, events, 1, 0x1p53),
	SPEC("--users", KIND_WHOLE, users, 1, WORLD_USERS_MAX),
	SPEC("--devices", KIND_WHOLE, users, 1, 10000000),
	SPEC("--merchants", KIND_WHOLE, merchants, CITIES_MAX, WORLD_MERCHANTS_MAX),
	SPEC("--per-datagram", KIND_WHOLE, per_datagram, 1, 1000),
	SPEC("--rate", KIND_NUMBER, rate, 0, 1e9),
	SPEC("--speedup", KIND_NUMBER, speedup, 1e-6, 1e9),
	SPEC("--event-rate", KIND_NUMBER, event_rate, MODEL_RATE_MIN, MODEL_RATE_MAX),
	SPEC("--fraud-rate", KIND_NUMBER, fraud_rate, 0, MODEL_LABELLED_MAX),
	SPEC("--late", KIND_NUMBER, late, 0, 1000),
	SPEC("--garbage", KIND_NUMBER, garbage, 0, 1000),
	SPEC("--duplicates", KIND_NUMBER, duplicates, 0, 1000),
	SPEC("--duration", KIND_SECONDS, duration_ms, 1, 1e13),
	SPEC("--disorder", KIND_MS, disorder_ms, 0, 86400000),
	SPEC("-q", KIND_FLAG, quiet, 0, 0),
	SPEC("--quiet", KIND_FLAG, quiet, 0, 0),
	SPEC("-h", KIND_FLAG, help, 0, 0),
	SPEC("--help", KIND_FLAG, help, 0, 0),
};

enum { N_SPECS = sizeof(specs) / sizeof(specs[0]) };

static const struct spec *find_spec(const char *word, size_t len)
{
	for (size_t i = 0; i < N_SPECS; i++)
		if (strlen(specs[i].name) == len && strncmp(specs[i].name, word, len) == 0)
			return &specs[i];
	return NULL;
}

static int unknown_option(const char *word, struct err *err)
{
	const char *names[N_SPECS], *near;

	for (size_t i = 0; i < N_SPECS; i++)
		names[i] = specs[i].name;
	near = nearest_name(word, names, N_SPECS);
	if (near != NULL)
		return err_set(err, EINVAL, "unknown option %s; did you mean %s?", word, near);
	return err_set(err, EINVAL, "unknown option %s; feedgen --help lists them", word);
}

// A bare number is in unit; otherwise a duration as Flink writes it.
static bool parse_duration(const char *text, const char *unit, double *ms)
{
	char with_unit[64];
	int64_t ns;

	if (text[strspn(text, "0123456789")] == '\0')
		snprintf(with_unit, sizeof(with_unit), "%s %s", text, unit);
	else
		snprintf(with_unit, sizeof(with_unit), "%s", text);
	if (units_duration_ns(with_unit, &ns) < 0)
		return false;
	*ms = (double)(ns / 1000000);
	return true;
}

static bool parse_number(const struct spec *spec, const char *text, double *value)
{
	char *end;

	if (spec->kind == KIND_SECONDS)
		return parse_duration(text, "s", value);
	if (spec->kind == KIND_MS)
		return parse_duration(text, "ms", value);
	// No sign, no blank, no "inf" and "nan", which strtod would take.
	if (text[0] == '\0' || text[strspn(text, "0123456789.")] != '\0')
		return false;
	*value = strtod(text, &end);
	return *end == '\0' && (spec->kind == KIND_NUMBER || *value == floor(*value));
}

static int set(
	struct settings *settings, const struct spec *spec, const char *text, struct err *err)
{
	void *field = (char *)settings + spec->offset;
	double value;

	if (spec->kind == KIND_FLAG) {
		*(bool *)field = true;
		return 0;
	}
	if (spec->kind == KIND_TEXT) {
		*(const char **)field = text;
		return 0;
	}
	if (!parse_number(spec, text, &value))
		return err_set(err, EINVAL, "%s %s: not a %s", spec->name, text,
			spec->kind == KIND_WHOLE    ? "whole number"
			: spec->kind == KIND_NUMBER ? "number"
						    : "duration");
	if (value < spec->min || value > spec->max)
		return err_set(err, EINVAL, "%s %s: must be %g to %g%s", spec->name, text,
			spec->min, spec->max, spec->kind >= KIND_SECONDS ? " milliseconds" : "");
	*(double *)field = value;
	return 0;
}

int settings_read(int argc, char **argv, struct settings *settings, struct err *err)
{
	*settings = settings_default;
	for (int i = 1; i < argc; i++) {
		size_t name_len = strcspn(argv[i], "=");
		const struct spec *spec = find_spec(argv[i], name_len);
		const char *value = argv[i][name_len] == '=' ? argv[i] + name_len + 1 : NULL;
		int rc;

		if (argv[i][0] != '-')
			return err_set(
				err, EINVAL, "unexpected %s: options start with --", argv[i]);
		if (spec == NULL)
			return unknown_option(argv[i], err);
		if (spec->kind == KIND_FLAG && value != NULL)
			return err_set(err, EINVAL, "%s takes no value", spec->name);
		if (spec->kind != KIND_FLAG && value == NULL) {
			if (i + 1 == argc)
				return err_set(err, EINVAL, "%s needs a value", spec->name);
			value = argv[++i];
		}
		rc = set(settings, spec, value, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}
