// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the descriptors of a call: arguments whose type is a descriptor, and those that the rules of tables/fds.def
 * describe. All data here are constant, except linx_fd_rows, which linx_fd_init() fills.
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
#include "shared/fd_data.h"
#include "table/layout.h"

struct linx_fd_row linx_fd_rows[LINX_ROW_ID_NR] __ro_after_init;

static_assert(LINX_NFD_RULES < 255);

/* Does a structure of this shape (tables/shapes.def) have a member that is a descriptor? */
static bool __init has_place(u32 shape)
{
	unsigned int i;

	for (i = 0; i < LINX_NFD_POSITIONS; i++)
		if (linx_fd_positions[i].shape == shape)
			return true;
	return false;
}

/* Can an argument of a call with this row of the call table, number n, point to descriptors? */
static bool __init points_to_some(unsigned int n, const struct linx_row *row)
{
	unsigned int i, cap;

	if (linx_fd_rows[n].pairs || row->follow || row->selector)
		return true;
	for (i = 0; i < row->nargs; i++) {
		cap = LINX_ARGDEF_COPY(LINX_ROW_ARG(row, i));
		if (linx_arg_types[n][i] & LINX_ARG_SET ||
		    ((cap == LINX_COPY_ONE || cap == LINX_COPY_N) && has_place(LINX_ARGDEF_WHAT(LINX_ROW_ARG(row, i)))))
			return true;
	}
	return false;
}

/*
 * Sets members of linx_fd_rows[n] for a call with row number n of the call table. Called for each system call, as calls
 * that share a row may have different variants.
 */
static void __init set_place(unsigned int n, const struct linx_row *row)
{
	bool elsewhere = points_to_some(n, row) || row->flags & LINX_ROW_EXEC || linx_row_resolved[n] == LINX_RESOLVED_SOCKETCALL;
	unsigned int i;

	linx_fd_rows[n].resolved = linx_row_resolved[n];
	for (i = linx_fd_rows[n].rule ? linx_fd_rows[n].rule - 1 : LINX_NFD_RULES; i < LINX_NFD_RULES && linx_fd_rules[i].row == n; i++) {
		if (linx_fd_rules[i].kind == LINX_FD_RULE_RESULT && !linx_fd_rules[i].mask)
			linx_fd_rows[n].result = BIT(LINX_FD_RESULT);
		linx_fd_rows[n].looks |= linx_fd_rules[i].kind == LINX_FD_RULE_AT_WHEN;
		elsewhere |= linx_fd_rules[i].kind != LINX_FD_RULE_AT_WHEN && (linx_fd_rules[i].kind != LINX_FD_RULE_RESULT || linx_fd_rules[i].mask);
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

	for (i = 0; i < LINX_ROW_ID_NR; i++) {
		for (arg = 0; arg < LINX_NARGS; arg++) {
			if (linx_arg_types[i][arg] & LINX_ARG_FD)
				linx_fd_rows[i].args |= 1 << arg;
			if (linx_arg_types[i][arg] & LINX_ARG_DIRFD)
				linx_fd_rows[i].dirs |= 1 << arg;
			if (linx_arg_types[i][arg] & LINX_ARG_PAIR)
				linx_fd_rows[i].pairs |= 1 << arg;
		}
	}
	for (i = LINX_NFD_RULES; i-- > 0;)
		linx_fd_rows[linx_fd_rules[i].row].rule = i + 1;
	for (i = 0; i < LINX_KEYS; i++)
		set_place((&linx_row_of[0][0])[i], linx_table_row(i));
}

enum linx_resolved linx_fd_resolved(u32 key)
{
	return linx_fd_row(key)->resolved;
}

/* Adds a descriptor to f->fds, for linx_fd_put(). more: linx_fd_request.more. */
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
	if (fd >= 0 || (fd == LINX_FD_CWD && type & LINX_ARG_DIRFD))
		request(f, fd, LINX_FIELD_FD + arg, 0);
}

static void request_memory(struct linx_fill *f, s32 fd)
{
	if (fd >= 0)
		request(f, fd, LINX_FIELD_FD_MEMORY, 0);
}

