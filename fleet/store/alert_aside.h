/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Refused alerts, as files DIR/alerts/refused/MACHINE/SPOOL-NUMBER.json. Each machine has a share of the folder, so that
 * one machine cannot fill it for others.
 */
#ifndef STORE_ALERT_ASIDE_H
#define STORE_ALERT_ASIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "store/alert_message.h"

/* Limits for each machine: files, and their bytes. */
#define ALERT_ASIDE_FILES 256u
#define ALERT_ASIDE_BYTES (2u << 20)
/* Limit of machines. */
#define ALERT_ASIDE_MACHINES 4096u

/*
 * Keeps a refused alert in the folder "dir", which is DIR/alerts. An alert that is kept already is written again. False:
 * the share of its machine is full, or the disk is.
 */
bool alert_aside_put(int dir, const struct alert_place *p, const void *data, size_t len);

#endif
