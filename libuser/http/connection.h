/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Table of connections by the inode of their socket, or by process and descriptor if the stream does not record inodes.
 * The number of connections and their memory have limits. When a limit is exceeded, the connection that was unused
 * longest is dropped.
 */
#ifndef LINX_CONNECTION_H
#define LINX_CONNECTION_H

#include "base/id_map.h"
#include "http/exchange.h"
#include "http/parser.h"

enum linx_http_dir { LINX_HTTP_IN, LINX_HTTP_OUT, LINX_HTTP_DIRS };
#define LINX_HTTP_DIR_UNKNOWN LINX_HTTP_DIRS

/* Limit of the memory of all connections together, in bytes, and default of the limit of their number. */
#define LINX_HTTP_MEMORY (256u << 20)
#define LINX_HTTP_CONNECTIONS 100000u
/* Limit of the requests that can wait for their responses on one connection. */
#define LINX_HTTP_PIPELINE 256u

struct linx_connection {
	/* keys in the table: inode of the socket; process and descriptor that used the socket last */
	struct linx_numbered by_socket, by_user;
	struct linx_connection *newer, *older; /* list in order of last use */
	struct linx_http_parser parser[LINX_HTTP_DIRS];
	uint8_t requests; /* direction (enum linx_http_dir) of requests, or LINX_HTTP_DIR_UNKNOWN */
	bool lost; /* the parser of a direction stopped with LINX_HTTP_WHY_HOLE, and restarts at the next message */
	/*
	 * all requests since the connect, or since a later request, were seen: it is known to which request each
	 * response belongs
	 */
	bool in_step;
	bool has_sock;
	uint32_t gaps; /* value of linx_connections.gaps at the last use */
	uint64_t closed_at; /* stream time at which its last user closed it; 0: not closed, or used again after that */
	struct linx_exchange *first, **last; /* requests that wait for their response */
	unsigned int waiting;
	struct linx_exchange *early; /* a response that came before its request; NULL: no such response */
	size_t memory; /* bytes of the connection's memory that are counted in linx_connections.memory */
	struct linx_sock sock;
};

struct linx_connections {
	struct linx_id_map by_socket, by_user;
	struct linx_connection *newest, *oldest;
	unsigned int n, max;
	size_t memory;
	uint32_t gaps; /* number of times that records were lost */
};

int linx_connections_new(struct linx_connections *t, unsigned int max);
/* Frees the members that linx_connections_new() made. All connections must have been freed before. */
void linx_connections_free(struct linx_connections *t);

/* Returns a number for a process's descriptor that differs from all inodes of sockets. */
static inline uint64_t linx_connection_user(uint32_t pid, int32_t fd)
{
	return 1ull << 63 | (uint64_t)pid << 32 | (uint32_t)fd;
}

struct linx_connection *linx_connection_by_socket(const struct linx_connections *t, uint64_t number);
struct linx_connection *linx_connection_by_user(const struct linx_connections *t, uint64_t number);
/* Makes a connection; the caller drops others if there are too many. NULL: no memory. */
struct linx_connection *linx_connection_new(struct linx_connections *t, uint64_t socket);
/* Marks a connection as used last, by this process and descriptor. */
void linx_connection_use(struct linx_connections *t, struct linx_connection *c, uint64_t user);
/* Counts the connection's memory, which may have changed, in t->memory. */
void linx_connection_account(struct linx_connections *t, struct linx_connection *c);
/* Removes and returns the request that has waited longest for its response; NULL: no request waits. */
struct linx_exchange *linx_connection_pop(struct linx_connection *c);
void linx_connection_push(struct linx_connection *c, struct linx_exchange *x);
/*
 * Frees a connection. Its waiting requests, and a response that came before its request (early), must have been
 * removed.
 */
void linx_connection_free(struct linx_connections *t, struct linx_connection *c);

#endif
