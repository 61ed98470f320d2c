// SPDX-License-Identifier: LGPL-2.1-or-later
/* The newest records of a source, as a capture in memory: see top/keep.h. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/signals.h"
#include "files/write_at.h"
#include "top/keep.h"

/* Place of the header's length in a capture file: docs/record-format.md. */
#define HEADER_LEN_AT 16
#define HEADER_LEN_MAX (16u << 20)
/*
 * The context (records of tasks and descriptors) may take 1/CONTEXT_PART of the limit in bytes. A larger one is
 * dropped; tasks that only it described then have no names.
 */
#define CONTEXT_PART 4u
#define COPY_BYTES (1u << 18)
#define PIPE_BYTES (1 << 20)

/* A capture in memory or in a file without a name, with no certificate at its end. */
struct half {
	int fd; /* -1: there is none */
	uint8_t *map; /* map of the first "room" bytes of the file; NULL: pwrite(2) writes it */
	size_t room;
	off_t len; /* bytes of the capture */
	off_t header; /* bytes of its header */
	uint64_t since_ns; /* wall clock when it begins; 0: it begins with the recording */
};

struct top_keep {
	struct linx *l;
	uint64_t bytes;
	bool on_disk;
	struct half context, older, newer;
	off_t whole; /* length of the part of newer that consists of whole blocks */
	pthread_mutex_t lock; /* protects context, older, newer and whole: one thread changes them, others read them */
	struct linx_writer *writer; /* writes to newer */
	uint64_t since_ns;
	/*
	 * The thread "copier" makes two halves while newer is filled: next, the context that stays when older is
	 * dropped, and spare, the empty half that is filled after newer.
	 */
	pthread_t copier;
	bool copies; /* copier runs, or waits to be joined */
	struct half next, spare;
	int copied; /* result of copy_context(): 0 or -errno */
};

