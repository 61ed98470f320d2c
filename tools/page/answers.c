// SPDX-License-Identifier: LGPL-2.1-or-later
/* Answers to a browser, made from the model of the recording: see page/page.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "base/parse_value.h"
#include "page/page.h"
#include "top/heat.h"

#define ROWS_DEFAULT 1000u
#define ROWS_MAX 10000u
#define COLUMNS_DEFAULT 600u
#define COLUMNS_MAX 4000u
#define LINES_MAX 400u /* most threads in one answer of the timeline */

int page_init(struct page *p, struct problem *why)
{
	pthread_mutex_init(&p->redact_lock, NULL);
	return page_model_init(&p->model, why);
}

void page_free(struct page *p)
{
	page_model_free(&p->model);
	pthread_mutex_destroy(&p->redact_lock);
}

/* ---- counts ------------------------------------------------------------------------------------ */

void page_put_counts(struct page *p, FILE *to)
{
	static const char *const phases[] = { "reading", "live", "ended" };
	struct page_model *m = &p->model;

	pthread_mutex_lock(&m->lock);
	fprintf(to, "{\"phase\":\"%s\",\"permille\":%u,\"start_ns\":\"%" PRIu64 "\",\"end\":%" PRIu64 ",\"events\":%" PRIu64 ",\"calls\":%" PRIu64
		",\"untimed\":%" PRIu64 ",\"processes\":%u,\"threads\":%u,\"no_span\":%" PRIu64 ",\"no_task\":%" PRIu64 ",\"kept_from\":%" PRIu64 ",\"lost\":{",
		phases[m->phase], m->permille, m->start_ns, m->end, m->events, m->calls, m->untimed, m->nprocesses, m->ntasks, m->no_span,
		m->no_task, atomic_load(&p->kept_from));
	for (unsigned int i = 0; i < LINX_LOST_NR; i++)
		fprintf(to, "%s\"%s\":%" PRIu64, i ? "," : "", linx_lost_name(i), m->losses.lost[i]);
	fprintf(to, "},\"lost_total\":%" PRIu64 ",\"skipped\":%" PRIu64 ",\"cut_off\":%s,\"certified\":%s,\"doubtful\":%s}", sheet_lost(&m->losses), m->losses.skipped,
		m->losses.cut_off ? "true" : "false", m->losses.certified ? "true" : "false", m->losses.doubtful ? "true" : "false");
	pthread_mutex_unlock(&m->lock);
}

static void put_item(const struct view_look *look, const char *key, const char *sep, FILE *to)
{
	fprintf(to, "%s{\"name\":\"%s\",\"head\":\"%s\",\"key\":\"%s\",\"unit\":%d,\"blank\":%s}", sep, look->name, look->head, key, (int)look->unit, look->blank ? "true" : "false");
}

/*
 * Writes the names of a view's keys and columns, as the command shows them. Histograms come after all others: the
 * command prints them below its table, so they are not among the view's items.
 */
static bool put_view(struct page *p, const struct view_def *v, FILE *to)
{
	fprintf(to, "{\"name\":\"%s\",\"text\":\"%s\",\"items\":[", v->name, v->text);
	for (unsigned int i = 0; i < v->nitems; i++)
		put_item(&v->items[i].look, v->items[i].is_key ? v->keys[v->items[i].index].field : "", i ? "," : "", to);
	for (unsigned int i = 0; i < v->ncolumns; i++)
		if (v->columns[i].of.kind == LINX_COLUMN_HISTOGRAM)
			put_item(&v->columns[i].look, "", v->nitems ? "," : "", to);
	/* keys that the table does not show choose the events of a row, too */
	fputs("],\"keys\":[", to);
	for (unsigned int i = 0; i < v->nkeys; i++)
		put_item(&v->keys[i].look, v->keys[i].field, i ? "," : "", to);
	fputs("],\"where\":", to);
	if (!page_put_text(p, v->where ? v->where : "", to))
		return false;
	fputc('}', to);
	return true;
}

static unsigned int answer_state(struct page *p, const struct page_query *q, FILE *to)
{
	const struct {
		const char *name, *text;
	} texts[] = { { "source", p->source }, { "node", p->node }, { "release", p->release }, { "engine", p->engine } };

	(void)q;
	fputs("{\"counts\":", to);
	page_put_counts(p, to);
	fprintf(to, ",\"live\":%s,\"redacted\":%s,\"views\":[", p->live ? "true" : "false", p->redact ? "true" : "false");
	for (unsigned int i = 0; i < p->model.nviews; i++) {
		fputs(i ? "," : "", to);
		if (!put_view(p, &p->model.views[i].def, to))
			return 0;
	}
	fputc(']', to);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		fprintf(to, ",\"%s\":", texts[i].name);
		if (!page_put_text(p, texts[i].text ? texts[i].text : "", to))
			return 0;
	}
	fputc('}', to);
	return 200;
}

