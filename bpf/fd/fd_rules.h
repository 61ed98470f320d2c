/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds all descriptors of a call, in sessions that ask for them: arguments by their types, the rules of
 * tables/fds.def, and descriptors in captured memory. shared/fd_rules.h has the rules that need no memory.
 */
#ifndef LINX_BPF_FD_RULES_H
#define LINX_BPF_FD_RULES_H

#include "fd/fd.h"
#include "shared/ids.h"

/*
 * Element of the map fd_places, by shape. there: structures of this shape hold a descriptor. at: offset of that
 * descriptor in the native ABI, and in the other ABIs.
 */
struct fd_place {
	__u16 at[2];
	__u32 there;
};
MAP_OF(fd_rules, MAP_ARRAY, 1, 0, __u32, struct linx_fd_rule);
MAP_OF(fd_places, MAP_ARRAY, 1, 0, __u32, struct fd_place);

#define DESCRIBES_FDS (config.flags & (LINX_BPF_FD_PATHS | LINX_BPF_FD_DETAILS))
/*
 * A word that describes a descriptor of a call: its LINX_FIELD_* in the record (8 bits), and above that the facts to
 * record (RECORD_*) in addition to those recorded of every descriptor.
 */
#define FIELD(field, parts) ((__u32)(field) | (__u32)(parts) << 8)
#define AF_XDP 44

static __always_inline int request(struct cpu *x, __s32 fd, __u32 field, __u32 pid)
{
	__u32 n = x->w->nrequests;
	struct fd_request *r = &x->w->requests[n & (LINX_FDS_MAX - 1)];

	if (n >= LINX_FDS_MAX)
		return 0;
	r->fd = fd;
	r->pid = pid;
	r->field = field;
	x->w->nrequests = n + 1;
	return 0;
}

static __always_inline void request_memory(struct cpu *x, __s32 fd)
{
	if (fd >= 0)
		request(x, fd, LINX_FIELD_FD_MEMORY, 0);
}

/* ---- descriptor numbers in captured memory ------------------------------------- */

STEP(seek_step)
{
	struct work *w = x->w;
	__u64 head = load(x, w->seek_at, 8);

	if ((head >> 16 & 0xff) == w->seek_arg && (head >> 27 & 0x1f) == LINX_VAL_BYTES) {
		w->seek_found = w->seek_at;
		return 1;
	}
	w->seek_at += 8 + align8(head & 0xffff);
	return 0;
}

/* Returns the offset in the ring of an argument's value; 0: the argument has no value. */
static __noinline __u64 value_of(struct cpu *x, __u32 arg)
{
	struct work *w = x->w;

	w->seek_at = w->values_at;
	w->seek_arg = arg;
	w->seek_found = 0;
	repeat(w->nvals - w->values_before, seek_step, x);
	return w->seek_found;
}

static __always_inline __u32 value_size(struct cpu *x, __u64 val)
{
	return load(x, val, 2);
}

STEP(int_step)
{
	struct work *w = x->w;

	if (w->scan_at + 4 > w->scan_end)
		return 1;
	request_memory(x, load(x, w->scan_at, 4));
	w->scan_at += w->scan_step;
	return 0;
}

/*
 * Requests the descriptors whose numbers are ints in the ring, from offset "at" to "end", one int every "step" bytes.
 */
static __noinline int request_ints(struct cpu *x, __u64 at, __u64 end, __u32 step)
{
	x->w->scan_at = at;
	x->w->scan_end = end;
	x->w->scan_step = step;
	repeat(LINX_STRUCT_MAX / 4, int_step, x);
	return 0;
}

/* Requests the descriptors whose numbers are the ints that an argument points to, as they were captured. */
static __always_inline void request_behind(struct cpu *x, __u32 arg)
{
	__u64 val = value_of(x, arg);

	if (val)
		request_ints(x, val + 8, val + 8 + (value_size(x, val) & ~3u), 4);
}

