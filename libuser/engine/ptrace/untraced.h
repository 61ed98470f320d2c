/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keeps CLONE_UNTRACED from the kernel. A child made with it inherits the command's seccomp filter and
 * has no tracer, so that its calls would fail with ENOSYS; without a filter it would only be missed.
 * The flag is taken from the call at its entry. Registers and memory are as the program left them before
 * parent or child goes on, and the event carries the flag (LINX_FIELD_CHANGED).
 */
#ifndef LINX_ENGINE_PTRACE_UNTRACED_H
#define LINX_ENGINE_PTRACE_UNTRACED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct linx_engine_ptrace;
struct linx_tracee;
struct linx_walker_row;

/* Changes that were made to a task for the time of its call. Zeroed: none. */
struct linx_untraced {
	bool reg; /* the register of the first argument is changed */
	uint64_t was; /* content of that register before */
	uint32_t abi; /* ABI of the call, which says what register it is */
	uint64_t at; /* address of the memory that is changed */
	uint8_t *old; /* content of that memory before; owned; NULL: none is changed */
	uint32_t len; /* bytes of it */
	bool shared; /* the child shares the parent's memory, which is restored once */
};

/* Can calls of this row make a child that nobody traces? In memory the flags are where row->in has argument 0. */
bool linx_untraced_concerns(const struct linx_walker_row *row);
/* At the entry of t->call: take the flag from it. true: done, and its return must be seen. */
bool linx_untraced_take(struct linx_engine_ptrace *p, struct linx_tracee *t);
/* At its fork event: the child has copies of what was changed, which its first stop restores. */
void linx_untraced_inherit(const struct linx_tracee *parent, struct linx_tracee *child);
/* Restore what was changed of a task that is stopped behind the making of a child, or as that child. */
void linx_untraced_restore(struct linx_tracee *t);
/* Forget what was changed of a task that has gone. */
void linx_untraced_free(struct linx_untraced *u);

#endif