/* ---- views ------------------------------------------------------------------------------------- */

static const struct page_view *find_view(const struct page_model *m, const char *name)
{
	for (unsigned int i = 0; name && i < m->nviews; i++)
		if (!strcmp(m->views[i].def.name, name))
			return &m->views[i];
	return NULL;
}

static unsigned int answer_view(struct page *p, const struct page_query *q, FILE *to)
{
	const struct page_view *v = find_view(&p->model, q->get(q->data, "name"));
	struct sheet s = { .top = (unsigned int)page_number(q, "top", ROWS_DEFAULT, ROWS_MAX) };
	char *text = NULL;
	size_t len = 0;
	FILE *f;
	bool ok;

	if (!v)
		return page_refuse(to, 404, "there is no such view");
	f = open_memstream(&text, &len);
	if (!f)
		return 0;
	pthread_mutex_lock(&p->model.lock);
	s.view = &v->def;
	s.a = v->a;
	s.losses = p->model.losses;
	ok = !sheet_print_json(&s, f);
	pthread_mutex_unlock(&p->model.lock);
	ok = !fclose(f) && ok && page_put_json(p, text, len, to);
	free(text);
	return ok ? 200 : 0;
}

/* ---- timeline ----------------------------------------------------------------------------------- */

/* A part of the recorded time, which is divided into columns. */
struct part {
	uint64_t from, to;
	unsigned int columns;
};

static struct part part_of(const struct page *p, const struct page_query *q)
{
	struct part part = {
		.from = page_number(q, "from", 0, p->model.end), .to = page_number(q, "to", p->model.end, UINT64_MAX / 2),
		.columns = (unsigned int)page_number(q, "columns", COLUMNS_DEFAULT, COLUMNS_MAX),
	};

	if (part.to <= part.from)
		part.to = part.from + 1;
	if (!part.columns)
		part.columns = 1;
	return part;
}

static unsigned int column_of(const struct part *part, uint64_t at)
{
	double where = (double)(at > part->from ? at - part->from : 0) / (double)(part->to - part->from) * part->columns;

	return where >= part->columns ? part->columns - 1 : (unsigned int)where;
}

/* Returns when a call began. A value below 0 is before the first event that is shown. */
static int64_t begin_of(const struct page_span *s)
{
	return (int64_t)(s->end - s->ns);
}

static uint64_t shown_begin_of(const struct page_span *s)
{
	return s->end > s->ns ? s->end - s->ns : 0;
}

