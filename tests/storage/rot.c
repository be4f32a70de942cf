#include "rot.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SIZE = 512 };
enum { PAGE = 4096 };

static void rot_bytes(char *bytes, size_t size, struct random *random)
{
	uint32_t n_pages = (uint32_t)(size / PAGE);
	char *page = bytes + (size_t)random_below(random, n_pages) * PAGE;
	char *other = bytes + (size_t)random_below(random, n_pages) * PAGE;
	uint32_t at = random_below(random, PAGE);

	switch (random_below(random, 5)) {
	case 0: // bits
		for (uint32_t n = 1 + random_below(random, 3); n > 0; n--)
			page[random_below(random, PAGE)] ^= (char)(1 << random_below(random, 8));
		return;
	case 1: // a page is zero
		memset(page, 0, PAGE);
		return;
	case 2: // or its end is
		memset(page + at, 0, PAGE - at);
		return;
	case 3: // or is another page
		memmove(page, other, PAGE);
		return;
	default: // or noise
		for (uint32_t i = at; i < PAGE; i++)
			page[i] = (char)random_bits(random);
	}
}

static void rot_file(const char *path, struct random *random)
{
	FILE *file = fopen(path, "rb");
	char *bytes = malloc(64 << 20);
	size_t size = fread(bytes, 1, 64 << 20, file);

	fclose(file);
	if (random_below(random, 8) == 0)
		size = (size_t)random_below(random, (uint32_t)size);
	else
		for (uint32_t n = 1 + random_below(random, 3); n > 0; n--)
			rot_bytes(bytes, size, random);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
		abort();
	free(bytes);
}

void rot_dir(const char *dir, struct random *random)
{
	char names[32][PATH_SIZE];
	uint32_t n = 0;
	DIR *list = opendir(dir);
	struct dirent *entry;

	while ((entry = readdir(list)) != NULL && n < 32) {
		struct stat status;

		snprintf(names[n], PATH_SIZE, "%s/%.200s", dir, entry->d_name);
		if (stat(names[n], &status) == 0 && S_ISREG(status.st_mode) &&
			status.st_size >= PAGE && strstr(names[n], "lock") == NULL)
			n++;
	}
	closedir(list);
	rot_file(names[random_below(random, n)], random);
}
