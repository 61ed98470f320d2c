/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Preparation of a run that uses the network: drops capabilities, and listens. */
#ifndef LINXCAP_WATCH_H
#define LINXCAP_WATCH_H

#include "trace/settings.h"

/*
 * Called after a source was started. If an output or --metrics uses the network, the process needs no
 * capability from now on, and drops all. *t: the listener of --metrics. Returns an exit status, already
 * reported.
 */
int watch_begin(const struct settings *s, const struct linx *l, struct listener_thread **t);
/*
 * Seals a session whose settings are final where the process has dropped its capabilities, so that whoever takes the process
 * over cannot have more recorded. Returns an exit status; an error was printed.
 */
int watch_seal(const struct settings *s, struct linx *l);

#endif
