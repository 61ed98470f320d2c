// SPDX-License-Identifier: LGPL-2.1-or-later
/* Addresses of the kernel's functions: see probe/symbols.h. A symbol is a line "ffffffff81000000 T name\t[module]". */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe/symbols.h"

struct symbol {
	uint64_t address;
	const char *name, *module; /* in the text; module "": the kernel's image */
	char type;
};

struct linx_symbols {
	char *text; /* the file, cut into words */
	struct symbol *list; /* by name, then by address */
	size_t n, cap;
};

/* Reads a file whose size is not known before. Returns NULL and sets errno; the caller frees the text. */
static char *read_all(const char *path)
{
	size_t n = 0, cap = 16u << 20;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = fd < 0 ? NULL : malloc(cap + 1), *grown;
	ssize_t got = 0;

	while (text && (got = read(fd, text + n, cap - n)) > 0) {
		n += (size_t)got;
		if (n < cap)
			continue;
		cap *= 2;
		grown = realloc(text, cap + 1);
		if (!grown)
			got = -1;
		else
			text = grown;
		if (got < 0)
			break;
	}
	if (text && got < 0) {
		free(text);
		text = NULL;
	}
	if (text)
		text[n] = '\0';
	if (fd >= 0)
		close(fd);
	return text;
}

/* Functions of eBPF programs and trampolines are made at run time. */
static int is_made(const char *module)
{
	return !strcmp(module, "bpf") || !strncmp(module, "__builtin__", 11);
}

/* Takes a line, which it cuts into words. Returns -ENOMEM, or 0, also for a line that is none of a symbol. */
static int take(struct linx_symbols *s, char *line)
{
	char *end, *name, *module;
	struct symbol *grown, one = { .module = "" };

	one.address = strtoull(line, &end, 16);
	if (end == line || end[0] != ' ' || !end[1] || end[2] != ' ')
		return 0;
	one.type = end[1];
	name = end + 3;
	one.name = name;
	name += strcspn(name, "\t ");
	if (*name) {
		*name = '\0';
		module = strchr(name + 1, '[');
		end = module ? strchr(module, ']') : NULL;
		if (!end)
			return 0;
		*end = '\0';
		one.module = module + 1;
	}
	if (is_made(one.module))
		return 0;
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 1u << 18;
		grown = reallocarray(s->list, s->cap, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		s->list = grown;
	}
	s->list[s->n++] = one;
	return 0;
}

static int compare(const void *x, const void *y)
{
	const struct symbol *a = x, *b = y;
	int by_name = strcmp(a->name, b->name);

	return by_name ? by_name : (a->address > b->address) - (a->address < b->address);
}

int linx_symbols_read(const char *path, struct linx_symbols **out)
{
	struct linx_symbols *s = calloc(1, sizeof(*s));
	uint64_t any = 0;
	char *line, *rest;
	int ret = 0;

	if (!s)
		return -ENOMEM;
	s->text = read_all(path);
	ret = s->text ? 0 : -errno;
	for (line = s->text; !ret && line && *line; line = rest) {
		rest = line + strcspn(line, "\n");
		if (*rest)
			*rest++ = '\0';
		ret = take(s, line);
	}
	for (size_t i = 0; i < s->n; i++)
		any |= s->list[i].address;
	if (!ret && !any)
		ret = -EACCES; /* kptr_restrict hides addresses */
	if (ret) {
		linx_symbols_free(s);
		return ret;
	}
	qsort(s->list, s->n, sizeof(*s->list), compare);
	*out = s;
	return 0;
}

void linx_symbols_free(struct linx_symbols *s)
{
	if (!s)
		return;
	free(s->list);
	free(s->text);
	free(s);
}

/* Returns the index of the first symbol of the name, or of the one that would follow it. */
static size_t first_of(const struct linx_symbols *s, const char *name)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(s->list[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t linx_symbols_functions(const struct linx_symbols *s, const char *module, const char *name, uint64_t *addrs, size_t most)
{
	size_t found = 0;

	for (size_t i = first_of(s, name); i < s->n && !strcmp(s->list[i].name, name); i++) {
		const struct symbol *one = &s->list[i];

		if (!strchr("tTwW", one->type) || strcmp(one->module, module ? module : ""))
			continue;
		if (found < most)
			addrs[found] = one->address;
		found++;
	}
	return found;
}

uint64_t linx_symbols_address(const struct linx_symbols *s, const char *name)
{
	for (size_t i = first_of(s, name); i < s->n && !strcmp(s->list[i].name, name); i++)
		if (!*s->list[i].module)
			return s->list[i].address;
	return 0;
}
