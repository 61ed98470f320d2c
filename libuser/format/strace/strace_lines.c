// SPDX-License-Identifier: LGPL-2.1-or-later
/* Unfinished lines of tasks. format/strace/strace.h describes their states. */
#include <stdlib.h>

#include "base/array_size.h"
#include "format/printer.h"
#include "format/strace/strace.h"

#define X32_BIT 0x40000000u
/* Column of the result, by default (strace -a). */
#define RESULT_COLUMN 40u

#define BUCKETS_MIN 256u
/* Size in bytes of the largest unused buffer that is kept for later use; larger buffers are freed. */
#define SPARE_MAX 65536u

/* ---- buffers of lines --------------------------------------------------------------------- */

static void lend(struct linx_strace *s, struct linx_strbuf *o)
{
	if (!o->data && s->nspares)
		*o = s->spares[--s->nspares];
}

static void give(struct linx_strace *s, struct linx_strbuf *o)
{
	if (o->data && o->cap <= SPARE_MAX && s->nspares < LINX_LINE_SPARES)
		s->spares[s->nspares++] = (struct linx_strbuf){ .data = o->data, .cap = o->cap };
	else
		free(o->data);
	*o = (struct linx_strbuf){ 0 };
}

/*
 * Makes a line own the buffer of a text. If the buffer is more than twice as large as the text, the text is copied to a
 * buffer of the exact size. Returns the size of the buffer that the line owns.
 */
static size_t keep(struct linx_strace *s, struct linx_strbuf *o)
{
	struct linx_strbuf own = { .len = o->len, .cap = o->len + 1 };

	if (!o->len) {
		give(s, o);
		return 0;
	}
	if (o->cap > 2 * own.cap) {
		own.data = malloc(own.cap);
		if (!own.data)
			return o->cap;
		memcpy(own.data, o->data, own.len);
		give(s, o);
		*o = own;
	}
	return o->cap;
}

/*
 * Keeps the text of a begun line. If memory is short, keeps only the part before the arguments: the event of the return
 * also has the arguments.
 */
static void keep_entry(struct linx_strace *s, struct linx_strace_line *line)
{
	if (linx_lines_full(s) && line->entry.len > line->head) {
		line->entry.len = line->head;
		line->bare = true;
		line->known = false;
	}
	line->owned_bytes += keep(s, &line->entry);
}

void linx_strace_line_rest(struct linx_printer *p, struct linx_strace_line *line)
{
	struct linx_strbuf *const waiting[] = { &line->resumed, &line->args, &line->result };
	struct linx_strace *s = p->strace;

	s->owned_bytes -= line->owned_bytes;
	line->owned_bytes = keep(s, &line->signals) + keep(s, &line->end);
	for (unsigned int i = 0; i < ARRAY_SIZE(waiting); i++) {
		if (line->waits)
			line->owned_bytes += keep(s, waiting[i]);
		else
			give(s, waiting[i]);
	}
	if (line->state != LINX_LINE_HELD)
		give(s, &line->entry);
	else if (line != s->current)
		keep_entry(s, line);
	s->owned_bytes += line->owned_bytes;
	if (s->owned_bytes > LINX_LINES_BYTES)
		p->out.failed = true;
}

/* ---- hash table of lines ------------------------------------------------------------------ */

static struct linx_strace_line **bucket(const struct linx_strace *s, uint32_t tid)
{
	return &s->buckets[tid & (s->nbuckets - 1)];
}

struct linx_strace_line *linx_strace_line_find(const struct linx_strace *s, uint32_t tid)
{
	struct linx_strace_line *line = s->nbuckets ? *bucket(s, tid) : NULL;

	while (line && line->tid != tid)
		line = line->next;
	return line;
}

static void insert(struct linx_strace *s, struct linx_strace_line *line)
{
	line->next = *bucket(s, line->tid);
	*bucket(s, line->tid) = line;
	s->nlines++;
}

static void unlink_line(struct linx_strace *s, struct linx_strace_line *line)
{
	struct linx_strace_line **at = bucket(s, line->tid);

	while (*at != line)
		at = &(*at)->next;
	*at = line->next;
	s->nlines--;
}

/*
 * Doubles the number of buckets. Without memory the number stays. Returns false if there are no buckets at all.
 */
static bool grow(struct linx_strace *s)
{
	unsigned int n = s->nbuckets ? s->nbuckets * 2 : BUCKETS_MIN, old = s->nbuckets;
	struct linx_strace_line **from = s->buckets, **to = calloc(n, sizeof(struct linx_strace_line *)), *line;

	if (!to)
		return old;
	s->buckets = to;
	s->nbuckets = n;
	s->nlines = s->hand = 0;
	for (unsigned int i = 0; i < old; i++)
		while ((line = from[i])) {
			from[i] = line->next;
			insert(s, line);
		}
	free(from);
	return true;
}

