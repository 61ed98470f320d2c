// SPDX-License-Identifier: LGPL-2.1-or-later
/* The reading end of a spool: see spool/spool_read.h. */
#include "spool/spool_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/spool_mark.h"
#include "spool/spool_segment.h"

static const char *const reader_names[] = { [SPOOL_ROWS] = "reader", [SPOOL_ALERTS] = "reader.alerts" };

struct spool_reader {
	int dir, lock;
	enum spool_kind kind;
	struct spool_mark mark; /* mark of the spool that was seen last */
	struct segment_place place; /* fd -1: no segment is open */
	uint64_t first; /* number of the first block of the segment */
	uint64_t number; /* number of the block that comes next; 0: the first one that there is */
	uint64_t synced; /* bytes of the segment that are on the disk */
	char machine[SPOOL_MACHINE_MAX + 8]; /* machine of the last block */
	char *buf;
	size_t room;
};

struct spool_reader *spool_reader_open(const char *path, enum spool_kind kind, struct problem *why)
{
	struct spool_reader *r = problem_alloc(sizeof(*r), why);

	if (!r)
		return NULL;
	r->kind = kind;
	r->place.fd = r->lock = -1;
	r->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r->lock = r->dir < 0 ? -1 : openat(r->dir, reader_names[kind], O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (r->lock < 0)
		problem_set(why, "cannot open spool: %s: %s", path, strerror(errno));
	else if (flock(r->lock, LOCK_EX | LOCK_NB))
		problem_set(why, "in use: %s: another process sends this spool", path);
	else
		return r;
	spool_reader_close(r);
	return NULL;
}

static void leave(struct spool_reader *r)
{
	if (r->place.fd >= 0)
		close(r->place.fd);
	r->place.fd = -1;
}

void spool_reader_close(struct spool_reader *r)
{
	leave(r);
	if (r->lock >= 0)
		close(r->lock);
	if (r->dir >= 0)
		close(r->dir);
	free(r->buf);
	free(r);
}

void spool_reader_seek(struct spool_reader *r, uint64_t number)
{
	leave(r);
	r->number = number;
}

uint64_t spool_reader_id(struct spool_reader *r)
{
	struct segment_list list;
	uint64_t id = 0;
	int fd = -1;

	segment_list(r->dir, r->kind, &list); /* a list that cannot be made is empty */
	for (size_t i = list.n; i-- && fd < 0;) {
		fd = segment_open(r->dir, r->kind, list.first[i], O_RDONLY, &id);
		if (fd < 0)
			id = 0;
		else
			close(fd);
	}
	free(list.first);
	return id;
}

/* Returns the mark of the present spool. */
static struct spool_mark *mark_of(struct spool_reader *r)
{
	uint64_t id = spool_reader_id(r);

	if (id && r->mark.spool != id)
		spool_mark_read(r->dir, r->kind, id, &r->mark);
	return &r->mark;
}

/* Writes the mark. If that fails nothing is known, as of a spool of an earlier version. */
static void write_mark(struct spool_reader *r)
{
	if (spool_mark_write(r->dir, r->kind, &r->mark))
		r->mark.freed = r->mark.sent = 0;
}

void spool_reader_note_sent(struct spool_reader *r, uint64_t number)
{
	struct spool_mark *m = mark_of(r);

	if (number <= m->sent)
		return;
	m->sent = number;
	write_mark(r);
}

uint64_t spool_reader_sent(struct spool_reader *r)
{
	return mark_of(r)->sent;
}

uint64_t spool_reader_first(struct spool_reader *r)
{
	const struct spool_mark *m = mark_of(r);
	struct segment_list list;
	uint64_t first;

	segment_list(r->dir, r->kind, &list);
	first = list.n ? list.first[0] : 0;
	free(list.first);
	return m->freed && m->freed < first ? m->freed : first;
}

uint64_t spool_reader_end(struct spool_reader *r)
{
	struct segment_list list;
	uint64_t last, id;
	int fd;

	segment_list(r->dir, r->kind, &list);
	last = list.n ? list.first[list.n - 1] : 0;
	free(list.first);
	fd = last ? segment_open(r->dir, r->kind, last, O_RDONLY, &id) : -1;
	if (fd < 0) /* skip as many numbers as a segment can have blocks, as the writer does */
		return last ? last + SPOOL_SEGMENT_BYTES / sizeof(struct spool_head) : 0;
	last = segment_number_behind(fd, id, last);
	close(fd);
	return last;
}

/* Returns a block with SPOOL_LOST in place of the lost blocks with the numbers from first to last. */
static int return_lost(struct spool_reader *r, uint64_t first, uint64_t last, struct spool_head *h, const void **data, size_t *len)
{
	*h = (struct spool_head){ .flags = SPOOL_LOST, .spool = r->place.spool, .number = first, .last = last };
	memcpy(h->machine, r->machine, sizeof(h->machine));
	spool_head_seal(h, NULL);
	*data = h;
	*len = sizeof(*h);
	r->number = last + 1;
	return 1;
}

/* Opens the segment that has the next block. 1: it is open; 0: there is none; -EBADMSG: it is damaged; or -errno. */
static int enter(struct spool_reader *r, const struct segment_list *list)
{
	uint64_t first = segment_find(list, r->number), id;
	int fd = first ? segment_open(r->dir, r->kind, first, O_RDONLY, &id) : 0;

	if (!first || fd == -ENOENT) /* -ENOENT: linx-ship, or the user, has removed the segment */
		return 0;
	r->first = first;
	if (fd < 0)
		return fd;
	r->synced = 0;
	r->place = (struct segment_place){ .fd = fd, .spool = id, .offset = sizeof(struct segment_header), .number = first };
	return 1;
}

/* Returns the number of the first block of the segment after the one that is read; 0: there is no later segment. */
static uint64_t following(const struct spool_reader *r, const struct segment_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->first[i] > r->first)
			return list->first[i];
	return 0;
}

