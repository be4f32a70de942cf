// From which checkpoint a job goes on, and when it is refused.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "row/key.h"
#include "snapshot/recovery.h"
#include "snapshot/rows.h"
#include "snapshot/stored.h"

// The directory goes on behind the checkpoint, and holds what it must.
static void check_goes_on(struct rig *rig, uint64_t checkpoint)
{
	rig_open(rig, checkpoint + 1);
	assert_int_equal(rig_check(rig), checkpoint);
	rows_checkpoint(rig, NULL);
	assert_int_equal(rig_check(rig), checkpoint + 1);
	rig_close(rig);
}

static int find(struct rig *rig, const char *restore, struct recovery *recovery, struct err *err)
{
	*err = (struct err){0};
	return recovery_find(rig->dir, restore, &rig_plan, recovery, err);
}

// ---- Damage that LMDB does not see.

static void change_value(const struct rig *rig, const char *database, struct bytes key,
	void (*change)(struct bytes key, char *value, size_t len))
{
	struct storage *storage = storage_open_lmdb(rig->dir, false, false, 0, NULL);
	struct storage_txn *txn;
	struct bytes value;
	uint32_t number;
	char copy[5000];
	void *room;

	assert_int_equal(storage_begin(storage, true, &txn), 0);
	assert_int_equal(storage_database(txn, database, false, &number), 0);
	assert_int_equal(storage_get(txn, number, key, &value), 0);
	assert_true(value.len <= sizeof(copy));
	memcpy(copy, value.data, value.len);
	change(key, copy, value.len);
	assert_int_equal(storage_put(txn, number, key, value.len, &room), 0);
	memcpy(room, copy, value.len);
	assert_int_equal(storage_commit(txn), 0);
	storage_free(storage);
}

static void flip_a_bit(struct bytes key, char *value, size_t len)
{
	value[len - 1] ^= 4;
}

// The format that the manifest names, with a checksum that is right.
static void next_format(struct bytes key, char *value, size_t len)
{
	char *at = memmem(value, len, "\"format\": 2", 11);

	assert_non_null(at);
	at[10] = '3';
	stored_seal(key, value, len, *(uint32_t *)(void *)(value + 8));
}

static void other_key_groups(struct bytes key, char *value, size_t len)
{
	char *at = memmem(value, len, "\"key_groups\": 128", 17);

	assert_non_null(at);
	at[16] = '9';
	stored_seal(key, value, len, *(uint32_t *)(void *)(value + 8));
}

static void change_manifest(const struct rig *rig, uint64_t checkpoint,
	void (*change)(struct bytes key, char *value, size_t len))
{
	uint8_t bytes[STORED_MANIFEST_KEY_SIZE];

	change_value(rig, STORED_MANIFESTS, stored_manifest_key(checkpoint, 0, bytes), change);
}

// Some record that is new with this checkpoint.
static void change_record(const struct rig *rig, uint64_t checkpoint)
{
	const struct twin_checkpoint *all = &rig->twin->checkpoints[checkpoint];

	for (uint32_t i = 0; i < rig->twin->n_writes; i++) {
		const struct twin_write *write = &rig->twin->writes[i];
		struct stored_key key = {write->key, STORED_VALUE, checkpoint, 0};
		uint8_t bytes[STORED_KEY_SIZE];

		if (write->version != checkpoint || write->kind != RECORD_VALUE)
			continue;
		for (uint32_t k = 0; k < all->n; k++) {
			if (twin_compare_keys(&all->records[k].key, &write->key) != 0 ||
				all->records[k].len == 0 || all->records[k].seed != write->seed)
				continue;
			change_value(
				rig, STORED_RECORDS, stored_key_encode(&key, bytes), flip_a_bit);
			return;
		}
	}
	fail_msg("there is no such record");
}

// ---- The claims.

