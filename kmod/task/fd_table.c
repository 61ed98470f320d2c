// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records how descriptor tables change. Probe context, preemption off.
 *
 * A FILES record does not say what a call did. It says what the table holds now under the descriptors that the call may
 * have changed. The time of the record is taken before the table is read, and is later than the times of all earlier
 * records of that table. Threads that share a table may write their records in any order. The record with the latest
 * time was read after the last change, and is therefore right. The same holds for a snapshot, which consists of such
 * records: see docs/state.md.
 */
#include <linux/atomic.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/hash.h>
#include <linux/sched/signal.h>
#include <linux/socket.h>
#include <uapi/linux/net.h>
#include <uapi/linux/sctp.h>
#include "capture/user_mem.h"
#include "core/clock.h"
#include "core/probe_work.h"
#include "compat/compat.h"
#include "capture/encode.h"
#include "capture/fd.h"
#include "task/fd_table.h"
#include "filter/filter.h"
#include "shared/files_data.h"
#include "task/context.h"
#include "task/task_info.h"

#define FIXED (sizeof(struct linx_rec) + sizeof(struct linx_files_change))

/*
 * Value of linx_row.files: 1 + the index of the row's first rule in linx_files_rules, or ONLY_RESULT if the row has no
 * rule, and its calls change the table only by the descriptors that they return.
 */
#define ONLY_RESULT 255

static_assert(LINX_NFILES_RULES < ONLY_RESULT);

void __init linx_files_init(void)
{
	unsigned int i;
	u32 key;

	for (key = 0; key < LINX_KEYS; key++)
		if (linx_fd_makes(key))
			linx_rows[(&linx_row_of[0][0])[key]].files = ONLY_RESULT;
	for (i = LINX_NFILES_RULES; i-- > 0;)
		linx_rows[linx_files_rules[i].row].files = i + 1;
}

/* State of recording a descriptor table: what a call has changed in it, or a new table as a whole. */
struct change {
	struct linx_session *s;
	struct linx_ring *r;
	struct task_struct *p; /* the task that has the table */
	u64 now;
	bool narrow; /* longs of the program have 32 bits */
	u32 rights; /* number of descriptors that were found in control messages of received messages */
	u32 spent; /* bytes of the records for this change; above LINX_FILES_SPENT_MAX also if the probe has no work left */
	enum linx_doubt uncertain;
	s32 socket; /* socket whose messages may have brought more descriptors; -1: no socket */
};

/*
 * Latest time of a record about any of the tables that have the same hash. The probes' clock may be wrong by
 * LINX_CLOCK_ERROR_NS. If two threads read a table on two CPUs within that time, the order in which they update this
 * latest time counts.
 */
#define TIMES_BITS 8
static struct {
	atomic64_t last;
} ____cacheline_aligned_in_smp times[1 << TIMES_BITS];

/*
 * Returns a time for the next record about the table, to be taken before the table is read. It is later than the time
 * of any earlier record about the table, and not before the last record of the ring.
 */
static u64 time_of(const struct linx_ring *r, const struct files_struct *files, u64 now)
{
	return linx_clock_after(&times[hash_ptr(files, TIMES_BITS)].last, linx_ring_time(r, now));
}

static struct linx_fill *begin(struct change *c, u32 op, u32 first, u32 last, u32 room)
{
	struct linx_fill *f = linx_rec_begin(c->s, c->r, LINX_REC_FILES, c->now, FIXED + room, true,
					     LINX_CALL_CONTEXT, LINX_REC_NR_OTHER, 0);

	if (!f)
		return NULL;
	f->in_probe = true;
	f->late = false;
	f->rec->tid = c->p->pid;
	f->rec->pid = c->p->tgid;
	*(struct linx_files_change *)f->p = (struct linx_files_change){
		.table = linx_task_info_id(c->p->files),
		.op = op,
		.first = first,
		.last = last,
	};
	f->p += sizeof(struct linx_files_change);
	return f;
}

/* Work (core/probe_work.h) of a record of descriptors, in addition to the work of its bytes and paths. */
#define WORK_OF_RECORD 300

static void spend_bytes(struct change *c, u32 bytes)
{
	linx_probe_spend(WORK_OF_RECORD + bytes);
	c->spent = linx_probe_is_spent() ? LINX_FILES_SPENT_MAX + 1 : c->spent + bytes;
}

