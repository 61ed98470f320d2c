// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The table of strace -c: number, times and errors of calls by name. Each column is a row of data: its names,
 * heading, width and values. There is one table for each ABI in which calls were made.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/linx.h>

#include "base/array_size.h"
#include "output/summary.h"
#include "base/parse_value.h"

#define COLUMNS_MAX 12
#define X32_BIT 0x40000000u
/* Number of ABIs of all machines, since the sections of a file can come from several machines. */
#define ABIS (2 * LINX_ABI_NR)

/* Counts of one call, or of all calls together. */
struct count {
	const char *name;
	char unnamed[24]; /* the call's name, if its table has none for its number */
	uint64_t calls, errors;
	struct times {
		uint64_t total_ns, min_ns, max_ns;
	} time, wall; /* time: CPU time, or wall-clock time with -w; wall: always wall-clock time */
	/* next call with this number: subcalls of socketcall and ipc have the number of the whole call */
	struct count *next;
};

struct strace_summary_table {
	struct count *index[ABIS][LINX_NR_MAX];
	size_t n[ABIS]; /* number of different calls counted for each ABI */
	bool begun;
	unsigned int machine; /* native ABI of the machine on which the first call was made */
	const struct column *columns[COLUMNS_MAX];
	unsigned int ncolumns;
	const struct column *sort; /* column to sort by; NULL: by the numbers of the calls */
	uint64_t overhead_ns;
	bool wall_clock;
};

/* A column of the table. value: returns the content of a cell; not used in the column of names. */
struct column {
	const char *words; /* names of the column for -U and -S, joined by '|' */
	const char *head;
	int width; /* least width */
	int digits; /* digits after the decimal point; -1: an integer, blank if zero; -2: the name of the call */
	double (*value)(const struct count *c, const struct count *all);
};

static double percent(const struct count *c, const struct count *all)
{
	uint64_t total = all->time.total_ns;

	return total ? 100.0 * (double)c->time.total_ns / (double)total : c == all ? 100.0 : 0.0;
}

/* Returns the average time of a call in whole microseconds. */
static double average(const struct count *c, const struct times *t)
{
	return c->calls ? (double)(t->total_ns / c->calls / 1000) : 0.0;
}

#define VALUE(name, expression)                                             \
	static double name(const struct count *c, const struct count *all) \
	{                                                                   \
		(void)all;                                                  \
		return expression;                                          \
	}
VALUE(seconds, (double)c->time.total_ns / 1e9)
VALUE(shortest, (double)c->time.min_ns / 1e9)
VALUE(longest, (double)c->time.max_ns / 1e9)
VALUE(each, average(c, &c->time))
VALUE(wall_total, (double)c->wall.total_ns / 1e9)
VALUE(wall_least, (double)c->wall.min_ns / 1e9)
VALUE(wall_most, (double)c->wall.max_ns / 1e9)
VALUE(wall_each, average(c, &c->wall))
#undef VALUE

static double calls(const struct count *c, const struct count *all)
{
	(void)all;
	return (double)c->calls;
}

static double errors(const struct count *c, const struct count *all)
{
	(void)all;
	return (double)c->errors;
}

static double no_number(const struct count *c, const struct count *all)
{
	(void)c;
	(void)all;
	return 0;
}

enum { PERCENT, TOTAL, SHORTEST, LONGEST, AVERAGE, WALL_TOTAL, WALL_LEAST, WALL_MOST, WALL_AVERAGE, CALLS, ERRORS, NAME };

static const struct column columns[] = {
	[PERCENT] = { "time|time_percent|time-percent", "% time", 6, 2, percent },
	[TOTAL] = { "time_total|time-total|total_time|total-time", "seconds", 11, 6, seconds },
	[SHORTEST] = { "min_time|min-time|time_min|time-min|shortest", "shortest", 8, 6, shortest },
	[LONGEST] = { "max_time|max-time|time_max|time-max|longest", "longest", 8, 6, longest },
	[AVERAGE] = { "avg_time|avg-time|time_avg|time-avg", "usecs/call", 11, 0, each },
	[WALL_TOTAL] = { "wall_total|wall-total|total_wall|total-wall", "wall-total", 11, 6, wall_total },
	[WALL_LEAST] = { "wall_min|wall-min|min_wall|min-wall", "wall-min", 8, 6, wall_least },
	[WALL_MOST] = { "wall_max|wall-max|max_wall|max-wall", "wall-max", 8, 6, wall_most },
	[WALL_AVERAGE] = { "wall_avg|wall-avg|avg_wall|avg-wall", "wall-avg", 11, 0, wall_each },
	[CALLS] = { "calls|count", "calls", 9, 0, calls },
	[ERRORS] = { "error|errors", "errors", 9, -1, errors },
	[NAME] = { "name|syscall|syscall_name|syscall-name", "syscall", 16, -2, no_number },
};

