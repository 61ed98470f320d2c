// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Snapshots of tasks and their open files, made by the iterator programs of bpf/fd/snapshot.h: first all tasks, then
 * all files. Ids of descriptor tables are made from their addresses, which /proc does not show. Two facts come from
 * /proc: command lines, since an iterator's program cannot read another task's memory, and whether a task is about to
 * end.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/deadline.h"
#include "engine/bpf/bpf.h"
#include "engine/proc/proc.h"
#include "record/decode.h"
#include "shared/ring_proto.h"

/*
 * Number of pages that are read at once: more than the 8 that an iterator returns at once (bpf_seq_read() of the
 * kernel), so that no record is cut.
 */
#define READ_PAGES 16u
/* Limit of the bytes that are recorded of a command line. */
#define ARGV_KEEP 4096u
#define PF_EXITING 0x4u
/* The kernel reports the begin of a task in ticks of a hundredth of a second. */
#define TICK_NS 10000000ull

/* A task whose record was appended already. The array of these structures is sorted by tid. */
struct known {
	uint32_t tid;
	uint64_t start;
};

struct linx_bpf_snapshot {
	struct bpf_link *link;
	int fd; /* descriptor of the iterator */
	bool files; /* the second pass, over files, is under way */
	struct known *known;
	size_t n, cap;
	uint32_t tid; /* task whose files are being reported; 0: none */
	uint64_t table; /* id of the descriptor table of tid */
	bool moved; /* the task has got another table meanwhile: the rest of its files is skipped */
	size_t pending; /* bytes in "record": a record that waits until it is known whether it is the task's last */
	uint8_t record[LINX_REC_MAX];
	size_t size; /* size of buf, in bytes */
	uint8_t buf[];
};

/* A task's values from /proc/TID/stat. */
struct facts {
	unsigned int flags;
	unsigned long long start, arg_start, arg_end;
};

/* Reads a task's values from /proc; false: the task is gone. */
static bool read_facts(uint32_t tid, struct facts *f)
{
	/* skips the fields 3 to 8, 10 to 21 and 23 to 47 */
	static const char form[] = "%*c %*d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu"
				   " %*u %*d %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*d %*d %*u %*u %*u %*u %*d"
				   " %*u %*u %*u %llu %llu";
	char text[1024];
	const char *fields = linx_proc_stat((pid_t)tid, text, sizeof(text));

	return fields && sscanf(fields, form, &f->flags, &f->start, &f->arg_start, &f->arg_end) == 4;
}

/* ---- records ------------------------------------------------------------------------ */

/* Appends a record to the snapshot; false: there is no room, and the rest of the snapshot is left out. */
static bool append(struct linx_engine_bpf *b, const void *data, size_t len)
{
	struct linx_snap *s = &b->e.snap;
	uint8_t *to = linx_engine_snap_fits(&b->e, len) ? linx_snap_reserve(s, len) : NULL;

	if (!to)
		return false;
	memcpy(to, data, len);
	s->len += len;
	return true;
}

/*
 * Appends the command line, read from the task's memory, to the record. It stays empty if these bytes may belong to
 * another program by now.
 */
static void put_argv(struct linx_engine_bpf *b, struct linx_rec *rec, const struct linx_bpf_snap *where, uint64_t start)
{
	struct linx_val *v = (struct linx_val *)(void *)((uint8_t *)rec + LINX_REC_LEN(rec));
	uint64_t len = where->second > where->first ? where->second - where->first : 0;
	size_t wanted = len < ARGV_KEEP ? len : ARGV_KEEP;
	unsigned int state = wanted < len ? LINX_TRUNCATED : LINX_WHOLE;
	ssize_t got = wanted ? linx_aside_read(&b->aside, (pid_t)rec->pid, (pid_t)rec->pid, v + 1, where->first, wanted) : 0;
	struct facts f;

	if (got < (ssize_t)wanted)
		state = LINX_UNREADABLE;
	if (!read_facts(rec->pid, &f) || f.start != start / TICK_NS || f.arg_start != where->first || f.arg_end != where->second) {
		state = LINX_UNAVAILABLE;
		got = 0;
	}
	got = got < 0 ? 0 : got;
	*v = (struct linx_val){
		.size = (uint16_t)got,
		.arg = LINX_FIELD_ARGV,
		.info = LINX_VAL_INFO(LINX_VAL_STRINGS, state),
		.orig = len < UINT32_MAX ? (uint32_t)len : UINT32_MAX,
	};
	memset((uint8_t *)(v + 1) + got, 0, LINX_ALIGN8((size_t)got) - (size_t)got);
	rec->nvals++;
	rec->words += (sizeof(*v) + LINX_ALIGN8((size_t)got)) / 8;
	linx_snapshot_set_end(rec, linx_bpf_now());
}

