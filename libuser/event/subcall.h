/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One number for many calls: socketcall and ipc of i386. */
#ifndef LINX_SUBCALL_H
#define LINX_SUBCALL_H

#include "event/event.h"

/*
 * If the event is of such a call and says which one, it becomes an event of
 * that one: name, arguments and what they point to. Its number stays. room: for
 * the call that the event then points to.
 */
void linx_subcall(const struct linx_table *t, struct linx_event *ev, struct linx_table_call *room);

#endif
