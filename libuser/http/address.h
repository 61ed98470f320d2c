/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes addresses of a socket as text: "127.0.0.1:80", "[::1]:80"; "unix" for a UNIX socket. */
#ifndef LINX_ADDRESS_H
#define LINX_ADDRESS_H

#include <linx/linx.h>

#include "base/strbuf.h"

/*
 * Appends the local address of a socket, or with "peer" the address of its peer. False: the family has no addresses;
 * nothing was written.
 */
bool linx_address_put(struct linx_strbuf *o, const struct linx_sock *sock, bool peer);

#endif
