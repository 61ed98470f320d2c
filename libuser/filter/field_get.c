// SPDX-License-Identifier: LGPL-2.1-or-later
/* Getters of the values of linx's fields, and the table of all fields. */
#include <stdio.h>

#include <linx/http.h>

#include "base/array_size.h"
#include "base/dev_number.h"
#include "record/decode.h"
#include "filter/getters.h"
#include "filter/who.h"
#include "http/address.h"
#include "table/names.h"
#include "state/tasks.h"

/* Limit of the ancestors that a field can name. The limit also ends a search if wrong parents form a cycle. */
#define ANCESTORS_MAX 64
/* Limit of the bytes of a host, and of the bytes of a path, in linx.target. */
#define TARGET_MAX 512u
/* Bit by which a call number of the ABI x32 differs from the number of x86_64. */
#define X32_BIT 0x40000000u

#define GET(name) \
	bool linx_own_##name(const struct linx_fld_env *e, const struct linx_fld *f, unsigned int i, struct linx_fld_value *v)

static bool set_str(struct linx_fld_value *v, const char *text)
{
	return linx_fld_set_text(v, text, text ? strlen(text) : 0);
}

/* Adds the name of a number to a value, unless only the number is wanted. Returns true. */
static bool add_name(const struct linx_fld *f, struct linx_fld_value *v, const char *name)
{
	if (f->part != LINX_FLD_KEY)
		set_str(v, name);
	return true;
}

/* ---- the call ------------------------------------------------------------------------ */

static bool is_call(const struct linx_fld_env *e)
{
	return e->ev->kind == LINX_EVENT_SYSCALL;
}

/* True for an HTTP event, which is not a call. */
static bool is_http(const struct linx_fld_env *e)
{
	return e->ev->kind == LINX_EVENT_HTTP;
}

/* Returns the word for an event of HTTP or of a probe; NULL: the event is of another kind. */
static const char *word_of(const struct linx_fld_env *e)
{
	return is_http(e) ? "http" : e->ev->kind == LINX_EVENT_PROBE ? "probe" : NULL;
}

/* Getter of linx.type: number and name of a call; -1 and "http" for an HTTP event, -1 and "probe" for a probe's hit. */
GET(type)
{
	const char *word = word_of(e);

	FLD_ONE();
	if (is_call(e) || word)
		linx_fld_set_num(v, word ? -1 : e->ev->nr);
	if (f->part != LINX_FLD_KEY)
		set_str(v, word ? word : linx_event_get_name(e->ev));
	return v->has_num || v->has_text;
}

/* Getter of linx.call: the name of a call. A call without a name is named by its number, as the program passed it. */
GET(call)
{
	unsigned int nr = is_call(e) ? (unsigned int)e->ev->nr : 0;

	FLD_ONE();
	if (!is_call(e) || e->ev->call)
		return set_str(v, is_call(e) ? linx_event_get_name(e->ev) : NULL);
	if (linx_table_abi(e->ev->table, e->ev->abi) % LINX_ABI_NR == LINX_ABI_X32)
		nr |= X32_BIT;
	e->scratch->len = 0;
	linx_strbuf_str(e->scratch, "syscall_");
	linx_strbuf_hex(e->scratch, nr);
	return linx_fld_set_scratch(e, v);
}

GET(dir)
{
	FLD_ONE();
	return set_str(v, word_of(e) ? "<" : !is_call(e) ? NULL : e->ev->entry ? ">" : "<");
}

GET(res)
{
	int64_t ret;

	FLD_ONE();
	return !linx_event_get_ret(e->ev, &ret) && linx_fld_set_num(v, ret);
}

GET(errno)
{
	unsigned int error = is_call(e) ? linx_event_errno(e->ev) : 0;

	FLD_ONE();
	return error && linx_fld_set_num(v, error) && add_name(f, v, linx_errno_name(error));
}

GET(duration)
{
	uint64_t ns;

	FLD_ONE();
	return !linx_event_get_duration_ns(e->ev, &ns) && linx_fld_set_num(v, (int64_t)ns);
}

