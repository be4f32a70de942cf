#include "option.h"
#include <errno.h>
#include <string.h>
#include "base/nearest.h"

enum { NAMES_MAX = 32 };

int option_refuse(const struct option *options, int result, const char *bad, const char *hint,
	struct err *err)
{
	const char *names[NAMES_MAX], *nearest;
	size_t n = 0;

	if (result == ':')
		return err_set(err, EINVAL, "option '%s' needs a value; see --help", bad);
	for (; n < NAMES_MAX && options[n].name != NULL; n++)
		names[n] = options[n].name;
	nearest = nearest_name(bad + strspn(bad, "-"), names, n);
	if (nearest != NULL)
		return err_set(
			err, EINVAL, "unknown option '%s'; did you mean '--%s'?", bad, nearest);
	return err_set(err, EINVAL, "unknown option '%s'; see --help%s", bad, hint);
}
