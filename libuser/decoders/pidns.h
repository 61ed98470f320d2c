/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Map from numbers of tasks in pid namespaces to those of the initial one: strace --decode-pids=pidns. Ended
 * tasks stay up to a bound, since a process group may still have the number.
 */
#ifndef LINX_PIDNS_H
#define LINX_PIDNS_H

#include "event/event.h"

struct linx_pidns;
/* Make an empty map. NULL: no memory. */
struct linx_pidns *linx_pidns_new(void);
void linx_pidns_free(struct linx_pidns *n);
/* Note the task of this event. */
void linx_pidns_note(struct linx_pidns *n, const struct linx_event *ev);
/* Initial namespace's number of the task with this number in the namespace of the event's task. 0: not known. */
uint32_t linx_pidns_find(const struct linx_pidns *n, const struct linx_event *ev, uint32_t number);

#endif