/*
 * Returns the value, among those from "at" to "end", that holds the bytes to which an argument points; NULL: there is
 * none.
 */
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

/* Adds to f->fds the descriptors in the array of ints that an argument points to. first: first value of the record. */
static void request_behind(struct linx_fill *f, const u8 *first, u8 arg)
{
	const struct linx_val *v = value_of(first, f->p, arg);
	const s32 *fd = v ? (const s32 *)(v + 1) : NULL;
	u32 i;

	for (i = 0; v && i < v->size / sizeof(*fd); i++)
		request_memory(f, fd[i]);
}

/* Work of each byte of an fd_set, in the unit of core/probe_work.h. */
#define WORK_OF_SET_BYTE 5

/* request_bits() relies on this order of enum linx_state: states above TRUNCATED mean that bytes could not be read. */
static_assert(LINX_WHOLE < LINX_TRUNCATED && LINX_TRUNCATED < LINX_UNREADABLE && LINX_TRUNCATED < LINX_LATE &&
	      LINX_TRUNCATED < LINX_UNAVAILABLE && LINX_TRUNCATED < LINX_ABSENT);

/*
 * Adds to f->fds the descriptors whose bits are set among the first n bits of an fd_set, an array of longs in little
 * endian. v: the captured set. Many programs pass an n that is larger than their fd_set. Therefore it is accepted that
 * bytes beyond the size of an fd_set cannot be read. A set of which fewer bytes can be read is skipped.
 */
static void request_bits(struct linx_fill *f, const struct linx_val *v, u64 n)
{
	const u8 *bits;
	u32 size, i, bit;

	bits = linx_val_memory(v, &size);
	if (LINX_VAL_STATE(v->info) > LINX_TRUNCATED && size < LINX_FD_SET_BYTES)
		return;
	linx_probe_spend(WORK_OF_SET_BYTE * size);
	for (i = 0; i < size && f->nfds < ARRAY_SIZE(f->fds); i++)
		for (bit = 0; bits[i] >> bit && i * 8 + bit < n; bit++)
			if (bits[i] >> bit & 1)
				request_memory(f, i * 8 + bit);
}

/* Adds to f->fds the members that are descriptors, of all structures of this shape in size bytes at data. */
static void request_each(struct linx_fill *f, u32 shape, u8 abi, const u8 *data, u32 size)
{
	u32 step = linx_shape_size(shape, abi), at;
	unsigned int i;

	for (i = 0; i < LINX_NFD_POSITIONS; i++) {
		if (linx_fd_positions[i].shape != shape)
			continue;
		for (at = linx_fd_positions[i].at[abi != LINX_ABI_X86_64]; at + sizeof(s32) <= size; at += step)
			request_memory(f, *(const s32 *)(data + at));
	}
}

/* Adds to f->fds the descriptors in control messages (struct cmsghdr), whose lengths come from the program. */
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
		if (linx_carries_fds(type[0], type[1]))
			for (i = head; i + sizeof(s32) <= len; i += sizeof(s32))
				request_memory(f, *(const s32 *)(data + at + i));
		if (ALIGN(len, word) > size - at)
			return;
	}
}

/* Adds to f->fds the descriptor in a socket address of family AF_XDP. */
static void request_address(struct linx_fill *f, const u8 *data, u32 size)
{
	if (size >= LINX_XDP_SHARED_FD + sizeof(s32) && *(const u16 *)data == AF_XDP)
		request_memory(f, *(const s32 *)(data + LINX_XDP_SHARED_FD));
}

