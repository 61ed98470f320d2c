// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes the members that describe the task of an event. They are the same in each line of a task, so their
 * size is limited. Full texts are only in the line of the record that has them.
 */
#include <stdlib.h>

#include "format/json_who.h"
#include "format/printer.h"
#include "value/json.h"

/* Limit of the bytes of a command line after escaping, by default. */
#define CMDLINE_DEFAULT 512u
/*
 * Limit of the bytes of comm and exe together after escaping. With the keys, three numbers and a command line of the
 * default size the members have less than 1,024 bytes.
 */
#define NAMES_MAX 340u
/*
 * Limit of the bytes of a task's cached text. A longer text is written anew for each line, because there can be very
 * many tasks.
 */
#define TEXT_MAX 4096u

/* Limits of the bytes of the names and of the command line in a line, after escaping. */
struct bounds {
	size_t names, cmdline;
};

static void put_cmdline(struct linx_strbuf *o, const struct linx_process *p, size_t max)
{
	linx_json_lit(o, ",\"cmdline\":");
	if (p->cmdline.data && p->cmdline.len)
		linx_json_joined(o, p->cmdline.data, p->cmdline.len, p->cmdline.state, max);
	else
		linx_json_lit(o, "null");
}

static void put_names(struct linx_strbuf *o, const struct linx_task *task, size_t max)
{
	const struct linx_text *exe = &task->process->exe;
	size_t start, used;

	linx_json_lit(o, ",\"comm\":");
	start = o->len;
	linx_json_string(o, task->comm, strnlen(task->comm, sizeof(task->comm)));
	used = o->len - start;
	linx_json_lit(o, ",\"exe\":");
	linx_json_text_upto(o, exe->data, exe->len, exe->state, used < max ? max - used : 0);
}

static void put_task(struct linx_strbuf *o, const struct linx_task *task, const struct bounds *b)
{
	if (linx_task_knows_parent(task))
		linx_json_key_u64(o, ",\"ppid\":", task->ppid);
	else
		linx_json_lit(o, ",\"ppid\":null");
	linx_json_key_u64(o, ",\"uid\":", task->uid);
	linx_json_key_u64(o, ",\"gid\":", task->gid);
	put_names(o, task, b->names);
	put_cmdline(o, task->process, b->cmdline);
}

/* Returns the cached text of the task, which may be empty; NULL: no memory. */
static struct linx_task_text *text_of(const struct linx_task *task)
{
	struct linx_task_text **text = (struct linx_task_text **)&task->own->text;

	if (!*text)
		*text = calloc(1, sizeof(**text));
	return *text;
}

static bool current(const struct linx_task_text *text, const struct linx_task *task, size_t cmdline)
{
	return text && text->len && text->task_version == task->version && text->cmdline_limit == cmdline &&
	       text->process == task->process && text->process_version == task->process->version;
}

/* Caches the text that was just written, for the next line of the task. */
static void keep_text(const struct linx_task *task, const char *data, size_t len, size_t cmdline)
{
	struct linx_task_text *text = text_of(task);
	char *copy;

	if (!text || *task->own->room + text->len < len)
		return;
	copy = realloc(text->data, len);
	if (!copy)
		return;
	*task->own->room = *task->own->room + text->len - len;
	memcpy(copy, data, len);
	*text = (struct linx_task_text){
		.data = copy,
		.len = (uint32_t)len,
		.cmdline_limit = cmdline,
		.task_version = task->version,
		.process_version = task->process->version,
		.process = task->process,
	};
}

static size_t cmdline_limit(const struct linx_printer *p)
{
	return p->opts.cmdline_limit ? p->opts.cmdline_limit : CMDLINE_DEFAULT;
}

static void put_usual(struct linx_printer *p, const struct linx_task *task)
{
	const struct bounds b = { NAMES_MAX, cmdline_limit(p) };
	size_t start = p->out.len;

	if (current(task->own->text, task, b.cmdline)) {
		linx_strbuf_mem(&p->out, task->own->text->data, task->own->text->len);
		return;
	}
	put_task(&p->out, task, &b);
	if (!p->out.failed && p->out.len - start <= TEXT_MAX)
		keep_text(task, p->out.data + start, p->out.len - start, b.cmdline);
}

/*
 * Returns the limit of the bytes of a text in a line: no limit (SIZE_MAX) if the record of the line has the whole text,
 * else "otherwise", the limit in other lines.
 */
static size_t bound(const struct linx_value *own, const struct linx_text *text, size_t otherwise)
{
	return own->state && own->size >= text->len ? SIZE_MAX : otherwise;
}

/*
 * Writes the task with the texts that the line's own record has in full. If the record holds only the beginning
 * of a text, the text has the same limit as in other lines.
 */
static void put_own(struct linx_printer *p, const struct linx_event *ev)
{
	const struct linx_process *process = ev->task->process;
	const struct bounds b = {
		bound(&ev->field[LINX_FIELD_EXE], &process->exe, NAMES_MAX),
		bound(&ev->field[LINX_FIELD_ARGV], &process->cmdline, cmdline_limit(p)),
	};

	put_task(&p->out, ev->task, &b);
}

/*
 * Writes the members of a task without a TASK record, such as an io_uring worker. They come from the record of the
 * task's end, which has no paths.
 */
static void put_ended(struct linx_strbuf *o, const struct linx_ctx *ctx)
{
	linx_json_key_u64(o, ",\"ppid\":", ctx->ppid);
	linx_json_key_u64(o, ",\"uid\":", ctx->uid);
	linx_json_key_u64(o, ",\"gid\":", ctx->gid);
	linx_json_lit(o, ",\"comm\":");
	linx_json_string(o, ctx->comm, strnlen(ctx->comm, sizeof(ctx->comm)));
	linx_json_lit(o, ",\"exe\":null,\"cmdline\":null");
}

void linx_json_task(struct linx_printer *p, const struct linx_event *ev, bool whole)
{
	struct linx_strbuf *o = &p->out;

	linx_json_key_u64(o, ",\"pid\":", ev->rec->pid);
	linx_json_key_u64(o, ",\"tid\":", ev->rec->tid);
	if (!ev->task && ev->kind == LINX_EVENT_EXIT)
		put_ended(o, ev->ctx);
	else if (!ev->task)
		linx_json_lit(
			o,
			",\"ppid\":null,\"uid\":null,\"gid\":null,\"comm\":null,\"exe\":null,\"cmdline\":null");
	else if (whole)
		put_own(p, ev);
	else
		put_usual(p, ev->task);
}
