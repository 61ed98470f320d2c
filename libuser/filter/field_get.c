// SPDX-License-Identifier: LGPL-2.1-or-later
/* Getters of the fields' values, and the table of all fields. */
#include <stdio.h>

#include <linx/http.h>

#include "base/array_size.h"
#include "base/dev_number.h"
#include "record/decode.h"
#include "filter/field.h"
#include "filter/who.h"
#include "http/address.h"
#include "table/names.h"
#include "state/tasks.h"

/* How far up the ancestry may be asked for; a loop of stale parents ends here too. */
#define ANCESTORS_MAX 64

#define NUM(name) static bool num_##name(const struct linx_fld_env *e, const struct linx_fld *f, int64_t *n)
#define STR(name) \
	static bool str_##name(const struct linx_fld_env *e, const struct linx_fld *f, const char **s, size_t *n)

static bool give(const char *text, const char **s, size_t *n)
{
	*s = text;
	*n = text ? strlen(text) : 0;
	return text;
}

/* ---- the call ------------------------------------------------------------------------ */

static bool is_call(const struct linx_fld_env *e)
{
	return e->ev->kind == LINX_EVENT_SYSCALL;
}

/* A request of HTTP is no call and has no number, but a name. */
static bool is_http(const struct linx_fld_env *e)
{
	return e->ev->kind == LINX_EVENT_HTTP;
}

NUM(type)
{
	(void)f;
	*n = is_http(e) ? -1 : e->ev->nr;
	return is_call(e) || is_http(e);
}

STR(type)
{
	(void)f;
	return give(is_http(e) ? "http" : linx_event_get_name(e->ev), s, n);
}

STR(dir)
{
	(void)f;
	return give(is_http(e) ? "<" : !is_call(e) ? NULL : e->ev->entry ? ">" : "<", s, n);
}

NUM(res)
{
	(void)f;
	return !linx_event_get_ret(e->ev, n);
}

NUM(errno)
{
	(void)f;
	*n = is_call(e) ? linx_event_errno(e->ev) : 0;
	return *n;
}

STR(errno)
{
	(void)f;
	return give(is_call(e) && linx_event_errno(e->ev) ? linx_errno_name(linx_event_errno(e->ev)) : NULL, s, n);
}

NUM(duration)
{
	(void)f;
	return !linx_event_get_duration_ns(e->ev, (uint64_t *)n);
}

STR(abi)
{
	(void)f;
	return give(is_call(e) ? linx_abi_name(linx_table_abi(e->ev->table, e->ev->abi)) : NULL, s, n);
}

/* ---- the record ---------------------------------------------------------------------- */

NUM(time)
{
	(void)f;
	*n = (int64_t)e->ev->wall_ns;
	return e->ev->rec;
}

NUM(cpu)
{
	(void)f;
	*n = e->ev->rec ? e->ev->position->cpu : 0;
	return e->ev->rec;
}

NUM(seq)
{
	(void)f;
	*n = e->ev->rec ? (int64_t)e->ev->position->seq : 0;
	return e->ev->rec;
}

NUM(pid)
{
	(void)f;
	*n = e->ev->rec ? e->ev->rec->pid : 0;
	return e->ev->rec;
}

NUM(tid)
{
	(void)f;
	*n = e->ev->rec ? e->ev->rec->tid : 0;
	return e->ev->rec;
}

STR(kind)
{
	static const char *const kinds[] = {
		[LINX_EVENT_SYSCALL] = "syscall", [LINX_EVENT_TASK] = "task",
		[LINX_EVENT_FORK] = "fork",	  [LINX_EVENT_EXEC] = "exec",
		[LINX_EVENT_EXIT] = "exit",	  [LINX_EVENT_GAP] = "gap",
		[LINX_EVENT_CERTIFICATE] = "certificate", [LINX_EVENT_SIGNAL] = "signal",
		[LINX_EVENT_BUDGET] = "budget",		  [LINX_EVENT_HTTP] = "http",
	};

	(void)f;
	return give(e->ev->kind < ARRAY_SIZE(kinds) ? kinds[e->ev->kind] : NULL, s, n);
}

/* ---- who ------------------------------------------------------------------------------- */

static const struct linx_process *process_of(const struct linx_fld_env *e)
{
	return e->ev->task ? e->ev->task->process : NULL;
}

STR(comm)
{
	(void)f;
	return give(linx_event_get_comm(e->ev), s, n);
}

NUM(ppid)
{
	(void)f;
	*n = e->ev->task ? e->ev->task->ppid : 0;
	return e->ev->task && linx_task_knows_parent(e->ev->task);
}

