// The Internet checksum (RFC 1071): ones' complement sum of 16-bit words. Sums are kept in 64 bits
// and in the order of memory, which the sum does not mind (RFC 1071 §2 B), and folded at the end.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dataplane/address.h"

// sum plus the words of data[:len]; an odd last byte counts as if a zero followed, so only the last
// piece of what is summed may be odd. len up to 2^31 (the sum cannot overflow).
static inline uint64_t checksum_add(uint64_t sum, const void *data, size_t len)
{
	const uint8_t *at = data;
	uint32_t quad;
	uint16_t tail[2] = {0};

	for (; len >= sizeof(quad); len -= sizeof(quad), at += sizeof(quad)) {
		memcpy(&quad, at, sizeof(quad));
		sum += quad;
	}
	memcpy(tail, at, len);
	return sum + tail[0] + tail[1];
}

// The pseudo-header of UDP and ICMPv6 (RFC 768, RFC 8200 §8.1); len in bytes. One form serves both
// versions, as ::ffff: in front of an IPv4 address adds 0xffff, which is zero in ones' complement.
static inline uint64_t checksum_pseudo(
	const struct address *src, const struct address *dst, uint32_t len, uint8_t protocol)
{
	uint64_t sum = (uint64_t)rte_cpu_to_be_32(len) + rte_cpu_to_be_32(protocol);

	for (int i = 0; i < 4; i++)
		sum += (uint64_t)src->quads[i] + dst->quads[i];
	return sum;
}

// The sum in 16 bits, in memory order: 0xffff when it covers a valid checksum.
static inline uint16_t checksum_fold(uint64_t sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

// Write the checksum of what was summed (with the field itself as zero) to at.
static inline void checksum_put(uint8_t *at, uint64_t sum)
{
	uint16_t value = (uint16_t)~checksum_fold(sum);

	memcpy(at, &value, sizeof(value));
}
