/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes that a call moves through a socket: the descriptor, the direction, and which of them were captured. */
#ifndef LINX_TRANSFER_H
#define LINX_TRANSFER_H

#include "event/event.h"

enum linx_transfer_kind {
	LINX_TRANSFER_NONE, /* a call that has nothing to do with it */
	LINX_TRANSFER_BUFFER, /* argument 1 points to the bytes */
	LINX_TRANSFER_VECTOR, /* argument 1 points to argument 2 buffers */
	LINX_TRANSFER_MESSAGE, /* argument 1 points to a msghdr */
	LINX_TRANSFER_MESSAGES, /* to as many mmsghdr as the result says */
	LINX_TRANSFER_UNSEEN, /* bytes that the kernel moves by itself */
	LINX_TRANSFER_CLOSE, /* argument 0 is closed */
	LINX_TRANSFER_OPEN, /* the result is a new socket */
	LINX_TRANSFER_CONNECT, /* argument 0 gets a new peer */
};

struct linx_transfer {
	const char *name; /* name of the system call */
	uint8_t kind; /* enum linx_transfer_kind */
	bool out; /* written to the socket; else read from it */
	bool socket; /* a call that only sockets have */
	uint8_t fd; /* argument */
	int8_t flags; /* argument with MSG_ flags; -1: none */
};

/* Row of a call that returned; NULL: it moves nothing, or it failed. */
const struct linx_transfer *linx_transfer_of(const struct linx_event *ev);
/*
 * True if the call moves no byte of the stream: it receives with MSG_PEEK and the like. family: of the socket, 0: not
 * known. Those of AF_UNIX have no errors in a queue, and do not look at MSG_ERRQUEUE. MSG_TRUNC of a TCP socket drops
 * bytes that are part of the stream all the same; nobody sees them.
 */
bool linx_transfer_is_aside(const struct linx_transfer *t, const struct linx_event *ev, unsigned int family);

/* Pieces of a transfer in their order: len bytes, the first have of which were captured. */
struct linx_transfer_walk {
	const struct linx_transfer *t;
	const struct linx_event *ev;
	uint64_t left; /* bytes that are still to come */
	uint64_t vector, count; /* buffers that are still to come: address, number */
	uint64_t messages, nmessages; /* messages that are still to come */
};
void linx_transfer_begin(struct linx_transfer_walk *w, const struct linx_transfer *t, const struct linx_event *ev);
/* False: no more. */
bool linx_transfer_next(struct linx_transfer_walk *w, const uint8_t **data, uint64_t *have, uint64_t *len);

#endif
