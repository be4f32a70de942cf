// The journal: what was appended is read back, and after any failure never anything else.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>
#include "journal_rig.h"

enum { N_POWER_LOSSES = 400, SEGMENT_HEADER = 48 };

static void what_is_appended_is_read_back(void **)
{
	struct rig rig;
	struct rig_found found;

	rig_open(&rig, 1, JOURNAL_STOP);
	for (uint64_t n = 0; n < 5000; n++) {
		assert_true(journal_ready(rig.journal));
		rig_append(&rig, n);
		if (n % 200 == 0)
			rig_write(&rig);
	}
	rig_write(&rig);
	assert_int_equal(atomic_load(&rig.journal->durable), 5000);
	found = rig_read(&rig, 0);
	assert_int_equal(found.n, 5000);
	assert_int_equal(found.n_missing + found.n_broken + found.n_lost, 0);
	assert_true(fake_count(&rig.disk) > 3); // over several segments
	found = rig_read(&rig, 4321);
	assert_int_equal(found.n, 5000 - 4321);
	rig_close(&rig);
}

static void nothing_is_synced_twice_or_too_early(void **)
{
	struct rig rig;

	rig_open(&rig, 1, JOURNAL_STOP);
	rig_append(&rig, 0);
	journal_tick(rig.journal, (uint64_t)rig.now_ns + RIG_SYNC_NS / 2 - 1);
	assert_false(journal_step(rig.journal, rig.now_ns));
	journal_tick(rig.journal, (uint64_t)rig.now_ns + RIG_SYNC_NS / 2);
	assert_true(journal_step(rig.journal, rig.now_ns));
	assert_int_equal(atomic_load(&rig.journal->durable), 1);
	assert_int_equal(rig.disk.n_syncs, 1);
	rig_append(&rig, 1);
	journal_flush(rig.journal);
	assert_true(journal_step(rig.journal, rig.now_ns + 1)); // written, not yet synced
	assert_int_equal(atomic_load(&rig.journal->durable), 1);
	assert_false(journal_step(rig.journal, rig.now_ns + RIG_SYNC_NS / 2 - 1));
	assert_true(journal_step(rig.journal, rig.now_ns + RIG_SYNC_NS / 2));
	assert_int_equal(atomic_load(&rig.journal->durable), 2);
	assert_false(journal_step(rig.journal, rig.now_ns + 10 * RIG_SYNC_NS));
	assert_int_equal(rig.disk.n_syncs, 2);
	rig_close(&rig);
}

// Run for a while, in random steps. Returns how many were appended.
static uint64_t run_at_random(struct rig *rig, uint64_t n_datagrams)
{
	uint64_t n = 0;

	while (n < n_datagrams && journal_failure(rig->journal) == NULL) {
		uint64_t bits = fake_random(&rig->disk);

		rig->now_ns += bits >> 40 & 15;
		if (bits % 16 < 12 && journal_ready(rig->journal))
			rig_append(rig, n++);
		else if (bits % 16 == 12)
			journal_flush(rig->journal);
		else if (bits % 16 == 13)
			journal_tick(rig->journal, (uint64_t)rig->now_ns);
		else
			journal_step(rig->journal, rig->now_ns);
	}
	return n;
}

static void a_power_loss_leaves_a_beginning_of_what_was_appended(void **)
{
	uint64_t n_torn = 0;

	for (uint64_t seed = 1; seed <= N_POWER_LOSSES; seed++) {
		struct rig rig;
		struct rig_found found;
		uint64_t n;

		rig_open(&rig, seed, JOURNAL_STOP);
		n = run_at_random(&rig, fake_random(&rig.disk) % 3000);
		fake_power_loss(&rig.disk);
		found = rig_read(&rig, 0);
		assert_true(found.n <= n);
		assert_true(found.n >= atomic_load(&rig.journal->durable));
		assert_int_equal(found.n_missing, 0);
		n_torn += found.n_broken;
		rig_close(&rig);
	}
	assert_true(n_torn > N_POWER_LOSSES / 20); // the test is about something
}

static void a_killed_process_leaves_all_that_was_written(void **)
{
	struct rig rig;

	rig_open(&rig, 9, JOURNAL_STOP);
	run_at_random(&rig, 2500);
	assert_int_equal(rig_read(&rig, 0).n, rig.journal->written);
	rig_close(&rig);
}

static const int errors[] = {EIO, ENOSPC};