#define ID(name)                                        \
	NUM(name)                                       \
	{                                               \
		(void)f;                                \
		*n = e->ev->task ? e->ev->task->name : 0; \
		return e->ev->task;                     \
	}
ID(uid)
ID(gid)
ID(euid)
ID(egid)

/*
 * Name of a user or group. Ids of another machine have names that are not known here, and
 * that this machine may have given to others; 0 is root on each.
 */
static const char *name_of(const struct linx_fld_env *e, uint32_t id,
			   const char *(*get)(struct linx_user_names *a, uint32_t id))
{
	if (!e->accounts)
		return NULL;
	if (e->ev->foreign)
		return id ? NULL : "root";
	return get(e->accounts, id);
}

#define ACCOUNT(name, id, get)                                                                       \
	STR(name)                                                                                    \
	{                                                                                            \
		(void)f;                                                                             \
		return give(e->ev->task ? name_of(e, e->ev->task->id, get) : NULL, s, n);                   \
	}
ACCOUNT(user, uid, linx_user_names_user)
ACCOUNT(group, gid, linx_user_names_group)
ACCOUNT(euser, euid, linx_user_names_user)
ACCOUNT(egroup, egid, linx_user_names_group)

/* Process of the event if its record has the members that LINX_PROCESS_INFO announces, else NULL. */
static const struct linx_process *process_with_info(const struct linx_fld_env *e)
{
	const struct linx_process *p = process_of(e);

	return p && p->flags & LINX_PROCESS_INFO ? p : NULL;
}

#define INFO(name, member, none)                                         \
	NUM(name)                                                        \
	{                                                                \
		(void)f;                                                 \
		*n = process_with_info(e) ? process_with_info(e)->member : 0;                      \
		return process_with_info(e) && process_with_info(e)->member != (uint32_t)(none);   \
	}
INFO(pgid, pgid, 0)
INFO(sid, sid, 0)
INFO(loginuid, loginuid, -1)
INFO(ns_pid, ns_pid, 0)

STR(loginuser)
{
	(void)f;
	if (!process_with_info(e) || process_with_info(e)->loginuid == UINT32_MAX)
		return false;
	return give(name_of(e, process_with_info(e)->loginuid, linx_user_names_user), s, n);
}

/* The names of terminals that people have; others by their numbers. */
STR(tty)
{
	uint32_t tty = process_with_info(e) ? process_with_info(e)->tty : 0, minor = linx_dev_minor(tty);
	uint64_t major = linx_dev_major(tty);
	struct linx_strbuf *o = e->scratch;

	(void)f;
	if (!tty)
		return false;
	o->len = 0;
	if (major >= 136 && major <= 143) {
		linx_strbuf_str(o, "pts/");
		linx_strbuf_u64(o, (major - 136) << 20 | minor);
	} else if (major == 4) {
		linx_strbuf_str(o, minor < 64 ? "tty" : "ttyS");
		linx_strbuf_u64(o, minor < 64 ? minor : minor - 64);
	} else {
		linx_strbuf_u64(o, major);
		linx_strbuf_char(o, ':');
		linx_strbuf_u64(o, minor);
	}
	*s = o->data;
	*n = o->len;
	return !o->failed;
}

static bool give_text(const struct linx_text *t, const char **s, size_t *n)
{
	*s = t->data;
	*n = t->len;
	return t->data;
}

static bool give_scratch(const struct linx_strbuf *o, const char **s, size_t *n)
{
	*s = o->data;
	*n = o->len;
	return !o->failed;
}

STR(container)
{
	(void)f;
	return process_of(e) && give_text(&process_of(e)->container, s, n);
}

STR(runtime)
{
	(void)f;
	return give(process_of(e) ? process_of(e)->runtime : NULL, s, n);
}

#define OF_CONTAINER(name, member)                                                              \
	STR(name)                                                                               \
	{                                                                                       \
		const struct linx_container_info *c = linx_event_borrow_container(e->ev);       \
		(void)f;                                                                        \
		return give(c ? c->member : NULL, s, n);                                        \
	}
OF_CONTAINER(container_name, name)
OF_CONTAINER(container_image, image)
OF_CONTAINER(image_repository, image_repository)
OF_CONTAINER(image_tag, image_tag)
OF_CONTAINER(image_digest, image_digest)
OF_CONTAINER(pod_name, pod_name)
OF_CONTAINER(pod_uid, pod_uid)
OF_CONTAINER(pod_namespace, pod_namespace)

