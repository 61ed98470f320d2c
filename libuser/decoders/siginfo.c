// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes struct siginfo: the members in use depend on the signal and on its code. */
#include "base/array_size.h"
#include "decoders/decoders.h"
#include "table/flagsets.h"

/* clang-format off */
/* Signals that have members of their own; numbers of asm/signal.h of x86 and arm. */
enum {
	SIGILL = 4, SIGTRAP = 5, SIGBUS = 7, SIGFPE = 8, SIGSEGV = 11, SIGCHLD = 17, SIGIO = 29,
	SIGSYS = 31,
};

/* Codes (si_code) of asm-generic/siginfo.h. */
enum {
	SI_TKILL = -6, SI_SIGIO = -5, SI_TIMER = -2, SI_USER = 0,
	CLD_EXITED = 1,
	BUS_MCEERR_AR = 4, BUS_MCEERR_AO = 5,
	SEGV_BNDERR = 3, SEGV_PKUERR = 4,
	TRAP_PERF = 6,
	POLL_IN = 1, POLL_OUT = 2, POLL_MSG = 3, POLL_ERR = 4, POLL_PRI = 5, POLL_HUP = 6,
};
/* clang-format on */

#define SI_NOINFO_CODE 0x7fff
#define X32_BIT 0x40000000

/* Stands for every code above 0 that has no line of its own for this signal. */
#define ANY_CODE INT32_MIN

/* clang-format off */
/*
 * The members behind the head of the structure: the first matching line applies. A code of 0 or less can come
 * with any signal.
 */
static const struct {
	int signo; /* 0: any signal */
	int code;
	const struct linx_ty *ty;
} layouts[] = {
	{ 0, SI_USER, &linx_ty_si_user },
	{ 0, SI_TKILL, &linx_ty_si_user },
	{ 0, SI_TIMER, &linx_ty_si_timer },
	{ 0, SI_SIGIO, &linx_ty_si_io },
	{ SIGCHLD, CLD_EXITED, &linx_ty_si_exited },
	{ SIGCHLD, ANY_CODE, &linx_ty_si_child },
	{ SIGILL, ANY_CODE, &linx_ty_si_fault },
	{ SIGFPE, ANY_CODE, &linx_ty_si_fault },
	{ SIGBUS, BUS_MCEERR_AR, &linx_ty_si_hwpoison },
	{ SIGBUS, BUS_MCEERR_AO, &linx_ty_si_hwpoison },
	{ SIGBUS, ANY_CODE, &linx_ty_si_fault },
	{ SIGSEGV, SEGV_BNDERR, &linx_ty_si_bound },
	{ SIGSEGV, SEGV_PKUERR, &linx_ty_si_pkey },
	{ SIGSEGV, ANY_CODE, &linx_ty_si_fault },
	{ SIGTRAP, TRAP_PERF, &linx_ty_si_perf },
	{ SIGTRAP, ANY_CODE, &linx_ty_si_fault },
	{ SIGIO, POLL_IN, &linx_ty_si_io },
	{ SIGIO, POLL_OUT, &linx_ty_si_io },
	{ SIGIO, POLL_MSG, &linx_ty_si_io },
	{ SIGIO, POLL_ERR, &linx_ty_si_io },
	{ SIGIO, POLL_PRI, &linx_ty_si_io },
	{ SIGIO, POLL_HUP, &linx_ty_si_io },
	{ SIGIO, ANY_CODE, NULL },
	{ SIGSYS, ANY_CODE, &linx_ty_si_seccomp },
};

/* Names of the codes above 0, for each signal. */
static const struct {
	int signo;
	const struct linx_flagset *set;
} codes[] = {
	{ SIGILL, &linx_set_sigill_code },
	{ SIGTRAP, &linx_set_sigtrap_code },
	{ SIGBUS, &linx_set_sigbus_code },
	{ SIGFPE, &linx_set_sigfpe_code },
	{ SIGSEGV, &linx_set_sigsegv_code },
	{ SIGCHLD, &linx_set_sigchld_code },
	{ SIGIO, &linx_set_sigpoll_code },
	{ SIGSYS, &linx_set_sigsys_code },
};
/* clang-format on */

static const struct linx_flagset *code_names(int signo, int code)
{
	if (linx_const_find(&linx_set_si_code, (uint32_t)code, UINT32_MAX))
		return &linx_set_si_code;
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].signo == signo)
			return codes[i].set;
	return &linx_set_si_code;
}

static void put_code(struct linx_put *p, int signo, int code)
{
	const struct linx_flagset *set = code_names(signo, code);
	const struct linx_flag *flag = linx_const_find(set, (uint32_t)code, UINT32_MAX);
	bool data = linx_put_wants(p, LINX_WANT_DATA);

	linx_put_name(p, "si_code");
	if (flag)
		linx_put_symbol(p, data ? code : (int64_t)(uint32_t)code, data ? 'd' : 'x', flag->name);
	else if (data)
		linx_put_i64(p, code);
	else
		linx_put_hex(p, (uint32_t)code);
}

