// Whether a file of LMDB is built as it should be. liblmdb trusts its pages: what is wrong in them
// makes it crash, run in circles, or give out a page twice, which nobody notices before it is too
// late. So this looks at the pages themselves.
#pragma once
#include "base/err.h"

// dir/data.mdb, which nobody writes to. Returns 0, or -EBADMSG with *err, or -errno.
int lmdb_check(const char *dir, struct err *err);
