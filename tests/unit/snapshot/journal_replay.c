// Replaying a journal: the order of arrival over several queues, and a real directory.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>
#include "journal_rig.h"
#include "snapshot/journal_replay.h"

static struct journal *open_journal(struct journal_disk *disk, uint64_t run, uint32_t queue)
{
	struct journal_options options = rig_options(disk);
	struct err err = {0};
	struct journal *journal;

	options.run = run;
	options.queue = queue;
	journal = journal_new(&options, &err);
	assert_non_null(journal);
	return journal;
}

static void write_all(struct journal *journal)
{
	int64_t now_ns = RIG_SYNC_NS;

	journal_flush(journal);
	while (journal_step(journal, now_ns))
		now_ns += RIG_SYNC_NS;
}

// Payload: the number.
static void append(struct journal *journal, uint64_t number)
{
	journal_append(journal, &number, sizeof(number), (int64_t)number, 0);
	if (!journal_ready(journal))
		write_all(journal);
}

// The next number of a replay; UINT64_MAX at the end. Without a thread, its reader is stepped.
static uint64_t take(struct journal_replay *replay, bool has_thread)
{
	const struct journal_item *item;
	uint64_t number;

	while (!replay->is_over && !journal_replay_hold(replay))
		if (!has_thread)
			journal_replay_step(replay);
	if (replay->is_over)
		return UINT64_MAX;
	item = journal_replay_peek(replay);
	memcpy(&number, &item->record + 1, sizeof(number));
	assert_int_equal(item->record.arrival_ns, number);
	journal_replay_pass(replay);
	return number;
}

static void queues_come_in_the_order_of_arrival_and_runs_one_after_the_other(void **)
{
	enum { N = 60000 };
	struct fake_disk fake;
	struct journal_listing listing;
	struct journal_replay *replay;
	struct journal *journals[4];

	fake_init(&fake, 5);
	for (uint32_t i = 0; i < 4; i++)
		journals[i] = open_journal(&fake.disk, 1 + i / 3, i % 3);
	for (uint64_t n = 0; n < N; n++)
		append(journals[n < N / 2 ? fake_random(&fake) % 3 : 3], n);
	for (uint32_t i = 0; i < 4; i++) {
		write_all(journals[i]);
		journal_free(journals[i]);
	}
	assert_int_equal(journal_list(&listing, &mem_libc, &fake.disk, NULL), 0);
	assert_int_equal(listing.n_series, 4);
	assert_int_equal(listing.last_run, 2);
	replay = journal_replay_new(&mem_libc, &fake.disk, listing.series, 4, NULL);
	for (uint64_t n = 0; n < N; n++)
		assert_int_equal(take(replay, false), n);
	assert_int_equal(take(replay, false), UINT64_MAX);
	journal_replay_free(replay);
	journal_listing_free(&listing, &mem_libc);
	fake_destroy(&fake);
}

static void an_empty_journal_is_over_at_once(void **)
{
	struct fake_disk fake;
	struct journal_replay *replay;

	fake_init(&fake, 5);
	replay = journal_replay_new(&mem_libc, &fake.disk, NULL, 0, NULL);
	assert_int_equal(take(replay, false), UINT64_MAX);
	journal_replay_free(replay);
}

static void remove_directory(struct journal_disk *disk, const char *dir)
{
	char path[300];
	struct journal_listing listing;

	assert_int_equal(journal_list(&listing, &mem_libc, disk, NULL), 0);
	for (uint32_t s = 0; s < listing.n_series; s++)
		for (uint32_t i = 0; i < listing.series[s].n_segments; i++) {
			struct journal_segment segment = {
				.run = listing.series[s].place.run,
				.queue = listing.series[s].place.queue,
				.first = listing.series[s].firsts[i],
			};
			char name[JOURNAL_NAME_MAX];

			journal_segment_name(&segment, name);
			assert_int_equal(disk->ops->remove(disk, name), 0);
		}
	journal_listing_free(&listing, &mem_libc);
	disk->ops->free(disk);
	snprintf(path, sizeof(path), "%s/lock", dir);
	unlink(path);
	rmdir(dir);
}

static void a_directory_and_threads_give_the_same(void **)
{
	enum { N = 30000 };
	char dir[] = "/tmp/tidewire-journal-XXXXXX";
	struct err err = {0};
	struct journal_disk *disk;
	struct journal *journal;
	struct journal_listing listing;
	struct journal_replay *replay;

	assert_non_null(mkdtemp(dir));
	disk = journal_disk_open(dir, &err);
	assert_non_null(disk);
	journal = open_journal(disk, 1, 0);
	assert_int_equal(journal_start(journal, &err), 0);
	for (uint64_t n = 0; n < N; n++) {
		while (!journal_ready(journal))
			usleep(100);
		journal_append(journal, &n, sizeof(n), (int64_t)n, n);
		journal_tick(journal, n);
	}
	journal_flush(journal);
	journal_stop(journal);
	assert_int_equal(atomic_load(&journal->durable), N);
	journal_free(journal);
	assert_int_equal(journal_list(&listing, &mem_libc, disk, &err), 0);
	replay = journal_replay_new(&mem_libc, disk, listing.series, listing.n_series, &err);
	assert_int_equal(journal_replay_start(replay, &err), 0);
	for (uint64_t n = 0; n < N; n++)
		assert_int_equal(take(replay, true), n);
	assert_int_equal(take(replay, true), UINT64_MAX);
	journal_replay_stop(replay);
	assert_int_equal(replay->cursors[0].n_broken, 0);
	journal_replay_free(replay);
	journal_listing_free(&listing, &mem_libc);
	remove_directory(disk, dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(queues_come_in_the_order_of_arrival_and_runs_one_after_the_other),
		cmocka_unit_test(an_empty_journal_is_over_at_once),
		cmocka_unit_test(a_directory_and_threads_give_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
