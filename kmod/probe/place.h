/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Places in the kernel with sites of any session: what all probes at one function or tracepoint share. Implemented in
 * probe/place.c. linx_probes_lock is held by all callers.
 */
#ifndef LINX_KMOD_PROBE_PLACE_H
#define LINX_KMOD_PROBE_PLACE_H

#include "core/probe_work.h"
#include "probe/set.h"

/* Most sites at a place. They run in a row, with preemption off, each time that the place is reached. */
#define LINX_PLACE_SITES_MAX 64u

struct linx_place {
	struct hlist_node same_hash;
	unsigned long addr; /* linx_site.addr of its sites */
	struct list_head sites; /* by linx_site.at_place */
	u32 n; /* sites in the list; handlers read it */
};

/* Puts a site on the list of its place. -ENOMEM; -E2BIG: the place has as many sites as it may have. */
int linx_place_join(struct linx_site *site);
/* Takes a site off its list, if it is on one. The caller has waited for its handlers. */
void linx_place_leave(struct linx_site *site);

/*
 * Begins and ends the time in which a site's handler may be called. If ftrace calls several handlers at a function, it
 * drops, without a count, calls of the function that one of these handlers makes: then all sites there are marked.
 */
void linx_place_hooked(struct linx_site *site);

/* Returns the work that a hit of the site may do, so that all sites at the place together do that of one probe. */
static inline u32 linx_place_share(const struct linx_site *site)
{
	return LINX_PROBE_WORK_MAX / max(READ_ONCE(site->place->n), 1u);
}

#endif
