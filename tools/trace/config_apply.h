/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copies a configuration (--config) to the settings of a trace. Options on the command line have priority. */
#ifndef LINXCAP_CONFIG_APPLY_H
#define LINXCAP_CONFIG_APPLY_H

#include "trace/settings.h"

/* Copies s->config, which was read before, to those settings that no option has set. -1: why has the reason. */
int config_apply(struct settings *s, struct problem *why);

#endif
