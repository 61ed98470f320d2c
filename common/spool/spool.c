// SPDX-License-Identifier: LGPL-2.1-or-later
/* The writing end of a spool: see spool/spool.h. */
#include "spool/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "files/owned_folder.h"
#include "files/write_at.h"
#include "spool/spool_mark.h"
#include "spool/spool_segment.h"

#define SESSION_NAME "session"

/* Names of files of each kind of spool: its lock, and a file that is being written. */
static const char *const lock_names[] = { [SPOOL_ROWS] = "lock", [SPOOL_ALERTS] = "lock.alerts" };
static const char *const new_names[] = { [SPOOL_ROWS] = ".new", [SPOOL_ALERTS] = ".new.alerts" };

struct spool {
	enum spool_kind kind;
	int dir, lock, fd; /* fd: file of the segment that grows; -1: the next block begins a new segment */
	uint64_t id; /* random number, chosen when the spool was made */
	uint64_t next; /* number of the next block */
	uint64_t first; /* number of the first block of the segment that grows */
	uint64_t offset; /* bytes in the segment */
	uint64_t others; /* bytes of all other segments, when they were counted last */
	uint64_t size, segment; /* most bytes of all segments, and of one */
	uint64_t common; /* most bytes of all segments when a block without SPOOL_ACCOUNT is written */
	bool unsynced; /* the segment that grows has blocks that may not be on the disk */
	bool unended; /* the session below began, and the spool does not have its account */
	struct spool_session session;
	uint64_t noted; /* number of the block with the account, noted before writing; 0: no such block was tried */
};

/*
 * Returns what a failed write means: -ENOSPC if a disk, a quota or the size limit of files is exhausted, otherwise
 * -error.
 */
static int write_error(int error)
{
	return error == EDQUOT || error == EFBIG ? -ENOSPC : -error;
}

/* ---- files beside the segments ---------------------------------------------------------------------- */

/* Replaces a file: after a crash it has either all of the new content or all of the old. 0 or -errno. */
static int replace_file(const struct spool *s, const char *name, const void *data, size_t len)
{
	int rc = owned_folder_replace(s->dir, new_names[s->kind], name, OWNED_FILE_MODE, data, len);

	return rc ? write_error(-rc) : 0;
}

static int write_session(const struct spool *s)
{
	char text[128];
	int n = snprintf(text, sizeof(text), "%016" PRIx64 " %s %" PRIu64 "\n", s->session.session, s->session.machine, s->noted);

	return replace_file(s, SESSION_NAME, text, (size_t)n);
}

/*
 * Removes the file that names a session without an account: the account of s->session is now in the spool. 0 or -errno.
 */
static int end_session(struct spool *s)
{
	s->unended = false;
	if (unlinkat(s->dir, SESSION_NAME, 0) && errno != ENOENT)
		return -errno;
	return fsync(s->dir) ? -errno : 0;
}

/* True if the spool has the block with this number, and the block is the account of s->session. */
static bool has_account(const struct spool *s, uint64_t number)
{
	struct segment_place p = { .offset = sizeof(struct segment_header) };
	enum segment_found found;
	struct segment_list list;
	struct spool_head h;
	char *buf = NULL;
	size_t room = 0;

	segment_list(s->dir, s->kind, &list);
	p.number = segment_find(&list, number);
	free(list.first);
	p.fd = p.number ? segment_open(s->dir, s->kind, p.number, O_RDONLY, &p.spool) : -1;
	if (p.fd < 0)
		return false;
	do
		found = segment_next(&p, &h, &buf, &room);
	while ((found == SEGMENT_BLOCK && h.number < number) || found == SEGMENT_SKIPPED);
	free(buf);
	close(p.fd);
	return found == SEGMENT_BLOCK && h.number == number && h.flags & SPOOL_ACCOUNT && h.session == s->session.session;
}

/* Reads from a file which session began and has no account in the spool. */
static void read_session(struct spool *s)
{
	char text[128] = { 0 };
	int fd = openat(s->dir, SESSION_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof(text) - 1, 0);

	if (fd >= 0)
		close(fd);
	s->unended = n > 0 && sscanf(text, "%" SCNx64 " %64s %" SCNu64, &s->session.session, s->session.machine, &s->noted) == 3 &&
		     spool_machine_is_good(s->session.machine);
	if (s->unended && s->noted && has_account(s, s->noted)) /* the process died after it wrote the block */
		end_session(s);
}

bool spool_get_unended(const struct spool *s, struct spool_session *session)
{
	*session = s->session;
	return s->unended;
}

