/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The assembler turns groups of records in time order into events: event/assembler.c. */
#ifndef LINX_ASSEMBLER_H
#define LINX_ASSEMBLER_H

#include "event/event.h"
#include "engine/merge.h"
#include "table/select.h"

/* Stage between merge and user: joins entry and return, finds the task of each event, decodes values. */
struct linx_assembler;
int linx_assembler_new(const struct linx_header *h, struct linx_table *t,
		       struct linx_assembler **out);
void linx_assembler_free(struct linx_assembler *a);
/* Continues the versions of the section before: see linx_tasks_follow(). Call before anything is fed. */
void linx_assembler_follow(struct linx_assembler *a, const struct linx_assembler *before);
/* Sets the relation of stream time to wall time, used from now on. */
void linx_assembler_clock(struct linx_assembler *a, const struct linx_clock *c);
/* Sets whether entries of calls that return are delivered as events of their own, too. */
void linx_assembler_entries(struct linx_assembler *a, bool on);
/* Selects the calls that are delivered; a file may hold more. NULL: all. The selection is copied. */
int linx_assembler_select(struct linx_assembler *a, const struct linx_select *sel);
int linx_assembler_skip(struct linx_assembler *a, uint32_t tid);
/*
 * Feeds one group. 1: an event is in *ev, borrowed until the next feed or flush (it may point
 * into the group); 0: nothing to deliver; -ENOMEM.
 */
int linx_assembler_feed(struct linx_assembler *a, const struct linx_group *g,
			const struct linx_event **ev);
/*
 * Notes that records before this stream time were lost: a call under way may have returned, and another one
 * with the same number may have begun. context: context records may be among them, and will not be repeated.
 */
void linx_assembler_lost(struct linx_assembler *a, uint64_t until, bool context);
/*
 * Notes that the selection of records changed between these stream times: a call entered before the last and
 * returned after the first may in truth be two calls, with a return and an entry that are missing.
 */
void linx_assembler_doubt(struct linx_assembler *a, uint64_t since, uint64_t until);
/* Copies the record in a->rest, if any, since the memory of its group is about to go. */
void linx_assembler_hold(struct linx_assembler *a);
/*
 * Continues with the last group, which can make more than one event: calls whose returns are
 * missing, then its own. After a feed that gave 1, call this until it gives 0, before the next
 * feed and while the group's memory is valid. 1: an event is in *ev, as for
 * linx_assembler_feed().
 */
int linx_assembler_more(struct linx_assembler *a, const struct linx_event **ev);
/*
 * Applies records of a snapshot, or of a part of one, before any group of a later time is fed.
 * They make no events. 0, -ENOMEM, -EBADMSG.
 */
int linx_assembler_snapshot(struct linx_assembler *a, const uint8_t *data, size_t len);
/* Like linx_assembler_snapshot() with all records of s. Takes over its memory; s is empty afterwards. */
int linx_assembler_take(struct linx_assembler *a, struct linx_snap *s);
/* Makes unfinished events, one at a time, of calls that have not returned at the end. 1; 0: no more; -ENOMEM. */
int linx_assembler_flush(struct linx_assembler *a, const struct linx_event **ev);

#endif
