// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Parses the text of a stream's table of calls: rows (signatures) and call numbers. The text may come from a file, so
 * it is not trusted. Words can have only letters, digits and _, so that no printer needs to escape them.
 */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "base/error.h"
#include "table/select.h"
#include "table/table.h"
#include "tables/blob.h"

/* Limit of the lines in a table, far more than any kernel needs. */
#define LINES_MAX 16384u
/* Numbers of named calls are below this; see linx_table_select(). */
#define NUMBER_MAX (LINX_NR_OTHER - 1)

#define WORD_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
/*
 * Private numbers of an architecture that are above LINX_NR_OTHER, the last bit of a selection. The stream's
 * table has no lines for these numbers, only the rows by which their calls are decoded.
 */
static const struct {
	const char *name, *row;
	int32_t nr;
} far_calls[] = {
#define NR(number, name, row)
#define NR_FAR(number, name, row) { #name, #row, number },
#include "tables/nr/arm.def"
#undef NR_FAR
#undef NR
};
#define FAR_CALLS ARRAY_SIZE(far_calls)

static_assert(LINX_FAR_FIRST + FAR_CALLS <= LINX_FAR_END, "bits of a selection");

struct parser {
	struct linx_table *t;
	struct linx_error *err;
	char **lines;
	unsigned int nlines, line;
};

/* Names of ABIs: LINX_ABI_NR for each machine (arm64 has only two). */
static const char *const abi_names[] = { "x86_64", "i386", "x32", "arm64", "arm" };
#define ABIS ARRAY_SIZE(abi_names)

/* clang-format off */
static const struct {
	const char *word;
	unsigned int bit;
} class_words[] = {
	{ "FILE", LINX_CLASS_FILE },           { "DESC", LINX_CLASS_DESC },           { "PROCESS", LINX_CLASS_PROCESS },
	{ "NETWORK", LINX_CLASS_NETWORK },     { "SIGNAL", LINX_CLASS_SIGNAL },       { "IPC", LINX_CLASS_IPC },
	{ "MEMORY", LINX_CLASS_MEMORY },       { "CREDS", LINX_CLASS_CREDS },         { "CLOCK", LINX_CLASS_CLOCK },
	{ "STAT", LINX_CLASS_STAT },           { "STATFS", LINX_CLASS_STATFS },       { "ENTRY", LINX_CLASS_ENTRY },
	{ "NORETURN", LINX_CLASS_NORETURN },   { "SIGRETURN", LINX_CLASS_SIGRETURN }, { "FORK", LINX_CLASS_FORK },
	{ "EXEC", LINX_CLASS_EXEC },           { "CONTEXT", LINX_CLASS_CONTEXT },     { "PRIO", LINX_CLASS_PRIO },
	{ "ENTRYBY", LINX_CLASS_ENTRYBY },
};
/* clang-format on */

const char *linx_abi_name(unsigned int abi)
{
	return abi < ABIS ? abi_names[abi] : "unknown";
}

unsigned int linx_table_abi(const struct linx_table *t, unsigned int position)
{
	return (t ? t->machine : 0) + position;
}

const char *linx_table_builtin_text(size_t *len)
{
	*len = sizeof(linx_table_text) - 1;
	return linx_table_text;
}

static int bad(struct parser *p, const char *what)
{
	return linx_fail(p->err, -EBADMSG, "call table, line %u: %s", p->line, what);
}

static bool is_word(const char *s)
{
	const char *c = s;

	while (isalnum((unsigned char)*c) || *c == '_')
		c++;
	return c != s && !*c;
}

/*
 * Cuts the next word off *s, and returns the word; NULL: there are no more words. Words are separated by one or more
 * blanks.
 */
static char *next_word(char **s)
{
	char *start = *s + strspn(*s, " ");
	char *end = start + strcspn(start, " ");

	if (!*start)
		return NULL;
	*s = *end ? end + 1 : end;
	*end = '\0';
	return start;
}

