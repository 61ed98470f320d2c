/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An open source of events: live, or a capture file. */
#ifndef LINX_PLUGIN_INSTANCE_H
#define LINX_PLUGIN_INSTANCE_H

#include "config/config.h"
#include "plugin/falco_api.h"
#include "plugin/host_log.h"

/*
 * Opens a source. config and log belong to the caller, and must live until instance_close(). NULL: why has the
 * reason.
 */
struct instance *instance_open(const struct config *config, const struct host_log *log, struct problem *why);
/* Stops the recording, writes the remaining events to the log file, and reports lost records. */
void instance_close(struct instance *h);

/* Returns the next events in *events; they are valid until the next call. FALCO_FAILURE: why has the reason. */
enum falco_rc instance_next(struct instance *h, uint32_t *n, struct falco_event ***events, struct problem *why);

/* Returns how much of the capture file was read, in hundredths of a percent; 0: the source is live. */
uint32_t instance_progress(const struct instance *h);

#endif
