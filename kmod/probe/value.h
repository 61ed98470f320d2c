/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the memory that a fetch list refers to, and writes values of END steps into a record. Implemented in
 * probe/value.c.
 */
#ifndef LINX_KMOD_PROBE_VALUE_H
#define LINX_KMOD_PROBE_VALUE_H

#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include "capture/user_mem.h"
#include "core/probe_work.h"
#include "core/ring.h"

/* Places where a fetch list finds the arguments of a hit. */
struct linx_fetch_io {
	const u64 *args;
	const struct pt_regs *regs; /* all registers; NULL: not known */
	u64 ret; /* return value of a function */
	const void *record; /* record of a tracepoint */
	bool in_task; /* the hit is not in an interrupt: user memory is that of the current task */
};

/*
 * May a copy from kernel memory begin at the address? Not in fixed mappings, which are devices and the vsyscall page:
 * from Linux 5.12 to 6.8 a copy from that page oopses. Not below PAGE_OFFSET: Linux 5.10 logs a warning for a
 * non-canonical address if the processor supports longer addresses than the kernel uses, and all such addresses are
 * below.
 */
static inline bool linx_kernel_address(u64 from)
{
	unsigned long address = (unsigned long)kasan_reset_tag((const void *)(unsigned long)from);

#ifdef CONFIG_X86
	if (address >= FIXADDR_START)
		return false;
#endif
	return address >= PAGE_OFFSET;
}

/* Work of a copy: a fixed part, and one for each two bytes. Unit: see core/probe_work.h; t/probe_bound measures it. */
#define LINX_WORK_OF_PEEK 60

/*
 * Copies n bytes of kernel memory or, if "user" is set, of the current task's user memory. Counts its work. Returns
 * false if not all of them can be read. Never faults or sleeps. Any context.
 */
static inline bool linx_peek(const struct linx_fetch_io *io, void *to, u64 from, u32 n, bool user)
{
	bool done;

	linx_probe_spend(LINX_WORK_OF_PEEK + n / 2);
	if (user)
		done = io->in_task && linx_user_peek(to, from, n);
	else
		done = linx_kernel_address(from) && !copy_from_kernel_nofault(to, (const void *)(unsigned long)from, n);
	if (unlikely(!done))
		linx_probe_spend(LINX_WORK_OF_FAULT);
	return done;
}

static inline int linx_fetch_read(struct linx_fetch_io *io, u64 *to, u32 size, u64 from, bool user)
{
	*to = 0; /* only the lower "size" bytes are written next: little endian */
	return !linx_peek(io, to, from, size, user);
}

static inline bool linx_fetch_start(const struct linx_fetch_io *io, u32 op, u32 n, u64 *to)
{
	switch (op) {
	case LINX_FETCH_ARG:
		*to = io->args[n];
		return true;
	case LINX_FETCH_RET:
		*to = io->ret;
		return true;
	case LINX_FETCH_CURRENT:
		*to = (unsigned long)current;
		return true;
	case LINX_FETCH_REG:
		if (!io->regs || n >= sizeof(*io->regs) / sizeof(u64))
			return false;
		*to = ((const u64 *)io->regs)[n];
		return true;
	case LINX_FETCH_RECORD:
		*to = (unsigned long)io->record;
		return io->record;
	default:
		return false;
	}
}

/*
 * Writes the value of an END step that is not SCALAR. state: result of the fetch list. If it is LINX_WHOLE, the value
 * is at "addr" and has at most "most" bytes. Sets f->full if the record has no room for struct linx_val.
 */
void linx_put_fetched(struct linx_fill *f, const struct linx_fetch_io *io, const struct linx_fetch_step *end, u8 state,
		      u64 addr, u32 most);

#endif
