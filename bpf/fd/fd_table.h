/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of descriptor tables: single descriptors and whole tables. The rules are those of kmod/task/fd_table.c;
 * docs/state.md explains why these records suffice to know each table. The time of a record is read before the table
 * is, and is later than the times of all earlier records about that table.
 */
#ifndef LINX_BPF_FD_TABLE_H
#define LINX_BPF_FD_TABLE_H

#include "fd/fd.h"
#include "filter/filter.h"

/*
 * Time of the last record about any of the descriptor tables that hash to this element. Each element has a cache line
 * of its own.
 */
struct files_time {
	__u64 last, pad[7];
};
#define FILES_TIMES 256u
MAP_OF(files_times, MAP_ARRAY, FILES_TIMES, 0, __u32, struct files_time);

/*
 * Work of recording a descriptor, in addition to the bytes of its path and of the record. LINX_FILES_SPENT_MAX limits
 * the work of a call.
 */
#define SPENT_LEAST 256u
/*
 * Upper limit for the turns of the loop over a call's changes. The limits on work and on descriptors end that loop
 * earlier.
 */
#define STEPS_OF_CHANGE (16u * 1024)

/* ---- time and records -------------------------------------------------------------- */

/*
 * Sets the time for the next record about the table of x->task. This time is later than the times of all earlier
 * records about the table. Called before the table is read.
 */
static __noinline int take_files_time(struct cpu *x)
{
	struct task_struct *p = x->task;
	__u64 files = (__u64)BPF_CORE_READ(p, files), now = time_now(x->c), old, mine;
	__u32 at = (files * 0x9e3779b97f4a7c15ull) >> 56;
	struct files_time *t = bpf_map_lookup_elem(&files_times, &at);

	x->w->time = now;
	if (!t)
		return 0;
	for (int i = 0; i < 8; i++) {
		old = *(volatile __u64 *)&t->last;
		mine = now > old ? now : old + 1;
		if (__sync_val_compare_and_swap(&t->last, old, mine) == old)
			goto taken;
	}
	mine = __sync_fetch_and_add(&t->last, 1) + 1; /* takes the next number: t->last has changed at each try */
taken:
	if (mine > now)
		x->w->time = mine;
	return 0;
}

/*
 * Begins a record about the descriptor table of x->task. span: number of the first descriptor of the record in the
 * lower 32 bits, of the last one in the upper 32 bits.
 */
static __noinline bool begin_files(struct cpu *x, __u32 op, __u32 flags, __u64 span)
{
	struct task_struct *p = x->task;
	struct work *w = x->w;

	begin_task(w, p);
	if (!rec_begin(x, LINX_REC_FILES, true, NO_CALL))
		return false;
	w->files.rec = w->at;
	put_word(x, w->at, id_of(BPF_CORE_READ(p, files)));
	put_word(x, w->at + 8, op | (__u64)flags << 32);
	put_word(x, w->at + 16, span);
	w->at += sizeof(struct linx_files_change);
	w->fd_left = ~0u;
	w->fd_kept = 0;
	w->path_at = PATH_SIZE;
	return true;
}

static __noinline bool end_files(struct cpu *x)
{
	x->w->files.spent += x->w->at - x->w->rec;
	return rec_commit(x, NO_CALL);
}

static __always_inline void put_open_file(struct cpu *x, __s32 fd)
{
	x->w->path_at = PATH_SIZE;
	put_found(x, fd, LINX_FIELD_FD_RESULT, RECORD_PATH | RECORD_SOCKET);
	x->w->files.spent += SPENT_LEAST + (PATH_SIZE - x->w->path_at);
}

/* WHOLE_*: state of recording a whole table. THEN_*: what to record if the table is too large for that. */
enum { WHOLE_NOT, WHOLE_ASKED, WHOLE_GOES_ON };
enum { THEN_NOTHING, THEN_UNKNOWN, THEN_OPEN };

enum { SLOT_CLOSED, SLOT_FOUND, SLOT_CHANGES };

