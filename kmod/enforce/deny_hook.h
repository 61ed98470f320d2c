/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks that refuse, for enforce/deny_sets.c. Implemented in enforce/deny_hook.c. Process context, may sleep. */
#ifndef LINX_KMOD_DENY_HOOK_H
#define LINX_KMOD_DENY_HOOK_H

#include <linux/mutex.h>
#include "enforce/deny_set.h"

/* Most sets that can be loaded at a time. The number is that of the bits of users_of[] in enforce/deny_hook.c. */
#define LINX_DENY_SETS 32

/* Protects the list of sets and the hooks. Taken after session.lock, and after the lock of the module's parameters. */
extern struct mutex linx_deny_lock;
/* The sets of rules; NULL: a free element. Hooks read the pointers under RCU. */
extern struct linx_deny_set __rcu *linx_deny_sets[LINX_DENY_SETS];

/*
 * Attaches a hook, if it is not attached yet. Returns 0, or a negative errno after setting why->hook and why->reason.
 */
int linx_deny_attach(u32 hook, struct linx_deny_error *why);
void linx_deny_detach(u32 hook);
/* Is any hook still attached? */
bool linx_deny_any_attached(void);
/*
 * Makes the hooks for which set "one" or set "two" has rules, and no other hooks, look at linx_deny_sets[i]. Either set
 * may be NULL.
 */
void linx_deny_use(u32 i, const struct linx_deny_set *one, const struct linx_deny_set *two);
/*
 * Is a hook attached to at least one function of each system call that the set's rules name? If not, returns false and
 * sets *why.
 */
bool linx_deny_calls_attached(const struct linx_deny_set *set, struct linx_deny_error *why);
/*
 * Allocates the memory that hooks need to judge operations, unless this was done before. Returns 0 or -ENOMEM.
 * linx_deny_free_room() frees it when the module is unloaded.
 */
int linx_deny_make_room(void);
void linx_deny_free_room(void);
/* Returns the module's parameter "enforce": may rules be loaded and refuse? */
bool linx_deny_enforced(void);

#endif
