// CRC32C of a stream, piece by piece: of any length, at any alignment, however it was cut.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <rte_hash_crc.h>

// Begin with 0.
static inline uint32_t crc32c(uint32_t crc, const void *data, size_t len)
{
	const uint8_t *at = data;
	uint64_t word;

	for (; len >= sizeof(word); at += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, at, sizeof(word)); // rte_hash_crc() wants it aligned
		crc = rte_hash_crc_8byte(word, crc);
	}
	for (; len > 0; at++, len--)
		crc = rte_hash_crc_1byte(*at, crc);
	return crc;
}
