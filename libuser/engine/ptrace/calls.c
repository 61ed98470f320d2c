// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds out at which call a tracee stopped, from the kernel's description of the stop (PTRACE_GET_SYSCALL_INFO). */
#include <errno.h>
#include <linux/audit.h>
#include <sched.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#include "engine/ptrace/escaped.h"
#include "engine/ptrace/filter.h"
#include "engine/ptrace/opened.h"
#include "engine/ptrace/overruled.h"
#include "engine/ptrace/registers.h"
#include "engine/ptrace/tracer.h"
#include "engine/ptrace/untraced.h"

#define X32_BIT 0x40000000ull

static uint32_t abi_of(uint32_t arch, uint64_t nr)
{
	switch (arch) {
	case AUDIT_ARCH_I386:
		return LINX_ABI_I386;
	case AUDIT_ARCH_AARCH64:
		return LINX_ABI_ARM64;
	case AUDIT_ARCH_ARM:
		return LINX_ABI_ARM;
	default:
		return nr & X32_BIT && (int32_t)nr >= 0 ? LINX_ABI_X32 : LINX_ABI_X86_64;
	}
}

static void set_call(struct linx_engine_ptrace *p, struct linx_tracee *t, const struct __ptrace_syscall_info *info,
		     uint64_t nr, const __u64 *args)
{
	struct linx_walker_call *c = &t->call;

	*c = (struct linx_walker_call){ .tid = (uint32_t)t->tid, .pid = (uint32_t)t->tgid };
	c->abi = abi_of(info->arch, nr);
	c->nr = (int32_t)(c->abi == LINX_ABI_X32 ? nr & ~X32_BIT : nr);
	c->ip = info->instruction_pointer;
	c->sp = info->stack_pointer;
	for (unsigned int i = 0; i < LINX_NARGS; i++)
		c->args[i] = args[i];
	linx_walker_cut_args(&p->walk, c->abi, (uint32_t)c->nr, c->args);
	c->row = linx_rows_variant(p->rows, linx_rows_get(p->rows, c->abi % LINX_ABI_NR, (uint32_t)c->nr), c->args);
}

/*
 * Sets t->call, from its registers, to the call that a task was in when it was attached. false: not possible on this
 * machine.
 */
static bool set_call_from_registers(struct linx_engine_ptrace *p, struct linx_tracee *t,
				    const struct __ptrace_syscall_info *info)
{
#ifdef __x86_64__
	struct user_regs_struct r;
	__u64 args[LINX_NARGS];

	if (ptrace(PTRACE_GETREGS, t->tid, 0, &r) || (int64_t)r.orig_rax < 0)
		return false;
	if (info->arch == AUDIT_ARCH_I386)
		memcpy(args, (const __u64[]){ r.rbx, r.rcx, r.rdx, r.rsi, r.rdi, r.rbp }, sizeof(args));
	else
		memcpy(args, (const __u64[]){ r.rdi, r.rsi, r.rdx, r.r10, r.r8, r.r9 }, sizeof(args));
	set_call(p, t, info, r.orig_rax, args);
	return true;
#else
	(void)p;
	(void)t;
	(void)info;
	return false;
#endif
}

bool linx_tracer_find_call(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	struct __ptrace_syscall_info info;

	return ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, sizeof(info), &info) > 0 && set_call_from_registers(p, t, &info);
}

/*
 * True if a seccomp filter that the program installed itself stops the call for a tracer. Without a tracer the kernel
 * lets such a call fail with ENOSYS and reports no entry: this engine does the same.
 */
static bool is_refused(const struct linx_engine_ptrace *p, const struct __ptrace_syscall_info *info)
{
	return info->op == PTRACE_SYSCALL_INFO_SECCOMP && info->seccomp.ret_data != p->stop_data;
}

/*
 * Makes sure that the children that the call makes are traced, or refuses the call. A call that is refused with ENOSYS
 * is always clone3(2), and libraries then call clone(2), as they do on kernels before 5.3.
 */
