// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hooks that refuse operations by the rules of all sessions. Each hooked function of the kernel has an ftrace_ops.
 * ftrace calls the hook at the beginning of the function, in the context of the function's caller. If a rule refuses,
 * the hook lets ftrace continue in one of the functions refused[] instead, and the caller gets the error as the result.
 * Otherwise the hooked function runs.
 *
 * An operation is judged (compared with the rules) with preemption off, as in a probe, and nothing sleeps. Only on
 * PREEMPT_RT a hook can wait for a lock, after which it judges the operation again, and signals are sent later: see
 * enforce/deny_wait.h.
 *
 * Lifetime. A set of rules is published by one pointer (RCU). Replacing a set stores another pointer, so that there is
 * no moment without rules, and leaves hooks attached that both sets need. The task that removes a set waits for a grace
 * period and then frees the set. A hook is attached before the first set that needs it is published, and detached when
 * no set needs it any more. unregister_ftrace_function() waits until no task is in the hook, in ftrace's trampoline or,
 * preempted, in a function of refused[]: none of these sleeps, so a task has left them when it has slept or returned to
 * user space (synchronize_rcu_tasks()), and on kernels without preemption when each CPU has switched tasks.
 *
 * Locks: linx_deny_lock, taken after session.lock and before those of ftrace and kprobes. It protects the list of sets
 * (enforce/deny_sets.c) and the hooks. linx_probes_lock is never taken while linx_deny_lock is held, and linx_deny_lock
 * never while linx_probes_lock is held.
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/ftrace.h>
#include <linux/init.h>
#include <linux/linx.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/security.h>
#include <linux/string.h>
#include "capture/user_mem.h"
#include "compat/compat.h"
#include "compat/probes.h"
#include "core/clock.h"
#include "core/keep_loaded.h"
#include "core/probe_guard.h"
#include "enforce/deny_hook.h"
#include "enforce/deny_judge.h"
#include "enforce/deny_program.h"
#include "enforce/deny_sets.h"
#include "enforce/deny_task.h"
#include "enforce/deny_wait.h"
#include "probe/symbol.h"
#include "ring/ring_fast.h"
#include "task/context.h"

static bool enforce;

static int set_enforce(const char *val, const struct kernel_param *kp)
{
	int err = capable(CAP_SYS_ADMIN) ? param_set_bool(val, kp) : -EPERM;

	if (!err && !enforce)
		linx_deny_end_kept();
	return err;
}

static const struct kernel_param_ops enforce_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = set_enforce,
	.get = param_get_bool,
};
module_param_cb(enforce, &enforce_ops, &enforce, 0600);
MODULE_PARM_DESC(enforce, "let sessions refuse operations by rules (LINX_IOC_DENY)");

DEFINE_MUTEX(linx_deny_lock);
struct linx_deny_set __rcu *linx_deny_sets[LINX_DENY_SETS];

/* The decision about an operation, over all sessions. */
struct verdict {
	bool may_wait; /* the hook may wait and judge the operation again; false once a rule was counted */
	bool again; /* the operation has to be judged anew */
	int error; /* positive errno: the operation is refused; 0: it is not */
	u64 signals; /* signals to be sent; bit 0 stands for signal 1 */
	struct {
		struct linx_deny_set *set;
		u32 rule;
		bool undecided;
		u8 at; /* linx_deny_object.at */
	} by[LINX_DENY_SETS]; /* for each set of which a rule refuses: that rule; n elements */
	u32 n;
};

/*
 * An operation and the memory to judge it, for each CPU. Allocated when the first set is loaded, freed when the module
 * is unloaded. It is not on the stack, since many kernels clear variables there at each call.
 */
struct room {
	struct linx_deny_object object;
	struct linx_deny_room room;
	struct verdict verdict;
};
static struct room __percpu *rooms;

/*
 * Sets to ask, by number of the hook: bit i is set if linx_deny_sets[i] has rules of the hook. Written under
 * linx_deny_lock.
 */
static u32 users_of[LINX_DENY_HOOKS_ALL];

#if LINX_HAVE_DENY

/*
 * One ftrace_ops for each hooked function, with the indices of linx_deny_points[]. Elements beyond linx_deny_npoints
 * are not used.
 */
