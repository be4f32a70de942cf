// Feeds files to a fuzz target without libFuzzer: replay_json FILE|FOLDER…
// With it every build, gcc's too, runs the corpus, and an input that once crashed stays a test.
#include "fuzz.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define OPEN_FOLDERS_MAX 8

static unsigned n_inputs; // nftw() hands nothing through to its callback

static int replay(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
	FILE *file;
	uint8_t *data;
	size_t size = (size_t)stat->st_size;

	if (type != FTW_F)
		return type == FTW_D ? 0 : -1;

	file = fopen(path, "rb");
	data = malloc(size);
	if (file == NULL || (data == NULL && size > 0) || fread(data, 1, size, file) != size) {
		perror(path);
		exit(1);
	}
	fclose(file);
	// The last name on stderr is the input that crashed.
	fprintf(stderr, "%s: %zu bytes\n", path, size);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	n_inputs++;
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (nftw(argv[i], replay, OPEN_FOLDERS_MAX, FTW_PHYS) != 0) {
			fprintf(stderr, "%s: cannot read it\n", argv[i]);
			return 1;
		}
	}
	if (n_inputs == 0)
		fprintf(stderr, "replay: no inputs\n");
	return n_inputs == 0 ? 1 : 0;
}
