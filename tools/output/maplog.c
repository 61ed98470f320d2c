// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The window: see output/maplog.h. Lines have no NUL in them, so that NULs at the end
 * of a file are room that its last writer did not use.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/maplog.h"
#include "base/same_file.h"
#include "base/signals.h"

#define WINDOW ((size_t)4 << 20)
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#define LOOK_NS 1000000000ull

/* ---- a window that somebody cut off -------------------------------------------------------- */

/* Return point for a copy that touches memory whose file was truncated. */
static sigjmp_buf escape;
static volatile sig_atomic_t copying;

static void on_sigbus(int sig)
{
	if (copying)
		siglongjmp(escape, 1);
	signal(sig, SIG_DFL); /* not ours: happens again, and ends us */
}

static void catch_sigbus(void)
{
	struct sigaction sa = { .sa_handler = on_sigbus, .sa_flags = SA_NODEFER };

	sigaction(SIGBUS, &sa, NULL);
	signals_unblock(SIGBUS); /* blocked, it would end us all the same */
}

/* False: the file ends before here, or its file system has no memory for it. */
static bool copy(char *to, const char *from, size_t n)
{
	if (sigsetjmp(escape, 0)) {
		copying = 0;
		return false;
	}
	copying = 1;
	memcpy(to, from, n);
	copying = 0;
	return true;
}

/* ---- the file ---------------------------------------------------------------------------------- */

/* Behind the last byte that is no NUL. */
static int find_end(int fd, off_t size, off_t *end)
{
	char buf[65536];

	for (*end = size; *end;) {
		size_t n = *end < (off_t)sizeof(buf) ? (size_t)*end : sizeof(buf);
		ssize_t got = pread(fd, buf, n, *end - (off_t)n);

		if (got != (ssize_t)n)
			return got < 0 ? -errno : -EIO;
		while (n && !buf[n - 1])
			n--;
		*end -= (off_t)((size_t)got - n);
		if (n)
			return 0;
	}
	return 0;
}

static int drop_window(struct maplog *m)
{
	int rc = m->window ? munmap(m->window, m->size) : 0;

	m->window = NULL;
	m->size = 0;
	return rc;
}

/* Room first: memory that a full disk cannot give would be a signal. */
static int slide(struct maplog *m)
{
	off_t page = sysconf(_SC_PAGESIZE);
	void *p;
	int err;

	drop_window(m);
	m->from = m->end / page * page;
	do /* some file systems stop for a signal */
		err = posix_fallocate(m->fd, m->from, (off_t)WINDOW);
	while (err == EINTR);
	if (err)
		return -err;
	p = mmap(NULL, WINDOW, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, m->from);
	if (p == MAP_FAILED)
		return -errno;
	/* One call for all pages is cheaper than a fault for each; kernels before 5.14 do not have it. */
	madvise(p, WINDOW, MADV_POPULATE_WRITE);
	m->window = p;
	m->size = WINDOW;
	return 0;
}

static int open_file(const char *path, struct problem *why)
{
	struct stat st;
	int fd;

	do
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return problem_set(why, "cannot write: %s: %s", path, strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return problem_set(why, "cannot write: %s: putfile needs a regular file", path);
	}
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		close(fd);
		return problem_set(why, "cannot write: %s: another linxcap writes there", path);
	}
	return fd;
}

/* Behind whole lines: one whose writer died in its middle is ended here. */
static int begin(struct maplog *m)
{
	struct stat st;
	char last = '\n';
	int rc = fstat(m->fd, &st) ? -errno : find_end(m->fd, st.st_size, &m->end);

	if (!rc && m->end && pread(m->fd, &last, 1, m->end - 1) != 1)
		rc = -EIO;
	if (!rc)
		rc = slide(m);
	if (!rc && last != '\n')
		rc = maplog_put(m, "\n", 1);
	m->looked = m->end;
	return rc;
}

int maplog_open(struct maplog *m, const char *path, struct problem *why)
{
	int rc;

	*m = (struct maplog){ .path = path, .fd = open_file(path, why) };
	if (m->fd < 0)
		return -1;
	catch_sigbus();
	rc = begin(m);
	if (!rc)
		return 0;
	problem_set(why, "cannot write: %s: %s", path, strerror(-rc));
	maplog_close(m);
	return -1;
}

