#include <errno.h>
#include <string.h>
#include "base/nearest.h"
#include "dataplane/address.h"
#include "operator/source/datagen.h"
#include "operator/source/source.h"
#include "operator/source/source_journal_configure.h"

static const char *const connectors[] = {"udp", "filesystem", "pcap", "datagen"};
static const char *const sink_only[] = {"print", "blackhole", "lmdb"};

static int unknown_connector(const char *table, const struct table_option *option, struct err *err)
{
	const char *nearest =
		nearest_name(option->value, connectors, sizeof(connectors) / sizeof(connectors[0]));

	for (size_t i = 0; i < sizeof(sink_only) / sizeof(sink_only[0]); i++)
		if (strcmp(option->value, sink_only[i]) == 0)
			return err_set_at(err, option->pos,
				"table %s cannot be read: the connector '%s' only writes", table,
				option->value);
	if (nearest != NULL)
		return err_set_at(err, option->pos, "unknown connector '%s'; did you mean '%s'?",
			option->value, nearest);
	return err_set_at(err, option->pos,
		"unknown connector '%s'; sources are udp, filesystem, pcap and datagen",
		option->value);
}

static int take_framing(
	struct source_config *config, struct table_option *options, uint16_t n, struct err *err)
{
	const struct table_option *framing = option_find(options, n, "message.framing");
	const struct table_option *delimiter = option_find(options, n, "message.delimiter");

	config->framing = FRAMING_LINE;
	if (config->format->record_size != NULL && delimiter == NULL) {
		// Binary fields may hold any byte. Records of one size need no delimiter; others
		// are a datagram each.
		config->framing = config->record_size > 0 ? FRAMING_RECORDS : FRAMING_DATAGRAM;
	}
	if (framing != NULL && strcmp(framing->value, "datagram") == 0)
		config->framing = FRAMING_DATAGRAM;
	else if (framing != NULL && strcmp(framing->value, "line") == 0)
		config->framing = FRAMING_LINE;
	else if (framing != NULL)
		return err_set_at(err, framing->pos,
			"option 'message.framing': '%s' is neither 'line' nor 'datagram'",
			framing->value);
	if (delimiter == NULL)
		return 0;
	if (config->framing == FRAMING_DATAGRAM)
		return err_set_at(err, delimiter->pos,
			"'message.delimiter' does not go with 'message.framing' = 'datagram'");
	if (delimiter->value[0] == '\0' || strlen(delimiter->value) > FRAMING_DELIMITER_MAX)
		return err_set_at(err, delimiter->pos,
			"option 'message.delimiter' must have 1 to %d bytes",
			FRAMING_DELIMITER_MAX);
	config->delimiter = delimiter->value;
	return 0;
}

static int take_local(struct source_config *config, const char *connector,
	struct table_option *options, uint16_t n, struct err *err)
{
	struct address_port parsed;
	struct err why = {0};

	if (option_required(options, n, config->table, connector, "local", "ADDRESS:PORT",
		    &config->local, err) < 0)
		return -EINVAL;
	if (address_port_parse(config->local, &parsed, &why) < 0)
		return err_set_at(
			err, option_find(options, n, "local")->pos, "option 'local': %s", why.text);
	return 0;
}

static int take_udp(struct source_config *config, struct arena *arena, const struct schema *schema,
	struct table_option *options, uint16_t n, struct err *err)
{
	config->connector = SOURCE_UDP;
	config->port = option_text(options, n, "port", NULL);
	if (take_local(config, "udp", options, n, err) < 0 ||
		source_journal_configure(config, arena, schema, options, n, err) < 0)
		return -EINVAL;
	return take_framing(config, options, n, err);
}

static int take_pcap(
	struct source_config *config, struct table_option *options, uint16_t n, struct err *err)
{
	const struct table_option *speed = option_find(options, n, "replay.speed");

	config->connector = SOURCE_PCAP;
	config->is_bounded = true;
	if (option_required(options, n, config->table, "pcap", "path", "FILE", &config->path, err) <
			0 ||
		take_local(config, "pcap", options, n, err) < 0)
		return -EINVAL;
	if (speed != NULL && option_double(speed, &config->replay_speed, err) < 0)
		return -EINVAL;
	if (config->replay_speed < 0)
		return err_set_at(err, speed->pos,
			"option 'replay.speed' must not be negative: '1.0' is the pace of the "
			"capture");
	return take_framing(config, options, n, err);
}

static int take_filesystem(
	struct source_config *config, struct table_option *options, uint16_t n, struct err *err)
{
	config->connector = SOURCE_FILESYSTEM;
	config->is_bounded = true;
	if (option_required(options, n, config->table, "filesystem", "path", "FILE", &config->path,
		    err) < 0)
		return -EINVAL;
	if (take_framing(config, options, n, err) < 0)
		return -EINVAL;
	if (config->framing != FRAMING_DATAGRAM)
		return 0;
	return err_set(err, EINVAL,
		"table %s: a file has no datagrams: its messages need a delimiter or one size",
		config->table);
}

int source_configure(struct source_config *config, struct arena *arena, const char *table,
	const struct schema *schema, struct table_option *options, uint16_t n_options,
	struct err *err)
{
	const struct table_option *connector = option_find(options, n_options, "connector");
	struct option_format format;
	struct datagen_config *datagen;

	config->table = table;
	if (connector == NULL)
		return err_set(err, EINVAL,
			"table %s: the option 'connector' is missing, as in 'connector' = 'udp'",
			table);
	if (strcmp(connector->value, "datagen") == 0) {
		datagen = arena_alloc(arena, sizeof(*datagen));
		config->connector = SOURCE_DATAGEN;
		config->datagen = datagen;
		if (datagen_configure(datagen, arena, schema, options, n_options, err) < 0)
			return -EINVAL;
		config->is_bounded = datagen->number_of_rows != UINT64_MAX;
		return 0;
	}
	if (strcmp(connector->value, "udp") != 0 && strcmp(connector->value, "pcap") != 0 &&
		strcmp(connector->value, "filesystem") != 0)
		return unknown_connector(table, connector, err);
	if (option_format(options, n_options, table, true, arena, &format, err) < 0)
		return -EINVAL;
	config->format = format.format;
	config->format_options = format.options;
	config->n_format_options = format.n_options;
	if (format.format->record_size != NULL)
		config->record_size = format.format->record_size(schema);
	if (strcmp(connector->value, "udp") == 0)
		return take_udp(config, arena, schema, options, n_options, err);
	if (strcmp(connector->value, "pcap") == 0)
		return take_pcap(config, options, n_options, err);
	return take_filesystem(config, options, n_options, err);
}
