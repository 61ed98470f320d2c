/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hides CLONE_UNTRACED from the kernel. A child made with it inherits the command's seccomp filter but has no
 * tracer, so its calls would fail with ENOSYS; without a filter it would only be missed.
 *
 * The flag is removed at the call's entry. Registers and memory are restored before parent or child go on, and
 * the event carries the flag (LINX_FIELD_CHANGED).
 */
#ifndef LINX_ENGINE_PTRACE_UNTRACED_H
#define LINX_ENGINE_PTRACE_UNTRACED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct linx_engine_ptrace;
struct linx_tracee;
struct linx_walker_row;

/* Temporary changes of a task's registers and memory during its call. Zeroed: none. */
struct linx_untraced {
	bool reg; /* the register of the first argument is changed */
	uint64_t was; /* former content of that register */
	uint32_t abi; /* ABI of the call, which determines the register */
	uint64_t at; /* address of the memory that is changed */
	uint8_t *old; /* former content of that memory; owned; NULL: no memory is changed */
	uint32_t len; /* bytes at old */
	bool shared; /* the child shares the parent's memory, which is therefore restored only once */
};

/*
 * True if calls of this row can make an untraced child. If bit 0 of row->in is set, their flags are in the memory that
 * argument 0 points to, else in argument 0 itself.
 */
bool linx_untraced_concerns(const struct linx_walker_row *row);

enum linx_untraced_taken {
	LINX_UNTRACED_NOTHING, /* the call goes on as it is */
	LINX_UNTRACED_WATCHED, /* the call goes on as it is, but another thread may yet change its flags: the return must be seen */
	LINX_UNTRACED_TAKEN, /* CLONE_UNTRACED was removed, and the return must be seen */
	LINX_UNTRACED_STUCK, /* CLONE_UNTRACED, or what may be it, cannot be removed: the call must be refused */
	LINX_UNTRACED_FAULT, /* the flags cannot be read: the call must fail as if the kernel could not read them either */
};

/* Removes CLONE_UNTRACED at the entry of t->call. */
enum linx_untraced_taken linx_untraced_take(struct linx_engine_ptrace *p, struct linx_tracee *t);
/*
 * Stores for a new child, at the event of its creation, the changes of the parent's registers and memory. The child has
 * copies of them. They are restored at the child's first stop.
 */
void linx_untraced_inherit(const struct linx_tracee *parent, struct linx_tracee *child);
/* Restores what was changed of a task that is stopped after it made a child, or that is this child. */
void linx_untraced_restore(struct linx_engine_ptrace *p, struct linx_tracee *t);
/* Forgets the changes of a task that has gone. */
void linx_untraced_free(struct linx_untraced *u);

#endif
