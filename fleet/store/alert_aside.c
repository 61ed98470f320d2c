// SPDX-License-Identifier: LGPL-2.1-or-later
/* Keeps refused alerts: see store/alert_aside.h. */
#include "store/alert_aside.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/aside.h"

#define REFUSED "refused"

/* Counts entries of a folder and the bytes of its files. False: it cannot be read. */
static bool count(int dir, unsigned int *n, uint64_t *bytes)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	struct stat st;

	*n = 0;
	*bytes = 0;
	if (!d) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		++*n;
		if (!fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode))
			*bytes += (uint64_t)st.st_size;
	}
	closedir(d);
	return true;
}

/* Opens the folder of a machine, or makes it unless there are too many. Returns a descriptor, or a negative number. */
static int enter(int dir, const char *machine)
{
	int refused = aside_enter(dir, REFUSED), fd;
	unsigned int n;
	uint64_t bytes;

	if (refused < 0)
		return refused;
	fd = openat(refused, machine, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && count(refused, &n, &bytes) && n < ALERT_ASIDE_MACHINES)
		fd = aside_enter(refused, machine);
	close(refused);
	return fd;
}

static bool write_file(int dir, const char *name, const void *data, size_t len)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
	bool good = fd >= 0 && pwrite(fd, data, len, 0) == (ssize_t)len && !fsync(fd);

	if (fd >= 0)
		close(fd);
	if (!good)
		unlinkat(dir, name, 0);
	return good;
}

bool alert_aside_put(int dir, const struct alert_place *p, const void *data, size_t len)
{
	int fd = enter(dir, p->machine);
	unsigned int n;
	uint64_t bytes;
	char name[64];
	bool kept;

	if (fd < 0)
		return false;
	snprintf(name, sizeof(name), "%016" PRIx64 "-%" PRIu64 ".json", p->spool, p->number);
	kept = count(fd, &n, &bytes) && (!faccessat(fd, name, F_OK, 0) || (n < ALERT_ASIDE_FILES && bytes + len <= ALERT_ASIDE_BYTES)) &&
	       write_file(fd, name, data, len);
	close(fd);
	return kept;
}