GET(cpu_time)
{
	uint64_t ns;

	FLD_ONE();
	return !linx_event_get_cpu_ns(e->ev, &ns) && linx_fld_set_num(v, (int64_t)ns);
}

GET(abi)
{
	FLD_ONE();
	return set_str(v, is_call(e) ? linx_abi_name(linx_table_abi(e->ev->table, e->ev->abi)) : NULL);
}

/*
 * Getter of linx.arg: the text of an argument, and also its number if the argument is a number. Tests can use either.
 */
GET(arg)
{
	int64_t n;

	FLD_ONE();
	if (linx_fld_arg_num(e->ev, f, &n))
		linx_fld_set_num(v, n);
	e->scratch->len = 0;
	if (linx_fld_arg_text(e, f, e->scratch))
		linx_fld_set_scratch(e, v);
	return v->has_num || v->has_text;
}

/* ---- the record ---------------------------------------------------------------------- */

#define RECORDED(name, expression)                                              \
	GET(name)                                                               \
	{                                                                       \
		FLD_ONE();                                                      \
		return e->ev->rec && linx_fld_set_num(v, (int64_t)(expression)); \
	}
RECORDED(time, e->ev->wall_ns)
RECORDED(cpu, e->ev->position->cpu)
RECORDED(seq, e->ev->position->seq)
RECORDED(pid, e->ev->rec->pid)
RECORDED(tid, e->ev->rec->tid)

GET(kind)
{
	FLD_ONE();
	return set_str(v, linx_event_kind_name(e->ev->kind));
}

/* ---- who ------------------------------------------------------------------------------- */

static const struct linx_process *process_of(const struct linx_fld_env *e)
{
	return e->ev->task ? e->ev->task->process : NULL;
}

GET(comm)
{
	FLD_ONE();
	return set_str(v, linx_event_get_comm(e->ev));
}

GET(ppid)
{
	FLD_ONE();
	return e->ev->task && linx_task_knows_parent(e->ev->task) && linx_fld_set_num(v, e->ev->task->ppid);
}

/*
 * Returns the name of a user or group. For an event of another machine returns NULL, since an id may belong to another
 * user there. Only 0 is root on every machine.
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

#define ACCOUNT(name, id, get)                                                    \
	GET(name)                                                                 \
	{                                                                         \
		const struct linx_task *task = e->ev->task;                       \
                                                                                  \
		FLD_ONE();                                                        \
		if (!task)                                                        \
			return false;                                             \
		linx_fld_set_num(v, task->id);                                    \
		return f->part == LINX_FLD_KEY || add_name(f, v, name_of(e, task->id, get)); \
	}
ACCOUNT(user, uid, linx_user_names_user)
ACCOUNT(group, gid, linx_user_names_group)
ACCOUNT(euser, euid, linx_user_names_user)
ACCOUNT(egroup, egid, linx_user_names_group)

#define ID(name)                                                              \
	GET(name)                                                             \
	{                                                                     \
		FLD_ONE();                                                    \
		return e->ev->task && linx_fld_set_num(v, e->ev->task->name); \
	}
ID(uid)
ID(gid)

/* Returns the process of the event if it has LINX_PROCESS_INFO: its pgid and similar numbers are known; else NULL. */
static const struct linx_process *process_with_info(const struct linx_fld_env *e)
{
	const struct linx_process *p = process_of(e);

	return p && p->flags & LINX_PROCESS_INFO ? p : NULL;
}

#define INFO(name)                                                                    \
	GET(name)                                                                     \
	{                                                                             \
		const struct linx_process *p = process_with_info(e);                  \
                                                                                      \
		FLD_ONE();                                                            \
		return p && p->name && linx_fld_set_num(v, p->name);                  \
	}
INFO(pgid)
INFO(sid)
INFO(ns_pid)

