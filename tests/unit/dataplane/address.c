#include "frames.h"

#include "base/err.h"

static void reads_and_writes_the_form_of_the_manual(void **)
{
	static const char *const texts[] = {"192.0.2.1:5000", "0.0.0.0:1", "255.255.255.255:65535",
		"[2001:db8::1]:5000", "[::]:9", "[ff02::16]:9"};
	char back[ADDRESS_TEXT_MAX];
	struct address_port parsed;

	for (size_t i = 0; i < RTE_DIM(texts); i++) {
		assert_int_equal(address_port_parse(texts[i], &parsed, NULL), 0);
		assert_string_equal(address_port_format(&parsed, back), texts[i]);
	}
}

static void refuses_everything_else(void **)
{
	static const char *const texts[] = {"", ":", "1.2.3.4", "1.2.3.4:", "1.2.3.4:0",
		"1.2.3.4:65536", "1.2.3.4:+5", "1.2.3.4: 5", "1.2.3.4:5 ", "1.2.3:5", "01.2.3.4:5",
		"1.2.3.4:000005", "::1:5", "[::1]", "[::1]5", "[::1:5", "[]:5", "[:5",
		"[1.2.3.4]:5", "[fe80::1%eth0]:5", "host:5",
		"[1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111]:5"};
	struct address_port parsed = {.port = 77};

	for (size_t i = 0; i < RTE_DIM(texts); i++) {
		struct err err = {0};

		assert_int_equal(address_port_parse(texts[i], &parsed, &err), -22);
		assert_int_equal(parsed.port, 77);
		assert_true(strlen(err.text) > 0);
	}
}

static void tells_the_kinds_apart(void **)
{
	struct address any4, any6, group4, group6, host4, host6, local;

	address_parse("0.0.0.0", &any4, NULL);
	address_parse("::", &any6, NULL);
	address_parse("239.1.2.3", &group4, NULL);
	address_parse("ff15::1", &group6, NULL);
	address_parse("10.0.0.1", &host4, NULL);
	address_parse("2001:db8::a", &host6, NULL);
	address_parse("fe80::1", &local, NULL);
	assert_true(address_is_any(&any4) && address_is_any(&any6));
	assert_false(address_is_any(&host4) || address_is_any(&host6));
	assert_true(address_is_ipv4(&any4) && address_is_ipv4(&group4));
	assert_false(address_is_ipv4(&any6) || address_is_ipv4(&host6));
	assert_true(address_is_multicast(&group4) && address_is_multicast(&group6));
	assert_false(address_is_multicast(&host4) || address_is_multicast(&host6));
	assert_true(address_is_link_local6(&local));
	assert_false(address_is_link_local6(&host6));
}

static void maps_groups_to_ethernet(void **)
{
	struct address group;
	uint8_t mac[MAC_LEN];

	address_parse("239.129.2.3", &group, NULL); // the high bit of 129 is lost
	address_group_mac(&group, mac);
	assert_memory_equal(mac, "\x01\x00\x5e\x01\x02\x03", 6);
	address_parse("ff02::1:ff28:9c5a", &group, NULL); // RFC 2464's way
	address_group_mac(&group, mac);
	assert_memory_equal(mac, "\x33\x33\xff\x28\x9c\x5a", 6);
}

static void derives_addresses_as_the_rfcs_do(void **)
{
	char text[ADDRESS_TEXT_MAX];
	struct address address;

	address_parse("4037::1:800:200e:8c6c", &address, NULL); // RFC 4291 §2.7.1
	address = address_solicited_node(&address);
	assert_string_equal(address_format(&address, text), "ff02::1:ff0e:8c6c");
	address = address_link_local((const uint8_t *)"\x34\x56\x78\x9a\xbc\xde"); // RFC 2464 §4
	assert_string_equal(address_format(&address, text), "fe80::3656:78ff:fe9a:bcde");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes_the_form_of_the_manual),
		cmocka_unit_test(refuses_everything_else),
		cmocka_unit_test(tells_the_kinds_apart),
		cmocka_unit_test(maps_groups_to_ethernet),
		cmocka_unit_test(derives_addresses_as_the_rfcs_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
