// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads, publishes, replaces, changes and ends sets of rules. A set ends with its session, unless the module keeps the
 * set (LINX_DENY_KEEP). Process context, may sleep.
 *
 * Hooks can use a set until a grace period has passed after its end. A set that is not kept is not freed at its end:
 * its counters stay until its session is freed or loads another set.
 *
 * While sets are in force, a work item checks each second whether a set's trial is over, and whether readers take their
 * records. If a reader takes none, since it is stopped, frozen or starved, a warning is logged. The rules stay in
 * force, unless the set has asked to end in this case (linx_deny_set.late_ns).
 */
#include <linux/capability.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include "enforce/deny_hook.h"
#include "enforce/deny_program.h"
#include "enforce/deny_sets.h"
#include "enforce/deny_wait.h"
#include "ring/producer.h"

#define KEPT_MAX 16
/* Time after which a reader that leaves records unread is late. */
#define LATE_NS (10 * NSEC_PER_SEC)

static void watch(struct work_struct *work);
static DECLARE_DELAYED_WORK(watch_work, watch);
static u64 last_number; /* number of the newest set; under linx_deny_lock */

static struct linx_deny_set *set_at(u32 i)
{
	return rcu_dereference_protected(linx_deny_sets[i], lockdep_is_held(&linx_deny_lock));
}

/* ---- hooks */

static void needed(unsigned long *hooks)
{
	struct linx_deny_set *set;
	u32 i;

	bitmap_zero(hooks, LINX_DENY_HOOKS_ALL);
	for (i = 0; i < LINX_DENY_SETS; i++) {
		set = set_at(i);
		if (set && !set->ended)
			bitmap_or(hooks, hooks, set->hooks, LINX_DENY_HOOKS_ALL);
	}
}

static void detach_unneeded(void)
{
	DECLARE_BITMAP(need, LINX_DENY_HOOKS_ALL);
	u32 hook;

	needed(need);
	for_each_clear_bit(hook, need, LINX_DENY_HOOKS_ALL)
		linx_deny_detach(hook);
}

/*
 * Attaches the hooks that a set needs. Hooks that other sets use are attached already, and ftrace is not called for
 * them.
 */
static int attach_all(const struct linx_deny_set *set, struct linx_deny_error *why)
{
	u32 hook;
	int err;

	for_each_set_bit(hook, set->hooks, LINX_DENY_HOOKS_ALL) {
		err = linx_deny_attach(hook, why);
		if (err)
			return err;
	}
	return linx_deny_calls_attached(set, why) ? 0 : -EOPNOTSUPP;
}

/* ---- publishing and ending */

/*
 * Replaces element i of linx_deny_sets by a set, or by NULL. Returns the old element, a set that no hook uses any more,
 * or NULL.
 */
static struct linx_deny_set *swap_sets(u32 i, struct linx_deny_set *set)
{
	struct linx_deny_set *old = set_at(i);

	linx_deny_use(i, set, old); /* hooks of both sets look at element i while it changes */
	rcu_assign_pointer(linx_deny_sets[i], set);
	linx_deny_use(i, set, NULL);
	if (old)
		synchronize_rcu();
	return old;
}

/*
 * Ends the rules of a set. A kept set is freed. A set of a session stays in the list, for its counters, until the
 * session ends or loads another set.
 */
static void end_set(u32 i)
{
	struct linx_deny_set *set = set_at(i);

	if (set->kept) {
		linx_deny_set_free(swap_sets(i, NULL));
	} else {
		WRITE_ONCE(set->ended, true);
		linx_deny_use(i, NULL, NULL);
		synchronize_rcu();
	}
	detach_unneeded();
}

static bool same_name(const struct linx_deny_set *a, const struct linx_deny_set *b)
{
	return a->name_len == b->name_len && !memcmp(a->name, b->name, a->name_len);
}

