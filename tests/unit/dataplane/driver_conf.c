#include "dataplane/driver_conf.h"
#include "dataplane/source_root.h"
#include <rte_ethdev.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static const char *shipped; // the folder drivers-config/

static int parse(struct driver_conf *conf, const char *text, struct err *err)
{
	return driver_conf_parse(conf, "x.conf", text, strlen(text), err);
}

static void reads_every_key(void **)
{
	struct driver_conf conf = {0};
	struct err err = {0};

	assert_int_equal(parse(&conf,
				 "# a comment\n"
				 "rx_descriptors = 2048 # behind a value\n"
				 "\ttx_descriptors=512\r\n"
				 "rx_queues_max = 8\nread_all_queues = yes\nequal_queues = no\n"
				 "drop_when_full = yes\nrx_burst = 64\nmtu = 9000\n\n"
				 "rx_offloads = udp_cksum, scatter\ntx_offloads = none\n"
				 "rss = ip udp\ndevargs = iface=feed0,speed=1",
				 &err),
		0);
	assert_int_equal(conf.rx_descriptors, 2048);
	assert_int_equal(conf.tx_descriptors, 512);
	assert_int_equal(conf.rx_queues_max, 8);
	assert_true(conf.read_all_queues);
	assert_false(conf.equal_queues);
	assert_true(conf.drop_when_full);
	assert_int_equal(conf.rx_burst, 64);
	assert_int_equal(conf.mtu, 9000);
	assert_int_equal(
		conf.rx_offloads, RTE_ETH_RX_OFFLOAD_UDP_CKSUM | RTE_ETH_RX_OFFLOAD_SCATTER);
	assert_int_equal(conf.tx_offloads, 0);
	assert_int_equal(conf.rss, RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP);
	assert_string_equal(conf.devargs, "iface=feed0,speed=1");
}

static void an_error_names_file_and_line(void **)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{"\nrx_descriptor = 5", "x.conf:2: there is no key 'rx_descriptor'; did you mean "
					"'rx_descriptors'?"},
		{"colour = red", "x.conf:1: there is no key 'colour'"},
		{"# one\n\nmtu = 1e3",
			"x.conf:3: 'mtu' must be a number from 0 to 9978, not '1e3'"},
		{"rx_burst = 0", "x.conf:1: 'rx_burst' must be a number from 1 to 256, not '0'"},
		{"rx_burst =", "x.conf:1: 'rx_burst' must be a number from 1 to 256, not ''"},
		{"mtu = -1", "x.conf:1: 'mtu' must be a number from 0 to 9978, not '-1'"},
		{"mtu = 99999999999999999999999",
			"x.conf:1: 'mtu' must be a number from 0 to 9978, not "
			"'99999999999999999999999'"},
		{"equal_queues = true", "x.conf:1: 'equal_queues' must be yes or no, not 'true'"},
		{"rss = ip sctp", "x.conf:1: 'rss' knows no 'sctp'; it knows: ip udp tcp none"},
		{"rx_descriptors 5", "x.conf:1: expected key = value, not 'rx_descriptors 5'"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct driver_conf conf = {.mtu = 77};
		struct err err = {0};

		assert_int_equal(parse(&conf, cases[i].text, &err), -EINVAL);
		assert_string_equal(err.text, cases[i].error);
		assert_int_equal(conf.mtu, 77);
	}
}

static void refuses_what_is_no_text(void **)
{
	struct driver_conf conf = {0};
	struct err err = {0};
	char advice[DRIVER_CONF_ADVICE_MAX + 32];

	assert_int_equal(driver_conf_parse(&conf, "x.conf", "mtu\0= 1", 7, &err), -EINVAL);
	memset(advice, 'a', sizeof(advice));
	memcpy(advice, "devargs = ", 10);
	assert_int_equal(driver_conf_parse(&conf, "x.conf", advice, sizeof(advice), &err), -EINVAL);
	assert_int_equal(driver_conf_read(&conf, "/nonexistent", &err), -ENOENT);
	assert_int_equal(driver_conf_read(&conf, "/", &err), -EISDIR);
}

static void every_shipped_file_parses(void **)
{
	DIR *dir = opendir(shipped);
	struct dirent *entry;
	int n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		char driver[NAME_MAX + 1];
		struct driver_conf conf;
		struct err err = {0};
		char *dot;

		strcpy(driver, entry->d_name);
		if ((dot = strstr(driver, ".conf")) == NULL)
			continue;
		*dot = '\0';
		if (driver_conf_load(&conf, shipped, driver, &err) < 0)
			fail_msg("%s", err.text);
		assert_true(conf.rx_burst >= 32); // or vector receive paths give nothing
		n++;
	}
	closedir(dir);
	assert_true(n >= 17);
}

static void a_driver_without_a_file_gets_the_defaults(void **)
{
	struct driver_conf conf, defaults;
	struct err err = {0};

	assert_int_equal(driver_conf_load(&conf, shipped, "net_of_tomorrow", &err), 0);
	assert_int_equal(driver_conf_load(&defaults, shipped, "default", &err), 0);
	assert_memory_equal(&conf, &defaults, sizeof(conf));
	assert_int_equal(driver_conf_load(&conf, shipped, "../../etc/passwd", &err), 0);
	assert_memory_equal(&conf, &defaults, sizeof(conf));
}

static void a_driver_file_overrides_the_defaults(void **)
{
	struct driver_conf conf;
	struct err err = {0};

	assert_int_equal(driver_conf_load(&conf, shipped, "net_tap", &err), 0);
	assert_true(conf.equal_queues);
	assert_int_equal(conf.rss, 0);
	assert_int_equal(driver_conf_load(&conf, shipped, "net_af_packet", &err), 0);
	assert_true(conf.read_all_queues);
}

static void a_folder_without_defaults_is_an_error(void **)
{
	struct driver_conf conf;
	struct err err = {0};

	assert_int_equal(driver_conf_load(&conf, "/nonexistent", "net_tap", &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent/default.conf"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_key),
		cmocka_unit_test(an_error_names_file_and_line),
		cmocka_unit_test(refuses_what_is_no_text),
		cmocka_unit_test(every_shipped_file_parses),
		cmocka_unit_test(a_driver_without_a_file_gets_the_defaults),
		cmocka_unit_test(a_driver_file_overrides_the_defaults),
		cmocka_unit_test(a_folder_without_defaults_is_an_error),
	};

	shipped = SOURCE_ROOT "/drivers-config";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
