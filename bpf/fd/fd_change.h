/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls that change the descriptor table of their task. For each descriptor that may have changed, a record holds the
 * state that it has now. tables/files.def and shared/files_facts.h say which descriptors a call may have changed.
 * Records come in the same order as from kmod/task/fd_table.c.
 */
#ifndef LINX_BPF_FD_CHANGE_H
#define LINX_BPF_FD_CHANGE_H

#include "fd/fd_table.h"

MAP_OF(files_rules, MAP_ARRAY, 1, 0, __u32, struct linx_files_rule);

#define CLOSE_RANGE_CLOEXEC 4
#define CLONE_PIDFD 0x1000
#define SO_PEERPIDFD 77
#define SCTP_PEELOFF 102
#define SCTP_PEELOFF_FLAGS 122

/* State of a range of descriptors that the call changed: there is no range, it is to be recorded, it is recorded. */
enum { RANGE_NONE, RANGE_ASKED, RANGE_RECORDED };

static __always_inline void doubt(struct files_work *f, __u32 uncertain)
{
	if (f->uncertain < uncertain)
		f->uncertain = uncertain;
}

static __always_inline void add_fd(struct files_work *f, __s32 fd)
{
	if (f->nfds < FILES_FDS)
		f->fds[f->nfds++ & (FILES_FDS - 1)] = fd;
}

static __always_inline void add_ints(struct files_work *f, __u64 addr, __u32 n)
{
	f->ints_at = addr;
	f->ints_left = n;
}

/* Reads a word of user memory, as large as a long of the calling program. Returns 0 if the memory is not present. */
static __noinline __u64 read_word(struct cpu *x, __u64 addr)
{
	__u64 word = 0;
	long bad;

	if (x->w->files.narrow)
		bad = bpf_probe_read_user(&word, 4, (void *)addr);
	else
		bad = bpf_probe_read_user(&word, 8, (void *)addr);
	if (!bad)
		return word;
	doubt(&x->w->files, LINX_DOUBT_SOME);
	return 0;
}

/*
 * Can the kernel have overwritten the control messages, which list descriptors? It can if two of these overlap: the
 * buffer of the control messages, the struct msghdr, the buffer for the sender's address. True also if the size of that
 * address cannot be read.
 */
static __noinline bool is_written_over(struct cpu *x, __u64 msg, __u64 control, __u64 len)
{
	__u32 narrow = x->w->files.narrow, size = 0;
	__u64 name = read_word(x, msg);

	if (linx_ranges_meet(control, len, msg, LINX_MSG_SIZE(narrow)))
		return true;
	if (!name)
		return false;
	if (bpf_probe_read_user(&size, sizeof(size), (void *)(msg + LINX_MSG_NAMELEN(narrow))))
		return true;
	size = min_u64(size, LINX_SOCKADDR_MAX);
	return linx_ranges_meet(name, size, control, len) || linx_ranges_meet(name, size, msg, LINX_MSG_SIZE(narrow));
}

static __noinline int next_message(struct cpu *x)
{
	struct files_work *f = &x->w->files;
	__u64 msg = f->msg_at, control = read_word(x, msg + LINX_MSG_CONTROL(f->narrow));
	__u64 len = read_word(x, msg + LINX_MSG_CONTROLLEN(f->narrow));

	f->messages--;
	f->msg_at = msg + LINX_MMSG_SIZE(f->narrow);
	if (!control) {
		if (len) /* the kernel sets len to 0 if there is no buffer: the program's pointer was overwritten */
			doubt(f, LINX_DOUBT_SOME);
		return 0;
	}
	if (!len)
		doubt(f, LINX_DOUBT_SILENT);
	if (f->asked)
		doubt(f, LINX_DOUBT_LATER);
	if (is_written_over(x, msg, control, len))
		doubt(f, LINX_DOUBT_SOME);
	f->control_at = control;
	f->control_left = len;
	f->ncontrol = 0;
	return 0;
}

/*
 * Reads the next control message and its descriptors. Reads nothing more after a malformed message, or after
 * LINX_CMSG_MAX messages.
 */