#define POINTS_MAX (64 + LINX_DENY_CALLS)
struct hooked {
	struct ftrace_ops ops;
	const struct linx_deny_point *point; /* set before ops is registered */
	bool attached; /* under linx_deny_lock */
};
static struct hooked hooked[POINTS_MAX];

/* ---- records */

static bool signals(const struct linx_deny_rule *r)
{
	return r->action == LINX_DENY_KILL_TASK || r->action == LINX_DENY_SIGNAL;
}

static int signal_of(const struct linx_deny_rule *r)
{
	return r->action == LINX_DENY_SIGNAL ? r->value : SIGKILL;
}

/*
 * May signals be sent for this operation? Not to a kernel thread that executes a program, as it ends anyway when the
 * exec fails.
 */
static bool may_signal(const struct linx_deny_object *o)
{
	return !o->early && !o->quiet && !o->mute && (!(current->flags & PF_KTHREAD) || current->flags & PF_IO_WORKER);
}

static int error_of(const struct linx_deny_rule *r)
{
	return r->action == LINX_DENY_ERRNO ? r->value : EPERM;
}

static void put_file(struct linx_fill *f, struct linx_judged *file, struct linx_deny_path *room)
{
	if (linx_judged_path(file, room) == LINX_DENY_YES)
		linx_put_bytes(f, 0, LINX_VAL_STR, LINX_WHOLE, file->path, file->path_len);
	else
		linx_put_bytes(f, 0, LINX_VAL_STR, LINX_UNAVAILABLE, "", 0);
}

static void fill_refused(struct linx_refused *to, const struct linx_deny_set *set, u32 rule, struct linx_deny_object *o,
			 u32 flags, int error)
{
	const struct linx_judged *f = &o->files[o->at];
	const struct linx_deny_rule *r = &set->rules[rule];

	*to = (struct linx_refused){ .id = r->id + READ_ONCE(set->base), .rule = rule, .hook = r->hook, .error = error, .detail = o->detail };
	to->flags = flags;
	if (flags & LINX_REFUSED_SIGNALLED)
		to->signo = signal_of(r);
	if (!o->nfiles)
		return;
	to->flags |= LINX_REFUSED_FILE;
	to->dev = f->id.dev;
	to->ino = f->id.ino;
	to->generation = f->id.generation;
	to->mode = f->inode ? f->inode->i_mode : f->mode;
}

/*
 * Returns the time of the operation, which all of its records get. The clock is read at the first call. Called only in
 * an outermost probe, after probe_enter().
 */
static u64 time_of(struct linx_deny_object *o)
{
	if (!o->now)
		o->now = linx_clock_now();
	return o->now;
}

/* Writes a record to the session's ring, whatever the session selects and filters. */
static void record(const struct linx_deny_set *set, u32 rule, struct linx_deny_object *o, u32 flags, int error)
{
	struct linx_session *s = smp_load_acquire(&set->session); /* pairs with take(): the set's base is read later */
	struct linx_ring *r;
	struct linx_fill *f;
	u64 now;

	if (!s || s->flags & LINX_SETUP_COUNT || READ_ONCE(s->owner_gone) || o->nested)
		return;
	now = time_of(o);
	r = this_cpu_ptr(s->ring);
	if (!(current->flags & PF_KTHREAD)) /* a kernel thread that executes a program has no attributes yet */
		linx_task_announce(s, r, now);
	f = linx_rec_begin(s, r, LINX_REC_REFUSED, now, LINX_REC_MAX, true, LINX_CALL_DENY, LINX_REC_NR_OTHER, 0);
	if (!f)
		return;
	fill_refused((struct linx_refused *)f->p, set, rule, o, flags, error);
	f->p += sizeof(struct linx_refused);
	if (o->nfiles)
		put_file(f, &o->files[o->at], &o->room->path);
	if (o->address)
		linx_put_bytes(f, 1, LINX_VAL_BYTES, LINX_WHOLE, o->address, o->address_len);
	linx_rec_commit(f);
}

/* ---- judging */

/* Counts and records that a rule holds which does not refuse: it observes only, or its action is NOTIFY. */
static void observe(struct linx_deny_set *set, u32 rule, struct linx_deny_object *o, bool undecided)
{
	u32 flags = set->rules[rule].action == LINX_DENY_NOTIFY ? 0 : LINX_REFUSED_DRY_RUN;

	atomic64_inc(&set->counts[rule].observed);
	linx_deny_count_program(set, set->rules[rule].id);
	if (undecided) {
		atomic64_inc(&set->counts[rule].undecided);
		flags |= LINX_REFUSED_UNDECIDED;
	}
	record(set, rule, o, flags, 0);
}

