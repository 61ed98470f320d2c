/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Multiplexed calls: socketcall(2) and ipc(2) of i386, each of which stands for many calls. */
#ifndef LINX_SUBCALL_H
#define LINX_SUBCALL_H

#include "event/event.h"

/*
 * Turns an event of socketcall or ipc into an event of the call that its first argument names: sets the name, the
 * arguments and their memory; ev->nr stays. room: memory for the call, to which ev->call then points.
 */
void linx_subcall(const struct linx_table *t, struct linx_event *ev, struct linx_table_call *room);

#endif
