// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A log file whose lines first go to a mapped file, the window: see files/maplog.h.
 *
 * The window begins with a head: the number of bytes of lines in it, and the length that the log had before these
 * lines. If a writer dies after it wrote lines to the log and before it emptied the window, the next writer
 * compares the end of the log with the window, and appends only the missing lines. Lines survive a crash of the
 * process, but not of the machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/maplog.h"
#include "base/same_file.h"
#include "base/signals.h"

#define WINDOW ((size_t)1 << 20)
#define MAGIC 0x776f646e6977786cull /* "lxwindow" in this machine's byte order */
#define FLUSH_NS 250000000ull
#define LOOK_NS 1000000000ull
#define SUFFIX ".window"

struct maplog_window {
	uint64_t magic;
	uint64_t dev, ino; /* device and inode of the log to which the lines belong */
	uint64_t base; /* length of the log before the lines */
	uint64_t len; /* bytes of lines; stored after the lines themselves */
	char lines[];
};
#define ROOM (WINDOW - offsetof(struct maplog_window, lines))

/* ---- access to the mapped part of the file, which another process may truncate -------------- */

/* The point at which on_sigbus() continues, if a copy touched memory whose file another process has truncated. */
static sigjmp_buf escape;
static volatile sig_atomic_t touching;

static void on_sigbus(int sig)
{
	if (touching)
		siglongjmp(escape, 1);
	signal(sig, SIG_DFL); /* the access was not in copy(): the process dies of SIGBUS when the access is repeated */
}

static void catch_sigbus(void)
{
	struct sigaction sa = { .sa_handler = on_sigbus, .sa_flags = SA_NODEFER };

	sigaction(SIGBUS, &sa, NULL);
	signals_unblock(SIGBUS); /* a blocked SIGBUS would end the process without calling the handler */
}

/* Copies to or from the window. False: another process has truncated the window's file. */
static bool copy(void *to, const void *from, size_t n)
{
	if (sigsetjmp(escape, 0)) {
		touching = 0;
		return false;
	}
	touching = 1;
	memcpy(to, from, n);
	touching = 0;
	return true;
}

/* Stores in the window the length of the log after which the window's lines belong. False: the window was truncated. */
static bool set_base(struct maplog *m, const struct stat *log, uint64_t base)
{
	struct maplog_window head = { .magic = MAGIC, .dev = log->st_dev, .ino = log->st_ino, .base = base };

	m->base = base;
	return !m->window || copy(m->window, &head, offsetof(struct maplog_window, len));
}

/*
 * Empties the window after its lines were written to the log. The length becomes 0 first. If the process dies after
 * that, no lines are written twice. False: the window was truncated.
 */
static bool forget_lines(struct maplog *m, const struct stat *log, uint64_t base)
{
	static const uint64_t none = 0;

	m->len = 0;
	return (!m->window || copy(&m->window->len, &none, sizeof(none))) && set_base(m, log, base);
}

/* Adds lines to the window, which must have room. False: the window was truncated. */
static bool add(struct maplog *m, const char *text, size_t n)
{
	struct maplog_window *w = m->window;
	uint64_t len = m->len + n;

	if (!copy(w->lines + m->len, text, n) || !copy(&w->len, &len, sizeof(len)))
		return false;
	m->len = len;
	return true;
}

/* ---- writing to the log --------------------------------------------------------------------- */