static void keep_children(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	enum linx_untraced_taken taken = linx_untraced_take(p, t);

	if (taken == LINX_UNTRACED_TAKEN)
		t->call.changed = CLONE_UNTRACED;
	if (taken == LINX_UNTRACED_STUCK || taken == LINX_UNTRACED_FAULT)
		linx_registers_refuse(t->tid, t->call.abi, taken == LINX_UNTRACED_FAULT ? EFAULT : ENOSYS);
	if (t->call.row->in & 1 && (taken == LINX_UNTRACED_TAKEN || taken == LINX_UNTRACED_WATCHED))
		linx_escaped_watch(t);
	t->returns |= taken != LINX_UNTRACED_NOTHING;
}

static void enter_call(struct linx_engine_ptrace *p, struct linx_tracee *t, const struct __ptrace_syscall_info *info)
{
	/*
	 * At both kinds of stops (entry of a call, seccomp filter) info has the number and the arguments at the same
	 * offsets.
	 */
	set_call(p, t, info, info->entry.nr, (const __u64 *)info->entry.args);
	t->in_call = true;
	t->entered = t->filtered && info->op == PTRACE_SYSCALL_INFO_ENTRY;
	t->returns = t->entered || linx_emit_wants_exit(p, t);
	t->entry_ns = p->cpu_time ? linx_proc_ran(t->tid) : p->entry_time ? p->now_ns : 0;
	if (is_refused(p, info)) {
		linx_registers_refuse(t->tid, t->call.abi, ENOSYS);
		return;
	}
	if (t->returns && (p->fds || p->resolved))
		linx_opened_note(p, t);
	linx_emit_enter(p, t);
	linx_overruled_note(p, t);
	keep_children(p, t);
}

/* Handles the stop of a seccomp filter at a call whose entry was handled before the filter ran. */
static void enter_again(const struct linx_engine_ptrace *p, struct linx_tracee *t, const struct __ptrace_syscall_info *info)
{
	t->entered = false;
	if (is_refused(p, info))
		linx_registers_refuse(t->tid, t->call.abi, ENOSYS);
}

bool linx_tracer_call(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, sizeof(info), &info) <= 0)
		return errno != ESRCH;
	if (info.op == PTRACE_SYSCALL_INFO_SECCOMP && t->entered) {
		enter_again(p, t, &info);
		return true;
	}
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY || info.op == PTRACE_SYSCALL_INFO_SECCOMP) {
		enter_call(p, t, &info);
		return true;
	}
	if (info.op != PTRACE_SYSCALL_INFO_EXIT)
		return false;
	linx_untraced_restore(p, t);
	if (t->watched_ns && info.exit.rval > 0)
		linx_escaped_look(p, t, false);
	t->watched_ns = 0;
	if (!t->in_call) {
		t->entry_ns = 0;
		if (!set_call_from_registers(p, t, &info))
			return true;
	}
	t->in_call = t->entered = t->returns = false;
	t->call.ret = info.exit.rval;
	t->call.ip = info.instruction_pointer;
	linx_emit_exit(p, t);
	return true;
}

/* True if the result means that a signal interrupted the call, which is to be made again: ERESTARTSYS and the like. */
static bool is_interrupted(int64_t ret)
{
	return ret <= -512 && ret >= -516;
}

void linx_tracer_end_call(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	struct linx_walker_call *c = &t->call;
	enum linx_register_result result;

	if (!t->in_call || !t->returns || t->leave || p->stopped)
		return;
	t->in_call = false;
	result = linx_register_result(t->tid, c->abi, c->args[0], &c->ret);
	if (t->watched_ns && (result == LINX_RESULT_UNKNOWN || (result == LINX_RESULT_THERE && c->ret > 0)))
		linx_escaped_look(p, t, true);
	if (result == LINX_RESULT_THERE && !(is_interrupted(c->ret) && linx_emit_has_entry(p, t)))
		linx_emit_exit(p, t);
	else if (result == LINX_RESULT_UNKNOWN)
		linx_emit_unfinished(p, t);
}
