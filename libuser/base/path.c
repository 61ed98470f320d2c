// SPDX-License-Identifier: LGPL-2.1-or-later
/* Paths as texts: see base/path.h. */
#include "base/path.h"

void linx_path_add(struct linx_strbuf *o, const char *s, size_t n)
{
	for (size_t at = 0; at < n;) {
		size_t len = 0;

		while (at + len < n && s[at + len] != '/')
			len++;
		if (len == 2 && !memcmp(s + at, "..", 2)) {
			while (o->len && o->data[o->len - 1] != '/')
				o->len--;
			o->len -= o->len > 0;
		} else if (len && !(len == 1 && s[at] == '.')) {
			linx_strbuf_char(o, '/');
			linx_strbuf_mem(o, s + at, len);
		}
		at += len + 1;
	}
}
