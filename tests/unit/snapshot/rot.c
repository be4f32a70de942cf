// What time does to a file: bits that flip, sectors that read as zeros or as something else, pages
// that are lost. It is noticed, or does no harm: whatever is restored is a checkpoint as it was,
// and the process that restores never dies of it.
//
//	test_snapshot_rot [N [SEED]]    N damages, by default some hundreds
#include <fcntl.h>
#include <sys/stat.h>
#include "snapshot/recovery.h"
#include "snapshot/rows.h"

enum { FILE_MAX = 4 << 20, SECTOR = 512, PAGE = 4096, CHECKPOINTS = 4 };

static uint32_t n_damages = 100;
static uint64_t first_seed = 1;

struct file {
	size_t size;
	char bytes[FILE_MAX];
};

struct tally {
	uint32_t harmless, fell_back, refused;
};

static void file_read(struct file *file, const char *path)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, file->bytes, sizeof(file->bytes));

	close(fd);
	assert_in_range(n, 1, FILE_MAX - 1);
	file->size = (size_t)n;
}

static void file_write(const struct file *file, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(write(fd, file->bytes, file->size) == (ssize_t)file->size);
	close(fd);
}

// One damage; what it was, for people.
static void damage(struct rig *rig, struct file *file, char what[128])
{
	size_t at = random_bits(&rig->random) % file->size, other;
	uint32_t n = 1 + rig_below(rig, 3);

	if (rig_below(rig, 3) == 0)
		at %= 4 * PAGE; // where the meta pages are
	switch (rig_below(rig, 8)) {
	case 0:
		at -= at % SECTOR;
		memset(file->bytes + at, 0, SECTOR);
		snprintf(what, 128, "zeros at %zu", at);
		return;
	case 1:
		at -= at % SECTOR;
		other = random_bits(&rig->random) % (file->size / SECTOR) * SECTOR;
		memcpy(file->bytes + at, file->bytes + other, SECTOR);
		snprintf(what, 128, "sector %zu from %zu", at, other);
		return;
	case 2:
		at -= at % PAGE;
		other = random_bits(&rig->random) % (file->size / PAGE) * PAGE;
		memcpy(file->bytes + at, file->bytes + other, PAGE);
		snprintf(what, 128, "page %zu from %zu", at, other);
		return;
	case 3:
		if (rig_below(rig, 4) > 0) {
			for (size_t i = at - at % SECTOR; i < at; i++)
				file->bytes[i] = (char)random_bits(&rig->random);
			snprintf(what, 128, "noise up to %zu", at);
			return;
		}
		file->size = at;
		snprintf(what, 128, "cut at %zu", at);
		return;
	default:
		snprintf(what, 128, "%u bits behind %zu", n, at);
		for (; n > 0; n--) {
			file->bytes[at] ^= (char)(1 << rig_below(rig, 8));
			at = (at + rig_below(rig, 64)) % file->size;
		}
	}
}

// What was restored is what it says, and the job goes on with it. (The checkpoint before it may be
// damaged: nobody has looked at it.)
static void check_restored(struct rig *rig, const struct recovery *recovery)
{
	uint64_t checkpoint = recovery->checkpoint;

	assert_in_range(checkpoint, 1, CHECKPOINTS);
	if (checkpoint < CHECKPOINTS)
		assert_true(strstr(recovery->note, "does not verify") != NULL ||
			    strstr(recovery->note, "is damaged") != NULL);
	rig->newest = checkpoint;
	rig_open(rig, checkpoint + 1);
	rig_check_one(rig, checkpoint);
	rows_checkpoint(rig, NULL);
	rig_check_one(rig, checkpoint + 1);
	rig_close(rig);
}

static void try_damage(struct rig *rig, const struct file *whole, struct tally *tally)
{
	static struct file damaged;
	struct twin_checkpoint expected[CHECKPOINTS + 2];
	char path[128], what[128];
	struct recovery recovery;
	struct err err = {0};
	int result;

	rows_path(rig, "data.mdb", path);
	memcpy(&damaged, whole, offsetof(struct file, bytes) + whole->size);
	damage(rig, &damaged, what);
	file_write(&damaged, path);
	result = recovery_find(rig->dir, "latest", &rig_plan, &recovery, &err);
	if (getenv("VERBOSE") != NULL)
		print_message("%s: %d %s%s\n", what, result, err.text, recovery.note);
	if (result < 0) {
		assert_true(err.text[0] != '\0');
		tally->refused++;
		return;
	}
	assert_true(recovery.is_found);
	tally->harmless += recovery.checkpoint == CHECKPOINTS;
	tally->fell_back += recovery.checkpoint < CHECKPOINTS;
	// A fifth checkpoint is taken, and forgotten again with the next damage.
	memcpy(expected, rig->twin->checkpoints, sizeof(expected));
	memset(rig->twin->checkpoints, 0, sizeof(expected));
	memcpy(rig->twin->checkpoints, expected, (recovery.checkpoint + 1) * sizeof(*expected));
	check_restored(rig, &recovery);
	twin_forget(rig->twin, recovery.checkpoint + 1);
	memcpy(rig->twin->checkpoints, expected, sizeof(expected));
}

static void rot_is_noticed_or_harmless(void **)
{
	static struct file whole;
	struct tally tally = {0};

	for (uint32_t i = 0; i < n_damages; i += 50) {
		struct rig rig;
		char path[128];

		rows_make(&rig, first_seed + i, CHECKPOINTS);
		rows_path(&rig, "data.mdb", path);
		file_read(&whole, path);
		for (uint32_t k = 0; k < 50; k++)
			try_damage(&rig, &whole, &tally);
		rig_end(&rig);
	}
	print_message("%u damages: %u harmless, %u fell back, %u refused\n", n_damages,
		tally.harmless, tally.fell_back, tally.refused);
	assert_true(tally.harmless > 0 && tally.fell_back > 0 && tally.refused > 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rot_is_noticed_or_harmless),
	};

	if (argc > 1)
		n_damages = (uint32_t)atoi(argv[1]);
	if (argc > 2)
		first_seed = (uint64_t)atoll(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
