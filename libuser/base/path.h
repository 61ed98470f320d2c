/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths as texts. No file is looked up: ".." removes the name before it, even if that is a symbolic link. */
#ifndef LINX_PATH_H
#define LINX_PATH_H

#include "base/strbuf.h"

/* Appends a path to an absolute one in o, and resolves ".", ".." and double slashes. */
void linx_path_add(struct linx_strbuf *o, const char *s, size_t n);

#endif
