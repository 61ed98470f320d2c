/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Error texts, and options that grow from version to version.
 *
 * The folder base/ has basic functions for bytes, texts, maps and the like. Nothing in it depends
 * on records, tables or events.
 */
#ifndef LINX_ERROR_H
#define LINX_ERROR_H

#include <linx/linx.h>

/*
 * Copies the options of a caller who may have been built with an older or newer version of the
 * library. known: bytes of this library's structure; given: bytes of the caller's. -EINVAL: given
 * is too small; -E2BIG: a newer caller sets options that this library does not have.
 */
int linx_take_opts(void *to, size_t known, const void *from, size_t given, struct linx_error *err);
/* Writes an error text, unless err is NULL; returns code, so that it can stand in a return statement. */
int linx_fail(struct linx_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
