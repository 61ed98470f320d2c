/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words enroll and revoke of linx-store: keys of machines, and their permissions in the server of NATS. */
#ifndef STORE_ENROLL_H
#define STORE_ENROLL_H

#include "base/message.h"
#include "nats/nats_client.h"

#define ENROLL_FOLDER "/etc/linx-nats"

struct enroll_settings {
	const char *folder; /* see store/roll.h */
	const struct nats_settings *nats; /* of the machines: for the line that they need */
	int pid; /* process of nats-server that reads its configuration again; 0: none */
};

/* Each function works on n names. 0; -1: nothing is changed, except as enroll_revoke() says: why has the reason. */

/* Makes keys of machines, adds them to the list, and prints what each machine needs. No names: see store/roll.h. */
int enroll_add(const struct enroll_settings *e, char **names, int n, struct problem *why);
/* Removes machines and their seeds. If it fails, seeds can be gone whose machines are still in the list. */
int enroll_revoke(const struct enroll_settings *e, char **names, int n, struct problem *why);

/* enroll_main.c: runs "enroll ..." or "revoke ...", where argv[0] is the word. Returns the exit status. */
int enroll_main(int argc, char **argv);

#endif