/* Returns the index of the first call of a thread that ends at the time "from" or later. */
static uint32_t first_span(const struct page_task *t, uint64_t from)
{
	uint32_t low = 0, high = t->nspans;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (t->spans[middle].end < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Writes each call as an array [at, ns, call, failed]. */
static void put_spans(const struct page_task *t, uint32_t first, uint32_t n, FILE *to)
{
	fputs("\"spans\":[", to);
	for (uint32_t i = 0; i < n; i++) {
		const struct page_span *s = &t->spans[first + i];

		fprintf(to, "%s[%" PRId64 ",%" PRIu64 ",%u,%d]", i ? "," : "", begin_of(s), s->ns, s->call, s->failed);
	}
	fputc(']', to);
}

/* The calls of one thread that begin in one column of the timeline: their sums, and the name of the longest. */
struct column {
	uint32_t count, failed;
	uint64_t ns, longest, end; /* end: time at which the longest call ends */
	uint16_t call;
};

static void add_to_column(struct column *c, const struct page_span *s)
{
	if (!c->count || s->ns > c->longest) {
		c->call = s->call;
		c->longest = s->ns;
		c->end = s->end;
	}
	c->ns += s->ns;
	c->count++;
	c->failed += s->failed;
}

/*
 * Writes the columns that have calls. Each is [column, width of its longest call in columns, name of that call, calls,
 * failed, ns].
 */
static bool put_columns(const struct page_task *t, uint32_t first, uint32_t n, const struct part *part, FILE *to)
{
	struct column *columns = calloc(part->columns, sizeof(*columns));
	const char *sep = "";

	if (!columns)
		return false;
	for (uint32_t i = 0; i < n; i++)
		add_to_column(&columns[column_of(part, shown_begin_of(&t->spans[first + i]))], &t->spans[first + i]);
	fputs("\"columns\":[", to);
	for (unsigned int i = 0; i < part->columns; i++) {
		const struct column *c = &columns[i];
		unsigned int width = column_of(part, c->end) - i + 1;

		if (!c->count)
			continue;
		fprintf(to, "%s[%u,%u,%u,%u,%u,%" PRIu64 "]", sep, i, width, c->call, c->count, c->failed, c->ns);
		sep = ",";
	}
	fputc(']', to);
	free(columns);
	return true;
}

static bool put_line_of_task(const struct page_model *m, uint32_t id, const struct part *part, FILE *to)
{
	const struct page_task *t = &m->tasks[id];
	uint32_t first = first_span(t, part->from), n = 0;
	bool ok = true;

	/* the starts of a thread's calls are in order, too, as a thread makes one call at a time */
	while (first + n < t->nspans && shown_begin_of(&t->spans[first + n]) < part->to)
		n++;
	fprintf(to, "{\"id\":%u,", id);
	if (n <= part->columns)
		put_spans(t, first, n, to);
	else
		ok = put_columns(t, first, n, part, to);
	fputc('}', to);
	return ok;
}

/* Writes the names of the calls that the recording has. */
static bool put_names(struct page *p, FILE *to)
{
	bool ok = true;

	fputs("\"names\":[", to);
	for (uint32_t i = 0; ok && i < p->model.nnames; i++) {
		fputs(i ? "," : "", to);
		ok = page_put_text(p, p->model.names[i], to);
	}
	fputc(']', to);
	return ok;
}

static unsigned int answer_timeline(struct page *p, const struct page_query *q, FILE *to)
{
	const char *list = q->get(q->data, "threads"), *word;
	unsigned int lines = 0;
	struct part part;
	size_t len;
	bool ok;

	pthread_mutex_lock(&p->model.lock);
	part = part_of(p, q);
	fprintf(to, "{\"from\":%" PRIu64 ",\"to\":%" PRIu64 ",\"columns\":%u,", part.from, part.to, part.columns);
	ok = put_names(p, to);
	fputs(",\"threads\":[", to);
	while (ok && list && lines < LINES_MAX && value_list_word(&list, &word, &len)) {
		unsigned long id = strtoul(word, NULL, 10);

		if (id >= p->model.ntasks)
			continue;
		fputs(lines++ ? "," : "", to);
		ok = put_line_of_task(&p->model, (uint32_t)id, &part, to);
	}
	pthread_mutex_unlock(&p->model.lock);
	fputs("]}", to);
	return ok ? 200 : 0;
}

/* ---- heat map ------------------------------------------------------------------------------------ */

static void add_heat(const struct page_task *t, const struct part *part, int64_t call, uint32_t *cells)
{
	for (uint32_t i = first_span(t, part->from); i < t->nspans; i++) {
		const struct page_span *s = &t->spans[i];

		if (s->end > part->to)
			break;
		if (call < 0 || s->call == call)
			cells[column_of(part, s->end) * HEAT_ROWS + heat_row(s->ns)]++;
	}
}

/* Counts calls by the time of their end and the power of two of their duration: [column, power, calls]. */
static unsigned int answer_heat(struct page *p, const struct page_query *q, FILE *to)
{
	uint64_t only = page_number(q, "thread", UINT64_MAX, UINT64_MAX), call = page_number(q, "call", UINT64_MAX, UINT64_MAX);
	const char *sep = "";
	struct part part;
	uint32_t *cells;
	bool ok;

	pthread_mutex_lock(&p->model.lock);
	part = part_of(p, q);
	cells = calloc((size_t)part.columns * HEAT_ROWS, sizeof(*cells));
	for (uint32_t i = 0; cells && i < p->model.ntasks; i++)
		if (only == UINT64_MAX || only == i)
			add_heat(&p->model.tasks[i], &part, call == UINT64_MAX ? -1 : (int64_t)call, cells);
	fprintf(to, "{\"from\":%" PRIu64 ",\"to\":%" PRIu64 ",\"columns\":%u,\"rows\":%u,", part.from, part.to, part.columns, HEAT_ROWS);
	ok = put_names(p, to) && cells;
	pthread_mutex_unlock(&p->model.lock);
	fputs(",\"cells\":[", to);
	for (unsigned int i = 0; cells && i < part.columns * HEAT_ROWS; i++) {
		if (!cells[i])
			continue;
		fprintf(to, "%s[%u,%u,%u]", sep, i / HEAT_ROWS, i % HEAT_ROWS, cells[i]);
		sep = ",";
	}
	fputs("]}", to);
	free(cells);
	return ok ? 200 : 0;
}

/* ---- paths --------------------------------------------------------------------------------------- */

unsigned int page_answer(struct page *p, const char *path, const struct page_query *q, FILE *to)
{
	static const struct {
		const char *path;
		unsigned int (*answer)(struct page *p, const struct page_query *q, FILE *to);
	} paths[] = {
		{ "state", answer_state }, { "view", answer_view }, { "processes", page_answer_processes }, { "timeline", answer_timeline },
		{ "heat", answer_heat }, { "events", page_answer_events }, { "stream", page_answer_stream },
	};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (!strcmp(paths[i].path, path))
			return paths[i].answer(p, q, to);
	return page_refuse(to, 404, "there is no such answer");
}