/* Returns the int at offset "at" in the memory that an argument points to; -1: the int was not captured. */
static __always_inline __s32 int_at(struct cpu *x, __u32 arg, __u32 at)
{
	__u64 val = value_of(x, arg);

	return val && value_size(x, val) >= at + 4 ? (__s32)load(x, val + 8 + at, 4) : -1;
}

/* Requests the descriptor in each structure of an array, which takes size bytes at offset "at" in the ring. */
static __noinline int request_each(struct cpu *x, __u32 shape, __u64 at, __u32 size)
{
	struct fd_place *place = bpf_map_lookup_elem(&fd_places, &shape);
	__u32 abi = x->w->abi, step = linx_shape_size(shape, abi);

	if (!place || !place->there || !step)
		return 0;
	return request_ints(x, at + (abi ? place->at[1] : place->at[0]), at + size, step);
}

STEP(bit_step)
{
	struct work *w = x->w;

	if (w->bits_word >> (i & 63) & 1)
		request_memory(x, w->bits_at + i);
	return w->nrequests >= LINX_FDS_MAX;
}

STEP(word_step)
{
	struct work *w = x->w;
	__u64 left = w->bits_end - w->bits_at, size = w->scan_end - w->scan_at;

	if (w->bits_at >= w->bits_end || w->scan_at >= w->scan_end)
		return 1;
	w->bits_word = load(x, w->scan_at, size < 8 ? size : 8);
	if (w->bits_word)
		repeat(min_u64(left, 64), bit_step, x);
	w->bits_at += 64;
	w->scan_at += 8;
	return w->nrequests >= LINX_FDS_MAX;
}

/*
 * Requests the descriptors whose bits are set among the first n bits of an fd_set. val: offset of its value in the
 * ring. Many programs pass an n that is larger than their fd_set. Therefore it is accepted that bytes beyond the size
 * of an fd_set cannot be read. A set of which fewer bytes can be read is skipped.
 */
static __noinline int request_bits(struct cpu *x, __u64 val, __u64 n)
{
	__u64 head = load(x, val, 8), skip = (head >> 27 & 0x1f) == LINX_VAL_MEM ? 8 : 0, size = (head & 0xffff) - skip;

	if ((head >> 24 & 7) > LINX_TRUNCATED && size < LINX_FD_SET_BYTES)
		return 0;
	x->w->scan_at = val + 8 + skip;
	x->w->scan_end = x->w->scan_at + size;
	x->w->bits_at = 0;
	x->w->bits_end = n;
	repeat(LINX_STRUCT_MAX / 8, word_step, x);
	return 0;
}

STEP(cmsg_step)
{
	struct work *w = x->w;
	__u32 word = w->abi == 0 ? 8 : 4, head = word + 8, level, type;
	__u64 at = w->cmsg_at, left = w->cmsg_end - at, len, whole;

	if (at > w->cmsg_end || left < head)
		return 1;
	len = load(x, at, word);
	if (len < head || len > left)
		return 1;
	level = load(x, at + word, 4);
	type = load(x, at + word + 4, 4);
	if (linx_carries_fds(level, type))
		request_ints(x, at + head, at + len, 4);
	whole = (len + word - 1) & ~(__u64)(word - 1);
	w->cmsg_at = at + whole;
	return whole > left;
}

/* Is the entry of this call recorded? It is if it is selected, and not left out by sampling. */
static __always_inline bool wants_entry(struct cpu *x)
{
	if (!(x->w->want & LINX_BPF_WANT_ENTER) || (x->w->every > 1 && x->w->want & LINX_BPF_WANT_EXIT))
		return false;
	return linx_entry_holds(x->row->entry, control.chosen, x->w->args);
}

/*
 * Requests the descriptors in the memory that a member of a structure points to. val: offset of the value with that
 * memory, the newest one.
 */
