// SPDX-License-Identifier: LGPL-2.1-or-later
/* Refused messages in a folder: see store/aside.h. */
#include "store/aside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files/owned_folder.h"

#define LOCK_NAME ".lock"
#define REFUSED "refused"

int aside_enter(int dir, const char *name)
{
	int fd;

	if (!mkdirat(dir, name, ASIDE_MODE)) {
		if (fsync(dir))
			return -errno;
	} else if (errno != EEXIST) {
		return -errno;
	}
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Counts the bytes of the files in DIR/refused. 0 or -errno. */
static int count(struct aside *a)
{
	int fd = openat(a->dir, REFUSED, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	struct stat st;
	int rc;

	if (!d) {
		rc = fd < 0 && errno == ENOENT ? 0 : -errno;
		if (fd >= 0)
			close(fd);
		return rc;
	}
	for (errno = 0; (e = readdir(d)); errno = 0)
		if (!fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode))
			a->bytes += (uint64_t)st.st_size;
	rc = -errno;
	closedir(d);
	return rc;
}

int aside_open(struct aside *a, const char *path, struct problem *why)
{
	int rc;

	*a = (struct aside){ .path = path, .dir = -1, .lock = -1 };
	a->dir = owned_folder_open(path, ASIDE_MODE, why);
	if (a->dir < 0)
		return -1;
	a->lock = openat(a->dir, LOCK_NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (a->lock < 0)
		return problem_set(why, "cannot open folder: %s: %s", path, strerror(errno));
	if (flock(a->lock, LOCK_EX | LOCK_NB))
		return problem_set(why, "in use: %s: another linx-store writes it", path);
	rc = count(a);
	return rc ? problem_set(why, "cannot read: %s/" REFUSED ": %s", path, strerror(-rc)) : 0;
}

void aside_close(struct aside *a)
{
	if (a->lock >= 0)
		close(a->lock);
	if (a->dir >= 0)
		close(a->dir);
	a->lock = a->dir = -1;
}

void aside_put(struct aside *a, const char *machine, const void *data, size_t len)
{
	int dir = a->bytes + len <= ASIDE_BYTES ? aside_enter(a->dir, REFUSED) : -1, fd;
	char name[128];

	if (dir < 0)
		return;
	snprintf(name, sizeof(name), "%s-%lld-%u.block", machine, (long long)time(NULL), a->n++);
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0 && pwrite(fd, data, len, 0) == (ssize_t)len)
		a->bytes += len;
	if (fd >= 0)
		close(fd);
	close(dir);
}