int spool_put_account(struct spool *s, struct spool_head *h, const struct spool_cpu *cpus, const void *body)
{
	int rc;

	s->noted = s->next;
	rc = write_session(s);
	if (!rc)
		rc = spool_put(s, h, cpus, body);
	return rc ? rc : end_session(s);
}

int spool_begin_session(struct spool *s, const struct spool_session *session)
{
	s->session = *session;
	s->unended = true;
	s->noted = 0;
	return write_session(s);
}

/* ---- opening ----------------------------------------------------------------------------------------- */

/*
 * Finds the id of the spool and the number of its next block. Chooses a random id if no segment has one. 0 or -errno.
 */
static int find_end(struct spool *s)
{
	struct segment_list list;
	int rc = segment_list(s->dir, s->kind, &list), fd;
	uint64_t id;

	s->next = list.n ? list.first[list.n - 1] + SPOOL_SEGMENT_BYTES / sizeof(struct spool_head) : 1;
	for (size_t i = list.n; i-- && !s->id;) {
		fd = segment_open(s->dir, s->kind, list.first[i], O_RDONLY, &id);
		if (fd < 0)
			continue;
		s->id = id;
		if (i == list.n - 1)
			s->next = segment_number_behind(fd, id, list.first[i]);
		close(fd);
	}
	free(list.first);
	if (!rc && !s->id && getrandom(&s->id, sizeof(s->id), 0) != (ssize_t)sizeof(s->id))
		rc = -EIO;
	return rc;
}

