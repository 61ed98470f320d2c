// SPDX-License-Identifier: LGPL-2.1-or-later
/* Getters of Falco's fields of processes, threads and users. */
#include "base/array_size.h"
#include "base/dev_number.h"
#include "filter/falco/falco.h"

/* Limit of the ancestors that are searched. */
#define ANCESTORS_MAX 64u

static const struct linx_process *self(const struct linx_fld_env *e)
{
	return e->ev->task ? e->ev->task->process : NULL;
}

static const struct linx_process *parent(const struct linx_fld_env *e)
{
	return linx_event_borrow_ancestor(e->ev, 1);
}

static bool give(struct linx_fld_value *v, const struct linx_text *t)
{
	return t->data && linx_fld_set_text(v, t->data, t->len);
}

static bool give_str(struct linx_fld_value *v, const char *s)
{
	return s && *s && linx_fld_set_text(v, s, strlen(s));
}

/* ---- command lines ---------------------------------------------------------------------------------- */

static bool first_word(const struct linx_process *p, struct linx_fld_value *v)
{
	return p && p->cmdline.data && linx_fld_set_text(v, p->cmdline.data, strnlen(p->cmdline.data, p->cmdline.len));
}

/* Appends words with a blank in place of the NUL between them. */
static void put_words(struct linx_strbuf *o, const char *s, size_t n)
{
	char *to;

	n -= n && !s[n - 1];
	to = linx_strbuf_room(o, n);
	for (size_t i = 0; to && i < n; i++)
		to[i] = s[i] ? s[i] : ' ';
	o->len += to ? n : 0;
}

static size_t words_at(const struct linx_process *p)
{
	size_t n = strnlen(p->cmdline.data, p->cmdline.len);

	return n < p->cmdline.len ? n + 1 : p->cmdline.len;
}

/*
 * Gets a command line whose first word is replaced by the n bytes at "first"; NULL: the first word is left out. As in
 * Falco, the command line's own first word has a blank after it even if no other word follows.
 */
static bool put_line(const struct linx_fld_env *e, const struct linx_process *p, const char *first, size_t n, struct linx_fld_value *v)
{
	size_t from;

	if (!p || !p->cmdline.data)
		return false;
	from = words_at(p);
	e->scratch->len = 0;
	if (first)
		linx_strbuf_mem(e->scratch, first, n);
	if (first && (from < p->cmdline.len || first == p->cmdline.data))
		linx_strbuf_char(e->scratch, ' ');
	put_words(e->scratch, p->cmdline.data + from, p->cmdline.len - from);
	return linx_fld_set_scratch(e, v);
}

/* Gets a command line with comm in place of its first word. A kernel thread has no command line: only comm. */
static bool cmdline(const struct linx_fld_env *e, const struct linx_process *p, const char *comm, struct linx_fld_value *v)
{
	if (p && !p->cmdline.data && p->flags & LINX_PROCESS_KERNEL)
		return give_str(v, comm);
	return comm && put_line(e, p, comm, strlen(comm), v);
}

FALCO_GET(proc_exe)
{
	FLD_ONE();
	return first_word(self(e), v);
}

FALCO_GET(proc_pexe)
{
	FLD_ONE();
	return first_word(parent(e), v);
}

/*
 * Gets word n of a command line, counted from 0 after the first word. As in Falco, the word is empty if there are fewer
 * words.
 */
static bool give_word(const struct linx_process *p, unsigned int n, struct linx_fld_value *v)
{
	size_t at;

	if (!p || !p->cmdline.data)
		return false;
	for (at = words_at(p); n && at < p->cmdline.len; n--)
		at += strnlen(p->cmdline.data + at, p->cmdline.len - at) + 1;
	if (at >= p->cmdline.len)
		return linx_fld_set_text(v, "", 0);
	return linx_fld_set_text(v, p->cmdline.data + at, strnlen(p->cmdline.data + at, p->cmdline.len - at));
}