static bool know(struct linx_bpf_snapshot *s, uint32_t tid, uint64_t start)
{
	size_t cap = s->cap ? s->cap * 2 : 1024;
	struct known *grown;

	if (s->n == s->cap) {
		grown = reallocarray(s->known, cap, sizeof(*grown));
		if (!grown)
			return false;
		s->known = grown;
		s->cap = cap;
	}
	s->known[s->n++] = (struct known){ tid, start };
	return true;
}

static bool is_known(const struct linx_bpf_snapshot *s, uint32_t tid, uint64_t start)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->known[mid].tid < tid)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->n && s->known[low].tid == tid && s->known[low].start == start;
}

static bool take_task(struct linx_engine_bpf *b, const struct linx_rec *from, const struct linx_bpf_snap *more)
{
	struct linx_bpf_snapshot *s = b->snapshot;
	struct linx_rec *rec = (struct linx_rec *)(void *)s->record;
	struct linx_ctx ctx;

	memcpy(rec, from, LINX_REC_LEN(from));
	memcpy(&ctx, rec + 1, sizeof(ctx));
	if (more->first && LINX_REC_LEN(rec) + sizeof(struct linx_val) + ARGV_KEEP <= LINX_REC_MAX)
		put_argv(b, rec, more, ctx.start_time);
	return know(s, ctx.tid, ctx.start_time) && append(b, rec, LINX_REC_LEN(rec));
}

/*
 * Appends the record about a task's files that has waited in s->record. last: it is the task's last one, and is marked
 * as such. A task that is ending may have left its table before its end was found: its record is not marked.
 */
static bool finish_files(struct linx_engine_bpf *b, bool last)
{
	struct linx_bpf_snapshot *s = b->snapshot;
	struct linx_files_change change;
	size_t len = s->pending;
	struct facts f;

	if (!len)
		return true;
	if (last && !s->moved && read_facts(s->tid, &f) && !(f.flags & PF_EXITING)) {
		memcpy(&change, s->record + sizeof(struct linx_rec), sizeof(change));
		change.flags |= LINX_FILES_LAST;
		memcpy(s->record + sizeof(struct linx_rec), &change, sizeof(change));
	}
	s->pending = 0;
	return append(b, s->record, len);
}

static bool take_file(struct linx_engine_bpf *b, const struct linx_rec *rec, const struct linx_bpf_snap *more)
{
	struct linx_bpf_snapshot *s = b->snapshot;
	struct linx_files_change change;
	bool first = rec->tid != s->tid;

	if (!is_known(s, rec->tid, more->first))
		return true; /* the task began after the snapshot did: the stream has a context record of it */
	if (!finish_files(b, first))
		return false;
	memcpy(&change, rec + 1, sizeof(change));
	if (first) {
		s->tid = rec->tid;
		s->table = change.table;
		s->moved = false;
		change.flags |= LINX_FILES_FIRST;
	}
	s->moved |= change.table != s->table;
	if (s->moved)
		return true;
	s->pending = LINX_REC_LEN(rec);
	memcpy(s->record, rec, s->pending);
	memcpy(s->record + sizeof(*rec), &change, sizeof(change));
	return true;
}