/* ---- columns that -U and -S name -------------------------------------------------------- */

static const struct column *find_column(const char *word, size_t len)
{
	char buf[32];

	if (len >= sizeof(buf))
		return NULL;
	memcpy(buf, word, len);
	buf[len] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		if (value_choice(buf, columns[i].words) >= 0)
			return &columns[i];
	return NULL;
}

static bool has_column(const struct strace_summary_table *t, const struct column *column)
{
	for (unsigned int i = 0; i < t->ncolumns; i++)
		if (t->columns[i] == column)
			return true;
	return false;
}

static bool is_wall(const struct column *c)
{
	return c && c >= &columns[WALL_TOTAL] && c <= &columns[WALL_AVERAGE];
}

bool strace_summary_shows_wall(const struct strace_summary_table *t)
{
	bool shown = is_wall(t->sort);

	for (unsigned int i = 0; i < t->ncolumns; i++)
		shown |= is_wall(t->columns[i]);
	return shown;
}

static int read_columns(struct strace_summary_table *t, const char *list, struct problem *why)
{
	for (;; list++) {
		size_t len = strcspn(list, ",");
		const struct column *column = find_column(list, len);

		if (!column)
			return problem_set(why, "unknown column: -U %.*s: 'linxcap strace --help' lists them",
					   (int)len, list);
		if (has_column(t, column))
			return problem_set(why, "twice: -U %.*s: write each column once", (int)len, list);
		t->columns[t->ncolumns++] = column;
		list += len;
		if (!*list)
			break;
	}
	if (!has_column(t, &columns[NAME]))
		t->columns[t->ncolumns++] = &columns[NAME];
	return 0;
}

static int read_sort(struct strace_summary_table *t, const char *word, struct problem *why)
{
	if (value_choice(word, "none|nothing") >= 0)
		return 0;
	t->sort = find_column(word, strlen(word));
	return t->sort ? 0 : problem_set(why, "unknown column: -S %s: 'linxcap strace --help' lists them", word);
}

int strace_summary_new(const struct summary_options *o, struct strace_summary_table **out, struct problem *why)
{
	static const char default_columns[] = "time,total-time,avg-time,calls,errors,name";
	struct strace_summary_table *t = calloc(1, sizeof(*t));

	*out = t;
	if (!t)
		return problem_set(why, "out of memory");
	t->overhead_ns = o->overhead_ns;
	t->wall_clock = o->wall_clock;
	if (read_columns(t, o->columns ? o->columns : default_columns, why))
		return -1;
	return read_sort(t, o->sort ? o->sort : "time", why);
}

void strace_summary_free(struct strace_summary_table *t)
{
	struct count *c, *next;

	if (!t)
		return;
	for (unsigned int i = 0; i < ABIS * LINX_NR_MAX; i++)
		for (c = t->index[i / LINX_NR_MAX][i % LINX_NR_MAX]; c; c = next) {
			next = c->next;
			free(c);
		}
	free(t);
}

/* ---- counting calls -------------------------------------------------------------------- */

/*
 * Returns the index for a call number. The private numbers of ARM, from 0xf0001 on, get the last 16 indexes, which
 * no table uses.
 */
static unsigned int index_of(unsigned int nr)
{
	return nr < LINX_NR_MAX ? nr : LINX_NR_MAX - 16 + nr % 16;
}

/*
 * Finds or adds the counts of a call; NULL: no memory. named: the name belongs to the table of calls, which lives as
 * long as the source. If named is false, the name is copied.
 */
static struct count *find(struct strace_summary_table *t, unsigned int abi, unsigned int nr, const char *name, bool named)
{
	struct count **at = &t->index[abi][index_of(nr)];

