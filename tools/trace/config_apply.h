/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a configuration to the settings of a trace. Options on the command line come first. */
#ifndef LINXCAP_CONFIG_APPLY_H
#define LINXCAP_CONFIG_APPLY_H

#include "trace/settings.h"

/* -1: why is set. */
int config_apply(struct settings *s, struct problem *why);

#endif
