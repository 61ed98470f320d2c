// SPDX-License-Identifier: LGPL-2.1-or-later
/* Segments of a spool: see spool/spool_segment.h. */
#include "spool/spool_segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGITS 20u
#define PAGE 4096u
/*
 * Value of bytes that cannot be read because of a disk error. It is not 0, which means that nothing was written there.
 */
#define UNREADABLE 0xff

static const char *const suffixes[] = { [SPOOL_ROWS] = ".seg", [SPOOL_ALERTS] = ".alerts" };

void segment_name(char name[SPOOL_NAME_ROOM], enum spool_kind kind, uint64_t first)
{
	snprintf(name, SPOOL_NAME_ROOM, "%0*" PRIu64 "%s", (int)DIGITS, first, suffixes[kind]);
}

static bool is_segment(const char *name, enum spool_kind kind, uint64_t *first)
{
	char *end;

	if (strspn(name, "0123456789") != DIGITS || strcmp(name + DIGITS, suffixes[kind]) != 0)
		return false;
	errno = 0;
	*first = strtoull(name, &end, 10);
	return !errno && *first;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int segment_list(int dir, enum spool_kind kind, struct segment_list *list)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	uint64_t first, *more;
	int rc;

	*list = (struct segment_list){ 0 };
	if (!d) {
		rc = -errno;
		if (fd >= 0)
			close(fd);
		return rc;
	}
	/* an incomplete list is an error: by it, numbers that blocks already have could be used a second time */
	for (errno = 0; (e = readdir(d)); errno = 0) {
		if (!is_segment(e->d_name, kind, &first))
			continue;
		more = realloc(list->first, (list->n + 1) * sizeof(*more));
		if (!more)
			break;
		list->first = more;
		list->first[list->n++] = first;
	}
	rc = e ? -ENOMEM : -errno;
	closedir(d);
	list->n = rc ? 0 : list->n;
	if (list->n)
		qsort(list->first, list->n, sizeof(*list->first), by_number);
	return rc;
}

uint64_t segment_find(const struct segment_list *list, uint64_t number)
{
	uint64_t found = 0;

	for (size_t i = 0; i < list->n; i++)
		if (!found || list->first[i] <= number)
			found = list->first[i];
	return found;
}

