/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Encodes the account of an engine as a certificate block of a capture file. */
#ifndef LINX_CERTIFICATE_BLOCK_H
#define LINX_CERTIFICATE_BLOCK_H

#include <stddef.h>
#include "engine/engine.h"

/* Makes the data of a certificate block, *len bytes, which the caller frees. NULL: out of memory. */
void *linx_compose_cert(const struct linx_account *a, size_t *len);

#endif