static int open_folder(struct spool *s, const char *path, struct problem *why)
{
	/* the group is that of linx-ship, which removes segments and so must be able to write to the folder */
	s->dir = owned_folder_open(path, 0770, why);
	if (s->dir < 0)
		return -1;
	s->lock = openat(s->dir, lock_names[s->kind], O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (s->lock < 0)
		return problem_set(why, "cannot write: %s: %s", path, strerror(errno));
	if (flock(s->lock, LOCK_EX | LOCK_NB))
		return problem_set(why, "in use: %s: another process writes this spool", path);
	return 0;
}

/*
 * Divides the room of the folder: seven eighths are for rows. Of the last eighth, alerts have one half, an eighth of which
 * is for what says how many alerts are lost; accounts of rows have the other half.
 */
static void divide(struct spool *s, uint64_t size)
{
	uint64_t alerts = size / 16, room;

	s->size = s->kind == SPOOL_ALERTS ? alerts : size - alerts;
	s->common = s->kind == SPOOL_ALERTS ? alerts - alerts / 8 : size - size / 8;
	room = s->kind == SPOOL_ALERTS ? alerts : size;
	s->segment = room / 8 < SPOOL_SEGMENT_BYTES ? room / 8 : SPOOL_SEGMENT_BYTES;
}

struct spool *spool_open(const char *path, enum spool_kind kind, uint64_t size, struct problem *why)
{
	struct spool *s = problem_alloc(sizeof(*s), why);
	int rc;

	if (!s)
		return NULL;
	*s = (struct spool){ .kind = kind, .dir = -1, .lock = -1, .fd = -1 };
	divide(s, size);
	if (!open_folder(s, path, why)) {
		unlinkat(s->dir, new_names[s->kind], 0);
		rc = find_end(s);
		if (!rc) {
			if (kind == SPOOL_ROWS)
				read_session(s);
			return s;
		}
		problem_set(why, "cannot read: %s: %s", path, strerror(-rc));
	}
	spool_close(s);
	return NULL;
}

void spool_close(struct spool *s)
{
	if (s->fd >= 0)
		close(s->fd);
	if (s->lock >= 0)
		close(s->lock);
	if (s->dir >= 0)
		close(s->dir);
	free(s);
}

/* ---- segments ------------------------------------------------------------------------------------------ */

/* Counts the bytes of all segments but the one that grows. */
static int count_others(struct spool *s)
{
	struct segment_list list;
	int rc = segment_list(s->dir, s->kind, &list);
	char name[SPOOL_NAME_ROOM];
	struct stat st;

	s->others = 0;
	for (size_t i = 0; i < list.n; i++) {
		segment_name(name, s->kind, list.first[i]);
		if ((s->fd < 0 || list.first[i] != s->first) && !fstatat(s->dir, name, &st, AT_SYMLINK_NOFOLLOW))
			s->others += (uint64_t)st.st_size;
	}
	free(list.first);
	return rc;
}

static bool fits(const struct spool *s, uint64_t bytes, bool account)
{
	return s->others + (s->fd < 0 ? sizeof(struct segment_header) : s->offset) + bytes <= (account ? s->size : s->common);
}

/*
 * True if the segment that begins with this number has blocks: it must not be replaced by a new segment. A segment
 * without blocks was left by a process that died while it wrote the first block, and is made anew.
 */
static bool has_blocks(const struct spool *s, uint64_t first)
{
	uint64_t id;
	int fd = segment_open(s->dir, s->kind, first, O_RDONLY, &id);
	bool has = fd >= 0 && segment_number_behind(fd, id, first) != first;

	if (fd >= 0)
		close(fd);
	return has;
}

/* Begins a segment. 0 or -errno. */
static int begin_segment(struct spool *s)
{
	struct segment_header h = { .spool = s->id, .first = s->next };
	char name[SPOOL_NAME_ROOM];
	uint64_t id;
	int rc;

	if (has_blocks(s, s->next))
		return -EEXIST;
	if (s->next == 1) {
		rc = spool_mark_write(s->dir, s->kind, &(struct spool_mark){ .spool = s->id, .freed = 1, .sent = 1 });
		if (rc)
			return write_error(-rc);
	}
	memcpy(h.magic, SPOOL_SEGMENT_MAGIC, sizeof(h.magic));
	h.crc = linx_checksum(0, &h, offsetof(struct segment_header, crc));
	segment_name(name, s->kind, s->next);
	rc = replace_file(s, name, &h, sizeof(h));
	if (rc)
		return rc;
	s->fd = segment_open(s->dir, s->kind, s->next, O_RDWR, &id);
	if (s->fd < 0)
		return s->fd;
	s->first = s->next;
	s->offset = sizeof(h);
	return 0;
}

/* Ends the segment that grows, so that the next block begins another one. */
static void end_segment(struct spool *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* Writes a block at the end of the segment. 0, or -errno: the segment then is as it was before. */
static int write_block(struct spool *s, const struct spool_head *h, const struct spool_cpu *cpus, const void *body)
{
	const struct iovec parts[] = { { (void *)h, sizeof(*h) }, { (void *)cpus, h->ncpus * sizeof(*cpus) }, { (void *)body, h->body } };
	uint64_t at = s->offset;
	int error = 0;

	for (unsigned int i = 0; i < 3 && !error; at += parts[i++].iov_len)
		error = -write_at(s->fd, parts[i].iov_base, parts[i].iov_len, at);
	if (!error)
		return 0;
	if (ftruncate(s->fd, (off_t)s->offset)) /* an incomplete block that cannot be removed is the end of its segment */
		end_segment(s);
	return write_error(error);
}

/*
 * Counts the segments again if there seems to be no room, since linx-ship may have removed some. 0, -ENOSPC or -errno.
 */
static int find_room(struct spool *s, uint64_t bytes, bool account)
{
	int rc = 0;

	if (s->fd < 0 || !fits(s, bytes, account))
		rc = count_others(s);
	return !rc && !fits(s, bytes, account) ? -ENOSPC : rc;
}

bool spool_has_room(struct spool *s, uint64_t bytes)
{
	return !find_room(s, bytes + sizeof(struct spool_head), false);
}

int spool_sync(struct spool *s)
{
	if (!s->unsynced)
		return 0;
	s->unsynced = false;
	/*
	 * linx-ship can have read the blocks and sent them, so no other blocks may get their numbers. If the sync fails, it
	 * is not known what the disk has, and the spool cannot be used any more.
	 */
	if (fdatasync(s->fd))
		return errno == ENOSPC ? -EIO : -errno;
	return 0;
}

int spool_append(struct spool *s, struct spool_head *h, const struct spool_cpu *cpus, const void *body)
{
	uint64_t bytes = sizeof(*h) + h->ncpus * sizeof(*cpus) + h->body;
	int rc = 0;

	if (h->from_ns / SPOOL_DAY_NS != h->to_ns / SPOOL_DAY_NS)
		return -EINVAL;
	if (bytes > SPOOL_BLOCK_MAX)
		return -ENOSPC;
	if (s->fd >= 0 && s->offset + bytes > s->segment && s->offset > sizeof(struct segment_header)) {
		rc = spool_sync(s);
		end_segment(s);
	}
	if (!rc)
		rc = find_room(s, bytes, h->flags & SPOOL_ACCOUNT);
	if (!rc && s->fd < 0)
		rc = begin_segment(s);
	if (rc)
		return rc;
	h->spool = s->id;
	h->number = h->last = s->next;
	h->body_crc = linx_checksum(0, body, h->body);
	spool_head_seal(h, cpus);
	rc = write_block(s, h, cpus, body);
	if (rc)
		return rc;
	s->unsynced = true;
	s->offset += bytes;
	s->next++;
	return 0;
}

int spool_put(struct spool *s, struct spool_head *h, const struct spool_cpu *cpus, const void *body)
{
	int rc = spool_append(s, h, cpus, body);

	return rc ? rc : spool_sync(s);
}
