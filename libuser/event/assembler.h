/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The assembler turns groups of records in time order into events: event/assembler.c. */
#ifndef LINX_ASSEMBLER_H
#define LINX_ASSEMBLER_H

#include "event/event.h"
#include "engine/merge.h"
#include "table/select.h"

/* Joins the entry and the return of a call, finds the task of each event, and decodes values. */
struct linx_assembler;
int linx_assembler_new(const struct linx_header *h, struct linx_table *t,
		       struct linx_assembler **out);
void linx_assembler_free(struct linx_assembler *a);
/* Continues the version numbers of the previous section: see linx_tasks_follow(). Call before anything is fed. */
void linx_assembler_follow(struct linx_assembler *a, const struct linx_assembler *before);
/* Sets the list of the stream's probes, which may grow later and stays the caller's. */
void linx_assembler_protos(struct linx_assembler *a, const struct linx_protos *protos);
/* Sets the names of the stream's rules that refuse. The list may grow later and stays the caller's. */
void linx_assembler_rule_names(struct linx_assembler *a, const struct linx_rule_names *names);
/* Sets the relation of stream time to wall time, used from now on. */
void linx_assembler_clock(struct linx_assembler *a, const struct linx_clock *c);
/* Sets whether the entries of calls that return are also delivered, as separate events. */
void linx_assembler_entries(struct linx_assembler *a, bool on);
/* Selects the calls that are delivered; a file may hold more. NULL: all. The selection is copied. */
int linx_assembler_select(struct linx_assembler *a, const struct linx_select *sel);
/* Makes the assembler leave out the events of task tid before its first exec. 0 or -ENOMEM. */
int linx_assembler_skip(struct linx_assembler *a, uint32_t tid);
/*
 * Feeds one group. 1: an event is in *ev, borrowed until the next feed or flush (it may point
 * into the group); 0: nothing to deliver; -ENOMEM.
 */
int linx_assembler_feed(struct linx_assembler *a, const struct linx_group *g,
			const struct linx_event **ev);
/*
 * Reports that records before this stream time were lost: a call under way may have returned, and another call
 * with the same number may have begun. context: the lost records may include records about tasks, which will not
 * be repeated.
 */
void linx_assembler_lost(struct linx_assembler *a, uint64_t until, bool context);
/*
 * Reports that the selection of records changed between these stream times: an entry before "until" and a return after
 * "since" may belong to two calls, whose return and entry in between were not recorded.
 */
void linx_assembler_doubt(struct linx_assembler *a, uint64_t since, uint64_t until);
/*
 * Makes the event of a TAMPER record that belongs to no lane. Work that the last feed left for the next feed, such as
 * the removal of an ended task, stays undone. Returns as linx_assembler_feed().
 */
int linx_assembler_tamper(struct linx_assembler *a, const struct linx_group *g, const struct linx_event **ev);
/*
 * Copies the record that is still to be fed again (a->rest), if there is one, since the memory of its group is about to
 * be freed.
 */
void linx_assembler_hold(struct linx_assembler *a);
/*
 * Gets the next event of the last group, which can make more than one: events of calls whose
 * returns are missing, then its own. After a feed that returned 1, call this until it returns 0,
 * before the next feed and while the group's memory is valid. 1: an event is in *ev, as for
 * linx_assembler_feed().
 */
int linx_assembler_more(struct linx_assembler *a, const struct linx_event **ev);
/*
 * Applies records of a snapshot of all tasks, or of a part of one. Call it before any group of a
 * later time is fed. The records make no events. 0, -ENOMEM, -EBADMSG.
 */
int linx_assembler_snapshot(struct linx_assembler *a, const uint8_t *data, size_t len);
/* Applies all records of s like linx_assembler_snapshot(). Takes over the memory of s, which is empty afterwards. */
int linx_assembler_take(struct linx_assembler *a, struct linx_snap *s);
/*
 * Makes unfinished events, one at a time, of calls that have not returned at the end. 1: an event is in *ev; 0: there
 * are no more; -ENOMEM.
 */
int linx_assembler_flush(struct linx_assembler *a, const struct linx_event **ev);

#endif
