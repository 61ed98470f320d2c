// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes ptrace(2): the request determines the arguments addr and data. */
#include "base/array_size.h"
#include "decoders/decoders.h"
#include "table/flagsets.h"
#include "decoders/regset.h"

#define METADATA_SIZE 16u

static uint64_t address(const struct linx_put *p, unsigned int i)
{
	return (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
}

/* ---- functions that write the arguments addr and data --------------------------------------- */

static void pointer(struct linx_put *p, unsigned int i)
{
	linx_put_addr(p, address(p, i));
}

static void number(struct linx_put *p, unsigned int i)
{
	linx_put_u64(p, address(p, i));
}

static void signal(struct linx_put *p, unsigned int i)
{
	linx_put_num(p, &linx_ty_signo, NULL, linx_reg_int(p, i));
}

static void options(struct linx_put *p, unsigned int i)
{
	linx_put_flags(p, &linx_set_ptrace_options, address(p, i), linx_ty_ulong.size[p->abi]);
}

static void note_type(struct linx_put *p, unsigned int i)
{
	linx_put_flags(p, &linx_set_nt_type, (uint32_t)linx_reg(p, i), 4);
}

static void user_offset(struct linx_put *p, unsigned int i)
{
	linx_put_user_offset(p, address(p, i));
}

static void peek_args(struct linx_put *p, unsigned int i)
{
	linx_put_ptr(p, &linx_ty_peeksiginfo_args, address(p, i));
}

static void siginfo_in(struct linx_put *p, unsigned int i)
{
	linx_put_ptr(p, &linx_ty_siginfo, address(p, i));
}

static void sigmask_in(struct linx_put *p, unsigned int i)
{
	uint64_t size = address(p, i - 1);

	linx_put_sigset_at(p, address(p, i), size < linx_ty_culong.size[p->abi] ? 0 : size);
}

/*
 * True if the call stored the memory to which an argument points: the memory can then be shown. Else writes the address
 * of the memory, and returns false.
 */
static bool stored(struct linx_put *p, unsigned int i)
{
	p->late = true;
	if (linx_put_stored(p))
		return true;
	linx_put_addr(p, address(p, i));
	return false;
}

static void word_out(struct linx_put *p, unsigned int i)
{
	if (stored(p, i))
		linx_put_ptr(p, &linx_ty_ptr, address(p, i));
}

static void number_out(struct linx_put *p, unsigned int i)
{
	if (stored(p, i))
		linx_put_ptr(p, &linx_ty_culong, address(p, i));
}

static void siginfo_out(struct linx_put *p, unsigned int i)
{
	if (stored(p, i))
		siginfo_in(p, i);
}

static void siginfos_out(struct linx_put *p, unsigned int i)
{
	if (stored(p, i))
		linx_put_array(p, &linx_ty_siginfo, address(p, i), (uint64_t)p->ev->ret);
}

static void sigmask_out(struct linx_put *p, unsigned int i)
{
	if (stored(p, i))
		sigmask_in(p, i);
}

static void filter_out(struct linx_put *p, unsigned int i)
{
	if (!stored(p, i))
		return;
	if (p->brief)
		linx_put_addr(p, address(p, i));
	else
		linx_put_array(p, &linx_ty_seccomp_insn, address(p, i), (uint64_t)p->ev->ret);
}

static void registers_in(struct linx_put *p, unsigned int i)
{
	linx_put_regset(p, LINX_REGSET_GENERAL, address(p, i), linx_regset_size(p, LINX_REGSET_GENERAL));
}

static void registers_out(struct linx_put *p, unsigned int i)
{
	if (stored(p, i))
		registers_in(p, i);
}

static void fpu_in(struct linx_put *p, unsigned int i)
{
	linx_put_regset(p, LINX_REGSET_FPU, address(p, i), linx_regset_size(p, LINX_REGSET_FPU));
}

static void fpu_out(struct linx_put *p, unsigned int i)
{
	if (stored(p, i))
		fpu_in(p, i);
}

static void regset_in(struct linx_put *p, unsigned int i)
{
	linx_put_regset_iov(p, (uint32_t)linx_reg(p, 2), address(p, i), false);
}

static void regset_out(struct linx_put *p, unsigned int i)
{
	linx_put_regset_iov(p, (uint32_t)linx_reg(p, 2), address(p, i), true);
}

/* Writes the metadata of a seccomp filter. The caller gives the filter's number, the kernel its flags. */
static void metadata(struct linx_put *p, unsigned int i)
{
	uint64_t size = address(p, i - 1), ret = (uint64_t)p->ev->ret;
	int64_t off, flags;

	if (size < 8 || !linx_put_mem_int(p, address(p, i), 8, false, &off)) {
		linx_put_addr(p, address(p, i));
		return;
	}
	linx_put_open(p);
	linx_put_name(p, "filter_off");
	linx_put_u64(p, (uint64_t)off);
	p->late = true;
	if (linx_put_stored(p) && ret >= METADATA_SIZE && linx_put_mem_int(p, address(p, i) + 8, 8, false, &flags)) {
		linx_put_name(p, "flags");
		linx_put_flags(p, &linx_set_seccomp_flags, (uint64_t)flags, 8);
	} else if (linx_put_ok(p) && ret > 8 && !linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_item(p);
		linx_put_unavailable(p);
	}
	if (linx_put_ok(p) && ret > METADATA_SIZE)
		linx_put_more(p);
	linx_put_close(p);
	p->late = false;
}

/* ---- PTRACE_GET_SYSCALL_INFO ---------------------------------------------------------------- */

enum { OP_NONE, OP_ENTRY, OP_EXIT, OP_SECCOMP };
#define INFO_FLAGS 2u /* offset of flags in the structure, and where they end */
#define INFO_FLAGS_END 4u
#define INFO_HEAD 24u
#define INFO_NR 32u /* offset at which entry.nr and exit.rval end */
#define INFO_EXIT 33u
#define INFO_ARGS 80u
#define INFO_MAX 84u

static uint64_t load64(const uint8_t *data)
{
	uint64_t n;

	memcpy(&n, data, sizeof(n));
	return n;
}

static void put_info_entry(struct linx_put *p, const uint8_t *data, size_t size, uint32_t arch, bool seccomp)
{
	size_t n = (size - INFO_NR) / 8 < 6 ? (size - INFO_NR) / 8 : 6;
	uint32_t ret_data;

	linx_put_name(p, seccomp ? "seccomp" : "entry");
	linx_put_open(p);
	linx_put_name(p, "nr");
	linx_put_syscall_nr(p, load64(data + INFO_HEAD), arch);
	if (n) {
		linx_put_name(p, "args");
		linx_put_list(p);
		for (size_t i = 0; i < n; i++) {
			linx_put_item(p);
			linx_put_hex(p, load64(data + INFO_NR + i * 8));
		}
		linx_put_list_end(p);
	}
	if (seccomp && size >= INFO_MAX) {
		memcpy(&ret_data, data + INFO_ARGS, sizeof(ret_data));
		linx_put_name(p, "ret_data");
		linx_put_u64(p, ret_data);
	}
	linx_put_close(p);
}

static void put_info_exit(struct linx_put *p, const uint8_t *data, size_t size)
{
	int64_t ret = (int64_t)load64(data + INFO_HEAD);
	bool complete = size >= INFO_EXIT;

	linx_put_name(p, "exit");
	linx_put_open(p);
	linx_put_name(p, "rval");
	if (complete && data[INFO_NR])
		linx_put_error_number(p, ret, true);
	else
		linx_put_i64(p, ret);
	if (complete) {
		linx_put_name(p, "is_error");
		linx_put_u64(p, data[INFO_NR]);
	}
	linx_put_close(p);
}

/* Writes the members of struct ptrace_syscall_info that fit into size bytes and that this library knows. */
static void put_info(struct linx_put *p, uint64_t addr, uint64_t size)
{
	size_t n = size < INFO_MAX ? size : INFO_MAX;
	struct linx_obj head = { &linx_ty_syscall_info_head, n ? linx_put_mem(p, addr, n) : NULL, n, addr };
	uint8_t begun[INFO_FLAGS_END] = { 0 };
	uint32_t arch;

	if (!head.data) {
		linx_put_addr(p, addr);
		return;
	}
	/* strace shows the member flags even if only its first byte is there */
	if (p->st->strace && n > INFO_FLAGS && n < INFO_FLAGS_END) {
		memcpy(begun, head.data, n);
		head.data = begun;
		head.size = INFO_FLAGS_END;
	}
	linx_put_open(p);
	linx_put_members(p, &head);
	arch = (uint32_t)linx_member_num(p, &head, "arch");
	if (n >= INFO_NR && (head.data[0] == OP_ENTRY || head.data[0] == OP_SECCOMP))
		put_info_entry(p, head.data, n, arch, head.data[0] == OP_SECCOMP);
	else if (n >= INFO_NR && head.data[0] == OP_EXIT)
		put_info_exit(p, head.data, n);
	linx_put_close(p);
}

static void syscall_info_out(struct linx_put *p, unsigned int i)
{
	uint64_t size = address(p, i - 1), ret = (uint64_t)p->ev->ret;

	if (stored(p, i))
		put_info(p, address(p, i), size < ret ? size : ret);
}

static void syscall_info_in(struct linx_put *p, unsigned int i)
{
	put_info(p, address(p, i), address(p, i - 1));
}

/* ---- table of requests ------------------------------------------------------------------------- */

typedef void put_fn(struct linx_put *p, unsigned int i);

/* clang-format off */
static const struct request {
	uint64_t nr;
	put_fn *addr, *data; /* functions that write the two arguments; NULL: the kernel ignores the argument */
} requests[] = {
	{ 1, pointer, word_out }, /* PEEKTEXT */
	{ 2, pointer, word_out }, /* PEEKDATA */
	{ 3, user_offset, word_out }, /* PEEKUSER */
	{ 6, user_offset, pointer }, /* POKEUSER */
	{ 7, pointer, signal }, /* CONT */
	{ 8, NULL, NULL }, /* KILL */
	{ 9, pointer, signal }, /* SINGLESTEP */
	{ 12, NULL, registers_out }, /* GETREGS */
	{ 13, NULL, registers_in }, /* SETREGS */
	{ 14, NULL, fpu_out }, /* GETFPREGS */
	{ 15, NULL, fpu_in }, /* SETFPREGS */
	{ 16, NULL, NULL }, /* ATTACH */
	{ 17, pointer, signal }, /* DETACH */
	{ 21, pointer, options }, /* OLDSETOPTIONS */
	{ 24, pointer, signal }, /* SYSCALL */
	{ 31, pointer, signal }, /* SYSEMU */
	{ 32, pointer, signal }, /* SYSEMU_SINGLESTEP */
	{ 33, pointer, signal }, /* SINGLEBLOCK */
	{ 0x4200, pointer, options }, /* SETOPTIONS */
	{ 0x4201, pointer, number_out }, /* GETEVENTMSG */
	{ 0x4202, pointer, siginfo_out }, /* GETSIGINFO */
	{ 0x4203, pointer, siginfo_in }, /* SETSIGINFO */
	{ 0x4204, note_type, regset_out }, /* GETREGSET */
	{ 0x4205, note_type, regset_in }, /* SETREGSET */
	{ 0x4206, pointer, options }, /* SEIZE */
	{ 0x4207, NULL, NULL }, /* INTERRUPT */
	{ 0x4208, NULL, NULL }, /* LISTEN */
	{ 0x4209, peek_args, siginfos_out }, /* PEEKSIGINFO */
	{ 0x420a, number, sigmask_out }, /* GETSIGMASK */
	{ 0x420b, number, sigmask_in }, /* SETSIGMASK */
	{ 0x420c, number, filter_out }, /* SECCOMP_GET_FILTER */
	{ 0x420d, number, metadata }, /* SECCOMP_GET_METADATA */
	{ 0x420e, number, syscall_info_out }, /* GET_SYSCALL_INFO */
	{ 0x4212, number, syscall_info_in }, /* SET_SYSCALL_INFO */
};
/* clang-format on */

static void put_one(struct linx_put *p, unsigned int i, put_fn *put)
{
	if (!put) {
		linx_put_hidden(p, i);
		return;
	}
	if (linx_put_argname(p, i)) {
		p->late = false;
		put(p, i);
		p->late = false;
	}
	p->plain = false;
}

void linx_call_ptrace(struct linx_put *p)
{
	static const struct request other = { 0, pointer, pointer };
	const struct request *r = &other;
	uint64_t nr = address(p, 0);

	linx_put_arg(p, 0);
	if (!nr) { /* TRACEME */
		for (unsigned int i = 1; i < 4; i++)
			linx_put_hidden(p, i);
		return;
	}
	for (size_t k = 0; k < ARRAY_SIZE(requests); k++)
		if (requests[k].nr == nr)
			r = &requests[k];
	linx_put_arg(p, 1);
	put_one(p, 2, r->addr);
	put_one(p, 3, r->data);
}
