/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Places of this kernel that can be probed: see linx_find_probes() in <linx/probe.h>. */
#ifndef LINX_PROBE_PLACES_H
#define LINX_PROBE_PLACES_H

#include <linx/probe.h>

#include "base/error.h"

/* Paths at which the kernel lists functions and tracepoints. Tests use other ones. */
struct linx_place_files {
	const char *symbols; /* /proc/kallsyms */
	const char *traceable; /* available_filter_functions of tracefs: functions that ftrace can hook */
	const char *forbidden; /* kprobes/blacklist of debugfs */
	const char *events; /* directory "events" of tracefs, which has a directory for each tracepoint */
	const char *types; /* folder of files with the types of the kernel and its modules */
};

int linx_places_find(const struct linx_place_files *files, const char *pattern,
		     int (*each)(void *ctx, const struct linx_probe_place *place), void *ctx, struct linx_error *err);

#endif