/* Syncs the segment up to the place of reading, because only blocks that survive a power cut may be sent. */
static int sync_segment(struct spool_reader *r)
{
	struct stat st;

	if (r->place.offset <= r->synced)
		return 0;
	if (fstat(r->place.fd, &st) || fdatasync(r->place.fd))
		return -errno;
	r->synced = (uint64_t)st.st_size;
	return 0;
}

/*
 * Returns the next block of the open segment. 1 or -errno as spool_reader_next(); 0: the segment has no further block.
 */
static int read_on(struct spool_reader *r, struct spool_head *h, const void **data, size_t *len)
{
	uint64_t from;
	int rc;

	for (;;) {
		from = r->place.number;
		switch (segment_next(&r->place, h, &r->buf, &r->room)) {
		case SEGMENT_BLOCK:
			if (h->number < r->number)
				continue;
			rc = sync_segment(r);
			if (rc)
				return rc;
			memcpy(r->machine, h->machine, sizeof(r->machine));
			*data = r->buf;
			*len = h->size + h->body;
			r->number = h->number + 1;
			return 1;
		case SEGMENT_SKIPPED:
			from = from > r->number ? from : r->number;
			if (from < r->place.number)
				return return_lost(r, from, r->place.number - 1, h, data, len);
			continue;
		case SEGMENT_FAILED:
			return errno ? -errno : -EIO;
		default:
			return 0;
		}
	}
}

/*
 * Leaves a segment that has no further block. The next one begins with the block number "behind"; 0: there is no next
 * one. Returns as step().
 */
static int go_on(struct spool_reader *r, uint64_t behind, struct spool_head *h, const void **data, size_t *len)
{
	uint64_t from = r->number > r->first ? r->number : r->first;

	if (!behind)
		return 0;
	leave(r);
	r->number = behind;
	if (from < behind)
		return return_lost(r, from, behind - 1, h, data, len);
	return 1;
}

/*
 * True if the segment's name now belongs to another file. A recorder that died while it wrote the first block of a
 * segment has used no number. The next recorder therefore makes the segment anew.
 */
static bool was_replaced(const struct spool_reader *r)
{
	char name[SPOOL_NAME_ROOM];
	struct stat own, now;

	segment_name(name, r->kind, r->first);
	return !fstat(r->place.fd, &own) && !fstatat(r->dir, name, &now, AT_SYMLINK_NOFOLLOW) && own.st_ino != now.st_ino;
}

/* Does one step of spool_reader_next(). 1 with *len set: a block was read; 1 with *len 0: try again; 0 or -errno. */
static int step(struct spool_reader *r, const struct segment_list *list, struct spool_head *h, const void **data, size_t *len)
{
	int rc = r->place.fd >= 0 ? 1 : enter(r, list);

	if (rc == -EBADMSG)
		return go_on(r, following(r, list), h, data, len);
	if (rc <= 0)
		return rc;
	if (r->number && r->number < r->first)
		return return_lost(r, r->number, r->first - 1, h, data, len);
	/*
	 * the list was made before the segment is read here: if it has a later segment, this one was already complete
	 */
	rc = read_on(r, h, data, len);
	if (!rc && was_replaced(r)) {
		leave(r);
		return 1;
	}
	return rc ? rc : go_on(r, following(r, list), h, data, len);
}

int spool_reader_next(struct spool_reader *r, struct spool_head *h, const void **data, size_t *len)
{
	struct segment_list list;
	int rc;

	do {
		*len = 0;
		rc = r->place.fd >= 0 ? read_on(r, h, data, len) : 0;
		if (rc)
			return rc;
		rc = segment_list(r->dir, r->kind, &list);
		if (!rc)
			rc = step(r, &list, h, data, len);
		free(list.first);
	} while (rc > 0 && !*len);
	return rc;
}

int spool_reader_free_below(struct spool_reader *r, uint64_t number)
{
	char name[SPOOL_NAME_ROOM];
	struct segment_list list;
	int rc = segment_list(r->dir, r->kind, &list);
	size_t n = 0;

	while (!rc && n + 1 < list.n && list.first[n + 1] <= number)
		n++;
	if (n && list.first[n] > mark_of(r)->freed) {
		r->mark.freed = list.first[n];
		write_mark(r);
	}
	for (size_t i = 0; !rc && i < n; i++) {
		segment_name(name, r->kind, list.first[i]);
		if (unlinkat(r->dir, name, 0) && errno != ENOENT)
			rc = -errno;
	}
	free(list.first);
	return rc;
}
