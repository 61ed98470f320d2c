// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes the exit status of a child, and the calls that wait for a child. */
#include "decoders/decoders.h"
#include "table/flagsets.h"

#define CONTINUED 0xffffu
#define CORE_BIT 0x80u
#define P_PIDFD_TYPE 3u
#define WNOHANG_OPTION 1u

static void put_signal(struct linx_put *p, const char *what, unsigned int sig)
{
	const char *name = linx_signal_name(sig);

	linx_put_text(p, what);
	if (name)
		linx_put_text(p, name);
	else
		linx_put_u64(p, sig);
}

/* Writes a status as the macros of wait(2). Returns the bits that the macros do not explain. */
static uint32_t put_macros(struct linx_put *p, uint32_t status)
{
	unsigned int low = status & 0x7f, high = status >> 8 & 0xff;

	if ((status & 0xff) == 0x7f) {
		put_signal(p, "{WIFSTOPPED(s) && WSTOPSIG(s) == ", high & 0x7f);
		linx_put_text(p, high & 0x80 ? " | 0x80}" : "}");
		return status & ~0xffffu;
	}
	if (!low) {
		linx_put_text(p, "{WIFEXITED(s) && WEXITSTATUS(s) == ");
		linx_put_u64(p, high);
		linx_put_text(p, "}");
		return status & ~0xff00u;
	}
	if (low != 0x7f) {
		put_signal(p, "{WIFSIGNALED(s) && WTERMSIG(s) == ", low);
		linx_put_text(p, status & CORE_BIT ? " && WCOREDUMP(s)}" : "}");
		return status & ~(CORE_BIT | low);
	}
	if (status == CONTINUED)
		linx_put_text(p, "{WIFCONTINUED(s)}");
	else
		linx_put_hex(p, status);
	return 0;
}

void linx_put_wstatus(struct linx_put *p, uint32_t status)
{
	uint32_t rest;

	if (linx_put_wants(p, LINX_WANT_DECIMAL)) {
		linx_put_i64(p, (int32_t)status);
		return;
	}
	linx_put_packed(p, (int32_t)status);
	rest = put_macros(p, status);
	/* the upper bits are a ptrace event, for a stop that ptrace reports */
	if (rest >> 16) {
		linx_put_text(p, "|");
		linx_put_flags(p, &linx_set_ptrace_event, rest >> 16, 4);
		linx_put_text(p, "<<16");
	}
	if (rest & 0xffff) {
		linx_put_text(p, "|");
		linx_put_hex(p, rest & 0xffff);
	}
	linx_put_packed_end(p);
}

/* Writes the arguments of wait4(2). If no child was found, neither a status nor a usage was stored. */
void linx_call_wait4(struct linx_put *p)
{
	bool found = linx_put_ok(p) && p->ev->ret > 0;

	for (unsigned int i = 0; i < 3; i++)
		linx_put_arg(p, i);
	if (found)
		linx_put_arg(p, 3);
	else
		linx_put_arg_as(p, 3, &linx_ty_addr);
}

/*
 * True if waitid(2) found a child. With WNOHANG the call also succeeds if there is no child to report, and then stores
 * the signal 0. If that signal was not captured, a call with WNOHANG counts as a call without a child.
 */
static bool waitid_found(struct linx_put *p)
{
	int64_t signo;
	bool has_signo;

	p->late = true;
	has_signo = linx_put_mem_int(p, (uint64_t)linx_reg_as(p, 2, &linx_ty_addr), 4, true, &signo);
	p->late = false;
	return linx_put_ok(p) && (has_signo ? signo != 0 : !(linx_reg(p, 3) & WNOHANG_OPTION));
}

/* Writes the arguments of waitid(2). The second argument is a process, a process group, or a descriptor. */
void linx_call_waitid(struct linx_put *p)
{
	uint32_t type = (uint32_t)linx_reg(p, 0);

	linx_put_arg(p, 0);
	linx_put_arg_as(p, 1, type == P_PIDFD_TYPE ? &linx_ty_fd : &linx_ty_pid);
	for (unsigned int i = 2; i < 4; i++)
		linx_put_arg(p, i);
	/* strace shows the resource usage (argument 4) even if the kernel stored nothing */
	if (p->st->strace ? linx_put_ok(p) : waitid_found(p))
		linx_put_arg(p, 4);
	else
		linx_put_arg_as(p, 4, &linx_ty_addr);
}