STR(privileged)
{
	const struct linx_container_info *c = linx_event_borrow_container(e->ev);

	(void)f;
	return give(!c || c->privileged < 0 ? NULL : c->privileged ? "true" : "false", s, n);
}

NUM(container_start)
{
	const struct linx_container_info *c = linx_event_borrow_container(e->ev);

	(void)f;
	*n = c ? (int64_t)c->started_ns : 0;
	return *n;
}

STR(mounts)
{
	(void)f;
	return linx_who_mounts(e->ev, e->scratch) && give_scratch(e->scratch, s, n);
}

STR(cgroup)
{
	(void)f;
	return process_of(e) && give_text(&process_of(e)->cgroup, s, n);
}

STR(exe)
{
	(void)f;
	return give(process_of(e) ? process_of(e)->exe.data : NULL, s, n);
}

STR(cwd)
{
	(void)f;
	return give(process_of(e) ? process_of(e)->cwd.data : NULL, s, n);
}

/* Joined by blanks, as ps shows it: its last NUL is not part of it. */
STR(cmdline)
{
	const struct linx_process *p = process_of(e);
	struct linx_strbuf *o = e->scratch;
	const char *from;
	size_t len;

	(void)f;
	if (!p || !p->cmdline.data)
		return false;
	from = p->cmdline.data;
	len = p->cmdline.len;
	len -= len && !from[len - 1];
	len = e->most && len > e->most ? e->most : len;
	o->len = 0;
	*s = linx_strbuf_room(o, len);
	*n = len;
	if (!*s)
		return false;
	for (size_t i = 0; i < len; i++)
		o->data[i] = from[i] ? from[i] : ' ';
	o->len = len;
	return true;
}

/* NULL: not known. 0 is the process itself. */
static const struct linx_task *ancestor(const struct linx_fld_env *e, int steps)
{
	const struct linx_task *task = e->ev->task;
	struct linx_task_slot *slot;

	for (int i = 0; task && i < steps; i++) {
		slot = e->ev->tasks && task->ppid ? linx_tasks_find(e->ev->tasks, task->ppid) : NULL;
		task = slot && slot->known ? &slot->task : NULL;
	}
	return task;
}

static const struct linx_task *leader(const struct linx_fld_env *e, int steps)
{
	const struct linx_task *task = ancestor(e, steps);
	struct linx_task_slot *slot;

	if (steps || !task || !e->ev->tasks || task->tid == task->pid)
		return task;
	slot = linx_tasks_find(e->ev->tasks, task->pid);
	return slot && slot->known ? &slot->task : task;
}

STR(aname)
{
	const struct linx_task *task = leader(e, f->index);

	return give(task ? task->comm : NULL, s, n);
}

NUM(apid)
{
	const struct linx_task *task = leader(e, f->index);

	*n = task ? task->pid : 0;
	return task;
}

/* ---- the descriptor that the call is about ------------------------------------------------ */

const struct linx_descriptor *linx_fld_descriptor(const struct linx_fld_env *e)
{
	const struct linx_event *ev = e->ev;
	const struct linx_descriptor *first = NULL;

	if (!is_call(e))
		return NULL;
	for (unsigned int i = 0; i < ev->fds->n; i++) {
		const struct linx_descriptor *d = &ev->fds->items[i];

		if (d->field < LINX_FIELD_FD_RESULT && d->fd != LINX_FD_CWD && (!first || d->field < first->field))
			first = d;
	}
	return first ? first : linx_fds_result(ev->fds);
}

/* Without the kernel's word: the first argument that is one. */
NUM(fd)
{
	const struct linx_descriptor *d = linx_fld_descriptor(e);
	const struct linx_event *ev = e->ev;

	(void)f;
	if (d)
		*n = d->fd;
	if (d || !is_call(e) || !ev->call || ev->args_gone)
		return d;
	for (unsigned int i = 0; i < ev->call->row->nargs && i < ev->nargs; i++) {
		*n = (int32_t)ev->args[i];
		if (!strcmp(ev->call->row->args[i].type, "fd"))
			return true;
	}
	return false;
}

STR(fd_path)
{
	const struct linx_descriptor *d = linx_fld_descriptor(e);

	(void)f;
	if (!d || !d->path_len)
		return false;
	*s = d->path;
	*n = d->path_len;
	return true;
}

STR(fd_type)
{
	const struct linx_descriptor *d = linx_fld_descriptor(e);

	(void)f;
	return give(d ? linx_fd_type_name(d->type) : NULL, s, n);
}

/* ---- HTTP ------------------------------------------------------------------------------------ */

