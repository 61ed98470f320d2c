/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prepares a run that uses the network: drops capabilities, and starts to listen. */
#ifndef LINXCAP_WATCH_H
#define LINXCAP_WATCH_H

#include "trace/settings.h"

/*
 * Drops all capabilities of the process if an output or --metrics uses the network, and the process needs no capability
 * any more. Starts the listener of --metrics, *t. Call it after the source was started. Returns an exit status; an
 * error was printed.
 */
int watch_begin(const struct settings *s, const struct linx *l, struct listener_thread **t);
/*
 * Seals the session if the settings can no longer change and the process has dropped its capabilities. An attacker who
 * takes over the process then cannot make the session record more. Returns an exit status; an error was printed.
 */
int watch_seal(const struct settings *s, struct linx *l);

#endif