/* Counts the work of the record, once its descriptors have been written. */
static void spend(struct change *c, const struct linx_fill *f)
{
	spend_bytes(c, f->p - (u8 *)f->rec);
}

static void emit(struct change *c, s32 fd)
{
	struct linx_files_change *change;
	struct linx_fill *f;

	if (fd < 0 || c->spent > LINX_FILES_SPENT_MAX)
		return;
	f = begin(c, LINX_FILES_TOLD, fd, fd, sizeof(struct linx_val) + LINX_RING_SCRATCH);
	if (!f) {
		spend_bytes(c, 0);
		return;
	}
	change = (struct linx_files_change *)f->p - 1;
	if (!linx_fd_emit(f, fd))
		change->op = LINX_FILES_CLOSED;
	spend(c, f);
	linx_rec_commit(f);
}

#define ONE_ROOM (sizeof(struct linx_val) + LINX_RING_SCRATCH)

/*
 * Work (core/probe_work.h) of a search for open descriptors: for each word of the bitmap, and for each number that is
 * in use. Such a number may have no file yet, as in a waiting accept or open of a FIFO. A table in which more than
 * LINX_FDS_LOOK_MAX numbers are in use counts as one with too many descriptors.
 */
#define WORK_OF_WORD 6
#define WORK_OF_TAKEN 30

static bool has_many(struct files_struct *files)
{
	unsigned int n = 0, fd = 0, max;
	struct fdtable *fdt;

	rcu_read_lock();
	fdt = rcu_dereference(files->fdt);
	max = min_t(u32, fdt->max_fds, LINX_FDS_LOOK_MAX);
	for (; n <= LINX_FILES_ALL_MAX && (fd = find_next_bit(fdt->open_fds, max, fd)) < max; fd++)
		n++;
	n = max < fdt->max_fds ? LINX_FILES_ALL_MAX + 1 : n;
	rcu_read_unlock();
	linx_probe_spend(max / BITS_PER_LONG * WORK_OF_WORD);
	return n > LINX_FILES_ALL_MAX;
}

/* A walk over the open descriptors of a table. No lock is held. */
struct walk {
	struct files_struct *files;
	u32 fd; /* the descriptor at which the walk is; if open is false, the number at which the walk ended */
	bool open; /* fd is an open descriptor; false: no more were found */
	bool cloexec;
	bool cut; /* the walk ended before the end of the table: more descriptors may follow */
};

/*
 * Moves the walk to the first open descriptor from fd on, and checks at most LINX_FDS_LOOK_MAX numbers. A table that
 * grows meanwhile gets a new array, and the old array keeps pointers to files that were closed since. Therefore the
 * array only shows whether there was a file.
 */
static void find_from(struct walk *w, u32 fd)
{
	u32 begin = fd, end;
	struct fdtable *fdt;

	w->open = false;
	rcu_read_lock();
	fdt = rcu_dereference(w->files->fdt);
	end = min_t(u64, fdt->max_fds, (u64)fd + LINX_FDS_LOOK_MAX);
	for (; !w->open && (fd = find_next_bit(fdt->open_fds, end, fd)) < end; fd++) {
		w->open = rcu_access_pointer(fdt->fd[fd]);
		w->fd = fd;
		w->cloexec = test_bit(fd, fdt->close_on_exec);
		linx_probe_spend(WORK_OF_TAKEN);
		if (linx_probe_is_spent())
			end = min(end, fd + 1);
	}
	w->cut = !w->open && end < fdt->max_fds;
	rcu_read_unlock();
	if (!w->open)
		w->fd = end;
	if (w->fd > begin)
		linx_probe_spend((w->fd - begin) / BITS_PER_LONG * WORK_OF_WORD);
}

/*
 * Takes a reference to the file at the walk's position; NULL: it has been closed since. In a table that threads share,
 * only fget_raw() finds the current array of files. The table of a child that does not run yet belongs to nobody else.
 */
static struct file *get_file_of(const struct walk *w)
{
	struct file *file;

	if (w->files == current->files)
		return fget_raw(w->fd);
	file = rcu_dereference_raw(rcu_dereference_raw(w->files->fdt)->fd[w->fd]);
	return file ? get_file(file) : NULL;
}

