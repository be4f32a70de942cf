#include "dataplane/driver_conf.h"
#include "base/nearest.h"
#include <rte_common.h>
#include <rte_ethdev.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_SIZE_MAX = 64 << 10 }; // bytes

struct flag {
	const char *name;
	uint64_t bits;
};

static const struct flag rx_offloads[] = {
	{"ipv4_cksum", RTE_ETH_RX_OFFLOAD_IPV4_CKSUM},
	{"udp_cksum", RTE_ETH_RX_OFFLOAD_UDP_CKSUM},
	{"tcp_cksum", RTE_ETH_RX_OFFLOAD_TCP_CKSUM},
	{"scatter", RTE_ETH_RX_OFFLOAD_SCATTER},
	{"rss_hash", RTE_ETH_RX_OFFLOAD_RSS_HASH},
	{NULL, 0},
};

static const struct flag tx_offloads[] = {
	{"ipv4_cksum", RTE_ETH_TX_OFFLOAD_IPV4_CKSUM},
	{"udp_cksum", RTE_ETH_TX_OFFLOAD_UDP_CKSUM},
	{"tcp_cksum", RTE_ETH_TX_OFFLOAD_TCP_CKSUM},
	{"multi_segs", RTE_ETH_TX_OFFLOAD_MULTI_SEGS},
	{"mbuf_fast_free", RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE},
	{NULL, 0},
};

static const struct flag rss_fields[] = {
	{"ip", RTE_ETH_RSS_IP},
	{"udp", RTE_ETH_RSS_UDP},
	{"tcp", RTE_ETH_RSS_TCP},
	{NULL, 0},
};

enum kind { NUMBER, BOOLEAN, FLAGS, TEXT };

struct key {
	const char *name;
	enum kind kind;
	size_t offset; // in struct driver_conf
	uint16_t min, max; // NUMBER
	const struct flag *flags; // FLAGS
};

#define AT(field) offsetof(struct driver_conf, field)

static const struct key keys[] = {
	{"rx_descriptors", NUMBER, AT(rx_descriptors), 1, 32768, NULL},
	{"tx_descriptors", NUMBER, AT(tx_descriptors), 1, 32768, NULL},
	{"rx_queues_max", NUMBER, AT(rx_queues_max), 1, 256, NULL},
	{"read_all_queues", BOOLEAN, AT(read_all_queues), 0, 0, NULL},
	{"equal_queues", BOOLEAN, AT(equal_queues), 0, 0, NULL},
	{"drop_when_full", BOOLEAN, AT(drop_when_full), 0, 0, NULL},
	{"rx_burst", NUMBER, AT(rx_burst), 1, 256, NULL},
	{"mtu", NUMBER, AT(mtu), 0, 9978, NULL},
	{"rx_offloads", FLAGS, AT(rx_offloads), 0, 0, rx_offloads},
	{"tx_offloads", FLAGS, AT(tx_offloads), 0, 0, tx_offloads},
	{"rss", FLAGS, AT(rss), 0, 0, rss_fields},
	{"devargs", TEXT, AT(devargs), 0, 0, NULL},
};

// One line being read: where it is, for errors.
struct line {
	const char *path;
	uint32_t number; // from 1
	char *key;
	char *value;
};

static int set_number(
	uint16_t *field, const struct key *key, const struct line *at, struct err *err)
{
	char *end;
	unsigned long number = strtoul(at->value, &end, 10);

	if (!isdigit((unsigned char)at->value[0]) || *end != '\0' || number < key->min ||
		number > key->max)
		return err_set(err, EINVAL, "%s:%u: '%s' must be a number from %u to %u, not '%s'",
			at->path, at->number, key->name, key->min, key->max, at->value);
	*field = (uint16_t)number;
	return 0;
}

static int set_boolean(bool *field, const struct key *key, const struct line *at, struct err *err)
{
	*field = strcmp(at->value, "yes") == 0;
	if (*field || strcmp(at->value, "no") == 0)
		return 0;
	return err_set(err, EINVAL, "%s:%u: '%s' must be yes or no, not '%s'", at->path, at->number,
		key->name, at->value);
}

// All names of flags, for an error's text.
static void list_names(const struct flag *flags, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (; flags->name != NULL && len < size; flags++)
		len += (size_t)snprintf(text + len, size - len, "%s ", flags->name);
}

// Names separated by blanks or commas; none, or the word none, is the empty set.
static int set_flags(uint64_t *field, const struct key *key, const struct line *at, struct err *err)
{
	char names[128], *rest = NULL;
	uint64_t bits = 0;

	for (char *name = strtok_r(at->value, " \t,", &rest); name != NULL;
		name = strtok_r(NULL, " \t,", &rest)) {
		const struct flag *flag = key->flags;

		while (flag->name != NULL && strcmp(flag->name, name) != 0)
			flag++;
		if (flag->name == NULL && strcmp(name, "none") != 0) {
			list_names(key->flags, names, sizeof(names));
			return err_set(err, EINVAL, "%s:%u: '%s' knows no '%s'; it knows: %snone",
				at->path, at->number, key->name, name, names);
		}
		bits |= flag->bits;
	}
	*field = bits;
	return 0;
}

