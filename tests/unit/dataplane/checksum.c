#include "frames.h"

#include <rte_ip.h>

// RFC 1071 §4.1, word by word.
static uint16_t naive(const uint8_t *data, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i += 2)
		sum += (uint32_t)data[i] << 8 | (i + 1 < len ? data[i + 1] : 0);
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static void equals_the_naive_sum(void **)
{
	uint8_t *data;

	srandom(1);
	for (size_t len = 0; len < 600; len++) {
		data = malloc(len + 1);
		for (size_t i = 0; i < len + 1; i++)
			data[i] = (uint8_t)(random() % 8 == 0 ? 0xff : random());
		assert_int_equal(rte_be_to_cpu_16(checksum_fold(checksum_add(0, data, len))),
			naive(data, len));
		data = realloc(data, len); // exactly sized, and from an odd address
		if (len > 1)
			assert_int_equal(
				rte_be_to_cpu_16(checksum_fold(checksum_add(0, data + 1, len - 1))),
				naive(data + 1, len - 1));
		free(data);
	}
}

static void folds_any_sum(void **)
{
	static const uint64_t sums[] = {0, 1, 0xffff, 0x10000, 0xffffffff, 0x100000000,
		0xffffffffffffffff, 0xfffffffffffffffe, 0xffff0000ffff, 0x1fffe0001};

	for (size_t i = 0; i < RTE_DIM(sums); i++) {
		uint16_t folded = checksum_fold(sums[i]);

		assert_int_equal(folded % 0xffff, sums[i] % 0xffff);
		assert_int_equal(folded == 0, sums[i] == 0);
	}
}

static void pseudo_headers_equal_those_of_dpdk(void **)
{
	struct rte_ipv4_hdr ipv4 = {.version_ihl = 0x45,
		.total_length = RTE_BE16(20 + 8 + 5),
		.next_proto_id = 17,
		.src_addr = RTE_BE32(0xc0000201),
		.dst_addr = RTE_BE32(0xc6336402)};
	struct rte_ipv6_hdr ipv6 = {.payload_len = RTE_BE16(300), .proto = 17};
	struct address src = address_ipv4(ipv4.src_addr), dst = address_ipv4(ipv4.dst_addr);

	assert_int_equal(
		checksum_fold(checksum_pseudo(&src, &dst, 13, 17)), rte_ipv4_phdr_cksum(&ipv4, 0));
	for (uint8_t i = 0; i < 16; i++) {
		src.bytes[i] = ipv6.src_addr[i] = (uint8_t)(i * 37);
		dst.bytes[i] = ipv6.dst_addr[i] = (uint8_t)(i * 101 + 3);
	}
	assert_int_equal(
		checksum_fold(checksum_pseudo(&src, &dst, 300, 17)), rte_ipv6_phdr_cksum(&ipv6, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equals_the_naive_sum),
		cmocka_unit_test(folds_any_sum),
		cmocka_unit_test(pseudo_headers_equal_those_of_dpdk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
