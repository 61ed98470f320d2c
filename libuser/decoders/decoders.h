/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Types by name (linx_ty_timespec), and the functions that the tables name:
 * linx_num_*, linx_arg_*, linx_hidden_*, linx_put_* of structures and members,
 * linx_call_*. All declared by the tables themselves.
 *
 * The room decoders/ holds what the values of each call, ioctl and message mean. A
 * decoder writes through value/emit.h, names no output format, and never fails: what
 * it does not know it shows as a number.
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

/* Types. */
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
/* True for the upper half of an offset, which is written with the lower one: it is shown only where registers are. */
bool linx_hidden_half(const struct linx_put *p, unsigned int i);
bool linx_hidden_fcntl(const struct linx_put *p, unsigned int i);
bool linx_hidden_quota_id(const struct linx_put *p, unsigned int i);
bool linx_hidden_quota_addr(const struct linx_put *p, unsigned int i);
bool linx_hidden_prctl(const struct linx_put *p, unsigned int i);

#define CALLFN(function) void function(struct linx_put *p);
#include "decoders/call_functions.def"
#undef CALLFN

/* Ways to write the result of a call. */
enum linx_ret_style {
	LINX_RET_DECIMAL,
	LINX_RET_HEX, /* an address */
	LINX_RET_OCTAL, /* permission bits */
	LINX_RET_FCNTL, /* by cmd */
	LINX_RET_NAMED, /* a number with a name of the set */
	LINX_RET_HEX_NAMED,
	LINX_RET_FD, /* a descriptor */
	LINX_RET_PID, /* a process */
	LINX_RET_UINT, /* 32 bits, also of an error */
};

/* A line of decoders/calls.def. */
struct linx_call_desc {
	const char *row;
	unsigned int nargs;
	void (*args)(struct linx_put *p); /* NULL: a plain list of arguments */
	enum linx_ret_style ret;
	const struct linx_flagset *set; /* names of the result for NAMED and HEX_NAMED */
};
/* Find the description of a call. NULL: a plain list and a decimal result. */
const struct linx_call_desc *linx_call_find(const char *row_id, unsigned int nargs);

/* Writes a process, with its name if the style wants it. */
void linx_put_pid(struct linx_put *p, int64_t pid);

/* ---- functions shared by decoders ------------------------------------------------------- */

/* Writes " / * 2026-01-02T03:04:05.000000006+0000 * /": the fraction of a second has 0, 6 or 9 digits. Text alone. */
void linx_put_time_comment(struct linx_put *p, int64_t sec, uint64_t part, unsigned int digits);
/* Writes count buffers at addr: [{iov_base="abc", iov_len=3}, ...], with contents of at most bytes bytes. */
void linx_put_iov(struct linx_put *p, uint64_t addr, uint64_t count, enum linx_iov contents, uint64_t bytes);
/* Writes a string of which the kernel takes fewer than max bytes. */
void linx_put_arg_str_max(struct linx_put *p, unsigned int i, size_t max);
/* Member that is shown only if a bit of a mask is set; 0: always. full: strace has it with -v alone. */
struct linx_masked {
	const char *name;
	uint64_t mask;
	bool full;
};
void linx_put_masked(struct linx_put *p, const struct linx_obj *o, const struct linx_masked *members, size_t n,
		     uint64_t mask);

/* Writes "[INT CHLD]", "~[KILL]"; of the lowest nsig signals. */
void linx_put_sigmask(struct linx_put *p, uint64_t mask, unsigned int nsig);
/* Writes "{WIFEXITED(s) && ...}" */
void linx_put_wstatus(struct linx_put *p, uint32_t status);
/* Write a socket address of len bytes; of len bytes in a buffer of room bytes. */
void linx_put_sockaddr(struct linx_put *p, uint64_t addr, uint64_t len);
/* Writes a set of signals of size bytes behind a pointer. */
void linx_put_sigset_at(struct linx_put *p, uint64_t addr, uint64_t size);
/* Writes a siginfo of the event's ABI: {si_signo=SIGCHLD, ...} */
void linx_put_siginfo(struct linx_put *p, const void *data, size_t size);
/* Writes a list of struct io_uring_query_hdr. */
void linx_put_uring_queries(struct linx_put *p, uint64_t addr);
/* Writes IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4); text */
void linx_put_ioprio(struct linx_put *p, uint32_t prio);
/* Writes an error by its number, which is below 0 if negated: "-ENOENT". */
void linx_put_error_number(struct linx_put *p, int64_t n, bool negated);
/* Writes the name of a call; arch is an AUDIT_ARCH_*. */
void linx_put_syscall_nr(struct linx_put *p, uint64_t nr, uint32_t arch);
/* Writes arguments below n in the usual way, the rest as ignored by the kernel. */
void linx_put_first_args(struct linx_put *p, unsigned int n);
/* Writes arguments; mask has the bits of those that the kernel uses, the rest is hidden. */
void linx_put_used_args(struct linx_put *p, unsigned int mask);
/* Gets the captured value of argument i: as the call left it, or as the call found it. NULL: none. */
static inline const struct linx_value *linx_put_arg_value(const struct linx_put *p, unsigned int i)
{
	const struct linx_event *ev = p->ev;
	unsigned int dir = p->ev->call->row->args[i].dir;

	if (dir & LINX_DIR_OUT && ev->out[i].state && linx_put_ok(p))
		return &ev->out[i];
	/* a failed call left the value that it had found */
	if (dir == LINX_DIR_INOUT && !ev->in[i].state && ev->out[i].state && linx_event_errno(ev))
		return &ev->out[i];
	return dir != LINX_DIR_OUT && ev->in[i].state ? &ev->in[i] : NULL;
}

#endif