/*
 * Looks up a descriptor in the table of x->task. SLOT_CHANGES: another task is changing that descriptor at this moment,
 * and will record it with a later time.
 */
static __noinline __u32 look_up(struct cpu *x, __u32 fd)
{
	struct fdtable *fdt;

	for (int i = 0; i < 3; i++) {
		if (find_file(x, fd))
			return SLOT_FOUND;
		fdt = x->task->files->fdt;
		if (fd >= fdt->max_fds || !word_at((__u64)BPF_CORE_READ(fdt, fd) + (__u64)fd * 8))
			return SLOT_CLOSED;
	}
	return SLOT_CHANGES;
}

/* ---- bits of a table ------------------------------------------------------------------ */

static __always_inline __u64 open_word(struct cpu *x, __u32 fd)
{
	struct fdtable *fdt = x->task->files->fdt;

	return fd < fdt->max_fds ? word_at((__u64)BPF_CORE_READ(fdt, open_fds) + (fd / 64) * 8ull) : 0;
}

/* Starts a search for the open descriptors from fd up to end. */
static __always_inline void find_from(struct cpu *x, __u32 fd, __u64 end)
{
	struct files_work *f = &x->w->files;
	__u32 max = x->task->files->fdt->max_fds;
	__u64 most = (__u64)fd + LINX_FDS_LOOK_MAX;

	end = min_u64(end, max);
	f->cut = end > most;
	f->bits_end = min_u64(end, most);
	f->bits_at = fd;
	f->word = 0;
	f->nrecorded = f->more = 0;
	f->bits = 1;
}

/* Returns the next open descriptor; below zero: this step found none. If f->bits is 0 afterwards, there are no more. */
static __always_inline __s64 next_open(struct cpu *x)
{
	struct files_work *f = &x->w->files;
	__u64 low;

	if (!f->word) {
		if (f->bits_at >= f->bits_end) {
			f->bits = 0;
			return -1;
		}
		f->word = open_word(x, f->bits_at) >> (f->bits_at & 63) << (f->bits_at & 63);
		f->word_at = f->bits_at & ~63u;
		f->bits_at = f->word_at + 64;
		return -1;
	}
	low = f->word & -f->word;
	f->word ^= low;
	low = f->word_at + count_bits(low - 1);
	if (low < f->bits_end)
		return low;
	f->word = f->bits = 0;
	return -1;
}

/*
 * Records which descriptors are open, for a table that is not recorded in full: it has too many descriptors, their
 * records would take too many bytes, or a call may have changed any descriptor of a table that tasks share.
 */
static __noinline int put_open(struct cpu *x)
{
	struct fdtable *fdt = x->task->files->fdt;
	__u64 from = (__u64)BPF_CORE_READ(fdt, open_fds), max = fdt->max_fds / 8, size = min_u64(max, LINX_FILES_OPEN_BYTES);
	struct work *w = x->w;
	__u8 *p;

	w->files.spent = 0;
	if (!begin_files(x, LINX_FILES_OPEN, 0, 0))
		return 0;
	p = ring_at(x, w->at + 8, LINX_FILES_OPEN_BYTES);
	pin(size);
	if (p && has_room(w, LINX_FILES_OPEN_BYTES) && size <= LINX_FILES_OPEN_BYTES && !bpf_probe_read_kernel(p, size, (void *)from))
		val_end(x, WHAT(LINX_FIELD_OPEN, LINX_VAL_BYTES), size < max ? LINX_TRUNCATED : LINX_WHOLE, size, max);
	end_files(x);
	return 0;
}

static long count_step(__u32 i, void *data)
{
	struct cpu *x = data;

	x->w->files.nrecorded += count_bits(open_word(x, i * 64));
	return x->w->files.nrecorded > LINX_FILES_ALL_MAX;
}

static __always_inline bool has_many(struct cpu *x)
{
	__u32 max = x->task->files->fdt->max_fds;

	if (max > LINX_FDS_LOOK_MAX)
		return true;
	x->w->files.nrecorded = 0;
	bpf_loop((max + 63) / 64, count_step, x, 0);
	return x->w->files.nrecorded > LINX_FILES_ALL_MAX;
}