static int set_text(char *field, const struct key *key, const struct line *at, struct err *err)
{
	if (strlen(at->value) >= DRIVER_CONF_ADVICE_MAX)
		return err_set(err, EINVAL, "%s:%u: '%s' is longer than %d bytes", at->path,
			at->number, key->name, DRIVER_CONF_ADVICE_MAX - 1);
	strcpy(field, at->value);
	return 0;
}

static int set(struct driver_conf *conf, const struct line *at, struct err *err)
{
	const char *names[RTE_DIM(keys)], *nearest;
	const struct key *key;
	size_t n;
	void *field;

	for (n = 0; n < RTE_DIM(keys) && strcmp(keys[n].name, at->key) != 0; n++)
		names[n] = keys[n].name;
	if (n == RTE_DIM(keys)) {
		nearest = nearest_name(at->key, names, n);
		return err_set(err, EINVAL, "%s:%u: there is no key '%s'%s%s%s", at->path,
			at->number, at->key, nearest != NULL ? "; did you mean '" : "",
			nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
	}
	key = &keys[n];
	field = (char *)conf + key->offset;
	switch (key->kind) {
	case NUMBER:
		return set_number(field, key, at, err);
	case BOOLEAN:
		return set_boolean(field, key, at, err);
	case FLAGS:
		return set_flags(field, key, at, err);
	case TEXT:
		return set_text(field, key, at, err);
	}
	return 0;
}

static char *trim(char *text)
{
	size_t len;

	while (isspace((unsigned char)*text))
		text++;
	len = strlen(text);
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	return text;
}

// One line without its newline: empty, a comment, or key = value with a comment behind it or not.
static int parse_line(
	struct driver_conf *conf, const char *path, uint32_t number, char *text, struct err *err)
{
	struct line at = {.path = path, .number = number};
	char *equals;

	text[strcspn(text, "#")] = '\0';
	text = trim(text);
	if (*text == '\0')
		return 0;
	if ((equals = strchr(text, '=')) == NULL)
		return err_set(err, EINVAL, "%s:%u: expected key = value, not '%.40s'", path,
			number, text);
	*equals = '\0';
	at.key = trim(text);
	at.value = trim(equals + 1);
	return set(conf, &at, err);
}

int driver_conf_parse(
	struct driver_conf *conf, const char *path, const char *text, size_t len, struct err *err)
{
	struct driver_conf parsed = *conf;
	char *copy = strndup(text, len), *rest = copy, *line;
	int status = 0;

	if (copy == NULL)
		return err_set(err, ENOMEM, "out of memory for %s", path);
	if (strlen(copy) < len)
		status = err_set(err, EINVAL, "%s: holds a zero byte: not a text file", path);
	for (uint32_t n = 1; status == 0 && (line = strsep(&rest, "\n")) != NULL; n++)
		status = parse_line(&parsed, path, n, line, err);
	free(copy);
	if (status == 0)
		*conf = parsed;
	return status;
}

int driver_conf_read(struct driver_conf *conf, const char *path, struct err *err)
{
	char *text = malloc(FILE_SIZE_MAX);
	FILE *file = fopen(path, "re");
	int status = file == NULL ? -errno : 0;
	size_t len = 0;

	if (file != NULL && text != NULL) {
		errno = EIO;
		len = fread(text, 1, FILE_SIZE_MAX, file);
		if (ferror(file))
			status = -errno; // EISDIR, for one
		else if (len == FILE_SIZE_MAX)
			status = -EFBIG;
	}
	if (text == NULL)
		status = -ENOMEM;
	if (status < 0)
		err_set(err, -status, "cannot read %s: %s", path, strerror(-status));
	else
		status = driver_conf_parse(conf, path, text, len, err);
	if (file != NULL)
		fclose(file);
	free(text);
	return status;
}

// What default.conf must have said: without these a port cannot be set up.
static int check(const struct driver_conf *conf, const char *dir, struct err *err)
{
	const char *missing = conf->rx_descriptors == 0	  ? "rx_descriptors"
			      : conf->tx_descriptors == 0 ? "tx_descriptors"
			      : conf->rx_queues_max == 0  ? "rx_queues_max"
			      : conf->rx_burst == 0	  ? "rx_burst"
							  : NULL;

	if (missing == NULL)
		return 0;
	return err_set(err, EINVAL, "%s/default.conf does not set '%s'", dir, missing);
}

int driver_conf_load(struct driver_conf *conf, const char *dir, const char *driver, struct err *err)
{
	struct driver_conf loaded = {0};
	char path[PATH_MAX];
	struct err own = {0};
	int status;

	if (snprintf(path, sizeof(path), "%s/default.conf", dir) >= (int)sizeof(path))
		return err_set(err, ENAMETOOLONG, "the folder of driver configurations: %s",
			strerror(ENAMETOOLONG));
	if ((status = driver_conf_read(&loaded, path, err)) < 0)
		return status;
	if ((status = check(&loaded, dir, err)) < 0)
		return status;
	if (strchr(driver, '/') == NULL &&
		snprintf(path, sizeof(path), "%s/%s.conf", dir, driver) < (int)sizeof(path) &&
		(status = driver_conf_read(&loaded, path, &own)) < 0 && status != -ENOENT)
		return err_set(err, -status, "%s", own.text);
	*conf = loaded;
	return 0;
}
