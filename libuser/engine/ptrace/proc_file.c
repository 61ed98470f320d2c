// SPDX-License-Identifier: LGPL-2.1-or-later
/* Files of /proc: see engine/ptrace/proc.h. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/ptrace/proc.h"

/* The first bytes of a file of /proc, NUL-terminated. Length, or -1. */
ssize_t linx_proc_file(pid_t tid, const char *name, char *buf, size_t room)
{
	char path[LINX_PROC_PATH];
	ssize_t n, all = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", tid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	do {
		n = read(fd, buf + all, room - 1 - (size_t)all);
		all += n > 0 ? n : 0;
	} while (n > 0 && (size_t)all < room - 1);
	close(fd);
	buf[all] = '\0';
	return n < 0 && !all ? -1 : all;
}

/* A file of any length up to most bytes. NULL: it cannot be read. */
char *linx_proc_whole(pid_t tid, const char *name, size_t most, size_t *len)
{
	char *buf = malloc(most + 1), *less;
	ssize_t n = buf ? linx_proc_file(tid, name, buf, most + 1) : -1;

	if (n < 0) {
		free(buf);
		return NULL;
	}
	*len = (size_t)n;
	less = realloc(buf, *len + 1);
	return less ? less : buf;
}

char *linx_proc_link(pid_t tid, const char *name)
{
	char path[LINX_PROC_PATH], buf[PATH_MAX];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", tid, name);
	n = readlink(path, buf, sizeof(buf));
	return n < 0 ? NULL : strndup(buf, (size_t)n);
}
