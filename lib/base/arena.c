#include "base/arena.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_SIZE = 16384, ALIGN = 16 };

struct chunk {
	struct chunk *next;
	size_t used, size; // of data
	_Alignas(ALIGN) char data[];
};

struct arena {
	struct chunk *chunks; // the open one first
	const void *context;
};

static void *must(void *ptr)
{
	if (ptr == NULL)
		abort();
	return ptr;
}

struct arena *arena_new(void)
{
	return must(calloc(1, sizeof(struct arena)));
}

void arena_free(struct arena *arena)
{
	struct chunk *next;

	if (arena == NULL)
		return;
	for (struct chunk *chunk = arena->chunks; chunk != NULL; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(arena);
}

void arena_set_context(struct arena *arena, const void *context)
{
	arena->context = context;
}

const void *arena_context(const struct arena *arena)
{
	return arena->context;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct chunk *chunk = arena->chunks;
	size_t rounded = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);

	if (chunk == NULL || chunk->size - chunk->used < rounded) {
		size_t data_size = rounded > CHUNK_SIZE ? rounded : CHUNK_SIZE;

		chunk = must(calloc(1, sizeof(*chunk) + data_size));
		chunk->size = data_size;
		chunk->next = arena->chunks;
		arena->chunks = chunk;
	}
	chunk->used += rounded;
	return chunk->data + chunk->used - rounded;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	memcpy(copy, text, len);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = arena_alloc(arena, (size_t)len + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	return text;
}

void *arena_grow(struct arena *arena, const void *ptr, size_t old_size, size_t new_size)
{
	void *copy = arena_alloc(arena, new_size);

	if (old_size > 0)
		memcpy(copy, ptr, old_size);
	return copy;
}
