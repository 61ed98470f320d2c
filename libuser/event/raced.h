/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds values that changed during a call: the event then has the flag LINX_EVENT_RACED and both values. */
#ifndef LINX_RACED_H
#define LINX_RACED_H

#include "event/event.h"

/*
 * Compares a value that was read at return with ev->in[arg], which was read at entry. If the value
 * at entry was unreadable, the one at return replaces it, marked LINX_LATE.
 */
void linx_raced_merge(struct linx_event *ev, unsigned int arg, struct linx_value late);
/* Compares the file name and arguments of a successful exec with those that its EXEC record put into ev->field. */
void linx_raced_exec(struct linx_event *ev);
/* Compares the address that connect was given with the peer that the socket is connected to. */
void linx_raced_peer(struct linx_event *ev);

#endif