/*
 * Checks one rule, and stores in *v what follows from it. *held: the last rule that held and did not refuse, or NULL. A
 * rule that only observes and has the id of *held is skipped, so that one operation is counted once for an id. Returns
 * true if the rule refuses, or if the operation has to be judged again.
 */
static bool ask_rule(struct linx_deny_set *set, u32 rule, struct linx_deny_object *o, struct verdict *v,
		     const struct linx_deny_rule **held)
{
	const struct linx_deny_rule *r = &set->rules[rule];
	u8 mode = READ_ONCE(r->mode); /* linx_deny_change() writes it */
	bool observes = mode == LINX_DENY_OBSERVE || r->action == LINX_DENY_NOTIFY;
	enum linx_deny_answer answer;

	if (unlikely(mode == LINX_DENY_ENDED))
		return false;
	if (unlikely(*held) && observes && (*held)->id == r->id)
		return false;
	answer = linx_deny_rule_holds(set, rule, o);
	if (likely(answer == LINX_DENY_NO))
		return false;
	if (answer == LINX_DENY_UNDECIDED && unlikely(v->may_wait) && linx_deny_found_any()) {
		v->again = true;
		return true;
	}
	if (observes) {
		*held = r;
		v->may_wait = false;
		if (!o->quiet)
			observe(set, rule, o, answer == LINX_DENY_UNDECIDED || o->early);
		return false;
	}
	v->by[v->n].set = set;
	v->by[v->n].rule = rule;
	v->by[v->n].at = o->at;
	v->by[v->n++].undecided = answer == LINX_DENY_UNDECIDED || o->early;
	if (!v->error)
		v->error = error_of(r);
	if (signals(r) && may_signal(o))
		v->signals |= 1ULL << (signal_of(r) - 1);
	return true;
}

static void ask_all(struct linx_deny_set *set, const struct linx_deny_of_hook *of, struct linx_deny_object *o, struct verdict *v)
{
	const struct linx_deny_rule *held = NULL;
	u32 i;

	for (i = 0; i < of->nrules; i++)
		if (ask_rule(set, of->rules[i], o, v, &held))
			return;
}

/*
 * Checks the rules of one set, up to the first one that refuses. These are the rules that the index finds for the
 * operation, and the rules that are not in the index, merged by rising number.
 */
static void ask(struct linx_deny_set *set, struct linx_deny_object *o, struct verdict *v)
{
	const struct linx_deny_of_hook *of = &set->of[o->hook];
	const u32 *apart = of->apart, napart = of->napart;
	const u16 *found = o->room->rules;
	const struct linx_deny_rule *held = NULL;
	u32 i = 0, k = 0, n, rule;

	if (napart == of->nrules || unlikely(!linx_deny_find(&of->index, o, &n)))
		return ask_all(set, of, o, v);
	while (i < napart || k < n) {
		rule = k == n || (i < napart && apart[i] < found[k]) ? apart[i++] : found[k++];
		if (ask_rule(set, rule, o, v, &held))
			return;
	}
}

/* Counts and records the refusal for each set of which a rule refuses. */
static void conclude(const struct verdict *v, struct linx_deny_object *o)
{
	const struct linx_deny_rule *r;
	struct linx_deny_count *c;
	u32 i, flags;

	for (i = 0; i < v->n; i++) {
		r = &v->by[i].set->rules[v->by[i].rule];
		c = &v->by[i].set->counts[v->by[i].rule];
		flags = LINX_REFUSED_REFUSED | (v->error != error_of(r) ? LINX_REFUSED_OTHER : 0);
		atomic64_inc(&c->refused);
		linx_deny_count_program(v->by[i].set, r->id);
		if (v->by[i].undecided) {
			flags |= LINX_REFUSED_UNDECIDED;
			atomic64_inc(&c->undecided);
		}
		if (signals(r) && may_signal(o)) {
			flags |= LINX_REFUSED_SIGNALLED;
			atomic64_inc(&c->signalled);
		}
		o->at = v->by[i].at;
		record(v->by[i].set, v->by[i].rule, o, flags, v->error);
	}
}

