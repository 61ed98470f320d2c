// SPDX-License-Identifier: LGPL-2.1-or-later
/* Prints the number of bytes on standard input, and their number when compressed to one zstd frame of level 3. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#define LEVEL 3

static int pack(ZSTD_CCtx *c, ZSTD_inBuffer *in, ZSTD_EndDirective how, size_t *packed)
{
	static char data[1 << 17];
	ZSTD_outBuffer out;
	size_t left;

	do {
		out = (ZSTD_outBuffer){ data, sizeof(data), 0 };
		left = ZSTD_compressStream2(c, &out, in, how);
		if (ZSTD_isError(left))
			return -1;
		*packed += out.pos;
	} while (how == ZSTD_e_end ? left : in->pos < in->size);
	return 0;
}

int main(void)
{
	static char data[1 << 17];
	ZSTD_CCtx *c = ZSTD_createCCtx();
	size_t raw = 0, packed = 0;
	ZSTD_inBuffer in;
	ssize_t n;

	if (!c || ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, LEVEL)))
		return 1;
	while ((n = read(STDIN_FILENO, data, sizeof(data))) > 0) {
		in = (ZSTD_inBuffer){ data, (size_t)n, 0 };
		if (pack(c, &in, ZSTD_e_continue, &packed))
			return 1;
		raw += (size_t)n;
	}
	in = (ZSTD_inBuffer){ NULL, 0, 0 };
	if (n < 0 || pack(c, &in, ZSTD_e_end, &packed))
		return 1;
	printf("%zu %zu\n", raw, packed);
	ZSTD_freeCCtx(c);
	return 0;
}
