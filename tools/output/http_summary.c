// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Counts HTTP requests. Rows are found by a text key of status, side, host and path. Latencies are counted in
 * buckets, four for each power of two. A percentile is the upper bound of its bucket, so it is at most a quarter
 * too high.
 */
#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/http_summary.h"

#define ROWS_MAX 10000u
#define CLASSES 256u
/* Most bytes of a host, and of a path, in the key of a row. */
#define KEY_MAX 512u

struct row {
	char *key; /* status, side, host and path */
	unsigned int status; /* status of the responses; 0: there was no response */
	uint64_t n, timed;
	uint32_t classes[CLASSES];
};

struct http_summary {
	struct row *rows;
	unsigned int n;
	struct hsearch_data index;
	uint64_t others; /* requests that are in no row, since the table was full */
};

struct http_summary *http_summary_new(void)
{
	struct http_summary *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->rows = calloc(ROWS_MAX, sizeof(*t->rows));
	if (t->rows && hcreate_r(2 * ROWS_MAX, &t->index))
		return t;
	free(t->rows);
	free(t);
	return NULL;
}

void http_summary_free(struct http_summary *t)
{
	if (!t)
		return;
	hdestroy_r(&t->index);
	for (unsigned int i = 0; i < t->n; i++)
		free(t->rows[i].key);
	free(t->rows);
	free(t);
}

/* ---- buckets of latencies ---------------------------------------------------------------- */

static unsigned int class_of(uint64_t ns)
{
	unsigned int log = ns ? 63u - (unsigned int)__builtin_clzll(ns) : 0;

	return log < 2 ? (unsigned int)ns : log * 4 + (unsigned int)(ns >> (log - 2) & 3);
}

static uint64_t upper_bound(unsigned int class)
{
	unsigned int log = class / 4;

	return class < 8 ? class : ((4ull + class % 4 + 1) << (log - 2)) - 1;
}

static uint64_t percentile(const struct row *r, unsigned int percent)
{
	uint64_t wanted = (r->timed * percent + 99) / 100, seen = 0;

	for (unsigned int i = 0; i < CLASSES; i++) {
		seen += r->classes[i];
		if (seen >= wanted)
			return upper_bound(i);
	}
	return 0;
}

/* ---- finding the row of a request ------------------------------------------------------------ */

/*
 * Writes a text of an HTTP message, with control characters escaped; without: the text if there is none. Returns
 * the length.
 */
static size_t put_text(char *to, size_t room, const struct linx_http_value *v, const char *without)
{
	char text[KEY_MAX + 1];
	size_t n = v->data ? v->len : strlen(without);

	if (n > KEY_MAX)
		n = KEY_MAX;
	memcpy(text, v->data ? v->data : without, n);
	text[n] = '\0';
	n = linx_escape(to, room, text);
	return n < room ? n : room - 1;
}

static struct row *add_row(struct http_summary *t, const char *key, unsigned int status)
{
	struct row *r = &t->rows[t->n];
	ENTRY entry = { .data = r }, *found;

	r->key = strdup(key);
	entry.key = r->key;
	if (!r->key || !hsearch_r(entry, ENTER, &found, &t->index)) {
		free(r->key);
		r->key = NULL;
		return NULL;
	}
	r->status = status;
	t->n++;
	return r;
}

static int find_row(struct http_summary *t, const struct linx_http *h, struct row **r)
{
	char key[2 * KEY_MAX + 32];
	ENTRY *found;
	size_t len = (size_t)snprintf(key, sizeof(key), "%3u %s ", h->status,
				      h->side == LINX_HTTP_SIDE_CLIENT ? "client" : "server");

	len += put_text(key + len, KEY_MAX, &h->host, "-");
	put_text(key + len, KEY_MAX, &h->path, h->has_request ? "" : "?");
	*r = NULL;
	if (hsearch_r((ENTRY){ .key = key }, FIND, &found, &t->index))
		*r = found->data;
	else if (t->n < ROWS_MAX)
		*r = add_row(t, key, h->status);
	return *r || t->n == ROWS_MAX ? 0 : -ENOMEM;
}

int http_summary_count(struct http_summary *t, const struct linx_event *ev)
{
	const struct linx_http *h;
	struct row *r;
	int rc = linx_event_get_http(ev, &h);

	if (!rc)
		rc = find_row(t, h, &r);
	if (rc || !r) {
		t->others += !rc;
		return rc == -ENOMEM ? rc : 0;
	}
	r->n++;
	if (h->latency_ns == LINX_HTTP_NOT_KNOWN)
		return 0;
	r->timed++;
	r->classes[class_of(h->latency_ns)]++;
	return 0;
}

/* ---- printing the table ------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
	const struct row *const *x = a, *const *y = b;

	if ((*x)->n != (*y)->n)
		return (*x)->n < (*y)->n ? 1 : -1;
	return strcmp((*x)->key, (*y)->key);
}

static void print_ms(FILE *f, const struct row *r, unsigned int percent)
{
	if (r->timed)
		fprintf(f, " %9.3f", (double)percentile(r, percent) / 1e6);
	else
		fprintf(f, " %9s", "-");
}

static void print_row(FILE *f, const struct row *r)
{
	fprintf(f, "%9" PRIu64, r->n);
	print_ms(f, r, 50);
	print_ms(f, r, 90);
	print_ms(f, r, 99);
	if (r->status)
		fprintf(f, " %s\n", r->key);
	else
		fprintf(f, "   - %s\n", r->key + 4);
}

int http_summary_print(const struct http_summary *t, unsigned int rows, char **text, size_t *len)
{
	const struct row **order = calloc(t->n + 1u, sizeof(*order));
	FILE *f = order ? open_memstream(text, len) : NULL;

	if (!f) {
		free(order);
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < t->n; i++)
		order[i] = &t->rows[i];
	qsort(order, t->n, sizeof(*order), by_number);
	fprintf(f, "%9s %9s %9s %9s %3s %-6s %s\n", "requests", "p50 ms", "p90 ms", "p99 ms", "st.", "side", "host and path");
	for (unsigned int i = 0; i < t->n && (!rows || i < rows); i++)
		print_row(f, order[i]);
	if (t->others)
		fprintf(f, "%9" PRIu64 " of more hosts and paths than have a row\n", t->others);
	free(order);
	return fclose(f) ? -errno : 0;
}
