/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Declares the types by name (linx_ty_timespec), and the functions that the tables name: linx_num_*,
 * linx_arg_*, linx_hidden_*, linx_put_* of structures and members, linx_call_*. The tables themselves make the
 * declarations.
 *
 * The room (source folder) decoders/ knows the meaning of the values of each call, ioctl and message. A decoder
 * writes through value/emit.h, names no output format, and never fails: a value that it does not know is shown
 * as a number.
 */
#ifndef LINX_DECODERS_H
#define LINX_DECODERS_H

#include "value/emit.h"
#include "table/table.h"

void linx_num_addr(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_file_mode(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_fd(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_dirfd(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_foreign_fd(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_id(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_pid(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_dev(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_signal(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_sigmask(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_clockid(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_clone_flags(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_ipc_key(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_key_serial(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_ioprio(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_qcmd(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_kernel_version(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_msgget(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_semget(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_shmget(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_msgctl(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_semctl(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_shmctl(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_kexec_flags(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_mempolicy(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_resident(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_wide_hex(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_ticks(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_rlim(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_swap_flags(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_fanotify_init(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_fan_dirfd(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_uring_file(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_place(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_sighandler(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_btrfs_id(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_btrfs_key(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_fd64(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_kb_table(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_kb_value(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_minus_errno(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_permille(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_quoted_char(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_sg_reset(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_term_cflag(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_term_iflag(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_term_lflag(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_term_oflag(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_time_s(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_u64_max(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_uni_direct(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_v4l2_buf_bits(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_v4l2_cid(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_v4l2_fourcc(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_v4l2_meta_fourcc(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_v4l2_next_cid(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_v4l2_sdr_fourcc(struct linx_put *p, const struct linx_ty *ty, int64_t n);

void linx_num_be(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_netport(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_eth_proto(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_ifindex(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_in_addr(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_kbd_mode(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_nanoseconds(struct linx_put *p, const struct linx_ty *ty, int64_t n);
void linx_num_microseconds(struct linx_put *p, const struct linx_ty *ty, int64_t n);

/* Declares each type, and the functions that write it. */
#define STRUCT(name, ...) extern const struct linx_ty linx_ty_##name;
#define PACKED(name, ...) extern const struct linx_ty linx_ty_##name;
#define PACKED_X86(name, ...) extern const struct linx_ty linx_ty_##name;
#define ORDERED(name, function, ...)          \
	extern const struct linx_ty linx_ty_##name; \
	void function(struct linx_put *p, const struct linx_obj *o);
#define SIZED(name, least, function, ...) ORDERED(name, function)
#define CUSTOM(name, size64, size_i386, size_x32, function) ORDERED(name, function)
#include "decoders/structs/all.def"
#undef STRUCT
#undef PACKED
#undef PACKED_X86
#undef ORDERED
#undef SIZED
#undef CUSTOM
#define NUM(name, a, b, c, is_signed, fmt, function) extern const struct linx_ty linx_ty_##name;
#define NUMA(name, a, b, c, is_signed, fmt, function, align) extern const struct linx_ty linx_ty_##name;
#include "decoders/structs/scalars.def"
#undef NUM
#undef NUMA
#define ARGTY(name, function, hidden) extern const struct linx_ty linx_ty_##name; \
	void function(struct linx_put *p, unsigned int i);
#include "decoders/structs/args.def"
#undef ARGTY
#define MEMBER(function) void function(struct linx_put *p, const struct linx_obj *o, size_t at);
#include "decoders/structs/members.def"
#undef MEMBER
bool linx_hidden_mode(const struct linx_put *p, unsigned int i);
bool linx_hidden_always(const struct linx_put *p, unsigned int i);
/*
 * True for the argument with the upper half of an offset. Both halves are written together, as one number. Only formats
 * that want registers show the upper half apart.
 */
bool linx_hidden_half(const struct linx_put *p, unsigned int i);
bool linx_hidden_fcntl(const struct linx_put *p, unsigned int i);
bool linx_hidden_quota_id(const struct linx_put *p, unsigned int i);
bool linx_hidden_quota_addr(const struct linx_put *p, unsigned int i);
bool linx_hidden_prctl(const struct linx_put *p, unsigned int i);

#define CALLFN(function) void function(struct linx_put *p);
#include "decoders/call_functions.def"
#undef CALLFN

/* Ways in which the result of a call is written. */
enum linx_ret_style {
	LINX_RET_DECIMAL,
	LINX_RET_HEX, /* in base 16: an address */
	LINX_RET_OCTAL, /* in base 8: permission bits */
	LINX_RET_FCNTL, /* in a form that depends on the argument cmd of fcntl(2) */
	LINX_RET_NAMED, /* by its name in set; in base 10 without a name */
	LINX_RET_HEX_NAMED,
	LINX_RET_FD, /* a descriptor, with its file if the style says so */
	LINX_RET_PID, /* a process, with its name if the style says so */
	LINX_RET_UINT, /* a number of 32 bits, even if it looks like an error */
};

/* Description of how a call is written: a line of decoders/calls.def. */
struct linx_call_desc {
	const char *row;
	unsigned int nargs;
	void (*args)(struct linx_put *p); /* writes the arguments; NULL: they are a plain list */
	enum linx_ret_style ret;
	const struct linx_flagset *set; /* for LINX_RET_NAMED and LINX_RET_HEX_NAMED: names of the result */
};
/* Finds how a call is written. NULL: its arguments as a plain list, its result in base 10. */
const struct linx_call_desc *linx_call_find(const char *row_id, unsigned int nargs);

/* Writes the pid of a process, with its command name if the style says so. */
void linx_put_pid(struct linx_put *p, int64_t pid);

/* ---- functions shared by decoders ------------------------------------------------------- */

/*
 * Writes a time as a comment, " / * 2026-01-02T03:04:05.000000006+0000 * /", with 0, 6 or 9 digits of the
 * fraction of a second. For text only.
 */
void linx_put_time_comment(struct linx_put *p, int64_t sec, uint64_t part, unsigned int digits);
/*
 * Writes an iovec of count buffers at addr: [{iov_base="abc", iov_len=3}, ...]. bytes: limit of the bytes shown of all
 * contents together.
 */
void linx_put_iov(struct linx_put *p, uint64_t addr, uint64_t count, enum linx_iov contents, uint64_t bytes);
/* Writes a string argument. The kernel accepts fewer than max bytes of it. */
void linx_put_arg_str_max(struct linx_put *p, unsigned int i, size_t max);
/*
 * A member of a structure that has a mask of its valid members. The member is shown only if that mask has one of the
 * bits in mask; mask 0: always. full: strace shows the member only with -v.
 */
struct linx_masked {
	const char *name;
	uint64_t mask;
	bool full;
};
void linx_put_masked(struct linx_put *p, const struct linx_obj *o, const struct linx_masked *members, size_t n,
		     uint64_t mask);

/* Writes a set of signals, "[INT CHLD]" or "~[KILL]"; only the lowest nsig signals count. */
void linx_put_sigmask(struct linx_put *p, uint64_t mask, unsigned int nsig);
/* Writes the exit status of a process: "{WIFEXITED(s) && ...}" */
void linx_put_wstatus(struct linx_put *p, uint32_t status);
/* Writes the socket address of len bytes at addr. */
void linx_put_sockaddr(struct linx_put *p, uint64_t addr, uint64_t len);
/* Writes a set of signals of size bytes, which addr points to. */
void linx_put_sigset_at(struct linx_put *p, uint64_t addr, uint64_t size);
/* Writes a siginfo in the layout of the event's ABI: {si_signo=SIGCHLD, ...} */
void linx_put_siginfo(struct linx_put *p, const void *data, size_t size);
/* Writes a linked list of struct io_uring_query_hdr. */
void linx_put_uring_queries(struct linx_put *p, uint64_t addr);
/* Writes an I/O priority: IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4). For text only. */
void linx_put_ioprio(struct linx_put *p, uint32_t prio);
/* Writes an error by its number: "ENOENT"; negated: the number is negative, as in "-ENOENT". */
void linx_put_error_number(struct linx_put *p, int64_t n, bool negated);
/* Writes the name of a system call by its number; arch is an AUDIT_ARCH_*. */
void linx_put_syscall_nr(struct linx_put *p, uint64_t nr, uint32_t arch);
/* Writes the first n arguments in the usual way, and the others as ignored by the kernel. */
void linx_put_first_args(struct linx_put *p, unsigned int n);
/* Writes all arguments. mask: bits of those that the kernel uses; the others are written as ignored. */
void linx_put_used_args(struct linx_put *p, unsigned int mask);
/*
 * Returns the captured value of argument i, as the call left it, or else as the call found it. NULL: no value was
 * captured.
 */
static inline const struct linx_value *linx_put_arg_value(const struct linx_put *p, unsigned int i)
{
	const struct linx_event *ev = p->ev;
	unsigned int dir = p->ev->call->row->args[i].dir;

	if (dir & LINX_DIR_OUT && ev->out[i].state && linx_put_ok(p))
		return &ev->out[i];
	/*
	 * a failed call did not change the value, so the value that was read at the return is also valid for the entry
	 */
	if (dir == LINX_DIR_INOUT && !ev->in[i].state && ev->out[i].state && linx_event_errno(ev))
		return &ev->out[i];
	return dir != LINX_DIR_OUT && ev->in[i].state ? &ev->in[i] : NULL;
}

#endif
