/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes the rows of a capture to standard output, as blocks of at most N rows.
 * usage: row_blocks native|json N CAPTURE PODS
 */
#include <errno.h>
#include <fcntl.h>
#include <linx/rowset.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t written;

/*
 * Makes and writes the next block. Returns false on failure, or if the block does not begin where the previous block
 * ended.
 */
static int put_block(struct linx_rowset *rows)
{
	uint64_t count = linx_rowset_get_count(rows);
	struct linx_rowset_end end;

	if (linx_rowset_make(rows, &end) || end.offset != written || linx_rowset_get_pending(rows) || linx_rowset_get_count(rows) != count)
		return 0;
	written += end.len;
	return fwrite(end.data, 1, end.len, stdout) == end.len;
}

int main(int argc, char **argv)
{
	const struct linx_rowset_opts opts = {
		.size = sizeof(opts),
		.format = argc > 1 && !strcmp(argv[1], "native") ? LINX_ROWSET_NATIVE : LINX_ROWSET_JSON,
	};
	unsigned int n = argc > 4 ? (unsigned int)atoi(argv[2]) : 0;
	const struct linx_event *ev;
	struct linx_rowset *rows;
	struct linx *l;
	int fd = n ? open(argv[3], O_RDONLY) : -1, ret;

	if (fd < 0 || linx_open_file(fd, argv[3], &l, NULL) || linx_read_pods(l, argv[4], UINT32_MAX) || linx_rowset_new(&opts, &rows))
		return 2;
	while ((ret = linx_next(l, &ev, -1)) == 1 || ret == -EINTR) {
		if (ret == -EINTR)
			continue;
		if (linx_rowset_add(rows, l, ev) < 0 || (linx_rowset_get_pending(rows) == n && !put_block(rows)))
			return 1;
	}
	ret = ret != -ENODATA || !put_block(rows) || !put_block(rows);
	linx_rowset_free(rows);
	linx_close(l);
	return ret;
}
