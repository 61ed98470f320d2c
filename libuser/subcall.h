/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One number for many calls: socketcall and ipc of i386. */
#ifndef LINX_SUBCALL_H
#define LINX_SUBCALL_H

#include "event.h"

/*
 * In a selection each of them has a bit beyond all numbers that i386 has, so
 * that "accept" selects socketcalls, of which the others are then left out.
 */
#define LINX_SUBCALL_FIRST 960
#define LINX_SUBCALL_END 1010
/* The name behind such a bit, and the name of the call that it is a part of. NULL: none. */
const char *linx_subcall_name(unsigned int nr, const char **whole);
/* Is a part called that? Its name may be one that no number has: i386's send and recv. */
bool linx_subcall_known(const char *name);
/* The bit of the call itself, for what says that it is none of its parts. */
unsigned int linx_subcall_whole(const char *whole);

/*
 * If the event is of such a call and says which one, it becomes an event of
 * that one: name, arguments and what they point to. Its number stays. room: for
 * the call that the event then points to.
 */
void linx_subcall(const struct linx_table *t, struct linx_event *ev, struct linx_call *room);

#endif