FALCO_GET(proc_args)
{
	if (i)
		return false;
	return f->index >= 0 ? give_word(self(e), (unsigned int)f->index, v) : put_line(e, self(e), NULL, 0, v);
}

FALCO_GET(proc_cmdline)
{
	FLD_ONE();
	return cmdline(e, self(e), linx_event_get_comm(e->ev), v);
}

FALCO_GET(proc_pcmdline)
{
	FLD_ONE();
	return parent(e) && cmdline(e, parent(e), parent(e)->comm, v);
}

FALCO_GET(proc_exeline)
{
	const struct linx_process *p = self(e);

	FLD_ONE();
	return p && p->cmdline.data && put_line(e, p, p->cmdline.data, strnlen(p->cmdline.data, p->cmdline.len), v);
}

FALCO_GET(proc_cmdnargs)
{
	const struct linx_process *p = self(e);
	int64_t n = 0;

	FLD_ONE();
	if (!p || !p->cmdline.data)
		return false;
	for (size_t at = words_at(p); at < p->cmdline.len; at++)
		n += !p->cmdline.data[at];
	return linx_fld_set_num(v, n);
}

FALCO_GET(proc_cmdlenargs)
{
	const struct linx_process *p = self(e);
	int64_t n = 0;

	FLD_ONE();
	if (!p || !p->cmdline.data)
		return false;
	for (size_t at = words_at(p); at < p->cmdline.len; at++)
		n += !!p->cmdline.data[at];
	return linx_fld_set_num(v, n);
}

/* Gets the value of a variable of the environment. False: the variable is not set. */
static bool give_variable(const struct linx_process *p, const char *name, struct linx_fld_value *v)
{
	size_t len = strlen(name);

	for (size_t at = 0; at < p->env.len; at += strnlen(p->env.data + at, p->env.len - at) + 1) {
		const char *s = p->env.data + at;
		size_t n = strnlen(s, p->env.len - at);

		if (n > len && s[len] == '=' && !memcmp(s, name, len))
			return linx_fld_set_text(v, s + len + 1, n - len - 1);
	}
	return false;
}

static bool give_env(const struct linx_fld_env *e, const struct linx_process *p, struct linx_fld_value *v)
{
	e->scratch->len = 0;
	put_words(e->scratch, p->env.data, p->env.len);
	return linx_fld_set_scratch(e, v);
}

/* Getter of proc.env: all variables, or with a name the value of that variable; as in Falco "" if it is not set. */
FALCO_GET(proc_env)
{
	const struct linx_process *p = self(e);

	if (i || !p || !p->env.data)
		return false;
	if (*f->name)
		return give_variable(p, f->name, v) || linx_fld_set_text(v, "", 0);
	return give_env(e, p, v);
}

/* ---- names and paths ----------------------------------------------------------------------------- */

FALCO_GET(proc_name)
{
	FLD_ONE();
	return give_str(v, linx_event_get_comm(e->ev));
}

FALCO_GET(proc_pname)
{
	FLD_ONE();
	return parent(e) && give_str(v, parent(e)->comm);
}

FALCO_GET(proc_pexepath)
{
	FLD_ONE();
	return parent(e) && give(v, &parent(e)->exe);
}

FALCO_GET(proc_cwd)
{
	const struct linx_process *p = self(e);

	FLD_ONE();
	if (!p || !p->cwd.data)
		return false;
	e->scratch->len = 0;
	linx_strbuf_mem(e->scratch, p->cwd.data, p->cwd.len);
	if (!p->cwd.len || p->cwd.data[p->cwd.len - 1] != '/')
		linx_strbuf_char(e->scratch, '/');
	return linx_fld_set_scratch(e, v);
}

/*
 * Returns the ancestor whose number is the field's argument; without an argument, value i is ancestor i + 1. NULL:
 * there is no such ancestor.
 */
