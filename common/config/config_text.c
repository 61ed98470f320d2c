// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads a JSON text, and finds positions of errors in it: see config/config_text.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config_text.h"
#include "base/json_pos.h"

#define TEXT_MAX (16u << 20)
#define DEPTH_MAX 32
#define MEMBERS_MAX 8192 /* most members of an object; each is compared with all others to find duplicates */

/* ---- reading and parsing the text -------------------------------------------------------- */

static char *read_all(int fd, size_t *len)
{
	size_t cap = 65536;
	char *text = malloc(cap + 1), *more;
	ssize_t n = 1;

	*len = 0;
	while (text && n > 0 && *len <= TEXT_MAX) {
		if (*len == cap) {
			more = realloc(text, 2 * cap + 1);
			if (!more)
				break;
			text = more;
			cap *= 2;
		}
		n = read(fd, text + *len, cap - *len);
		*len += n > 0 ? (size_t)n : 0;
	}
	if (text && !n && *len <= TEXT_MAX) {
		text[*len] = '\0';
		return text;
	}
	if (n >= 0)
		errno = text ? EFBIG : ENOMEM;
	free(text);
	return NULL;
}

static int read_file(struct config_text *t, size_t *len)
{
	int fd = open(t->name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0) {
		t->text = read_all(fd, len);
		close(fd);
	}
	return t->text ? 0 : problem_set(t->why, "cannot read: %s: %s", t->name, strerror(errno));
}

static const char *name_of(const struct config_text *t)
{
	return t->name ? t->name : "--config";
}

/*
 * Finds a NUL byte, or its escape \\u0000. libcjson would take the NUL for the end of the text, and ignore the rest.
 * NULL: there is none.
 */
static const char *find_nul(const char *text, size_t len)
{
	const char *end = text + strlen(text);

	for (const char *s = strchr(text, '\\'); s && s[1]; s = strchr(s + 2, '\\'))
		if (!strncmp(s + 1, "u0000", 5))
			return s;
	return end == text + len ? NULL : end;
}

static int parse_text(struct config_text *t, size_t len)
{
	const char *end = t->text, *nul = find_nul(t->text, len);

	if (nul)
		return problem_set(t->why, "wrong configuration: %s:%u: expected text, found a NUL byte", name_of(t),
				   position_line(t->text, nul));
	t->root = cJSON_ParseWithOpts(t->text, &end, false);
	if (!t->root)
		return problem_set(t->why, "wrong configuration: %s:%u: expected JSON, which it is not near %s%.20s%s", name_of(t),
				   position_line(t->text, end), *end ? "'" : "", *end ? end : "the end", *end ? "'" : "");
	end += strspn(end, " \t\r\n");
	if (!*end)
		return 0;
	return problem_set(t->why, "wrong configuration: %s:%u: expected the end, found '%.20s'", name_of(t),
			   position_line(t->text, end), end);
}

int config_text_open(struct config_text *t, const char *file_or_text, struct problem *why)
{
	bool inlined = file_or_text[strspn(file_or_text, " \t\r\n")] == '{';
	size_t len = strlen(file_or_text);
	int rc = 0;

	*t = (struct config_text){ .name = inlined ? NULL : file_or_text, .why = why };
	if (inlined) {
		t->text = strdup(file_or_text);
		rc = t->text ? 0 : problem_set(why, "out of memory");
	} else {
		rc = read_file(t, &len);
	}
	if (!rc)
		rc = parse_text(t, len);
	if (rc) {
		/* the message may quote the file: control characters are replaced, so that it stays one line */
		for (char *s = why->text; *s; s++)
			*s = (unsigned char)*s < ' ' || *s == 0x7f ? ' ' : *s;
		config_text_close(t);
	}
	return rc;
}

void config_text_close(struct config_text *t)
{
	cJSON_Delete(t->root);
	free(t->text);
	*t = (struct config_text){ 0 };
}

/* ---- positions of values in the text ------------------------------------------------------- */

/*
 * Finds the path from the root to v, and stores in way[] the values on it, from the root on. Returns their number; 0: v
 * is not below the root.
 */
static int find_route(const cJSON *from, const cJSON *v, const cJSON **way, int depth)
{
	const cJSON *c;
	int n;

	if (depth == DEPTH_MAX)
		return 0;
	way[depth] = from;
	if (from == v)
		return depth + 1;
	cJSON_ArrayForEach(c, from) {
		n = find_route(c, v, way, depth + 1);
		if (n)
			return n;
	}
	return 0;
}

static unsigned int index_in(const cJSON *array, const cJSON *v)
{
	unsigned int i = 0;

	for (const cJSON *c = array->child; c && c != v; c = c->next)
		i++;
	return i;
}

/* Copies a name from the file, with control characters replaced, so that it stays in one line. */
static int put_name(char *to, size_t size, const char *name)
{
	size_t n = 0;

	for (; *name && n + 1 < size && n < 64; name++)
		to[n++] = (unsigned char)*name < ' ' || *name == 0x7f ? '?' : *name;
	to[n] = '\0';
	return (int)n;
}

/* Writes the path of a value, as "open_params.filter_pids[2]". */
static void spell_route(const cJSON *const *way, int n, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (int i = 1; i < n && at + 80 < size; i++) {
		if (cJSON_IsArray(way[i - 1])) {
			at += (size_t)snprintf(buf + at, size - at, "[%u]", index_in(way[i - 1], way[i]));
			continue;
		}
		if (at)
			buf[at++] = '.';
		at += (size_t)put_name(buf + at, size - at, way[i]->string);
	}
}

static unsigned int line_of(const struct config_text *t, const cJSON *const *way, int n)
{
	const char *at = t->text;

	for (int i = 1; at && i < n; i++)
		at = position_child(at, way[i - 1], way[i]);
	at = at ? at : t->text;
	return position_line(t->text, at + strspn(at, " \t\r\n"));
}

void config_position(const struct config_text *t, const cJSON *v, char *buf, size_t size)
{
	const cJSON *way[DEPTH_MAX];
	int n = find_route(t->root, v, way, 0);

	snprintf(buf, size, "%s:%u", name_of(t), line_of(t, way, n));
}

/* Writes the value that was found in the file, shortened, in one line. */
static void spell_found(const cJSON *v, char *buf, size_t size)
{
	char *text = cJSON_PrintUnformatted(v);

	snprintf(buf, size, "%.40s%s", text ? text : "?", text && strlen(text) > 40 ? "..." : "");
	cJSON_free(text);
	for (; *buf; buf++)
		*buf = (unsigned char)*buf < ' ' || *buf == 0x7f ? '?' : *buf;
}

int config_wrong(const struct config_text *t, const cJSON *v, const char *fmt, ...)
{
	char path[256], found[64], why[200];
	const cJSON *way[DEPTH_MAX];
	int n = find_route(t->root, v, way, 0);
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	spell_route(way, n, path, sizeof(path));
	spell_found(v, found, sizeof(found));
	return problem_set(t->why, "wrong configuration: %s:%u: %s%s%s, found %s", name_of(t), line_of(t, way, n), path,
			   *path ? ": " : "", why, found);
}

int config_check_duplicates(const struct config_text *t, const cJSON *object)
{
	const cJSON *a, *b;

	if (cJSON_GetArraySize(object) > MEMBERS_MAX)
		return config_wrong(t, object, "expected at most %d keys", MEMBERS_MAX);
	cJSON_ArrayForEach(a, object)
		for (b = object->child; b != a; b = b->next)
			if (!strcmp(a->string, b->string))
				return config_wrong(t, a, "expected each key once, and this is the second");
	return 0;
}
