// SPDX-License-Identifier: LGPL-2.1-or-later
/* Facts of descriptors, and the name that a program was executed by. */
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#include "engine/ptrace/proc.h"

/* Address of the name, from the auxiliary vector; a 32-bit program has one of 32-bit words. */
static uint64_t find_execfn(const uint8_t *aux, size_t len, size_t width)
{
	uint64_t type, value;

	for (size_t i = 0; i + 2 * width <= len; i += 2 * width) {
		type = value = 0;
		memcpy(&type, aux + i, width);
		memcpy(&value, aux + i + width, width);
		if (type == AT_EXECFN)
			return value;
	}
	return 0;
}

char *linx_proc_execfn(pid_t tid)
{
	char aux[2048], name[PATH_MAX];
	ssize_t n = linx_proc_file(tid, "auxv", aux, sizeof(aux)), got;
	struct iovec to = { name, sizeof(name) }, from;
	uint64_t addr;

	if (n <= 0)
		return NULL;
	addr = find_execfn((const uint8_t *)aux, (size_t)n, 8);
	if (!addr || addr > (uint64_t)1 << 56)
		addr = find_execfn((const uint8_t *)aux, (size_t)n, 4);
	from = (struct iovec){ (void *)(uintptr_t)addr, 1 };
	if (!addr)
		return NULL;
	/* The name ends at the end of the stack: no page behind it is there. */
	from.iov_len = sizeof(name);
	got = process_vm_readv(tid, &to, 1, &from, 1, 0);
	return got > 0 && memchr(name, 0, (size_t)got) ? strdup(name) : NULL;
}

static uint8_t type_of(const struct stat *st, const char *path)
{
	if (!strncmp(path, "anon_inode:[pidfd]", 18) || !strncmp(path, "pidfd:", 6))
		return LINX_FD_PIDFD;
	if (!strncmp(path, "anon_inode:[eventfd]", 20))
		return LINX_FD_EVENTFD;
	if (!strncmp(path, "anon_inode:[signalfd]", 21))
		return LINX_FD_SIGNALFD;
	if (!strncmp(path, "anon_inode:", 11))
		return LINX_FD_ANON;
	switch (st->st_mode & S_IFMT) {
	case S_IFREG:
		return LINX_FD_FILE;
	case S_IFDIR:
		return LINX_FD_DIR;
	case S_IFCHR:
		return LINX_FD_CHAR;
	case S_IFBLK:
		return LINX_FD_BLOCK;
	case S_IFIFO:
		return LINX_FD_PIPE;
	case S_IFSOCK:
		return LINX_FD_SOCKET;
	case S_IFLNK:
		return LINX_FD_LINK;
	default:
		return LINX_FD_OTHER;
	}
}

static uint64_t dev_of(dev_t dev)
{
	return (uint64_t)major(dev) << 20 | minor(dev);
}

size_t linx_proc_fd(pid_t tid, int fd, uint8_t *to, size_t room)
{
	static const char deleted[] = " (deleted)";
	char path[LINX_PROC_PATH], name_of[32], text[256], *flags;
	struct linx_fd out = { .fd = fd, .path_state = LINX_WHOLE };
	struct stat st = { .st_nlink = 1 };
	char *name = (char *)to + sizeof(out);
	ssize_t n;

	if (fd == LINX_FD_CWD)
		snprintf(path, sizeof(path), "/proc/%d/cwd", tid);
	else
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", tid, fd);
	n = readlink(path, name, room - sizeof(out) - 1);
	if (n < 0 || stat(path, &st))
		return 0;
	name[n] = '\0';
	out.type = type_of(&st, name);
	out.dev = dev_of(st.st_dev);
	out.ino = st.st_ino;
	out.rdev = S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode) ? dev_of(st.st_rdev) : 0;
	out.path_len = (uint16_t)n;
	if (!st.st_nlink && (size_t)n >= sizeof(deleted) && !strcmp(name + n - (sizeof(deleted) - 1), deleted))
		out.flags |= LINX_FD_DELETED;
	snprintf(name_of, sizeof(name_of), "fdinfo/%d", fd);
	if (fd != LINX_FD_CWD && linx_proc_file(tid, name_of, text, sizeof(text)) > 0) {
		flags = strstr(text, "flags:");
		if (flags && strtoul(flags + 6, NULL, 8) & O_CLOEXEC)
			out.flags |= LINX_FD_CLOEXEC;
		flags = strstr(text, "\nPid:");
		if (flags && out.type == LINX_FD_PIDFD)
			out.pid = (uint32_t)(strtol(flags + 5, NULL, 10) > 0 ? strtol(flags + 5, NULL, 10) : 0);
	}
	memcpy(to, &out, sizeof(out));
	return sizeof(out) + (size_t)n;
}
