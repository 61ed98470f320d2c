/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Registers of a stopped task, in which the kernel takes a call's number and arguments and leaves its result. */
#ifndef LINX_ENGINE_PTRACE_REGISTERS_H
#define LINX_ENGINE_PTRACE_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Does the register of the first argument hold the result when the call has returned, and 0 in a child? */
#ifdef __x86_64__
#define LINX_RETURNS_IN_REGISTER false
#else
#define LINX_RETURNS_IN_REGISTER true
#endif

/*
 * Reads or writes the register of the first argument of a call of that ABI. false: the task is gone, or the kernel
 * refused.
 */
bool linx_register_read(pid_t tid, uint32_t abi, uint64_t *to);
bool linx_register_write(pid_t tid, uint32_t abi, uint64_t value);
/* Facts about the last call of a task that is ending, from its registers. */
enum linx_register_result {
	LINX_RESULT_THERE, /* the kernel made the call, with this result */
	LINX_RESULT_NONE, /* the call did not return: it never began, or it is the one that ends the task */
	/* the task is gone, or the register can have either the first argument or an equal result */
	LINX_RESULT_UNKNOWN,
};

/*
 * Gets the result of a task's last call. first: the call's first argument. *to is set only if LINX_RESULT_THERE is
 * returned.
 */
enum linx_register_result linx_register_result(pid_t tid, uint32_t abi, uint64_t first, int64_t *to);
/*
 * Makes the kernel skip the call at whose entry the task stopped, and return -error. false: the task is gone, or the
 * kernel refused.
 */
bool linx_registers_refuse(pid_t tid, uint32_t abi, int error);

#endif
