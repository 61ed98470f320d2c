// SPDX-License-Identifier: LGPL-2.1-or-later
/* Folders of a program's own: see files/owned_folder.h. */
#include "files/owned_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Sets the mode of a folder that was just made, and syncs the folder above it. 0 or -1 with errno. */
static int complete(int dir, unsigned int mode)
{
	int above = openat(dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	rc = above < 0 || fchmod(dir, mode) || fsync(above) ? -1 : 0;
	if (above >= 0)
		close(above);
	return rc;
}

static int check(int dir, const char *path, struct problem *why)
{
	struct stat st;

	if (fstat(dir, &st))
		return problem_set(why, "cannot open folder: %s: %s", path, strerror(errno));
	if (st.st_mode & S_IWOTH)
		return problem_set(why, "cannot use folder: %s: everybody may write it: chmod o-w", path);
	if (st.st_uid && st.st_uid != geteuid())
		return problem_set(why, "cannot use folder: %s: it belongs to user %u: let a group write it", path, (unsigned int)st.st_uid);
	return 0;
}

int owned_folder_open(const char *path, unsigned int mode, struct problem *why)
{
	int made = !mkdir(path, mode), error = made ? 0 : errno, dir;

	if (error && error != EEXIST)
		return problem_set(why, "cannot make folder: %s: %s", path, strerror(error));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || (made && complete(dir, mode)))
		problem_set(why, "cannot open folder: %s: %s", path, strerror(errno));
	else if (!check(dir, path, why))
		return dir;
	if (dir >= 0)
		close(dir);
	return -1;
}

int owned_folder_replace(int dir, const char *temporary, const char *name, unsigned int mode, const void *data, size_t len)
{
	int fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600), rc = 0;

	if (fd < 0)
		return -errno;
	errno = ENOSPC; /* pwrite(2) sets no errno if it writes too few bytes */
	if (pwrite(fd, data, len, 0) != (ssize_t)len || fchmod(fd, mode) || fsync(fd))
		rc = -errno;
	close(fd);
	if (!rc && renameat(dir, temporary, dir, name))
		rc = -errno;
	if (rc)
		unlinkat(dir, temporary, 0);
	else if (fsync(dir))
		rc = -errno;
	return rc;
}