/*
 * Returns the index in linx_deny_sets of the set that a new set replaces, or of a free element. Returns LINX_DENY_SETS
 * if there is neither.
 */
static u32 place_for(const struct linx_deny_set *new)
{
	u32 i, kept = 0, free = LINX_DENY_SETS;
	struct linx_deny_set *set;

	for (i = 0; i < LINX_DENY_SETS; i++) {
		set = set_at(i);
		if (!set && free == LINX_DENY_SETS)
			free = i;
		if (!set || set->kept != new->kept)
			continue;
		if (new->kept ? same_name(set, new) : set->session == new->session)
			return i;
		kept += set->kept;
	}
	return new->kept && kept >= KEPT_MAX ? LINX_DENY_SETS : free;
}

/*
 * Do the records of a set go to another process than the owner of session s? A set in another session of the same
 * process does not count, since a reader may begin its next session before the last one ends.
 */
static bool has_other_reader(const struct linx_deny_set *set, const struct linx_session *s)
{
	return set->session && !READ_ONCE(set->session->owner_gone) && set->session->owner_tgid != s->owner_tgid;
}

/* May session s replace the set "old"? Returns 0 or -errno. -EBUSY: another process gets the records of the set. */
static int check_replaced(const struct linx_deny_set *old, const struct linx_session *s, u32 flags)
{
	if (!old || !old->kept)
		return 0;
	if (flags & LINX_DENY_NEW)
		return -EEXIST;
	return has_other_reader(old, s) ? -EBUSY : 0;
}

/* ---- LINX_DENY_RENEW: rules that continue those of the replaced set */

/*
 * Do all rules exist in the set "old" that the rules of the new set continue? The new rules may not continue more rules
 * in total than "old" has: that bounds the work of take_counters().
 */
static bool from_is_right(const struct linx_deny_set *set, const struct linx_deny_set *old)
{
	const struct linx_deny_from *f;
	u64 all = 0;
	u32 i;

	for (i = 0; i < set->nrules; i++) {
		f = &set->from[i];
		if (f->first == LINX_DENY_FROM_NONE)
			continue;
		if (f->first >= old->nrules || f->count > old->nrules - f->first)
			return false;
		all += f->count;
	}
	return all <= old->nrules;
}

/*
 * Copies the state of the set "old" that may have changed since it was loaded: the trial, whether the set has ended,
 * and the modes of rules. Called before hooks can find the new set. Returns 0 or -errno.
 */
static int renew(struct linx_deny_set *set, const struct linx_deny_set *old)
{
	u32 i;

	if (!set->from)
		return 0;
	if (!old)
		return -ENOENT;
	if (!from_is_right(set, old))
		return -EINVAL;
	set->trial_end = old->trial_end;
	set->ended = old->ended;
	for (i = 0; i < set->nrules; i++)
		if (set->from[i].first != LINX_DENY_FROM_NONE)
			set->rules[i].mode = old->rules[set->from[i].first].mode;
	return 0;
}

/* Adds the counters of the set "old" to those of the rules that continue its rules. No hook may use "old" any more. */
static void take_counters(struct linx_deny_set *set, const struct linx_deny_set *old)
{
	const struct linx_deny_count *c;
	struct linx_deny_count *to;
	u32 i, k;

	linx_deny_take_programs(set, old);
	for (i = 0; i < set->nrules; i++) {
		to = &set->counts[i];
		for (k = 0; set->from[i].first != LINX_DENY_FROM_NONE && k < set->from[i].count; k++) {
			c = &old->counts[set->from[i].first + k];
			atomic64_add(atomic64_read(&c->observed), &to->observed);
			atomic64_add(atomic64_read(&c->refused), &to->refused);
			atomic64_add(atomic64_read(&c->signalled), &to->signalled);
			atomic64_add(atomic64_read(&c->undecided), &to->undecided);
		}
	}
}

static int check_enforced(struct linx_deny_error *why)
{
	if (linx_deny_enforced())
		return 0;
	why->reason = LINX_DENY_OFF;
	return -EPERM;
}

