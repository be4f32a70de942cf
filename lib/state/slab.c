// A page: a header of one cache line, then pieces. Free pieces that were in use are linked by their
// index in the page; those behind n_touched never were.
#include "state/slab.h"
#include <assert.h>
#include <stdbool.h>
#include <string.h>

enum { NO_PIECE = UINT16_MAX };

// As large as so many pieces of a page can be.
static const uint16_t class_sizes[SLAB_CLASSES] = {16, 32, 48, 64, 96, 112, 144, 192, 240, 336, 400,
	496, 576, 672, 800, 1008, 1344, 2016, 4032};

struct slab_page {
	uint32_t next, previous; // of all pages
	uint32_t next_with_room, previous_with_room;
	uint16_t class;
	uint16_t n_used, n_touched;
	uint16_t free; // the first free piece, NO_PIECE
};
_Static_assert(sizeof(struct slab_page) <= SLAB_HEADER, "a slab page's header");

static uint16_t class_of(uint32_t size)
{
	uint16_t low = 0, high = SLAB_CLASSES - 1;

	assert(size > 0 && size <= SLAB_SIZE_MAX);
	while (low < high) {
		uint16_t middle = (uint16_t)((low + high) / 2);

		if (class_sizes[middle] < size)
			low = (uint16_t)(middle + 1);
		else
			high = middle;
	}
	return low;
}

static struct slab_page *page_of(const struct slab *slab, uint32_t page)
{
	return page_at(slab->pool, page);
}

static uint32_t n_pieces(uint16_t class)
{
	return SLAB_SIZE_MAX / class_sizes[class];
}

void slab_init(struct slab *slab, struct page_pool *pool)
{
	*slab = (struct slab){.pool = pool, .pages = PAGE_NONE};
	for (int i = 0; i < SLAB_CLASSES; i++)
		slab->with_room[i] = PAGE_NONE;
}

void slab_destroy(struct slab *slab)
{
	while (slab->pages != PAGE_NONE) {
		uint32_t page = slab->pages;

		slab->pages = page_of(slab, page)->next;
		page_give(slab->pool, page);
	}
	slab_init(slab, slab->pool);
}

static void link_with_room(struct slab *slab, uint32_t index)
{
	struct slab_page *page = page_of(slab, index);
	uint32_t *first = &slab->with_room[page->class];

	page->next_with_room = *first;
	page->previous_with_room = PAGE_NONE;
	if (*first != PAGE_NONE)
		page_of(slab, *first)->previous_with_room = index;
	*first = index;
}

static void unlink_with_room(struct slab *slab, struct slab_page *page)
{
	if (page->previous_with_room != PAGE_NONE)
		page_of(slab, page->previous_with_room)->next_with_room = page->next_with_room;
	else
		slab->with_room[page->class] = page->next_with_room;
	if (page->next_with_room != PAGE_NONE)
		page_of(slab, page->next_with_room)->previous_with_room = page->previous_with_room;
}

static bool add_page(struct slab *slab, uint16_t class)
{
	uint32_t index = page_take(slab->pool);
	struct slab_page *page;

	if (index == PAGE_NONE)
		return false;
	page = page_of(slab, index);
	*page = (struct slab_page){
		.next = slab->pages, .previous = PAGE_NONE, .class = class, .free = NO_PIECE};
	if (slab->pages != PAGE_NONE)
		page_of(slab, slab->pages)->previous = index;
	slab->pages = index;
	slab->n_pages++;
	link_with_room(slab, index);
	return true;
}

static void drop_page(struct slab *slab, uint32_t index)
{
	struct slab_page *page = page_of(slab, index);

	unlink_with_room(slab, page);
	if (page->previous != PAGE_NONE)
		page_of(slab, page->previous)->next = page->next;
	else
		slab->pages = page->next;
	if (page->next != PAGE_NONE)
		page_of(slab, page->next)->previous = page->previous;
	slab->n_pages--;
	page_give(slab->pool, index);
}

static void *piece(struct slab_page *page, uint32_t i)
{
	return (char *)page + SLAB_HEADER + i * class_sizes[page->class];
}

void *slab_take(struct slab *slab, uint32_t size)
{
	uint16_t class = class_of(size);
	struct slab_page *page;
	void *at;

	if (slab->with_room[class] == PAGE_NONE && !add_page(slab, class))
		return NULL;
	page = page_of(slab, slab->with_room[class]);
	if (page->free != NO_PIECE) {
		at = piece(page, page->free);
		memcpy(&page->free, at, sizeof(page->free));
	} else {
		at = piece(page, page->n_touched++);
	}
	if (++page->n_used == n_pieces(class))
		unlink_with_room(slab, page);
	return at;
}

void slab_give(struct slab *slab, void *at, uint32_t size)
{
	uint32_t index = (uint32_t)(((uint8_t *)at - slab->pool->pages) / PAGE_SIZE);
	struct slab_page *page = page_of(slab, index);
	uint32_t offset = (uint32_t)((char *)at - (char *)page) - SLAB_HEADER;
	uint16_t i = (uint16_t)(offset / class_sizes[page->class]);

	assert(page->class == class_of(size) && page->n_used > 0);
	memcpy(at, &page->free, sizeof(page->free));
	page->free = i;
	if (page->n_used-- == n_pieces(page->class))
		link_with_room(slab, index);
	if (page->n_used == 0)
		drop_page(slab, index);
}