/*
 * Is the task one that no rule applies to: init, or a kernel thread? Rules do apply to a kernel thread that opens and
 * executes a program (before Linux 5.19; later such a task is not a kernel thread), and to threads that io_uring makes
 * for a program, which are kernel threads on old kernels.
 */
static bool is_spared(const struct linx_deny_object *o)
{
	if (is_global_init(current))
		return true;
	if (likely(!(current->flags & PF_KTHREAD)) || current->flags & PF_IO_WORKER)
		return false;
	return o->hook != LINX_DENY_EXEC && !(o->hook == LINX_DENY_FILE_OPEN && o->detail & LINX_OPENED_FOR_EXEC);
}

/*
 * Does the set apply to the current task? It does if the set is in force, and if the task neither belongs to the owner
 * of the set's session nor is exempt.
 */
static bool applies(const struct linx_deny_set *set)
{
	const struct linx_session *s = READ_ONCE(set->session);

	if (READ_ONCE(set->ended))
		return false;
	if (s && READ_ONCE(s->owner_gone))
		s = NULL; /* the owner has ended: s->owner may be the address of another process by now */
	if (!s && !set->kept)
		return false;
	return !(s && current->signal == s->owner) && likely(!set->nexempt || !linx_deny_exempts(set));
}

/* Compares an operation with the rules of all sets that apply, and counts and records the result. Preemption is off. */
static void judge(struct linx_deny_object *o, struct verdict *v)
{
	u32 users = READ_ONCE(users_of[o->hook]);
	struct linx_deny_set *set;

	rcu_read_lock();
	for (; users && !v->again; users &= users - 1) {
		set = rcu_dereference(linx_deny_sets[__ffs(users)]);
		if (!set || !set->of[o->hook].nrules || !applies(set))
			continue;
		if (!o->ncreds) {
			linx_probe_begins();
			o->ncreds = linx_deny_creds(o->creds);
		}
		ask(set, o, v);
	}
	if (unlikely(v->n) && !o->quiet && !v->again) {
		if (v->signals && !linx_deny_owe(v->signals, v->error)) {
			v->signals = 0;
			o->mute = true;
		}
		conclude(v, o);
	}
	rcu_read_unlock();
}

/*
 * Functions that run in place of a refused one, one for each error. The error is a constant in the function and not a
 * register that the hook sets: a BPF trampoline on the same function would overwrite such a register.
 */
#define RETURNS(n)                              \
	static notrace noinline long refused_##n(void) \
	{                                       \
		return -(long)(n);              \
	}
#define EACH_OF_TEN(X, ten) X(ten##0) X(ten##1) X(ten##2) X(ten##3) X(ten##4) X(ten##5) X(ten##6) X(ten##7) X(ten##8) X(ten##9)
#define EACH_ERROR(X)                                                                                                 \
	X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9)                                                                   \
	EACH_OF_TEN(X, 1) EACH_OF_TEN(X, 2) EACH_OF_TEN(X, 3) EACH_OF_TEN(X, 4) EACH_OF_TEN(X, 5) EACH_OF_TEN(X, 6)    \
	EACH_OF_TEN(X, 7) EACH_OF_TEN(X, 8) EACH_OF_TEN(X, 9) EACH_OF_TEN(X, 10) EACH_OF_TEN(X, 11) EACH_OF_TEN(X, 12) \
	EACH_OF_TEN(X, 13)
EACH_ERROR(RETURNS)
#define ENTRY(n) [n] = refused_##n,
static long (*const refused[])(void) = { EACH_ERROR(ENTRY) };

/*
 * Could a rule hold for an operation of the current task? A quick check of credentials and flags, which rules out most
 * rules before more is found out about the operation. If the result is true, judge() checks all conditions. Returns
 * true also if the task acts with other credentials than its own, since linx_deny_creds() has to choose among them.
 */
static __always_inline bool may_refuse(const struct linx_deny_point *point, struct pt_regs *regs)
{
	u32 users = READ_ONCE(users_of[point->hook]);
	const struct cred *cred = current_cred();
	const struct linx_deny_set *set;
	bool may = false;

	if (!users || !READ_ONCE(enforce) || unlikely(!in_task()))
		return false;
	if (unlikely(cred != current_real_cred()))
		return true;
	preempt_disable_notrace(); /* an RCU reader */
	for (; users && !may; users &= users - 1) {
		set = rcu_dereference_sched(linx_deny_sets[__ffs(users)]);
		may = set && linx_deny_may_hold(&set->of[point->hook], point, cred, regs);
	}
	preempt_enable_notrace();
	return may;
}

