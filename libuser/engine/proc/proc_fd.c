// SPDX-License-Identifier: LGPL-2.1-or-later
/* Values about descriptors, and the name under which a program was executed. */
#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <linx/linx.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#include "engine/proc/proc.h"
#include "shared/limits.h"

/*
 * Returns the address of the name under which the program was executed, from the auxiliary vector; 0: the vector has no
 * such address. The vector of a 32-bit program has 32-bit words.
 */
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

char *linx_proc_execfn(struct linx_aside *a, pid_t tid)
{
	char aux[2048], name[PATH_MAX];
	ssize_t n = linx_proc_file(tid, "auxv", aux, sizeof(aux)), got;
	uint64_t addr;

	if (n <= 0)
		return NULL;
	addr = find_execfn((const uint8_t *)aux, (size_t)n, 8);
	if (!addr || addr > (uint64_t)1 << 56)
		addr = find_execfn((const uint8_t *)aux, (size_t)n, 4);
	if (!addr)
		return NULL;
	/* The read may end early: the name is the last thing on the stack, behind which no page is mapped. */
	got = linx_aside_read(a, tid, tid, name, addr, sizeof(name));
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

/* True if fdinfo has lines that only this kind of descriptor has, and that are reported. */
static bool has_lines(const struct linx_fd *fd)
{
	return fd->type == LINX_FD_EVENTFD || fd->type == LINX_FD_SIGNALFD ||
	       (fd->type == LINX_FD_CHAR && fd->rdev == LINX_DEV_PTMX);
}

/*
 * Reads /proc/TID/fdinfo: flags, the process of a pidfd, and the text that only descriptors of the kind of *out have.
 */
static uint16_t read_info(pid_t tid, int fd, struct linx_fd *out, char *text, size_t room)
{
	static const char *const own[] = { "eventfd-count:", "sigmask:", "tty-index:" };
	char name[32], *at;

	snprintf(name, sizeof(name), "fdinfo/%d", fd);
	if (linx_proc_file(tid, name, text, room) <= 0)
		return 0;
	at = strstr(text, "flags:");
	if (at && strtoul(at + 6, NULL, 8) & O_CLOEXEC)
		out->flags |= LINX_FD_CLOEXEC;
	at = strstr(text, "\nPid:");
	if (at && out->type == LINX_FD_PIDFD)
		out->pid = (uint32_t)(strtol(at + 5, NULL, 10) > 0 ? strtol(at + 5, NULL, 10) : 0);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		at = strstr(text, own[i]);
		if (at && has_lines(out)) {
			memmove(text, at, strlen(at) + 1);
			return (uint16_t)strlen(text);
		}
	}
	return 0;
}

static bool has_details(const struct linx_fd *fd)
{
	return fd->type == LINX_FD_SOCKET || fd->type == LINX_FD_PIDFD || has_lines(fd);
}

/* True for a file whose type is known without its path. There is nothing to report about it if paths are not wanted. */
static bool is_plain(const struct stat *st)
{
	switch (st->st_mode & S_IFMT) {
	case S_IFCHR:
		return dev_of(st->st_rdev) != LINX_DEV_PTMX;
	case S_IFREG:
	case S_IFDIR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFLNK:
		return true;
	default:
		return false;
	}
}

static void take_path(struct linx_fd *out, const struct stat *st, const char *path, size_t len)
{
	static const char deleted[] = " (deleted)";

	out->path_state = LINX_WHOLE;
	out->path_len = (uint16_t)len;
	if (!st->st_nlink && len >= sizeof(deleted) && !strcmp(path + len - (sizeof(deleted) - 1), deleted))
		out->flags |= LINX_FD_DELETED;
}

/* A job for linx_aside_do(): reads what a descriptor has in addition to its type and path. */
struct more {
	pid_t tgid, tid;
	unsigned int what;
	struct linx_fd out;
	uint8_t details[1024];
};

static void read_more(void *job)
{
	struct more *m = job;
	struct linx_fd *out = &m->out;

	out->detail = read_info(m->tid, out->fd, out, (char *)m->details, sizeof(m->details));
	if (out->type == LINX_FD_SOCKET)
		out->detail = m->what & LINX_FDS_DETAILS ?
				      (uint16_t)linx_proc_sock(m->tgid, out->fd, out->ino, m->details) : 0;
}

