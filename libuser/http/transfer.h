/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the bytes that a call moves through a socket: the descriptor, the direction, and the captured part. */
#ifndef LINX_TRANSFER_H
#define LINX_TRANSFER_H

#include "event/event.h"

/* Kinds of calls, by what the call does with a socket. Arguments are counted from 0. */
enum linx_transfer_kind {
	LINX_TRANSFER_NONE, /* the call moves no bytes of a socket */
	LINX_TRANSFER_BUFFER, /* argument 1 points to the bytes */
	LINX_TRANSFER_VECTOR, /* argument 1 points to an array of struct iovec, whose length is argument 2 */
	LINX_TRANSFER_MESSAGE, /* argument 1 points to a msghdr */
	LINX_TRANSFER_MESSAGES, /* argument 1 points to an array of mmsghdr; the result is the number of messages */
	LINX_TRANSFER_UNSEEN, /* the kernel moves the bytes, not through the program's memory: sendfile, splice */
	LINX_TRANSFER_CLOSE, /* argument 0 is closed */
	LINX_TRANSFER_OPEN, /* the result is a new socket */
	LINX_TRANSFER_CONNECT, /* argument 0 gets a new peer */
};

struct linx_transfer {
	const char *name; /* name of the system call */
	uint8_t kind; /* enum linx_transfer_kind */
	bool out; /* the bytes are written to the socket; false: read from it */
	bool socket; /* the call works on sockets only */
	uint8_t fd; /* index of the argument that is the socket */
	int8_t flags; /* index of the argument with MSG_ flags; -1: no such argument */
};

/* Finds the description of an event's call; NULL: the call is of no such kind, has not returned, or failed. */
const struct linx_transfer *linx_transfer_of(const struct linx_event *ev);
/*
 * True if the call reads no bytes of the socket's stream of data, such as a call with MSG_PEEK. family: address family
 * of the socket, 0: not known. AF_UNIX sockets have no error queue and ignore MSG_ERRQUEUE. With MSG_TRUNC a TCP socket
 * drops bytes that are part of the stream, so these bytes count as read.
 */
bool linx_transfer_is_aside(const struct linx_transfer *t, const struct linx_event *ev, unsigned int family);

/* Iterates over the pieces (buffers) of a transfer. */
struct linx_transfer_walk {
	const struct linx_transfer *t;
	const struct linx_event *ev;
	uint64_t left; /* bytes still to come */
	uint64_t vector, count; /* address and number of the buffers still to come */
	uint64_t messages, nmessages; /* address and number of the messages still to come */
};
void linx_transfer_begin(struct linx_transfer_walk *w, const struct linx_transfer *t, const struct linx_event *ev);
/* Gets the next piece: len bytes, of which the first "have" bytes were captured and are at data. False: no more. */
bool linx_transfer_next(struct linx_transfer_walk *w, const uint8_t **data, uint64_t *have, uint64_t *len);

#endif
