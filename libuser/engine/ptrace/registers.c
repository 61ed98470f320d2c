// SPDX-License-Identifier: LGPL-2.1-or-later
/* Registers of a stopped task: see engine/ptrace/registers.h. */
#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "engine/engine.h"
#include "engine/ptrace/registers.h"

#ifdef __x86_64__

static long place_of(uint32_t abi)
{
	return abi == LINX_ABI_I386 ? (long)offsetof(struct user, regs.rbx) :
				      (long)offsetof(struct user, regs.rdi);
}

bool linx_register_read(pid_t tid, uint32_t abi, uint64_t *to)
{
	long word;

	errno = 0;
	word = ptrace(PTRACE_PEEKUSER, tid, place_of(abi), 0);
	*to = (uint64_t)word;
	return !errno;
}

bool linx_register_write(pid_t tid, uint32_t abi, uint64_t value)
{
	return !ptrace(PTRACE_POKEUSER, tid, place_of(abi), value);
}

enum linx_register_result linx_register_result(pid_t tid, uint32_t abi, uint64_t first, int64_t *to)
{
	long word;

	(void)first;
	errno = 0;
	word = ptrace(PTRACE_PEEKUSER, tid, (long)offsetof(struct user, regs.rax), 0);
	if (errno)
		return LINX_RESULT_UNKNOWN;
	if (abi == LINX_ABI_I386 && (int)word < 0 && (int)word >= -4095)
		word = (int)word;
	if (word == -ENOSYS) /* the kernel sets -ENOSYS before the call begins */
		return LINX_RESULT_NONE;
	*to = word;
	return LINX_RESULT_THERE;
}

bool linx_registers_refuse(pid_t tid, uint32_t abi, int error)
{
	(void)abi; /* the registers of number and result are the same for all ABIs */
	return !ptrace(PTRACE_POKEUSER, tid, (long)offsetof(struct user, regs.orig_rax), -1L) &&
	       !ptrace(PTRACE_POKEUSER, tid, (long)offsetof(struct user, regs.rax), (long)-error);
}

#else

/* Registers of a task, of 32 or 64 bits each; the first register is that of the first argument. */
struct registers {
	uint8_t bytes[512];
	struct iovec v;
};

static bool read_registers(pid_t tid, struct registers *r)
{
	r->v = (struct iovec){ .iov_base = r->bytes, .iov_len = sizeof(r->bytes) };
	return !ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &r->v);
}

bool linx_register_read(pid_t tid, uint32_t abi, uint64_t *to)
{
	struct registers r;

	*to = 0;
	if (!read_registers(tid, &r))
		return false;
	memcpy(to, r.bytes, abi == LINX_ABI_ARM ? 4 : 8);
	return true;
}

bool linx_register_write(pid_t tid, uint32_t abi, uint64_t value)
{
	struct registers r;

	if (!read_registers(tid, &r))
		return false;
	memcpy(r.bytes, &value, abi == LINX_ABI_ARM ? 4 : 8);
	return !ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &r.v);
}

enum linx_register_result linx_register_result(pid_t tid, uint32_t abi, uint64_t first, int64_t *to)
{
	uint64_t word;

	if (!linx_register_read(tid, abi, &word) || word == first)
		return LINX_RESULT_UNKNOWN;
	*to = abi == LINX_ABI_ARM ? (int32_t)word : (int64_t)word;
	return LINX_RESULT_THERE;
}

bool linx_registers_refuse(pid_t tid, uint32_t abi, int error)
{
	int none = -1;
	struct iovec v = { .iov_base = &none, .iov_len = sizeof(none) };

	return !ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &v) &&
	       linx_register_write(tid, abi, (uint64_t)(int64_t)-error);
}

#endif
