/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What numbers of tasks that live in pid namespaces of their own mean in the
 * initial one: strace --decode-pids=pidns. Tasks that ended are remembered, as
 * their number may still be a group's; what is remembered is bounded.
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
/* Whom the task of this event means by that number. 0: not known. */
uint32_t linx_pidns_find(const struct linx_pidns *n, const struct linx_event *ev, uint32_t number);

#endif
