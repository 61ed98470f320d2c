/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers with 7 bits in each byte, the least significant byte first (LEB128), as in Parquet and ClickHouse. */
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
