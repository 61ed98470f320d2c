/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Map from numbers of tasks in pid namespaces to those of the initial one: strace
 * --decode-pids=pidns. Tasks that ended are remembered up to a bound, as their number may
 * still be a group's.
 */
#ifndef LINX_PIDNS_H
#define LINX_PIDNS_H

#include "event/event.h"

struct linx_pidns;
/* NULL: no memory. */
struct linx_pidns *linx_pidns_new(void);
void linx_pidns_free(struct linx_pidns *n);
/* Remember who made this event. */
void linx_pidns_note(struct linx_pidns *n, const struct linx_event *ev);
/* Initial namespace's number of the task that this event's task calls number. 0: not known. */
uint32_t linx_pidns_find(const struct linx_pidns *n, const struct linx_event *ev, uint32_t number);

#endif
