/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values that changed while a call was under way: the event gets LINX_EVENT_RACED, and holds both. */
#ifndef LINX_RACED_H
#define LINX_RACED_H

#include "event/event.h"

/*
 * Compares a value that was read at return with ev->in[arg], which was read at entry. If that
 * was unreadable, the value takes its place and is marked LINX_LATE.
 */
void linx_raced_merge(struct linx_event *ev, unsigned int arg, struct linx_value late);
/* Compares name and arguments of a successful exec with those of the EXEC record, in ev->field. */
void linx_raced_exec(struct linx_event *ev);
/* Compares the address that connect was given with the peer that the socket is connected to. */
void linx_raced_peer(struct linx_event *ev);

#endif
