/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of calls by which a program interferes with the recording, as in kmod/syscall/tamper.c. shared/tamper_facts.h
 * decides which calls count. The programs for kernels before Linux 5.17 do not have this.
 */
#ifndef LINX_BPF_TAMPER_H
#define LINX_BPF_TAMPER_H

#include "fd/fd_rules.h"
#include "shared/tamper_facts.h"

/*
 * Is nr the number, in the initial pid namespace, of a thread of the reader? Threads other than the first are found
 * only where the kernel has a function for that, which is since Linux 6.2.
 */
static __noinline bool is_of_reader(struct cpu *x, __s32 nr)
{
	struct task_struct *p;
	bool is;

	if (!config.owner || nr <= 0 || (__u32)nr == config.owner)
		return nr > 0 && config.owner;
	p = find_task(nr, false);
	if (!p)
		return false;
	is = (__u32)MEMBER(p, tgid) == config.owner;
	put_found_task(p);
	return is;
}

/*
 * Does the process that makes the call name the reader by its number in the initial pid namespace? Processes of other
 * pid namespaces do not see the reader.
 */
static __always_inline bool names_reader(struct cpu *x, __s32 nr)
{
	struct pid *own = MEMBER(x->task, thread_pid);

	return own && !MEMBER(own, level) && is_of_reader(x, nr);
}

/* Returns the number of a BPF object, by the file of its descriptor; 0: the file is gone. */
static __always_inline __u32 number_of_object(struct cpu *x, __u32 kind)
{
	void *object;

	if (!find_file(x, x->w->ret))
		return 0;
	object = GET(x->w->found.file, file, private_data);
	if (kind == LINX_TAMPER_PROG)
		return BPF_CORE_READ((struct bpf_prog *)object, aux, id);
	if (kind == LINX_TAMPER_MAP)
		return BPF_CORE_READ((struct bpf_map *)object, id);
	return BPF_CORE_READ((struct bpf_link *)object, id);
}

/*
 * Has the call opened an object of the recording? The object is found by the descriptor that the call returned, not by
 * the number in the program's memory, which the program may have changed since.
 */
static __noinline bool opens_ours(struct cpu *x)
{
	__u32 kind = linx_tamper_object_of(x->w->args[0]);
	struct linx_bpf_object object = { .kind = kind };

	if (!kind)
		return false;
	object.id = number_of_object(x, kind);
	return bpf_map_lookup_elem(&objects, &object);
}

static __noinline bool concerns_reader(struct cpu *x, __u32 way)
{
	const struct work *w = x->w;

	switch (way) {
	case LINX_TAMPER_ATTACHES:
		return linx_tamper_attaches(w->args[0]) && names_reader(x, w->args[1]);
	case LINX_TAMPER_WRITES:
		return names_reader(x, w->args[0]);
	case LINX_TAMPER_TAKES:
		return is_of_reader(x, pid_of_fd(x, w->args[0]));
	case LINX_TAMPER_OPENS:
		return opens_ours(x);
	default:
		return false;
	}
}

/*
 * Writes a TAMPER record if the call has interfered with linx. w has the call's result and arguments. Inlined, since
 * the stack of all functions that lead to a context record has no room for one more.
 */
static __always_inline void look_for_tampering(struct cpu *x, __u32 way)
{
	struct work *w = x->w;

	if (!is_running() || !linx_tamper_counts(way, w->ret) || !concerns_reader(x, way))
		return;
	announce(x, x->task);
	begin_task(w, x->task);
	if (!rec_begin(x, LINX_REC_TAMPER, true, NO_CALL_BUT_OTHER))
		return;
	put_word(x, w->at, linx_tamper_what_of(way) | (__u64)bpf_get_smp_processor_id() << 32);
	put_word(x, w->at + 8, 0);
	w->at += sizeof(struct linx_tamper);
	rec_commit(x, NO_CALL_BUT_OTHER);
}

#endif
