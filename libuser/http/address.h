/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of a socket as text: "127.0.0.1:80", "[::1]:80"; of a UNIX socket "unix". */
#ifndef LINX_ADDRESS_H
#define LINX_ADDRESS_H

#include <linx/linx.h>

#include "base/strbuf.h"

/* Append an address. False: the family has no such address, and nothing was written. */
bool linx_address_put(struct linx_strbuf *o, const struct linx_sock *sock, bool peer);

#endif