static unsigned int class_bit(const char *word, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(class_words); i++)
		if (strlen(class_words[i].word) == len && !memcmp(class_words[i].word, word, len))
			return class_words[i].bit;
	return 0;
}

static unsigned int class_mask(const char *classes)
{
	unsigned int mask = 0;

	while (*classes) {
		size_t len = strcspn(classes, "|");

		mask |= class_bit(classes, len);
		classes += len + (classes[len] == '|');
	}
	return mask;
}

/*
 * Cuts the classes off *s: "(FILE | DESC) rest" returns "FILE|DESC" and leaves the rest in *s. NULL: malformed.
 */
static char *cut_classes(char **s)
{
	char *in = *s + strspn(*s, " "), *start, *out;

	if (*in != '(')
		return NULL;
	start = out = ++in;
	for (; *in && *in != ')'; in++) {
		if (isalnum((unsigned char)*in) || *in == '_' || *in == '|')
			*out++ = *in;
		else if (*in != ' ')
			return NULL;
	}
	if (!*in)
		return NULL;
	*s = in + 1;
	*out = '\0';
	return start;
}

/* True for a word, or for a word followed by words and commas in parentheses. */
static bool is_capture(const char *s)
{
	size_t word = strspn(s, WORD_CHARS), inside;

	if (!word || !s[word])
		return word;
	if (s[word] != '(')
		return false;
	inside = strspn(s + word + 1, WORD_CHARS ",");
	return inside && !strcmp(s + word + 1 + inside, ")");
}

static int parse_arg(struct parser *p, struct linx_table_row *row, char *word)
{
	struct linx_arg *arg = &row->args[row->nargs];
	char *type = strchr(word, ':');
	char *capture = type ? strchr(type + 1, ':') : NULL;

	if (row->nargs == LINX_NARGS)
		return bad(p, "more than six arguments");
	if (!capture)
		return bad(p, "an argument is name:type:capture");
	*type++ = *capture++ = '\0';
	if (!is_word(word) || !is_word(type) || !is_capture(capture))
		return bad(p, "malformed argument");
	arg->name = word;
	arg->type = type;
	arg->capture = capture;
	row->nargs++;
	return 0;
}

static int parse_row(struct parser *p, char *s)
{
	struct linx_table_row *row = &p->t->rows[p->t->nrows];
	char *word = next_word(&s);
	int ret;

	if (!word || !is_word(word))
		return bad(p, "malformed row");
	row->id = word;
	row->classes = cut_classes(&s);
	if (!row->classes)
		return bad(p, "malformed classes");
	row->class_mask = class_mask(row->classes);
	while ((word = next_word(&s))) {
		ret = parse_arg(p, row, word);
		if (ret)
			return ret;
	}
	p->t->nrows++;
	return 0;
}

static int cmp_row(const void *a, const void *b)
{
	return strcmp(((const struct linx_table_row *)a)->id, ((const struct linx_table_row *)b)->id);
}

static int cmp_call(const void *a, const void *b)
{
	const struct linx_table_call *x = a, *y = b;

	return x->abi != y->abi ? (x->abi > y->abi) - (x->abi < y->abi) :
				  (x->nr > y->nr) - (x->nr < y->nr);
}

const struct linx_table_call *linx_table_far(const struct linx_table *t, unsigned int abi, int32_t nr)
{
	struct linx_table_call key = { .abi = abi, .nr = nr };

	return nr < (int32_t)LINX_NR_MAX || !t->ncalls ? NULL : bsearch(&key, t->calls, t->ncalls, sizeof(key), cmp_call);
}

unsigned int linx_far_bit(int32_t nr)
{
	for (unsigned int i = 0; i < FAR_CALLS; i++)
		if (far_calls[i].nr == nr)
			return LINX_FAR_FIRST + i;
	return LINX_NR_OTHER;
}

