// Damage to the files of a directory, as disks do it.
#pragma once
#include "row/random.h"

// Flip bits, or zero, exchange or tear pages of one of dir's files of a page or more, or cut it
// off; locks are left alone.
void rot_dir(const char *dir, struct random *random);
