// SPDX-License-Identifier: GPL-2.0-only
/* Places with sites, in a table by address; see probe/place.h. Process context, linx_probes_lock is held. */
#include <linux/hashtable.h>
#include <linux/slab.h>
#include "core/ring.h"
#include "probe/place.h"

static DEFINE_HASHTABLE(places, 10);

static struct linx_place *place_at(unsigned long addr)
{
	struct linx_place *place;

	hash_for_each_possible(places, place, same_hash, addr)
		if (place->addr == addr)
			return place;
	place = kzalloc(sizeof(*place), LINX_GFP);
	if (!place)
		return NULL;
	place->addr = addr;
	INIT_LIST_HEAD(&place->sites);
	hash_add(places, &place->same_hash, addr);
	return place;
}

int linx_place_join(struct linx_site *site)
{
	struct linx_place *place = place_at(site->addr);

	lockdep_assert_held(&linx_probes_lock);
	if (!place)
		return -ENOMEM;
	if (place->n == LINX_PLACE_SITES_MAX)
		return -E2BIG;
	list_add_tail(&site->at_place, &place->sites);
	site->place = place;
	WRITE_ONCE(place->n, place->n + 1);
	return 0;
}

void linx_place_leave(struct linx_site *site)
{
	struct linx_place *place = site->place;

	lockdep_assert_held(&linx_probes_lock);
	if (!place)
		return;
	site->place = NULL;
	list_del(&site->at_place);
	WRITE_ONCE(place->n, place->n - 1);
	if (place->n)
		return;
	hash_del(&place->same_hash);
	kfree(place);
}

/*
 * Returns true if two hooked sites have two handlers of ftrace. A session has one handler for its functions, and the
 * kernel has one for all kprobes.
 */
static bool are_apart(const struct linx_site *a, const struct linx_site *b)
{
	return a->hook == LINX_BY_FTRACE ? b->hook != LINX_BY_FTRACE || a->set != b->set : b->hook == LINX_BY_FTRACE;
}

void linx_place_hooked(struct linx_site *site)
{
	struct linx_site *other;

	lockdep_assert_held(&linx_probes_lock);
	site->may_be_hit = true;
	if (site->hook == LINX_BY_FTRACE && LINX_FTRACE_BY_LIST)
		WRITE_ONCE(site->shared, true);
	list_for_each_entry(other, &site->place->sites, at_place) {
		if (!other->may_be_hit || !are_apart(site, other))
			continue;
		WRITE_ONCE(site->shared, true);
		WRITE_ONCE(other->shared, true);
	}
}