static bool is_idle(const struct linx_strace_line *line)
{
	return line->state == LINX_LINE_NONE && !line->in_call && !line->waits && !line->signals.len && !line->end.len &&
	       !line->unsure && line->mode == LINX_MODE_64;
}

/*
 * Frees the lines of idle tasks, and of tasks whose end was not seen, in the next few buckets. Is called for each new
 * line, and can free several lines each time.
 */
static void forget_idle(struct linx_strace *s)
{
	enum { AT_ONCE = 4 };
	struct linx_strace_line *line, *next;

	for (unsigned int i = 0; i < AT_ONCE; i++) {
		s->hand = (s->hand + 1) & (s->nbuckets - 1);
		for (line = s->buckets[s->hand]; line; line = next) {
			next = line->next;
			if (is_idle(line))
				linx_strace_line_remove(s, line);
		}
	}
}

static struct linx_strace_line *line_new(struct linx_strace *s, uint32_t tid, uint32_t pid)
{
	struct linx_strace_line *line;

	if (s->nlines >= LINX_LINES_IDLE)
		forget_idle(s);
	if (s->nlines >= LINX_LINES_MAX || (s->nlines >= s->nbuckets && !grow(s)))
		return NULL;
	line = calloc(1, sizeof(*line));
	if (!line)
		return NULL;
	line->tid = tid;
	line->pid = pid;
	insert(s, line);
	return line;
}

struct linx_strace_line *linx_strace_line_get(struct linx_strace *s, const struct linx_event *ev)
{
	struct linx_strace_line *line = linx_strace_line_find(s, ev->rec->tid);

	if (!line)
		line = line_new(s, ev->rec->tid, ev->rec->pid);
	if (line) {
		lend(s, &line->entry);
		lend(s, &line->args);
		lend(s, &line->result);
	}
	return line;
}

void linx_strace_line_inherit(struct linx_strace *s, uint32_t tid, uint32_t pid, uint8_t mode)
{
	struct linx_strace_line *line = linx_strace_line_find(s, tid);

	if (!line && mode != LINX_MODE_64)
		line = line_new(s, tid, pid); /* without memory, the message about the mode is printed a second time */
	if (line)
		line->mode = mode;
}

static void free_line(struct linx_strace_line *line)
{
	free(line->entry.data);
	free(line->resumed.data);
	free(line->args.data);
	free(line->result.data);
	free(line->signals.data);
	free(line->end.data);
	free(line);
}

void linx_strace_line_remove(struct linx_strace *s, struct linx_strace_line *line)
{
	if (s->current == line)
		s->current = NULL;
	s->owned_bytes -= line->owned_bytes;
	unlink_line(s, line);
	give(s, &line->entry);
	give(s, &line->args);
	give(s, &line->result);
	free_line(line);
}

void linx_lines_free(struct linx_strace *s)
{
	struct linx_strace_line *line, *next;

	for (line = linx_strace_line_next(s, NULL); line; line = next) {
		next = linx_strace_line_next(s, line);
		free_line(line);
	}
	for (unsigned int i = 0; i < s->nspares; i++)
		free(s->spares[i].data);
	free(s->buckets);
}

void linx_strace_line_rename(struct linx_strace *s, struct linx_strace_line *line, uint32_t tid)
{
	struct linx_strace_line *old = linx_strace_line_find(s, tid);

	if (old)
		linx_strace_line_remove(s, old);
	unlink_line(s, line);
	line->tid = tid;
	insert(s, line);
}

struct linx_strace_line *linx_strace_line_next(const struct linx_strace *s, const struct linx_strace_line *line)
{
	unsigned int i = line ? (line->tid & (s->nbuckets - 1)) + 1 : 0;

	if (line && line->next)
		return line->next;
	for (; i < s->nbuckets; i++)
		if (s->buckets[i])
			return s->buckets[i];
	return NULL;
}

/* ---- printing the parts of a line ------------------------------------------------------- */

/* Ends a begun line with words such as " <unfinished ...>". The rest of the call will have a line of its own. */
void linx_strace_line_cut(struct linx_printer *p, struct linx_strace_line *line, const char *words)
{
	if (line->state == LINX_LINE_HELD)
		linx_strbuf_append(&p->out, &line->entry);
	linx_strbuf_str(&p->out, words);
	line->state = LINX_LINE_CUT;
	linx_strace_line_rest(p, line);
}

/* Cuts the current line by "<unfinished ...>", unless the current line is "line". */
void linx_strace_line_interrupt(struct linx_printer *p, const struct linx_strace_line *line)
{
	struct linx_strace_line *open = p->strace->current;

	if (!open || open == line)
		return;
	linx_strace_line_cut(p, open, " <unfinished ...>\n");
	p->strace->current = NULL;
}

