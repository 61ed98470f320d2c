/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes descriptors with the files that they stand for, as the style wants it and as far as the records know
 * them.
 */
#ifndef LINX_PUT_FD_H
#define LINX_PUT_FD_H

#include "value/emit.h"

/* Writes the number of a descriptor. */
void linx_put_fd(struct linx_put *p, int64_t n);
/* Writes the argument that is being written as a descriptor of another process. */
void linx_put_foreign_fd(struct linx_put *p, int64_t n);
/* Writes the text behind the number of a descriptor, "</etc/passwd>"; nothing in JSON. */
void linx_put_fd_info(struct linx_put *p, int64_t n);
/*
 * Writes a descriptor as a JSON object. Returns false, having written nothing, in text or if nothing is known
 * of the descriptor.
 */
bool linx_put_fd_object(struct linx_put *p, int64_t n);
/* Writes the descriptor that the call returned. */
void linx_put_fd_result(struct linx_put *p, int64_t n);

/*
 * Writes protocol and addresses of a socket as text, "TCP:[10.0.0.1:4000->10.0.0.2:80]". If there are no addresses,
 * writes the socket's inode, if that is known. Returns whether there are addresses.
 */
bool linx_put_socket_text(struct linx_put *p, const struct linx_descriptor *d);
/* Writes the addresses of a socket as a JSON object. */
void linx_put_fd_tuple(struct linx_put *p, const struct linx_descriptor *d);

/* A cache of sockets' addresses, which strace looks up until it finds some, and then shows until the end. */
struct linx_sock_names *linx_sock_names_new(void); /* NULL: no memory */
void linx_sock_names_free(struct linx_sock_names *names);

#endif
