/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Places of this kernel that can be probed: see linx_find_probes() in <linx/probe.h>. */
#ifndef LINX_PROBE_PLACES_H
#define LINX_PROBE_PLACES_H

#include <linx/probe.h>

#include "base/error.h"

/* Files of the kernel that say what there is. Tests have their own. */
struct linx_place_files {
	const char *symbols; /* /proc/kallsyms */
	const char *traceable; /* available_filter_functions of tracefs: what ftrace can hook */
	const char *forbidden; /* kprobes/blacklist of debugfs */
	const char *events; /* folder events of tracefs: tracepoints */
};

int linx_places_find(const struct linx_place_files *files, const char *pattern,
		     int (*each)(void *ctx, const struct linx_probe_place *place), void *ctx, struct linx_error *err);

#endif