static void an_empty_directory_starts_empty(void **)
{
	struct recovery recovery;
	struct rig rig;
	struct err err;

	rig_init(&rig, 1, false);
	assert_int_equal(find(&rig, "latest", &recovery, &err), 0);
	assert_false(recovery.is_found);
	rig_open(&rig, 1); // and ends before its first checkpoint
	rig_close(&rig);
	assert_int_equal(find(&rig, "latest", &recovery, &err), 0);
	assert_false(recovery.is_found);
	assert_int_equal(recovery_find(NULL, "latest", &rig_plan, &recovery, &err), 0);
	assert_false(recovery.is_found);
	rig_end(&rig);
}

static void the_newest_is_restored(void **)
{
	struct recovery recovery;
	struct hash_seed seed;
	struct rig rig;
	struct err err;

	rows_make(&rig, 2, 3);
	assert_int_equal(find(&rig, "latest", &recovery, &err), 0);
	assert_true(recovery.is_found);
	assert_int_equal(recovery.checkpoint, 3);
	assert_int_equal(recovery.key_groups, KEY_GROUPS);
	assert_string_equal(recovery.path, rig.dir);
	assert_string_equal(recovery.note, "restoring checkpoint 3 of 1970-01-01 00:00:00 UTC");
	hash_seed_from(&seed, 5);
	assert_memory_equal(&recovery.seed, &seed, sizeof(seed));
	assert_false(rows_has(&rig, "data.mdb.old"));
	check_goes_on(&rig, 3);
	rig_end(&rig);
}