	while (*at && strcmp((*at)->name, name))
		at = &(*at)->next;
	if (!*at) {
		*at = calloc(1, sizeof(**at));
		if (!*at)
			return NULL;
		if (!named)
			snprintf((*at)->unnamed, sizeof((*at)->unnamed), "%s", name);
		(*at)->name = named ? name : (*at)->unnamed;
		t->n[abi]++;
	}
	return *at;
}

/* Finds or adds the counts of an event's call. A call without a name is named as in strace's lines, syscall_0x.... */
static struct count *count_of(struct strace_summary_table *t, const struct linx_event *ev, unsigned int abi, unsigned int nr)
{
	const char *name = linx_event_get_name(ev);
	bool named = strncmp(name, "syscall_", 8) != 0;
	char number[24];

	if (!named)
		snprintf(number, sizeof(number), "syscall_%#x", abi % LINX_ABI_NR == LINX_ABI_X32 ? nr | X32_BIT : nr);
	return find(t, abi, nr, named ? name : number, named);
}

static void add_time(const struct strace_summary_table *t, const struct count *c, struct times *to, uint64_t ns)
{
	ns -= ns < t->overhead_ns ? ns : t->overhead_ns;
	to->min_ns = !c->calls || ns < to->min_ns ? ns : to->min_ns;
	to->max_ns = ns > to->max_ns ? ns : to->max_ns;
	to->total_ns += ns;
}

void strace_summary_count(struct strace_summary_table *t, const struct linx_event *ev)
{
	unsigned int abi = linx_event_get_abi(ev);
	int nr = linx_event_get_nr(ev);
	struct count *c;
	uint64_t cpu = 0, wall = 0;
	int64_t ret;

	if (linx_event_get_ret(ev, &ret) || abi >= ABIS || nr < 0)
		return;
	if (!t->begun)
		t->machine = abi - abi % LINX_ABI_NR;
	t->begun = true;
	c = count_of(t, ev, abi, (unsigned int)nr);
	if (!c)
		return;
	linx_event_get_duration_ns(ev, &wall);
	if (!t->wall_clock)
		linx_event_get_cpu_ns(ev, &cpu);
	add_time(t, c, &c->time, t->wall_clock ? wall : cpu);
	add_time(t, c, &c->wall, wall);
	c->calls++;
	c->errors += ret < 0 && ret >= -4095;
}

static int by_name(const void *x, const void *y)
{
	const struct count *a = *(const struct count *const *)x, *b = *(const struct count *const *)y;

	return strcmp(a->name, b->name);
}

/* Compares by the column's value, the largest first. */
static int by_value(const void *x, const void *y, void *column)
{
	const struct count *a = *(const struct count *const *)x, *b = *(const struct count *const *)y;
	double (*value)(const struct count *, const struct count *) = ((const struct column *)column)->value;
	double p = value(a, a), q = value(b, b);

	return (p < q) - (p > q);
}

static void sort_counts(const struct strace_summary_table *t, struct count **list, size_t n)
{
	const struct column *by = t->sort == &columns[PERCENT] ? &columns[TOTAL] : t->sort;

	if (by == &columns[NAME])
		qsort(list, n, sizeof(*list), by_name);
	else if (by)
		qsort_r(list, n, sizeof(*list), by_value, (void *)by);
}

static void add_times(struct times *all, const struct times *t, bool first)
{
	all->min_ns = first || t->min_ns < all->min_ns ? t->min_ns : all->min_ns;
	all->max_ns = t->max_ns > all->max_ns ? t->max_ns : all->max_ns;
	all->total_ns += t->total_ns;
}

static void add_up(struct count *all, const struct count *c)
{
	add_times(&all->time, &c->time, !all->calls);
	add_times(&all->wall, &c->wall, !all->calls);
	all->calls += c->calls;
	all->errors += c->errors;
}

/* ---- printing the table ----------------------------------------------------------------- */

struct sheet {
	const struct strace_summary_table *table;
	FILE *f;
	struct count **list; /* the calls in the order in which they are printed */
	size_t n;
	struct count all;
	int widths[COLUMNS_MAX];
};

