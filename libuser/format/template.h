/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Log lines: a template of fields, compiled once to a list of steps. */
#ifndef LINX_LINE_H
#define LINX_LINE_H

#include <linx/linx.h>

struct linx_line;

/* -EINVAL: no template; -E2BIG, -ENOMEM. opts NULL: the default of each. */
int linx_line_new(const struct linx_line_opts *opts, struct linx_line **out);
void linx_line_free(struct linx_line *l);

#endif
