#include "tidewire/script.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// All of a stream whose length nobody knows beforehand.
static int read_all(struct script *script, FILE *file, struct err *err)
{
	size_t size = 0;

	for (;;) {
		size_t n;

		if (size - script->len < BUFSIZ + 1) {
			size = size * 2 + BUFSIZ + 1;
			script->text = realloc(script->text, size);
			if (script->text == NULL)
				return err_set(err, ENOMEM, "no memory to read %s", script->name);
		}
		n = fread(script->text + script->len, 1, BUFSIZ, file);
		script->len += n;
		if (script->len > SCRIPT_SIZE_MAX)
			return err_set(err, E2BIG, "%s is longer than %d MiB", script->name,
				SCRIPT_SIZE_MAX >> 20);
		if (n == 0)
			break;
	}
	script->text[script->len] = '\0';
	if (ferror(file))
		return err_set(err, errno, "cannot read %s: %s", script->name, strerror(errno));
	return 0;
}

int script_read(struct script *script, const char *path, struct err *err)
{
	FILE *file;
	int result;

	*script = (struct script){.name = path};
	if (strcmp(path, "-") == 0) {
		script->name = "<stdin>";
		return read_all(script, stdin, err);
	}
	file = fopen(path, "r");
	if (file == NULL)
		return err_set(err, errno, "cannot read %s: %s", path, strerror(errno));
	result = read_all(script, file, err);
	fclose(file);
	return result;
}

void script_free(struct script *script)
{
	free(script->text);
}

static const char *find_line(const struct script *script, uint32_t line)
{
	const char *at = script->text;

	for (; line > 1; line--) {
		at = strchr(at, '\n');
		if (at == NULL)
			return NULL;
		at++;
	}
	return at;
}

void script_print_error(const struct script *script, const struct err *err)
{
	const char *line;

	if (script == NULL || script->text == NULL || err->pos.line == 0) {
		fprintf(stderr, "tidewire: error: %s\n", err->text);
		return;
	}
	fprintf(stderr, "tidewire: %s:%u:%u: error: %s\n", script->name, err->pos.line,
		err->pos.column, err->text);
	line = find_line(script, err->pos.line);
	if (line == NULL)
		return;
	fprintf(stderr, "%.*s\n", (int)strcspn(line, "\n"), line);
	// Tabs stay tabs, so that the caret stands below its column.
	for (uint32_t i = 1; i < err->pos.column && line[i - 1] != '\0' && line[i - 1] != '\n'; i++)
		fputc(line[i - 1] == '\t' ? '\t' : ' ', stderr);
	fputs("^\n", stderr);
}
