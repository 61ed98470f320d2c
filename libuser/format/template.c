// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Prints log lines. A template is compiled to a list of steps: literal texts and fields. Adjacent steps that depend
 * only on the task or its process form a group, and the group's text is cached by task. So the list of a process's open
 * files is written once for each change of the list, not for each event. Adjacent fields that only other events than
 * system calls have form a group, too, whose text in a call is constant.
 */
#include <errno.h>
#include <stdlib.h>

#include "engine/engine.h"
#include "event/event.h"
#include "filter/field.h"
#include "format/template.h"
#include "format/printer.h"
#include "filter/who.h"

#define STEPS_MAX 256
/*
 * Number of cached texts of groups. The index is a hash of the thread id; a new text replaces the one at its
 * index.
 */
#define GROUPS_CACHED 4096u
/*
 * Size in bytes from which on a cached text is called large, and limit of the bytes of all large texts together. The
 * limit is needed since there can be very many tasks.
 */
#define LARGE 16384u
#define LARGE_MAX (128u << 20)
/* Limit of the bytes by which a UTF-8 character can extend beyond the last byte shown. */
#define LETTER_MAX 4u

struct step {
	bool literal;
	uint32_t from, len; /* literal: offset and length of its text in linx_template.text */
	struct linx_fld field;
	/*
	 * number of steps, from this one on, that are written at once: a group, or all steps before the next
	 * group
	 */
	unsigned int run;
	enum linx_fld_changes changes; /* group: when the values of its fields change; LINX_FLD_EVENT: no group begins here */
	uint32_t plain, plain_len; /* LINX_FLD_OTHER: offset and length of the group's text in a line of a system call */
};

/* Key of a task's cached text: the versions of all data that the text was made from. */
struct made_of {
	uint32_t tid, task_version, process_version;
	uint64_t start_time, fds_version;
	const struct linx_process *process;
	unsigned int accounts, group;
};

struct cached_group {
	struct made_of of;
	struct linx_strbuf text;
};

struct linx_template {
	char *text; /* all literals, one after the other; then texts of groups in lines of system calls */
	uint32_t text_len;
	struct step steps[STEPS_MAX];
	unsigned int n;
	size_t max_text;
	struct linx_user_names *accounts; /* names of users and groups; NULL: users and groups are shown as numbers */
	struct linx_strbuf scratch;
	struct cached_group *groups; /* array of GROUPS_CACHED cached texts; NULL: no cache */
	size_t large; /* bytes of all large texts in groups */
};

/* ---- compiling a template ------------------------------------------------------------------- */

static int wrong(const char *text, size_t at, struct linx_error *err, const char *why)
{
	return linx_fail(err, -EINVAL, "wrong template: column %zu: %s: %.*s-->%.200s", at + 1, why,
			 at > 100 ? 100 : (int)at, text + (at > 100 ? at - 100 : 0), text + at);
}

static int add_literal(struct linx_template *l, const char *s, size_t n)
{
	struct step *last = l->n ? &l->steps[l->n - 1] : NULL;

	if (!n)
		return 0;
	if (!last || !last->literal) {
		if (l->n == STEPS_MAX)
			return -E2BIG;
		last = &l->steps[l->n++];
		*last = (struct step){ .literal = true, .from = l->text_len };
	}
	memcpy(l->text + l->text_len, s, n);
	l->text_len += (uint32_t)n;
	last->len += (uint32_t)n;
	return 0;
}

/* Parses the field at s, after a percent sign. Returns the length of the field in the template. */
static int add_field(struct linx_template *l, const char *text, const char *s, struct linx_error *err)
{
	struct linx_error why = { "" };
	struct linx_fld field;
	size_t at;
	int len = linx_fld_parse(s, strlen(s), &field, &at, &why);

	if (len < 0)
		return wrong(text, (size_t)(s - text) + at, err, why.text);
	if (l->n == STEPS_MAX)
		return -E2BIG;
	l->steps[l->n++] = (struct step){ .field = field };
	return len;
}

static int compile(struct linx_template *l, const char *text, struct linx_error *err)
{
	const char *s = text, *percent;
	int ret = 0;

	while (!ret && (percent = strchr(s, '%'))) {
		ret = add_literal(l, s, (size_t)(percent - s));
		s = percent + 1;
		if (!ret && *s == '%') {
			ret = add_literal(l, s++, 1);
		} else if (!ret) {
			ret = add_field(l, text, s, err);
			s += ret > 0 ? ret : 0;
			ret = ret < 0 ? ret : 0;
		}
	}
	if (!ret)
		ret = add_literal(l, s, strlen(s));
	if (ret == -E2BIG)
		return wrong(text, (size_t)(s - text), err, "too many fields");
	if (!ret && strchr(text, '\n'))
		return wrong(text, strcspn(text, "\n"), err, "a line ends here");
	return ret;
}

