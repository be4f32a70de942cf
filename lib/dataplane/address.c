#include "dataplane/address.h"

#include <rte_common.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>

#include "base/err.h"

void address_group_mac(const struct address *group, uint8_t mac[MAC_LEN])
{
	const uint8_t *ip = group->bytes;

	if (address_is_ipv4(group)) {
		memcpy(mac, (uint8_t[]){0x01, 0x00, 0x5e, ip[13] & 0x7f, ip[14], ip[15]}, MAC_LEN);
		return;
	}
	memcpy(mac, (uint8_t[]){0x33, 0x33, ip[12], ip[13], ip[14], ip[15]}, MAC_LEN);
}

struct address address_solicited_node(const struct address *ipv6)
{
	struct address group = {.bytes = {0xff, 0x02, [11] = 0x01, [12] = 0xff}};

	memcpy(&group.bytes[13], &ipv6->bytes[13], 3);
	return group;
}

struct address address_link_local(const uint8_t mac[MAC_LEN])
{
	struct address local = {.bytes = {0xfe, 0x80, [11] = 0xff, [12] = 0xfe}};

	memcpy(&local.bytes[8], mac, 3);
	memcpy(&local.bytes[13], mac + 3, 3);
	local.bytes[8] ^= 0x02; // universal/local bit
	return local;
}

static bool parse_ip(const char *text, bool ipv6, struct address *parsed)
{
	struct address address;
	uint32_t ipv4;

	if (ipv6 && inet_pton(AF_INET6, text, &address) == 1) {
		*parsed = address;
		return true;
	}
	if (!ipv6 && inet_pton(AF_INET, text, &ipv4) == 1) {
		*parsed = address_ipv4(ipv4);
		return true;
	}
	return false;
}

// Digits only: no sign, no blanks, no more than 65535.
static bool parse_port(const char *text, uint16_t *port)
{
	uint32_t value = 0;
	size_t len = strlen(text);

	if (len == 0 || len > 5)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (uint32_t)(text[i] - '0');
	}
	if (value == 0 || value > UINT16_MAX)
		return false;
	*port = (uint16_t)value;
	return true;
}

int address_port_parse(const char *text, struct address_port *parsed, struct err *err)
{
	const char *colon = strrchr(text, ':');
	char ip[ADDRESS_TEXT_MAX];
	struct address_port result;
	bool ipv6 = text[0] == '[';
	size_t len;

	if (colon == NULL || (ipv6 && (colon - text < 2 || colon[-1] != ']')))
		goto refuse;
	len = (size_t)(colon - text) - (ipv6 ? 2 : 0); // without the brackets
	if (len >= sizeof(ip))
		goto refuse;
	memcpy(ip, text + (ipv6 ? 1 : 0), len);
	ip[len] = '\0';
	if (!parse_ip(ip, ipv6, &result.address) || !parse_port(colon + 1, &result.port))
		goto refuse;
	*parsed = result;
	return 0;

refuse:
	return err_set(err, EINVAL,
		"'%s' is not ADDRESS:PORT (as in 192.0.2.1:5000 or [2001:db8::1]:5000)", text);
}

int address_parse(const char *text, struct address *parsed, struct err *err)
{
	if (parse_ip(text, strchr(text, ':') != NULL, parsed))
		return 0;
	return err_set(
		err, EINVAL, "'%s' is not an IP address (as in 192.0.2.1 or 2001:db8::1)", text);
}

const char *address_format(const struct address *from, char text[ADDRESS_TEXT_MAX])
{
	if (address_is_ipv4(from))
		return inet_ntop(AF_INET, &from->quads[3], text, ADDRESS_TEXT_MAX);
	return inet_ntop(AF_INET6, from->bytes, text, ADDRESS_TEXT_MAX);
}

const char *address_port_format(const struct address_port *from, char text[ADDRESS_TEXT_MAX])
{
	char ip[INET6_ADDRSTRLEN];

	if (address_is_ipv4(&from->address)) {
		inet_ntop(AF_INET, &from->address.quads[3], ip, sizeof(ip));
		snprintf(text, ADDRESS_TEXT_MAX, "%s:%u", ip, from->port);
	} else {
		inet_ntop(AF_INET6, from->address.bytes, ip, sizeof(ip));
		snprintf(text, ADDRESS_TEXT_MAX, "[%s]:%u", ip, from->port);
	}
	return text;
}
