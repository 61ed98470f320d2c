/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two kinds of traces: live, and from a file. Both functions return an exit status.
 *
 * The directory trace/ has all that runs a trace: its options and settings, sources, child process, event loop,
 * sink, and the destinations of events in trace/destinations/. It does not depend on subcommands: those in cmd/ and
 * strace/ call it.
 */
#ifndef LINXCAP_TRACE_H
#define LINXCAP_TRACE_H

#include "output/stats.h"
#include "trace/loop.h"
#include "trace/settings.h"

/*
 * Runs a live trace. If a signal killed the traced command, this process ends by the same signal, and the function
 * does not return.
 */
int live_run(const struct settings *s);
int replay_run(const struct settings *s);

/*
 * Prints the account of a trace, unless the settings suppress it, and writes the counters of --stats. Returns an exit
 * status.
 */
int trace_account(const struct settings *s, const struct stats_source *from);

#endif
