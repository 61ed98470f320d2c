// SPDX-License-Identifier: LGPL-2.1-or-later
/* Records of tasks: context, children, execs, ends and signals. */
#include <linux/kcmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/ptrace/emit.h"
#include "engine/ptrace/tracee.h"

static void put_str(struct linx_walker *w, uint8_t field, const char *s, unsigned int missing)
{
	linx_walker_value(w, field, LINX_VAL_STR, s ? LINX_WHOLE : missing, s, s ? strlen(s) : 0);
}

static void put_who(struct linx_walker *w, const struct linx_proc *f)
{
	linx_walker_value(w, LINX_FIELD_WHO, LINX_VAL_BYTES, LINX_WHOLE, &f->who, sizeof(f->who));
}

/* Adds what the engine itself knows of a tracee: namespaces, and ids of descriptor table and directories. */
static void complete_who(struct linx_tracee *t, struct linx_who *who)
{
	if (!t->ns_known)
		t->ns_known = linx_proc_namespaces(t->tid, t->ns);
	memcpy(who->ns, t->ns, sizeof(t->ns));
	who->files = t->files;
	who->fs = t->fs;
}

void linx_emit_facts(struct linx_walker *w, const struct linx_proc *f)
{
	if (f->has_exe)
		linx_walker_value(w, LINX_FIELD_EXE_ID, LINX_VAL_BYTES, LINX_WHOLE, &f->exe_id, sizeof(f->exe_id));
	put_str(w, LINX_FIELD_EXE, f->exe, LINX_UNAVAILABLE);
	put_who(w, f);
	put_str(w, LINX_FIELD_CWD, f->cwd, LINX_UNAVAILABLE);
	put_str(w, LINX_FIELD_CGROUP, f->cgroup, LINX_UNAVAILABLE);
}

/*
 * Records the processes outside the trace that the task's context record names: once for each traced process, since all
 * its threads name the same processes, and again for a task whose parent has ended, since its record then names another
 * parent.
 */
static void record_relations(struct linx_engine_ptrace *p, struct linx_tracee *t, const struct linx_proc *f)
{
	struct linx_tracee *leader = linx_tracee_find(p, t->tgid);
	bool known = t->related ? f->ctx.ppid == t->ctx.ppid : leader && leader->related;

	t->related = true;
	if (leader)
		leader->related = true;
	if (!known)
		linx_outside_record(p, f);
}

/* Writes a context record with all known values: TASK or EXEC. old: the tid before an exec. */
static void put_context(struct linx_engine_ptrace *p, struct linx_tracee *t, unsigned int kind, pid_t old)
{
	bool exec = kind == LINX_REC_EXEC;
	struct linx_proc f;
	char *name;

	if (!linx_proc_read(&f, t->tgid, t->tid))
		return;
	/* set before the next call, which may reach this task again as a session leader */
	t->announced = true;
	record_relations(p, t, &f);
	t->announced = linx_group_begin(p, t->tid, NULL, p->now_ns);
	if (!t->announced)
		return;
	linx_proc_read_names(&f, &p->aside, t->tid, p->walk.envp);
	complete_who(t, &f.who);
	t->ctx = f.ctx;
	f.ctx.code = (uint32_t)old;
	linx_walker_begin(&p->w, kind, (uint32_t)t->tid, (uint32_t)t->tgid, p->now_ns);
	linx_walker_put(&p->w, &f.ctx, sizeof(f.ctx));
	linx_emit_facts(&p->w, &f);
	name = exec ? linx_proc_execfn(&p->aside, t->tid) : NULL;
	if (name)
		put_str(&p->w, LINX_FIELD_FILENAME, name, LINX_UNAVAILABLE);
	free(name);
	if (f.cmdline)
		linx_walker_command(&p->w, f.cmdline, f.cmdline_len, f.environ, f.environ_len);
	linx_group_commit(p, NULL);
	linx_proc_free(&f);
}

void linx_emit_announce(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	if (!t->announced)
		put_context(p, t, LINX_REC_TASK, 0);
}

static bool shares(pid_t a, pid_t b, int what)
{
	return !syscall(SYS_kcmp, a, b, what, 0, 0);
}

