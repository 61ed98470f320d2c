/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Queries of the state of processes for fields. */
#ifndef LINX_WHO_H
#define LINX_WHO_H

#include "filter/field.h"

/*
 * Returns the version of the list of open descriptors of the event's process. Each change raises the version. 0: not
 * known
 */
uint64_t linx_who_fds_version(const struct linx_event *ev);

/* Writes the mounts of the event's container as text to o. False: they are not known. */
bool linx_who_mounts(const struct linx_event *ev, struct linx_strbuf *o);

#endif