/* True if a step belongs to a group whose fields change like "of"; LINX_FLD_EVENT: the group has no field yet. */
static bool joins(const struct step *s, enum linx_fld_changes *of)
{
	if (s->literal)
		return true;
	if (s->field.desc->changes == LINX_FLD_EVENT || (*of != LINX_FLD_EVENT && *of != s->field.desc->changes))
		return false;
	*of = s->field.desc->changes;
	return true;
}

/* Writes the text that a group has in a line of a system call, in which none of its fields has a value. */
static void write_plain(struct linx_template *l, struct step *group)
{
	group->plain = l->text_len;
	for (const struct step *s = group; s < group + group->run; s++) {
		const char *text = s->literal ? l->text + s->from : "()";
		uint32_t n = s->literal ? s->len : (uint32_t)strlen("()");

		memcpy(l->text + l->text_len, text, n);
		l->text_len += n;
	}
	group->plain_len = l->text_len - group->plain;
}

/* True if steps that belong to no group begin at this one. */
static bool is_loose(const struct step *s)
{
	return s->run && s->changes == LINX_FLD_EVENT;
}

/*
 * Finds groups: adjacent steps whose fields change alike, with at least one field. Sets how many steps are written at
 * once.
 */
static void find_groups(struct linx_template *l)
{
	for (unsigned int i = 0, end; i < l->n; i = end) {
		enum linx_fld_changes of = LINX_FLD_EVENT;

		for (end = i; end < l->n && joins(&l->steps[end], &of); end++)
			;
		end += end == i;
		l->steps[i].changes = of;
		l->steps[i].run = end - i;
		if (of == LINX_FLD_OTHER)
			write_plain(l, &l->steps[i]);
	}
	/* Steps without a group are written together with the steps that follow, up to the next group. */
	for (unsigned int i = l->n; i-- > 1;)
		if (is_loose(&l->steps[i - 1]) && is_loose(&l->steps[i]))
			l->steps[i - 1].run += l->steps[i].run;
}

static int line_new(const char *text, struct linx_template **out, struct linx_error *err)
{
	struct linx_template *l = calloc(1, sizeof(*l));
	int ret = -ENOMEM;

	if (l) {
		/* a text in lines of system calls is not longer than its part of the template, whose fields have names */
		l->text = malloc(2 * strlen(text) + 1);
		if (l->text)
			ret = compile(l, text, err);
		if (!ret) {
			find_groups(l);
			*out = l;
			return 0;
		}
		linx_template_free(l);
	}
	return ret == -ENOMEM ? linx_fail(err, ret, "out of memory") : ret;
}

LINX_API int linx_template_check(const char *template_text, struct linx_error *err)
{
	struct linx_template *l = NULL;
	int ret = line_new(template_text, &l, err);

	linx_template_free(l);
	return ret;
}

int linx_template_new(const struct linx_line_opts *opts, struct linx_template **out)
{
	struct linx_line_opts o = { .size = sizeof(o) };
	int ret = opts ? linx_take_opts(&o, sizeof(o), opts, opts->size, NULL) : 0;

	if (!ret)
		ret = line_new(o.template_text ? o.template_text : LINX_LINE_TEMPLATE, out, NULL);
	if (ret)
		return ret;
	(*out)->max_text = o.max_text;
	(*out)->accounts = o.no_names ? NULL : linx_user_names_new();
	/* if there is no memory for the cache, the text is written anew for each event */
	(*out)->groups = calloc(GROUPS_CACHED, sizeof(struct cached_group));
	return 0;
}

void linx_template_free(struct linx_template *l)
{
	if (!l)
		return;
	for (unsigned int i = 0; l->groups && i < GROUPS_CACHED; i++)
		free(l->groups[i].text.data);
	linx_user_names_free(l->accounts);
	free(l->groups);
	free(l->scratch.data);
	free(l->text);
	free(l);
}

/* ---- printing a line ------------------------------------------------------------------------ */

/* Writes n steps from step i on. Stops when the line is longer than its limit. */
static void put_steps(const struct linx_template *l, struct linx_strbuf *o, const struct linx_fld_env *e, unsigned int i,
		      unsigned int n)
{
	size_t start = o->len;

	for (; n--; i++) {
		if (l->steps[i].literal)
			linx_strbuf_mem(o, l->text + l->steps[i].from, l->steps[i].len);
		else
			linx_fld_put(o, e, &l->steps[i].field);
		if (e->most && o->len - start > e->most) {
			o->len = start + e->most;
			return;
		}
	}
}

/*
 * Returns the cache entry for the text of the group at step i and the event's task; NULL: such a text is not cached.
 * Sets *current if the text in the entry is up to date. If it is not, gives the entry the key of the text that the
 * caller will write.
 */
static struct cached_group *cached_of(const struct linx_template *l, const struct linx_event *ev, unsigned int i, bool *current)
{
	struct cached_group *cached;
	struct made_of of;