static __always_inline int scan_member(struct cpu *x, const struct linx_follow *fo, __u64 val)
{
	struct work *w = x->w;
	__u32 in = frame_now(x)->shape, size = value_size(x, val) - 8;
	__u64 at = val + 16;

	if (w->kind == LINX_REC_EXIT && !(fo->dir & LINX_WHEN_OUT) && wants_entry(x))
		return 0; /* the entry record of the call has these descriptors */
	if (fo->kind == LINX_FOLLOW_BITS && in == LINX_SHAPE_sel_arg_struct)
		return request_bits(x, val, load(x, frame_now(x)->data, 4));
	if (in == LINX_SHAPE_sc_address) {
		if (size >= LINX_XDP_SHARED_FD + 4 && load(x, at, 2) == AF_XDP)
			request_memory(x, load(x, at + LINX_XDP_SHARED_FD, 4));
	} else if (fo->kind == LINX_FOLLOW_ARR && fo->what == LINX_SHAPE_control) {
		w->cmsg_at = at;
		w->cmsg_end = at + size;
		repeat(LINX_STRUCT_MAX / 12, cmsg_step, x);
	} else if (fo->kind == LINX_FOLLOW_ARR || fo->kind == LINX_FOLLOW_ONE) {
		request_each(x, fo->what, at, size);
	}
	return 0;
}

/* ---- arguments and rules --------------------------------------------------------- */

static __always_inline bool has_succeeded(const struct work *w)
{
	return w->kind == LINX_REC_EXIT && !failed(w->ret);
}

/*
 * Does the return record leave out the descriptors of the call's arguments, since the entry record has them? The return
 * of a call that failed has these descriptors again.
 */
static __always_inline bool recorded_at_entry(struct cpu *x)
{
	return has_succeeded(x->w) && wants_entry(x);
}

static __always_inline struct linx_fd_rule *rule_of(struct cpu *x, __u32 i)
{
	__u32 at = x->row->rule + i;

	return bpf_map_lookup_elem(&fd_rules, &at);
}

static __always_inline bool rule_holds(struct cpu *x, const struct linx_fd_rule *r)
{
	return ((__u32)arg_n(x, r->k) & r->mask) == r->value;
}

STEP(none_step)
{
	struct linx_fd_rule *r = rule_of(x, i);

	if (r && r->kind == LINX_FD_RULE_NONE && rule_holds(x, r))
		x->w->scan_args &= ~(1u << (r->arg & 7));
	return 0;
}

STEP(arg_step)
{
	__s32 fd = arg_n(x, i);

	if (!(x->w->scan_args >> (i & 7) & 1))
		return 0;
	/* A reader needs the device behind the descriptor to know what an ioctl command means. */
	if (fd >= 0 || (fd == LINX_FD_CWD && x->row->dirfds >> (i & 7) & 1))
		request(x, fd, FIELD(LINX_FIELD_FD + i, x->row->flags & LINX_ROW_DEVICE ? RECORD_DEVICE : 0), 0);
	return 0;
}

/* Requests the descriptors in the fd_set or array that argument i points to. */
STEP(structure_step)
{
	__u32 def = i < LINX_NARGS ? x->row->arg[i] : 0, cap = LINX_ARGDEF_COPY(def);
	__u64 val;

	if (cap != LINX_COPY_BITS && cap != LINX_COPY_ONE && cap != LINX_COPY_N)
		return 0;
	if (recorded_at_entry(x) && LINX_ARGDEF_WHEN(def) & LINX_WHEN_IN)
		return 0;
	val = value_of(x, i);
	if (val && cap != LINX_COPY_BITS)
		request_each(x, LINX_ARGDEF_WHAT(def), val + 8, value_size(x, val));
	else if (val && x->row->sets >> (i & 7) & 1)
		request_bits(x, val, (__u32)arg_n(x, LINX_ARGDEF_N(def)));
	return 0;
}

STEP(pair_step)
{

	if (x->row->pairs >> (i & 7) & 1)
		request_behind(x, i);
	return 0;
}

/*
 * Translates a pid of the task's pid namespace to that of the initial one; 0: there is no such process, or this kernel
 * has no way to translate the pid.
 */
static __noinline __u32 global_pid(struct cpu *x, __s32 nr)
{
	struct pid *own = MEMBER(x->task, thread_pid);
	struct task_struct *p;
	__u32 pid = 0;

	if (nr <= 0)
		return 0;
	if (own && !MEMBER(own, level))
		return nr;
	p = find_task(nr, true);
	if (!p)
		return 0;
	pid = MEMBER(p, pid);
	put_found_task(p);
	return pid;
}

