#include "feedgen/out.h"
#include <stdlib.h>
#include <string.h>

bool out_is_udp(const char *to)
{
	return strncmp(to, "udp://", 6) == 0;
}

static bool ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

struct out *out_open(const struct out_options *options, struct err *err)
{
	struct out *out;

	if (out_is_udp(options->to))
		out = out_udp_open(options, err);
	else if (ends_in(options->to, ".pcap"))
		out = out_pcap_open(options, err);
	else
		out = out_file_open(options, err);
	if (out != NULL)
		out->options = options;
	return out;
}

static int put_payload(struct out *out, struct err *err)
{
	int rc;

	if (out->n_messages == 0)
		return 0;
	rc = out->ops->put_payload(out, out->payload, out->len, out->at_ms, err);
	out->counters.n_bytes += out->len;
	out->counters.n_datagrams += out->ops->datagrams;
	out->len = 0;
	out->n_messages = 0;
	return rc;
}

int out_message(struct out *out, const char *message, uint32_t len, int64_t at_ms, struct err *err)
{
	bool separated = !out->options->binary;
	uint32_t n_max = out->ops->datagrams ? out->options->per_datagram : 1;
	int rc = 0;

	if (out->n_messages > 0 && out->len + separated + len > sizeof(out->payload))
		rc = put_payload(out, err);
	if (rc < 0)
		return rc;
	if (out->n_messages > 0 && separated)
		out->payload[out->len++] = '\n';
	memcpy(out->payload + out->len, message, len);
	out->len += len;
	out->n_messages++;
	out->at_ms = at_ms;
	// In a file a newline ends each line; in a datagram it stands between two.
	if (!out->ops->datagrams && separated)
		out->payload[out->len++] = '\n';
	return out->n_messages >= n_max ? put_payload(out, err) : 0;
}

int out_flush(struct out *out, struct err *err)
{
	return out->ops->flush(out, err);
}

int out_close(struct out *out, struct out_counters *counters, struct err *err)
{
	int rc = put_payload(out, err);
	int rc_close = out->ops->close(out, err);

	*counters = out->counters;
	free(out);
	return rc < 0 ? rc : rc_close;
}