static void damage_falls_back_to_the_one_before(void **)
{
	struct recovery recovery;
	struct rig rig;
	struct err err;

	rows_make(&rig, 3, 3);
	change_record(&rig, 3);
	if (find(&rig, "latest", &recovery, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(recovery.is_found);
	assert_int_equal(recovery.checkpoint, 2);
	assert_non_null(
		strstr(recovery.note, "checkpoint 3 does not verify (a record of operator "));
	assert_non_null(strstr(recovery.note, "does not verify): restoring checkpoint 2 of 1970"));
	assert_true(rows_has(&rig, "data.mdb.old"));
	assert_false(rows_has(&rig, "new"));
	check_goes_on(&rig, 2);
	rig_end(&rig);
}

static void a_table_that_cannot_be_verified_is_refused(void **)
{
	struct recovery recovery;
	struct rig rig;
	struct err err;

	rows_make(&rig, 4, 2);
	change_manifest(&rig, 2, flip_a_bit);
	// Its sums of the table are lost with it, and the one before has others.
	assert_int_equal(find(&rig, "latest", &recovery, &err), -EBADMSG);
	assert_non_null(strstr(err.text, "table 'results' has "));
	rig_end(&rig);
}

static void nothing_that_verifies_is_refused(void **)
{
	struct recovery recovery;
	struct rig rig;
	struct err err;

	rows_make(&rig, 5, 1);
	change_record(&rig, 1);
	assert_int_equal(find(&rig, "latest", &recovery, &err), -EBADMSG);
	assert_non_null(strstr(err.text, "no checkpoint in '"));
	assert_non_null(strstr(err.text, "' verifies: checkpoint 1: a record of operator "));
	// With "none" it starts empty, and what was there is kept.
	assert_int_equal(find(&rig, "none", &recovery, &err), 0);
	assert_false(recovery.is_found);
	assert_true(rows_has(&rig, "data.mdb.old"));
	rig.newest = 0;
	rig_open(&rig, 1);
	assert_int_equal(rig_check(&rig), 0);
	rig_close(&rig);
	rig_end(&rig);
}

static void refuse(struct rig *rig, const struct checkpoint_plan *plan, const char *text)
{
	struct recovery recovery;
	struct err err = {0};

	assert_int_equal(recovery_find(rig->dir, "latest", plan, &recovery, &err), -EINVAL);
	assert_false(recovery.is_found);
	if (strstr(err.text, text) == NULL)
		fail_msg("'%s' is not in '%s'", text, err.text);
}

static void another_job_is_refused_by_name(void **)
{
	struct checkpoint_operator operators[4];
	struct checkpoint_plan plan = {.job_name = "other", .script = "", .operators = operators};
	struct recovery recovery;
	struct rig rig;
	struct err err = {0};

	rows_make(&rig, 6, 2);
	memcpy(operators, rig_operators, sizeof(rig_operators));
	operators[3] = (struct checkpoint_operator){3, "Deduplicate", "keys: k", NULL, 0};
	plan.n_operators = 3; // another name and text of the script are no matter
	assert_int_equal(recovery_find(rig.dir, "latest", &plan, &recovery, &err), 0);
	plan.n_operators = 4;
	refuse(&rig, &plan, "' is of another job: operator 3 (Deduplicate: keys: k) was added");
	plan.n_operators = 2;
	refuse(&rig, &plan, "operator 2 (Sink: b) was removed");
	plan.n_operators = 3;
	operators[1].text = "keys: k, j; window: TUMBLE";
	refuse(&rig, &plan,
		"operator 1 was WindowAggregate: keys: k; window: TUMBLE, and is WindowAggregate: "
		"keys: k, j; window: TUMBLE");
	operators[2].table = "others";
	refuse(&rig, &plan, "; operator 2 was Sink: b, and is Sink: b");
	rig_end(&rig);
}

static void states_of_another_version_are_refused_by_name(void **)
{
	struct checkpoint_operator operators[3];
	struct checkpoint_plan plan = {.n_operators = 3, .operators = operators};
	struct recovery recovery;
	struct rig rig;
	struct err err = {0};

	memcpy(operators, rig_operators, sizeof(rig_operators));
	rows_make(&rig, 9, 2);
	operators[1].state_version = 1;
	refuse(&rig, &plan,
		"' is of another version of tidewire: the state of operator 1 (WindowAggregate: "
		"keys: k; window: TUMBLE) has version 0, and this tidewire knows version 1");
	operators[1].state_version = 0;
	assert_int_equal(recovery_find(rig.dir, "latest", &plan, &recovery, &err), 0);
	rig_end(&rig);
}

static void unknown_formats_are_refused_by_name(void **)
{
	struct recovery recovery;
	struct rig rig;
	struct err err;

	rows_make(&rig, 7, 2);
	change_manifest(&rig, 2, next_format);
	assert_int_equal(find(&rig, "latest", &recovery, &err), -EPROTO);
	assert_non_null(strstr(err.text, "format 3, and this tidewire knows format 2"));
	rig_end(&rig);
	rows_make(&rig, 7, 2);
	change_manifest(&rig, 2, other_key_groups);
	assert_int_equal(find(&rig, "latest", &recovery, &err), -EPROTO);
	assert_non_null(strstr(err.text, "has 129 key groups, and this tidewire has 128"));
	rig_end(&rig);
}

static void a_second_process_is_refused(void **)
{
	struct recovery recovery;
	struct rig rig;
	struct err err;
	char text[256];

	rig_init(&rig, 8, false);
	rig_open(&rig, 1);
	assert_int_equal(find(&rig, "latest", &recovery, &err), -EBUSY);
	snprintf(text, sizeof(text), "state directory '%s' is in use by process %d", rig.dir,
		(int)getpid());
	assert_string_equal(err.text, text);
	rig_close(&rig);
	assert_int_equal(find(&rig, "latest", &recovery, &err), 0);
	rig_end(&rig);
}

// ---- Savepoints.

static uint64_t file_sum(const char *path)
{
	static char bytes[8 << 20];
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, bytes, sizeof(bytes));

	close(fd);
	assert_in_range(n, 1, sizeof(bytes) - 1);
	return checksum(bytes, (size_t)n, 0);
}

static void a_savepoint_restores_and_is_not_changed(void **)
{
	char savepoint[128], file[256];
	struct recovery recovery;
	struct rig rig, other;
	struct err err = {0};
	uint64_t sum;

	rig_init(&rig, 9, false);
	rig.len_max = 300;
	rows_path(&rig, "savepoint", savepoint);
	snprintf(file, sizeof(file), "%s/data.mdb", savepoint);
	rig_open(&rig, 1);
	rows_checkpoint(&rig, NULL);
	rows_checkpoint(&rig, savepoint);
	rows_checkpoint(&rig, NULL);
	rig_close(&rig);
	sum = file_sum(file);

	// Into another directory, which then is like one that has taken the checkpoint itself.
	rig_init(&other, 10, false);
	other.len_max = 300;
	assert_int_equal(recovery_find(other.dir, savepoint, &rig_plan, &recovery, &err), 0);
	assert_true(recovery.is_found);
	assert_int_equal(recovery.checkpoint, 2);
	assert_string_equal(recovery.path, other.dir);
	other.twin->checkpoints[2] = rig.twin->checkpoints[2];
	other.newest = 2;
	check_goes_on(&other, 2);
	other.twin->checkpoints[2] = (struct twin_checkpoint){0};

	// Without a state directory it is read where it is.
	assert_int_equal(recovery_find(NULL, savepoint, &rig_plan, &recovery, &err), 0);
	assert_string_equal(recovery.path, savepoint);

	// Into the directory that has gone on since: it goes back.
	assert_int_equal(recovery_find(rig.dir, savepoint, &rig_plan, &recovery, &err), 0);
	assert_int_equal(recovery.checkpoint, 2);
	rig.newest = 2;
	check_goes_on(&rig, 2);
	assert_int_equal(file_sum(file), sum);
	snprintf(file, sizeof(file), "%s/lock.mdb", savepoint);
	assert_int_equal(access(file, F_OK), -1);
	rig_end(&other);
	rig_end(&rig);
}

static void a_savepoint_needs_a_place_of_its_own(void **)
{
	struct checkpoint_result result;
	struct recovery recovery;
	struct rig rig;
	struct err err;

	rig_init(&rig, 11, false);
	rig_open(&rig, 1);
	assert_int_equal(checkpoint_writer_savepoint(rig.writer, rig.dir), 0);
	assert_int_equal(checkpoint_writer_savepoint(rig.writer, rig.dir), -EBUSY);
	checkpoint_writer_begin(rig.writer, 1);
	for (uint32_t i = 0; i < RIG_OUTS; i++)
		rig_say_done(&rig, i);
	twin_expect(rig.twin, 1);
	assert_true(rig_result(&rig, &result));
	assert_false(result.is_savepoint);
	assert_non_null(strstr(result.text, "cannot write savepoint '"));
	rig_close(&rig);
	assert_int_equal(find(&rig, "/nowhere", &recovery, &err), -ENOENT);
	assert_string_equal(err.text, "there is no state in '/nowhere' to restore");
	rig_end(&rig);
}

static void a_savepoint_fails_with_its_checkpoint(void **)
{
	struct checkpoint_result result;
	char savepoint[128];
	struct rig rig;

	rig_init(&rig, 12, false);
	rig.len_max = 300;
	rows_path(&rig, "savepoint", savepoint);
	rig_open(&rig, 1);
	assert_int_equal(checkpoint_writer_savepoint(rig.writer, savepoint), 0);
	checkpoint_writer_begin(rig.writer, 1);
	checkpoint_writer_abort(rig.writer, 1);
	for (uint32_t i = 0; i < RIG_OUTS; i++)
		rig_say_done(&rig, i);
	assert_false(rig_result(&rig, &result));
	rig.checkpoint++;
	rig.done = 0;
	rows_checkpoint(&rig, NULL); // which is none
	assert_int_equal(access(savepoint, F_OK), -1);
	rig_close(&rig);
	rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_directory_starts_empty),
		cmocka_unit_test(the_newest_is_restored),
		cmocka_unit_test(damage_falls_back_to_the_one_before),
		cmocka_unit_test(a_table_that_cannot_be_verified_is_refused),
		cmocka_unit_test(nothing_that_verifies_is_refused),
		cmocka_unit_test(another_job_is_refused_by_name),
		cmocka_unit_test(states_of_another_version_are_refused_by_name),
		cmocka_unit_test(unknown_formats_are_refused_by_name),
		cmocka_unit_test(a_second_process_is_refused),
		cmocka_unit_test(a_savepoint_restores_and_is_not_changed),
		cmocka_unit_test(a_savepoint_needs_a_place_of_its_own),
		cmocka_unit_test(a_savepoint_fails_with_its_checkpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
