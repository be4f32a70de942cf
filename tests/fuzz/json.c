// Any bytes as a message of the json format.
#include "fuzz.h"

#include "format_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz fuzz;

	if (fuzz.arena == NULL)
		fuzz_init(&fuzz, "json");
	fuzz_one(&fuzz, data, size);
	return 0;
}