void linx_fd_scan(struct linx_fill *f, u8 abi, const struct linx_follow *fo, const struct linx_frame *in,
		  const struct linx_val *v)
{
	const u8 *data;
	u32 size;

	if (f->entered && !(fo->dir & LINX_WHEN_OUT))
		return; /* the ENTER record has these descriptors */
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

/*
 * Adds to f->fds the descriptors in fd_sets, structures and arrays that arguments point to. at_entry: the call's entry
 * record has the descriptors in memory that the call reads, so only memory that the call writes is searched.
 */
static void request_structures(struct linx_fill *f, const struct linx_call *c, unsigned int row, const u64 *args,
			    const u8 *first, bool at_entry)
{
	const struct linx_val *v;
	unsigned int i, def, cap;

	for (i = 0; i < c->row->nargs; i++) {
		def = c->row->arg[i];
		cap = LINX_ARGDEF_COPY(def);
		if ((cap != LINX_COPY_BITS && cap != LINX_COPY_ONE && cap != LINX_COPY_N) ||
		    (at_entry && LINX_ARGDEF_WHEN(def) & LINX_WHEN_IN))
			continue;
		v = value_of(first, f->p, i);
		if (v && cap != LINX_COPY_BITS)
			request_each(f, LINX_ARGDEF_WHAT(def), c->key / LINX_NR_MAX, (const u8 *)(v + 1), v->size);
		else if (v && linx_arg_types[row][i] & LINX_ARG_SET)
			request_bits(f, v, (u32)args[LINX_ARGDEF_N(def)]);
	}
}

/*
 * Returns the int at offset at in the memory that an argument points to; -1 if the int was not captured. first, end:
 * the values of the record.
 */
static s32 int_at(const u8 *first, const u8 *end, u8 arg, u32 at)
{
	const struct linx_val *v = value_of(first, end, arg);

	return v && v->size >= at + sizeof(s32) ? *(const s32 *)((const u8 *)(v + 1) + at) : -1;
}

/* Does the condition of an AT_WHEN rule of tables/fds.def hold? The condition is about captured memory. */
static bool is_when(const struct linx_fd_rule *r, const u8 *first, const u8 *end)
{
	return (int_at(first, end, r->arg, r->k) & r->mask) == r->value;
}

bool linx_fd_has_more(u32 key, const u8 *first, const u8 *end)
{
	unsigned int row = (&linx_row_of[0][0])[key], i;

	for (i = linx_fd_rows[row].rule - 1; i < LINX_NFD_RULES && linx_fd_rules[i].row == row; i++)
		if (linx_fd_rules[i].kind == LINX_FD_RULE_AT_WHEN && is_when(linx_fd_rules + i, first, end))
			return true;
	return false;
}

/* Adds to f->fds a descriptor of another process. pid: numbered in the initial pid namespace; 0: no such process. */
static void request_foreign(struct linx_fill *f, s32 fd, u8 arg, pid_t pid)
{
	if (fd >= 0 && pid > 0)
		request(f, fd, LINX_FIELD_FD + arg, pid);
}

/* Translates a process number of the current pid namespace to the initial one; 0: no such process. */
static pid_t global_pid(pid_t nr)
{
	pid_t pid;

	rcu_read_lock();
	pid = pid_nr(find_vpid(nr));
	rcu_read_unlock();
	return pid;
}

/* Is this record of a return, and nr the number of the current process itself? */
static bool is_own(const struct linx_fill *f, pid_t nr)
{
	return f->rec->kind == LINX_REC_EXIT && global_pid(nr) == task_tgid_nr(current);
}

/* Adds to f->fds the descriptors that the rule r of tables/fds.def finds in a call. */
static void apply(struct linx_fill *f, const struct linx_fd_rule *r, const struct linx_call *c, const u64 *args,
		  const u8 *first)
{
	bool done = f->rec->kind == LINX_REC_EXIT && !IS_ERR_VALUE(c->ret);

	if (!linx_fd_rule_looks(r->kind) && ((u32)args[r->k] & r->mask) != r->value)
		return;
	switch (r->kind) {
	case LINX_FD_RULE_RESULT:
		if (done)
			request(f, c->ret, LINX_FIELD_FD_RESULT, 0);
		break;
	case LINX_FD_RULE_RESULT_UNLESS:
		/*
		 * int_at() returns -1 if the word was not captured. This number has the bits of every mask. Therefore
		 * no descriptor is added.
		 */
		if (done && !(int_at(first, f->p, r->arg, r->at) & r->mask))
			request(f, c->ret, LINX_FIELD_FD_RESULT, 0);
		break;
	case LINX_FD_RULE_ARG:
		request_arg(f, args[r->arg], LINX_ARG_DIRFD, r->arg);
		break;
	case LINX_FD_RULE_NONE:
		break; /* none_of() applies these rules */
	case LINX_FD_RULE_BEHIND:
		if (done)
			request_behind(f, first, r->arg);
		break;
	case LINX_FD_RULE_AT_WHEN:
		if (is_when(r, first, f->p))
			request_memory(f, int_at(first, f->p, r->arg, c->key < LINX_NR_MAX ? r->at : r->process));
		break;
	case LINX_FD_RULE_AT:
		request_memory(f, int_at(first, f->p, r->arg, r->at));
		break;
	case LINX_FD_RULE_FOREIGN:
		if (done)
			request_foreign(f, args[r->arg], r->arg, linx_fd_pid(args[r->process]));
		break;
	case LINX_FD_RULE_FOREIGN_PID:
		if (done || is_own(f, args[r->process]))
			request_foreign(f, args[r->arg], r->arg, global_pid(args[r->process]));
		break;
	case LINX_FD_RULE_FOREIGN_AT:
		if (done || is_own(f, args[r->process]))
			request_foreign(f, int_at(first, f->p, r->arg, r->at), r->arg, global_pid(args[r->process]));
		break;
	}
}

/*
 * Adds to f->fds the descriptor that LINX_SETUP_RESOLVED adds to a call's return: that of an opened file or of a
 * socket.
 */
static void request_resolved(struct linx_fill *f, const struct linx_call *c, const u64 *args, const u8 *first)
{
	enum linx_resolved what = linx_fd_resolved(c->key);
	s32 socket = args[0];

	if (what == LINX_RESOLVED_SOCKETCALL) {
		what = linx_socketcall_resolved(args[0]);
		socket = int_at(first, f->p, 1, 0);
	}
	if (what == LINX_RESOLVED_NONE || f->rec->kind != LINX_REC_EXIT || !linx_has_resolved(what, c->ret))
		return;
	if (what == LINX_RESOLVED_OPENED)
		request_more(f, c->ret, LINX_FIELD_FD_RESULT, 0, LINX_SETUP_FD_PATHS);
	else if (socket >= 0 && (what == LINX_RESOLVED_PEER || linx_fd_is_netlink(socket)))
		request_more(f, socket, LINX_FIELD_FD, 0, LINX_SETUP_FD_DETAILS);
}

/*
 * Adds to f->fds the descriptors that an operation of io_uring made: its result, or those in memory that its arguments
 * point to.
 */
static void find_made(struct linx_fill *f, const struct linx_call *c, const u64 *args, const u8 *first)
{
	unsigned int row = (&linx_row_of[0][0])[c->key], mask, i;

	if (IS_ERR_VALUE(c->ret))
		return;
	if (f->s->flags & LINX_SETUP_RESOLVED && linx_fd_resolved(c->key) == LINX_RESOLVED_OPENED)
		request_more(f, c->ret, LINX_FIELD_FD_RESULT, 0, LINX_SETUP_FD_PATHS);
	if (!(f->s->flags & LINX_SETUP_FDS))
		return;
	for (mask = linx_fd_rows[row].pairs; mask; mask &= mask - 1)
		request_behind(f, first, __ffs(mask));
	if (!linx_fd_rows[row].rule)
		return;
	for (i = linx_fd_rows[row].rule - 1; i < LINX_NFD_RULES && linx_fd_rules[i].row == row; i++)
		if (linx_fd_rule_is_result(linx_fd_rules[i].kind) || linx_fd_rules[i].kind == LINX_FD_RULE_BEHIND)
			apply(f, &linx_fd_rules[i], c, args, first);
}

void linx_fd_find_op(struct linx_fill *f, const struct linx_call *c, const u64 *args, const u8 *first)
{
	bool done = f->rec->kind == LINX_REC_EXIT;

	if (!(done ? c->op->made : c->op->calm))
		f->nfds = 0; /* descriptors that linx_fd_scan() found cannot be looked up here */
	else if (done)
		find_made(f, c, args, first);
	else
		linx_fd_find(f, c, args, first);
}

u8 linx_fd_wants_file(const struct linx_session *s, const struct linx_call *c)
{
	enum linx_resolved what = linx_fd_resolved(c->key);
	u8 more = 0;

	if (!c->op->nargs || !c->op->file)
		return 0;
	if (s->flags & LINX_SETUP_RESOLVED && (what == LINX_RESOLVED_PEER || what == LINX_RESOLVED_MESSAGE) &&
	    linx_has_resolved(what, c->ret) &&
	    (what == LINX_RESOLVED_PEER || linx_sock_kind(c->op->file).family == AF_NETLINK))
		more = LINX_SETUP_FD_DETAILS;
	return c->op->fixed ? more | (s->flags & LINX_SETUP_FDS) : more;
}

/*
 * Returns, as bits, the arguments that have the type of a descriptor, but are not descriptors in this call because of a
 * NONE_IF rule of tables/fds.def.
 */
static unsigned int none_of(unsigned int row, const u64 *args)
{
	unsigned int i, mask = 0;

	if (!linx_fd_rows[row].rule)
		return 0;
	for (i = linx_fd_rows[row].rule - 1; i < LINX_NFD_RULES && linx_fd_rules[i].row == row; i++)
		if (linx_fd_rules[i].kind == LINX_FD_RULE_NONE && ((u32)args[linx_fd_rules[i].k] & linx_fd_rules[i].mask) == linx_fd_rules[i].value)
			mask |= 1 << linx_fd_rules[i].arg;
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
		request_arg(f, args[i], linx_arg_types[row][i], i);
		/* A reader needs the device of the descriptor to decode an ioctl command. */
		if (c->row->flags & LINX_ROW_DEVICE && f->nfds)
			f->fds[f->nfds - 1].more |= LINX_WANT_DEVICE;
	}
	request_structures(f, c, row, args, first, at_entry);
	if (f->rec->kind == LINX_REC_EXIT && !IS_ERR_VALUE(c->ret))
		for (mask = linx_fd_rows[row].pairs; mask; mask &= mask - 1)
			request_behind(f, first, __ffs(mask));
	if (!linx_fd_rows[row].rule)
		return;
	for (i = linx_fd_rows[row].rule - 1; i < LINX_NFD_RULES && linx_fd_rules[i].row == row; i++)
		if (!at_entry || linx_fd_rule_is_of_success(linx_fd_rules[i].kind))
			apply(f, &linx_fd_rules[i], c, args, first);
}