/* Writes one record of a table that is recorded whole. Returns false if it is lost, which has been counted. */
static bool emit_some(struct change *c, struct walk *w, u32 flags)
{
	struct linx_fill *f = begin(c, LINX_FILES_TOLD, 0, 0, LINX_FILES_AT_ONCE_MAX * ONE_ROOM);
	struct linx_files_change *change;
	unsigned int n = 0;
	struct file *file;

	if (!f)
		return false;
	change = (struct linx_files_change *)f->p - 1;
	do {
		if (!w->open)
			break;
		file = get_file_of(w);
		if (file) {
			linx_fd_emit_file(f, file, w->fd, w->cloexec);
			fput(file);
		}
		find_from(w, w->fd + 1);
	} while (++n < LINX_FILES_AT_ONCE_MAX && f->end - f->p >= ONE_ROOM && !linx_probe_is_spent());
	change->flags = flags | (w->open || w->cut ? 0 : LINX_FILES_LAST);
	spend(c, f);
	return linx_rec_commit(f);
}

/*
 * Records which descriptors are open, without their files: for a table that is too large or has too long paths, or if a
 * call may have changed any descriptor of a table that tasks share.
 */
static void emit_open(struct change *c)
{
	struct linx_fill *f = begin(c, LINX_FILES_OPEN, 0, 0, sizeof(struct linx_val) + LINX_FILES_OPEN_BYTES);
	struct fdtable *fdt;
	u32 size, max;

	c->spent = 0;
	if (!f)
		return;
	rcu_read_lock();
	fdt = rcu_dereference(c->p->files->fdt);
	max = fdt->max_fds / BITS_PER_BYTE;
	size = min_t(u32, max, LINX_FILES_OPEN_BYTES);
	linx_put_bytes(f, LINX_FIELD_OPEN, LINX_VAL_BYTES, size < max ? LINX_TRUNCATED : LINX_WHOLE, fdt->open_fds, size);
	rcu_read_unlock();
	linx_rec_commit(f);
}

/*
 * Records a whole table, in one of two cases. In the first the table belongs to a child that does not run yet, or to a
 * task that has just got a table of its own: no other task can change it meanwhile, and the reader may know the table
 * that it was copied from in an older or newer state. In the second the task is new to the reader: tasks that change
 * the table meanwhile record their changes with a later time. Until all probes that see changes are attached, nothing
 * is recorded; the snapshot, which follows, has the tables as they are then. Returns false if the table has too many
 * descriptors; nothing has been recorded then.
 */
static bool emit_all(struct change *c)
{
	struct walk w = { .files = c->p->files };
	u32 flags = LINX_FILES_FIRST;

	if (!smp_load_acquire(&c->s->running)) /* pairs with linx_session_start() */
		return true;
	if (has_many(w.files))
		return false;
	find_from(&w, 0);
	do {
		if (!emit_some(c, &w, flags))
			break;
		flags = 0;
	} while (w.open && c->spent <= LINX_FILES_SPENT_MAX);
	if (c->spent > LINX_FILES_SPENT_MAX || w.cut)
		emit_open(c);
	return true;
}

/*
 * Records that the contents of a table are unknown: the table is too large to be recorded, and differs from the one
 * that the reader may have under this id.
 */
static void emit_unknown(struct change *c)
{
	struct linx_fill *f = begin(c, LINX_FILES_TOLD, 0, 0, 0);

	if (!f)
		return;
	((struct linx_files_change *)f->p - 1)->flags = LINX_FILES_FIRST;
	linx_rec_commit(f);
}

/*
 * Can other tasks have changed the table while the kernel copied it? They can also be threads that have ended: then
 * sum_sched_runtime, the sum of the run times of the ended threads, is not 0.
 */
static bool has_shared(const struct task_struct *p)
{
	return atomic_read(&p->files->count) > 1 || !thread_group_empty((struct task_struct *)p) ||
	       READ_ONCE(p->signal->sum_sched_runtime);
}

void linx_files_fork(struct linx_session *s, struct linx_ring *r, struct task_struct *child, u64 now)
{
	struct change c = { .s = s, .r = r, .p = child };

	/*
	 * If the parent shares its table with no other task, nobody changes the table during this fork. Then the child
	 * has the descriptors that the reader knows.
	 */
	if (!child->files || child->files == current->files || !has_shared(current))
		return;
	c.now = time_of(r, child->files, now);
	emit_all(&c);
}