/*
 * Begins to record a whole table: a table that no other task can change now, or a table whose changes are recorded with
 * later times. Records nothing as long as some programs that see such changes are not attached yet. f->if_many says
 * what to record of a table with too many descriptors.
 */
static __always_inline void begin_whole(struct cpu *x)
{
	struct files_work *f = &x->w->files;

	f->whole = WHOLE_NOT;
	if (!settings()->attached)
		return;
	take_files_time(x);
	if (has_many(x)) {
		f->then = f->if_many;
		return;
	}
	f->spent = 0;
	f->in_record = begin_files(x, LINX_FILES_TOLD, LINX_FILES_FIRST, 0);
	if (!f->in_record)
		return;
	find_from(x, 0, LINX_FDS_LOOK_MAX);
	f->whole = WHOLE_GOES_ON;
}

/*
 * Returns the next descriptor of a whole table; below zero: this step found none. After the last descriptor, completes
 * the record.
 */
static __always_inline __s64 next_of_whole(struct cpu *x)
{
	struct files_work *f = &x->w->files;
	__s64 fd = next_open(x);
	__u64 at, flags;

	if (fd >= 0 || f->bits)
		return fd;
	f->whole = WHOLE_NOT;
	if (!f->in_record)
		return -1;
	at = f->rec + 8;
	flags = load(x, at, 8);
	put_word(x, at, flags | (__u64)LINX_FILES_LAST << 32);
	end_files(x);
	return -1;
}

/*
 * Ensures room for another descriptor of a whole table: begins a further record if needed. Returns false if the ring has no
 * room, or if the table took more work than LINX_FILES_SPENT_MAX.
 */
static __always_inline bool room_in_whole(struct cpu *x)
{
	struct work *w = x->w;
	struct files_work *f = &w->files;

	if (f->in_record && f->nrecorded < LINX_FILES_AT_ONCE_MAX && w->end - w->at >= FD_ROOM)
		return true;
	f->nrecorded = 0;
	if (f->in_record && (!end_files(x) || f->spent > LINX_FILES_SPENT_MAX)) {
		f->then = f->spent > LINX_FILES_SPENT_MAX ? THEN_OPEN : THEN_NOTHING;
		f->in_record = 0;
	} else {
		f->in_record = begin_files(x, LINX_FILES_TOLD, 0, 0);
	}
	if (!f->in_record)
		f->whole = WHOLE_NOT;
	return f->in_record;
}

/*
 * Writes the record for a table that is not recorded in full: it says that the table is unknown, or which descriptors
 * are open.
 */
static __always_inline void put_then(struct cpu *x)
{
	struct files_work *f = &x->w->files;
	__u32 then = f->then;

	f->then = THEN_NOTHING;
	if (then == THEN_OPEN)
		put_open(x);
	/*
	 * The record says that the table is unknown: the table is too large to be recorded, and the reader may have
	 * an older one with this id.
	 */
	else if (begin_files(x, LINX_FILES_TOLD, LINX_FILES_FIRST, 0))
		end_files(x);
}

/* ---- tasks ------------------------------------------------------------------------------ */

static __always_inline bool is_alone(struct task_struct *p)
{
	return BPF_CORE_READ(p, files, count.counter) <= 1;
}

/*
 * Can other tasks have changed the table while the kernel copied it? They can also be threads that have ended: the
 * process then has the sum of their run times.
 */
static __noinline bool has_shared(struct task_struct *p)
{
	return !is_alone(p) || BPF_CORE_READ(p, signal, nr_threads) > 1 || BPF_CORE_READ(p, signal, sum_sched_runtime);
}

/* Does perhaps another process share the descriptor table of p? */
static __always_inline bool is_shared_beyond(struct task_struct *p)
{
	return BPF_CORE_READ(p, files, count.counter) > BPF_CORE_READ(p, signal, live.counter);
}

#endif
