// SPDX-License-Identifier: GPL-2.0-only
/* The program that an operation comes from: see enforce/deny_program.h. */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include "compat/compat.h"
#include "enforce/deny_program.h"
#include "enforce/deny_task.h"

/* Values of linx_deny_slot.state. */
enum { FREE, CLAIMED, READY };

/*
 * Gets the executable of the current task, with a reference. NULL: the task has no executable, such as a kernel thread.
 */
static struct file *exe_of_current(void)
{
	struct mm_struct *mm = current->mm;

	return mm && !(current->flags & PF_KTHREAD) ? linx_get_exe_file(mm) : NULL;
}

/*
 * Is the executable now at the place of an exempt program? If renames by others hide where it is, the answer is no. The
 * caller has checked that the task runs as root.
 */
static bool has_place(const struct linx_deny_exempt *e, const struct file *exe)
{
	const struct dentry *dentry = exe->f_path.dentry;
	struct linx_ident dir;
	char name[NAME_MAX];
	u32 len;

	return e->name && !d_unlinked(dentry) && linx_dentry_place(dentry, &dir, name, &len) && linx_ident_same(&e->dir, &dir) &&
	       strlen(e->name) == len && !memcmp(name, e->name, len);
}

/*
 * Is the task root in the initial user namespace, by each of its credentials? Others are never exempt: in another user
 * namespace a task can set its own executable (PR_SET_MM), and an ordinary user can run an exempt program with another
 * library.
 */
static bool is_root(void)
{
	const struct cred *creds[LINX_DENY_CREDS];
	u32 i, n = linx_deny_creds(creds);

	for (i = 0; i < n; i++)
		if (creds[i]->user_ns != &init_user_ns || !uid_eq(creds[i]->euid, GLOBAL_ROOT_UID))
			return false;
	return true;
}

bool linx_deny_exempts(const struct linx_deny_set *set)
{
	struct linx_ident id;
	struct file *exe;
	bool found = false;
	u32 i;

	if (likely(!set->nexempt) || !is_root())
		return false;
	exe = exe_of_current();
	if (!exe)
		return false;
	linx_ident_of(file_inode(exe), &id);
	for (i = 0; i < set->nexempt && !found; i++)
		found = linx_ident_same(&set->exempt[i].id, &id) || has_place(&set->exempt[i], exe);
	fput(exe); /* if this is the last reference, task work frees the file, not this function */
	return found;
}

/*
 * Most slots that programs of one user can claim, and most that programs of all users except root can claim. So no user
 * can take all slots.
 */
#define SLOTS_OF_USER (LINX_DENY_PROGRAMS / 4)
#define SLOTS_OF_USERS (LINX_DENY_PROGRAMS / 4 * 3)

/*
 * May a program of this user claim one more slot? If two CPUs ask at the same time, both can get true for the last
 * slot.
 */
static bool may_claim(const struct linx_deny_set *set, kuid_t uid)
{
	const struct linx_deny_slot *slot;
	u32 own = 0, all = 0;

	if (uid_eq(uid, GLOBAL_ROOT_UID))
		return true;
	for (slot = set->programs; slot < set->programs + LINX_DENY_PROGRAMS; slot++) {
		if (atomic_read_acquire(&slot->state) != READY || uid_eq(slot->uid, GLOBAL_ROOT_UID))
			continue;
		own += uid_eq(slot->uid, uid);
		all++;
	}
	return own < SLOTS_OF_USER && all < SLOTS_OF_USERS;
}

/*
 * Returns the slot of a program and of the rules with this id. If there is none yet, claims one for the user. NULL: no
 * slot may be claimed, or another CPU is claiming one at this moment.
 */
static struct linx_deny_slot *find_slot(struct linx_deny_set *set, u64 id, const struct linx_ident *exe, const struct file *file,
					kuid_t uid)
{
	u32 at = hash_64(exe->ino ^ (u64)exe->dev << 32 ^ id * GOLDEN_RATIO_64, LINX_DENY_PROGRAM_BITS), n;
	struct linx_deny_slot *slot;
	int state;

	for (n = 0; n < LINX_DENY_PROGRAMS; n++, at = (at + 1) % LINX_DENY_PROGRAMS) {
		slot = &set->programs[at];
		state = atomic_read(&slot->state);
		if (state == FREE && !may_claim(set, uid))
			return NULL;
		if (state == FREE)
			state = atomic_cmpxchg(&slot->state, FREE, CLAIMED);
		if (state == FREE) {
			slot->id = id;
			slot->exe = *exe;
			slot->uid = uid;
			if (file)
				linx_dentry_name(file->f_path.dentry, slot->name, sizeof(slot->name));
			atomic_set_release(&slot->state, READY); /* pairs with the loads below and in linx_deny_program_get() */
			return slot;
		}
		if (atomic_read_acquire(&slot->state) != READY)
			return NULL;
		if (slot->id == id && linx_ident_same(&slot->exe, exe))
			return slot;
	}
	return NULL;
}

void linx_deny_count_program(struct linx_deny_set *set, u64 id)
{
	struct file *exe = exe_of_current();
	struct linx_ident ident = {};
	struct linx_deny_slot *slot;

	if (exe)
		linx_ident_of(file_inode(exe), &ident);
	slot = find_slot(set, id, &ident, exe, current_real_cred()->uid);
	atomic64_inc(slot ? &slot->count : &set->programs_missed);
	if (exe)
		fput(exe);
}

/*
 * Sets *to to the id in the new set of the rules that continue the old set's rules with this id (linx_deny_set.from).
 * Returns false if there are no such rules.
 */
static bool new_id(const struct linx_deny_set *set, const struct linx_deny_set *old, u64 id, u64 *to)
{
	u32 i;

	for (i = 0; i < set->nrules; i++)
		if (set->from[i].first != LINX_DENY_FROM_NONE && old->rules[set->from[i].first].id == id) {
			*to = set->rules[i].id;
			return true;
		}
	return false;
}

/*
 * Writes a slot's name even if its state is READY already: names are read only under linx_deny_lock, which the caller
 * holds.
 */
void linx_deny_take_programs(struct linx_deny_set *set, const struct linx_deny_set *old)
{
	const struct linx_deny_slot *slot;
	struct linx_deny_slot *to;
	u64 id;
	u32 i;

	for (i = 0; i < LINX_DENY_PROGRAMS; i++) {
		slot = &old->programs[i];
		if (atomic_read_acquire(&slot->state) != READY || !new_id(set, old, slot->id, &id))
			continue;
		preempt_disable(); /* a slot must not stay CLAIMED for long: hooks on other CPUs would find no slot */
		to = find_slot(set, id, &slot->exe, NULL, slot->uid);
		preempt_enable();
		if (to && !*to->name)
			strscpy(to->name, slot->name, sizeof(to->name));
		atomic64_add(atomic64_read(&slot->count), to ? &to->count : &set->programs_missed);
	}
	atomic64_add(atomic64_read(&old->programs_missed), &set->programs_missed);
}

bool linx_deny_program_get(const struct linx_deny_slot *slot, struct linx_deny_program *to)
{
	if (atomic_read_acquire(&slot->state) != READY)
		return false;
	*to = (struct linx_deny_program){ .id = slot->id, .dev = slot->exe.dev, .ino = slot->exe.ino };
	to->count = atomic64_read(&slot->count);
	strscpy(to->name, slot->name, sizeof(to->name));
	return true;
}
