// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes pods.json so that a reader finds either the old or the new content: see pods/pods.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pods/pods.h"

#define SECOND_NS 1000000000ull
/* Shortest time between two writes of changes, and of writes for good_ns alone. */
#define CHANGE_NS (SECOND_NS / 2)
#define GOOD_NS (60 * SECOND_NS)
/* Everybody may read it: programs that record without being root, too. */
#define MODE 0644

/* Writes all of the data to a new file, and syncs it. 0 or -errno. */
static int write_new(const char *path, const char *data, size_t len)
{
	int fd, rc = 0;

	/* one that a killed process has left; another user's link is not followed */
	if (unlink(path) && errno != ENOENT)
		return -errno;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, MODE);
	if (fd < 0)
		return -errno;
	for (size_t done = 0; done < len && !rc;) {
		ssize_t n = write(fd, data + done, len - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			rc = -errno;
	}
	if (!rc && (fchmod(fd, MODE) || fsync(fd)))
		rc = -errno;
	close(fd);
	return rc;
}

static int replace(const char *path, const char *data, size_t len)
{
	char temporary[PATH_MAX];
	int rc;

	if (snprintf(temporary, sizeof(temporary), "%s.new", path) >= (int)sizeof(temporary))
		return -ENAMETOOLONG;
	rc = write_new(temporary, data, len);
	if (!rc && rename(temporary, path))
		rc = -errno;
	if (rc)
		unlink(temporary);
	return rc;
}

/* Reports once that some pods are not in the file. */
static void report_missing(struct pods *p)
{
	bool full = p->table.skipped || p->table.left_out;

	if (full && !p->full)
		say_at(SAY_WARNING, "pods are missing in %s: %llu are too large, for %llu there is no room", p->settings->output,
		       (unsigned long long)p->table.skipped, (unsigned long long)p->table.left_out);
	p->full = full;
}

void pods_flush(struct pods *p, bool at_once)
{
	uint64_t now = pods_now_ns(), since = p->written_ns ? now - p->written_ns : UINT64_MAX;
	size_t len;
	char *data;
	int rc;

	if (!p->good_ns)
		return;
	if (now > p->settings->keep_ns)
		pod_table_forget(&p->table, now - p->settings->keep_ns);
	if (!at_once && !(p->table.changed && since >= CHANGE_NS) && !(p->good_ns != p->written_good_ns && since >= GOOD_NS))
		return;
	report_missing(p);
	data = pod_table_print(&p->table, p->settings->node, p->good_ns, &len);
	rc = data ? replace(p->settings->output, data, len) : -ENOMEM;
	free(data);
	p->written_ns = now;
	if (rc && !p->unwritable)
		say_at(SAY_WARNING, "cannot write: %s: %s", p->settings->output, strerror(-rc));
	if (!rc && p->unwritable)
		say_at(SAY_INFO, "written again: %s", p->settings->output);
	p->unwritable = rc;
	if (rc)
		return;
	p->table.changed = false;
	p->written_good_ns = p->good_ns;
}
