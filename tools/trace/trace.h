/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two ways of a trace: from the module, from a file. Both return an exit status.
 *
 * The room trace/ runs a trace: its options and settings, sources, child process,
 * event loop, sink, and the destinations of events in trace/destinations/. It knows no subcommand: cmd/ and strace/ call it.
 */
#ifndef LINXCAP_TRACE_H
#define LINXCAP_TRACE_H

#include "trace/loop.h"
#include "trace/settings.h"

/* Does not return if the command was killed by a signal: ends by the same. */
int live_run(const struct settings *s);
int replay_run(const struct settings *s);

/* The account at the end, as the settings want it. c NULL: not known. */
int trace_account(const struct settings *s, const struct linx_certificate *c, uint64_t events);

#endif