static int new_file(const struct top_keep *k, const char *name)
{
	const char *dir = getenv("TMPDIR");
	int fd = k->on_disk ? open(dir && *dir ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;

	if (fd < 0) /* on_disk is false, or the file system has no O_TMPFILE */
		fd = memfd_create(name, MFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static void drop(struct half *h)
{
	if (h->map)
		munmap(h->map, h->room);
	if (h->fd >= 0)
		close(h->fd);
	*h = (struct half){ .fd = -1 };
}

/* Returns how many bytes of a half follow its header. */
static off_t size_of(const struct half *h)
{
	return h->fd >= 0 ? h->len - h->header : 0;
}

/*
 * Makes the file of a half. If it is in memory, all of its pages are allocated now: allocating them while events are
 * read would take longer than all else that is done to keep a record. fd is -errno if there is no file.
 */
static struct half prepare(const struct top_keep *k)
{
	struct half h = { .fd = new_file(k, "linx-kept"), .room = (size_t)(k->bytes / 2) + COPY_BYTES };

	/* fallocate(2) fails if there is no memory, where a write to the map would end the process */
	if (h.fd < 0 || k->on_disk || fallocate(h.fd, 0, 0, (off_t)h.room))
		return h;
	h.map = mmap(NULL, h.room, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, h.fd, 0);
	if (h.map == MAP_FAILED)
		h.map = NULL;
	return h;
}

/* Appends bytes to newer: linx_writer_opts.write of its writer. */
static int append(void *data, const struct iovec *pieces, int count)
{
	struct half *h = &((struct top_keep *)data)->newer;
	int rc = 0;

	for (int i = 0; !rc && i < count; i++) {
		size_t n = pieces[i].iov_len;

		if (!n) /* memcpy(3) takes no null pointer, as an empty piece may have */
			continue;
		if (h->map && (size_t)h->len + n <= h->room)
			memcpy(h->map + h->len, pieces[i].iov_base, n);
		else
			rc = write_at(h->fd, pieces[i].iov_base, n, (uint64_t)h->len);
		h->len += rc ? 0 : (off_t)n;
	}
	return rc;
}

/* Begins to fill the half that was prepared: spare becomes newer. 0 or -errno. */
static int begin(struct top_keep *k, uint64_t since_ns)
{
	const struct linx_writer_opts opts = { .size = sizeof(opts), .beside = LINX_WRITER_ALL, .write = append, .data = k };
	uint32_t len = 0;
	int rc = k->spare.fd < 0 ? k->spare.fd : 0;

	if (rc)
		return rc;
	pthread_mutex_lock(&k->lock);
	k->newer = k->spare;
	k->newer.since_ns = since_ns;
	k->whole = 0;
	pthread_mutex_unlock(&k->lock);
	k->spare = (struct half){ .fd = -1 };
	rc = linx_writer_new(k->l, -1, &opts, &k->writer, NULL);
	if (rc >= 0 && pread(k->newer.fd, &len, sizeof(len), HEADER_LEN_AT) != (ssize_t)sizeof(len))
		rc = -EIO;
	if (rc >= 0 && (!len || len > HEADER_LEN_MAX))
		rc = -EBADMSG;
	pthread_mutex_lock(&k->lock);
	k->newer.header = (off_t)len;
	pthread_mutex_unlock(&k->lock);
	return rc < 0 ? rc : 0;
}

/* Notes that newer has only whole blocks at this moment. */
static void note_whole(struct top_keep *k)
{
	pthread_mutex_lock(&k->lock);
	k->whole = k->newer.len;
	pthread_mutex_unlock(&k->lock);
}

uint64_t top_keep_since(const struct top_keep *k)
{
	return k->since_ns;
}

/* ---- one capture of several ------------------------------------------------------------------- */

/* Bytes of a file from offset "from" up to offset "to"; fd -1: no bytes. */
struct part {
	int fd;
	off_t from, to;
};
#define PARTS 3u

/* Parts of files that run_feed() writes into the pipe "to". */
struct feed {
	struct part parts[PARTS];
	int to;
	char buffer[COPY_BYTES];
};

static void close_parts(const struct part *parts)
{
	for (unsigned int i = 0; i < PARTS; i++)
		if (parts[i].fd >= 0)
			close(parts[i].fd);
}

/* Writes a part into the pipe. False: nobody reads the pipe any more, or the part cannot be read. */
static bool give(struct feed *f, const struct part *p)
{
	off_t at = p->from;

	while (at < p->to) {
		size_t most = p->to - at < (off_t)COPY_BYTES ? (size_t)(p->to - at) : COPY_BYTES;
		ssize_t n = pread(p->fd, f->buffer, most, at), done = 0, m;

		if (n <= 0)
			return false;
		for (; done < n; done += m) {
			m = write(f->to, f->buffer + done, (size_t)(n - done));
			if (m < 0)
				return false;
		}
		at += n;
	}
	return true;
}

static void *run_feed(void *arg)
{
	struct feed *f = arg;

	for (unsigned int i = 0; i < PARTS; i++)
		if (f->parts[i].fd >= 0 && !give(f, &f->parts[i]))
			break;
	close_parts(f->parts);
	close(f->to);
	free(f);
	return NULL;
}

/*
 * Returns a pipe from which the parts can be read as one, or -errno. A thread writes into it, so that no copy of them is
 * made. Closes the descriptors of the parts when they are read, or after an error.
 */
static int feed(const struct part *parts)
{
	struct feed *f = malloc(sizeof(*f));
	pthread_t thread;
	int ends[2], rc = f ? 0 : -ENOMEM;

	if (!rc && pipe2(ends, O_CLOEXEC))
		rc = -errno;
	if (rc) {
		close_parts(parts);
		free(f);
		return rc;
	}
	fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES); /* stays smaller if PIPE_BYTES is more than the process may have */
	memcpy(f->parts, parts, sizeof(f->parts));
	f->to = ends[1];
	rc = signals_start_thread(&thread, run_feed, f);
	if (!rc) {
		pthread_detach(thread);
		return ends[0];
	}
	close(ends[0]);
	close(ends[1]);
	close_parts(parts);
	free(f);
	return rc;
}

/*
 * Returns the bytes of a half up to "to" (-1: up to its end), with its header or without. The part has a descriptor of
 * its own, so that it stays readable when the half is dropped.
 */
static struct part part_of(const struct half *h, bool header, off_t to)
{
	struct part p = { .fd = h->fd < 0 ? -1 : fcntl(h->fd, F_DUPFD_CLOEXEC, 0), .from = header ? 0 : h->header, .to = to };

	if (to < 0)
		p.to = h->len;
	return p;
}

int top_keep_flush(struct top_keep *k)
{
	int rc = k->writer ? linx_writer_step(k->writer, 0) : 0;

	if (rc >= 0)
		note_whole(k);
	return rc < 0 ? rc : 0;
}

int top_keep_open(struct top_keep *k)
{
	struct part parts[PARTS];

	/* the lock is not held while the parts are read: the thread that reads events would wait for it too long */
	pthread_mutex_lock(&k->lock);
	parts[0] = part_of(&k->context, true, -1);
	parts[1] = part_of(&k->older, k->context.fd < 0, -1);
	parts[2] = part_of(&k->newer, k->context.fd < 0 && k->older.fd < 0, k->whole);
	pthread_mutex_unlock(&k->lock);
	return feed(parts);
}

/* ---- the context ------------------------------------------------------------------------------ */

/*
 * Reads and drops all events of l, so that the linx_writer on l gets the records of tasks and descriptors. 0 at the end
 * of l, or -errno.
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

/* Writes the records of tasks and descriptors of the capture "from" to a new capture. */
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
	to->len = rc < 0 ? 0 : lseek(to->fd, 0, SEEK_END);
	return rc < 0 ? rc : 0;
}

/* Main function of copier: writes the records of tasks and descriptors in context and older to next; makes spare. */
static void *run_copy(void *arg)
{
	struct top_keep *k = arg;
	const struct part parts[PARTS] = { part_of(&k->context, true, -1), part_of(&k->older, k->context.fd < 0, -1), { .fd = -1 } };
	int fd = feed(parts);

	k->next = (struct half){ .fd = -1 };
	k->copied = fd < 0 ? fd : copy_context(k, fd, &k->next);
	if (fd >= 0)
		close(fd);
	k->spare = prepare(k);
	if (k->copied || size_of(&k->next) > (off_t)(k->bytes / CONTEXT_PART))
		drop(&k->next);
	return NULL;
}

/* Drops older and context; next, which has the context of both, becomes context. -errno: it could not be copied. */
static int forget_older(struct top_keep *k)
{
	if (!k->copies)
		return 0;
	pthread_join(k->copier, NULL);
	k->copies = false;
	pthread_mutex_lock(&k->lock);
	drop(&k->context);
	drop(&k->older);
	k->context = k->next;
	k->next.fd = -1;
	pthread_mutex_unlock(&k->lock);
	return k->copied;
}

/*
 * Makes newer the older half and begins a new one. When the new one is full, the context of older and a further half
 * are needed. A thread makes them meanwhile, since this thread would lose records while it made them.
 */
static int turn(struct top_keep *k, uint64_t time_ns)
{
	int rc = forget_older(k);

	pthread_mutex_lock(&k->lock);
	k->older = k->newer;
	k->newer = (struct half){ .fd = -1 };
	pthread_mutex_unlock(&k->lock);
	/* not exact: it is the time of the newest event when the half began; events read later can be a little older */
	k->since_ns = k->older.since_ns;
	if (!rc)
		rc = begin(k, time_ns);
	if (!rc)
		rc = signals_start_thread(&k->copier, run_copy, k);
	k->copies = !rc;
	return rc;
}

int top_keep_look(struct top_keep *k, uint64_t time_ns)
{
	int rc;

	if (k->writer)
		note_whole(k);
	if (!k->writer || size_of(&k->newer) < (off_t)(k->bytes / 2))
		return 0;
	rc = linx_writer_step(k->writer, 0);
	linx_writer_free(k->writer);
	k->writer = NULL;
	if (rc >= 0)
		rc = turn(k, time_ns);
	if (rc >= 0)
		note_whole(k);
	return rc < 0 ? rc : 0;
}

/* ---- begin and end ----------------------------------------------------------------------------- */

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
	k->context.fd = k->older.fd = k->newer.fd = k->next.fd = -1;
	k->spare = prepare(k);
	rc = begin(k, 0);
	if (!rc)
		k->spare = prepare(k);
	if (!rc) {
		note_whole(k);
		return k;
	}
	problem_set(why, "cannot keep events: %s", strerror(-rc));
	top_keep_free(k);
	return NULL;
}

void top_keep_free(struct top_keep *k)
{
	if (!k)
		return;
	linx_writer_free(k->writer);
	forget_older(k);
	drop(&k->context);
	drop(&k->older);
	drop(&k->newer);
	drop(&k->spare);
	pthread_mutex_destroy(&k->lock);
	free(k);
}