#define NAMESPACE(name, type)                                                              \
	GET(name)                                                                          \
	{                                                                                  \
		const struct linx_process *p = process_with_info(e);                       \
                                                                                           \
		FLD_ONE();                                                                 \
		return p && p->ns[type] && linx_fld_set_num(v, p->ns[type]);               \
	}
NAMESPACE(ns_of_mounts, LINX_NS_MNT)
NAMESPACE(ns_of_pids, LINX_NS_PID)
NAMESPACE(ns_of_nets, LINX_NS_NET)
NAMESPACE(ns_of_users, LINX_NS_USER)

GET(loginuid)
{
	const struct linx_process *p = process_with_info(e);

	FLD_ONE();
	if (!p || p->loginuid == UINT32_MAX)
		return false;
	linx_fld_set_num(v, p->loginuid);
	return f->part == LINX_FLD_KEY || add_name(f, v, name_of(e, p->loginuid, linx_user_names_user));
}

/* Getter of linx.tty: the name of a common terminal such as "pts/3"; other terminals by their numbers. */
GET(tty)
{
	uint32_t tty = process_with_info(e) ? process_with_info(e)->tty : 0, minor = linx_dev_minor(tty);
	uint64_t major = linx_dev_major(tty);
	struct linx_strbuf *o = e->scratch;

	FLD_ONE();
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
	return linx_fld_set_scratch(e, v);
}

GET(container)
{
	FLD_ONE();
	return process_of(e) && linx_fld_set_text(v, process_of(e)->container.data, process_of(e)->container.len);
}

GET(runtime)
{
	FLD_ONE();
	return set_str(v, process_of(e) ? process_of(e)->runtime : NULL);
}

#define OF_CONTAINER(name, member)                                                              \
	GET(name)                                                                               \
	{                                                                                       \
		const struct linx_container_info *c = linx_event_borrow_container(e->ev);       \
                                                                                        \
		FLD_ONE();                                                                      \
		return set_str(v, c ? c->member : NULL);                                        \
	}
OF_CONTAINER(container_name, name)
OF_CONTAINER(container_image, image)
OF_CONTAINER(image_repository, image_repository)
OF_CONTAINER(image_tag, image_tag)
OF_CONTAINER(image_digest, image_digest)
OF_CONTAINER(pod_name, pod_name)
OF_CONTAINER(pod_uid, pod_uid)
OF_CONTAINER(pod_namespace, pod_namespace)
OF_CONTAINER(pod_workload, pod_workload)
OF_CONTAINER(pod_workload_kind, pod_workload_kind)

GET(privileged)
{
	const struct linx_container_info *c = linx_event_borrow_container(e->ev);

	FLD_ONE();
	return set_str(v, !c || c->privileged < 0 ? NULL : c->privileged ? "true" : "false");
}

GET(container_start)
{
	const struct linx_container_info *c = linx_event_borrow_container(e->ev);

	FLD_ONE();
	return c && c->started_ns && linx_fld_set_num(v, (int64_t)c->started_ns);
}

GET(mounts)
{
	FLD_ONE();
	return linx_who_mounts(e->ev, e->scratch) && linx_fld_set_scratch(e, v);
}

GET(cgroup)
{
	FLD_ONE();
	return process_of(e) && linx_fld_set_text(v, process_of(e)->cgroup.data, process_of(e)->cgroup.len);
}

GET(exe)
{
	FLD_ONE();
	return set_str(v, process_of(e) ? process_of(e)->exe.data : NULL);
}

GET(cwd)
{
	FLD_ONE();
	return set_str(v, process_of(e) ? process_of(e)->cwd.data : NULL);
}

/* Getter of linx.cmdline: the words joined by blanks, as ps shows them, without the last NUL. */
GET(cmdline)
{
	const struct linx_process *p = process_of(e);
	struct linx_strbuf *o = e->scratch;
	const char *from;
	size_t len;

	FLD_ONE();
	if (!p || !p->cmdline.data)
		return false;
	from = p->cmdline.data;
	len = p->cmdline.len;
	len -= len && !from[len - 1];
	len = e->most && len > e->most ? e->most : len;
	o->len = 0;
	if (!linx_strbuf_room(o, len))
		return false;
	for (size_t at = 0; at < len; at++)
		o->data[at] = from[at] ? from[at] : ' ';
	o->len = len;
	return linx_fld_set_text(v, o->data, len);
}

