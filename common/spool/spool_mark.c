// SPDX-License-Identifier: LGPL-2.1-or-later
/* The mark of a spool: see spool/spool_mark.h. */
#include "spool/spool_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "LINXMRK1"
/* The group is that of linx-ship, which writes the file that the recorder has made. */
#define MODE 0660u

static const char *const names[] = { [SPOOL_ROWS] = "rows.mark", [SPOOL_ALERTS] = "alerts.mark" };

/* The file. It is within one sector of a disk, so that a power cut leaves the old content or the new. */
struct content {
	char magic[8];
	struct spool_mark mark;
	uint32_t zero, crc; /* crc: CRC32C of the bytes before crc */
};

void spool_mark_read(int dir, enum spool_kind kind, uint64_t spool, struct spool_mark *m)
{
	int fd = openat(dir, names[kind], O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct content c;
	ssize_t n = fd < 0 ? -1 : pread(fd, &c, sizeof(c), 0);

	if (fd >= 0)
		close(fd);
	*m = (struct spool_mark){ .spool = spool };
	if (n == (ssize_t)sizeof(c) && !memcmp(c.magic, MAGIC, sizeof(c.magic)) && c.crc == linx_checksum(0, &c, offsetof(struct content, crc)) &&
	    c.mark.spool == spool)
		*m = c.mark;
}

/* Opens the file for writing, and makes it if it is missing, or belongs to a user who does not let others write it. */
static int open_file(int dir, const char *name, bool *made)
{
	const int flags = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd = openat(dir, name, flags);

	*made = fd < 0;
	if (fd < 0 && errno != ENOENT)
		unlinkat(dir, name, 0);
	if (fd < 0)
		fd = openat(dir, name, flags | O_CREAT | O_EXCL, MODE);
	if (fd >= 0 && *made && fchmod(fd, MODE)) {
		close(fd);
		return -1;
	}
	return fd;
}

int spool_mark_write(int dir, enum spool_kind kind, const struct spool_mark *m)
{
	struct content c = { .mark = *m };
	bool made;
	int fd = open_file(dir, names[kind], &made), rc = fd < 0 ? -errno : 0;

	memcpy(c.magic, MAGIC, sizeof(c.magic));
	c.crc = linx_checksum(0, &c, offsetof(struct content, crc));
	errno = ENOSPC; /* pwrite(2) sets no errno if it writes too few bytes */
	if (!rc && (pwrite(fd, &c, sizeof(c), 0) != (ssize_t)sizeof(c) || fdatasync(fd) || (made && fsync(dir))))
		rc = -errno;
	if (fd >= 0)
		close(fd);
	if (rc) /* an old mark would say less than what was sent */
		unlinkat(dir, names[kind], 0);
	return rc;
}