static const struct linx_process *ancestor(const struct linx_fld_env *e, const struct linx_fld *f, unsigned int i)
{
	if (f->index >= 0)
		return i ? NULL : linx_event_borrow_ancestor(e->ev, (unsigned int)f->index);
	return i < ANCESTORS_MAX ? linx_event_borrow_ancestor(e->ev, i + 1) : NULL;
}

FALCO_GET(proc_aname)
{
	const struct linx_process *p = ancestor(e, f, i);

	return p && linx_fld_set_text(v, p->comm, strlen(p->comm));
}

FALCO_GET(proc_aexe)
{
	return first_word(ancestor(e, f, i), v);
}

FALCO_GET(proc_aexepath)
{
	const struct linx_process *p = ancestor(e, f, i);

	return p && give(v, &p->exe);
}

FALCO_GET(proc_acmdline)
{
	const struct linx_process *p = ancestor(e, f, i);

	return p && cmdline(e, p, p->comm, v);
}

FALCO_GET(proc_aargs)
{
	return put_line(e, ancestor(e, f, i), NULL, 0, v);
}

/* Gets a variable of the environment of the nearest ancestor in which it is not empty. */
static bool ancestor_variable(const struct linx_fld_env *e, const char *name, struct linx_fld_value *v)
{
	const struct linx_process *p;

	for (unsigned int n = 1; n < ANCESTORS_MAX; n++) {
		p = linx_event_borrow_ancestor(e->ev, n);
		if (!p)
			return false;
		if (p->env.data && give_variable(p, name, v) && v->n)
			return true;
	}
	return false;
}

FALCO_GET(proc_aenv)
{
	const struct linx_process *p;

	if (*f->name && f->index < 0)
		return !i && (ancestor_variable(e, f->name, v) || linx_fld_set_text(v, "", 0));
	p = f->index < 0 ? (i ? NULL : self(e)) : ancestor(e, f, i); /* without a number: the process itself */
	return p && p->env.data && give_env(e, p, v);
}

static bool is_shell(const char *comm)
{
	size_t n = strlen(comm);

	return n >= 2 && !strcmp(comm + n - 2, "sh");
}

/* Getter of proc.loginshellid: the oldest of the process and its ancestors whose name ends in "sh". */
FALCO_GET(proc_loginshellid)
{
	const struct linx_process *p, *shell = NULL;

	FLD_ONE();
	for (unsigned int n = 0; n < ANCESTORS_MAX; n++) {
		p = linx_event_borrow_ancestor(e->ev, n);
		if (!p)
			break;
		if (is_shell(p->comm))
			shell = p;
	}
	return shell && linx_fld_set_num(v, shell->pid);
}

FALCO_GET(proc_apid)
{
	const struct linx_process *p = ancestor(e, f, i);

	return p && linx_fld_set_num(v, p->pid);
}

/* ---- numbers ------------------------------------------------------------------------------------------ */

FALCO_GET(thread_ismain)
{
	FLD_ONE();
	return e->ev->rec && linx_fld_set_num(v, e->ev->rec->pid == e->ev->rec->tid);
}

FALCO_GET(thread_vtid)
{
	FLD_ONE();
	return e->ev->task && e->ev->task->ns_tid && linx_fld_set_num(v, e->ev->task->ns_tid);
}

static const struct linx_process *informed(const struct linx_fld_env *e)
{
	const struct linx_process *p = self(e);

	return p && p->flags & LINX_PROCESS_INFO ? p : NULL;
}

FALCO_GET(proc_vpid)
{
	FLD_ONE();
	return informed(e) && linx_fld_set_num(v, informed(e)->ns_pid);
}

/* Getter of proc.tty: the terminal's device number. */
FALCO_GET(proc_tty)
{
	FLD_ONE();
	return informed(e) && linx_fld_set_num(v, (int64_t)linx_falco_dev(informed(e)->tty));
}