/*
 * Returns the ancestor that is this number of generations above the event's process; 0: that process itself. NULL: not
 * known.
 */
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

GET(aname)
{
	const struct linx_task *task = leader(e, f->index);

	return !i && set_str(v, task ? task->comm : NULL);
}

GET(apid)
{
	const struct linx_task *task = leader(e, f->index);

	return !i && task && linx_fld_set_num(v, task->pid);
}

/* ---- the descriptor that the call is about ------------------------------------------------ */

/*
 * Returns the index of the call's first argument that is a descriptor; -1: there is no such argument, or the arguments
 * are not known.
 */
static int fd_argument(const struct linx_event *ev)
{
	if (!ev->call || ev->args_gone)
		return -1;
	for (unsigned int at = 0; at < ev->call->row->nargs && at < ev->nargs; at++)
		if (!strcmp(ev->call->row->args[at].type, "fd"))
			return (int)at;
	return -1;
}

/* Returns the descriptor that socketcall or the old mmap has in the arguments in memory. NULL: not recorded. */
static const struct linx_descriptor *fd_in_memory(const struct linx_event *ev)
{
	int at = ev->fds->n ? fd_argument(ev) : -1;
	const struct linx_descriptor *d = at >= 0 ? linx_fds_find(ev->fds, (int32_t)ev->args[at], false) : NULL;

	return d && d->field == LINX_FIELD_FD_MEMORY ? d : NULL;
}

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
	first = first ? first : fd_in_memory(ev);
	return first ? first : linx_fds_result(ev->fds);
}

/* Getter of linx.fd.num: the recorded descriptor; if none was recorded, the first argument that is a descriptor. */
GET(fd)
{
	const struct linx_descriptor *d = linx_fld_descriptor(e);
	const struct linx_event *ev = e->ev;
	int at;

	FLD_ONE();
	if (d)
		return linx_fld_set_num(v, d->fd);
	at = is_call(e) ? fd_argument(ev) : -1;
	return at >= 0 && linx_fld_set_num(v, (int32_t)ev->args[at]);
}

GET(fd_path)
{
	const struct linx_descriptor *d = linx_fld_descriptor(e);

	FLD_ONE();
	return d && d->path_len && linx_fld_set_text(v, d->path, d->path_len);
}

GET(fd_type)
{
	const struct linx_descriptor *d = linx_fld_descriptor(e);

	FLD_ONE();
	return set_str(v, d ? linx_fd_type_name(d->type) : NULL);
}

/* ---- HTTP ------------------------------------------------------------------------------------ */