/*
 * Records that a range of descriptors was closed or marked close-on-exec, then what is open in the range: tasks that
 * share the table may have opened some of these descriptors again and recorded that before.
 */
static void emit_range(struct change *c, const unsigned long *args)
{
	bool mark = args[2] & CLOSE_RANGE_CLOEXEC;
	struct linx_fill *f = begin(c, mark ? LINX_FILES_MARKED : LINX_FILES_CLOSED, args[0], args[1], 0);
	struct walk w = { .files = c->p->files };
	unsigned int n = 0;

	/*
	 * A range that was closed is always searched, since a task that shared the table may have ended without a
	 * trace. If no task has shared it, the search finds no open descriptor.
	 */
	if (!f || !linx_rec_commit(f) || (mark && !has_shared(c->p)))
		return;
	c->now = time_of(c->r, w.files, linx_clock_now());
	for (find_from(&w, args[0]); w.open && w.fd <= (u32)args[1] && n < LINX_FILES_AT_ONCE_MAX && c->spent <= LINX_FILES_SPENT_MAX; n++) {
		emit(c, w.fd);
		find_from(&w, w.fd + 1);
	}
	if ((w.open || w.cut) && w.fd <= (u32)args[1])
		emit_open(c);
}

static void emit_ints(struct change *c, u64 addr, unsigned int n)
{
	s32 fd;

	for (; n--; addr += sizeof(fd))
		if (!linx_probe_is_spent() && linx_user_read(&fd, addr, sizeof(fd)) == sizeof(fd))
			emit(c, fd);
		else
			c->uncertain = LINX_DOUBT_SOME;
}

/* Work (core/probe_work.h) of reading a control message of a received message. */
#define WORK_OF_CMSG 300

/* Reads a word of the program's memory at addr. Returns 0 if the memory cannot be read, and sets c->uncertain. */
static u64 read_word(struct change *c, u64 addr)
{
	u64 word = 0;
	u32 size = c->narrow ? 4 : 8;

	if (linx_user_read(&word, addr, size) == size)
		return word;
	c->uncertain = LINX_DOUBT_SOME;
	return 0;
}

static void emit_control(struct change *c, u64 addr, u64 left)
{
	u32 word = c->narrow ? 4 : 8, head = word + 2 * sizeof(s32), n, fds, i;
	s32 type[2];
	u64 len;

	for (n = 0; n < LINX_CMSG_MAX && left >= head && !linx_probe_is_spent(); n++) {
		linx_probe_spend(WORK_OF_CMSG);
		len = read_word(c, addr);
		if (len < head || len > left ||
		    linx_user_read(type, addr + word, sizeof(type)) != sizeof(type))
			break;
		if (linx_carries_fds(type[0], type[1])) {
			fds = min_t(u64, (len - head) / sizeof(s32), LINX_RIGHTS_MAX + 1);
			i = min_t(u32, fds, LINX_RIGHTS_MAX - c->rights);
			if (i < fds)
				c->uncertain = LINX_DOUBT_SOME;
			emit_ints(c, addr + head, i);
			c->rights += i;
		}
		len = ALIGN(len, word);
		if (len > left)
			return;
		addr += len;
		left -= len;
	}
	if (left >= head)
		c->uncertain = LINX_DOUBT_SOME;
}

/*
 * Did the kernel write the sender's address or the message's header over the control messages? It writes the control
 * messages first, then the address, then the lengths of both in the header. The length of the address is the one that
 * the kernel returned, not that of the buffer.
 */
static bool is_written_over(struct change *c, u64 msg, u64 control, u64 len)
{
	u64 name = read_word(c, msg);
	u32 size = 0;

	if (linx_ranges_meet(control, len, msg, LINX_MSG_SIZE(c->narrow)))
		return true;
	if (!name)
		return false;
	if (linx_user_read(&size, msg + LINX_MSG_NAMELEN(c->narrow), sizeof(size)) != sizeof(size))
		return true;
	size = min_t(u32, size, sizeof(struct __kernel_sockaddr_storage));
	return linx_ranges_meet(name, size, control, len) || linx_ranges_meet(name, size, msg, LINX_MSG_SIZE(c->narrow));
}

