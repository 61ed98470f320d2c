/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks that refuse, for enforce/deny_sets.c. Implemented in enforce/deny_hook.c. Process context, may sleep. */
#ifndef LINX_KMOD_DENY_HOOK_H
#define LINX_KMOD_DENY_HOOK_H

#include <linux/mutex.h>
#include "enforce/deny_set.h"

/* Sets that can be loaded at a time: one bit each in a word of a hook. */
#define LINX_DENY_SETS 32

/* Protects the list of sets and the hooks. Taken after session.lock, and after the lock of the module's parameters. */
extern struct mutex linx_deny_lock;
/* The sets; NULL: a free element. Hooks are RCU readers. */
extern struct linx_deny_set __rcu *linx_deny_sets[LINX_DENY_SETS];

/* Attaches a hook, if it is not. Returns an error, and then sets why->hook and why->reason. */
int linx_deny_attach(u32 hook, struct linx_deny_error *why);
void linx_deny_detach(u32 hook);
/* Is a function still replaced? */
bool linx_deny_any_attached(void);
/* Lets the hooks of one or two sets ask element i of linx_deny_sets; NULL: of none. */
void linx_deny_use(u32 i, const struct linx_deny_set *one, const struct linx_deny_set *two);
/* Is a function of each call that the set's rules name attached? False: *why is set. */
bool linx_deny_calls_attached(const struct linx_deny_set *set, struct linx_deny_error *why);
/* Allocates the room that hooks need to judge, if it is not there; it is freed when the module is unloaded. -ENOMEM */
int linx_deny_make_room(void);
void linx_deny_free_room(void);
/* The module's parameter enforce. */
bool linx_deny_enforced(void);

#endif