static bool give_http(const struct linx_fld_env *e, size_t at, const char **s, size_t *n)
{
	const struct linx_http_value *v;

	if (!is_http(e))
		return false;
	v = (const struct linx_http_value *)((const char *)e->ev->http + at);
	*s = v->data;
	*n = v->len;
	return v->data;
}

#define HTTP_TEXT(name, member)                                             \
	STR(http_##name)                                                    \
	{                                                                   \
		(void)f;                                                    \
		return give_http(e, offsetof(struct linx_http, member), s, n); \
	}
HTTP_TEXT(method, method)
HTTP_TEXT(host, host)
HTTP_TEXT(path, path)
HTTP_TEXT(query, query)
HTTP_TEXT(user_agent, field[LINX_HTTP_FIELD_USER_AGENT])

#define HTTP_NUMBER(name, member, none)                                                     \
	NUM(http_##name)                                                                    \
	{                                                                                   \
		(void)f;                                                                    \
		*n = is_http(e) ? (int64_t)e->ev->http->member : 0;                         \
		return is_http(e) && e->ev->http->member != (none);                         \
	}
HTTP_NUMBER(status, status, 0)
HTTP_NUMBER(latency, latency_ns, LINX_HTTP_NOT_KNOWN)
HTTP_NUMBER(request_body, request_body, LINX_HTTP_NOT_KNOWN)
HTTP_NUMBER(response_body, response_body, LINX_HTTP_NOT_KNOWN)

STR(http_side)
{
	(void)f;
	return is_http(e) && give(e->ev->http->side == LINX_HTTP_SIDE_CLIENT ? "client" : "server", s, n);
}

static bool give_address(const struct linx_fld_env *e, bool peer, const char **s, size_t *n)
{
	if (!is_http(e) || !e->ev->http->has_sock)
		return false;
	e->scratch->len = 0;
	if (!linx_address_put(e->scratch, &e->ev->http->sock, peer))
		return false;
	*s = e->scratch->data;
	*n = e->scratch->len;
	return !e->scratch->failed;
}

STR(http_local)
{
	(void)f;
	return give_address(e, false, s, n);
}

STR(http_peer)
{
	(void)f;
	return give_address(e, true, s, n);
}

/* ---- lists --------------------------------------------------------------------------------- */

static bool flag_item(const struct linx_fld_env *e, unsigned int i, struct linx_fld_item *item)
{
	for (size_t at = 0; at < LINX_FLAG_WORDS; at++) {
		const struct linx_flag_word *w = &linx_flag_words[at];

		if (!(e->ev->flags & w->flag) || i--)
			continue;
		*item = (struct linx_fld_item){ .s = w->word, .n = strlen(w->word) };
		return true;
	}
	return false;
}

/*
 * Descriptor and path of the i-th file that the call refers to. Sockets, pipes and
 * anonymous inodes have no name in a file system: their path is empty.
 */
static bool file_item(const struct linx_fld_env *e, unsigned int i, struct linx_fld_item *item)
{
	const struct linx_files *files = linx_event_borrow_files(e->ev);
	struct linx_descriptor d;

	if (!files || linx_files_next(files, i ? (int32_t)item->num : -1, &d))
		return false;
	*item = (struct linx_fld_item){ .has_num = true, .num = d.fd, .s = "" };
	if (d.path_len && *d.path == '/') {
		item->s = d.path;
		item->n = d.path_len;
	}
	return true;
}

bool linx_fld_item(const struct linx_fld_env *e, const struct linx_fld *f, unsigned int i, struct linx_fld_item *item)
{
	if (!strcmp(f->desc->name, "flags"))
		return flag_item(e, i, item);
	return file_item(e, i, item);
}

/* ---- the table ------------------------------------------------------------------------------ */

#define FIELD(name, argument, kind, num, str, changes, example, text) \
	{ #name, LINX_FLD_##argument, LINX_FLD_##kind, LINX_FLD_##changes, num, str, example, text, LINX_FLD_BY_EVENT, NULL },

const struct linx_fld_desc linx_fld_table[] = {
#include "filter/fields.def"
};
const unsigned int linx_fld_count = ARRAY_SIZE(linx_fld_table);

bool linx_fld_num(const struct linx_fld_env *e, const struct linx_fld *f, int64_t *n)
{
	return f->desc->num && f->desc->num(e, f, n);
}

bool linx_fld_str(const struct linx_fld_env *e, const struct linx_fld *f, const char **s, size_t *n)
{
	return f->desc->str && f->desc->str(e, f, s, n);
}
