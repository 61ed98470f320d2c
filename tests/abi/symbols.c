/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compares the symbol map with the public headers, both read as text, and prints each symbol that one of them lacks.
 * The shared library exports exactly the symbols of the map.
 */
#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX 256

struct names {
	char name[MAX][64];
	int n;
};

/* Reads a file by its path relative to the top of the tree, which is the working directory of tests. */
static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	if (!f || !text || !fread(text, 1, (1 << 20) - 1, f)) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(1);
	}
	fclose(f);
	return text;
}

static void add(struct names *set, const char *s, size_t len)
{
	if (set->n == MAX || len >= sizeof(set->name[0]))
		exit(1);
	memcpy(set->name[set->n], s, len);
	set->name[set->n++][len] = '\0';
}

/* Adds the names of the functions that a header declares: the word before the first parenthesis after LINX_API. */
static void declared(const char *text, struct names *set)
{
	while ((text = strstr(text, "\nLINX_API "))) {
		const char *end = strchr(text + 1, '('), *start = end;

		while (isalnum((unsigned char)start[-1]) || start[-1] == '_')
			start--;
		add(set, start, (size_t)(end - start));
		text = end;
	}
}

static void mapped(const char *text, struct names *set)
{
	while ((text = strstr(text, "\t\tlinx_"))) {
		const char *end = strchr(text, ';');

		add(set, text + 2, (size_t)(end - text - 2));
		text = end;
	}
}

static int missing(const struct names *from, const struct names *in, const char *what)
{
	int bad = 0;

	for (int i = 0; i < from->n; i++) {
		int found = 0;

		for (int k = 0; k < in->n && !found; k++)
			found = !strcmp(from->name[i], in->name[k]);
		if (!found)
			fprintf(stderr, "%s: %s\n", what, from->name[i]);
		bad += !found;
	}
	return bad;
}

int main(void)
{
	static struct names header, map;
	glob_t headers;
	char *text;
	int bad;

	if (glob("libuser/include/linx/*.h", 0, NULL, &headers)) {
		fprintf(stderr, "no headers in libuser/include/linx\n");
		return 1;
	}
	for (size_t i = 0; i < headers.gl_pathc; i++) {
		text = read_file(headers.gl_pathv[i]);
		declared(text, &header);
		free(text);
	}
	globfree(&headers);
	text = read_file("libuser/linx.map");
	mapped(text, &map);
	free(text);
	bad = missing(&header, &map, "declared, but not in linx.map");
	bad += missing(&map, &header, "in linx.map, but not declared");
	if (header.n < 40)
		fprintf(stderr, "only %d functions found in the header\n", header.n);
	return bad || header.n < 40;
}
