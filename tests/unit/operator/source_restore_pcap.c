// Captures and made-up rows go on where a checkpoint was.
#include <errno.h>
#include "operator/source_rig.h"
#include "dataplane/frames.h"
#include "operator/source/datagen.h"

// A capture of datagrams with up to five lines each, some for others, over some seconds.
static const char *write_capture(uint32_t n)
{
	static const uint32_t header[] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 1};
	const char *path = scratch_path("made.pcap");
	FILE *file = fopen(path, "w");

	fwrite(header, sizeof(header), 1, file);
	for (uint32_t i = 0; i < n; i++) {
		static struct bytes frame;
		char text[256] = "";
		uint32_t record[4] = {1000 + i / 50, i, 0, 0};

		for (uint32_t k = random_below(&rig.random, 6); k > 0; k--)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%u.%u\n", i, k);
		frame.len = 0;
		make_udp4(&frame, random_below(&rig.random, 9) > 0 ? 4000 : 4001, text,
			(uint32_t)strlen(text));
		record[2] = record[3] = frame.len;
		fwrite(record, sizeof(record), 1, file);
		fwrite(frame.data, frame.len, 1, file);
	}
	fclose(file);
	return path;
}

static void packets_of_a_capture(void **)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		const char *path;

		rig.random = (struct random){seed};
		path = write_capture(2000);
		begin(SOURCE_PCAP, path, seed);
		assert_nothing_lost_or_doubled(3000);
		end();
	}
}

static void another_capture_is_refused(void **)
{
	struct err err = {0};

	rig.random = (struct random){1};
	begin(SOURCE_PCAP, write_capture(200), 1);
	while (rig.collector.n_rows == 0)
		assert_true(step());
	checkpoint();
	rig.random = (struct random){3}; // its first packet is another
	assert_int_equal(restore_from(write_capture(200), &err), 0);
	run_to_end();
	assert_non_null(strstr(rig.task.fault.text, "it is not the same capture"));
	assert_int_equal(rig.collector.n_rows, 0);
	rig.random = (struct random){1};
	assert_int_equal(restore_from(write_capture(2), &err), 0);
	run_to_end();
	assert_non_null(strstr(rig.task.fault.text, "it is not the same capture"));
	end();
}

static void rows_that_are_made_up(void **)
{
	struct datagen_field field = {.kind = DATAGEN_RANDOM, .length = 12, .null_rate = 0};
	struct datagen_config config = {.number_of_rows = 5000, .fields = &field};

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		field.kind = seed % 2 ? DATAGEN_RANDOM : DATAGEN_SEQUENCE;
		config.rows_per_second = 0;
		begin(SOURCE_FILESYSTEM, scratch_write("lines", "", 0), seed);
		rig.op->ops->free(rig.op);
		rig.config.connector = SOURCE_DATAGEN;
		rig.config.format = NULL;
		rig.config.datagen = &config;
		open_source();
		assert_nothing_lost_or_doubled(5000);
		end();
	}
}

static void no_record_makes_it_crash(void **)
{
	const char *path;

	rig.random = (struct random){1};
	path = write_capture(100);
	for (uint64_t seed = 1; seed <= 200; seed++) {
		enum source_connector connector = seed % 2 ? SOURCE_PCAP : SOURCE_FILESYSTEM;

		rig.random = (struct random){seed};
		if (connector == SOURCE_FILESYSTEM)
			path = scratch_write("lines", "one\ntwo\n", 8);
		else
			path = write_capture(100);
		begin(connector, path, seed);
		while (rig.collector.n_rows == 0)
			assert_true(step());
		checkpoint();
		rig.op->ops->free(rig.op);
		checkpointed_spoil(&rig.saved, &rig.random);
		open_source();
		if (checkpointed_give(&rig.saved, 1, rig.op, NULL) == 0)
			run_to_end();
		end();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(packets_of_a_capture),
		TEST(another_capture_is_refused),
		TEST(rows_that_are_made_up),
		TEST(no_record_makes_it_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
