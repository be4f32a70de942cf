// Walks all trees from the newest meta page: each page must be of the right kind, in the file, and
// have one place only; keys must ascend, within what the pages above say; counts must agree. Pages
// that the list of free ones names must be in no tree. Time: one look at each page; space: a bit.
#include "snapshot/lmdb_check.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "snapshot/lmdb_format.h"

struct check {
	const char *map;
	size_t size;
	uint64_t page_size, n_pages; // that can be referred to
	uint8_t *used; // bits: a page has its place
	struct err *err;
};

struct key {
	const uint8_t *bytes; // NULL: no bound
	uint16_t len;
};

struct tree {
	const struct lmdb_db *db;
	bool has_numbers; // keys are, of 8 bytes
	bool is_main; // its values may be databases
	struct lmdb_db found; // counts
	// Of each entry's value, in the order of keys.
	int (*visit)(struct check *check, struct key key, const uint8_t *value, uint32_t len);
};

static int damaged(struct check *check, uint64_t page, const char *what)
{
	return err_set(check->err, EBADMSG, "page %" PRIu64 " of the file %s", page, what);
}

static const struct lmdb_page *page_at(const struct check *check, uint64_t number)
{
	return (const void *)(check->map + number * check->page_size);
}

// Give pages their place.
static int use(struct check *check, uint64_t first, uint64_t n)
{
	if (first < 2 || first >= check->n_pages || n > check->n_pages - first)
		return damaged(check, first, "is not in it");
	for (uint64_t i = first; i < first + n; i++) {
		if (check->used[i / 8] >> i % 8 & 1)
			return damaged(check, i, "is used twice");
		check->used[i / 8] |= (uint8_t)(1 << i % 8);
	}
	return 0;
}