/* Writes len bytes. After an error *text and *len are the part that was not written. 0 or -errno. */
static int write_all(int fd, const char **text, size_t *len)
{
	while (*len) {
		ssize_t n = write(fd, *text, *len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		*text += n;
		*len -= (size_t)n;
	}
	return 0;
}

static int cut(int fd, off_t size)
{
	int rc;

	do /* some file systems interrupt ftruncate(2) for a signal */
		rc = ftruncate(fd, size);
	while (rc && errno == EINTR);
	return rc ? -errno : 0;
}

/*
 * Appends complete lines to the log. If only a part of a line could be written, it is removed again. *size: length
 * of the log, updated.
 */
static int append(struct maplog *m, const char *text, size_t len, off_t *size)
{
	const char *rest = text;
	size_t left = len, whole;
	int rc = write_all(m->fd, &rest, &left);

	for (whole = len - left; rc && whole && text[whole - 1] != '\n';)
		whole--;
	if (rc && whole < len - left && cut(m->fd, *size + (off_t)whole))
		whole = len - left;
	*size += (off_t)(rc ? whole : len);
	return rc;
}

/* Stops using the window, since it was truncated: from now on each line is written to the log at once. */
static void lose_window(struct maplog *m)
{
	report_to(m->opts.listener, SAY_WARNING, "cut off by somebody: %s" SUFFIX ": lines of the last moment may be missing", m->path);
	munmap(m->window, WINDOW);
	m->window = NULL;
	m->len = 0;
}

/* Appends the lines of the window to the log, and then the lines of text. */
static int append_all(struct maplog *m, const char *text, size_t len)
{
	struct stat st;
	off_t size;
	int rc = 0;

	if (fstat(m->fd, &st))
		return -errno;
	size = st.st_size;
	if (!set_base(m, &st, (uint64_t)size))
		lose_window(m);
	if (m->len) {
		rc = append(m, m->window->lines, m->len, &size);
		if (rc == -EFAULT || (!rc && !forget_lines(m, &st, (uint64_t)size))) {
			lose_window(m);
			rc = 0;
		}
	}
	if (rc || !len)
		return rc;
	rc = append(m, text, len, &size);
	if (!rc && !set_base(m, &st, (uint64_t)size))
		lose_window(m);
	return rc;
}

/* ---- opening the log and its window --------------------------------------------------------- */

static int give_to_group(int fd, const char *name, struct problem *why)
{
	const struct group *g = getgrnam(name);

	if (!g)
		return problem_set(why, "no such group: %s: name one that exists, or leave the group out", name);
	return fchown(fd, (uid_t)-1, g->gr_gid) ? problem_set(why, "cannot give it to the group %s: %s", name, strerror(errno)) : 0;
}

static int open_slow(const char *path, int flags, mode_t mode)
{
	int fd;

	do
		fd = open(path, flags | O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

/* Opens the log; if it does not exist, creates it with mode and group. -1: why has the reason. */
static int open_or_create(const char *path, const struct maplog_opts *o, struct problem *why)
{
	int fd = open_slow(path, O_APPEND, 0);

	if (fd < 0 && errno == ENOENT) {
		fd = open_slow(path, O_APPEND | O_CREAT | O_EXCL, 0600);
		if (fd >= 0 && o->group && give_to_group(fd, o->group, why)) {
			close(fd);
			return -1;
		}
		if (fd >= 0 && fchmod(fd, o->mode)) {
			close(fd);
			fd = -1;
		}
	}
	return fd < 0 ? problem_set(why, "cannot write: %s: %s", path, strerror(errno)) : fd;
}

static int refuse(int fd, struct problem *why, const char *path, const char *what)
{
	close(fd);
	return problem_set(why, "cannot write: %s: %s", path, what);
}

static int open_log(const char *path, const struct maplog_opts *o, struct problem *why)
{
	int fd = open_or_create(path, o, why);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return refuse(fd, why, path, "putfile needs a regular file");
	return flock(fd, LOCK_EX | LOCK_NB) ? refuse(fd, why, path, "another linxcap writes there") : fd;
}

/*
 * True if a file may be used as window: it belongs to this user, has no other links, and is empty or of the right size.
 * The check is needed because users who can write to the directory may have put a file there.
 */
static bool is_own(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid == geteuid() && st.st_nlink == 1 &&
	       (!st.st_size || st.st_size == (off_t)WINDOW);
}

static int allocate(int fd)
{
	int err;

	do
		err = posix_fallocate(fd, 0, (off_t)WINDOW);
	while (err == EINTR);
	return -err;
}

/* Maps the window. If it is left from a writer that died, its content is kept. */
static int map_window(struct maplog *m, const char *path, struct problem *why)
{
	int fd = open_slow(path, O_CREAT | O_NOFOLLOW, 0600), rc;
	void *p;

	if (fd < 0) {
		report_to(m->opts.listener, SAY_WARNING, "no window beside it: %s: %s: each line is written by itself, which takes longer", path,
		       strerror(errno));
		return 0;
	}
	if (!is_own(fd))
		return refuse(fd, why, path, "it is no window of this user's: remove it");
	if (flock(fd, LOCK_EX | LOCK_NB))
		return refuse(fd, why, path, "another linxcap writes there");
	rc = allocate(fd);
	p = rc ? MAP_FAILED : mmap(NULL, WINDOW, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return refuse(fd, why, path, strerror(rc ? -rc : errno));
	m->window_fd = fd;
	m->window = p;
	return 0;
}

/*
 * Returns how many bytes of the window's lines the log already has after its length "base"; 0 if the log has other
 * bytes there.
 */
static size_t moved(const struct maplog *m, const struct maplog_window *w, uint64_t len, const struct stat *log)
{
	size_t done = 0;
	char buf[65536];

	if (w->dev != log->st_dev || w->ino != log->st_ino || (uint64_t)log->st_size <= w->base)
		return 0;
	while (done < len) {
		size_t n = len - done < sizeof(buf) ? len - done : sizeof(buf);
		ssize_t got = pread(m->fd, buf, n, (off_t)(w->base + done));

		if (got < 0 || memcmp(buf, w->lines + done, (size_t)got))
			return 0; /* the log has other lines there: writing a line twice is better than losing it */
		done += (size_t)got;
		if ((size_t)got < n)
			break;
	}
	return done;
}

/* Appends a newline to the log if its last line has none. */
static int end_line(struct maplog *m, off_t *size)
{
	char last = '\n';

	if (*size && pread(m->fd, &last, 1, *size - 1) != 1)
		return -EIO;
	return last == '\n' ? 0 : append(m, "\n", 1, size);
}

/* Appends to the log the lines that a dead writer left in the window. */
static int carry_over(struct maplog *m, const struct stat *log, off_t *size)
{
	struct maplog_window *w = m->window;
	uint64_t len = w->magic == MAGIC && w->len <= ROOM ? w->len : 0;
	size_t done = len ? moved(m, w, len, log) : 0;
	int rc = done ? 0 : end_line(m, size);

	if (!rc && len > done)
		rc = append(m, w->lines + done, len - done, size);
	if (!rc && len > done)
		report_to(m->opts.listener, SAY_INFO, "carried over: %s: %llu bytes of lines that its last writer left", m->path,
		       (unsigned long long)(len - done));
	return rc;
}

/*
 * Copies to the end of the present log what an earlier log file has after the offset "at". That file was deleted, and
 * nobody could read these lines in it.
 */
static int save_lines(struct maplog *m, int from, off_t at, off_t *size)
{
	char buf[65536];
	ssize_t got;
	int rc = 0;

	while (!rc && (got = pread(from, buf, sizeof(buf), at)) != 0) {
		if (got < 0)
			return -errno;
		rc = append(m, buf, (size_t)got, size);
		at += got;
	}
	return rc;
}

/*
 * Prepares the log that was opened for appending. first: this process has just started, and lines that a dead writer
 * left in the window are appended. If first is false, lines that wait in the window stay there. deleted: descriptor of
 * the previous log, if that was deleted; otherwise -1.
 */
static int begin(struct maplog *m, bool first, int deleted)
{
	struct stat st;
	off_t size;
	int rc;

	if (fstat(m->fd, &st))
		return -errno;
	size = st.st_size;
	rc = first && m->window ? carry_over(m, &st, &size) : end_line(m, &size);
	if (!rc && deleted >= 0)
		rc = save_lines(m, deleted, m->looked, &size);
	if (!rc && !(first ? forget_lines : set_base)(m, &st, (uint64_t)size))
		lose_window(m);
	m->looked = m->before = size;
	return rc;
}

static bool window_path(const struct maplog *m, char *to, size_t size)
{
	return (size_t)snprintf(to, size, "%s" SUFFIX, m->path) < size;
}

int maplog_open(struct maplog *m, const char *path, const struct maplog_opts *opts, struct problem *why)
{
	char name[PATH_MAX];
	int rc;

	*m = (struct maplog){ .path = path, .opts = *opts, .window_fd = -1, .fd = open_log(path, opts, why) };
	if (m->fd < 0)
		return -1;
	if (!opts->no_window)
		catch_sigbus();
	if (!opts->no_window && (!window_path(m, name, sizeof(name)) || map_window(m, name, why))) {
		close(m->fd);
		m->fd = -1;
		return -1;
	}
	rc = begin(m, true, -1);
	if (!rc)
		return 0;
	m->error = rc;
	problem_set(why, "cannot write: %s: %s", path, strerror(-rc));
	maplog_close(m);
	return -1;
}

static void remove_window(struct maplog *m)
{
	char name[PATH_MAX];
	struct stat ours, named;

	if (window_path(m, name, sizeof(name)) && !fstat(m->window_fd, &ours) && !lstat(name, &named) && same_file(&ours, &named))
		unlink(name);
}

/* ---- changes to the log by other processes ---------------------------------------------- */

/*
 * Opens the log again by its name, because the name now means another file, or no file, which is then created. deleted:
 * the previous file was deleted, not renamed.
 */
static int change_files(struct maplog *m, bool deleted)
{
	struct problem why;
	int old = m->fd, rc;

	m->fd = open_log(m->path, &m->opts, &why);
	if (m->fd < 0) {
		report_to(m->opts.listener, SAY_ERROR, "%s", why.text);
		m->fd = old;
		return -EIO;
	}
	rc = begin(m, false, deleted ? old : -1);
	close(old);
	if (!rc && deleted)
		report_to(m->opts.listener, SAY_WARNING, "deleted by somebody: %s: it goes on in a new file", m->path);
	else if (!rc)
		report_to(m->opts.listener, SAY_INFO, "rotated: %s: it goes on in a new file", m->path);
	return rc;
}

/*
 * Warns that another process has truncated the log. If that process copied the log before, its copy may lack the latest
 * lines.
 */
static void report_truncation(struct maplog *m, const struct stat *log)
{
	uint64_t seen = (uint64_t)m->before < m->base ? (uint64_t)m->before : 0;

	report_to(m->opts.listener, SAY_WARNING, "truncated by somebody: %s: up to %llu bytes of lines, written shortly before, may be in no copy of it",
	       m->path, (unsigned long long)(m->base - seen));
	m->looked = log->st_size;
	if (!set_base(m, log, (uint64_t)log->st_size))
		lose_window(m);
}

static int look_at_name(struct maplog *m)
{
	struct stat ours, named;

	if (fstat(m->fd, &ours))
		return -errno;
	if (stat(m->path, &named) || !same_file(&named, &ours))
		return change_files(m, !ours.st_nlink);
	if ((uint64_t)ours.st_size < m->base)
		report_truncation(m, &ours);
	m->before = m->looked;
	m->looked = ours.st_size;
	return 0;
}

/*
 * Writes the lines of the window to the log. First checks whether the name of the log now means another file, as after
 * a rotation. text: more lines, which did not fit into the window.
 */
static int flush(struct maplog *m, const char *text, size_t len)
{
	int rc = m->window ? look_at_name(m) : 0;

	m->since_ns = 0;
	return rc ? rc : append_all(m, text, len);
}

int maplog_put(struct maplog *m, const char *text, size_t len)
{
	if (m->error)
		return m->error;
	if (m->window && len > ROOM - m->len && len <= ROOM)
		m->error = flush(m, NULL, 0);
	if (!m->error && m->window && len <= ROOM) {
		if (add(m, text, len))
			return 0;
		lose_window(m);
	}
	return m->error = m->error ? m->error : flush(m, text, len);
}

uint64_t maplog_due(struct maplog *m, uint64_t now_ns)
{
	if (!m->len)
		return UINT64_MAX;
	if (!m->since_ns)
		m->since_ns = now_ns;
	return m->since_ns + FLUSH_NS;
}

int maplog_look(struct maplog *m, uint64_t now_ns)
{
	if (m->error)
		return m->error;
	if (now_ns >= m->due_ns) {
		m->due_ns = now_ns + LOOK_NS;
		m->error = look_at_name(m);
	}
	if (!m->error && maplog_due(m, now_ns) <= now_ns)
		m->error = flush(m, NULL, 0);
	return m->error;
}

int maplog_close(struct maplog *m)
{
	if (m->fd < 0)
		return m->error;
	if (!m->error)
		m->error = flush(m, NULL, 0);
	if (m->window_fd >= 0 && !m->error)
		remove_window(m);
	if (m->window)
		munmap(m->window, WINDOW);
	if (m->window_fd >= 0)
		close(m->window_fd);
	close(m->fd);
	m->fd = m->window_fd = -1;
	m->window = NULL;
	return m->error;
}