static __noinline int next_control(struct cpu *x)
{
	struct files_work *f = &x->w->files;
	__u32 word = f->narrow ? 4 : 8, head = word + 8, fds, n;
	__u64 at = f->control_at, left = f->control_left, len;
	__s32 type[2];

	f->control_left = 0;
	if (left < head)
		return 0;
	len = f->ncontrol++ < LINX_CMSG_MAX ? read_word(x, at) : 0;
	if (len < head || len > left || bpf_probe_read_user(type, sizeof(type), (void *)(at + word))) {
		doubt(f, LINX_DOUBT_SOME);
		return 0;
	}
	if (linx_carries_fds(type[0], type[1])) {
		fds = min_u64((len - head) / 4, LINX_RIGHTS_MAX + 1);
		n = min_u64(fds, LINX_RIGHTS_MAX - f->rights);
		if (n < fds)
			doubt(f, LINX_DOUBT_SOME);
		add_ints(f, at + head, n);
		f->rights += n;
	}
	len = (len + word - 1) & ~(__u64)(word - 1);
	if (len > left)
		return 0;
	f->control_at = at + len;
	f->control_left = left - len;
	return 0;
}

static __noinline int add_rights(struct cpu *x, __s32 socket, __u64 msg, __u32 asked)
{
	struct files_work *f = &x->w->files;
	__s64 ret = x->w->ret;
	__u32 n = asked ? ret : 1; /* the result of recvmsg counts bytes, not messages */

	f->socket = socket;
	if (failed(ret) || n > LINX_MMSG_MAX)
		doubt(f, LINX_DOUBT_SOME);
	if (failed(ret))
		return 0;
	if (n < asked)
		doubt(f, LINX_DOUBT_SILENT);
	f->msg_at = msg;
	f->messages = min_u64(n, LINX_MMSG_MAX);
	f->asked = asked;
	return 0;
}

/* Finds the changed descriptors of a socketcall from its operation and arguments in memory. */
static __noinline int add_socketcall(struct cpu *x)
{
	struct files_work *f = &x->w->files;
	__u32 call = x->w->args[0], n = linx_socketcall_args(call, x->w->ret), a[4] = { 0 };

	pin(n);
	if (!n || n > 4)
		return 0;
	if (bpf_probe_read_user(a, n * 4, (void *)x->w->args[1])) {
		doubt(f, LINX_DOUBT_SOME);
		return 0;
	}
	if (call == SYS_BIND || call == SYS_CONNECT)
		add_fd(f, a[0]);
	else if (call == SYS_SOCKETPAIR)
		add_ints(f, a[3], 2);
	else if (call == SYS_RECVMSG)
		add_rights(x, a[0], a[1], 0);
	else if (call == SYS_RECVMMSG)
		add_rights(x, a[0], a[1], a[2]);
	else if (a[2] == SO_PEERPIDFD)
		add_ints(f, a[3], 1);
	else if (a[2] == SCTP_PEELOFF || a[2] == SCTP_PEELOFF_FLAGS)
		add_fd(f, x->w->ret);
	return 0;
}

/* Reads struct clone_args: the flags, then the address of the pidfd. */
static __noinline int add_clone(struct cpu *x)
{
	__u64 word[2];

	if (bpf_probe_read_user(word, sizeof(word), (void *)x->w->args[0]))
		doubt(&x->w->files, LINX_DOUBT_SOME);
	else if (word[0] & CLONE_PIDFD)
		add_ints(&x->w->files, word[1], 1);
	return 0;
}

static __always_inline int change_of_success(struct cpu *x, const struct linx_files_rule *r)
{
	struct files_work *f = &x->w->files;

	switch (r->kind) {
	case LINX_FILES_RULE_RESULT:
		add_fd(f, x->w->ret);
		break;
	case LINX_FILES_RULE_RANGE:
		f->range = RANGE_ASKED;
		break;
	case LINX_FILES_RULE_BEHIND:
		add_ints(f, arg_n(x, r->arg), 1);
		break;
	case LINX_FILES_RULE_CLONE_ARGS:
		return add_clone(x);
	case LINX_FILES_RULE_UNSHARE:
		f->unshared = 1;
		break;
	}
	return 0;
}

static long change_rule_step(__u32 i, void *data)
{
	struct cpu *x = data;
	__u32 at = x->row->files + i;
	struct linx_files_rule *r = bpf_map_lookup_elem(&files_rules, &at);
	__s64 ret = x->w->ret;

	if (!r || ((__u32)arg_n(x, r->k) & r->mask) != r->value)
		return 0;
	switch (r->kind) {
	case LINX_FILES_RULE_SLOT:
		if (ret != -EBADF)
			add_fd(&x->w->files, x->w->args[0]);
		break;
	case LINX_FILES_RULE_SOCKETCALL:
		add_socketcall(x);
		break;
	case LINX_FILES_RULE_ANY:
		/* a call that fails with EFAULT may have changed the table before */
		if (!failed(ret) || ret == -EFAULT)
			doubt(&x->w->files, LINX_DOUBT_SOME);
		break;
	case LINX_FILES_RULE_RIGHTS:
		if (linx_may_have_come(ret))
			add_rights(x, x->w->args[0], x->w->args[1], r->arg ? x->w->args[2] : 0);
		break;
	default:
		if (!failed(ret))
			change_of_success(x, r);
	}
	return 0;
}