static int publish(struct linx_session *s, struct linx_deny_set *set, u32 flags, struct linx_deny_error *why)
{
	u32 i = place_for(set);
	int err = check_enforced(why); /* checked again: the parameter can have changed before the lock was taken */

	err = err ?: i == LINX_DENY_SETS ? -EBUSY : check_replaced(set_at(i), s, flags) ?: renew(set, set_at(i));
	err = err ?: linx_deny_make_room();
	if (err)
		return err;
	err = set->ended ? 0 : attach_all(set, why);
	if (!err) {
		set->number = ++last_number;
		set->taken_at = ktime_get_boottime_ns();
		linx_deny_set_free(s->replaced_rules);
		s->replaced_rules = swap_sets(i, set);
		if (set->ended)
			linx_deny_use(i, NULL, NULL);
		if (set->from)
			take_counters(set, s->replaced_rules);
		s->rules_number = set->number;
		cancel_delayed_work(&watch_work); /* the work may wait for a second, but the trial may be shorter */
		schedule_delayed_work(&watch_work, 0);
	}
	detach_unneeded();
	return err;
}

/*
 * Removes the session's set from linx_deny_sets, if the session has one that is not kept. Returns that set, which no
 * hook uses any more, or NULL.
 */
static struct linx_deny_set *take_away(struct linx_session *s)
{
	struct linx_deny_set *set = NULL;
	u32 i;

	for (i = 0; i < LINX_DENY_SETS && !set; i++)
		if (set_at(i) && set_at(i)->session == s && !set_at(i)->kept)
			set = swap_sets(i, NULL);
	detach_unneeded();
	return set;
}

static int check_load(const struct linx_session *s, const struct linx_deny *u, struct linx_deny_error *why)
{
	bool kept = u->flags & LINX_DENY_KEEP;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (check_enforced(why))
		return -EPERM;
	if (READ_ONCE(s->owner_gone) || (!kept && !s->running) || (kept && (!u->name_len || !u->nrules || u->late_ms)) ||
	    (!kept && u->flags & LINX_DENY_NEW))
		return -EINVAL;
	return 0;
}

int linx_deny_load(struct linx_session *s, const struct linx_deny *u, struct linx_deny_arrays *from,
		   struct linx_deny_error *why)
{
	struct linx_deny_set *set;
	int err = check_load(s, u, why);

	lockdep_assert_held(&s->lock);
	if (err)
		return err;
	set = linx_deny_set_load(s, u, from, why);
	if (IS_ERR(set))
		return PTR_ERR(set);
	mutex_lock(&linx_deny_lock);
	if (u->trial_ms)
		set->trial_end = ktime_get_boottime_ns() + (u64)u->trial_ms * NSEC_PER_MSEC;
	set->late_ns = (u64)u->late_ms * NSEC_PER_MSEC;
	if (set->nrules) {
		err = publish(s, set, u->flags, why);
	} else {
		linx_deny_set_free(s->replaced_rules);
		s->replaced_rules = take_away(s);
		s->rules_number = 0;
	}
	mutex_unlock(&linx_deny_lock);
	if (err || !set->nrules)
		linx_deny_set_free(set);
	return err;
}

/* Ends writing the records of a kept set to its session. Hooks can use the session until a grace period has passed. */
static void leave(struct linx_deny_set *set)
{
	WRITE_ONCE(set->session, NULL);
	set->late = false;
}

void linx_deny_end(struct linx_session *s)
{
	bool left = false;
	u32 i;

	lockdep_assert_held(&s->lock);
	mutex_lock(&linx_deny_lock);
	for (i = 0; i < LINX_DENY_SETS; i++)
		if (set_at(i) && set_at(i)->kept && set_at(i)->session == s) {
			leave(set_at(i));
			left = true;
		}
	if (left)
		synchronize_rcu();
	s->ended_rules = take_away(s);
	mutex_unlock(&linx_deny_lock);
}

