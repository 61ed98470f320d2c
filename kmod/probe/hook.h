/* SPDX-License-Identifier: GPL-2.0-only */
/* How sites are hooked, and modules that come and go. Implemented in probe/hook.c. */
#ifndef LINX_KMOD_PROBE_HOOK_H
#define LINX_KMOD_PROBE_HOOK_H

#include "probe/set.h"

/*
 * Chooses how a function is hooked (linx_site.hook), and prepares that: nothing is called yet. offset: of the
 * instruction. has_regs: all registers are needed. Returns 0, -EADDRNOTAVAIL or another -errno. linx_probes_lock is
 * held.
 */
int linx_hook_choose(struct linx_site *site, bool has_regs, u64 offset);
/* Undoes what linx_hook_choose() has done for n sites, hooked or not, and waits until no handler of them runs. */
void linx_hook_release(struct linx_site *sites, u32 n);
/* Finds a tracepoint of the kernel or of a module. NULL: there is none. linx_probes_lock is held. */
struct tracepoint *linx_hook_tracepoint(const char *name);
/* Frees what linx_hook_choose() has stored in the set for its sites BY_FTRACE. */
void linx_hook_forget(struct linx_probes *set);

/* Sets are listed from their first probe on until they are freed, so that no unload of a module is missed. */
void linx_hook_list(struct linx_probes *set);
void linx_hook_unlist(struct linx_probes *set);
/* Is any set of probes listed? The caller holds linx_probes_lock. */
bool linx_hook_any(void);

#endif
