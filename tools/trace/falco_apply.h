/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copies falco.yaml (--falco-config) to the settings of a trace. */
#ifndef LINXCAP_FALCO_APPLY_H
#define LINXCAP_FALCO_APPLY_H

#include "trace/settings.h"

/* Reads the file, and sets what no option on the command line has set. -1: why has the reason. */
int falco_apply(struct settings *s, struct problem *why);

#endif
