// SPDX-License-Identifier: LGPL-2.1-or-later
/* Addresses of a recorded socket as text: see hung/watching.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "hung/watching.h"

void watching_put_socket(const struct linx_descriptor *d, char *text, size_t size)
{
	const struct linx_sock *s = &d->sock;
	struct tasks_address local = { .port = s->local_port }, peer = { .port = s->peer_port };
	char proto[sizeof(s->proto) + 1];

	snprintf(proto, sizeof(proto), "%.*s", (int)sizeof(s->proto), s->proto);
	memcpy(local.bytes, s->local, sizeof(local.bytes));
	memcpy(peer.bytes, s->peer, sizeof(peer.bytes));
	if (!tasks_put_socket(proto, s->family, &local, &peer, text, size) && s->family == AF_UNIX && s->peer_ino)
		snprintf(text, size, "%s:[%" PRIu64 "->%" PRIu64 "]", proto, (uint64_t)d->ino, (uint64_t)s->peer_ino);
}
