#include "frames.h"

#include "dataplane/demux.h"

static struct demux demux;

static int add(const char *local, uint16_t port_id, uint8_t listener)
{
	struct address_port parsed;

	assert_int_equal(address_port_parse(local, &parsed, NULL), 0);
	return demux_add(&demux, &parsed, port_id, listener);
}

static uint8_t find(const char *dst, uint16_t udp_port, uint16_t port_id)
{
	struct address address;

	assert_int_equal(address_parse(dst, &address, NULL), 0);
	return demux_find(&demux, &address, udp_port, port_id);
}

static void the_most_exact_rule_wins(void **)
{
	demux_init(&demux);
	assert_int_equal(add("[::]:5000", DEMUX_ALL_PORTS, 0), 0);
	assert_int_equal(add("0.0.0.0:5000", DEMUX_ALL_PORTS, 1), 0);
	assert_int_equal(add("10.0.0.1:5000", 3, 2), 0);
	assert_int_equal(add("10.0.0.1:5000", DEMUX_ALL_PORTS, 3), 0);
	assert_int_equal(add("0.0.0.0:5000", 3, 4), 0);
	assert_int_equal(find("10.0.0.1", 5000, 3), 2);
	assert_int_equal(find("10.0.0.1", 5000, 0), 3);
	assert_int_equal(find("10.0.0.2", 5000, 3), 4);
	assert_int_equal(find("10.0.0.2", 5000, 0), 1);
	assert_int_equal(find("2001:db8::1", 5000, 3), 0);
	assert_int_equal(find("10.0.0.1", 5001, 3), DEMUX_NONE);
}

static void ports_in_one_slot_stay_apart(void **)
{
	demux_init(&demux);
	assert_int_equal(demux_slot(0x0100), demux_slot(0x0001));
	assert_int_equal(add("0.0.0.0:256", DEMUX_ALL_PORTS, 0), 0);
	assert_int_equal(add("10.0.0.1:1", DEMUX_ALL_PORTS, 1), 0);
	assert_int_equal(find("10.0.0.1", 256, 0), 0);
	assert_int_equal(find("10.0.0.1", 1, 0), 1);
	assert_int_equal(find("10.0.0.2", 1, 0), DEMUX_NONE);
}

static void any_of_ipv4_does_not_take_ipv6(void **)
{
	demux_init(&demux);
	assert_int_equal(add("0.0.0.0:1", DEMUX_ALL_PORTS, 0), 0);
	assert_int_equal(find("::1", 1, 0), DEMUX_NONE);
	assert_int_equal(find("239.1.1.1", 1, 0), 0);
}

static void refuses_doubles_and_too_many(void **)
{
	char text[ADDRESS_TEXT_MAX];

	demux_init(&demux);
	assert_int_equal(add("10.0.0.1:1", 2, 0), 0);
	assert_int_equal(add("10.0.0.1:1", 2, 1), -17);
	for (int i = 1; i < DEMUX_RULES_MAX; i++) {
		snprintf(text, sizeof(text), "10.0.0.1:%d", 1 + i);
		assert_int_equal(add(text, 2, (uint8_t)(i % DEMUX_LISTENERS_MAX)), 0);
	}
	assert_int_equal(add("10.0.0.2:1", 2, 0), -28);
	for (uint16_t i = 1; i < DEMUX_RULES_MAX; i++)
		assert_int_equal(find("10.0.0.1", 1 + i, 2), i % DEMUX_LISTENERS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_exact_rule_wins),
		cmocka_unit_test(ports_in_one_slot_stay_apart),
		cmocka_unit_test(any_of_ipv4_does_not_take_ipv6),
		cmocka_unit_test(refuses_doubles_and_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
