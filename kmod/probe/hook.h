/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks the sites of probes, and watches modules that are loaded and unloaded. Implemented in probe/hook.c. */
#ifndef LINX_KMOD_PROBE_HOOK_H
#define LINX_KMOD_PROBE_HOOK_H

#include "probe/set.h"

/*
 * Chooses how a function is hooked (linx_site.hook), and prepares the hook; no handler is called yet. offset: that of
 * linx_site.addr in the function. has_regs: the probe needs all registers. Returns 0; -EADDRNOTAVAIL; -ERANGE: the
 * function ends before the offset; -EILSEQ: no instruction begins there; or another -errno. linx_probes_lock is held.
 */
int linx_hook_choose(struct linx_site *site, bool has_regs, u64 offset);
/* Undoes what linx_hook_choose() has done for n sites, hooked or not, and waits until none of their handlers runs. */
void linx_hook_release(struct linx_site *sites, u32 n);
/*
 * Finds the tracepoint NAME of the kernel's image, or MODULE:NAME of a module; others of the same name are passed over.
 * NULL: there is none. linx_probes_lock is held.
 */
struct tracepoint *linx_hook_tracepoint(const char *name);
/* Frees the ftrace filter, in which linx_hook_choose() has stored the sites with LINX_BY_FTRACE. */
void linx_hook_forget(struct linx_probes *set);

/*
 * linx_hook_list() puts a session's set of probes on the list of all sets, linx_hook_unlist() takes it off. A set is
 * listed from its first probe on until it is freed, so that its sites are marked when their module is unloaded.
 */
void linx_hook_list(struct linx_probes *set);
void linx_hook_unlist(struct linx_probes *set);
/* Calls fn for each site of all listed sets. The caller holds linx_probes_lock. */
void linx_hook_each(void (*fn)(struct linx_site *site, unsigned int cpu), unsigned int cpu);
/* Is any set of probes listed? The caller holds linx_probes_lock. */
bool linx_hook_any(void);

#endif