/* The room that was not used goes back. */
static void end_file(struct maplog *m)
{
	struct stat st;
	int rc = 0;

	drop_window(m);
	if (m->fd < 0)
		return;
	if (!fstat(m->fd, &st) && st.st_size > m->end)
		do
			rc = ftruncate(m->fd, m->end);
		while (rc && errno == EINTR);
	if (rc)
		say_at(SAY_WARNING, "cannot cut off what was not used: %s: %s: it ends in NUL bytes", m->path, strerror(errno));
	close(m->fd);
	m->fd = -1;
}

void maplog_close(struct maplog *m)
{
	end_file(m);
}

/* ---- lines ---------------------------------------------------------------------------------------- */

/* Somebody made the file shorter than where we are, of this size: go on at its end. */
static int follow_truncation(struct maplog *m, off_t size)
{
	int rc;

	say_at(SAY_WARNING, "truncated by somebody: %s: what was written at that moment may be missing", m->path);
	rc = find_end(m->fd, size, &m->end);
	m->looked = m->end;
	return rc ? rc : slide(m);
}

/* By calls: one says why it fails. */
static int write_piece(struct maplog *m, const char *text, size_t len)
{
	while (len) {
		ssize_t n = pwrite(m->fd, text, len, m->end);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		m->end += n;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

static int put_piece(struct maplog *m, const char *text, size_t len)
{
	struct stat st;

	if (copy(m->window + (m->end - m->from), text, len)) {
		m->end += (off_t)len;
		return 0;
	}
	if (fstat(m->fd, &st))
		return -errno;
	/* The room that was given may have to be copied first, and there may be none for that: a full disk after reflink. */
	if (st.st_size >= m->end + (off_t)len)
		return write_piece(m, text, len);
	return follow_truncation(m, st.st_size);
}

/* A line of which there is only room for a part is taken away again, when the file is ended. */
int maplog_put(struct maplog *m, const char *text, size_t len)
{
	off_t start = m->end, before;
	size_t room, n;

	while (len && !m->error) {
		room = m->size - (size_t)(m->end - m->from);
		if (!room) {
			m->error = slide(m);
			continue;
		}
		n = len < room ? len : room;
		before = m->end;
		m->error = put_piece(m, text, n);
		if (m->end != before + (off_t)n)
			continue; /* in the file that was cut off: the same again */
		text += n;
		len -= n;
	}
	if (m->error && m->end > start)
		m->end = start;
	return m->error;
}

/* ---- changes to the file ---------------------------------------------------------------- */

/* Writes the lines again that went to a file which has lost its name since the last look. */
static int save_lines(struct maplog *m, int from, off_t at, off_t end)
{
	char buf[65536];
	int rc = 0;

	while (!rc && at < end) {
		size_t n = end - at < (off_t)sizeof(buf) ? (size_t)(end - at) : sizeof(buf);
		ssize_t got = pread(from, buf, n, at);

		if (got <= 0)
			return got ? -errno : 0;
		rc = maplog_put(m, buf, (size_t)got);
		at += got;
	}
	return rc;
}

/* The name means another file now, or none: go on in the one that it means. */
static int change_files(struct maplog *m, bool deleted)
{
	int old = deleted ? dup(m->fd) : -1, rc;
	off_t from = m->looked, end = m->end;
	struct problem why;

	end_file(m);
	flock(old, LOCK_UN);
	m->fd = open_file(m->path, &why);
	if (m->fd < 0) {
		say("%s", why.text);
		rc = -EIO;
	} else {
		rc = begin(m);
	}
	if (!rc && deleted)
		rc = save_lines(m, old, from, end);
	if (old >= 0)
		close(old);
	if (!rc && deleted)
		say_at(SAY_WARNING, "deleted by somebody: %s: it goes on in a new file", m->path);
	else if (!rc)
		say_at(SAY_INFO, "rotated: %s: it goes on in a new file", m->path);
	return rc;
}

int maplog_look(struct maplog *m, uint64_t now_ns)
{
	struct stat ours, named;
	bool there;

	if (m->error || now_ns < m->due_ns)
		return m->error;
	m->due_ns = now_ns + LOOK_NS;
	if (fstat(m->fd, &ours))
		return m->error = -errno;
	there = !stat(m->path, &named);
	if (!there || !same_file(&named, &ours))
		m->error = change_files(m, !ours.st_nlink);
	else if (ours.st_size < m->from + (off_t)m->size)
		m->error = follow_truncation(m, ours.st_size);
	m->looked = m->end;
	return m->error;
}
