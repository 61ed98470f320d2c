/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An open source: live, or a capture file. */
#ifndef LINX_PLUGIN_INSTANCE_H
#define LINX_PLUGIN_INSTANCE_H

#include "config/config.h"
#include "plugin/falco_api.h"
#include "plugin/host_log.h"

/* Opens a source. log and config belong to the caller and must outlive it. NULL: why is set. */
struct instance *instance_open(const struct config *config, const struct host_log *log, struct problem *why);
/* Ends the recording, writes the remaining events to the log file, and reports losses. */
void instance_close(struct instance *h);

/* Gets the next events, which belong to the instance until the next call. FALCO_FAILURE: why is set. */
enum falco_rc instance_next(struct instance *h, uint32_t *n, struct falco_event ***events, struct problem *why);

/* Part of a capture that was read, in hundredths of a percent; 0: live. */
uint32_t instance_progress(const struct instance *h);

#endif