static const struct linx_table_row *find_row(const struct linx_table *t, const char *id)
{
	struct linx_table_row key = { .id = id };

	return t->nrows ? bsearch(&key, t->rows, t->nrows, sizeof(key), cmp_row) : NULL;
}

const struct linx_table_row *linx_table_row(const struct linx_table *t, const char *id)
{
	return find_row(t, id);
}

static unsigned int find_abi(const char *name)
{
	unsigned int abi = 0;

	while (abi < ABIS && strcmp(abi_names[abi], name))
		abi++;
	return abi;
}

static void set_name(struct linx_table_call *call, const char *name)
{
	call->name = name;
	call->name_len = (unsigned int)strlen(name);
	if (call->name_len >= sizeof(call->opening))
		return;
	memcpy(call->opening, name, call->name_len);
	call->opening[call->name_len] = '(';
	call->opening_len = call->name_len + 1;
}

static int parse_nr(struct parser *p, char *s)
{
	struct linx_table_call *call = &p->t->calls[p->t->ncalls];
	char *abi = next_word(&s), *number = next_word(&s), *name = next_word(&s),
	     *id = next_word(&s), *end;
	unsigned long nr;

	if (!id || next_word(&s) || !is_word(name))
		return bad(p, "a number is: nr ABI NUMBER NAME ROW");
	call->abi = find_abi(abi);
	if (call->abi == ABIS)
		return 0; /* Skip the line, since its ABI is of an architecture that this library does not know. */
	if (!p->t->ncalls)
		p->t->machine = call->abi - call->abi % LINX_ABI_NR;
	if (call->abi - call->abi % LINX_ABI_NR != p->t->machine)
		return bad(p, "ABIs of two machines");
	call->layout = call->abi;
	call->abi %= LINX_ABI_NR;
	nr = strtoul(number, &end, 10);
	if (!isdigit((unsigned char)*number) || *end || nr >= NUMBER_MAX)
		return bad(p, "number out of range");
	call->nr = (int32_t)nr;
	set_name(call, name);
	call->row = find_row(p->t, id);
	if (!call->row)
		return bad(p, "no row of that name");
	linx_table_set_facts(call);
	p->t->ncalls++;
	return 0;
}

/* Adds the calls of far_calls[] whose rows the stream's table has. */
static void add_far(struct linx_table *t)
{
	for (size_t i = 0; i < FAR_CALLS && t->machine == LINX_ABI_ARM64; i++) {
		struct linx_table_call *call = &t->calls[t->ncalls];

		call->row = find_row(t, far_calls[i].row);
		if (!call->row)
			continue;
		call->layout = LINX_ABI_ARM;
		call->abi = LINX_ABI_ARM % LINX_ABI_NR;
		call->nr = far_calls[i].nr;
		set_name(call, far_calls[i].name);
		linx_table_set_facts(call);
		t->ncalls++;
	}
}

/* Calls parse() for each line that begins with "word", with the rest of the line. */
static int each_line(struct parser *p, const char *word, int (*parse)(struct parser *, char *))
{
	size_t len = strlen(word);
	int ret = 0;

	for (unsigned int i = 0; i < p->nlines && !ret; i++) {
		p->line = i + 1;
		if (!strncmp(p->lines[i], word, len))
			ret = parse(p, p->lines[i] + len);
	}
	return ret;
}

static unsigned int count_lines(const char *text)
{
	unsigned int n = 0;

	for (; *text && n <= LINES_MAX; text++)
		n += *text == '\n';
	return n;
}

static unsigned int count_words(const struct parser *p, const char *word)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < p->nlines; i++)
		n += !strncmp(p->lines[i], word, strlen(word));
	return n;
}

/* Splits the text into lines. Text after the last newline is dropped. */
static int split_lines(struct parser *p)
{
	char *line = p->t->text, *end;

	p->nlines = count_lines(line);
	if (p->nlines > LINES_MAX)
		return linx_fail(p->err, -EBADMSG, "call table: too long");
	p->lines = calloc(p->nlines + 1, sizeof(*p->lines));
	if (!p->lines)
		return -ENOMEM;
	for (unsigned int i = 0; i < p->nlines; i++, line = end + 1) {
		end = strchr(line, '\n');
		*end = '\0';
		p->lines[i] = line;
	}
	return 0;
}