/*
 * Returns the pid, in the initial namespace, of the process with number nr in the caller's namespace. 0: the
 * descriptors of that process are not recorded, because the call did not show that the caller may look at that process.
 * The call shows it by its success. The caller's own process needs no such proof.
 */
static __always_inline __u32 allowed_pid(struct cpu *x, __s32 nr)
{
	__u32 pid = x->w->kind == LINX_REC_EXIT ? global_pid(x, nr) : 0;

	return has_succeeded(x->w) || pid == (__u32)MEMBER(x->task, tgid) ? pid : 0;
}

/* Returns the pid of the process that a pidfd refers to; 0: the descriptor is not a pidfd, or the process is gone. */
static __always_inline __u32 pid_of_fd(struct cpu *x, __s32 fd)
{
	if (fd < 0 || !find_file(x, fd) || type_of(&x->w->found) != LINX_FD_PIDFD)
		return 0;
	return pid_of(&x->w->found);
}

static __noinline int request_foreign(struct cpu *x, __s32 fd, __u32 arg, __u32 pid)
{
	return fd >= 0 && pid ? request(x, fd, LINX_FIELD_FD + arg, pid) : 0;
}

/* Applies a rule of tables/fds.def that concerns captured memory. */
static __noinline int apply_in_memory(struct cpu *x, const struct linx_fd_rule *r)
{
	__u32 kind = r->kind, arg = r->arg, at = r->at;

	switch (kind) {
	case LINX_FD_RULE_BEHIND:
		if (has_succeeded(x->w))
			request_behind(x, arg);
		break;
	case LINX_FD_RULE_AT_WHEN:
		if (((__u32)int_at(x, arg, r->k) & r->mask) == r->value)
			request_memory(x, int_at(x, arg, x->w->abi ? r->process : at));
		break;
	case LINX_FD_RULE_FOREIGN_AT:
		request_foreign(x, int_at(x, arg, at), arg, allowed_pid(x, arg_n(x, r->process)));
		break;
	case LINX_FD_RULE_RESULT_UNLESS:
		/*
		 * A word that was not captured reads as -1, which has the bits of every mask: no descriptor is
		 * requested.
		 */
		if (has_succeeded(x->w) && !(int_at(x, arg, at) & r->mask))
			request(x, x->w->ret, LINX_FIELD_FD_RESULT, 0);
		break;
	default:
		request_memory(x, int_at(x, arg, at));
	}
	return 0;
}

static __always_inline int apply(struct cpu *x, const struct linx_fd_rule *r)
{
	__u32 arg = r->arg;
	__s32 fd = arg_n(x, arg);

	switch (r->kind) {
	case LINX_FD_RULE_RESULT:
		return has_succeeded(x->w) ? request(x, x->w->ret, LINX_FIELD_FD_RESULT, 0) : 0;
	case LINX_FD_RULE_ARG:
		return fd >= 0 || fd == LINX_FD_CWD ? request(x, fd, LINX_FIELD_FD + arg, 0) : 0;
	case LINX_FD_RULE_NONE:
		return 0;
	case LINX_FD_RULE_FOREIGN:
		return has_succeeded(x->w) ? request_foreign(x, fd, arg, pid_of_fd(x, arg_n(x, r->process))) : 0;
	case LINX_FD_RULE_FOREIGN_PID:
		return request_foreign(x, fd, arg, allowed_pid(x, arg_n(x, r->process)));
	default:
		return apply_in_memory(x, r);
	}
}

STEP(rule_step)
{
	struct linx_fd_rule *r = rule_of(x, i);

	if (!r || (recorded_at_entry(x) && !linx_fd_rule_is_of_success(r->kind)))
		return 0;
	if (linx_fd_rule_looks(r->kind) || rule_holds(x, r))
		apply(x, r);
	return 0;
}