static int print_cell(FILE *f, const struct column *column, const struct count *c, const struct count *all, int width)
{
	double value = column->value(c, all);

	if (column->digits == -2)
		return fprintf(f, "%-*s", width, c->name);
	if (column->digits == -1 && value == 0)
		return fprintf(f, "%*s", width, "");
	return fprintf(f, "%*.*f", width, column->digits > 0 ? column->digits : 0, value);
}

static int cell_width(const struct column *column, const struct count *c, const struct count *all)
{
	char buf[64];

	if (column->digits == -2)
		return (int)strlen(c->name) + 1;
	return snprintf(buf, sizeof(buf), "%.*f", column->digits > 0 ? column->digits : 0, column->value(c, all));
}

static void measure(struct sheet *s)
{
	for (unsigned int i = 0; i < s->table->ncolumns; i++) {
		const struct column *column = s->table->columns[i];
		int width = column->width, least = column == &columns[NAME] ? 0 : cell_width(column, &s->all, &s->all);

		width = least > width ? least : width;
		for (size_t k = 0; k < s->n; k++) {
			least = cell_width(column, s->list[k], &s->all);
			width = least > width ? least : width;
		}
		s->widths[i] = width;
	}
}

static void print_heads(const struct sheet *s)
{
	for (unsigned int i = 0; i < s->table->ncolumns; i++) {
		const struct column *column = s->table->columns[i];
		bool left = column->digits == -2, last = i + 1 == s->table->ncolumns;

		fprintf(s->f, left ? "%s%-*s" : "%s%*s", i ? " " : "", left && last ? 0 : s->widths[i], column->head);
	}
	fputc('\n', s->f);
}

static void print_rule(const struct sheet *s)
{
	for (unsigned int i = 0; i < s->table->ncolumns; i++) {
		fputs(i ? " " : "", s->f);
		for (int k = 0; k < s->widths[i]; k++)
			fputc('-', s->f);
	}
	fputc('\n', s->f);
}

static void print_count(const struct sheet *s, const struct count *c)
{
	for (unsigned int i = 0; i < s->table->ncolumns; i++) {
		const struct column *column = s->table->columns[i];
		bool bare = column->digits == -2 && i + 1 == s->table->ncolumns;

		fputs(i ? " " : "", s->f);
		print_cell(s->f, column, c, &s->all, bare ? 0 : s->widths[i]);
	}
	fputc('\n', s->f);
}

/*
 * Prints the table of one ABI. The average in the last line comes from the sum of all times, not from the rounded
 * averages.
 */
static void print_sheet(struct sheet *s)
{
	s->all.name = "total";
	for (size_t k = 0; k < s->n; k++)
		add_up(&s->all, s->list[k]);
	measure(s);
	print_heads(s);
	print_rule(s);
	for (size_t k = 0; k < s->n; k++)
		print_count(s, s->list[k]);
	print_rule(s);
	print_count(s, &s->all);
}

/* Returns the name of an ABI as strace prints it. strace never sees ABIs of another machine; they have linx's names. */
static const char *mode_of(const struct strace_summary_table *t, unsigned int abi)
{
	static const char *const modes[] = { "64 bit", "32 bit", "x32" };

	return abi - abi % LINX_ABI_NR == t->machine ? modes[abi % LINX_ABI_NR] : linx_abi_name(abi);
}

static int print_abi(struct strace_summary_table *t, unsigned int abi, FILE *f)
{
	struct sheet s = { .table = t, .f = f };

	if (!t->n[abi])
		return 0;
	s.list = calloc(t->n[abi], sizeof(*s.list));
	if (!s.list)
		return -ENOMEM;
	for (unsigned int nr = 0; nr < LINX_NR_MAX; nr++)
		for (struct count *c = t->index[abi][nr]; c; c = c->next)
			s.list[s.n++] = c;
	if (abi != t->machine)
		fprintf(f, "System call usage summary for %s mode:\n", mode_of(t, abi));
	sort_counts(t, s.list, s.n);
	print_sheet(&s);
	free(s.list);
	return 0;
}

int strace_summary_print(struct strace_summary_table *t, char **text, size_t *len)
{
	FILE *f = open_memstream(text, len);
	int rc = f ? 0 : -ENOMEM;

	for (unsigned int i = 0; !rc && i < ABIS; i++)
		rc = print_abi(t, (t->machine + i) % ABIS, f);
	if (f && fclose(f))
		rc = -ENOMEM;
	return rc;
}
