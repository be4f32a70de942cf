// Writes docs/sql.md: the page docs/sql.md.in, with the functions and aggregates that there are in
// place of its lines "@functions@" and "@aggregates@". With the page as a second argument it
// compares instead and says where they differ (scripts/docs brings the page up to date).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "expr/function.h"
#include "operator/aggregate/aggregate.h"

enum { LINE_MAX_BYTES = 4096 };

static void put_functions(FILE *out)
{
	for (const struct function_family *const *family = function_families; *family != NULL;
		family++) {
		fprintf(out, "### %s\n\n", (*family)->title);
		for (uint16_t i = 0; i < (*family)->n; i++)
			fprintf(out, "* `%s` — %s\n", (*family)->functions[i].usage,
				(*family)->functions[i].doc);
		fprintf(out, "\n");
	}
}

static void put_aggregates(FILE *out)
{
	const struct aggregate_doc *docs;
	uint16_t n = aggregate_docs(&docs);

	for (uint16_t i = 0; i < n; i++)
		fprintf(out, "* `%s` — %s; gives %s\n", docs[i].usage, docs[i].doc, docs[i].result);
}

static void put_page(FILE *template, FILE *out)
{
	char line[LINE_MAX_BYTES];

	while (fgets(line, sizeof(line), template) != NULL) {
		if (strcmp(line, "@functions@\n") == 0)
			put_functions(out);
		else if (strcmp(line, "@aggregates@\n") == 0)
			put_aggregates(out);
		else
			fputs(line, out);
	}
}

static int compare(FILE *page, const char *expected)
{
	char line[LINE_MAX_BYTES];
	unsigned int number = 0;

	while (fgets(line, sizeof(line), page) != NULL) {
		size_t len = strlen(line);

		number++;
		if (strncmp(expected, line, len) != 0)
			break;
		expected += len;
	}
	if (*expected == '\0' && feof(page))
		return 0;
	fprintf(stderr, "docs/sql.md:%u: not what the registries say; run scripts/docs\n", number);
	return 1;
}

int main(int argc, char **argv)
{
	FILE *template = argc > 1 ? fopen(argv[1], "r") : NULL;
	FILE *page = argc > 2 ? fopen(argv[2], "r") : NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *memory;
	int status;

	if (template == NULL || (argc > 2 && page == NULL)) {
		fprintf(stderr, "usage: sql TEMPLATE [PAGE]\n");
		return 2;
	}
	if (page == NULL) {
		put_page(template, stdout);
		fclose(template);
		return 0;
	}
	memory = open_memstream(&text, &size);
	if (memory == NULL)
		return 2;
	put_page(template, memory);
	fclose(memory);
	status = compare(page, text);
	free(text);
	fclose(page);
	fclose(template);
	return status;
}