/* Handles the records that one read returned; false: there is no room for more. */
static bool take(struct linx_engine_bpf *b, size_t len)
{
	struct linx_bpf_snapshot *s = b->snapshot;
	struct linx_bpf_snap more;
	const struct linx_rec *rec;

	for (size_t at = 0; at < len; at += LINX_REC_LEN(rec) + sizeof(more)) {
		rec = (const void *)(s->buf + at);
		if (!linx_rec_fits(rec, len - at) || len - at - LINX_REC_LEN(rec) < sizeof(more))
			return false;
		memcpy(&more, s->buf + at + LINX_REC_LEN(rec), sizeof(more));
		if (!(s->files ? take_file(b, rec, &more) : take_task(b, rec, &more)))
			return false;
	}
	return true;
}

/* ---- steps ---------------------------------------------------------------------------- */

static void close_pass(struct linx_engine_bpf *b)
{
	struct linx_bpf_snapshot *s = b->snapshot;

	if (s->fd >= 0)
		close(s->fd);
	if (s->link)
		b->lib.bpf_link__destroy(s->link);
	s->fd = -1;
	s->link = NULL;
}

static int open_pass(struct linx_engine_bpf *b, enum linx_bpf_program program)
{
	struct linx_bpf_snapshot *s = b->snapshot;

	close_pass(b);
	s->link = b->lib.bpf_program__attach_iter(b->programs[program], NULL);
	if (!s->link)
		return -errno;
	s->fd = b->lib.bpf_iter_create(b->lib.bpf_link__fd(s->link));
	return s->fd < 0 ? -errno : 0;
}

void linx_bpf_snapshot_end(struct linx_engine_bpf *b)
{
	if (!b->snapshot)
		return;
	close_pass(b);
	linx_bpf_snapshot_ring(b, false);
	free(b->snapshot->known);
	free(b->snapshot);
	b->snapshot = NULL;
}

/* Moves from tasks to files, or ends the snapshot. 0, or -errno. */
static int next_pass(struct linx_engine_bpf *b)
{
	struct linx_bpf_snapshot *s = b->snapshot;

	if (!s->files && b->config.flags & LINX_BPF_FILES) {
		s->files = true;
		return open_pass(b, LINX_BPF_SNAP_FILE);
	}
	finish_files(b, true);
	linx_bpf_snapshot_end(b);
	return 0;
}

static int fail(struct linx_engine_bpf *b, int rc)
{
	linx_bpf_snapshot_end(b);
	return linx_fail(&b->e.err, rc, "engine bpf: cannot list processes: %s", strerror(-rc));
}

int linx_bpf_snapshot_step(struct linx_engine_bpf *b)
{
	struct linx_bpf_snapshot *s = b->snapshot;
	ssize_t n;
	int rc = 0;

	b->e.worked = LINX_YIELD_BYTES;
	__atomic_store_n(&linx_bpf_reader(b, b->ncpus)->before, linx_bpf_now(), __ATOMIC_SEQ_CST);
	n = read(s->fd, s->buf, s->size);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return fail(b, -errno);
	if (!n)
		rc = next_pass(b);
	else if (n > 0 && !take(b, (size_t)n))
		linx_bpf_snapshot_end(b); /* a task that is left out gets a context record with its first event */
	return rc ? fail(b, rc) : 0;
}

int linx_bpf_snapshot(struct linx_engine_bpf *b, unsigned int ms)
{
	const size_t size = (size_t)READ_PAGES * b->config.page_size;
	uint64_t until = linx_now_ms() + ms;
	int rc;

	if (b->snapshot)
		return 0;
	b->snapshot = calloc(1, sizeof(*b->snapshot) + size);
	if (!b->snapshot)
		return linx_fail(&b->e.err, -ENOMEM, "out of memory for the list of processes");
	b->snapshot->size = size;
	b->snapshot->fd = -1;
	b->e.snap.gen++;
	rc = linx_bpf_snapshot_ring(b, true);
	if (!rc)
		rc = open_pass(b, LINX_BPF_SNAP_TASK);
	if (rc)
		return fail(b, rc);
	while (!rc && b->snapshot && linx_now_ms() < until)
		rc = linx_bpf_snapshot_step(b);
	return rc;
}