#define HTTP_TEXT(name, member)                                                                       \
	GET(http_##name)                                                                              \
	{                                                                                             \
		FLD_ONE();                                                                            \
		return is_http(e) && linx_fld_set_text(v, e->ev->http->member.data, e->ev->http->member.len); \
	}
HTTP_TEXT(method, method)
HTTP_TEXT(host, host)
HTTP_TEXT(path, path)
HTTP_TEXT(query, query)
HTTP_TEXT(user_agent, field[LINX_HTTP_FIELD_USER_AGENT])

/* Writes a text of a request, at most TARGET_MAX bytes. without: what is written if the request has no such text */
static void put_target(struct linx_strbuf *o, const struct linx_http_value *v, const char *without)
{
	if (v->data)
		linx_strbuf_mem(o, v->data, v->len < TARGET_MAX ? v->len : TARGET_MAX);
	else
		linx_strbuf_str(o, without);
}

GET(target)
{
	const struct linx_http *h = is_http(e) ? e->ev->http : NULL;

	FLD_ONE();
	if (!h)
		return false;
	e->scratch->len = 0;
	put_target(e->scratch, &h->host, "-");
	put_target(e->scratch, &h->path, h->has_request ? "" : "?");
	return linx_fld_set_scratch(e, v);
}

#define HTTP_NUMBER(name, member, none)                                   \
	GET(http_##name)                                                  \
	{                                                                 \
		FLD_ONE();                                                \
		return is_http(e) && e->ev->http->member != (none) &&     \
		       linx_fld_set_num(v, (int64_t)e->ev->http->member); \
	}
HTTP_NUMBER(status, status, 0)
HTTP_NUMBER(latency, latency_ns, LINX_HTTP_NOT_KNOWN)
HTTP_NUMBER(request_body, request_body, LINX_HTTP_NOT_KNOWN)
HTTP_NUMBER(response_body, response_body, LINX_HTTP_NOT_KNOWN)

GET(http_side)
{
	FLD_ONE();
	return is_http(e) && set_str(v, e->ev->http->side == LINX_HTTP_SIDE_CLIENT ? "client" : "server");
}

static bool set_address(const struct linx_fld_env *e, bool peer, struct linx_fld_value *v)
{
	if (!is_http(e) || !e->ev->http->has_sock)
		return false;
	e->scratch->len = 0;
	return linx_address_put(e->scratch, &e->ev->http->sock, peer) && linx_fld_set_scratch(e, v);
}

GET(http_local)
{
	FLD_ONE();
	return set_address(e, false, v);
}

GET(http_peer)
{
	FLD_ONE();
	return set_address(e, true, v);
}

/* Getter of linx.args, which has no value: filter/field.c writes the text. */
GET(args)
{
	(void)e, (void)f, (void)i, (void)v;
	return false;
}

/* ---- lists --------------------------------------------------------------------------------- */

GET(flags)
{
	(void)f;
	for (size_t at = 0; at < LINX_FLAG_WORDS; at++)
		if (e->ev->flags & linx_flag_words[at].flag && !i--)
			return set_str(v, linx_flag_words[at].word);
	return false;
}

/*
 * Getter of linx.fds: number and path of each descriptor that the process has open. The path of sockets, pipes and
 * anonymous inodes is empty, since they have no name in a file system.
 */
GET(fds)
{
	const struct linx_files *files = linx_event_borrow_files(e->ev);
	struct linx_descriptor d;
	bool named;

	(void)f;
	if (!files || linx_files_next(files, i ? (int32_t)v->num : -1, &d))
		return false;
	named = d.path_len && *d.path == '/';
	linx_fld_set_num(v, d.fd);
	return linx_fld_set_text(v, named ? d.path : "", named ? d.path_len : 0);
}

/* ---- the table ------------------------------------------------------------------------------ */

#define FIELD(own, falco, argument, kind, function, changes, needs, example, text) \
	{ #own, LINX_FLD_##argument, LINX_FLD_##kind, LINX_FLD_##changes, LINX_FLD_NEEDS_##needs, false, linx_##function, "(" example ")", text },
static const struct linx_fld_desc own_fields[] = {
#include "filter/fields.def"
};
#undef FIELD

/*
 * All fields with Falco's names are LINX_FLD_EVENT, so their texts are not cached. They show no "?" for unknown values.
 */
#define FIELD(own, falco, argument, kind, function, changes, needs, example, text) \
	{ #falco, LINX_FLD_##argument, LINX_FLD_##kind, LINX_FLD_EVENT, LINX_FLD_NEEDS_##needs, true, linx_##function, example, text },
static const struct linx_fld_desc falco_fields[] = {
#include "filter/fields.def"
};
#undef FIELD

bool linx_fld_is_absent(const struct linx_fld_desc *d)
{
	return d->get == linx_falco_unknown;
}

const struct linx_fld_desc *const linx_fld_tables[LINX_FLD_LANGUAGES] = {
	[LINX_FLD_OWN] = own_fields, [LINX_FLD_FALCO] = falco_fields,
};
const unsigned int linx_fld_count = ARRAY_SIZE(own_fields);