FALCO_GET(proc_ino)
{
	FLD_ONE();
	return self(e) && self(e)->exe_ino && linx_fld_set_num(v, (int64_t)self(e)->exe_ino);
}

FALCO_GET(proc_mtime)
{
	FLD_ONE();
	return self(e) && self(e)->exe_mtime_ns && linx_fld_set_num(v, self(e)->exe_mtime_ns);
}

FALCO_GET(proc_ctime)
{
	FLD_ONE();
	return self(e) && self(e)->exe_ctime_ns && linx_fld_set_num(v, self(e)->exe_ctime_ns);
}

/*
 * Getter of the time from the executable's change to the start of the process. As in Falco, the field has no value if
 * that time is negative.
 */
FALCO_GET(proc_since_ctime)
{
	int64_t start = self(e) ? (int64_t)self(e)->start_ns : 0;

	FLD_ONE();
	return start && self(e)->exe_ctime_ns && start > self(e)->exe_ctime_ns &&
	       linx_fld_set_num(v, start - self(e)->exe_ctime_ns);
}

FALCO_GET(proc_memfd)
{
	FLD_ONE();
	return self(e) && linx_fld_set_num(v, !!(self(e)->flags & LINX_PROCESS_MEMFD));
}

FALCO_GET(proc_upper)
{
	FLD_ONE();
	return self(e) && self(e)->flags & LINX_PROCESS_LAYER && linx_fld_set_num(v, !!(self(e)->flags & LINX_PROCESS_UPPER));
}

static bool age(const struct linx_fld_env *e, const struct linx_process *p, struct linx_fld_value *v)
{
	return p && p->start_ns && e->ev->wall_ns >= p->start_ns && linx_fld_set_num(v, (int64_t)(e->ev->wall_ns - p->start_ns));
}

FALCO_GET(proc_duration)
{
	FLD_ONE();
	return age(e, self(e), v);
}

FALCO_GET(proc_pduration)
{
	FLD_ONE();
	return age(e, parent(e), v);
}

FALCO_GET(proc_start)
{
	FLD_ONE();
	return self(e) && self(e)->start_ns && linx_fld_set_num(v, (int64_t)self(e)->start_ns);
}

FALCO_GET(proc_pstart)
{
	FLD_ONE();
	return parent(e) && parent(e)->start_ns && linx_fld_set_num(v, (int64_t)parent(e)->start_ns);
}

/* ---- users ---------------------------------------------------------------------------------------------- */

/* Gets the name of a user or group. For an event of another machine, only 0 has a known name: root. */
bool linx_falco_account(const struct linx_fld_env *e, uint32_t id, bool group, struct linx_fld_value *v)
{
	if (e->ev->foreign)
		return !id && give_str(v, "root");
	return e->accounts && give_str(v, group ? linx_user_names_group(e->accounts, id) : linx_user_names_user(e->accounts, id));
}

FALCO_GET(user_uid)
{
	FLD_ONE();
	return e->ev->task && linx_fld_set_num(v, e->ev->task->euid);
}

/* Gets the name of a user or group for a field; as in Falco, the name is "<NA>" if the number has no name. */
static bool give_account(const struct linx_fld_env *e, uint32_t id, bool group, struct linx_fld_value *v)
{
	if (linx_falco_account(e, id, group, v))
		return true;
	return (e->ev->foreign || e->accounts) && give_str(v, id ? "<NA>" : "root");
}

/* Gets a fact of the effective user's account; "other" is used if there is no account. */
static bool of_account(const struct linx_fld_env *e, const char *fact, const char *other, struct linx_fld_value *v)
{
	return (e->ev->foreign || e->accounts) && give_str(v, fact && *fact ? fact : other);
}

static bool has_accounts(const struct linx_fld_env *e)
{
	return e->accounts && !e->ev->foreign;
}

