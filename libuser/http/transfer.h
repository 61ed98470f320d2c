/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes that a call moves through a socket: the descriptor, the direction, and the captured part. */
#ifndef LINX_TRANSFER_H
#define LINX_TRANSFER_H

#include "event/event.h"

enum linx_transfer_kind {
	LINX_TRANSFER_NONE, /* the call moves no bytes of a socket */
	LINX_TRANSFER_BUFFER, /* argument 1 points to the bytes */
	LINX_TRANSFER_VECTOR, /* argument 1 points to argument 2 buffers */
	LINX_TRANSFER_MESSAGE, /* argument 1 points to a msghdr */
	LINX_TRANSFER_MESSAGES, /* argument 1 points to mmsghdr, as many as the result */
	LINX_TRANSFER_UNSEEN, /* the kernel moves the bytes without the program's memory */
	LINX_TRANSFER_CLOSE, /* argument 0 is closed */
	LINX_TRANSFER_OPEN, /* the result is a new socket */
	LINX_TRANSFER_CONNECT, /* argument 0 gets a new peer */
};

struct linx_transfer {
	const char *name; /* name of the system call */
	uint8_t kind; /* enum linx_transfer_kind */
	bool out; /* written to the socket; else read from it */
	bool socket; /* only sockets have the call */
	uint8_t fd; /* argument */
	int8_t flags; /* argument with MSG_ flags; -1: none */
};

/* Finds the row of a call that returned; NULL: it moves nothing, or it failed. */
const struct linx_transfer *linx_transfer_of(const struct linx_event *ev);
/*
 * True if the call moves no byte of the stream, such as one with MSG_PEEK. family: of the socket, 0: not
 * known. AF_UNIX sockets have no error queue and ignore MSG_ERRQUEUE. With MSG_TRUNC a TCP socket drops bytes
 * that are part of the stream: they count.
 */
bool linx_transfer_is_aside(const struct linx_transfer *t, const struct linx_event *ev, unsigned int family);

/* Pieces of a transfer in their order: len bytes, of which the first have were captured. */
struct linx_transfer_walk {
	const struct linx_transfer *t;
	const struct linx_event *ev;
	uint64_t left; /* bytes still to come */
	uint64_t vector, count; /* address and number of the buffers still to come */
	uint64_t messages, nmessages; /* address and number of the messages still to come */
};
void linx_transfer_begin(struct linx_transfer_walk *w, const struct linx_transfer *t, const struct linx_event *ev);
/* Gets the next piece. False: no more. */
bool linx_transfer_next(struct linx_transfer_walk *w, const uint8_t **data, uint64_t *have, uint64_t *len);

#endif