/*
 * Adds the call's result to the changed descriptors, and ends the loop, if rule i says that the result can be a
 * descriptor. A rule that depends on user memory counts as one that applies, since another thread may change that
 * memory.
 */
static long result_step(__u32 i, void *data)
{
	struct cpu *x = data;
	struct linx_fd_rule *r = rule_of(x, i);

	if (!r || !linx_fd_rule_is_result(r->kind) || !(linx_fd_rule_looks(r->kind) || rule_holds(x, r)))
		return 0;
	add_fd(&x->w->files, x->w->ret);
	return 1;
}

static long pair_of_step(__u32 i, void *data)
{
	struct cpu *x = data;

	if (!(x->row->pairs >> (i & 7) & 1))
		return 0;
	add_ints(&x->w->files, arg_n(x, i), 2);
	return 1;
}

static __always_inline __s64 next_int(struct cpu *x)
{
	struct files_work *f = &x->w->files;
	__u64 at = f->ints_at;
	__s32 fd;

	f->ints_at += 4;
	f->ints_left--;
	if (!bpf_probe_read_user(&fd, sizeof(fd), (void *)at))
		return fd;
	doubt(f, LINX_DOUBT_SOME);
	return -1;
}

/*
 * Returns the next open descriptor of the changed range; below zero: this step found none. Ends the search after
 * LINX_FILES_AT_ONCE_MAX descriptors.
 */
static __always_inline __s64 next_in_range(struct cpu *x)
{
	struct files_work *f = &x->w->files;
	__s64 fd = next_open(x);

	if (fd < 0 || f->nrecorded++ < LINX_FILES_AT_ONCE_MAX)
		return fd;
	f->more = 1;
	f->bits = 0;
	return -1;
}

/*
 * Records that a range of descriptors was closed or marked as close-on-exec. The descriptors that are open in it now
 * are recorded afterwards: tasks that share the table may have opened such descriptors after the close, and recorded
 * them before this record. The open descriptors of a marked range are not recorded if the task shares its table with no
 * other task.
 */
static __always_inline void begin_range(struct cpu *x)
{
	__u32 first = x->w->args[0], last = x->w->args[1];
	bool mark = x->w->args[2] & CLOSE_RANGE_CLOEXEC;

	x->w->files.range = RANGE_RECORDED;
	if (!begin_files(x, mark ? LINX_FILES_MARKED : LINX_FILES_CLOSED, 0, first | (__u64)last << 32) || !end_files(x))
		return;
	if (mark && !has_shared(x->task))
		return;
	take_files_time(x);
	find_from(x, first, (__u64)last + 1);
}

/*
 * Runs when all descriptors that the call names are recorded, or LINX_FILES_SPENT_MAX is exceeded. If the call may have
 * changed other descriptors, records the whole table, or which of its descriptors are open. If a message raised that
 * doubt, only a UNIX socket counts, since no other socket brings descriptors.
 */
static __noinline int judge(struct cpu *x)
{
	struct files_work *f = &x->w->files;
	bool alone = is_alone(x->task);

	f->judged = 1;
	if (f->spent > LINX_FILES_SPENT_MAX || (f->range && (f->more || f->cut))) {
		f->then = THEN_OPEN;
		return 0;
	}
	if (!f->uncertain)
		return 0;
	if (linx_doubt_by_family(f->uncertain, alone) ? f->socket >= 0 && !is_unix(x, f->socket) : f->uncertain == LINX_DOUBT_SILENT)
		return 0;
	take_files_time(x);
	f->if_many = f->then = THEN_OPEN;
	if (linx_doubt_takes_all(f->uncertain, alone)) {
		f->then = THEN_NOTHING;
		f->whole = WHOLE_ASKED;
	}
	return 0;
}

/*
 * Returns the next descriptor that may have changed. Below zero: this step found none, and the caller calls the
 * function again.
 */
static __always_inline __s64 next_changed(struct cpu *x)
{
	struct files_work *f = &x->w->files;

	if (f->next_fd < f->nfds)
		return f->fds[f->next_fd++ & (FILES_FDS - 1)];
	if (f->ints_left)
		return next_int(x);
	if (f->control_left)
		next_control(x);
	else if (f->messages)
		next_message(x);
	else if (f->bits)
		return next_in_range(x);
	else
		judge(x);
	return -1;
}

