// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads files of /proc: see engine/proc/proc.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/proc/proc.h"

/* Size of a buffer into which most files of /proc/TID fit, in bytes. */
#define USUAL_SIZE 4096u

static int open_file(pid_t tid, const char *name)
{
	char path[LINX_PROC_PATH];

	snprintf(path, sizeof(path), "/proc/%d/%s", tid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/*
 * Reads at most size bytes. The kernel returns a task's file in one read as far as there is room: fs/proc
 * makes it whole (single_open()) or copies memory up to its end. So a short read means the end.
 */
static ssize_t read_task_file(int fd, char *buf, size_t size)
{
	ssize_t n;

	do
		n = read(fd, buf, size);
	while (n < 0 && errno == EINTR);
	return n;
}

ssize_t linx_proc_file(pid_t tid, const char *name, char *buf, size_t room)
{
	int fd = open_file(tid, name);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read_task_file(fd, buf, room - 1);
	close(fd);
	buf[n < 0 ? 0 : n] = '\0';
	return n;
}

const char *linx_proc_stat(pid_t tid, char *buf, size_t room)
{
	const char *name_end = linx_proc_file(tid, "stat", buf, room) > 0 ? strrchr(buf, ')') : NULL;

	return name_end && name_end[1] == ' ' && memchr(buf, '(', (size_t)(name_end - buf)) ? name_end + 2 : NULL;
}

/* Reads the rest of a file whose first n bytes filled the buffer. */
static char *read_rest(int fd, const char *first, size_t *n, size_t most)
{
	char *buf = malloc(most + 1), *less;
	ssize_t got;

	if (!buf)
		return NULL;
	memcpy(buf, first, *n);
	do {
		got = read_task_file(fd, buf + *n, most - *n);
		*n += got > 0 ? (size_t)got : 0;
	} while (got > 0 && *n < most);
	buf[*n] = '\0';
	less = realloc(buf, *n + 1);
	return less ? less : buf;
}

char *linx_proc_whole(pid_t tid, const char *name, size_t most, size_t *len)
{
	int fd = open_file(tid, name);
	char first[USUAL_SIZE], *all = NULL;
	ssize_t n;

	if (fd < 0)
		return NULL;
	n = read_task_file(fd, first, most < sizeof(first) ? most : sizeof(first));
	*len = n > 0 ? (size_t)n : 0;
	if (n == sizeof(first) && most > sizeof(first)) {
		all = read_rest(fd, first, len, most);
	} else if (n >= 0) {
		all = malloc(*len + 1);
		if (all) {
			memcpy(all, first, *len);
			all[*len] = '\0';
		}
	}
	close(fd);
	return all;
}

char *linx_proc_link(pid_t tid, const char *name)
{
	char path[LINX_PROC_PATH], buf[PATH_MAX];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", tid, name);
	n = readlink(path, buf, sizeof(buf));
	return n < 0 ? NULL : strndup(buf, (size_t)n);
}
