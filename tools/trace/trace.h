/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two kinds of traces: live, and from a file. Both functions return an exit status.
 *
 * The room trace/ runs a trace: its options and settings, sources, child process, event loop, sink, and the
 * destinations of events in trace/destinations/. It knows no subcommand: cmd/ and strace/ call it.
 */
#ifndef LINXCAP_TRACE_H
#define LINXCAP_TRACE_H

#include "trace/loop.h"
#include "trace/settings.h"

/* Runs a live trace. Does not return if a signal killed the command: ends by the same signal. */
int live_run(const struct settings *s);
int replay_run(const struct settings *s);

/* Prints the account at the end, by the settings. c NULL: not known. */
int trace_account(const struct settings *s, const struct linx_certificate *c, uint64_t events);

#endif
