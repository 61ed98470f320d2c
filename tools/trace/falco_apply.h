/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From --falco-config to settings. */
#ifndef LINXCAP_FALCO_APPLY_H
#define LINXCAP_FALCO_APPLY_H

#include "trace/settings.h"

/* Reads the file and sets what the command line leaves open. -1: why is set. */
int falco_apply(struct settings *s, struct problem *why);

#endif
