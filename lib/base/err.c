#include "base/err.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static void fill(struct err *err, struct pos pos, const char *format, va_list args)
{
	if (err == NULL || err->text[0] != '\0')
		return;
	err->pos = pos;
	vsnprintf(err->text, sizeof(err->text), format, args);
	// One line, although names that it quotes may hold anything.
	for (char *c = err->text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
}

int err_set(struct err *err, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err, (struct pos){0}, format, args);
	va_end(args);
	return -code;
}

int err_set_at(struct err *err, struct pos pos, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err, pos, format, args);
	va_end(args);
	return -EINVAL;
}