static int compare(const struct tree *tree, struct key a, struct key b)
{
	uint64_t x, y;
	int order;

	if (tree->has_numbers) {
		memcpy(&x, a.bytes, sizeof(x));
		memcpy(&y, b.bytes, sizeof(y));
		return (x > y) - (x < y);
	}
	order = memcmp(a.bytes, b.bytes, a.len < b.len ? a.len : b.len);
	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static struct key key_of(const struct lmdb_node *node)
{
	return (struct key){node->key, node->key_size};
}

static const struct lmdb_node *node_at(const struct lmdb_page *page, uint32_t i)
{
	return (const void *)((const char *)page + page->offsets[i]);
}

static uint32_t value_size(const struct lmdb_node *node)
{
	return node->low | (uint32_t)node->high << 16;
}

static uint64_t child_of(const struct lmdb_node *node)
{
	return value_size(node) | (uint64_t)node->flags << 32;
}

static uint32_t n_nodes(const struct lmdb_page *page)
{
	return (page->lower - LMDB_PAGE_HEAD) / 2u;
}

// ---- One page.

static int check_node(
	struct check *check, const struct tree *tree, const struct lmdb_page *page, uint32_t i)
{
	const uint64_t size = check->page_size;
	const struct lmdb_node *node;
	uint64_t end;

	if (page->offsets[i] < page->upper || page->offsets[i] % 2 != 0 ||
		page->offsets[i] + (uint64_t)LMDB_NODE_HEAD > size)
		return damaged(check, page->number, "has an entry outside it");
	node = node_at(page, i);
	end = page->offsets[i] + LMDB_NODE_HEAD + (uint64_t)node->key_size;
	if (page->flags == LMDB_LEAF)
		end += node->flags & LMDB_BIG ? 8 : value_size(node);
	if (end > size)
		return damaged(check, page->number, "has an entry outside it");
	// The first key of a branch stands for all below the second, and may be missing.
	if (page->flags == LMDB_BRANCH && i == 0)
		return 0;
	if (node->key_size == 0 || node->key_size > LMDB_KEY_MAX ||
		(tree->has_numbers && node->key_size != 8))
		return damaged(check, page->number, "has a key of no possible length");
	return 0;
}

// Keys ascend, from low (which the first may equal) to below high.
static int check_order(struct check *check, const struct tree *tree, const struct lmdb_page *page,
	struct key low, struct key high)
{
	uint32_t first = page->flags == LMDB_BRANCH;
	struct key last = {0};

	for (uint32_t i = first; i < n_nodes(page); i++) {
		struct key key = key_of(node_at(page, i));

		if ((last.bytes != NULL && compare(tree, key, last) <= 0) ||
			(low.bytes != NULL && compare(tree, key, low) < 0))
			return damaged(check, page->number, "has keys out of order");
		last = key;
	}
	if (high.bytes != NULL && last.bytes != NULL && compare(tree, last, high) >= 0)
		return damaged(check, page->number, "has keys out of order");
	return 0;
}

static int check_page(struct check *check, const struct tree *tree, const struct lmdb_page *page,
	uint64_t number, uint16_t flags)
{
	uint64_t bytes = 0;

	if (page->number != number)
		return damaged(check, number, "is another");
	if (page->flags != flags)
		return damaged(check, number, "is of another kind");
	if (page->lower < LMDB_PAGE_HEAD || page->lower % 2 != 0 || page->lower > page->upper ||
		page->upper > check->page_size || n_nodes(page) == 0)
		return damaged(check, number, "has bounds that cannot be");
	for (uint32_t i = 0; i < n_nodes(page); i++) {
		const struct lmdb_node *node;
		int result = check_node(check, tree, page, i);

		if (result < 0)
			return result;
		node = node_at(page, i);
		bytes += LMDB_NODE_HEAD + (uint64_t)node->key_size;
		if (flags == LMDB_LEAF)
			bytes += node->flags & LMDB_BIG ? 8 : value_size(node);
		bytes += bytes % 2;
	}
	if (bytes != check->page_size - page->upper)
		return damaged(check, number, "has entries that overlap");
	return 0;
}

// ---- Trees.

static int check_tree(struct check *check, struct tree *tree);

static int check_database(struct check *check, const uint8_t *value, uint32_t len, uint64_t page)
{
	struct lmdb_db db;
	struct tree tree = {.db = &db};

	if (len != sizeof(db))
		return damaged(check, page, "has a database that is none");
	memcpy(&db, value, sizeof(db));
	return check_tree(check, &tree);
}

// The value in overflow pages.
static int check_big(
	struct check *check, struct tree *tree, const struct lmdb_node *node, const uint8_t **value)
{
	uint64_t first,
		n = (LMDB_PAGE_HEAD - 1 + (uint64_t)value_size(node)) / check->page_size + 1;
	const struct lmdb_page *page;
	int result;

	memcpy(&first, node->key + node->key_size, sizeof(first));
	result = use(check, first, n);
	if (result < 0)
		return result;
	page = page_at(check, first);
	if (page->number != first || page->flags != LMDB_OVERFLOW || page->n_pages != n)
		return damaged(check, first, "is not the value that it should be");
	tree->found.n_overflow += n;
	*value = (const uint8_t *)page + LMDB_PAGE_HEAD;
	return 0;
}

static int check_leaf(struct check *check, struct tree *tree, const struct lmdb_page *page)
{
	int result = 0;

	for (uint32_t i = 0; result == 0 && i < n_nodes(page); i++) {
		const struct lmdb_node *node = node_at(page, i);
		const uint8_t *value = node->key + node->key_size;

		if ((node->flags & ~(LMDB_BIG | (tree->is_main ? LMDB_DATABASE : 0))) != 0)
			return damaged(check, page->number, "has an entry of another kind");
		if (node->flags & LMDB_BIG)
			result = check_big(check, tree, node, &value);
		if (result == 0 && node->flags & LMDB_DATABASE)
			result = check_database(check, value, value_size(node), page->number);
		if (result == 0 && tree->visit != NULL)
			result = tree->visit(check, key_of(node), value, value_size(node));
	}
	tree->found.n_leaves++;
	tree->found.n_entries += n_nodes(page);
	return result;
}

static int check_subtree(struct check *check, struct tree *tree, uint64_t number, uint16_t depth,
	struct key low, struct key high)
{
	bool is_leaf = depth == tree->db->depth;
	const struct lmdb_page *page;
	int result = use(check, number, 1);

	if (result < 0)
		return result;
	page = page_at(check, number);
	result = check_page(check, tree, page, number, is_leaf ? LMDB_LEAF : LMDB_BRANCH);
	if (result == 0)
		result = check_order(check, tree, page, low, high);
	if (result == 0 && is_leaf)
		return check_leaf(check, tree, page);
	tree->found.n_branches++;
	for (uint32_t i = 0; result == 0 && i < n_nodes(page); i++) {
		struct key from = i > 0 ? key_of(node_at(page, i)) : low;
		struct key to = i + 1 < n_nodes(page) ? key_of(node_at(page, i + 1)) : high;

		result = check_subtree(
			check, tree, child_of(node_at(page, i)), (uint16_t)(depth + 1), from, to);
	}
	return result;
}

static int check_tree(struct check *check, struct tree *tree)
{
	const struct lmdb_db *db = tree->db, *found = &tree->found;
	int result;

	if (db->root == LMDB_NO_PAGE)
		return db->n_entries == 0 ? 0 : damaged(check, 0, "leads to no entries");
	if (db->depth == 0 || db->depth > LMDB_DEPTH_MAX ||
		(!tree->has_numbers && !tree->is_main && db->flags != 0))
		return damaged(check, db->root, "is the root of a tree that cannot be");
	result = check_subtree(check, tree, db->root, 1, (struct key){0}, (struct key){0});
	if (result < 0)
		return result;
	if (db->n_branches != found->n_branches || db->n_leaves != found->n_leaves ||
		db->n_overflow != found->n_overflow || db->n_entries != found->n_entries)
		return damaged(check, db->root, "is the root of a tree that has lost pages");
	return 0;
}

// ---- The list of free pages: of each transaction their count, and their numbers.

static int visit_free(struct check *check, struct key key, const uint8_t *value, uint32_t len)
{
	uint64_t n, page, before = UINT64_MAX;
	int result = 0;

	memcpy(&n, value, len >= sizeof(n) ? sizeof(n) : 0);
	if (len < sizeof(n) || n > len / sizeof(n) - 1)
		return damaged(check, 0, "has a list of free pages that cannot be");
	for (uint64_t i = 1; result == 0 && i <= n; i++) {
		memcpy(&page, value + i * sizeof(page), sizeof(page));
		if (page >= before)
			return damaged(check, page, "is free out of order");
		before = page;
		result = use(check, page, 1);
	}
	return result;
}

// ---- Meta pages.

static const struct lmdb_meta *meta_at(const struct check *check, uint64_t number)
{
	return (const void *)(check->map + number * check->page_size + LMDB_PAGE_HEAD);
}

static int check_meta(struct check *check, uint64_t number)
{
	const struct lmdb_page *page = page_at(check, number);
	const struct lmdb_meta *meta = meta_at(check, number);

	if (page->number != number || !(page->flags & LMDB_META) ||
		meta->magic != (uint32_t)LMDB_META_MAGIC || meta->version != LMDB_VERSION ||
		meta->free.page_size != check->page_size || meta->last_page < 1 ||
		meta->map_size >= (uint64_t)1 << 47)
		return damaged(check, number, "is no meta page");
	if (meta->txn > 0 && meta->txn % 2 != number)
		return damaged(check, number, "is a meta page of another transaction");
	return 0;
}

// The newer of the two, which are of consecutive transactions.
static int choose(struct check *check, const struct lmdb_meta **newest)
{
	const struct lmdb_meta *a, *b;
	int result = check_meta(check, 0);

	if (result == 0)
		result = check_meta(check, 1);
	if (result < 0)
		return result;
	a = meta_at(check, 0);
	b = meta_at(check, 1);
	*newest = a->txn > b->txn ? a : b;
	if (a->txn - b->txn != 1 && b->txn - a->txn != 1 && (a->txn != 0 || b->txn != 0))
		return damaged(check, 0, "is a meta page that does not go with the other");
	return 0;
}

static int check_file(struct check *check)
{
	const struct lmdb_meta *meta;
	struct tree free_pages = {.has_numbers = true, .visit = visit_free};
	struct tree main = {.is_main = true};
	int result;

	check->page_size =
		((const struct lmdb_meta *)(check->map + LMDB_PAGE_HEAD))->free.page_size;
	if (check->page_size < 512 || check->page_size > 65536 ||
		(check->page_size & (check->page_size - 1)) != 0 ||
		check->size / check->page_size < 2)
		return damaged(check, 0, "is no meta page");
	result = choose(check, &meta);
	if (result < 0)
		return result;
	check->n_pages = check->size / check->page_size;
	if (meta->last_page < check->n_pages)
		check->n_pages = meta->last_page + 1;
	check->used = calloc(check->n_pages / 8 + 1, 1);
	if (check->used == NULL)
		return -ENOMEM;
	main.db = &meta->main;
	free_pages.db = &meta->free;
	result = check_tree(check, &main);
	return result == 0 ? check_tree(check, &free_pages) : result;
}

int lmdb_check(const char *dir, struct err *err)
{
	struct check check = {.err = err};
	char path[PATH_MAX + 16];
	struct stat stat_;
	int fd, result;

	snprintf(path, sizeof(path), "%s/data.mdb", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &stat_) < 0) {
		result = err_set(err, errno, "cannot read '%s': %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return result;
	}
	check.size = (size_t)stat_.st_size;
	if (check.size < 2 * 512) {
		close(fd);
		return err_set(err, EBADMSG, "the file is too short");
	}
	check.map = mmap(NULL, check.size, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (check.map == MAP_FAILED)
		return err_set(err, errno, "cannot map '%s': %s", path, strerror(errno));
	result = check_file(&check);
	munmap((void *)check.map, check.size);
	free(check.used);
	return result;
}
