/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Error texts, and options that grow from version to version.
 *
 * The room base/ holds bytes, words and containers: nothing here depends on records, tables
 * or events.
 */
#ifndef LINX_ERROR_H
#define LINX_ERROR_H

#include <linx/linx.h>

/*
 * Copies a caller's options of given bytes, which may be older or newer than the library's of
 * known bytes. -EINVAL: no size; -E2BIG: a newer caller sets options that this library does
 * not have.
 */
int linx_take_opts(void *to, size_t known, const void *from, size_t given, struct linx_error *err);
/* Writes an error text, unless err is NULL; returns code, so that it can stand in a return statement. */
int linx_fail(struct linx_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
