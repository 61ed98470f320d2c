// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which descriptors a call has: its arguments, by their types, and what
 * tables/fds.def says of it. Constant data but for what linx_fd_init() sets.
 */
#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/kconfig.h>
#include <linux/net.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/socket.h>
#include "capture/encode.h"
#include "capture/fd.h"
#include "core/probe_work.h"
#include "table/layout.h"

/* Rows as table/table.c numbers them. */
enum {
	ROW_UNKNOWN,
#define SYSCALL(id, class, args) ROW_##id,
#include "tables/syscalls.def"
#undef SYSCALL
	ROW_NR,
};

/* Type of an argument, as a bit. */
#define IS_FD 1
#define IS_DIRFD 2
#define IS_PAIR 4
#define IS_SET 8
#define LINX_TYPE_FD_fd 1
#define LINX_TYPE_DIRFD_dirfd 1
#define LINX_TYPE_PAIR_fd_pair 1
#define LINX_TYPE_SET_fd_set 1
#define TYPE_BITS(type)                                     \
	(__is_defined(LINX_TYPE_FD_##type) * IS_FD |        \
	 __is_defined(LINX_TYPE_DIRFD_##type) * IS_DIRFD |  \
	 __is_defined(LINX_TYPE_PAIR_##type) * IS_PAIR |    \
	 __is_defined(LINX_TYPE_SET_##type) * IS_SET)

static const u8 types[ROW_NR][LINX_NARGS] = {
#define ARG(name, type, capture) TYPE_BITS(type),
#define SYSCALL(id, class, args) [ROW_##id] = { args },
#include "tables/syscalls.def"
#undef ARG
#undef SYSCALL
};

enum rule_kind {
	RULE_RESULT,
	RULE_RESULT_UNLESS,
	RULE_ARG,
	RULE_NONE,
	RULE_BEHIND,
	RULE_AT, /* within what was captured */
	RULE_AT_WHEN,
	/*
	 * Descriptors of another process: recorded once the kernel has said that the
	 * caller may look at that process, as it always may look at its own.
	 */
	RULE_FOREIGN, /* by pidfd */
	RULE_FOREIGN_PID,
	RULE_FOREIGN_AT,
};

/*
 * A line of fds.def; it holds if args[k] & mask == value, but where it looks at memory alone. at: where in what was
 * captured; process: an argument, with AT_WHEN where on 32-bit ABIs.
 */
struct rule {
	u16 row;
	u8 kind, arg, at, process, k;
	u32 mask, value;
};

#define EACH(shape, at64, at32)
static const struct rule rules[] = {
#define RESULT(row) { ROW_##row, RULE_RESULT },
#define RESULT_IF(row, k, mask, value) { ROW_##row, RULE_RESULT, 0, 0, 0, k, mask, value },
#define RESULT_UNLESS(row, i, at, mask) { ROW_##row, RULE_RESULT_UNLESS, i, at, 0, 0, mask },
#define ARG_IF(row, i, k, mask, value) { ROW_##row, RULE_ARG, i, 0, 0, k, mask, value },
#define NONE_IF(row, i, k, mask, value) { ROW_##row, RULE_NONE, i, 0, 0, k, mask, value },
#define BEHIND_IF(row, i, k, mask, value) { ROW_##row, RULE_BEHIND, i, 0, 0, k, mask, value },
#define FOREIGN(row, i, p) { ROW_##row, RULE_FOREIGN, i, 0, p },
#define FOREIGN_IF(row, i, p, k, mask, value) { ROW_##row, RULE_FOREIGN_PID, i, 0, p, k, mask, value },
#define AT_IF(row, i, at, k, mask, value) { ROW_##row, RULE_AT, i, at, 0, k, mask, value },
#define AT_WHEN(row, i, at64, at32, where, mask, value) { ROW_##row, RULE_AT_WHEN, i, at64, at32, where, mask, value },
#define FOREIGN_AT_IF(row, i, at, p, k, mask, value) { ROW_##row, RULE_FOREIGN_AT, i, at, p, k, mask, value },
#include "tables/fds.def"
};

#undef EACH
#undef RESULT
#undef RESULT_IF
#undef RESULT_UNLESS
#undef ARG_IF
#undef NONE_IF
#undef BEHIND_IF
#undef FOREIGN
#undef FOREIGN_IF
#undef AT_IF
#undef AT_WHEN
#undef FOREIGN_AT_IF

/* Offsets of descriptors in structures: on x86_64, and on i386 and x32. */
static const struct {
	u16 shape, at[2];
} positions[] = {
#define EACH(shape, at64, at32) { LINX_SHAPE_##shape, { at64, at32 } },
#define RESULT(row)
#define RESULT_IF(row, k, mask, value)
#define RESULT_UNLESS(row, i, at, mask)
#define ARG_IF(row, i, k, mask, value)
#define NONE_IF(row, i, k, mask, value)
#define BEHIND_IF(row, i, k, mask, value)
#define FOREIGN(row, i, p)
#define FOREIGN_IF(row, i, p, k, mask, value)
#define AT_IF(row, i, at, k, mask, value)
#define AT_WHEN(row, i, at64, at32, where, mask, value)
#define FOREIGN_AT_IF(row, i, at, p, k, mask, value)
#include "tables/fds.def"
};

/* Value that LINX_SETUP_RESOLVED adds to the returns of each row. */
static const u8 resolved[ROW_NR] = {
	[ROW_open] = LINX_RESOLVED_OPENED,
	[ROW_openat] = LINX_RESOLVED_OPENED,
	[ROW_openat2] = LINX_RESOLVED_OPENED,
	[ROW_creat] = LINX_RESOLVED_OPENED,
	[ROW_open_by_handle_at] = LINX_RESOLVED_OPENED,
	[ROW_connect] = LINX_RESOLVED_PEER,
	[ROW_send] = LINX_RESOLVED_MESSAGE,
	[ROW_sendto] = LINX_RESOLVED_MESSAGE,
	[ROW_sendmsg] = LINX_RESOLVED_MESSAGE,
	[ROW_sendmmsg] = LINX_RESOLVED_MESSAGE,
	[ROW_recv] = LINX_RESOLVED_MESSAGE,
	[ROW_recvfrom] = LINX_RESOLVED_MESSAGE,
	[ROW_recvmsg] = LINX_RESOLVED_MESSAGE,
	[ROW_recvmmsg] = LINX_RESOLVED_MESSAGE,
	[ROW_recvmmsg_time64] = LINX_RESOLVED_MESSAGE,
	[ROW_socketcall] = LINX_RESOLVED_SOCKETCALL,
};

struct linx_fd_row linx_fd_rows[ROW_NR] __ro_after_init;

static_assert(ARRAY_SIZE(rules) < 255);

static bool __init has_place(u32 shape)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(positions); i++)
		if (positions[i].shape == shape)
			return true;
	return false;
}

/* Do arguments point to descriptors, or may they? */
static bool __init points_to_some(unsigned int n, const struct linx_row *row)
{
	unsigned int i, cap;

	if (linx_fd_rows[n].pairs || row->follow || row->selector)
		return true;
	for (i = 0; i < row->nargs; i++) {
		cap = LINX_ARGDEF_CAP(LINX_ROW_ARG(row, i));
		if (types[n][i] & IS_SET ||
		    ((cap == LINX_CAP_ONE || cap == LINX_CAP_N) && has_place(LINX_ARGDEF_WHAT(LINX_ROW_ARG(row, i)))))
			return true;
	}
	return false;
}

/* Once for each number that has the row. */
static void __init set_place(unsigned int n, const struct linx_row *row)
{
	bool elsewhere = points_to_some(n, row) || row->flags & LINX_ROW_EXEC || resolved[n] == LINX_RESOLVED_SOCKETCALL;
	unsigned int i;

	linx_fd_rows[n].resolved = resolved[n];
	for (i = linx_fd_rows[n].rule ? linx_fd_rows[n].rule - 1 : ARRAY_SIZE(rules); i < ARRAY_SIZE(rules) && rules[i].row == n; i++) {
		if (rules[i].kind == RULE_RESULT && !rules[i].mask)
			linx_fd_rows[n].result = BIT(LINX_FD_RESULT);
		linx_fd_rows[n].looks |= rules[i].kind == RULE_AT_WHEN;
		elsewhere |= rules[i].kind != RULE_AT_WHEN && (rules[i].kind != RULE_RESULT || rules[i].mask);
	}
	if (elsewhere || hweight8(linx_fd_rows[n].args | linx_fd_rows[n].result) > LINX_FD_FAST_MAX)
		linx_fd_rows[n].place = LINX_FD_ELSEWHERE;
	else if ((linx_fd_rows[n].args || linx_fd_rows[n].result || linx_fd_rows[n].looks) &&
		 linx_fd_rows[n].place == LINX_FD_NOWHERE)
		linx_fd_rows[n].place = LINX_FD_IN_REGISTERS;
}

void __init linx_fd_init(void)
{
	unsigned int i, arg;

	for (i = 0; i < ROW_NR; i++) {
		for (arg = 0; arg < LINX_NARGS; arg++) {
			if (types[i][arg] & (IS_FD | IS_DIRFD))
				linx_fd_rows[i].args |= 1 << arg;
			if (types[i][arg] & IS_DIRFD)
				linx_fd_rows[i].dirs |= 1 << arg;
			if (types[i][arg] & IS_PAIR)
				linx_fd_rows[i].pairs |= 1 << arg;
		}
	}
	for (i = ARRAY_SIZE(rules); i-- > 0;)
		linx_fd_rows[rules[i].row].rule = i + 1;
	for (i = 0; i < LINX_KEYS; i++)
		set_place((&linx_row_of[0][0])[i], linx_table_row(i));
}

enum linx_resolved linx_fd_resolved(u32 key)
{
	return linx_fd_row(key)->resolved;
}

static void request_more(struct linx_fill *f, s32 fd, u8 field, pid_t pid, u8 more)
{
	if (f->nfds < ARRAY_SIZE(f->fds))
		f->fds[f->nfds++] = (struct linx_fd_request){ .fd = fd, .pid = pid, .field = field, .more = more };
}

static void request(struct linx_fill *f, s32 fd, u8 field, pid_t pid)
{
	request_more(f, fd, field, pid, 0);
}

static void request_arg(struct linx_fill *f, s32 fd, u8 type, u8 arg)
{
	if (fd >= 0 || (fd == LINX_FD_CWD && type & IS_DIRFD))
		request(f, fd, LINX_FIELD_FD + arg, 0);
}

static void request_memory(struct linx_fill *f, s32 fd)
{
	if (fd >= 0)
		request(f, fd, LINX_FIELD_FD_MEMORY, 0);
}

/* The value of an argument, among those from at to end; NULL: there is none. */
static const struct linx_val *value_of(const u8 *at, const u8 *end, u8 arg)
{
	const struct linx_val *v;

	for (; at < end; at += sizeof(*v) + LINX_ALIGN8(v->size)) {
		v = (const struct linx_val *)at;
		if (v->arg == arg && LINX_VAL_KIND(v->info) == LINX_VAL_BYTES)
			return v;
	}
	return NULL;
}

/* The ints that were captured as the value of an argument. */
static void request_behind(struct linx_fill *f, const u8 *first, u8 arg)
{
	const struct linx_val *v = value_of(first, f->p, arg);
	const s32 *fd = v ? (const s32 *)(v + 1) : NULL;
	u32 i;

	for (i = 0; v && i < v->size / sizeof(*fd); i++)
		request_memory(f, fd[i]);
}

/* A C library's fd_set. */
#define SET_BYTES (1024 / 8)
/* Work of each byte of a set, in the measure of core/probe_work.h. */
#define WORK_OF_SET_BYTE 5

/* request_bits(): the states behind TRUNCATED are those of values that lack bytes which the call had. */
static_assert(LINX_WHOLE < LINX_TRUNCATED && LINX_TRUNCATED < LINX_UNREADABLE && LINX_TRUNCATED < LINX_LATE &&
	      LINX_TRUNCATED < LINX_UNAVAILABLE && LINX_TRUNCATED < LINX_ABSENT);

/*
 * The first n bits of a fd_set, which is an array of longs in little endian. One
 * that cannot be read is no set, but many programs pass a count beyond what a fd_set has.
 */
static void request_bits(struct linx_fill *f, const struct linx_val *v, u64 n)
{
	const u8 *bits;
	u32 size, i, bit;

	bits = linx_val_memory(v, &size);
	if (LINX_VAL_STATE(v->info) > LINX_TRUNCATED && size < SET_BYTES)
		return;
	linx_probe_spend(WORK_OF_SET_BYTE * size);
	for (i = 0; i < size && f->nfds < ARRAY_SIZE(f->fds); i++)
		for (bit = 0; bits[i] >> bit && i * 8 + bit < n; bit++)
			if (bits[i] >> bit & 1)
				request_memory(f, i * 8 + bit);
}

static void request_each(struct linx_fill *f, u32 shape, u8 abi, const u8 *data, u32 size)
{
	u32 step = linx_shape_size(shape, abi), at;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(positions); i++) {
		if (positions[i].shape != shape)
			continue;
		for (at = positions[i].at[abi != LINX_ABI_X86_64]; at + sizeof(s32) <= size; at += step)
			request_memory(f, *(const s32 *)(data + at));
	}
}

/* Control messages that carry descriptors. The lengths are a program's: bounded here. */
static void request_rights(struct linx_fill *f, u8 abi, const u8 *data, u32 size)
{
	u32 word = abi == LINX_ABI_X86_64 ? 8 : 4, head = word + 2 * sizeof(s32), at = 0, i;
	const s32 *type;
	u64 len;

	for (; size - at >= head; at += ALIGN(len, word)) {
		len = word == 8 ? *(const u64 *)(data + at) : *(const u32 *)(data + at);
		if (len < head || len > size - at)
			return;
		type = (const s32 *)(data + at + word);
		if (linx_cmsg_has_fds(type))
			for (i = head; i + sizeof(s32) <= len; i += sizeof(s32))
				request_memory(f, *(const s32 *)(data + at + i));
		if (ALIGN(len, word) > size - at)
			return;
	}
}

/* struct sockaddr_xdp: its family, and the descriptor whose memory it shares. */
#define XDP_SHARED_FD 12

static void request_address(struct linx_fill *f, const u8 *data, u32 size)
{
	if (size >= XDP_SHARED_FD + sizeof(s32) && *(const u16 *)data == AF_XDP)
		request_memory(f, *(const s32 *)(data + XDP_SHARED_FD));
}

void linx_fd_scan(struct linx_fill *f, u8 abi, const struct linx_follow *fo, const struct linx_frame *in,
		  const struct linx_val *v)
{
	const u8 *data;
	u32 size;

	if (f->entered && !(fo->dir & LINX_DIR_OUT))
		return; /* told at entry */
	data = linx_val_memory(v, &size);
	if (fo->kind == LINX_FOLLOW_BITS && in->shape == &linx_shapes[LINX_SHAPE_sel_arg_struct])
		request_bits(f, v, *(const u32 *)in->data);
	else if (in->shape == &linx_shapes[LINX_SHAPE_sc_address])
		request_address(f, data, size);
	else if (fo->kind == LINX_FOLLOW_ARR && fo->what == LINX_SHAPE_control)
		request_rights(f, abi, data, size);
	else if (fo->kind == LINX_FOLLOW_ARR || fo->kind == LINX_FOLLOW_ONE)
		request_each(f, fo->what, abi, data, size);
}

/* Sets and arrays that arguments point to; at_entry: the entry has told those that the call reads. */
static void request_structures(struct linx_fill *f, const struct linx_call *c, unsigned int row, const u64 *args,
			    const u8 *first, bool at_entry)
{
	const struct linx_val *v;
	unsigned int i, def, cap;

	for (i = 0; i < c->row->nargs; i++) {
		def = c->row->arg[i];
		cap = LINX_ARGDEF_CAP(def);
		if ((cap != LINX_CAP_BITS && cap != LINX_CAP_ONE && cap != LINX_CAP_N) ||
		    (at_entry && LINX_ARGDEF_DIR(def) & LINX_DIR_IN))
			continue;
		v = value_of(first, f->p, i);
		if (v && cap != LINX_CAP_BITS)
			request_each(f, LINX_ARGDEF_WHAT(def), c->key / LINX_NR_MAX, (const u8 *)(v + 1), v->size);
		else if (v && types[row][i] & IS_SET)
			request_bits(f, v, (u32)args[LINX_ARGDEF_N(def)]);
	}
}

/* An int within the value of an argument, among those from first to end; -1 if it was not captured. */
static s32 int_at(const u8 *first, const u8 *end, u8 arg, u32 at)
{
	const struct linx_val *v = value_of(first, end, arg);

	return v && v->size >= at + sizeof(s32) ? *(const s32 *)((const u8 *)(v + 1) + at) : -1;
}

/* Does what was captured say that there is a descriptor, as AT_WHEN has it? */
static bool is_when(const struct rule *r, const u8 *first, const u8 *end)
{
	return (int_at(first, end, r->arg, r->k) & r->mask) == r->value;
}

bool linx_fd_has_more(u32 key, const u8 *first, const u8 *end)
{
	unsigned int row = (&linx_row_of[0][0])[key], i;

	for (i = linx_fd_rows[row].rule - 1; i < ARRAY_SIZE(rules) && rules[i].row == row; i++)
		if (rules[i].kind == RULE_AT_WHEN && is_when(rules + i, first, end))
			return true;
	return false;
}

static void request_foreign(struct linx_fill *f, s32 fd, u8 arg, pid_t pid)
{
	if (fd >= 0 && pid > 0)
		request(f, fd, LINX_FIELD_FD + arg, pid);
}

/* A number of the task's own namespace as one of the initial one; 0: no such process. */
static pid_t global_pid(pid_t nr)
{
	pid_t pid;

	rcu_read_lock();
	pid = pid_nr(find_vpid(nr));
	rcu_read_unlock();
	return pid;
}

static bool is_own(const struct linx_fill *f, pid_t nr)
{
	return f->rec->kind == LINX_REC_EXIT && global_pid(nr) == task_tgid_nr(current);
}

static void apply(struct linx_fill *f, const struct rule *r, const struct linx_call *c, const u64 *args,
		  const u8 *first)
{
	bool done = f->rec->kind == LINX_REC_EXIT && !IS_ERR_VALUE(c->ret);

	if (r->kind != RULE_AT_WHEN && r->kind != RULE_RESULT_UNLESS && ((u32)args[r->k] & r->mask) != r->value)
		return;
	switch (r->kind) {
	case RULE_RESULT:
		if (done)
			request(f, c->ret, LINX_FIELD_FD_RESULT, 0);
		break;
	case RULE_RESULT_UNLESS:
		/* -1: it was not captured */
		if (done && !(int_at(first, f->p, r->arg, r->at) & r->mask))
			request(f, c->ret, LINX_FIELD_FD_RESULT, 0);
		break;
	case RULE_ARG:
		request_arg(f, args[r->arg], IS_DIRFD, r->arg);
		break;
	case RULE_NONE:
		break; /* none_of() */
	case RULE_BEHIND:
		if (done)
			request_behind(f, first, r->arg);
		break;
	case RULE_AT_WHEN:
		if (is_when(r, first, f->p))
			request_memory(f, int_at(first, f->p, r->arg, c->key < LINX_NR_MAX ? r->at : r->process));
		break;
	case RULE_AT:
		request_memory(f, int_at(first, f->p, r->arg, r->at));
		break;
	case RULE_FOREIGN:
		if (done)
			request_foreign(f, args[r->arg], r->arg, linx_fd_pid(args[r->process]));
		break;
	case RULE_FOREIGN_PID:
		if (done || is_own(f, args[r->process]))
			request_foreign(f, args[r->arg], r->arg, global_pid(args[r->process]));
		break;
	case RULE_FOREIGN_AT:
		if (done || is_own(f, args[r->process]))
			request_foreign(f, int_at(first, f->p, r->arg, r->at), r->arg, global_pid(args[r->process]));
		break;
	}
}

/* Is what the rule is about the result? */
static bool is_of_result(const struct rule *r)
{
	return r->kind == RULE_RESULT || r->kind == RULE_RESULT_UNLESS;
}

/* is_of_success() takes all from FOREIGN on, which are of another process. */
static_assert(RULE_FOREIGN > RULE_RESULT && RULE_FOREIGN > RULE_RESULT_UNLESS && RULE_FOREIGN > RULE_ARG &&
	      RULE_FOREIGN > RULE_NONE && RULE_FOREIGN > RULE_BEHIND && RULE_FOREIGN > RULE_AT &&
	      RULE_FOREIGN > RULE_AT_WHEN && RULE_FOREIGN < RULE_FOREIGN_PID &&
	      RULE_FOREIGN < RULE_FOREIGN_AT);

/* Is the rule about what a call that succeeded has done? */
static bool is_of_success(const struct rule *r)
{
	return is_of_result(r) || r->kind == RULE_BEHIND || r->kind >= RULE_FOREIGN;
}

/* By the number of the call that i386's socketcall stands for. */
static enum linx_resolved resolved_of_socketcall(u32 call)
{
	switch (call) {
	case SYS_CONNECT:
		return LINX_RESOLVED_PEER;
	case SYS_SEND:
	case SYS_RECV:
	case SYS_SENDTO:
	case SYS_RECVFROM:
	case SYS_SENDMSG:
	case SYS_RECVMSG:
	case SYS_RECVMMSG:
	case SYS_SENDMMSG:
		return LINX_RESOLVED_MESSAGE;
	default:
		return LINX_RESOLVED_NONE;
	}
}

static void request_resolved(struct linx_fill *f, const struct linx_call *c, const u64 *args, const u8 *first)
{
	enum linx_resolved what = linx_fd_resolved(c->key);
	s32 socket = args[0];

	if (what == LINX_RESOLVED_SOCKETCALL) {
		what = resolved_of_socketcall(args[0]);
		socket = int_at(first, f->p, 1, 0);
	}
	/* A file that io_uring opens may have a number in io_uring's own table instead. */
	if (c->op || what == LINX_RESOLVED_NONE || f->rec->kind != LINX_REC_EXIT || !linx_fd_has_resolved(what, c->ret))
		return;
	if (what == LINX_RESOLVED_OPENED)
		request_more(f, c->ret, LINX_FIELD_FD_RESULT, 0, LINX_SETUP_FD_PATHS);
	else if (socket >= 0 && (what == LINX_RESOLVED_PEER || linx_fd_is_netlink(socket)))
		request_more(f, socket, LINX_FIELD_FD, 0, LINX_SETUP_FD_DETAILS);
}

/* Arguments that are no descriptors in this call, though their types say so. */
static unsigned int none_of(unsigned int row, const u64 *args)
{
	unsigned int i, mask = 0;

	if (!linx_fd_rows[row].rule)
		return 0;
	for (i = linx_fd_rows[row].rule - 1; i < ARRAY_SIZE(rules) && rules[i].row == row; i++)
		if (rules[i].kind == RULE_NONE && ((u32)args[rules[i].k] & rules[i].mask) == rules[i].value)
			mask |= 1 << rules[i].arg;
	return mask;
}

void linx_fd_find(struct linx_fill *f, const struct linx_call *c, const u64 *args, const u8 *first)
{
	unsigned int row = (&linx_row_of[0][0])[c->key], mask, i;
	bool at_entry = f->entered && !IS_ERR_VALUE(c->ret);

	if (f->s->flags & LINX_SETUP_RESOLVED)
		request_resolved(f, c, args, first);
	if (!(f->s->flags & LINX_SETUP_FDS))
		return;
	for (mask = at_entry ? 0 : linx_fd_rows[row].args & ~none_of(row, args); mask; mask &= mask - 1) {
		i = __ffs(mask);
		request_arg(f, args[i], types[row][i], i);
		/* The device decides what an ioctl command means. */
		if (row == ROW_ioctl && f->nfds)
			f->fds[f->nfds - 1].more |= LINX_WANT_DEVICE;
	}
	request_structures(f, c, row, args, first, at_entry);
	if (f->rec->kind == LINX_REC_EXIT && !IS_ERR_VALUE(c->ret))
		for (mask = linx_fd_rows[row].pairs; mask; mask &= mask - 1)
			request_behind(f, first, __ffs(mask));
	if (!linx_fd_rows[row].rule)
		return;
	for (i = linx_fd_rows[row].rule - 1; i < ARRAY_SIZE(rules) && rules[i].row == row; i++)
		if (!at_entry || is_of_success(&rules[i]))
			apply(f, &rules[i], c, args, first);
}

/* Can the result of this call be a descriptor, or does it fill a pair? */
bool __init linx_fd_makes(u32 key)
{
	unsigned int row = (&linx_row_of[0][0])[key], i;

	if (linx_fd_rows[row].pairs)
		return true;
	if (!linx_fd_rows[row].rule)
		return false;
	for (i = linx_fd_rows[row].rule - 1; i < ARRAY_SIZE(rules) && rules[i].row == row; i++)
		if (is_of_result(&rules[i]))
			return true;
	return false;
}

bool linx_fd_is_result(u32 key, const unsigned long *args)
{
	unsigned int row = (&linx_row_of[0][0])[key], i;

	if (!linx_fd_rows[row].rule)
		return false;
	for (i = linx_fd_rows[row].rule - 1; i < ARRAY_SIZE(rules) && rules[i].row == row; i++)
		/*
		 * RESULT_UNLESS depends on memory that another thread may change: its
		 * result counts as a descriptor in any case.
		 */
		if (rules[i].kind == RULE_RESULT_UNLESS ||
		    (rules[i].kind == RULE_RESULT && ((u32)args[rules[i].k] & rules[i].mask) == rules[i].value))
			return true;
	return false;
}

int linx_fd_pair(u32 key)
{
	unsigned int pairs = linx_fd_rows[(&linx_row_of[0][0])[key]].pairs;

	return pairs ? __ffs(pairs) : -1;
}
