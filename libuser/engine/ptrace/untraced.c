// SPDX-License-Identifier: LGPL-2.1-or-later
/* Hiding CLONE_UNTRACED from the kernel: see engine/ptrace/untraced.h. Each function runs while its task is stopped. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>

#include "engine/ptrace/registers.h"
#include "engine/ptrace/tracer.h"
#include "engine/ptrace/untraced.h"

/*
 * Memory below the stack pointer that a function without a frame may use: 128 bytes by the psABI of x86-64, 0
 * by that of arm64.
 */
#define RED_ZONE 128u
/* Shortest structure of clone3(2) that the kernel accepts: CLONE_ARGS_SIZE_VER0. The longest has a page. */
#define CLONE_ARGS_MIN 64u

/* ---- memory ------------------------------------------------------------------------------ */

static bool write_memory(struct linx_engine_ptrace *p, const struct linx_tracee *t, uint64_t at, const void *from,
			 uint32_t len)
{
	return linx_aside_write(&p->aside, t->tid, t->tgid, from, at, len) == (ssize_t)len;
}

static bool keep_room(struct linx_untraced *u, uint64_t at, uint32_t len)
{
	u->old = malloc(len);
	u->at = at;
	u->len = len;
	return u->old;
}

static void drop_memory(struct linx_untraced *u)
{
	free(u->old);
	u->old = NULL;
}

/* Saves the bytes that a copy of len bytes will overwrite, and writes the copy. */
static bool write_copy(struct linx_engine_ptrace *p, struct linx_tracee *t, uint64_t at, const void *from, uint32_t len)
{
	struct linx_untraced *u = &t->untraced;

	if (!keep_room(u, at, len))
		return false;
	if (linx_tracee_read(p, t->tid, u->old, at, len) == len && write_memory(p, t, at, from, len))
		return true;
	drop_memory(u);
	return false;
}

/* Writes the flags in place by ptrace(2), which can write to private memory that the program itself may only read. */
static bool write_flags(struct linx_tracee *t, uint64_t at, uint64_t flags)
{
	struct linx_untraced *u = &t->untraced;

	if (!keep_room(u, at, sizeof(flags)))
		return false;
	memcpy(u->old, &flags, sizeof(flags));
	if (!ptrace(PTRACE_POKEDATA, t->tid, at, flags & ~(uint64_t)CLONE_UNTRACED))
		return true;
	drop_memory(u);
	return false;
}

static void restore_memory(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	const struct linx_untraced *u = &t->untraced;
	uint64_t word;

	if (!u->old || write_memory(p, t, u->at, u->old, u->len) || u->len != sizeof(word))
		return;
	memcpy(&word, u->old, sizeof(word));
	ptrace(PTRACE_POKEDATA, t->tid, u->at, word);
}

/* ---- calls ------------------------------------------------------------------------------- */

/* Saves the register of the first argument. */
static bool save_register(struct linx_tracee *t)
{
	struct linx_untraced *u = &t->untraced;

	u->abi = t->call.abi;
	return linx_register_read(t->tid, u->abi, &u->was);
}

static bool set_register(struct linx_tracee *t, uint64_t value)
{
	struct linx_untraced *u = &t->untraced;

	u->reg = linx_register_write(t->tid, u->abi, value);
	return u->reg;
}

static bool take_from_register(struct linx_tracee *t)
{
	return save_register(t) && set_register(t, t->untraced.was & ~(uint64_t)CLONE_UNTRACED);
}

/*
 * True if CLONE_UNTRACED must be removed from the flags. With CLONE_PTRACE the kernel makes a tracee of every child;
 * then CLONE_UNTRACED would only suppress the event that reports the child.
 */
static bool must_go(const struct linx_engine_ptrace *p, uint64_t flags)
{
	return flags & CLONE_UNTRACED && (linx_tracer_follows(p, flags & CLONE_THREAD) || flags & CLONE_PTRACE);
}