/* Writes the name of a call: "read", or "syscall_0x1c3" with the number as the program passed it. */
static void linx_strace_name(struct linx_strbuf *o, const struct linx_strace_line *line)
{
	if (line->name) {
		linx_strbuf_str(o, line->name);
	} else {
		linx_strbuf_str(o, "syscall_");
		linx_strbuf_hex(o, (uint32_t)line->nr | (line->abi == LINX_ABI_X32 ? X32_BIT : 0));
	}
}

/* Begins the line of a call: writes "1234  read(" into line->entry. */
void linx_strace_line_begin(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev)
{
	linx_strbuf_empty(&line->entry);
	line->name = ev->call ? ev->call->name : NULL;
	line->nr = ev->nr;
	line->abi = ev->abi;
	line->known = line->signal_seen = line->whole = line->bare = false;
	linx_strace_head(p, &line->entry, ev, linx_strace_began(ev));
	linx_strace_name(&line->entry, line);
	linx_strbuf_char(&line->entry, '(');
	line->head = line->entry.len;
	line->state = LINX_LINE_HELD;
}

/* Writes "1234  <... read resumed>" into line->resumed. */
void linx_strace_line_resume(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev)
{
	lend(p->strace, &line->resumed);
	linx_strbuf_empty(&line->resumed);
	linx_strace_head(p, &line->resumed, ev, ev->time);
	linx_strbuf_str(&line->resumed, "<... ");
	linx_strace_name(&line->resumed, line);
	linx_strbuf_str(&line->resumed, " resumed>");
}

static void pad_to_result(struct linx_printer *p, size_t column)
{
	unsigned int wish = p->strace->opts.column;
	size_t result_at = wish ? wish - 1 : RESULT_COLUMN;

	if (column < result_at)
		linx_strbuf_pad(&p->out, ' ', result_at - column);
}

void linx_strace_line_forget(struct linx_strace *s, struct linx_strace_line *line)
{
	line->state = LINX_LINE_NONE;
	line->waits = line->whole = line->signal_seen = false;
	if (s->current == line)
		s->current = NULL;
}

/* Prints the rest of a line: the arguments that were not known at entry, and the result. */
static void finish(struct linx_printer *p, struct linx_strace_line *line)
{
	const struct linx_strbuf *start = line->state == LINX_LINE_CUT ? &line->resumed : &line->entry;
	size_t len = line->whole ? line->head : line->state == LINX_LINE_OPEN ? line->written : start->len;

	linx_strace_line_interrupt(p, linx_strace_line_begun(line) ? line : NULL);
	if (line->state != LINX_LINE_OPEN)
		linx_strbuf_mem(&p->out, start->data, len);
	linx_strbuf_append(&p->out, &line->args);
	linx_strbuf_mem(&p->out, ") ", 2);
	pad_to_result(p, len + line->args.len + 2);
	linx_strbuf_append(&p->out, &line->result);
	line->unsure = false;
	linx_strace_line_forget(p->strace, line);
}

/* Prints the signals that came while the task was in a call. */
void linx_strace_line_signals(struct linx_printer *p, struct linx_strace_line *line)
{
	line->queued = 0; /* also clears the bits of signals that were printed before the return */
	if (!line->signals.len)
		return;
	linx_strace_line_interrupt(p, NULL);
	linx_strbuf_append(&p->out, &line->signals);
	linx_strbuf_empty(&line->signals);
}

/* Prints the rest of the line of a call that returned, unless the way in which it ended is hidden. */
void linx_strace_line_end_call(struct linx_printer *p, struct linx_strace_line *line)
{
	if (linx_strace_status(p->strace, line->status))
		finish(p, line);
	else
		linx_strace_line_forget(p->strace, line);
}

/* Prints the rest of a line that waited for the next event of the task, and the signals of the task that waited. */
void linx_strace_line_settle(struct linx_printer *p, struct linx_strace_line *line)
{
	if (line->waits)
		linx_strace_line_end_call(p, line);
	linx_strace_line_signals(p, line);
}

/* Prints the rest of the line of a call that does not return, since its task or the trace has ended. */
void linx_strace_line_die(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev)
{
	if (line->state == LINX_LINE_NONE)
		return;
	if (!linx_strace_status(p->strace, LINX_STRACE_UNFINISHED)) {
		linx_strace_line_forget(p->strace, line);
		return;
	}
	if (line->state == LINX_LINE_CUT)
		linx_strace_line_resume(p, line, ev);
	linx_strbuf_empty(&line->args);
	line->whole = false;
	if (!line->known)
		linx_strbuf_str(&line->args, " <unfinished ...>");
	linx_strbuf_empty(&line->result);
	linx_strbuf_str(&line->result, "= ?\n");
	finish(p, line);
}
