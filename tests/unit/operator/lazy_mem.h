// Memory whose large pieces cost only what is touched of them: for tests that make many instances.
#pragma once
#include <assert.h>
#include <sys/mman.h>
#include "base/mem.h"

enum { LAZY_SIZE_MIN = 1 << 20, LAZY_PIECES_MAX = 256 };

static struct lazy_piece {
	void *ptr; // NULL = free
	size_t size;
} lazy_pieces[LAZY_PIECES_MAX];

static inline struct lazy_piece *lazy_find(const void *ptr)
{
	for (int i = 0; i < LAZY_PIECES_MAX; i++)
		if (lazy_pieces[i].ptr == ptr)
			return &lazy_pieces[i];
	return NULL;
}

static inline void *lazy_alloc(struct mem *, size_t size, size_t align)
{
	struct lazy_piece *piece = lazy_find(NULL);
	void *ptr;

	if (size < LAZY_SIZE_MIN)
		return mem_libc.alloc(&mem_libc, size, align);
	assert(piece != NULL);
	ptr = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		-1, 0);
	if (ptr == MAP_FAILED)
		return NULL;
	*piece = (struct lazy_piece){ptr, size};
	return ptr;
}

static inline void lazy_free(struct mem *, void *ptr)
{
	struct lazy_piece *piece = lazy_find(ptr);

	if (piece == NULL) {
		mem_libc.free(&mem_libc, ptr);
		return;
	}
	munmap(ptr, piece->size);
	*piece = (struct lazy_piece){0};
}

static struct mem lazy_mem = {.alloc = lazy_alloc, .free = lazy_free};
