#include "sql/catalog.h"
#include <string.h>
#include "base/nearest.h"

struct catalog_table *catalog_find_table(const struct catalog *catalog, const char *name)
{
	for (uint32_t i = 0; i < catalog->n_tables; i++)
		if (strcmp(catalog->tables[i]->name, name) == 0)
			return catalog->tables[i];
	return NULL;
}

struct catalog_view *catalog_find_view(const struct catalog *catalog, const char *name)
{
	for (uint32_t i = 0; i < catalog->n_views; i++)
		if (strcmp(catalog->views[i]->name, name) == 0)
			return catalog->views[i];
	return NULL;
}

// list[:n] with room for one more: its capacity is the power of two at or above n.
static void *room(struct arena *arena, void *list, uint32_t n)
{
	if ((n & (n - 1)) != 0)
		return list;
	return arena_grow(arena, list, n * sizeof(void *), (n == 0 ? 1 : 2 * n) * sizeof(void *));
}

void catalog_add_table(struct catalog *catalog, struct catalog_table *table)
{
	catalog->tables = room(catalog->arena, catalog->tables, catalog->n_tables);
	catalog->tables[catalog->n_tables++] = table;
}

void catalog_add_view(struct catalog *catalog, struct catalog_view *view)
{
	catalog->views = room(catalog->arena, catalog->views, catalog->n_views);
	catalog->views[catalog->n_views++] = view;
}

void catalog_drop_table(struct catalog *catalog, const struct catalog_table *table)
{
	uint32_t i = 0;

	while (catalog->tables[i] != table)
		i++;
	memmove(catalog->tables + i, catalog->tables + i + 1,
		(catalog->n_tables - i - 1) * sizeof(*catalog->tables));
	catalog->n_tables--;
}

void catalog_drop_view(struct catalog *catalog, const struct catalog_view *view)
{
	uint32_t i = 0;

	while (catalog->views[i] != view)
		i++;
	memmove(catalog->views + i, catalog->views + i + 1,
		(catalog->n_views - i - 1) * sizeof(*catalog->views));
	catalog->n_views--;
}

const char *catalog_nearest(const struct catalog *catalog, const char *name)
{
	uint32_t n = catalog->n_tables + catalog->n_views;
	const char **names = arena_alloc(catalog->arena, (n + 1) * sizeof(*names));

	for (uint32_t i = 0; i < catalog->n_tables; i++)
		names[i] = catalog->tables[i]->name;
	for (uint32_t i = 0; i < catalog->n_views; i++)
		names[catalog->n_tables + i] = catalog->views[i]->name;
	return nearest_name(name, names, n);
}
