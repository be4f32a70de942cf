// Memory for what lives and dies together on the cold path: syntax trees, plans, names. Freed in
// one go. Running out of memory while a job is being planned has no answer: arena_alloc() aborts
// then.
#pragma once
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena); // arena may be NULL

// size bytes, zeroed, aligned for any type; they live until arena_free().
void *arena_alloc(struct arena *arena, size_t size);
// A copy of text[:len], with a NUL behind it.
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
// What all that is made in this arena may look up, such as the settings of the session that it is
// made for (expr/session.h); NULL until it is set.
void arena_set_context(struct arena *arena, const void *context);
const void *arena_context(const struct arena *arena);
// ptr's first old_size bytes in new_size bytes (growing arrays); ptr may be NULL.
void *arena_grow(struct arena *arena, const void *ptr, size_t old_size, size_t new_size);
