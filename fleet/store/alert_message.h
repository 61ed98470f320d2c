/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks alerts that come from the network. Every byte of them can be invented. */
#ifndef STORE_ALERT_MESSAGE_H
#define STORE_ALERT_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/spool_block.h"

/* Identity of an alert: the machine that the subject names, and its place in a spool of that machine. */
struct alert_place {
	char machine[SPOOL_MACHINE_MAX + 1];
	uint64_t spool;
	uint64_t number, last; /* last differs if the alert stands for several that are lost */
};

/*
 * Reads the identity from a subject "linx.alerts.MACHINE" and the header FLEET_ALERT_HEAD, which can be NULL. False: it has
 * none.
 */
bool alert_place_read(struct alert_place *p, const char *subject, const char *head);
/*
 * Checks that the text is an alert of this machine: one JSON object in UTF-8 of at most ALERT_BYTES_MAX bytes, with the
 * keys that all alerts have, and no key twice. Returns NULL, or what the text is not. *lost: number of lost alerts that
 * the alert reports, mostly 0.
 */
const char *alert_check(const char *machine, const char *text, size_t len, uint64_t *lost);

#endif
