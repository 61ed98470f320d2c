// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds credentials and executables of processes. The executable of another task is read under that task's alloc_lock,
 * for which a probe only tries. For the target of PTRACE the caller of security_ptrace_access_check() holds alloc_lock
 * already. If an executable cannot be read now, such as that of a process that is ending, the answer is UNDECIDED.
 */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include "compat/compat.h"
#include "core/probe_work.h"
#include "enforce/deny_task.h"
#include "enforce/deny_wait.h"

static bool uses_io_uring(void)
{
#ifdef CONFIG_IO_URING
	return current->io_uring || current->flags & PF_IO_WORKER;
#else
	return false;
#endif
}

u32 linx_deny_creds(const struct cred *creds[LINX_DENY_CREDS])
{
	creds[0] = current_real_cred();
	if (likely(current_cred() == creds[0]) || !uses_io_uring())
		return 1;
	if (current->flags & PF_KTHREAD) { /* io_uring worker of an old kernel: its real credentials are the kernel's */
		creds[0] = current_cred();
		return 1;
	}
	creds[1] = current_cred();
	return 2;
}

/*
 * Takes alloc_lock of a task, which protects p->mm. Returns false if others held the lock at each try. Then the hook
 * will wait for the lock if it may sleep. At PTRACE and KILL it does not wait, since their callers can hold an
 * alloc_lock or tasklist_lock.
 */
static bool lock_mm(const struct linx_deny_object *o, struct task_struct *p)
{
	unsigned int tries = 0;

	do {
		if (likely(spin_trylock(&p->alloc_lock)))
			return true;
	} while (linx_probe_may_retry(&tries));
	if (o->hook != LINX_DENY_PTRACE && o->hook != LINX_DENY_KILL)
		linx_deny_found_locked(p);
	return false;
}

/*
 * Gets the executable of a task. YES: *file is set, with a reference. NO: the task has no executable, such as a kernel
 * thread. UNDECIDED: not known.
 */
static enum linx_deny_answer exe_of(struct linx_deny_object *o, struct task_struct *p, struct file **file)
{
	bool locks = p != current && !(p == o->target && o->hook == LINX_DENY_PTRACE);
	enum linx_deny_answer answer = LINX_DENY_UNDECIDED;

	if (p->flags & PF_KTHREAD && !(p->flags & PF_IO_WORKER))
		return LINX_DENY_NO;
	if (locks && !lock_mm(o, p))
		return LINX_DENY_UNDECIDED;
	if (p->mm) {
		*file = linx_get_exe_file(p->mm);
		answer = *file ? LINX_DENY_YES : LINX_DENY_UNDECIDED;
	} else if (p == current && !(p->flags & PF_EXITING)) {
		answer = LINX_DENY_NO; /* the kernel has made this task to execute a program; it has no memory yet */
	} else if (p == o->target && p->flags & PF_EXITING && thread_group_empty(p)) {
		answer = LINX_DENY_NO; /* the last thread is exiting: no signal has an effect on it */
	}
	if (locks)
		spin_unlock(&p->alloc_lock);
	return answer;
}

static enum linx_deny_answer exe_fits(const struct linx_deny_set *set, const struct linx_deny_part *part, struct linx_deny_object *o,
				      struct task_struct *p)
{
	enum linx_deny_answer answer;
	struct file *file = NULL;
	struct linx_judged f;

	answer = exe_of(o, p, &file);
	if (answer != LINX_DENY_YES)
		return answer;
	linx_judged_set(&f, file_inode(file), linx_file_dentry(file), &o->room->other);
	answer = linx_judged_fits(set, part, &f, &o->room->path);
	o->room->path.of = NULL; /* f ends here */
	fput(file);
	return answer;
}

/* Most threads of a process in which its executable is looked for if the leader has ended. */
#define THREADS_MAX 16

static enum linx_deny_answer target_fits(const struct linx_deny_set *set, const struct linx_deny_part *part, struct linx_deny_object *o)
{
	enum linx_deny_answer answer = exe_fits(set, part, o, o->target);
	struct task_struct *t;
	u32 n = 0;

	if (answer != LINX_DENY_UNDECIDED || o->target->mm)
		return answer;
	for_each_thread(o->target, t) {
		if (n++ == THREADS_MAX)
			break;
		answer = t == o->target ? answer : exe_fits(set, part, o, t);
		if (answer != LINX_DENY_UNDECIDED)
			break;
	}
	return answer;
}

/*
 * Checks the executables of the task's ancestors, at most "most" of them, up to the first process. Gives up when the
 * probe has reached its limit of work, since a program decides how many ancestors it has, and how deep in directories
 * their executables lie. The leader of a process may have ended before its other threads, so it is not used:
 * real_parent is a thread that lives or is about to end.
 */
static enum linx_deny_answer ancestor_fits(const struct linx_deny_set *set, const struct linx_deny_part *part, struct linx_deny_object *o,
					   u32 most)
{
	struct task_struct *p = current, *up;
	enum linx_deny_answer answer, all = LINX_DENY_NO;
	u32 i;

	for (i = 0; i < most; i++, p = up) {
		up = rcu_dereference(p->real_parent);
		if (up == p || !up->pid)
			return all;
		if (linx_probe_is_spent())
			return LINX_DENY_UNDECIDED;
		answer = exe_fits(set, part, o, up);
		if (answer == LINX_DENY_YES)
			return answer;
		if (answer == LINX_DENY_UNDECIDED)
			all = answer;
	}
	return most == LINX_DENY_ANCESTORS_MAX ? LINX_DENY_UNDECIDED : all;
}

enum linx_deny_answer linx_deny_task_fits(const struct linx_deny_set *set, const struct linx_deny_part *part, struct linx_deny_object *o)
{
	switch (part->what) {
	case LINX_DENY_EXE:
		return exe_fits(set, part, o, current);
	case LINX_DENY_TARGET:
		return target_fits(set, part, o);
	case LINX_DENY_PARENT:
		return ancestor_fits(set, part, o, 1);
	default:
		return ancestor_fits(set, part, o, LINX_DENY_ANCESTORS_MAX);
	}
}
