/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What linx-store and linx-ship say to each other about a ledger: places, floors, and orders for what is missing. */
#ifndef STORE_TALK_H
#define STORE_TALK_H

#include "nats/nats_pull.h"
#include "store/ledger.h"

#ifdef FLEET_HAS_NATS
/* Notes the place of linx-ship on a machine: text is "SPOOL FIRST NEXT". Other texts are ignored. */
void talk_take_place(struct ledger *l, const char *machine, const char *text, uint64_t now);
/* Sends the floors of all spools of which linx-ship was heard lately. */
void talk_say_floors(struct nats *n, const struct ledger *l, uint64_t now);
/*
 * Asks for what is missing in spools whose floor has not risen for wait_ns. Returns how many orders were sent.
 */
unsigned int talk_ask(struct nats *n, struct ledger *l, uint64_t wait_ns, uint64_t now);
#endif

#endif
