/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prepares a run that speaks with the network: drops capabilities, and listens. */
#ifndef LINXCAP_WATCH_H
#define LINXCAP_WATCH_H

#include "trace/settings.h"

/*
 * A source was started. Where an output or --metrics speaks with the network the process needs no capability
 * from here on, and keeps none. *t: the listener of --metrics. An exit status, which was told.
 */
int watch_begin(const struct settings *s, const struct linx *l, struct listener_thread **t);
/*
 * Seals a session whose settings are final where the process has dropped its capabilities, so that whoever takes the process
 * over cannot have more recorded. Returns an exit status; an error was printed.
 */
int watch_seal(const struct settings *s, struct linx *l);

#endif
