// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>

#include "http/address.h"

bool linx_address_put(struct linx_strbuf *o, const struct linx_sock *sock, bool peer)
{
	char text[INET6_ADDRSTRLEN];

	if (sock->family == AF_UNIX) {
		linx_strbuf_str(o, "unix");
		return true;
	}
	if ((sock->family != AF_INET && sock->family != AF_INET6) ||
	    !inet_ntop(sock->family, peer ? sock->peer : sock->local, text, sizeof(text)))
		return false;
	linx_strbuf_str(o, sock->family == AF_INET6 ? "[" : "");
	linx_strbuf_str(o, text);
	linx_strbuf_str(o, sock->family == AF_INET6 ? "]:" : ":");
	linx_strbuf_u64(o, peer ? sock->peer_port : sock->local_port);
	return true;
}