/* Result of judging an operation. */
struct outcome {
	long error; /* positive errno: refused; 0: not refused; AGAIN: the hook has to wait and judge again */
	u64 signals; /* verdict.signals */
};
#define AGAIN (-1)

/* Judges an operation between probe_enter() and probe_leave(). */
static struct outcome judge_in_probe(const struct linx_deny_point *point, struct pt_regs *regs, struct linx_deny_waiter *w)
{
	struct linx_deny_object *o;
	struct outcome found;
	struct verdict *v;
	bool nested;

	nested = !probe_enter();
	o = &this_cpu_ptr(rooms)->object;
	v = &this_cpu_ptr(rooms)->verdict;
	v->error = 0;
	v->signals = 0;
	v->n = 0;
	v->again = false;
	v->may_wait = linx_deny_found_begin(w);
	linx_deny_object_begin(o, point, &this_cpu_ptr(rooms)->room);
	o->nested = nested;
	if (point->fill(o, regs) && !is_spared(o))
		judge(o, v);
	linx_deny_found_end(w);
	found.error = unlikely(v->again) ? AGAIN : v->error;
	found.signals = v->signals;
	if (unlikely(nested)) /* not known to happen: no probe calls a hooked function */
		linx_nested_leave();
	else
		probe_leave();
	return found;
}

/*
 * Judges an operation, and if a rule refuses it, lets ftrace continue in a function that returns the error. Signals are
 * sent after the end of the probe, since sending a signal is an event that sessions can record.
 */
static noinline void notrace judge_at(const struct linx_deny_point *point, struct pt_regs *regs)
{
	struct linx_deny_waiter w;
	struct outcome found;

	linx_deny_wait_enter(&w);
	for (found = judge_in_probe(point, regs, &w); unlikely(found.error == AGAIN); found = judge_in_probe(point, regs, &w))
		linx_deny_wait(&w);
	linx_deny_wait_leave(&w);
	if (likely(!found.error))
		return;
	if (LINX_DENY_WAITS && found.signals) {
		linx_regs_go(regs, linx_deny_pay);
		return;
	}
	linx_regs_go(regs, refused[found.error < ARRAY_SIZE(refused) ? found.error : EPERM]);
	linx_deny_send(found.signals);
}

static void notrace refuse(LINX_FTRACE_PROTO)
{
	const struct linx_deny_point *point = container_of(ops, struct hooked, ops)->point;
	struct pt_regs *regs = linx_ftrace_regs(fregs);

	if (may_refuse(point, regs))
		judge_at(point, regs);
}

/*
 * Adds a function of the kernel to an ftrace_ops. Returns -EINVAL if there is no such function, or if ftrace cannot
 * hook it. Passes the address if it can: ftrace would compare a name with the names of all functions, which takes very
 * long.
 */
static int add_function(struct ftrace_ops *ops, const char *prefix, const char *name)
{
	char whole[KSYM_NAME_LEN];
	int len = snprintf(whole, sizeof(whole), "%s%s", prefix, name);
	unsigned long addr = linx_symbol_address(whole);

	if (!IS_ENABLED(CONFIG_KPROBES))
		return ftrace_set_filter(ops, (unsigned char *)whole, len, 0);
	return addr ? ftrace_set_filter_ip(ops, addr, 0, 0) : -EINVAL;
}

/*
 * Prefixes of the names of a system call's functions for the ABIs. A kernel has functions with some of these prefixes.
 */
static const char *const prefixes[] = { "__x64_sys_", "__ia32_sys_", "__ia32_compat_sys_", "__x64_compat_sys_", "__x32_compat_sys_" };

static int add_functions(struct ftrace_ops *ops, const struct linx_deny_point *point)
{
	int err = -EINVAL, ret;
	u32 i;

	if (point->hook < LINX_DENY_HOOKS)
		return add_function(ops, "", point->function);
	for (i = 0; i < ARRAY_SIZE(prefixes); i++) {
		ret = add_function(ops, prefixes[i], point->function);
		if (ret && ret != -EINVAL)
			return ret;
		err = ret ? err : 0;
	}
	return err;
}

