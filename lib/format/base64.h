// Base64 with padding (RFC 4648 §4): how JSON and CSV carry BYTES.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// Bytes of text that len bytes become.
static inline uint64_t base64_encoded_size(uint32_t len)
{
	return ((uint64_t)len + 2) / 3 * 4;
}

void base64_encode(const uint8_t *data, uint32_t len, char *text);

// Decode text[:len] to data, which has room for len / 4 * 3 bytes. Returns how many they are, or -1
// when it is not base64: a length not divisible by four, a foreign character, wrong padding.
int64_t base64_decode(const char *text, uint32_t len, uint8_t *data);
