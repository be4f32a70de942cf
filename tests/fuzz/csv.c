// Any bytes as a message of the csv format.
#include "fuzz.h"

#include "format_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz fuzz;

	if (fuzz.arena == NULL)
		fuzz_init(&fuzz, "csv");
	fuzz_one(&fuzz, data, size);
	return 0;
}
