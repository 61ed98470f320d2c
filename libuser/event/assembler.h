/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The assembler: groups of records in time order become events. event/assembler.c */
#ifndef LINX_ASSEMBLER_H
#define LINX_ASSEMBLER_H

#include "event/event.h"
#include "engine/merge.h"
#include "table/select.h"

/* The stage between merge and user: joins, attributes, decodes. */
struct linx_assembler;
int linx_assembler_new(const struct linx_header *h, struct linx_table *t,
		       struct linx_assembler **out);
void linx_assembler_free(struct linx_assembler *a);
/* Before anything is fed: it is of the section that follows before's. See linx_tasks_follow(). */
void linx_assembler_follow(struct linx_assembler *a, const struct linx_assembler *before);
/* Newest relation to wall time, used from now on. */
void linx_assembler_clock(struct linx_assembler *a, const struct linx_clock *c);
/* Entries of calls that return are delivered as events of their own too. */
void linx_assembler_entries(struct linx_assembler *a, bool on);
/* Which calls are delivered (a file holds what was recorded; NULL: all). Copied. */
int linx_assembler_select(struct linx_assembler *a, const struct linx_select *sel);
int linx_assembler_skip(struct linx_assembler *a, uint32_t tid);
/*
 * Feed one group. 1: an event is ready in *ev, borrowed until the next feed or
 * flush (it may point into the group); 0: nothing to deliver; -ENOMEM.
 */
int linx_assembler_feed(struct linx_assembler *a, const struct linx_group *g,
			const struct linx_event **ev);
/*
 * Before this time of the stream records were lost: calls that were under way may
 * have ended, and others of the same name begun. context: so may those that say
 * who tasks are, without being told again.
 */
void linx_assembler_lost(struct linx_assembler *a, uint64_t until, bool context);
/*
 * Between these times what is recorded changed: the same of calls that were
 * entered before the last and returned after the first.
 */
void linx_assembler_doubt(struct linx_assembler *a, uint64_t since, uint64_t until);
/* What is in a->rest stays there when the group's memory goes. */
void linx_assembler_hold(struct linx_assembler *a);
/*
 * A group can make more than one event: what tasks were doing, of which nothing told how
 * it ended, then the group's own. After a feed that gave 1, call this until it gives 0, before the next
 * feed and while the group's memory is still there. 1: *ev as above.
 */
int linx_assembler_more(struct linx_assembler *a, const struct linx_event **ev);
/*
 * Records of a snapshot, or of a part of one, before any group of a later time:
 * no events of their own. 0, -ENOMEM, -EBADMSG.
 */
int linx_assembler_snapshot(struct linx_assembler *a, const uint8_t *data, size_t len);
/* The same of all that s has, whose memory it takes over; s is empty then. */
int linx_assembler_take(struct linx_assembler *a, struct linx_snap *s);
/* At the end: calls that never returned, one at a time, as unfinished. 1, or 0 when there are no more. */
int linx_assembler_flush(struct linx_assembler *a, const struct linx_event **ev);

#endif