void linx_emit_fork(struct linx_engine_ptrace *p, struct linx_tracee *parent, struct linx_tracee *child, struct linx_proc *f)
{
	bool thread = child->tgid == parent->tgid, vm = thread || shares(parent->tid, child->tid, KCMP_VM);
	bool files = shares(parent->tid, child->tid, KCMP_FILES), fs = shares(parent->tid, child->tid, KCMP_FS);
	struct linx_proc own;

	child->files = files ? parent->files : ++p->ids;
	child->fs = fs ? parent->fs : ++p->ids;
	if (!p->started)
		return;
	linx_emit_announce(p, parent);
	if (!f && !linx_proc_read(f = &own, child->tgid, child->tid))
		return;
	if (!linx_group_begin(p, child->tid, NULL, p->now_ns))
		return;
	f->ctx.flags = (thread ? LINX_CTX_THREAD : 0) | (vm ? LINX_CTX_VM_SHARED : 0) |
		      (files ? LINX_CTX_FILES_SHARED : 0) | (fs ? LINX_CTX_FS_SHARED : 0);
	child->ctx = f->ctx;
	child->foreign = f->ctx.ppid != (uint32_t)getpid();
	linx_walker_begin(&p->w, LINX_REC_FORK, (uint32_t)parent->tid, (uint32_t)parent->tgid, p->now_ns);
	linx_walker_put(&p->w, &f->ctx, sizeof(f->ctx));
	complete_who(child, &f->who);
	put_who(&p->w, f);
	linx_group_commit(p, NULL);
	child->announced = child->related = parent->announced;
}

void linx_emit_exec(struct linx_engine_ptrace *p, struct linx_tracee *t, pid_t old)
{
	/* After an exec the task shares its descriptor table and its directories with no other task. */
	t->files = ++p->ids;
	t->fs = ++p->ids;
	t->announced = false;
	if (p->started)
		put_context(p, t, LINX_REC_EXEC, old);
}

void linx_emit_task_exit(struct linx_engine_ptrace *p, struct linx_tracee *t, unsigned int status, bool last)
{
	struct linx_ctx ctx;

	if (!p->started || p->stopped)
		return;
	if (p->signals)
		linx_emit_announce(p, t);
	if (!t->announced || !linx_group_begin(p, t->tid, NULL, p->now_ns))
		return;
	ctx = t->ctx;
	ctx.flags = last ? LINX_CTX_GROUP_DEAD : 0;
	ctx.code = status;
	linx_walker_begin(&p->w, LINX_REC_TASK_EXIT, (uint32_t)t->tid, (uint32_t)t->tgid, p->now_ns);
	linx_walker_put(&p->w, &ctx, sizeof(ctx));
	linx_group_commit(p, NULL);
}

/* Bit masks of signals by their default action: to be ignored, to stop the process, or to end it with a core dump. */
#define MASK(sig) (1ull << ((sig)-1))
#define USUALLY_IGNORED (MASK(SIGCONT) | MASK(SIGCHLD) | MASK(SIGWINCH) | MASK(SIGURG))
#define USUALLY_STOPS (MASK(SIGSTOP) | MASK(SIGTSTP) | MASK(SIGTTIN) | MASK(SIGTTOU))
#define USUALLY_DUMPS                                                                                                 \
	(MASK(SIGQUIT) | MASK(SIGILL) | MASK(SIGTRAP) | MASK(SIGABRT) | MASK(SIGBUS) | MASK(SIGFPE) | MASK(SIGSEGV) | \
	 MASK(SIGXCPU) | MASK(SIGXFSZ) | MASK(SIGSYS))

static uint32_t signal_flags(const struct linx_proc *f, int signo)
{
	uint64_t mask = MASK(signo);

	if (f->caught & mask)
		return LINX_SIGNAL_DELIVERED | LINX_SIGNAL_HANDLER;
	if (f->ignored & mask || (mask & USUALLY_IGNORED && signo != SIGCONT))
		return LINX_SIGNAL_IGNORED;
	if (mask & (USUALLY_STOPS | USUALLY_DUMPS | USUALLY_IGNORED))
		return LINX_SIGNAL_DELIVERED | LINX_SIGNAL_DEFAULT;
	return LINX_SIGNAL_FATAL;
}

/* Number of bytes of the kernel's siginfo that have meaning; only zeroes follow. */
#define SIGINFO_SIZE 48

/* Returns the address at which the program continues; 0: not known. */
static uint64_t pointer_of(const struct linx_tracee *t)
{
	struct __ptrace_syscall_info info;

	return ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, sizeof(info), &info) > 0 ? info.instruction_pointer : 0;
}

void linx_emit_signal(struct linx_engine_ptrace *p, struct linx_tracee *t, const void *info, int signo)
{
	struct linx_signal sig = { .signo = signo };
	struct linx_proc f;

	if (!p->started || !p->signals || !linx_emit_task_passes(p, t) || !linx_proc_read(&f, t->tgid, t->tid))
		return;
	linx_emit_announce(p, t);
	if (!linx_group_begin(p, t->tid, NULL, p->now_ns))
		return;
	sig.flags = signal_flags(&f, signo);
	linx_walker_begin(&p->w, LINX_REC_SIGNAL, (uint32_t)t->tid, (uint32_t)t->tgid, p->now_ns);
	linx_walker_put(&p->w, &sig, sizeof(sig));
	if (p->w.opts->pointers)
		linx_walker_pointer(&p->w, pointer_of(t));
	if (info)
		linx_walker_value(&p->w, LINX_FIELD_SIGINFO, LINX_VAL_BYTES, LINX_WHOLE, info, SIGINFO_SIZE);
	linx_group_commit(p, NULL);
}
