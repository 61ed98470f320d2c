// SPDX-License-Identifier: LGPL-2.1-or-later
/* Buffered output: see output/text_out.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/text_out.h"

/* Number of bytes that can be written to a pipe without blocking, once poll(2) has reported it as writable. */
#define OUTPUT_PIECE 4096u
/* Longest wait for the reader of a pipe after a request to stop. */
#define OUTPUT_PATIENCE_MS 2000

static bool is_standard(const char *path)
{
	return !path || !strcmp(path, "-");
}

int output_open_fd(const char *path, struct problem *why)
{
	int fd;

	if (is_standard(path))
		return STDOUT_FILENO;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd < 0)
		return problem_set(why, "cannot write: %s: %s", path, strerror(errno));
	return fd;
}

int output_attach(struct output *o, int fd, const char *name, bool own, struct signals *signals,
		  struct problem *why)
{
	struct stat st = { 0 };

	*o = (struct output){ .fd = fd, .own = own, .name = name, .signals = signals };
	o->buf = malloc(OUTPUT_SIZE);
	if (!o->buf) {
		output_close(o);
		return problem_set(why, "out of memory");
	}
	o->regular = !fstat(fd, &st) && S_ISREG(st.st_mode);
	o->terminal = isatty(fd);
	/* a character device that is not a terminal never blocks for long */
	o->waits = !o->regular && (o->terminal || !S_ISCHR(st.st_mode));
	return 0;
}

void output_hurry(struct output *o)
{
	char path[32];
	struct stat st;
	int fd;

	if (fstat(o->fd, &st) || !S_ISFIFO(st.st_mode))
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", o->fd);
	fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return;
	if (o->own)
		close(o->fd);
	o->fd = fd;
	o->own = true;
	o->waits = false;
}

int output_open(struct output *o, const char *path, struct signals *signals, struct problem *why)
{
	bool own = !is_standard(path);
	int fd = output_open_fd(path, why);

	if (fd >= 0)
		return output_attach(o, fd, own ? path : "standard output", own, signals, why);
	*o = (struct output){ .fd = -1 };
	return -1;
}

int output_open_alone(struct output *o, const char *path, struct signals *signals, struct problem *why)
{
	int fd;

	if (is_standard(path))
		return output_open(o, path, signals, why);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd >= 0)
		return output_attach_alone(o, fd, path, signals, why);
	*o = (struct output){ .fd = -1 };
	return problem_set(why, "cannot write: %s: %s", path, strerror(errno));
}

int output_attach_alone(struct output *o, int fd, const char *path, struct signals *signals, struct problem *why)
{
	*o = (struct output){ .fd = -1 };
	/*
	 * The file is emptied only when the lock is held. If the file system has no locks, no other writer can be
	 * detected.
	 */
	if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) {
		close(fd);
		return problem_set(why, "cannot write: %s: another process records to it: write another name", path);
	}
	if (output_attach(o, fd, path, true, signals, why))
		return -1;
	if (o->regular && ftruncate(fd, 0))
		return problem_set(why, "cannot write: %s: %s", path, strerror(errno));
	return 0;
}

int output_open_as(struct output *o, const char *path, bool append, unsigned int mode, struct signals *signals,
		   struct problem *why)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | (append ? O_APPEND : O_TRUNC), mode), error = errno;

	if (fd >= 0)
		return output_attach(o, fd, path, true, signals, why) ? -ENOMEM : 0;
	*o = (struct output){ .fd = -1 };
	problem_set(why, "cannot write: %s: %s", path, strerror(error));
	return -error;
}

/*
 * Waits until a write of OUTPUT_PIECE would not block. Signals that come meanwhile are kept for later, in
 * signals->news. Once signals ask to stop, the wait ends after OUTPUT_PATIENCE_MS with -ETIMEDOUT. One more signal ends
 * it at once, also with -ETIMEDOUT. 0 or -errno.
 */
static int wait_writable(struct output *o)
{
	struct pollfd p[2] = { { .fd = o->fd, .events = POLLOUT },
			       { .fd = o->signals ? o->signals->fd : -1, .events = POLLIN } };
	bool patient;
	int n;

	do {
		patient = !o->signals || !signals_stopping();
		n = poll(p, 2, patient ? -1 : OUTPUT_PATIENCE_MS);
		if (p[1].revents & POLLIN)
			signals_absorb(o->signals);
		if (n > 0 && p[0].revents)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (signals_giving_up())
			return -ETIMEDOUT;
	} while (n || patient);
	return -ETIMEDOUT;
}

/* Calls write(2) once. Returns the number of bytes that were written, 0 if the caller should try again, or -errno. */
static ssize_t write_some(struct output *o, const char *text, size_t len)
{
	ssize_t n;
	int rc;

	if (o->waits) {
		rc = wait_writable(o);
		if (rc)
			return rc;
		if (len > OUTPUT_PIECE)
			len = OUTPUT_PIECE;
	}
	n = write(o->fd, text, len);
	if (n >= 0)
		return n;
	if (errno == EAGAIN && !o->waits && !o->regular)
		return wait_writable(o);
	return errno == EINTR || errno == EAGAIN ? 0 : -errno;
}

/* Removes the last line from a file if it was written only in part, as on a full disk. */
static void trim_line(struct output *o, const char *text, size_t written)
{
	off_t end = lseek(o->fd, 0, SEEK_CUR);
	size_t cut = 0;

	while (cut < written && text[written - 1 - cut] != '\n')
		cut++;
	/* a line without a newline in text began in an earlier write, and its beginning stays in the file */
	if (cut < written && end >= (off_t)cut && ftruncate(o->fd, end - (off_t)cut))
		return;
}

static int write_all(struct output *o, const char *text, size_t len)
{
	size_t done = 0;

	while (done < len && !o->error) {
		ssize_t n = write_some(o, text + done, len - done);

		if (n < 0)
			o->error = (int)n;
		else
			done += (size_t)n;
	}
	if (o->error && o->own && o->regular)
		trim_line(o, text, done);
	return o->error;
}

int output_flush(struct output *o)
{
	if (!o->error && o->len)
		write_all(o, o->buf, o->len);
	o->len = 0;
	return o->error;
}

int output_put_long(struct output *o, const char *text, size_t len)
{
	if (output_flush(o))
		return o->error;
	return len > OUTPUT_SIZE ? write_all(o, text, len) : output_put(o, text, len);
}

int output_hand_over(struct output *o)
{
	int fd = o->fd;

	o->fd = -1;
	return fd;
}

int output_close(struct output *o)
{
	/* close(2) can report that a remote disk is full; after EINTR the descriptor is closed, too */
	int rc = o->own && o->fd >= 0 && close(o->fd) && errno != EINTR ? -errno : 0;

	o->fd = -1;
	free(o->buf);
	o->buf = NULL;
	if (!o->error)
		o->error = rc;
	return o->error;
}