void linx_deny_forget(struct linx_session *s)
{
	linx_deny_set_free(s->ended_rules);
	linx_deny_set_free(s->replaced_rules);
	s->ended_rules = NULL;
	s->replaced_rules = NULL;
}

void linx_deny_end_kept(void)
{
	u32 i;

	mutex_lock(&linx_deny_lock);
	for (i = 0; i < LINX_DENY_SETS; i++)
		if (set_at(i) && set_at(i)->kept)
			end_set(i);
	mutex_unlock(&linx_deny_lock);
}

/* ---- trials, and readers that are late */

/*
 * Is the reader of the set late: has it taken nothing for LATE_NS although records are unread? Returns false for a set
 * without a session, and for sessions that have nothing to be read (flight recorder, counting). The session is running,
 * since linx_deny_end() takes its sets away before it stops.
 */
static bool look_at_reader(struct linx_deny_set *set, u64 now)
{
	struct linx_session *s = set->session;
	bool unread = false;
	u64 taken = 0, bytes;
	int cpu;

	if (!s || s->mode == LINX_MODE_RECORDER || s->flags & LINX_SETUP_COUNT)
		return false;
	for_each_possible_cpu(cpu) {
		bytes = 0;
		taken += linx_ring_taken(per_cpu_ptr(s->ring, cpu), &bytes);
		unread |= bytes;
	}
	if (!unread || taken != set->taken)
		set->taken_at = now;
	set->taken = taken;
	return now - set->taken_at >= LATE_NS;
}

/*
 * Warns if the reader of the set is late. Returns true if the set has to end now: its trial is over, or its reader was
 * late for too long.
 */
static bool look_at_set(struct linx_deny_set *set, u64 now)
{
	bool late = look_at_reader(set, now);

	if (late && !set->late)
		pr_warn("linx: the reader (process %d) of rules that refuse, '%s', has not read for %llu seconds: the rules %s\n",
			set->session->owner_tgid, set->name, (now - set->taken_at) / NSEC_PER_SEC,
			set->late_ns ? "end if it goes on" : "go on");
	set->late = late;
	if (set->late_ns && now - set->taken_at >= max_t(u64, set->late_ns, LATE_NS) && late) {
		pr_warn("linx: rules that refuse, '%s', end: their reader is late\n", set->name);
		return true;
	}
	if (set->trial_end && now >= set->trial_end) {
		pr_info("linx: rules that refuse, '%s', end: nobody confirmed them in the time of their trial\n", set->name);
		return true;
	}
	return false;
}

/* Returns the milliseconds until the set has to be checked again. */
static u32 rest_until_look(const struct linx_deny_set *set, u64 now)
{
	if (!set->trial_end || set->trial_end > now + NSEC_PER_SEC)
		return MSEC_PER_SEC;
	return (set->trial_end - min(now, set->trial_end)) / NSEC_PER_MSEC + 1;
}

static void watch(struct work_struct *work)
{
	u64 now = ktime_get_boottime_ns();
	struct linx_deny_set *set;
	u32 i, rest = 0, next;

	mutex_lock(&linx_deny_lock);
	for (i = 0; i < LINX_DENY_SETS; i++) {
		set = set_at(i);
		if (!set || set->ended)
			continue;
		if (look_at_set(set, now)) {
			end_set(i);
			continue;
		}
		next = rest_until_look(set, now);
		rest = rest ? min(rest, next) : next;
	}
	if (rest)
		schedule_delayed_work(&watch_work, msecs_to_jiffies(rest));
	mutex_unlock(&linx_deny_lock);
}

/* ---- questions and changes */

static u32 find_number(u64 number)
{
	u32 i;

	for (i = 0; i < LINX_DENY_SETS; i++)
		if (set_at(i) && set_at(i)->number == number)
			return i;
	return LINX_DENY_SETS;
}