static int index_rows(struct parser *p)
{
	struct linx_table *t = p->t;

	if (t->nrows)
		qsort(t->rows, t->nrows, sizeof(*t->rows), cmp_row);
	for (unsigned int i = 1; i < t->nrows; i++)
		if (!strcmp(t->rows[i - 1].id, t->rows[i].id))
			return linx_fail(p->err, -EBADMSG, "call table: row %s is there twice",
					 t->rows[i].id);
	return 0;
}

static int index_calls(struct parser *p)
{
	struct linx_table *t = p->t;

	if (t->ncalls)
		qsort(t->calls, t->ncalls, sizeof(*t->calls), cmp_call);
	for (unsigned int i = 0; i < t->ncalls; i++) {
		const struct linx_table_call *call = &t->calls[i];
		const struct linx_table_call **at;

		if (call->nr >= (int32_t)LINX_NR_MAX)
			continue;
		at = &t->index[call->abi][call->nr];
		if (*at)
			return linx_fail(p->err, -EBADMSG,
					 "call table: number %d of %s is there twice", call->nr,
					 linx_abi_name(linx_table_abi(t, call->abi)));
		*at = call;
	}
	return 0;
}

static int parse_lines(struct parser *p)
{
	struct linx_table *t = p->t;
	int ret = split_lines(p);

	if (ret)
		return ret;
	t->rows = calloc(count_words(p, "row ") + 1, sizeof(*t->rows));
	t->calls = calloc(count_words(p, "nr ") + FAR_CALLS + 1, sizeof(*t->calls));
	if (!t->rows || !t->calls)
		return -ENOMEM;
	ret = each_line(p, "row ", parse_row);
	if (!ret)
		ret = index_rows(p);
	if (!ret)
		ret = each_line(p, "nr ", parse_nr);
	if (ret)
		return ret;
	add_far(t);
	return index_calls(p);
}

int linx_table_parse(const char *text, size_t len, struct linx_table **out, struct linx_error *err)
{
	struct parser p = { .err = err };
	size_t magic = strlen(LINX_TABLE_MAGIC);
	int ret;

	if (len < magic || memcmp(text, LINX_TABLE_MAGIC, magic) || memchr(text, '\0', len))
		return linx_fail(err, -EBADMSG, "call table: not of a known version");
	p.t = calloc(1, sizeof(*p.t));
	if (!p.t)
		return linx_fail(err, -ENOMEM, "out of memory");
	p.t->text = strndup(text, len);
	ret = p.t->text ? parse_lines(&p) : -ENOMEM;
	free(p.lines);
	if (ret) {
		if (ret == -ENOMEM)
			linx_fail(err, ret, "out of memory");
		linx_table_free(p.t);
		return ret;
	}
	*out = p.t;
	return 0;
}

void linx_table_free(struct linx_table *t)
{
	if (!t)
		return;
	free(t->text);
	free(t->rows);
	free(t->calls);
	free(t);
}

int linx_table_get_call(const struct linx_table *t, unsigned int i, struct linx_call_info *info)
{
	const struct linx_table_call *call;

	if (i >= t->ncalls)
		return -ENOENT;
	call = &t->calls[i];
	*info = (struct linx_call_info){
		.name = call->name,
		.row = call->row->id,
		.classes = call->row->classes,
		.nr = call->nr,
		.abi = linx_table_abi(t, call->abi),
		.nargs = call->row->nargs,
	};
	for (unsigned int k = 0; k < call->row->nargs; k++) {
		info->args[k].name = call->row->args[k].name;
		info->args[k].type = call->row->args[k].type;
		info->args[k].capture = call->row->args[k].capture;
	}
	return 0;
}