	if (!l->groups || !ev->task || l->steps[i].changes != LINX_FLD_TASK)
		return NULL;
	memset(&of, 0, sizeof(of)); /* clears the padding too: memcmp() compares it */
	of.tid = ev->task->tid;
	of.task_version = ev->task->version;
	of.process_version = ev->task->process->version;
	of.fds_version = linx_who_fds_version(ev);
	of.start_time = ev->task->start_time;
	of.process = ev->task->process;
	of.accounts = l->accounts && !ev->foreign ? linx_user_names_version(l->accounts) : 0;
	of.group = i + 1;
	cached = &l->groups[(of.tid * 0x9e3779b1u + i) % GROUPS_CACHED];
	*current = !memcmp(&cached->of, &of, sizeof(of));
	cached->of = of;
	return cached;
}

/*
 * Copies n bytes of text into a cache entry. Returns false without memory, or if large texts have reached
 * LARGE_MAX.
 */
static bool keep(struct linx_template *l, struct linx_strbuf *copy, const char *text, size_t n)
{
	if (copy->cap > LARGE) {
		l->large -= copy->cap;
		free(copy->data);
		*copy = (struct linx_strbuf){ 0 };
	}
	copy->len = 0;
	copy->failed = false;
	if (n >= LARGE && l->large + n > LARGE_MAX)
		return false;
	linx_strbuf_mem(copy, text, n);
	l->large += copy->cap > LARGE ? copy->cap : 0;
	return !copy->failed;
}

static void put_group(struct linx_template *l, struct linx_strbuf *o, const struct linx_fld_env *e, unsigned int i)
{
	bool current = false;
	struct cached_group *cached;
	size_t start = o->len;

	if (l->steps[i].changes == LINX_FLD_OTHER && e->ev->kind == LINX_EVENT_SYSCALL) {
		linx_strbuf_mem(o, l->text + l->steps[i].plain, l->steps[i].plain_len);
		return;
	}
	cached = cached_of(l, e->ev, i, &current);
	if (current) {
		linx_strbuf_mem(o, cached->text.data, cached->text.len);
		return;
	}
	put_steps(l, o, e, i, l->steps[i].run);
	if (cached && (o->failed || !keep(l, &cached->text, o->data + start, o->len - start)))
		memset(&cached->of, 0, sizeof(cached->of));
}

#define DOTS_LEN 3u
/*
 * Cuts a line that is too long: "..." replaces its end. The part before the dots ends with a whole character. max: 1 +
 * limit of the line's bytes; 0: no limit. The dots are written even if max is less than their length.
 */
static void cut(struct linx_strbuf *o, size_t max)
{
	size_t len = max > 1 + DOTS_LEN ? max - 1 - DOTS_LEN : 0;

	if (!max || o->failed || o->len < max || o->len <= DOTS_LEN)
		return;
	while (len && ((uint8_t)o->data[len] & 0xc0) == 0x80)
		len--;
	memcpy(o->data + len, "...", DOTS_LEN);
	o->len = len + DOTS_LEN;
}

/* True if the line is longer than its limit: all further text would be cut off. */
static bool is_full(const struct linx_template *l, const struct linx_strbuf *o)
{
	return l->max_text && o->len > l->max_text;
}

static void print_line(struct linx_printer *p, const struct linx_event *ev)
{
	struct linx_template *l = p->lines;
	struct linx_fld_env e = {
		.ev = ev, .style = &p->style, .accounts = l->accounts, .scratch = &l->scratch, .clock = &p->time,
		.most = l->max_text ? l->max_text + LETTER_MAX : 0,
	};

	if (ev->kind != LINX_EVENT_SYSCALL && ev->kind != LINX_EVENT_HTTP && ev->kind != LINX_EVENT_PROBE)
		return;
	for (unsigned int i = 0; i < l->n && !is_full(l, &p->out); i += l->steps[i].run)
		put_group(l, &p->out, &e, i);
	cut(&p->out, l->max_text);
	linx_strbuf_char(&p->out, '\n');
}

static int begin_line(struct linx_printer *p)
{
	const struct linx_line_opts *opts = p->opts.line;
	int ret = linx_template_new(opts, &p->lines);

	if (ret)
		return ret;
	p->style.bare = p->style.names = true;
	if (opts && opts->max_string)
		p->style.limit = opts->max_string - 1 < UINT32_MAX ? (unsigned int)(opts->max_string - 1) : UINT32_MAX;
	return 0;
}

static void end_line(struct linx_printer *p)
{
	linx_template_free(p->lines);
}

const struct linx_format_ops linx_format_line = {
	.info = { "line", "a log line for each call, by a template", .needs = LINX_NEEDS_URING, .files = true,
		  .form = LINX_FORM_PLAIN },
	.begin = begin_line,
	.end = end_line,
	.print = print_line,
};