int segment_open(int dir, enum spool_kind kind, uint64_t first, int flags, uint64_t *spool)
{
	char name[SPOOL_NAME_ROOM];
	struct segment_header h;
	int fd;

	segment_name(name, kind, first);
	fd = openat(dir, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (pread(fd, &h, sizeof(h), 0) != (ssize_t)sizeof(h) || memcmp(h.magic, SPOOL_SEGMENT_MAGIC, sizeof(h.magic)) != 0 ||
	    h.first != first || h.crc != linx_checksum(0, &h, offsetof(struct segment_header, crc))) {
		close(fd);
		return -EBADMSG;
	}
	*spool = h.spool;
	return fd;
}

static bool make_room(char **buf, size_t *room, size_t n)
{
	char *more = n > *room ? realloc(*buf, n) : *buf;

	if (!more)
		return false;
	*room = n > *room ? n : *room;
	*buf = more;
	return true;
}

/* Reads at most to the end of a page. After a disk error the bytes are UNREADABLE. Returns as pread(2). */
static ssize_t read_page(int fd, char *to, size_t n, uint64_t at)
{
	struct stat st;
	ssize_t got;

	n = n < PAGE - at % PAGE ? n : PAGE - at % PAGE;
	got = pread(fd, to, n, (off_t)at);
	if (got >= 0 || errno != EIO)
		return got;
	if (fstat(fd, &st))
		return -1;
	if (at >= (uint64_t)st.st_size)
		return 0;
	n = n < (uint64_t)st.st_size - at ? n : (uint64_t)st.st_size - at;
	memset(to, UNREADABLE, n);
	return (ssize_t)n;
}

/* Reads n bytes; those of pages with a disk error are UNREADABLE. Returns how many there were; -1: errno is set. */
static ssize_t read_at(int fd, char *to, size_t n, uint64_t at)
{
	size_t done = 0;
	ssize_t got;

	while (done < n) {
		got = pread(fd, to + done, n - done, (off_t)(at + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EIO)
			got = read_page(fd, to + done, n - done, at + done);
		if (got < 0)
			return -1;
		if (!got)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

/*
 * Reads a block at an offset. 1: a whole block; 0: the file ends within the block; -1: there is no valid block; -2:
 * errno is set.
 */
static int read_block(const struct segment_place *p, uint64_t at, struct spool_head *h, char **buf, size_t *room)
{
	size_t most = sizeof(*h) + SPOOL_CPUS_MAX * sizeof(struct spool_cpu), size;
	ssize_t n;

	if (!make_room(buf, room, most))
		return -2;
	n = read_at(p->fd, *buf, most, at);
	if (n < (ssize_t)sizeof(*h))
		return n < 0 ? -2 : 0;
	size = spool_head_read(h, *buf, (size_t)n);
	if (!size && h->magic == SPOOL_BLOCK_MAGIC && h->size == sizeof(*h) + (uint64_t)h->ncpus * sizeof(struct spool_cpu) && h->size > (size_t)n &&
	    h->size <= most)
		return 0; /* the file ends within the entries of the CPUs */
	if (!size || h->flags & SPOOL_LOST || h->spool != p->spool || h->number < p->number)
		return -1;
	if (!make_room(buf, room, size + h->body))
		return -2;
	n = read_at(p->fd, *buf + size, h->body, at + size);
	if (n != (ssize_t)h->body)
		return n < 0 ? -2 : 0;
	return spool_body_is_right(h, *buf + size, h->body) ? 1 : -1;
}

/* Searches the next whole block after the place p. Returns its offset; 0: there is none. */
static uint64_t search(const struct segment_place *p, uint64_t size, struct spool_head *h, char **buf, size_t *room)
{
	uint32_t magic = SPOOL_BLOCK_MAGIC;
	char *all;
	uint64_t found = 0;
	ssize_t n;

	if (size - p->offset > SPOOL_SEGMENT_BYTES + SPOOL_BLOCK_MAX)
		return 0;
	all = malloc(size - p->offset);
	n = all ? read_at(p->fd, all, size - p->offset, p->offset) : -1;
	for (ssize_t i = 1; i + (ssize_t)sizeof(*h) <= n && !found; i++) {
		char *at = memmem(all + i, (size_t)(n - i), &magic, sizeof(magic));

		if (!at)
			break;
		i = at - all;
		if (read_block(p, p->offset + (uint64_t)i, h, buf, room) == 1)
			found = p->offset + (uint64_t)i;
	}
	free(all);
	return found;
}

/*
 * True if the rest of the file is zeroes, as after a power cut if the disk has the new length of a file but not its
 * bytes.
 */
static bool is_zero(const struct segment_place *p, uint64_t size)
{
	char buf[4096];
	ssize_t n;

	for (uint64_t at = p->offset; at < size; at += (uint64_t)n) {
		n = read_at(p->fd, buf, sizeof(buf), at);
		if (n <= 0)
			return false;
		for (ssize_t i = 0; i < n; i++)
			if (buf[i])
				return false;
	}
	return true;
}

enum segment_found segment_next(struct segment_place *p, struct spool_head *h, char **buf, size_t *room)
{
	int got = read_block(p, p->offset, h, buf, room);
	struct stat st;
	uint64_t at;

	if (got == 1 && h->number == p->number) {
		p->offset += h->size + h->body;
		p->number++;
		return SEGMENT_BLOCK;
	}
	if (got == 0)
		return SEGMENT_END;
	if (got == -2 || fstat(p->fd, &st))
		return SEGMENT_FAILED;
	at = got == 1 ? p->offset : search(p, (uint64_t)st.st_size, h, buf, room);
	if (!at)
		return is_zero(p, (uint64_t)st.st_size) ? SEGMENT_END : SEGMENT_BROKEN;
	p->offset = at;
	p->number = h->number;
	return SEGMENT_SKIPPED;
}

uint64_t segment_number_behind(int fd, uint64_t id, uint64_t first)
{
	struct segment_place p = { .fd = fd, .spool = id, .offset = sizeof(struct segment_header), .number = first };
	enum segment_found found;
	struct spool_head h;
	struct stat st;
	char *buf = NULL;
	size_t room = 0;

	do
		found = segment_next(&p, &h, &buf, &room);
	while (found == SEGMENT_BLOCK || found == SEGMENT_SKIPPED);
	free(buf);
	if (found == SEGMENT_END)
		return p.number;
	/* the damaged rest of the file has room for so many blocks, whose numbers must not be used again */
	return p.number + (fstat(fd, &st) ? SPOOL_SEGMENT_BYTES : (uint64_t)st.st_size - p.offset) / sizeof(h) + 1;
}
