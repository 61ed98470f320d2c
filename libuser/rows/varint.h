/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers in 7 bits a byte, the least first (LEB128), as Parquet and ClickHouse have them. */
#ifndef LINX_VARINT_H
#define LINX_VARINT_H

#include "base/strbuf.h"

static inline void linx_put_varint(struct linx_strbuf *o, uint64_t v)
{
	for (; v > 127; v >>= 7)
		linx_strbuf_char(o, (char)(v | 128));
	linx_strbuf_char(o, (char)v);
}

#endif
