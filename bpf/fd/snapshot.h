/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Snapshot of the tasks and open files that exist when a recording starts, written by iterator programs whose output
 * the library reads. Each record says when reading of its facts began and how long it took; the rules are those of
 * kmod/task/snapshot.c. Records are built in a ring that belongs to no CPU and copied from there to the iterator's
 * reader. Two words for the library follow each record (struct linx_bpf_snap).
 */
#ifndef LINX_BPF_SNAPSHOT_H
#define LINX_BPF_SNAPSHOT_H

#include "fd/fd_table.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct bpf_iter_meta {
	struct seq_file *seq;
};
#pragma clang attribute pop

/* Sets *x for a record of the snapshot about task p. Returns false if no snapshot is being taken. */
static __always_inline bool snap_begin(struct cpu *x, struct task_struct *p)
{
	__u32 number = config.cpus, zero = 0;
	struct place *place = bpf_map_lookup_elem(&cpus, &number);
	void *inner = bpf_map_lookup_elem(&rings, &number);

	if (!place || !inner)
		return false;
	x->number = number;
	x->c = &place->c;
	x->w = &place->w;
	x->ring = bpf_map_lookup_elem(inner, &zero);
	x->task = p;
	return x->ring != 0;
}

static __always_inline void snap_record(struct cpu *x, __u32 kind, __u64 time)
{
	struct work *w = x->w;

	begin_task(w, x->task);
	w->time = time;
	w->kind = kind;
	w->rec = w->done = 0;
	w->nargs = w->flags = w->nvals = w->full = w->nlongs = 0;
	w->at = sizeof(struct linx_rec);
	w->end = config.rec_limit;
	w->budget = config.user_max;
	w->foreign = 0;
}

/*
 * Completes the record and copies it to the reader, and after it the words "first" and "second". A record whose values
 * found no room is left out. If the reader's buffer has no room, the kernel runs the program again.
 */
static __always_inline void snap_commit(struct cpu *x, struct seq_file *seq, __u64 first, __u64 second)
{
	__u64 us = (bpf_ktime_get_ns() - x->w->time) / 1000 + 1, len;
	struct work *w = x->w;

	if (w->full || !close_record(x, min_u64(us, 0xffffffff)))
		return;
	put_word(x, w->at, first);
	put_word(x, w->at + 8, second);
	len = w->at + sizeof(struct linx_bpf_snap);
	pin(len);
	if (len <= LINX_BPF_SLACK)
		bpf_seq_write(seq, x->ring, len);
}

/*
 * Writes a record about a task. For a process, also writes the address of the command line in its memory. This address
 * is read last, after the loops that build paths, because the verifier of Linux 6.1 wrongly assumes that a condition
 * which was true before a loop is still true after it.
 */
static __always_inline void snap_task(struct cpu *x, struct seq_file *seq)
{
	struct task_struct *p = x->task;
	__u64 start = 0, end = 0;
	struct mm_struct *mm;

	snap_record(x, LINX_REC_TASK, bpf_ktime_get_ns());
	/*
	 * Tested after the time was read: a task that ended before that time may have a record of its end in the
	 * stream already.
	 */
	if (p->flags & PF_EXITING)
		return;
	put_ctx(x, p, p->pid == p->tgid ? 0 : LINX_CTX_THREAD, 0);
	put_who(x, p, put_exe(x, p));
	put_cwd(x, p);
	put_cgroup(x, p);
	mm = BPF_CORE_READ(p, mm);
	if (p->pid == p->tgid && !(p->flags & PF_KTHREAD) && mm) {
		start = BPF_CORE_READ(mm, arg_start);
		end = BPF_CORE_READ(mm, arg_end);
	}
	snap_commit(x, seq, start, end);
}

/*
 * Returns the close-on-exec flag of a descriptor. It also returns 0 if the task has got another descriptor table
 * meanwhile: another record reports that table.
 */
static __always_inline __u32 snap_cloexec(struct task_struct *p, struct files_struct *files, __u32 fd)
{
	struct fdtable *fdt = BPF_CORE_READ(files, fdt);
	__u64 bits = word_at((__u64)BPF_CORE_READ(fdt, close_on_exec) + (fd / 64) * 8ull);

	return BPF_CORE_READ(p, files) == files ? bits >> (fd & 63) & 1 : 0;
}

/*
 * Writes an open file of a task. The iterator looked it up before this program runs: at the end of the program's
 * previous run, or when the library resumed reading (reader.before).
 */
static __always_inline void snap_file(struct cpu *x, struct seq_file *seq, __u32 fd, struct file *file)
{
	struct task_struct *p = x->task;
	struct files_struct *files = BPF_CORE_READ(p, files);
	struct found *f = &x->w->found;

	snap_record(x, LINX_REC_FILES, reader_of(x)->before);
	put_word(x, x->w->at, id_of(files));
	put_word(x, x->w->at + 8, LINX_FILES_TOLD);
	put_word(x, x->w->at + 16, 0);
	x->w->at += sizeof(struct linx_files_change);
	x->w->fd_left = ~0u;
	x->w->fd_kept = 0;
	f->slot = 0;
	f->file = (__u64)file;
	f->cloexec = snap_cloexec(p, files, fd);
	look_at(f, BPF_CORE_READ(file, f_path.dentry), BPF_CORE_READ(file, f_path.mnt));
	put_found(x, fd, LINX_FIELD_FD_RESULT, RECORD_PATH | RECORD_SOCKET);
	if (files)
		snap_commit(x, seq, BPF_CORE_READ(p, start_boottime), 0);
	reader_of(x)->before = bpf_ktime_get_ns();
}

#endif
