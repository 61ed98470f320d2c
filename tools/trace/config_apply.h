/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings of a trace from a configuration. Options on the command line win. */
#ifndef LINXCAP_CONFIG_APPLY_H
#define LINXCAP_CONFIG_APPLY_H

#include "trace/settings.h"

/* Applies the configuration. -1: why is set. */
int config_apply(struct settings *s, struct problem *why);

#endif