/*
 * Attaches the hook to the function linx_deny_points[nr]. -EINVAL: the kernel lacks the function, such as that of a
 * system call in a kernel that does not run 32-bit programs.
 */
static int attach_point(u32 nr)
{
	struct hooked *h = &hooked[nr];
	int err;

	if (h->attached)
		return 0;
	if (!h->ops.func) { /* set only once, since ftrace changes these flags */
		h->ops.func = refuse;
		h->point = &linx_deny_points[nr];
		h->ops.flags = LINX_FTRACE_REPLACES;
	}
	err = add_functions(&h->ops, &linx_deny_points[nr]);
	if (!err)
		err = register_ftrace_function(&h->ops);
	h->attached = !err;
	if (err)
		linx_free_filter(&h->ops);
	return err;
}

int linx_deny_attach(u32 hook, struct linx_deny_error *why)
{
	u32 nr;
	int err;

	for (nr = 0; nr < linx_deny_npoints; nr++) {
		err = linx_deny_points[nr].hook == hook ? attach_point(nr) : 0;
		if (!err || (hook >= LINX_DENY_HOOKS && err == -EINVAL))
			continue;
		why->hook = min(hook, (u32)LINX_DENY_CALL);
		why->reason = err == -EBUSY ? LINX_DENY_HELD : LINX_DENY_NO_HOOK;
		return err == -EBUSY || err == -ENOMEM ? err : -EOPNOTSUPP;
	}
	return 0;
}

/* Detaches a hook. If this fails, the hook stays and finds no set, and it is tried again when sets next change. */
static void detach_point(struct hooked *h)
{
	if (!h->attached)
		return;
	linx_deny_wait_idle();
	if (unregister_ftrace_function(&h->ops)) {
		linx_keep_loaded("a check of the kernel cannot be given back");
		return;
	}
	h->attached = false;
	linx_free_filter(&h->ops);
}

static bool is_attached(u32 nr)
{
	return hooked[nr].attached;
}

void linx_deny_detach(u32 hook)
{
	u32 nr;

	for (nr = 0; nr < linx_deny_npoints; nr++)
		if (linx_deny_points[nr].hook == hook)
			detach_point(&hooked[nr]);
}

#else

int linx_deny_attach(u32 hook, struct linx_deny_error *why)
{
	why->hook = min(hook, (u32)LINX_DENY_CALL);
	why->reason = LINX_DENY_NO_HOOK;
	return -EOPNOTSUPP;
}

void linx_deny_detach(u32 hook)
{
}

static bool is_attached(u32 nr)
{
	return false;
}

#endif

void linx_deny_use(u32 i, const struct linx_deny_set *one, const struct linx_deny_set *two)
{
	bool uses;
	u32 hook;

	for (hook = 0; hook < LINX_DENY_HOOKS_ALL; hook++) {
		uses = (one && test_bit(hook, one->hooks)) || (two && test_bit(hook, two->hooks));
		WRITE_ONCE(users_of[hook], (users_of[hook] & ~(1u << i)) | (u32)uses << i);
	}
}

bool linx_deny_any_attached(void)
{
	u32 nr;

	for (nr = 0; nr < linx_deny_npoints; nr++)
		if (is_attached(nr))
			return true;
	return false;
}

bool linx_deny_calls_attached(const struct linx_deny_set *set, struct linx_deny_error *why)
{
	u32 i, nr;

	for (i = 0; i < set->nrules; i++) {
		if (set->rules[i].hook != LINX_DENY_CALL)
			continue;
		for (nr = 0; nr < linx_deny_npoints; nr++)
			if (is_attached(nr) && linx_deny_rule_is_of(&set->rules[i], linx_deny_points[nr].hook))
				break;
		if (nr == linx_deny_npoints) {
			*why = (struct linx_deny_error){ .reason = LINX_DENY_NO_HOOK, .rule = i, .cond = ~0u, .hook = LINX_DENY_CALL };
			return false;
		}
	}
	return true;
}

int linx_deny_make_room(void)
{
	if (!rooms)
		rooms = alloc_percpu(struct room);
	return rooms ? 0 : -ENOMEM;
}

void linx_deny_free_room(void)
{
	free_percpu(rooms);
}

bool linx_deny_enforced(void)
{
	return READ_ONCE(enforce);
}