/*
 * Removes CLONE_UNTRACED from the memory of clone3(2). The program may share this memory with others, or may not be
 * able to write it, so the kernel gets a changed copy below the stack. If the call cannot name that place, or there is
 * no memory, the flags are changed in place.
 *
 * If the tracer has no privileges, it may have no right to read the memory: the program has made itself undumpable, or
 * nobody may read its file. Or the memory waits for a file system in user space. In both cases the call could make an
 * untraced child, and is refused. Other memory that the tracer cannot read is usually not there, and the call would
 * fail anyway. But the kernel can read memory of memfd_secret(2), or another thread can map the memory meanwhile. Such
 * a call is therefore made to fail.
 */
static enum linx_untraced_taken take_from(struct linx_engine_ptrace *p, struct linx_tracee *t, uint8_t *args, uint32_t len)
{
	uint64_t from = t->call.args[0], flags, copy;

	errno = 0;
	if (linx_tracee_read(p, t->tid, args, from, len) != len)
		return errno == EPERM || errno == ETIMEDOUT ? LINX_UNTRACED_STUCK : LINX_UNTRACED_FAULT;
	memcpy(&flags, args, sizeof(flags));
	if (!must_go(p, flags))
		return LINX_UNTRACED_WATCHED;
	t->untraced.shared = flags & CLONE_VM;
	copy = (t->call.sp - RED_ZONE - len) & ~(uint64_t)15;
	flags &= ~(uint64_t)CLONE_UNTRACED;
	memcpy(args, &flags, sizeof(flags));
	if ((t->call.abi % LINX_ABI_NR == LINX_ABI_X86_64 || copy <= UINT32_MAX) && t->call.sp > RED_ZONE + len &&
	    write_copy(p, t, copy, args, len)) {
		if (save_register(t) && set_register(t, copy))
			return LINX_UNTRACED_TAKEN;
		restore_memory(p, t);
		drop_memory(&t->untraced);
	}
	return write_flags(t, from, flags | CLONE_UNTRACED) ? LINX_UNTRACED_TAKEN : LINX_UNTRACED_STUCK;
}

static enum linx_untraced_taken take_from_memory(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	uint64_t size = t->call.args[1];
	enum linx_untraced_taken taken;
	uint8_t *args;

	if (size < CLONE_ARGS_MIN || size > p->walk.page_size || !linx_tracer_follows(p, true))
		return LINX_UNTRACED_NOTHING;
	args = malloc((size_t)size);
	taken = args ? take_from(p, t, args, (uint32_t)size) : LINX_UNTRACED_STUCK;
	free(args);
	return taken;
}

bool linx_untraced_concerns(const struct linx_walker_row *row)
{
	return row->flags & LINX_ROW_FORK && row->nargs;
}

enum linx_untraced_taken linx_untraced_take(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	const struct linx_walker_row *row = t->call.row;

	linx_untraced_free(&t->untraced);
	if (!linx_untraced_concerns(row))
		return LINX_UNTRACED_NOTHING;
	if (row->in & 1)
		return take_from_memory(p, t);
	return must_go(p, t->call.args[0]) && take_from_register(t) ? LINX_UNTRACED_TAKEN : LINX_UNTRACED_NOTHING;
}

void linx_untraced_inherit(const struct linx_tracee *parent, struct linx_tracee *child)
{
	struct linx_untraced *u = &child->untraced;

	linx_untraced_free(u);
	*u = parent->untraced;
	u->old = NULL;
	if (parent->untraced.old && !u->shared && keep_room(u, u->at, u->len))
		memcpy(u->old, parent->untraced.old, u->len);
}

void linx_untraced_restore(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	struct linx_untraced *u = &t->untraced;

	restore_memory(p, t);
	if (u->reg && !LINX_RETURNS_IN_REGISTER)
		linx_register_write(t->tid, u->abi, u->was);
	linx_untraced_free(u);
}

void linx_untraced_free(struct linx_untraced *u)
{
	free(u->old);
	*u = (struct linx_untraced){ .reg = false };
}
