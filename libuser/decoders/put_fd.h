/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors with what they refer to, as far as the style asks for it and the records tell. */
#ifndef LINX_PUT_FD_H
#define LINX_PUT_FD_H

#include "value/emit.h"

/* A descriptor's number. */
void linx_put_fd(struct linx_put *p, int64_t n);
/* Writes a descriptor of another process: the argument that is being written. */
void linx_put_foreign_fd(struct linx_put *p, int64_t n);
/* Writes what stands behind the number, and nothing where data are wanted. */
void linx_put_fd_info(struct linx_put *p, int64_t n);
/*
 * Writes the descriptor's object where data are wanted. False: nothing is known, or text
 * is wanted; nothing was written.
 */
bool linx_put_fd_object(struct linx_put *p, int64_t n);
/* Writes the descriptor that the call returned. */
void linx_put_fd_result(struct linx_put *p, int64_t n);

/* JSON: addresses of a socket, as an object. */
void linx_put_fd_tuple(struct linx_put *p, const struct linx_descriptor *d);

/* strace asks for a socket's addresses until it is told some, and then shows these for good. */
struct linx_sock_names *linx_sock_names_new(void); /* NULL: no memory */
void linx_sock_names_free(struct linx_sock_names *names);

#endif
