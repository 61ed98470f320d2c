/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Maps the pids in pid namespaces to those in the initial one, for strace --decode-pids=pidns. Tasks that ended
 * stay in the map until their entry is needed, because a process group can still have their number.
 */
#ifndef LINX_PIDNS_H
#define LINX_PIDNS_H

#include "event/event.h"

struct linx_pidns;
/* Makes an empty map. NULL: no memory. */
struct linx_pidns *linx_pidns_new(void);
void linx_pidns_free(struct linx_pidns *n);
/* Adds the task of an event to the map. */
void linx_pidns_note(struct linx_pidns *n, const struct linx_event *ev);
/*
 * Returns the pid in the initial namespace of the task that has this number in the namespace of the event's
 * task. 0: not known.
 */
uint32_t linx_pidns_find(const struct linx_pidns *n, const struct linx_event *ev, uint32_t number);

#endif