/*
 * Records the descriptors that came with received messages. The kernel puts descriptors into the table before it lists
 * them in the program's memory. It lists nothing if it cannot write to the message header or to the control message. If
 * it cannot write to the message header, the call fails, except for a second or later message of recvmmsg. recvmmsg may
 * overwrite the list with the next message, the length of this message, or the remaining time.
 */
static void emit_rights(struct change *c, s32 socket, u64 msg, long ret, u32 asked)
{
	u32 n = asked ? ret : 1; /* the result of recvmsg counts bytes, not messages */
	u64 control, len;

	c->socket = socket;
	if (IS_ERR_VALUE(ret) || n > LINX_MMSG_MAX)
		c->uncertain = LINX_DOUBT_SOME;
	if (IS_ERR_VALUE(ret))
		return;
	if (n < asked)
		c->uncertain = max(c->uncertain, LINX_DOUBT_SILENT);
	for (n = min_t(u32, n, LINX_MMSG_MAX); n--; msg += LINX_MMSG_SIZE(c->narrow)) {
		if (linx_probe_is_spent()) {
			c->uncertain = LINX_DOUBT_SOME;
			break;
		}
		control = read_word(c, msg + LINX_MSG_CONTROL(c->narrow));
		len = read_word(c, msg + LINX_MSG_CONTROLLEN(c->narrow));
		/* the kernel sets len to 0 if there is no buffer: the program's pointer was overwritten */
		if (!control && len)
			c->uncertain = LINX_DOUBT_SOME;
		if (!control)
			continue;
		if (!len)
			c->uncertain = max(c->uncertain, LINX_DOUBT_SILENT);
		if (asked)
			c->uncertain = max(c->uncertain, LINX_DOUBT_LATER);
		if (is_written_over(c, msg, control, len))
			c->uncertain = LINX_DOUBT_SOME;
		emit_control(c, control, len);
	}
}

/*
 * Records the whole table, or which descriptors are open, if a message may have brought more descriptors than the
 * program's memory shows. c->uncertain is the reason for this doubt. If linx_doubt_by_family() is true of it, nothing
 * is recorded for a socket that is not a UNIX socket; if not, nothing is recorded for LINX_DOUBT_SILENT.
 */
static void emit_doubtful(struct change *c)
{
	bool alone = atomic_read(&c->p->files->count) == 1;

	if (linx_doubt_by_family(c->uncertain, alone) ? c->socket >= 0 && linx_fd_socket(c->socket).family != AF_UNIX :
							c->uncertain == LINX_DOUBT_SILENT)
		return;
	c->now = time_of(c->r, c->p->files, linx_clock_now());
	if (!linx_doubt_takes_all(c->uncertain, alone) || !emit_all(c))
		emit_open(c);
}

/* Records the changes of a socketcall, from its operation and arguments in memory. */
static void emit_socketcall(struct change *c, const unsigned long *args, long ret)
{
	unsigned int n = linx_socketcall_args(args[0], ret);
	u32 a[4] = { 0 };

	if (n && linx_user_read(a, args[1], n * sizeof(u32)) != n * sizeof(u32)) {
		c->uncertain = LINX_DOUBT_SOME;
		return;
	}
	switch (n ? args[0] : 0) {
	case SYS_BIND:
	case SYS_CONNECT:
		emit(c, a[0]);
		break;
	case SYS_SOCKETPAIR:
		emit_ints(c, a[3], 2);
		break;
	case SYS_RECVMSG:
		emit_rights(c, a[0], a[1], ret, 0);
		break;
	case SYS_RECVMMSG:
		emit_rights(c, a[0], a[1], ret, a[2]);
		break;
	case SYS_GETSOCKOPT:
		if (a[2] == SO_PEERPIDFD)
			emit_ints(c, a[3], 1);
		else if (a[2] == SCTP_SOCKOPT_PEELOFF || a[2] == SCTP_SOCKOPT_PEELOFF_FLAGS)
			emit(c, ret);
		break;
	}
}

/* Records the pidfd of a clone3. struct clone_args begins with the flags and the address of the pidfd. */
static void emit_clone(struct change *c, u64 addr)
{
	u64 word[2];

	if (linx_user_read(word, addr, sizeof(word)) != sizeof(word))
		c->uncertain = LINX_DOUBT_SOME;
	else if (word[0] & CLONE_PIDFD)
		emit_ints(c, word[1], 1);
}

