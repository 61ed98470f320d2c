/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An open source: live, or the replay of a capture. */
#ifndef LINX_PLUGIN_INSTANCE_H
#define LINX_PLUGIN_INSTANCE_H

#include "config/config.h"
#include "plugin/falco_api.h"
#include "plugin/host_log.h"

/* log and config stay the caller's, until instance_close(). NULL: why is set. */
struct instance *instance_open(const struct config *config, const struct host_log *log, struct problem *why);
/* Ends the recording, writes what it has left to the log file, and says what was lost. */
void instance_close(struct instance *h);

/* The next events; they are the instance's until the next call. FALCO_FAILURE: why is set. */
enum falco_rc instance_next(struct instance *h, uint32_t *n, struct falco_event ***events, struct problem *why);

/* How much of a capture was read, in hundredths of a percent; 0 live. */
uint32_t instance_progress(const struct instance *h);

#endif
