// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads headers of HTTP requests from a file: see http/http_heads.h. */
#include "http/http_heads.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool is_token(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isascii((unsigned char)s[i]) || (!isalnum((unsigned char)s[i]) && !strchr("!#$%&'*+-.^_`|~", s[i])))
			return false;
	return n;
}

/* Checks a line of the file of headers: "Name: value". */
static bool is_head(const char *line)
{
	size_t n = strcspn(line, ":");

	if (!line[n] || !is_token(line, n) || !line[n + 1 + strspn(line + n + 1, " \t")])
		return false;
	for (line += n + 1; *line; line++)
		if (((unsigned char)*line < 0x20 && *line != '\t') || *line == 0x7f)
			return false;
	return true;
}

/* Splits the text of the headers into lines. Messages show no content of the file. */
static int split_heads(struct http_heads *h, const char *path, struct problem *why)
{
	char *line = h->text, *next;
	unsigned int n = 0, number = 1;

	for (; line; line = next, number++) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		line[strcspn(line, "\r")] = '\0';
		if (!*line)
			continue;
		if (!is_head(line))
			return problem_set(why, "%s:%u: not a header: write Name: value", path, number);
		if (n == HTTP_HEADS_MAX)
			return problem_set(why, "%s: too many headers: write at most %u", path, HTTP_HEADS_MAX);
		h->lines[n++] = line;
	}
	return n ? 0 : problem_set(why, "%s: it has no header: write Name: value", path);
}

int http_heads_read(struct http_heads *h, const char *path, struct problem *why)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	size_t n = 0;
	int rc = -1;

	*h = (struct http_heads){ 0 };
	if (!f || fstat(fileno(f), &st))
		problem_set(why, "cannot read: %s: %s", path, strerror(errno));
	else if (st.st_mode & (S_IROTH | S_IWOTH))
		problem_set(why, "cannot use: %s: everybody may read or write it: chmod o= %s", path, path);
	else {
		n = fread(h->text, 1, sizeof(h->text), f);
		if (ferror(f))
			problem_set(why, "cannot read: %s: %s", path, strerror(errno));
		else if (n == sizeof(h->text) || memchr(h->text, '\0', n))
			problem_set(why, "cannot use: %s: write text of at most %u bytes", path, HTTP_HEADS_BYTES);
		else
			rc = 0;
	}
	if (f)
		fclose(f);
	if (rc)
		return rc;
	h->text[n] = '\0';
	return split_heads(h, path, why);
}
