/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors with the files that they refer to, as far as the style wants it and the records have them. */
#ifndef LINX_PUT_FD_H
#define LINX_PUT_FD_H

#include "value/emit.h"

/* Writes a descriptor's number. */
void linx_put_fd(struct linx_put *p, int64_t n);
/* Writes a descriptor of another process: the argument that is being written. */
void linx_put_foreign_fd(struct linx_put *p, int64_t n);
/* Writes the description behind the number, and nothing in formats for programs. */
void linx_put_fd_info(struct linx_put *p, int64_t n);
/*
 * Writes the descriptor's object in formats for programs. False: nothing is known, or it is text; nothing was
 * written.
 */
bool linx_put_fd_object(struct linx_put *p, int64_t n);
/* Writes the descriptor that the call returned. */
void linx_put_fd_result(struct linx_put *p, int64_t n);

/* Writes, in JSON, the addresses of a socket as an object. */
void linx_put_fd_tuple(struct linx_put *p, const struct linx_descriptor *d);

/* Cache of sockets' addresses: strace looks them up until it finds some, and then shows these for good. */
struct linx_sock_names *linx_sock_names_new(void); /* NULL: no memory */
void linx_sock_names_free(struct linx_sock_names *names);

#endif