FALCO_GET(user_name)
{
	FLD_ONE();
	return e->ev->task && give_account(e, e->ev->task->euid, false, v);
}

FALCO_GET(user_homedir)
{
	FLD_ONE();
	return e->ev->task && of_account(e, has_accounts(e) ? linx_user_names_home(e->accounts, e->ev->task->euid) : NULL,
					 e->ev->task->euid ? "<NA>" : "/root", v);
}

FALCO_GET(user_shell)
{
	FLD_ONE();
	return e->ev->task && of_account(e, has_accounts(e) ? linx_user_names_shell(e->accounts, e->ev->task->euid) : NULL, "<NA>", v);
}

FALCO_GET(group_gid)
{
	FLD_ONE();
	return e->ev->task && linx_fld_set_num(v, e->ev->task->egid);
}

FALCO_GET(group_name)
{
	FLD_ONE();
	return e->ev->task && give_account(e, e->ev->task->egid, true, v);
}

FALCO_GET(user_loginuid)
{
	FLD_ONE();
	return informed(e) && linx_fld_set_num(v, (int32_t)informed(e)->loginuid);
}

FALCO_GET(user_loginname)
{
	FLD_ONE();
	return informed(e) && give_account(e, informed(e)->loginuid, false, v);
}

FALCO_GET(thread_nametid)
{
	const char *comm = linx_event_get_comm(e->ev);

	FLD_ONE();
	if (!comm || !e->ev->rec)
		return false;
	e->scratch->len = 0;
	linx_strbuf_str(e->scratch, comm);
	linx_strbuf_u64(e->scratch, e->ev->rec->tid);
	return linx_fld_set_scratch(e, v);
}

/*
 * Getter of thread.cgroup. linx records one path: in the unified hierarchy, or in the hierarchy where containers are
 * found.
 */
FALCO_GET(thread_cgroup)
{
	FLD_ONE();
	return self(e) && give(v, &self(e)->cgroup);
}

FALCO_GET(proc_fdopencount)
{
	const struct linx_files *files = linx_event_borrow_files(e->ev);

	FLD_ONE();
	return files && linx_files_is_complete(files) && linx_fld_set_num(v, linx_files_get_count(files));
}

bool linx_fld_set_caps(const struct linx_fld_env *e, uint64_t caps, struct linx_fld_value *v)
{
	static const char *const names[] = {
		"CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
		"LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
		"SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
		"SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
		"MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
		"CHECKPOINT_RESTORE",
	};

	e->scratch->len = 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(caps >> i & 1))
			continue;
		linx_strbuf_str(e->scratch, e->scratch->len ? " CAP_" : "CAP_");
		linx_strbuf_str(e->scratch, names[i]);
	}
	return linx_fld_set_scratch(e, v);
}

/*
 * Makes the getter of capabilities. A task that entered another user namespace has all capabilities there. As in Falco,
 * the capabilities that it had before are shown until its next exec, since rules are about rights on the machine.
 */
#define CAPS(name)                                                                        \
	FALCO_GET(name)                                                                   \
	{                                                                                 \
		const struct linx_task *task = e->ev->task;                               \
                                                                                          \
		FLD_ONE();                                                              \
		if (!task || !(task->flags & LINX_TASK_CREDS))                            \
			return false;                                                     \
		return linx_fld_set_caps(e, task->own->nested ? task->own->outer.name : task->name, v); \
	}
CAPS(cap_effective)
CAPS(cap_permitted)
CAPS(cap_inheritable)

/* Getter of container.id: the first twelve bytes of the container's id; "host" outside of containers. */
FALCO_GET(container_id)
{
	const struct linx_process *p = self(e);

	FLD_ONE();
	if (!p)
		return false;
	if (!p->container.data)
		return p->container.state == LINX_ABSENT && linx_fld_set_text(v, "host", 4);
	return linx_fld_set_text(v, p->container.data, p->container.len > 12 ? 12 : p->container.len);
}