/* Makes the list of all descriptors of the call (w->requests). */
static __noinline int find_fds(struct cpu *x)
{
	__u32 fd, parts = config.flags & LINX_BPF_RESOLVED && x->w->kind == LINX_REC_EXIT ? parts_of_resolved(x, &fd) : 0;
	__u32 rules = x->row->nrules;

	if (parts)
		request(x, fd, FIELD(resolved_field(parts), parts), 0);
	x->w->scan_args = recorded_at_entry(x) ? 0 : x->row->fds;
	if (rules)
		repeat(rules, none_step, x);
	if (x->w->scan_args)
		repeat(LINX_NARGS, arg_step, x);
	repeat(x->row->nargs, structure_step, x);
	if (x->row->pairs && has_succeeded(x->w))
		repeat(LINX_NARGS, pair_step, x);
	if (rules)
		repeat(rules, rule_step, x);
	return 0;
}

/* ---- values ---------------------------------------------------------------------- */

/* Writes the value of a descriptor of another process, w->scan_pid. The file is read in place, without a reference. */
static __always_inline int put_foreign(struct cpu *x, __s32 fd, __u32 field, __u32 parts)
{
	__u32 pid = x->w->scan_pid;
	struct task_struct *p;
	struct fdtable *fdt;
	__u64 slot = 0;

	p = find_task(pid, false);
	if (!p)
		return 0;
	fdt = BPF_CORE_READ(p, files, fdt);
	if ((__u32)fd < BPF_CORE_READ(fdt, max_fds))
		slot = (__u64)BPF_CORE_READ(fdt, fd) + (__u64)(__u32)fd * 8;
	x->w->found.cloexec = 0;
	if (slot && look_at_slot(&x->w->found, slot) && BPF_CORE_READ(p, files, fdt) == fdt) {
		x->w->foreign = LINX_FD_FOREIGN;
		put_found(x, fd, field, parts);
		x->w->foreign = 0;
	}
	put_found_task(p);
	return 0;
}

static __always_inline int put_cwd_fd(struct cpu *x, __u32 field, __u32 parts)
{
	struct fs_struct *fs = MEMBER(x->task, fs);
	struct found *f = &x->w->found;

	f->slot = f->file = 0;
	f->cloexec = 0;
	look_at(f, MEMBER(fs, pwd.dentry), MEMBER(fs, pwd.mnt));
	return put_found(x, LINX_FD_CWD, field, parts);
}

STEP(before_step)
{
	struct work *w = x->w;
	struct fd_request *r = &w->requests[i & (LINX_FDS_MAX - 1)];

	if (r->fd != w->scan_fd || r->pid != w->scan_pid)
		return 0;
	w->recorded_before = 1;
	return 1;
}

STEP(put_step)
{
	struct work *w = x->w;
	struct fd_request *r = &w->requests[i & (LINX_FDS_MAX - 1)];
	__u32 field = r->field & 0xff, parts = r->field >> 8;
	__s32 fd = r->fd;

	parts |= (config.flags & LINX_BPF_FD_PATHS ? RECORD_PATH : 0) | (config.flags & LINX_BPF_FD_DETAILS ? RECORD_DETAILS : 0);
	w->scan_fd = fd;
	w->scan_pid = r->pid;
	w->recorded_before = 0;
	repeat(i, before_step, x);
	if (w->recorded_before)
		return 0;
	w->fd_kept = (w->nrequests - i - 1) * (8 + sizeof(struct linx_fd));
	w->fd_kept = min_u64(w->fd_kept, fds_room() / 2);
	if (fd == LINX_FD_CWD)
		put_cwd_fd(x, field, parts);
	else if (w->scan_pid)
		put_foreign(x, fd, field, parts);
	else if (find_file(x, fd))
		put_found(x, fd, field, parts);
	return w->full ? 1 : 0;
}

/* Writes the values of all descriptors of a call. */
static __always_inline int put_fds(struct cpu *x)
{
	find_fds(x);
	x->w->fd_left = fds_room();
	repeat(x->w->nrequests, put_step, x);
	return 0;
}

#endif
