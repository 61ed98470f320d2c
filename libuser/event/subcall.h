/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Multiplexed calls: socketcall and ipc of i386, one number for many calls. */
#ifndef LINX_SUBCALL_H
#define LINX_SUBCALL_H

#include "event/event.h"

/*
 * Makes an event of such a call an event of the call behind it, if it names one: its name, its arguments and
 * their memory. The number stays. room: memory for the call, to which ev->call then points.
 */
void linx_subcall(const struct linx_table *t, struct linx_event *ev, struct linx_table_call *room);

#endif
