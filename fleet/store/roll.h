/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The machines that may connect to the server of NATS, in a folder:
 *
 *     machines     the list: "store KEY", then a line "machine NAME KEY" for each; the only file that is read
 *     linx.conf    made of the list: users and their permissions, which the configuration of nats-server includes
 *     store.nk     seed of linx-store
 *     keys/NAME.nk seed of a machine
 *
 * The list has public keys alone, so that nats-server, with a user of its own, can read all but the seeds.
 */
#ifndef STORE_ROLL_H
#define STORE_ROLL_H

#include <stddef.h>

#include "nats/nkey.h"
#include "spool/spool_block.h"

struct roll_machine {
	char name[SPOOL_MACHINE_MAX + 1];
	char key[NKEY_PUBLIC + 1]; /* public key */
};

struct roll {
	int dir; /* descriptor of the folder */
	int lock; /* descriptor of a file in it, which is locked */
	char store[NKEY_PUBLIC + 1]; /* public key of linx-store; empty: the list is new */
	struct roll_machine *machines;
	size_t n, room;
};

/*
 * Opens the folder, or makes it, waits until no other process has it open, and reads the list. 0: to be closed with
 * roll_close(); -1: why has the reason.
 */
int roll_open(struct roll *r, const char *path, struct problem *why);
void roll_close(struct roll *r);
/*
 * Adds a machine. -1: it is there, or its name and another one could not be kept apart: why has the reason. key may be
 * set later, in the entry that is the last one then.
 */
int roll_add(struct roll *r, const char *name, struct problem *why);
/* Removes a machine. -1: it is not there: why has the reason. */
int roll_remove(struct roll *r, const char *name, struct problem *why);
/* Writes the list and linx.conf. 0; -1: why has the reason. */
int roll_write(const struct roll *r, struct problem *why);

#endif
