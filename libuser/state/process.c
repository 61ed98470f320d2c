// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Table of processes, filled from records about tasks (TASK, FORK, EXEC). This file also finds the parents of
 * processes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "base/container.h"
#include "record/decode.h"
#include "state/process.h"
#include "state/shared_str.h"

#define BUCKETS_MIN 256u
/* Limit of the ancestors that are searched. Machines do not nest processes deeper than this. */
#define DEPTH_MAX 1024u

/* ---- the table ------------------------------------------------------------------ */

static struct linx_process_own **bucket_of(const struct linx_processes *t, uint32_t pid)
{
	return &t->buckets[(pid * 0x9e3779b1u) >> 7 & (t->nbuckets - 1)];
}

int linx_processes_new(struct linx_processes *t, size_t *room, uint32_t *versions)
{
	*t = (struct linx_processes){ .nbuckets = BUCKETS_MIN, .room = room, .versions = versions };
	t->buckets = calloc(t->nbuckets, sizeof(struct linx_process_own *));
	return !t->buckets || linx_id_map_new(&t->inits) || linx_fs_begin(&t->fs, room) ? -ENOMEM : 0;
}

void linx_processes_free(struct linx_processes *t)
{
	free(t->buckets);
	t->buckets = NULL;
	linx_id_map_free(&t->inits);
	linx_fs_end(&t->fs);
}

struct linx_process_own *linx_process_find(const struct linx_processes *t, uint32_t pid)
{
	struct linx_process_own *p = *bucket_of(t, pid);

	while (p && p->p.pid != pid)
		p = p->next;
	return p;
}

void linx_process_unlist(struct linx_processes *t, struct linx_process_own *p)
{
	struct linx_process_own **at;

	if (!p || !p->listed)
		return;
	for (at = bucket_of(t, p->p.pid); *at != p; at = &(*at)->next)
		;
	*at = p->next;
	p->listed = false;
	t->n--;
	linx_id_map_set(&t->inits, &p->init, 0);
}

/* Doubles the number of buckets. Without memory nothing changes, and the chains become longer. */
static void grow(struct linx_processes *t)
{
	struct linx_processes old = *t;
	struct linx_process_own **bucket, *p, *next;

	t->nbuckets *= 2;
	t->buckets = calloc(t->nbuckets, sizeof(struct linx_process_own *));
	if (!t->buckets) {
		*t = old;
		return;
	}
	for (size_t i = 0; i < old.nbuckets; i++)
		for (p = old.buckets[i]; p; p = next) {
			next = p->next;
			bucket = bucket_of(t, p->p.pid);
			p->next = *bucket;
			*bucket = p;
		}
	free(old.buckets);
}

struct linx_process_own *linx_process_renew(struct linx_processes *t, uint32_t pid)
{
	struct linx_process_own *p = *t->room < LINX_PROCESS_COST ? NULL : calloc(1, sizeof(*p)), **bucket;

	if (!p)
		return NULL;
	*t->room -= LINX_PROCESS_COST;
	linx_process_unlist(t, linx_process_find(t, pid));
	if (++t->n > t->nbuckets)
		grow(t);
	bucket = bucket_of(t, pid);
	p->p.pid = pid;
	p->next = *bucket;
	p->listed = true;
	*bucket = p;
	return p;
}

bool linx_process_is(const struct linx_process_own *p, uint32_t pid, uint64_t start_time)
{
	return p->p.pid == pid && (!start_time || !p->p.start_time || p->p.start_time == start_time);
}

struct linx_process_own *linx_process_make(struct linx_processes *t, uint32_t pid, uint64_t start_time)
{
	struct linx_process_own *p = linx_process_find(t, pid);

	return p && linx_process_is(p, pid, start_time) ? p : linx_process_renew(t, pid);
}

struct linx_process_own *linx_process_get(struct linx_process_own *p)
{
	p->refs++;
	return p;
}

static void changed(struct linx_processes *t, struct linx_process_own *p)
{
	p->p.version = ++*t->versions;
}

/*
 * Drops a reference. This is a loop and not a recursion, since it may free a long chain of parents that only their
 * children refer to.
 */
void linx_process_put(struct linx_processes *t, struct linx_process_own *p)
{
	struct linx_process_own *parent;

	for (; p && !--p->refs; p = parent) {
		parent = p->parent;
		if (parent)
			parent->children--;
		linx_fs_put(&t->fs, p->fs);
		linx_process_unlist(t, p);
		linx_shared_str_drop(t->room, &p->p.exe);
		linx_shared_str_drop(t->room, &p->p.cmdline);
		linx_shared_str_drop(t->room, &p->p.env);
		linx_shared_str_drop(t->room, &p->p.cwd);
		linx_shared_str_drop(t->room, &p->p.cgroup);
		linx_shared_str_drop(t->room, &p->p.container);
		free(p);
		*t->room += LINX_PROCESS_COST;
	}
}

