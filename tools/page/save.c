// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The page as one HTML file: see page/page.h. Its data are JSON in an element of a type that no browser executes. JSON
 * of the page has no '<', so no text can end this element. The page's content security policy lets the browser execute
 * only the script that carries a random number (nonce).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "page/page.h"

#define THREADS 200u /* most threads in the timeline */
#define TIMELINE_COLUMNS "800"
#define HEAT_COLUMNS "400"
#define VIEW_ROWS "1000"
/* Bytes of the file that are reserved for what follows the events. */
#define REST 1000000u

static const struct page_file *find_file(const char *path, struct page_file *f)
{
	for (unsigned int i = 0; page_file(i, f); i++)
		if (!strcmp(f->path, path))
			return f;
	return NULL;
}

/* Returns a parameter of a query whose parameters are pairs of name and value. NULL ends the pairs. */
static const char *fixed(void *data, const char *name)
{
	for (const char *const *pair = data; *pair; pair += 2)
		if (!strcmp(pair[0], name))
			return pair[1];
	return NULL;
}

static bool put_answer(struct page *p, const char *key, const char *path, const char **pairs, FILE *to)
{
	const struct page_query q = { .get = fixed, .data = pairs };

	fprintf(to, "\"%s\":", key);
	return page_answer(p, path, &q, to) == 200;
}

static int by_count(const void *a, const void *b, void *arg)
{
	const struct page_task *tasks = arg, *x = &tasks[*(const uint32_t *)a], *y = &tasks[*(const uint32_t *)b];

	return x->count < y->count ? 1 : x->count > y->count ? -1 : 0;
}

/* Returns the ids of the threads with most calls, joined by commas; the caller frees the text. NULL: out of memory. */
static char *busiest(struct page *p)
{
	uint32_t n = p->model.ntasks, *list = calloc(n + 1, sizeof(*list));
	char *text = malloc(THREADS * 12 + 1), *to = text;

	for (uint32_t i = 0; list && i < n; i++)
		list[i] = i;
	if (list)
		qsort_r(list, n, sizeof(*list), by_count, p->model.tasks);
	if (text)
		*text = '\0';
	for (uint32_t i = 0; list && text && i < n && i < THREADS; i++)
		to += sprintf(to, "%s%u", i ? "," : "", list[i]);
	free(list);
	return text;
}

static bool put_data(struct page *p, FILE *to, uint64_t *left_out)
{
	char *threads = busiest(p);
	bool ok = threads;

	fputc('{', to);
	ok = ok && put_answer(p, "state", "state", (const char *[]){ NULL }, to);
	fputs(",\n", to);
	ok = ok && put_answer(p, "processes", "processes", (const char *[]){ NULL }, to);
	fputs(",\n", to);
	ok = ok && put_answer(p, "timeline", "timeline", (const char *[]){ "columns", TIMELINE_COLUMNS, "threads", threads, NULL }, to);
	fputs(",\n", to);
	ok = ok && put_answer(p, "heat", "heat", (const char *[]){ "columns", HEAT_COLUMNS, NULL }, to);
	fputs(",\n\"views\":{", to);
	for (unsigned int i = 0; ok && i < p->model.nviews; i++) {
		const char *name = p->model.views[i].def.name;

		fputs(i ? ",\n" : "", to);
		ok = put_answer(p, name, "view", (const char *[]){ "name", name, "top", VIEW_ROWS, NULL }, to);
	}
	fputs("},\n\"events\":", to);
	ok = ok && page_put_events(p, PAGE_SAVED_BYTES - REST, to, left_out);
	fputc('}', to);
	free(threads);
	return ok;
}

/*
 * Writes the page's text up to the place "what", which something else replaces. Returns the text after this place;
 * NULL: the page has no such place.
 */
static const char *put_until(const char *text, const char *end, const char *what, FILE *to)
{
	const char *at = memmem(text, (size_t)(end - text), what, strlen(what));

	if (!at)
		return NULL;
	fwrite(text, 1, (size_t)(at - text), to);
	return at + strlen(what);
}

static bool put_page(struct page *p, FILE *to, uint64_t *left_out)
{
	struct page_file html, css, js;
	unsigned char random[16];
	char nonce[2 * sizeof(random) + 1];
	const char *text, *end;
	bool ok;

	if (!find_file("/", &html) || !find_file("/page.css", &css) || !find_file("/page.js", &js) || getrandom(random, sizeof(random), 0) != sizeof(random))
		return false;
	for (size_t i = 0; i < sizeof(random); i++)
		sprintf(nonce + 2 * i, "%02x", random[i]);
	end = html.text + html.len;
	text = put_until(html.text, end, "<link rel=\"stylesheet\" href=\"/page.css\">", to);
	fprintf(to, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'nonce-%s'; style-src 'nonce-%s'; base-uri 'none'; form-action 'none'\">\n"
		"<style nonce=\"%s\">\n", nonce, nonce, nonce);
	fwrite(css.text, 1, css.len, to);
	fputs("</style>", to);
	text = text ? put_until(text, end, "<script src=\"/page.js\" defer></script>", to) : NULL;
	if (!text)
		return false;
	fputs("<script type=\"application/json\" id=\"saved\">", to);
	ok = put_data(p, to, left_out);
	fprintf(to, "</script>\n<script nonce=\"%s\">\n", nonce);
	fwrite(js.text, 1, js.len, to);
	fputs("</script>", to);
	fwrite(text, 1, (size_t)(end - text), to);
	return ok;
}

int page_save(struct page *p, FILE *to, uint64_t *left_out, struct problem *why)
{
	*left_out = 0;
	if (!put_page(p, to, left_out))
		return problem_set(why, "the page cannot be made: out of memory, or the recording cannot be read again");
	if (ftello(to) > (off_t)PAGE_SAVED_BYTES)
		return problem_set(why, "the page has more than %u bytes without events: choose fewer by FILTER", PAGE_SAVED_BYTES);
	return 0;
}
