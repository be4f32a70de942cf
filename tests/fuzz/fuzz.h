// What a fuzz target defines. libFuzzer calls it with inputs that it makes up; replay.c with those
// of the corpus.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Feed data[:size] to the code under test. data is exactly size bytes of heap, so that a sanitizer
// sees the first byte read past its end. Returns 0; whatever else the code does wrong must abort.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
