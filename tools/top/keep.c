// SPDX-License-Identifier: LGPL-2.1-or-later
/* The newest records of a source, as a capture in memory: see top/keep.h. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "top/keep.h"

/* Place of the header's length in a capture file: docs/record-format.md. */
#define HEADER_LEN_AT 16
#define HEADER_LEN_MAX (16u << 20)
/* Part of the limit that the context may take. If it is larger, it is dropped, and older tasks have no names. */
#define CONTEXT_PART 4u
#define COPY_BYTES (1u << 18)

/* A capture in memory, without a certificate at its end. */
struct half {
	int fd; /* -1: there is none */
	off_t header; /* bytes of its header */
	uint64_t since_ns; /* wall clock when it begins; 0: it begins with the recording */
};

struct top_keep {
	struct linx *l;
	uint64_t bytes;
	bool on_disk;
	struct half context, older, newer;
	pthread_mutex_t lock; /* of context, older and newer: one thread changes them, others open what is kept */
	struct linx_writer *writer; /* writes to newer */
	uint64_t since_ns;
};

static int new_file(const struct top_keep *k, const char *name)
{
	const char *dir = getenv("TMPDIR");
	int fd = k->on_disk ? open(dir && *dir ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;

	if (fd < 0) /* in memory, or the file system has no such files */
		fd = memfd_create(name, MFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static void drop(struct half *h)
{
	if (h->fd >= 0)
		close(h->fd);
	*h = (struct half){ .fd = -1 };
}

/* Returns the bytes of a half behind its header, which has the table of calls. */
static off_t size_of(const struct half *h)
{
	struct stat st;

	return h->fd >= 0 && !fstat(h->fd, &st) ? st.st_size - h->header : 0;
}

/* Begins a new half. 0 or -errno */
static int begin(struct top_keep *k, uint64_t since_ns)
{
	const struct linx_writer_opts opts = { .size = sizeof(opts), .beside = LINX_WRITER_ALL };
	struct half h = { .fd = new_file(k, "linx-kept"), .since_ns = since_ns };
	uint32_t len = 0;
	int rc = h.fd < 0 ? h.fd : linx_writer_new(k->l, h.fd, &opts, &k->writer, NULL);

	if (rc >= 0 && pread(h.fd, &len, sizeof(len), HEADER_LEN_AT) != (ssize_t)sizeof(len))
		rc = -EIO;
	if (rc >= 0 && (!len || len > HEADER_LEN_MAX))
		rc = -EBADMSG;
	h.header = (off_t)len;
	pthread_mutex_lock(&k->lock);
	k->newer = h;
	pthread_mutex_unlock(&k->lock);
	return rc < 0 ? rc : 0;
}

struct top_keep *top_keep_new(struct linx *l, uint64_t bytes, bool on_disk, struct problem *why)
{
	struct top_keep *k = problem_alloc(sizeof(*k), why);
	int rc;

	if (!k)
		return NULL;
	k->l = l;
	k->bytes = bytes;
	k->on_disk = on_disk;
	pthread_mutex_init(&k->lock, NULL);
	k->context.fd = k->older.fd = k->newer.fd = -1;
	rc = begin(k, 0);
	if (!rc)
		return k;
	problem_set(why, "cannot keep events: %s", strerror(-rc));
	top_keep_free(k);
	return NULL;
}

void top_keep_free(struct top_keep *k)
{
	if (!k)
		return;
	linx_writer_free(k->writer);
	drop(&k->context);
	drop(&k->older);
	drop(&k->newer);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

uint64_t top_keep_since(const struct top_keep *k)
{
	return k->since_ns;
}

/* ---- one capture of several ------------------------------------------------------------------- */

/* Appends the bytes of a half from an offset on to fd. */
static int append(int fd, const struct half *h, off_t from, char *buffer)
{
	ssize_t n, done, m;

	for (; h->fd >= 0; from += n) {
		n = pread(h->fd, buffer, COPY_BYTES, from);
		if (n <= 0)
			return n ? -errno : 0;
		for (done = 0; done < n; done += m) {
			m = write(fd, buffer + done, (size_t)(n - done));
			if (m < 0)
				return -errno;
		}
	}
	return 0;
}

/*
 * Makes one capture of the context and these halves, with the header of the first. Returns its descriptor, or -errno.
 */
static int join(const struct top_keep *k, const struct half *const *halves, unsigned int n)
{
	char *buffer = malloc(COPY_BYTES);
	int fd = buffer ? new_file(k, "linx-joined") : -ENOMEM, rc = 0;
	bool begun = false;

	for (unsigned int i = 0; fd >= 0 && !rc && i < n; i++) {
		if (halves[i]->fd < 0)
			continue;
		rc = append(fd, halves[i], begun ? halves[i]->header : 0, buffer);
		begun = true;
	}
	free(buffer);
	if (!rc && fd >= 0 && lseek(fd, 0, SEEK_SET) < 0)
		rc = -errno;
	if (!rc || fd < 0)
		return fd;
	close(fd);
	return rc;
}

int top_keep_flush(struct top_keep *k)
{
	int rc = k->writer ? linx_writer_step(k->writer, 0) : 0;

	return rc < 0 ? rc : 0;
}

/* Copies a half with a descriptor of its own, so that it stays when the original is dropped. */
static struct half held(const struct half *h)
{
	struct half copy = *h;

	copy.fd = h->fd < 0 ? -1 : fcntl(h->fd, F_DUPFD_CLOEXEC, 0);
	return copy;
}

int top_keep_open(struct top_keep *k)
{
	struct half copies[3];
	const struct half *const halves[] = { &copies[0], &copies[1], &copies[2] };
	int fd;

	/* the lock is held only for this: the copying takes longer than the reader of events may wait */
	pthread_mutex_lock(&k->lock);
	copies[0] = held(&k->context);
	copies[1] = held(&k->older);
	copies[2] = held(&k->newer);
	pthread_mutex_unlock(&k->lock);
	fd = join(k, halves, 3);
	for (unsigned int i = 0; i < 3; i++)
		drop(&copies[i]);
	return fd;
}

/* ---- the context ------------------------------------------------------------------------------ */

/*
 * Reads all events of a capture that has no certificate, so that its writer gets the records of tasks and descriptors.
 * The caller keeps no event.
 */
static int pass(struct linx *l)
{
	const struct linx_event *ev;
	int rc;

	do
		rc = linx_next(l, &ev, -1);
	while (rc >= 0 || rc == -EINTR);
	return rc == -ENODATA ? 0 : rc;
}

/* Writes the records of tasks and descriptors that a capture has to a new one. */
static int copy_context(const struct top_keep *k, int from, struct half *to)
{
	const struct linx_writer_opts opts = { .size = sizeof(opts), .beside = LINX_WRITER_KEPT };
	struct linx_writer *w = NULL;
	struct linx *l = NULL;
	uint32_t len = 0;
	int rc;

	*to = (struct half){ .fd = new_file(k, "linx-context") };
	rc = to->fd < 0 ? to->fd : linx_open_file(from, "kept events", &l, NULL);
	/* calls that are not selected are passed over without being decoded */
	if (rc >= 0)
		rc = linx_select(l, "none");
	if (rc >= 0)
		rc = linx_writer_new(l, to->fd, &opts, &w, NULL);
	if (rc >= 0)
		rc = pass(l);
	if (rc >= 0)
		rc = linx_writer_step(w, 0);
	linx_writer_free(w);
	linx_close(l);
	if (rc >= 0 && pread(to->fd, &len, sizeof(len), HEADER_LEN_AT) != (ssize_t)sizeof(len))
		rc = -EIO;
	to->header = (off_t)len;
	return rc < 0 ? rc : 0;
}

/* Makes the newer half the older one, of which only the context stays. */
static int forget_older(struct top_keep *k)
{
	const struct half *const halves[] = { &k->context, &k->older };
	struct half context = { .fd = -1 };
	int rc = 0, fd = k->older.fd < 0 ? -1 : join(k, halves, 2);

	if (k->older.fd >= 0 && fd < 0)
		rc = fd;
	if (fd >= 0) {
		rc = copy_context(k, fd, &context);
		close(fd);
	}
	if (rc || size_of(&context) > (off_t)(k->bytes / CONTEXT_PART))
		drop(&context);
	pthread_mutex_lock(&k->lock);
	drop(&k->context);
	drop(&k->older);
	k->context = context;
	k->older = k->newer;
	k->newer.fd = -1;
	pthread_mutex_unlock(&k->lock);
	return rc;
}

int top_keep_look(struct top_keep *k, uint64_t time_ns)
{
	int rc;

	if (!k->writer || size_of(&k->newer) < (off_t)(k->bytes / 2))
		return 0;
	rc = linx_writer_step(k->writer, 0);
	linx_writer_free(k->writer);
	k->writer = NULL;
	if (rc >= 0)
		rc = forget_older(k);
	/* events that are read late can be a little older than the newest one */
	k->since_ns = k->older.since_ns;
	return rc < 0 ? rc : begin(k, time_ns);
}