/* ---- context records -------------------------------------------------------------------- */

/*
 * Flags of the executable, in records and in struct linx_process. FORK records do not have them, since the child
 * inherits them.
 */
static const struct {
	uint32_t who, process;
} exe_flags[] = {
	{ LINX_WHO_MEMFD, LINX_PROCESS_MEMFD },
	{ LINX_WHO_DELETED, LINX_PROCESS_DELETED },
	{ LINX_WHO_LAYER, LINX_PROCESS_LAYER },
	{ LINX_WHO_UPPER, LINX_PROCESS_UPPER },
};

static void set_exe_flags(struct linx_process *p, const struct linx_who *who)
{
	for (size_t i = 0; i < ARRAY_SIZE(exe_flags); i++) {
		p->flags &= ~exe_flags[i].process;
		if (who->flags & exe_flags[i].who)
			p->flags |= exe_flags[i].process;
	}
}

void linx_process_set_who(struct linx_processes *t, struct linx_process_own *own, const struct linx_who *who,
			  uint8_t kind)
{
	struct linx_process *p = &own->p;

	own->reaper = who->flags & LINX_WHO_REAPER;
	p->flags |= LINX_PROCESS_INFO;
	if (kind != LINX_REC_FORK)
		set_exe_flags(p, who);
	p->pgid = who->pgid;
	if (!(who->flags & LINX_WHO_NO_TTY))
		p->tty = who->tty;
	else if (p->sid != who->sid)
		p->tty = 0; /* a new session begins without a controlling terminal */
	p->sid = who->sid;
	p->loginuid = who->loginuid;
	p->session_id = who->session_id;
	p->ns_pid = who->ns_pid;
	memcpy(p->ns, who->ns, sizeof(p->ns));
	if (own->listed)
		linx_id_map_set(&t->inits, &own->init, who->ns_pid == 1 ? who->ns[LINX_NS_PID] : 0);
}

/* Sets the path of the cgroup, and the container that is found in the names of this path. */
static int take_cgroup(struct linx_processes *t, struct linx_process *p, const struct linx_value *v)
{
	struct linx_container c;
	int ret;

	if (!v->state || (p->cgroup.data && linx_value_whole(v) && v->size == p->cgroup.len &&
			  !memcmp(v->data, p->cgroup.data, v->size)))
		return 0;
	ret = linx_shared_str_take(t->room, &p->cgroup, v);
	if (ret)
		return ret;
	p->runtime = NULL;
	if (!p->cgroup.data)
		return linx_shared_str_set(t->room, &p->container, NULL, 0, p->cgroup.state);
	if (!linx_container_find(p->cgroup.data, &c))
		return linx_shared_str_set(t->room, &p->container, NULL, 0, LINX_ABSENT);
	p->runtime = c.runtime;
	return linx_shared_str_set(t->room, &p->container, c.id, (uint32_t)strlen(c.id), LINX_WHOLE);
}

/* Copies the working directory and the chroot flag of the shared entry p->fs to the process. */
static void show_fs(struct linx_processes *t, struct linx_process_own *p)
{
	p->fs_version = p->fs->version;
	if (p->fs->cwd.state) {
		linx_shared_str_drop(t->room, &p->p.cwd);
		linx_shared_str_share(&p->p.cwd, &p->fs->cwd);
	}
	p->p.flags = (p->p.flags & ~LINX_PROCESS_CHROOT) | (p->fs->chroot ? LINX_PROCESS_CHROOT : 0);
	changed(t, p);
}

void linx_process_look(struct linx_processes *t, struct linx_process_own *p)
{
	if (linx_process_is_behind(p))
		show_fs(t, p);
}

void linx_process_set_fs(struct linx_processes *t, struct linx_process_own *p, struct linx_fs *fs)
{
	struct linx_fs *old = p->fs;

	if (fs == old)
		return;
	p->fs = fs ? linx_fs_get(fs) : NULL;
	linx_fs_put(&t->fs, old);
	if (fs)
		show_fs(t, p);
}

void linx_process_set_chroot(struct linx_process_own *p, bool chroot)
{
	if (p->fs)
		linx_fs_set_chroot(p->fs, chroot);
	else
		p->p.flags = (p->p.flags & ~LINX_PROCESS_CHROOT) | (chroot ? LINX_PROCESS_CHROOT : 0);
}

