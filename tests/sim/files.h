// Files of the simulated world: in memory, read and written by nobody's thread, behind the
// interfaces of dataplane/file_reader.h and file_writer.h, which they take the place of. How fast
// the disk is, where chunks end and what a death leaves of a file the seed says.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "input.h"

enum { FILES_MAX = 4 };

struct sim_file {
	char *name, *bytes;
	size_t len, size;
	size_t durable; // bytes[:durable] survive a death
};

// Forget all files. random decides from now on; calm: the disk is fast and chunks are large.
void files_reset(struct random *random, bool calm);
void files_disturb(void); // not any more
// The file of this name, which is made if need be.
struct sim_file *file_named(const char *name);
void file_append(struct sim_file *file, const char *bytes, size_t len);
// The disk does a little of what it was told.
void files_step(void);
// The process is gone. What was on its way to the disk is lost, and of what was not synced a part.
void files_die(void);
