/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values that changed while a call was under way: the event is raced, and holds both. */
#ifndef LINX_RACED_H
#define LINX_RACED_H

#include "event/event.h"

/* A value that was read at return, beside that in ev->in[arg], which the entry told. */
void linx_raced_merge(struct linx_event *ev, unsigned int arg, struct linx_value late);
/* A successful exec: its name and arguments, against what the EXEC record tells in ev->field. */
void linx_raced_exec(struct linx_event *ev);
/* What the socket is connected to, against the address that stood in memory before. */
void linx_raced_peer(struct linx_event *ev);

#endif