/* Can the result of the call be a descriptor, or does an argument point to a pair of descriptors? */
bool __init linx_fd_makes(u32 key)
{
	unsigned int row = (&linx_row_of[0][0])[key], i;

	if (linx_fd_rows[row].pairs)
		return true;
	if (!linx_fd_rows[row].rule)
		return false;
	for (i = linx_fd_rows[row].rule - 1; i < LINX_NFD_RULES && linx_fd_rules[i].row == row; i++)
		if (linx_fd_rule_is_result(linx_fd_rules[i].kind))
			return true;
	return false;
}

bool linx_fd_is_result(u32 key, const unsigned long *args)
{
	unsigned int row = (&linx_row_of[0][0])[key], i;

	if (!linx_fd_rows[row].rule)
		return false;
	for (i = linx_fd_rows[row].rule - 1; i < LINX_NFD_RULES && linx_fd_rules[i].row == row; i++)
		/*
		 * The condition of RESULT_UNLESS is about memory, which another thread may change. Therefore the result
		 * counts as a descriptor whatever the memory holds.
		 */
		if (linx_fd_rules[i].kind == LINX_FD_RULE_RESULT_UNLESS ||
		    (linx_fd_rules[i].kind == LINX_FD_RULE_RESULT && ((u32)args[linx_fd_rules[i].k] & linx_fd_rules[i].mask) == linx_fd_rules[i].value))
			return true;
	return false;
}

int linx_fd_pair(u32 key)
{
	unsigned int pairs = linx_fd_rows[(&linx_row_of[0][0])[key]].pairs;

	return pairs ? __ffs(pairs) : -1;
}
