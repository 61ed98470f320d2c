/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts for probes that an engine refuses: one for each error that LINX_IOC_PROBE names. */
#ifndef LINX_PROBE_REFUSAL_H
#define LINX_PROBE_REFUSAL_H

#include "base/error.h"

/*
 * Sets the error for a refused probe. spec: its specification. An error number without a meaning for probes gets the
 * text of strerror(3). Returns code.
 */
int linx_probe_refused(const char *spec, int code, struct linx_error *err);

#endif