bool linx_proc_stat_file(const char *path, struct stat *st)
{
	struct statx x;

	if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &x))
		return false;
	*st = (struct stat){
		.st_dev = makedev(x.stx_dev_major, x.stx_dev_minor),
		.st_rdev = makedev(x.stx_rdev_major, x.stx_rdev_minor),
		.st_ino = x.stx_ino,
		.st_mode = x.stx_mode,
		.st_nlink = x.stx_nlink,
		.st_mtim = { x.stx_mtime.tv_sec, x.stx_mtime.tv_nsec },
		.st_ctim = { x.stx_ctime.tv_sec, x.stx_ctime.tv_nsec },
	};
	return true;
}

size_t linx_proc_fd(struct linx_aside *a, pid_t tgid, pid_t tid, int fd, unsigned int what, uint8_t *to, size_t room)
{
	static const struct linx_aside_work usual = { .run = read_more }, of_socket = { .run = read_more, .always = true };
	struct more m = { .tgid = tgid, .tid = tid, .what = what, .out = { .fd = fd, .path_state = LINX_ABSENT } };
	char link[LINX_PROC_PATH], path[PATH_MAX + 1];
	struct stat st = { .st_nlink = 1 };
	struct linx_fd *out = &m.out;
	size_t fixed;
	bool device;
	ssize_t n;

	if (fd == LINX_FD_CWD)
		snprintf(link, sizeof(link), "/proc/%d/cwd", tid);
	else
		snprintf(link, sizeof(link), "/proc/%d/fd/%d", tid, fd);
	if (!linx_proc_stat_file(link, &st))
		return 0;
	device = what & LINX_PROC_DEVICE && (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode));
	if (!device && !(what & LINX_FDS_PATHS) && is_plain(&st))
		return 0;
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return 0;
	path[n] = '\0';
	out->type = type_of(&st, path);
	out->rdev = S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode) ? dev_of(st.st_rdev) : 0;
	if (!device && !(what & LINX_FDS_PATHS) && !has_details(out))
		return 0;
	out->dev = dev_of(st.st_dev);
	out->ino = st.st_ino;
	if (what & LINX_FDS_PATHS)
		take_path(out, &st, path, (size_t)n);
	/*
	 * A plain file is read directly. Others can wait: a thread in a call on a socket, or on a file such as that of
	 * epoll_create(2), can keep a lock of it.
	 */
	if (fd != LINX_FD_CWD && is_plain(&st))
		read_more(&m);
	else if (fd != LINX_FD_CWD)
		linx_aside_do(a, tgid, what & LINX_FDS_DETAILS && S_ISSOCK(st.st_mode) ? &of_socket : &usual, &m, sizeof(m));
	if (!(what & LINX_FDS_DETAILS))
		out->detail = 0;
	if (!device && !out->detail && !out->pid && !(what & LINX_FDS_PATHS))
		return 0;
	fixed = sizeof(*out) + (out->detail + 7u) / 8 * 8;
	if (fixed + out->path_len > room)
		return 0;
	memset(to, 0, fixed);
	memcpy(to, out, sizeof(*out));
	memcpy(to + sizeof(*out), m.details, out->detail);
	memcpy(to + fixed, path, out->path_len);
	return fixed + out->path_len;
}

static bool is_uring(int dir, const char *name)
{
	static const char wanted[] = "anon_inode:[io_uring]";
	char link[sizeof(wanted)];
	ssize_t n = readlinkat(dir, name, link, sizeof(link));

	return n == sizeof(wanted) - 1 && !memcmp(link, wanted, sizeof(wanted) - 1);
}

bool linx_proc_has_uring(pid_t tgid)
{
	const struct dirent *d;
	bool found = false;
	char path[32];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", tgid);
	dir = opendir(path);
	while (dir && !found && (d = readdir(dir)))
		found = is_uring(dirfd(dir), d->d_name);
	if (dir)
		closedir(dir);
	return found;
}