static int take_cwd(struct linx_processes *t, struct linx_process_own *p, const struct linx_value *cwd)
{
	int ret = p->fs ? linx_fs_set_cwd(&t->fs, p->fs, cwd) : linx_shared_str_take(t->room, &p->p.cwd, cwd);

	linx_process_look(t, p);
	return ret;
}

/* Sets device, inode and times of the executable. True: the process has another executable than before. */
static bool take_exe_id(struct linx_process *p, const struct linx_value *id)
{
	struct linx_exe_id exe = { .mtime = 0 };
	bool other;

	if (!linx_value_whole(id) || id->size < sizeof(exe.file))
		return false;
	memcpy(&exe, id->data, id->size < sizeof(exe) ? sizeof(exe.file) : sizeof(exe));
	other = exe.file.dev != p->exe_dev || exe.file.ino != p->exe_ino;
	p->exe_dev = exe.file.dev;
	p->exe_ino = exe.file.ino;
	p->exe_mtime_ns = exe.mtime;
	p->exe_ctime_ns = exe.ctime;
	return other;
}

/*
 * True if argv is a truncated beginning of the known command line. Records after the exec have at most the part
 * of it that fits one record.
 */
static bool is_beginning(const struct linx_value *argv, const struct linx_text *known)
{
	return argv->state == LINX_TRUNCATED && known->state == LINX_WHOLE && argv->orig == known->len && argv->size <= known->len &&
	       !memcmp(argv->data, known->data, argv->size);
}

/*
 * Sets the command line. The command line of an EXEC record is kept, since the program may overwrite it in its memory,
 * which other records show. other: the executable is not the same as before, so an EXEC record was lost, and any
 * command line is accepted
 */
static int take_argv(struct linx_processes *t, struct linx_process_own *p, const struct linx_value *argv, uint8_t kind,
		     bool other)
{
	if (kind != LINX_REC_EXEC && !other && (p->argv_of_exec || is_beginning(argv, &p->p.cmdline)))
		return 0;
	if (argv->state)
		p->argv_of_exec = kind == LINX_REC_EXEC && linx_value_readable(argv);
	return linx_shared_str_take(t->room, &p->p.cmdline, argv);
}

int linx_process_take(struct linx_processes *t, struct linx_process_own *p, const struct linx_value *fields,
		      uint8_t kind)
{
	bool other;
	int ret;

	changed(t, p);
	other = take_exe_id(&p->p, &fields[LINX_FIELD_EXE_ID]);
	ret = take_argv(t, p, &fields[LINX_FIELD_ARGV], kind, other);
	if (!ret)
		ret = linx_shared_str_take(t->room, &p->p.env, &fields[LINX_FIELD_ENVP]);
	if (!ret)
		ret = linx_shared_str_take(t->room, &p->p.exe, &fields[LINX_FIELD_EXE]);
	if (!ret)
		ret = take_cwd(t, p, &fields[LINX_FIELD_CWD]);
	if (!ret)
		ret = take_cgroup(t, &p->p, &fields[LINX_FIELD_CGROUP]);
	return ret;
}

void linx_process_inherit(struct linx_processes *t, struct linx_process_own *child,
			  struct linx_process_own *parent)
{
	struct linx_process *c = &child->p, *p = &parent->p;

	linx_process_look(t, parent);
	linx_shared_str_share(&c->exe, &p->exe);
	linx_shared_str_share(&c->cmdline, &p->cmdline);
	child->argv_of_exec = parent->argv_of_exec;
	linx_shared_str_share(&c->env, &p->env);
	linx_shared_str_share(&c->cwd, &p->cwd);
	linx_shared_str_share(&c->cgroup, &p->cgroup);
	linx_shared_str_share(&c->container, &p->container);
	c->runtime = p->runtime;
	c->exe_dev = p->exe_dev;
	c->exe_ino = p->exe_ino;
	c->exe_mtime_ns = p->exe_mtime_ns;
	c->exe_ctime_ns = p->exe_ctime_ns;
	c->flags = p->flags;
	c->pgid = p->pgid;
	c->sid = p->sid;
	c->tty = p->tty;
	c->loginuid = p->loginuid;
	c->session_id = p->session_id;
	memcpy(c->ns, p->ns, sizeof(c->ns));
}

/* ---- parents ------------------------------------------------------------------------- */

static void set_parent(struct linx_processes *t, struct linx_process_own *p, struct linx_process_own *parent)
{
	struct linx_process_own *old = p->parent;

	if (parent == old || parent == p)
		return;
	p->parent = parent ? linx_process_get(parent) : NULL;
	if (parent)
		parent->children++;
	if (old)
		old->children--;
	linx_process_put(t, old);
}

/*
 * True if p is among the ancestors of process "of", or is that process. Start times never increase from a process to its
 * ancestors, so that the search ends at the first one that started before p.
 */
