/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Log lines: a template with fields, compiled once to a list of steps. */
#ifndef LINX_TEMPLATE_H
#define LINX_TEMPLATE_H

#include <linx/linx.h>

struct linx_template;

/*
 * Compiles a template. opts: NULL means the defaults. Returns 0, -EINVAL (malformed), -E2BIG (opts of a newer library)
 * or -ENOMEM.
 */
int linx_template_new(const struct linx_line_opts *opts, struct linx_template **out);
void linx_template_free(struct linx_template *l);

#endif