void linx_put_error_number(struct linx_put *p, int64_t n, bool negated)
{
	/* correct also for the smallest number, whose negation overflows */
	int64_t err = negated ? (int64_t)(0 - (uint64_t)n) : n;
	const char *name = err > 0 && err <= UINT16_MAX ? linx_errno_name((unsigned int)err) : NULL;
	bool comment = p->st->xlat == LINX_XLAT_VERBOSE;

	if (name && linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_symbol(p, n, 'd', name);
		return;
	}
	if (!name || p->st->xlat != LINX_XLAT_ABBREV)
		negated ? linx_put_i64(p, n) : linx_put_u64(p, (uint32_t)n);
	if (!name || linx_put_wants(p, LINX_WANT_DATA) || p->st->xlat == LINX_XLAT_RAW)
		return;
	linx_put_text(p, comment ? " /* " : "");
	linx_put_text(p, negated ? "-" : "");
	linx_put_text(p, name);
	linx_put_text(p, comment ? " */" : "");
}

/*
 * Writes the members for an unknown code: pid and uid if a program sent the signal or if they are not zero, and
 * the value if it is not zero.
 */
static void put_unknown(struct linx_put *p, struct linx_obj *o, bool from_user)
{
	bool value;

	o->ty = &linx_ty_si_queue;
	value = linx_member_num(p, o, "sival");
	if (from_user || linx_member_num(p, o, "si_pid") || linx_member_num(p, o, "si_uid")) {
		linx_put_member(p, o, "si_pid");
		linx_put_member(p, o, "si_uid");
	}
	if (value)
		linx_put_member(p, o, "sival");
}

/*
 * True for a stop of ptrace, whose code has the event in its upper byte. The process is shown then, and not the
 * address, which such a signal lacks.
 */
static bool is_stop(int signo, int code)
{
	return signo == SIGTRAP && code > 0xff && code <= 0xffff && (code & 0x7f) == SIGTRAP;
}

static void put_rest(struct linx_put *p, struct linx_obj *o, int signo, int code)
{
	if (is_stop(signo, code)) {
		o->ty = &linx_ty_si_user;
		linx_put_members(p, o);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		bool coded = layouts[i].code == code || (layouts[i].code == ANY_CODE && code > 0);

		if (!coded || (layouts[i].signo && layouts[i].signo != signo))
			continue;
		o->ty = layouts[i].ty;
		/* strace shows only the address of a performance event */
		if (o->ty == &linx_ty_si_perf && p->st->strace)
			o->ty = &linx_ty_si_fault;
		if (o->ty)
			linx_put_members(p, o);
		return;
	}
	put_unknown(p, o, code <= 0);
}

void linx_put_siginfo_obj(struct linx_put *p, const struct linx_obj *o)
{
	struct linx_obj head = { &linx_ty_siginfo_head, o->data, o->size, o->addr };
	size_t at = linx_type_size(head.ty, p->abi);
	int signo = (int)linx_member_num(p, &head, "si_signo");
	int err = (int)linx_member_num(p, &head, "si_errno");
	int code = (int)linx_member_num(p, &head, "si_code");

	linx_put_open(p);
	if (signo && o->size >= at) {
		struct linx_obj rest = { NULL, o->data + at, o->size - at, o->addr + at };

		linx_put_member(p, &head, "si_signo");
		put_code(p, signo, code);
		if (err && code != SI_NOINFO_CODE) {
			linx_put_name(p, "si_errno");
			linx_put_error_number(p, err, false);
		}
		if (code != SI_NOINFO_CODE)
			put_rest(p, &rest, signo, code);
	}
	linx_put_close(p);
}

void linx_put_siginfo(struct linx_put *p, const void *data, size_t size)
{
	struct linx_obj o = { &linx_ty_siginfo, data, size, 0 };

	linx_put_siginfo_obj(p, &o);
}

/* Writes a system call by its number; arch says which architecture numbered it. */
void linx_put_syscall_nr(struct linx_put *p, uint64_t nr, uint32_t arch)
{
	static const struct {
		uint32_t arch;
		unsigned int abi;
	} arches[] = { { 0xc000003e, LINX_ABI_X86_64 }, { 0x40000003, LINX_ABI_I386 } };
	const struct linx_table_call *call = NULL;
	bool own = false, verbose = p->st->xlat == LINX_XLAT_VERBOSE;

	for (size_t i = 0; i < ARRAY_SIZE(arches) && p->ev->table; i++) {
		unsigned int abi = arches[i].abi;
		int32_t known = (int32_t)nr;

		if (arches[i].arch != arch || nr > INT32_MAX)
			continue;
		if (abi == LINX_ABI_X86_64 && nr & X32_BIT) {
			abi = LINX_ABI_X32;
			known &= ~X32_BIT;
		}
		call = linx_table_lookup(p->ev->table, abi, known);
		own = abi == p->abi;
	}
	if (linx_put_wants(p, LINX_WANT_DATA)) {
		if (call)
			linx_put_symbol(p, (int64_t)nr, 'u', call->name);
		else
			linx_put_u64(p, nr);
		return;
	}
	if (p->st->xlat != LINX_XLAT_ABBREV || !own || !call)
		linx_put_u64(p, nr);
	if (p->st->xlat == LINX_XLAT_RAW || !call)
		return;
	linx_put_text(p, !own || verbose ? " /* " : "");
	linx_put_text(p, own ? "__NR_" : "");
	linx_put_text(p, call->name);
	linx_put_text(p, !own || verbose ? " */" : "");
}

void linx_member_si_syscall(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "si_syscall");
	linx_put_syscall_nr(p, (uint32_t)linx_type_load(&linx_ty_int, p->abi, o->data + at),
			    (uint32_t)linx_member_num(p, o, "si_arch"));
}
