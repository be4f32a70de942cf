// Letters of all scripts, by libc's own table of Unicode (the locale C.UTF-8, whatever the process
// runs in; ASCII alone when it is not installed). Internal to the module.
#pragma once
#include <stdbool.h>
#include <stdint.h>

void unicode_load(void); // before the others, once at least; not thread-safe
uint32_t unicode_upper(uint32_t point);
uint32_t unicode_lower(uint32_t point);
bool unicode_is_letter(uint32_t point);