/* Records one change. All changes are recorded by this one function, so that the verifier checks it only once. */
static long record_step(__u32 i, void *data)
{
	struct cpu *x = data;
	struct files_work *f = &x->w->files;
	bool whole = f->whole;
	__s64 fd = -1;
	__u32 what;

	if (f->then)
		put_then(x);
	else if (f->whole == WHOLE_ASKED)
		begin_whole(x);
	else if (whole)
		fd = next_of_whole(x);
	else if (f->judged)
		return 1;
	else if (f->range == RANGE_ASKED)
		begin_range(x);
	else if (f->spent > LINX_FILES_SPENT_MAX)
		judge(x);
	else
		fd = next_changed(x);
	if (fd < 0)
		return 0;
	what = look_up(x, fd);
	if (whole ? what != SLOT_FOUND || !room_in_whole(x) :
		    what == SLOT_CHANGES || !begin_files(x, what == SLOT_FOUND ? LINX_FILES_TOLD : LINX_FILES_CLOSED, 0, fd | fd << 32))
		return 0;
	if (what == SLOT_FOUND)
		put_open_file(x, fd);
	if (whole)
		f->nrecorded++;
	else
		end_files(x);
	return 0;
}

/* ---- calls and tasks ----------------------------------------------------------------------- */

static __always_inline void begin_changes(struct cpu *x)
{
	__builtin_memset(&x->w->files, 0, sizeof(x->w->files));
	x->w->files.socket = -1;
}

/* Records the whole table of x->task, which may be a new child. */
static __always_inline void record_whole(struct cpu *x, __u32 if_many)
{
	begin_changes(x);
	x->w->files.whole = WHOLE_ASKED;
	x->w->files.if_many = if_many;
	x->w->files.judged = 1;
	bpf_loop(STEPS_OF_CHANGE, record_step, x, 0);
}

/* Records the table of a new child if it is a copy of a table that other tasks may have changed meanwhile. */
static __always_inline void files_fork(struct cpu *x, struct task_struct *parent, struct task_struct *child)
{
	if (!child->files || child->files == parent->files || !has_shared(parent))
		return;
	x->task = child;
	record_whole(x, THEN_NOTHING);
}

/* Records the descriptors that an exec left open. */
static __always_inline void files_exec(struct cpu *x)
{
	record_whole(x, has_shared(x->task) ? THEN_UNKNOWN : THEN_OPEN);
}

static __always_inline void find_changes(struct cpu *x)
{
	struct files_work *f = &x->w->files;

	if (!failed(x->w->ret)) {
		if (x->row->nrules)
			bpf_loop(x->row->nrules, result_step, x, 0);
		if (x->row->pairs)
			bpf_loop(LINX_NARGS, pair_of_step, x, 0);
	}
	if (x->row->nfiles)
		bpf_loop(x->row->nfiles, change_rule_step, x, 0);
	if (!f->unshared)
		return;
	/*
	 * The task's new table is recorded whole. If that table is too large, and is a copy of a table that tasks
	 * shared, it is recorded as unknown.
	 */
	f->whole = WHOLE_ASKED;
	f->if_many = has_shared(x->task) ? THEN_UNKNOWN : THEN_NOTHING;
}

/*
 * Runs at the return of a call, before its record is written. Records what the call may have changed in the task's
 * descriptor table. If filters leave out threads, such a thread may have changed the table of its process unseen.
 * Therefore, in these sessions, the table of a process that is new to the session is recorded whole.
 */
static __always_inline void files_return(struct cpu *x, bool changes)
{
	struct files_work *f = &x->w->files;
	struct task_struct *p = x->task;
	bool known = is_process_known(p->tgid);

	if (!is_running() || !p->files)
		return;
	if (task_passes(x, p)) {
		announce(x, p);
		know_process(p->tgid, true);
	} else if (!changes || (!known && !is_shared_beyond(p))) {
		return;
	} else {
		known = true;
	}
	begin_changes(x);
	f->narrow = x->w->key >= LINX_NR_MAX;
	take_files_time(x);
	if (!known && settings()->filters_threads) {
		f->whole = WHOLE_ASKED;
		f->if_many = THEN_UNKNOWN;
	} else if (!changes) {
		return;
	}
	if (changes)
		find_changes(x);
	bpf_loop(STEPS_OF_CHANGE, record_step, x, 0);
}

#endif
