// The jobs that the simulation runs: over the tables a and b into the table o, files of these
// names.
#pragma once
#include <stdint.h>

uint32_t jobs_count(void);
const char *job_name(uint32_t i);
// The whole script. The caller frees it.
char *job_script(uint32_t i);
