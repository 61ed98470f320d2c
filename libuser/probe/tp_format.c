// SPDX-License-Identifier: LGPL-2.1-or-later
/* Format files of tracepoints; see probe/tp_format.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array_size.h"
#include "probe/tp_format.h"

/* Limit of a format file: the kernel's own are below 16 KiB. */
#define TEXT_MAX 65536u

/* Copies a text without the blanks around it; false: it is empty or too long. */
static bool copy(const char *from, size_t n, char *to, size_t size)
{
	while (n && (*from == ' ' || *from == '\t'))
		from++, n--;
	while (n && (from[n - 1] == ' ' || from[n - 1] == '\t'))
		n--;
	if (!n || n >= size)
		return false;
	memcpy(to, from, n);
	to[n] = '\0';
	return true;
}

/* Reads the number of "KEY:NUMBER;" in a line; key: with its colon. false: there is none. */
static bool number(const char *line, size_t n, const char *key, uint32_t *to)
{
	const char *at = memmem(line, n, key, strlen(key));
	char *end;
	unsigned long long v;

	if (!at)
		return false;
	at += strlen(key);
	if (*at < '0' || *at > '9')
		return false;
	v = strtoull(at, &end, 10);
	*to = (uint32_t)v;
	return *end == ';' && v <= UINT32_MAX;
}

static bool take_place(struct linx_tp_field *f)
{
	static const struct {
		const char *word;
		enum linx_tp_place place;
	} words[] = { { "__data_loc ", LINX_TP_DATA_LOC }, { "__rel_loc ", LINX_TP_REL_LOC } };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t n = strlen(words[i].word);

		if (strncmp(f->type, words[i].word, n))
			continue;
		f->place = words[i].place;
		memmove(f->type, f->type + n, strlen(f->type + n) + 1);
		return true;
	}
	return false;
}

/* Parses "TYPE NAME" or "TYPE NAME[N]". */
static bool take_declaration(const char *from, size_t n, struct linx_tp_field *f)
{
	const char *end = from + n, *bracket, *name;
	bool dynamic;

	bracket = n && end[-1] == ']' ? memrchr(from, '[', n) : NULL;
	if (bracket)
		end = bracket;
	name = end;
	while (name > from && name[-1] != ' ' && name[-1] != '\t' && name[-1] != '*')
		name--;
	if (!copy(name, (size_t)(end - name), f->name, sizeof(f->name)) ||
	    !copy(from, (size_t)(name - from), f->type, sizeof(f->type)))
		return false;
	dynamic = take_place(f);
	f->is_array = bracket || strstr(f->type, "[]");
	f->is_pointer = strchr(f->type, '*') && !f->is_array;
	f->is_char = f->is_array && strstr(f->type, "char") && !strstr(f->type, "unsigned");
	/* If the length in brackets is the name of a constant, elements is 0; the field's size is known in any case. */
	f->elements = bracket && !dynamic ? (uint32_t)strtoul(bracket + 1, NULL, 10) : 0;
	return true;
}

/* Parses a line "field:TYPE NAME; offset:N; size:N; signed:N;". */
static bool take_field(const char *line, size_t n, struct linx_tp_field *f)
{
	const char *semicolon = memchr(line, ';', n);
	uint32_t is_signed = 0;

	*f = (struct linx_tp_field){ .place = LINX_TP_HERE };
	if (!semicolon || !take_declaration(line, (size_t)(semicolon - line), f))
		return false;
	if (!number(line, n, "offset:", &f->offset) || !number(line, n, "size:", &f->size))
		return false;
	number(line, n, "signed:", &is_signed);
	f->is_signed = is_signed;
	f->is_common = !strncmp(f->name, "common_", 7);
	return f->size && f->size <= LINX_FETCH_RECORD_MAX && f->offset <= LINX_FETCH_RECORD_MAX - f->size;
}

int linx_tp_format_parse(const char *text, struct linx_tp_format *to, struct linx_error *err)
{
	bool found = false;

	*to = (struct linx_tp_format){ 0 };
	for (const char *line = text; *line;) {
		const char *end = strchrnul(line, '\n'), *at = line;

		while (*at == ' ' || *at == '\t')
			at++;
		if (!strncmp(at, "ID:", 3)) {
			to->id = (uint32_t)strtoul(at + 3, NULL, 10);
			found = true;
		} else if (!strncmp(at, "field:", 6)) {
			if (to->n == LINX_TP_FIELDS_MAX)
				break;
			if (!take_field(at + 6, (size_t)(end - at) - 6, &to->fields[to->n]))
				return linx_fail(err, -EINVAL, "the format of the tracepoint is not understood: %.*s", (int)(end - at), at);
			to->n++;
		}
		line = *end ? end + 1 : end;
	}
	return found && to->n ? 0 : linx_fail(err, -EINVAL, "the format of the tracepoint has no fields");
}

/* Reads a whole file, as a string; NULL: it cannot be read, or has TEXT_MAX bytes or more. */
static char *read_text(const char *path)
{
	char *text = malloc(TEXT_MAX);
	int fd = text ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	size_t len = 0;
	ssize_t n = -1;

	while (fd >= 0 && len < TEXT_MAX - 1 && (n = read(fd, text + len, TEXT_MAX - 1 - len)) > 0)
		len += (size_t)n;
	if (fd >= 0)
		close(fd);
	if (n) {
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

int linx_tp_format_read(const char *subsystem, const char *name, struct linx_tp_format *format, struct linx_error *err)
{
	static const char *const roots[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	char path[512], *text;
	bool mounted = false;
	int rc;

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		snprintf(path, sizeof(path), "%s/events", roots[i]);
		mounted |= !access(path, F_OK);
		snprintf(path, sizeof(path), "%s/events/%.128s/%.128s/format", roots[i], subsystem, name);
		text = read_text(path);
		if (!text)
			continue;
		rc = linx_tp_format_parse(text, format, err);
		free(text);
		return rc;
	}
	if (!mounted)
		return linx_fail(err, -ENOENT, "tracepoint %.64s:%.64s: tracefs cannot be read; mount it: mount -t tracefs tracefs %s",
				 subsystem, name, roots[0]);
	return linx_fail(err, -ENOENT, "tracepoint %.64s:%.64s: this kernel has no such tracepoint", subsystem, name);
}

const struct linx_tp_field *linx_tp_format_field(const struct linx_tp_format *format, const char *name)
{
	for (uint32_t i = 0; i < format->n; i++)
		if (!strcmp(format->fields[i].name, name))
			return &format->fields[i];
	return NULL;
}
