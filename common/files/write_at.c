// SPDX-License-Identifier: LGPL-2.1-or-later
/* A write at an offset that does not end before all bytes are written: see files/write_at.h. */
#include <errno.h>
#include <unistd.h>

#include "files/write_at.h"

int write_at(int fd, const void *data, size_t len, uint64_t offset)
{
	const char *at = data;

	while (len) {
		ssize_t n = pwrite(fd, at, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENOSPC;
		at += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}
