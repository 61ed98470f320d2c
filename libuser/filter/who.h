/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields' queries of the state of processes: one function for each question. */
#ifndef LINX_WHO_H
#define LINX_WHO_H

#include "filter/field.h"

/* Raised whenever the list of descriptors of the event's process changes. */
uint64_t linx_who_fds_version(const struct linx_event *ev);

/* Mounts of the event's container as a text in o. False: they are not known. */
bool linx_who_mounts(const struct linx_event *ev, struct linx_strbuf *o);

#endif
