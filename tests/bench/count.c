// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads a capture through the library and prints how many calls it has: what reading costs without a line of text. */
#include <errno.h>
#include <fcntl.h>
#include <linx/linx.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const struct linx_event *ev;
	struct linx_error err;
	unsigned long long n = 0;
	struct linx *l;
	int fd, ret;

	fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0 || linx_open_file(fd, argv[1], &l, &err)) {
		fprintf(stderr, "count: %s\n", fd < 0 ? "usage: count CAPTURE" : err.text);
		return 1;
	}
	while ((ret = linx_next(l, &ev, -1)) >= 0)
		n += ret && linx_event_get_kind(ev) == LINX_EVENT_SYSCALL;
	if (ret != -ENODATA)
		fprintf(stderr, "count: %s\n", linx_error_text(l));
	printf("%llu\n", n);
	linx_close(l);
	close(fd);
	return ret != -ENODATA;
}