static void apply(struct change *c, const struct linx_files_rule *rule, const unsigned long *args, long ret)
{
	if (((u32)args[rule->k] & rule->mask) != rule->value)
		return;
	if (rule->kind == LINX_FILES_RULE_SLOT) {
		if (ret != -EBADF)
			emit(c, args[0]);
		return;
	}
	if (rule->kind == LINX_FILES_RULE_SOCKETCALL)
		return emit_socketcall(c, args, ret);
	if (rule->kind == LINX_FILES_RULE_ANY) {
		if (!IS_ERR_VALUE(ret) || ret == -EFAULT) /* a call may make changes and then fail with EFAULT */
			c->uncertain = LINX_DOUBT_SOME;
		return;
	}
	if (rule->kind == LINX_FILES_RULE_RIGHTS ? !linx_may_have_come(ret) : IS_ERR_VALUE(ret))
		return;
	switch (rule->kind) {
	case LINX_FILES_RULE_RESULT:
		emit(c, ret);
		break;
	case LINX_FILES_RULE_RANGE:
		emit_range(c, args);
		break;
	case LINX_FILES_RULE_RIGHTS:
		emit_rights(c, args[0], args[1], ret, rule->arg ? args[2] : 0);
		break;
	case LINX_FILES_RULE_BEHIND:
		emit_ints(c, args[rule->arg], 1);
		break;
	case LINX_FILES_RULE_CLONE_ARGS:
		emit_clone(c, args[0]);
		break;
	case LINX_FILES_RULE_UNSHARE:
		if (!emit_all(c) && has_shared(c->p)) /* else nothing was copied: the reader knows the table */
			emit_unknown(c);
		break;
	}
}

/*
 * Does perhaps another process share p's table? Then the table has more users than the process has live threads.
 * Threads that have ended or have tables of their own do not count as users.
 */
static bool is_shared_beyond(struct task_struct *p)
{
	return atomic_read(&p->files->count) > atomic_read(&p->signal->live);
}

void linx_files_changed(struct linx_session *s, struct linx_ring *r, const struct linx_call *call)
{
	struct change c = { .s = s, .r = r, .p = current, .narrow = call->key >= LINX_NR_MAX, .socket = -1 };
	unsigned int row = (&linx_row_of[0][0])[call->key], i = linx_rows[row].files;
	unsigned long args[LINX_NARGS];
	s32 pair;

	if (READ_ONCE(s->owner_gone))
		return;
	if (linx_filter_task(s, current))
		linx_task_announce(s, r, call->now);
	else if (!linx_task_process_announced(s, current) && !is_shared_beyond(current))
		return;
	c.now = time_of(r, current->files, call->now);
	linx_put_args(call->key, call->regs, (u64 *)args);
	if (!IS_ERR_VALUE(call->ret)) {
		if (linx_fd_is_result(call->key, args))
			emit(&c, call->ret);
		pair = linx_fd_pair(call->key);
		if (pair >= 0)
			emit_ints(&c, args[pair], 2);
	}
	if (i != ONLY_RESULT) {
		for (i--; i < LINX_NFILES_RULES && linx_files_rules[i].row == row; i++)
			apply(&c, &linx_files_rules[i], args, call->ret);
		if (c.spent > LINX_FILES_SPENT_MAX)
			return emit_open(&c);
	}
	if (unlikely(c.uncertain)) /* also set if the probe reached its limit of work at the first of two descriptors */
		emit_doubtful(&c);
}

void linx_files_all(struct linx_session *s, struct linx_ring *r, u64 now)
{
	struct change c = { .s = s, .r = r, .p = current };

	c.now = time_of(r, current->files, now);
	if (emit_all(&c))
		return;
	/*
	 * The table is too large to be recorded whole. A record of the open descriptors is not enough if other tasks
	 * may have changed the old table after it was copied: it does not show which files they are.
	 */
	if (has_shared(current))
		emit_unknown(&c);
	else
		emit_open(&c);
}

void linx_files_announce(struct linx_session *s, struct linx_ring *r, u64 now)
{
	struct change c = { .s = s, .r = r, .p = current };

	c.now = time_of(r, current->files, now);
	if (!emit_all(&c))
		emit_unknown(&c);
}
