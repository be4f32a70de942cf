#include <errno.h>
#include <string.h>
#include "base/nearest.h"
#include "dataplane/address.h"
#include "operator/sink/sink.h"

static const char *const connectors[] = {"print", "filesystem", "udp", "blackhole", "lmdb"};
static const char *const source_only[] = {"pcap", "datagen"};

static int unknown_connector(const char *table, const struct table_option *option, struct err *err)
{
	const char *nearest =
		nearest_name(option->value, connectors, sizeof(connectors) / sizeof(connectors[0]));

	for (size_t i = 0; i < sizeof(source_only) / sizeof(source_only[0]); i++)
		if (strcmp(option->value, source_only[i]) == 0)
			return err_set_at(err, option->pos,
				"table %s cannot be written: the connector '%s' only reads", table,
				option->value);
	if (nearest != NULL)
		return err_set_at(err, option->pos, "unknown connector '%s'; did you mean '%s'?",
			option->value, nearest);
	return err_set_at(err, option->pos,
		"unknown connector '%s'; sinks are print, filesystem, udp, blackhole and lmdb",
		option->value);
}

static int take_address(const struct table_option *option, const char *name, struct err *err)
{
	struct address_port parsed;
	struct err why = {0};

	if (option != NULL && address_port_parse(option->value, &parsed, &why) < 0)
		return err_set_at(err, option->pos, "option '%s': %s", name, why.text);
	return 0;
}

static int take_udp(
	struct sink_config *config, struct table_option *options, uint16_t n, struct err *err)
{
	config->connector = SINK_UDP;
	if (option_required(options, n, config->table, "udp", "remote", "ADDRESS:PORT",
		    &config->remote, err) < 0 ||
		take_address(option_find(options, n, "remote"), "remote", err) < 0 ||
		take_address(option_find(options, n, "local"), "local", err) < 0)
		return -EINVAL;
	config->local = option_text(options, n, "local", NULL);
	config->port = option_text(options, n, "port", NULL);
	return 0;
}

static int take_filesystem(
	struct sink_config *config, struct table_option *options, uint16_t n, struct err *err)
{
	config->connector = SINK_FILESYSTEM;
	return option_required(
		options, n, config->table, "filesystem", "path", "FILE", &config->path, err);
}

static int take_format(struct sink_config *config, struct arena *arena,
	struct table_option *options, uint16_t n, bool required, struct err *err)
{
	struct option_format format = {0};

	if (option_format(options, n, config->table, required, arena, &format, err) < 0)
		return -EINVAL;
	config->format = format.format;
	config->format_options = format.options;
	config->n_format_options = format.n_options;
	return 0;
}

static int take_lmdb(struct sink_config *config, struct arena *arena, const struct schema *schema,
	struct table_option *options, uint16_t n, struct err *err)
{
	struct schema *key = schema_new(arena, config->n_keys);

	config->connector = SINK_LMDB;
	config->key = key;
	if (config->n_keys == 0)
		return err_set(err, EINVAL,
			"table %s: the connector 'lmdb' needs a PRIMARY KEY (…) NOT ENFORCED: it "
			"says "
			"which row a new one replaces",
			config->table);
	for (uint16_t i = 0; i < config->n_keys; i++) {
		key->fields[i] = schema->fields[config->keys[i]];
		if (type_is_nested(key->fields[i].type.kind))
			return err_set(err, EINVAL,
				"table %s: PRIMARY KEY: column '%s' is an ARRAY, MAP, MULTISET or "
				"ROW, which the connector 'lmdb' takes for no key",
				config->table, key->fields[i].name);
	}
	if (take_format(config, arena, options, n, false, err) < 0)
		return -EINVAL;
	if (config->format == NULL)
		config->format = format_find("json");
	return 0;
}

int sink_configure(struct sink_config *config, struct arena *arena, const char *table,
	const struct schema *schema, struct table_option *options, uint16_t n_options,
	struct err *err)
{
	const struct table_option *connector = option_find(options, n_options, "connector");

	config->table = table;
	if (connector == NULL)
		return err_set(err, EINVAL,
			"table %s: the option 'connector' is missing, as in 'connector' = 'print'",
			table);
	if (strcmp(connector->value, "print") == 0) {
		config->connector = SINK_PRINT;
		config->path = "-";
		return 0;
	}
	if (strcmp(connector->value, "blackhole") == 0) {
		config->connector = SINK_BLACKHOLE;
		return 0;
	}
	if (strcmp(connector->value, "lmdb") == 0)
		return take_lmdb(config, arena, schema, options, n_options, err);
	if (strcmp(connector->value, "udp") != 0 && strcmp(connector->value, "filesystem") != 0)
		return unknown_connector(table, connector, err);
	if (take_format(config, arena, options, n_options, true, err) < 0)
		return -EINVAL;
	return strcmp(connector->value, "udp") == 0
		       ? take_udp(config, options, n_options, err)
		       : take_filesystem(config, options, n_options, err);
}

bool sink_takes_updates(const struct sink_config *config)
{
	return config->connector == SINK_PRINT || config->connector == SINK_BLACKHOLE ||
	       config->connector == SINK_LMDB;
}

const char *sink_lmdb_table(const struct sink_config *config)
{
	return config->connector == SINK_LMDB ? config->table : NULL;
}