static bool is_among(const struct linx_process_own *p, const struct linx_process_own *of)
{
	unsigned int depth = 0;

	for (; of && of != p && of->p.start_time == p->p.start_time; of = of->parent)
		if (++depth > DEPTH_MAX)
			return true;
	return of == p;
}

/*
 * True if process p may be the parent of process "than": it did not start later. If it did, the parent's pid belongs to
 * another process by now. /proc shows start times in steps of 10 ms, so that a parent and its child often have the same
 * one. Their pids then do not show which of them is older, since pids are used again from the lowest one on. A start
 * time never changes once it is known, so that parents cannot form a cycle.
 */
static bool is_older(const struct linx_process_own *p, const struct linx_process_own *than)
{
	if (!p->p.start_time || !than->p.start_time)
		return false;
	if (p->p.start_time != than->p.start_time)
		return p->p.start_time < than->p.start_time;
	return !is_among(than, p);
}

void linx_process_set_parent(struct linx_processes *t, struct linx_process_own *p, uint32_t ppid)
{
	struct linx_process_own *parent = ppid ? linx_process_find(t, ppid) : NULL;

	if (parent && parent != p->parent && !is_older(parent, p))
		parent = NULL;
	if (p->p.ppid != ppid)
		changed(t, p);
	p->p.ppid = ppid;
	set_parent(t, p, parent);
}

/* True for the first process of a pid namespace. */
static bool is_init(const struct linx_process_own *p)
{
	return p->p.pid == 1 || p->p.ns_pid == 1;
}

/*
 * If the parent has ended, sets the nearest living ancestor as the parent. The search stops at the first process of a
 * pid namespace: when that process ends, the kernel ends all other processes in the namespace, so no process adopts
 * them.
 */
void linx_process_settle(struct linx_processes *t, struct linx_process_own *p)
{
	struct linx_process_own *reaper = p->parent;
	uint32_t ppid;

	if (!reaper || !reaper->dead)
		return;
	for (unsigned int depth = 0; reaper && reaper->dead && !is_init(reaper); depth++)
		reaper = depth < DEPTH_MAX ? reaper->parent : NULL;
	ppid = reaper ? reaper->p.pid : 0;
	if (p->p.ppid != ppid)
		changed(t, p);
	p->p.ppid = ppid;
	set_parent(t, p, reaper);
}

/* True if both processes are in the same pid namespace, or the namespace of one of them is not known. */
static bool in_same_pidns(const struct linx_process_own *a, const struct linx_process_own *b)
{
	uint32_t x = a->p.ns[LINX_NS_PID], y = b->p.ns[LINX_NS_PID];

	return !x || !y || x == y;
}

/* Finds the first process of p's pid namespace, which need not be an ancestor of p: see setns(2). NULL: not known. */
static struct linx_process_own *find_init(const struct linx_processes *t, const struct linx_process_own *p)
{
	struct linx_numbered *n = linx_id_map_find(&t->inits, p->p.ns[LINX_NS_PID]);
	struct linx_process_own *init = linx_process_find(t, 1);

	if (n)
		init = (void *)((char *)n - offsetof(struct linx_process_own, init));
	return init && in_same_pidns(init, p) && is_older(init, p) ? init : NULL;
}

/*
 * Finds the process that adopts p's children, as the kernel does: the nearest ancestor in p's
 * pid namespace that is a subreaper, else the first process of the namespace. NULL: not known.
 */
static struct linx_process_own *find_reaper(struct linx_processes *t, struct linx_process_own *p)
{
	struct linx_process_own *at = p;

	for (unsigned int depth = 0; depth < DEPTH_MAX; depth++, at = at->parent) {
		linx_process_settle(t, at);
		/*
		 * The record about the parent may have come after the record about the child, so the parent is looked
		 * up again.
		 */
		if (!at->parent)
			linx_process_set_parent(t, at, at->p.ppid);
		if (!at->parent && !(at->p.flags & LINX_PROCESS_KERNEL))
			return NULL;
		if (!at->parent || !in_same_pidns(at->parent, p))
			break;
		if (at->parent->reaper || is_init(at->parent))
			return at->parent;
	}
	return find_init(t, p);
}

void linx_process_end(struct linx_processes *t, struct linx_process_own *p)
{
	if (p->dead)
		return;
	linx_process_settle(t, p);
	/*
	 * An ended process gets no more children. If it has no children now, no process that adopts children is needed.
	 */
	if (p->children && !is_init(p))
		set_parent(t, p, find_reaper(t, p));
	p->dead = true;
	linx_process_set_fs(t, p, NULL);
	linx_process_unlist(t, p);
}
