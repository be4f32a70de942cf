#include "base/nearest.h"
#include <ctype.h>
#include <string.h>

enum { NAME_MAX_LEN = 128 };

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

// Wagner and Fischer (1974), one row at a time; NAME_MAX_LEN letters are compared at the most.
static unsigned distance(const char *a, const char *b)
{
	size_t len_b = strnlen(b, NAME_MAX_LEN - 1);
	unsigned row[NAME_MAX_LEN];

	for (size_t j = 0; j <= len_b; j++)
		row[j] = (unsigned)j;
	for (size_t i = 0; a[i] != '\0' && i < NAME_MAX_LEN; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t j = 0; j < len_b; j++) {
			unsigned change =
				tolower((unsigned char)a[i]) != tolower((unsigned char)b[j]);
			unsigned above = row[j + 1];

			row[j + 1] = min3(above + 1, row[j] + 1, diagonal + change);
			diagonal = above;
		}
	}
	return row[len_b];
}

const char *nearest_name(const char *name, const char *const *names, size_t n)
{
	unsigned least = (unsigned)strlen(name) / 3 + 2; // farther than this is another word
	const char *nearest = NULL;

	for (size_t i = 0; i < n; i++) {
		unsigned d = distance(name, names[i]);

		if (d < least) {
			least = d;
			nearest = names[i];
		}
	}
	return nearest;
}