static void when_the_disk_fails_the_job_fails_and_what_was_safe_is_there(void **)
{
	for (uint32_t fail_at = 1; fail_at < 60; fail_at++) {
		struct rig rig;
		struct rig_found found;
		uint64_t n;

		rig_open(&rig, fail_at, JOURNAL_STOP);
		rig.disk.fail_at = fail_at;
		rig.disk.fail_with = EIO;
		rig.disk.fail_short = fail_at % 2 == 0;
		n = run_at_random(&rig, 4000);
		assert_true(rig.disk.n_calls >= fail_at);
		assert_non_null(journal_failure(rig.journal));
		fake_power_loss(&rig.disk);
		found = rig_read(&rig, 0);
		assert_true(found.n <= n && found.n >= atomic_load(&rig.journal->durable));
		assert_int_equal(found.n_missing, 0);
		rig_close(&rig);
	}
}

// What went past the journal was counted; what was not is there.
static void or_it_goes_on_without_and_counts(void **)
{
	for (uint32_t i = 0; i < 120; i++) {
		struct rig rig;
		struct rig_found found;
		uint64_t n;

		rig_open(&rig, i + 1, JOURNAL_CONTINUE);
		rig.disk.fail_at = i / 2 + 1;
		rig.disk.fail_with = errors[i % 2];
		rig.disk.fail_short = i % 4 < 2;
		n = run_at_random(&rig, 4000);
		assert_int_equal(n, 4000);
		assert_null(journal_failure(rig.journal));
		rig.now_ns += INT64_C(1000000000); // it tries again
		rig_write(&rig);
		rig_append(&rig, rig.journal->next);
		rig_write(&rig);
		found = rig_read(&rig, 0);
		assert_int_equal(found.n + found.n_missing, rig.journal->next);
		assert_true(found.n_missing <= journal_lost(rig.journal));
		assert_int_equal(atomic_load(&rig.journal->durable), rig.journal->next);
		rig_close(&rig);
	}
}

static void a_full_journal_stops_the_input_until_a_checkpoint_makes_room(void **)
{
	struct rig rig;
	uint64_t n = 0, n_full;

	rig_open(&rig, 1, JOURNAL_STOP);
	while (journal_ready(rig.journal)) {
		rig_append(&rig, n++);
		if (n % 500 == 0) // more than waits in buffers
			rig_write(&rig);
	}
	assert_true(atomic_load(&rig.journal->is_full));
	assert_int_equal(rig.journal->n_stalls, 1);
	assert_null(journal_failure(rig.journal));
	n_full = atomic_load(&rig.journal->durable);
	journal_mark(rig.journal, 7, false);
	journal_committed(rig.journal, 7);
	rig_write(&rig);
	assert_false(atomic_load(&rig.journal->is_full));
	assert_true(journal_ready(rig.journal));
	rig_append(&rig, n++);
	rig_write(&rig);
	assert_int_equal(rig_read(&rig, n_full).n, n - n_full);
	assert_int_equal(journal_lost(rig.journal), 0);
	rig_close(&rig);
}

static void a_full_journal_says_how_many_it_has_not(void **)
{
	struct rig rig;
	struct rig_found found;
	uint64_t n_buffered;

	rig_open(&rig, 1, JOURNAL_CONTINUE);
	while (rig.journal->n_lost < 10) // nobody writes: buffers run out
		rig_append(&rig, rig.journal->next);
	assert_true(journal_ready(rig.journal));
	n_buffered = rig.journal->next;
	rig_write(&rig);
	rig_append(&rig, n_buffered);
	rig_write(&rig);
	found = rig_read(&rig, 0);
	assert_int_equal(found.n, n_buffered + 1);
	assert_int_equal(found.n_lost, 10);
	assert_int_equal(found.n_missing, 0);
	rig_close(&rig);
}

static void only_segments_that_no_checkpoint_needs_are_removed(void **)
{
	struct rig rig;
	uint64_t frozen = 0;
	uint32_t n_files;

	rig_open(&rig, 1, JOURNAL_STOP);
	assert_int_equal(journal_adopt(rig.journal, "of an earlier process"), 0);
	assert_int_equal(fake_create(&rig.disk.disk, "of an earlier process", 512), 0);
	for (uint64_t n = 0; n < 8000; n++) {
		rig_append(&rig, n);
		if (n == 4000) {
			frozen = rig.journal->next;
			journal_mark(rig.journal, 1, false);
		}
		if (n % 300 == 0)
			rig_write(&rig);
	}
	journal_mark(rig.journal, 2, true);
	rig_write(&rig);
	n_files = fake_count(&rig.disk);
	journal_committed(rig.journal, 1);
	rig_write(&rig);
	assert_true(fake_count(&rig.disk) < n_files);
	assert_true(fake_find(&rig.disk, "of an earlier process") >= 0);
	assert_int_equal(rig_read(&rig, frozen).n, 8000 - frozen);
	assert_int_equal(rig_read(&rig, frozen).n_missing, 0);
	journal_committed(rig.journal, 2);
	rig_write(&rig);
	assert_int_equal(fake_count(&rig.disk), 1); // the one that is being written
	rig_close(&rig);
}

