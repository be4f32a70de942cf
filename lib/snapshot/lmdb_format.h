// How a file of LMDB 0.9 is laid out (mdb.c: MDB_page, MDB_node, MDB_meta, MDB_db), on a machine of
// 64 bits, little endian.
#pragma once
#include <stdint.h>

enum {
	LMDB_PAGE_HEAD = 16,
	LMDB_NODE_HEAD = 8,
	LMDB_META_MAGIC = (int)0xbeefc0de,
	LMDB_VERSION = 1,
	LMDB_DEPTH_MAX = 32,
	LMDB_KEY_MAX = 511,
};

enum lmdb_page_flags {
	LMDB_BRANCH = 0x01,
	LMDB_LEAF = 0x02,
	LMDB_OVERFLOW = 0x04,
	LMDB_META = 0x08,
};

enum lmdb_node_flags {
	LMDB_BIG = 0x01, // the value is in overflow pages
	LMDB_DATABASE = 0x02, // the value is a struct lmdb_db
};

#define LMDB_NO_PAGE UINT64_MAX

struct lmdb_page {
	uint64_t number;
	uint16_t pad, flags;
	union {
		struct {
			uint16_t lower, upper; // of the free room between offsets and nodes
		};
		uint32_t n_pages; // overflow
	};
	uint16_t offsets[]; // of nodes
};

struct lmdb_node {
	uint16_t low, high; // size of the value; with flags, a branch's page
	uint16_t flags;
	uint16_t key_size;
	uint8_t key[]; // and the value
};

struct lmdb_db {
	uint32_t page_size; // in a meta page's first one
	uint16_t flags, depth;
	uint64_t n_branches, n_leaves, n_overflow, n_entries;
	uint64_t root;
};

struct lmdb_meta {
	uint32_t magic, version;
	uint64_t address, map_size;
	struct lmdb_db free, main;
	uint64_t last_page, txn;
};