static void store_counters(const struct linx_deny_set *set, u32 rule, struct linx_deny_counters *to)
{
	const struct linx_deny_count *c = &set->counts[rule];

	to->observed = atomic64_read(&c->observed);
	to->refused = atomic64_read(&c->refused);
	to->signalled = atomic64_read(&c->signalled);
	to->undecided = atomic64_read(&c->undecided);
}

/* Returns the set that the session loaded last, if it is still there; NULL: none. */
static const struct linx_deny_set *own_set(const struct linx_session *s)
{
	u32 i = s->rules_number ? find_number(s->rules_number) : LINX_DENY_SETS;

	return i < LINX_DENY_SETS ? set_at(i) : s->ended_rules;
}

void linx_deny_counters(struct linx_session *s, struct linx_deny_counts *u, struct linx_deny_counters *to)
{
	const struct linx_deny_set *set;
	u32 i;

	lockdep_assert_held(&s->lock);
	mutex_lock(&linx_deny_lock); /* other sessions can end kept sets */
	set = u->flags & LINX_DENY_COUNTS_BEFORE ? s->replaced_rules : own_set(s);
	u->nrules = set ? set->nrules : 0;
	for (i = 0; u->first < u->nrules && i < min(u->count, u->nrules - u->first); i++)
		store_counters(set, u->first + i, &to[i]);
	mutex_unlock(&linx_deny_lock);
}

/*
 * Sets the mode of the rules with an id; U64_MAX: of all rules. Rules that have ended stay ended. Returns -ENOENT if no
 * rule was changed.
 */
static int set_modes(struct linx_deny_set *set, u64 id, u8 mode)
{
	bool found = false;
	u32 i;

	for (i = 0; i < set->nrules; i++) {
		if ((id != U64_MAX && set->rules[i].id != id) || set->rules[i].mode == LINX_DENY_ENDED)
			continue;
		WRITE_ONCE(set->rules[i].mode, mode); /* ask_rule() reads it */
		found = true;
	}
	return found ? 0 : -ENOENT;
}

/* Lets a session get the records of a kept set. A hook that finds a new session also finds its base. */
static int take(struct linx_deny_set *set, struct linx_session *s, u64 base)
{
	if (!set->kept || !s->running || READ_ONCE(s->owner_gone))
		return -EINVAL;
	if (set->session == s) {
		WRITE_ONCE(set->base, base);
		return 0;
	}
	if (has_other_reader(set, s))
		return -EBUSY;
	leave(set);
	synchronize_rcu();
	WRITE_ONCE(set->base, base);
	set->taken = 0;
	set->taken_at = ktime_get_boottime_ns();
	smp_store_release(&set->session, s); /* pairs with the load of the session in record() */
	return 0;
}

static int change_set(struct linx_session *s, u32 i, const struct linx_deny_change *u)
{
	struct linx_deny_set *set = set_at(i);
	bool whole = u->rule == U64_MAX;

	switch (u->what) {
	case LINX_DENY_SET_OBSERVE:
		return set_modes(set, u->rule, LINX_DENY_OBSERVE);
	case LINX_DENY_SET_ENFORCE:
		return linx_deny_enforced() ? set_modes(set, u->rule, LINX_DENY_ENFORCE) : -EPERM;
	case LINX_DENY_END:
		if (!whole)
			return set_modes(set, u->rule, LINX_DENY_ENDED);
		end_set(i);
		return 0;
	case LINX_DENY_CONFIRM:
		if (!whole || !set->trial_end)
			return whole ? -EALREADY : -EINVAL;
		set->trial_end = 0;
		return 0;
	case LINX_DENY_TAKE:
		return whole ? take(set, s, u->base) : -EINVAL;
	default:
		return -EINVAL;
	}
}