// All ways to damage one bit, or to cut: what is read is a beginning.
static void a_flipped_bit_is_never_read(void **)
{
	struct rig rig;
	struct fake_file *file;
	size_t end, n_unseen = 0;

	rig_open(&rig, 1, JOURNAL_STOP);
	for (uint64_t n = 0; n < 12; n++)
		rig_append(&rig, n);
	rig_write(&rig);
	file = &rig.disk.files[0];
	end = rig.journal->offset;
	for (size_t at = 0; at < end; at++) {
		struct rig_found found;

		if (at == SEGMENT_HEADER)
			at = JOURNAL_PAGE; // nothing is in between
		file->now[at] ^= (uint8_t)(1 << at % 8);
		found = rig_read(&rig, 0);
		assert_true(found.n <= 12);
		n_unseen += found.n == 12 && found.n_broken == 0;
		file->now[at] ^= (uint8_t)(1 << at % 8);
	}
	assert_true(n_unseen <= 12 * (JOURNAL_ALIGN - 1)); // what fills up
	assert_int_equal(rig_read(&rig, 0).n, 12);
	for (size_t size = 0; size < end; size += 7) {
		file->size = size;
		assert_true(rig_read(&rig, 0).n <= 12);
	}
	file->size = RIG_SEGMENT;
	rig_close(&rig);
}

static void a_hole_is_named(void **)
{
	struct rig rig;
	struct rig_found found;

	rig_open(&rig, 1, JOURNAL_STOP);
	for (uint64_t n = 0; n < 3000; n++) {
		rig_append(&rig, n);
		if (n % 100 == 0)
			rig_write(&rig);
	}
	rig_write(&rig);
	memset(rig.disk.files[1].now + (RIG_SEGMENT / 2), 0, JOURNAL_PAGE); // a page of zeros
	found = rig_read(&rig, 0);
	assert_int_equal(found.n_broken, 1);
	assert_true(found.n_missing > 0);
	assert_int_equal(found.n + found.n_missing, 3000);
	rig_close(&rig);
}

static void another_version_is_refused_by_name(void **)
{
	struct journal_segment segment = {.run = 1, .first = 2, .size = RIG_SEGMENT};
	struct err err = {0};
	uint8_t page[JOURNAL_PAGE], zeros[JOURNAL_PAGE] = {0};

	journal_segment_put(&segment, page);
	assert_int_equal(journal_segment_get(&segment, page, &err), 0);
	assert_int_equal(segment.first, 2);
	assert_int_equal(journal_segment_get(&segment, zeros, &err), -ENODATA);
	page[16]++; // the version
	assert_int_equal(journal_segment_get(&segment, page, &err), -EINVAL);
}

static void only_its_own_names_are_segments(void **)
{
	struct journal_segment segment = {.run = 7, .queue = 2, .first = 99}, parsed;
	char name[JOURNAL_NAME_MAX];

	journal_segment_name(&segment, name);
	assert_true(journal_segment_parse(&parsed, name));
	assert_int_equal(parsed.run, 7);
	assert_int_equal(parsed.first, 99);
	assert_false(journal_segment_parse(&parsed, "lock"));
	assert_false(journal_segment_parse(&parsed, "run7-queue2-99.journal"));
	assert_false(
		journal_segment_parse(&parsed, "run7-queue2-00000000000000000099.journal.old"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_appended_is_read_back),
		cmocka_unit_test(nothing_is_synced_twice_or_too_early),
		cmocka_unit_test(a_power_loss_leaves_a_beginning_of_what_was_appended),
		cmocka_unit_test(a_killed_process_leaves_all_that_was_written),
		cmocka_unit_test(when_the_disk_fails_the_job_fails_and_what_was_safe_is_there),
		cmocka_unit_test(or_it_goes_on_without_and_counts),
		cmocka_unit_test(a_full_journal_stops_the_input_until_a_checkpoint_makes_room),
		cmocka_unit_test(a_full_journal_says_how_many_it_has_not),
		cmocka_unit_test(only_segments_that_no_checkpoint_needs_are_removed),
		cmocka_unit_test(a_flipped_bit_is_never_read),
		cmocka_unit_test(a_hole_is_named),
		cmocka_unit_test(another_version_is_refused_by_name),
		cmocka_unit_test(only_its_own_names_are_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