int linx_deny_change(struct linx_session *s, const struct linx_deny_change *u)
{
	int err;
	u32 i;

	lockdep_assert_held(&s->lock);
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	mutex_lock(&linx_deny_lock);
	i = u->set ? find_number(u->set) : LINX_DENY_SETS;
	err = i < LINX_DENY_SETS && !set_at(i)->ended ? change_set(s, i, u) : -ENOENT;
	mutex_unlock(&linx_deny_lock);
	return err;
}

/* Returns the set with the lowest number that is at least "number"; NULL: there is none. */
static const struct linx_deny_set *next_set(u64 number)
{
	const struct linx_deny_set *found = NULL, *set;
	u32 i;

	for (i = 0; i < LINX_DENY_SETS; i++) {
		set = set_at(i);
		if (set && set->number >= number && (!found || set->number < found->number))
			found = set;
	}
	return found;
}

static void list_rules(const struct linx_deny_set *set, struct linx_deny_list *u, struct linx_deny_state *to)
{
	const struct linx_deny_rule *r = set->rules;
	u32 i;

	for (i = 0; i < min(u->nrules, set->nrules); i++, r++) {
		to[i] = (struct linx_deny_state){ .id = r->id, .hook = r->hook, .mode = r->mode, .action = r->action, .value = r->value };
		store_counters(set, i, &to[i].counters);
	}
	u->nrules = set->nrules;
}

static void list_programs(const struct linx_deny_set *set, struct linx_deny_list *u, struct linx_deny_program *to)
{
	struct linx_deny_program one;
	u32 i, n = 0;

	for (i = 0; i < LINX_DENY_PROGRAMS; i++) {
		if (!linx_deny_program_get(&set->programs[i], &one))
			continue;
		if (n < u->nprograms)
			to[n] = one;
		n++;
	}
	u->nprograms = n;
	u->programs_missed = atomic64_read(&set->programs_missed);
}

static void list_set(const struct linx_deny_set *set, struct linx_deny_list *u, const struct linx_deny_listed *to)
{
	const struct linx_session *s = set->session;
	u64 now = ktime_get_boottime_ns();

	u->set = set->number;
	u->flags = (set->kept ? LINX_DENY_IS_KEPT : 0) | (set->trial_end ? LINX_DENY_IS_TRIAL : 0) |
		   (set->ended ? LINX_DENY_IS_ENDED : 0) | (set->late ? LINX_DENY_IS_LATE : 0);
	u->reader = s && !READ_ONCE(s->owner_gone) ? s->owner_tgid : 0;
	u->trial_left_ms = set->trial_end > now ? (set->trial_end - now) / NSEC_PER_MSEC : 0;
	u->name_len = set->name_len;
	memcpy(u->name, set->name, sizeof(u->name));
	if (set->about)
		memcpy(to->about, set->about, min(u->about_len, set->about_len));
	u->about_len = set->about_len;
	list_rules(set, u, to->rules);
	list_programs(set, u, to->programs);
}

int linx_deny_list(struct linx_session *s, struct linx_deny_list *u, const struct linx_deny_listed *to)
{
	const struct linx_deny_set *set;

	lockdep_assert_held(&s->lock);
	mutex_lock(&linx_deny_lock);
	set = u->flags & LINX_DENY_LIST_OWN ? own_set(s) : next_set(u->set);
	if (set)
		list_set(set, u, to);
	mutex_unlock(&linx_deny_lock);
	return set ? 0 : -ENOENT;
}

/*
 * Called when the module is unloaded. Does not return as long as a hook cannot be detached, since hooks run the
 * module's code.
 */
void linx_deny_exit(void)
{
	linx_deny_end_kept();
	cancel_delayed_work_sync(&watch_work);
	mutex_lock(&linx_deny_lock);
	for (detach_unneeded(); linx_deny_any_attached(); detach_unneeded()) {
		mutex_unlock(&linx_deny_lock);
		ssleep(1);
		mutex_lock(&linx_deny_lock);
	}
	mutex_unlock(&linx_deny_lock);
	linx_deny_wait_over();
	linx_deny_free_room();
}
