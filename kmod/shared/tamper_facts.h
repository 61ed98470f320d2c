/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Calls by which a program can interfere with a recording. The module and the eBPF programs share these rules: which
 * calls are looked at, which of them count, and what is recorded of them.
 */
#ifndef LINX_TAMPER_FACTS_H
#define LINX_TAMPER_FACTS_H

#ifndef __KERNEL__
#include <stdbool.h>
#endif
#include <linux/linx_record.h>
#include <linux/types.h>

/* Ways in which a call can interfere with a recording. */
enum linx_tamper_way {
	LINX_TAMPER_NOT, /* the call cannot interfere */
	LINX_TAMPER_UNLOADS, /* argument 0 is the name of a module */
	LINX_TAMPER_ATTACHES, /* ptrace: argument 0 is the request, argument 1 the thread */
	LINX_TAMPER_WRITES, /* argument 0 is the thread whose memory is written */
	LINX_TAMPER_TAKES, /* argument 0 is a pidfd of the process whose descriptor is copied */
	LINX_TAMPER_OPENS, /* argument 0 is a command of bpf(2), the result a descriptor */
};

/*
 * Calls that are looked at: CALL(row of tables/syscalls.def, LINX_TAMPER_*). Only the eBPF engine has BPF objects that
 * a program can open.
 */
#define LINX_TAMPER_CALLS(CALL)           \
	CALL(delete_module, UNLOADS)      \
	CALL(ptrace, ATTACHES)            \
	CALL(process_vm_writev, WRITES)   \
	CALL(pidfd_getfd, TAKES)          \
	CALL(bpf, OPENS)

/*
 * Does the result of a call count? Calls that the kernel refused for lack of rights do not count, so that nobody
 * without rights can make a reader report interference. Writes of 0 bytes do not count either, since the kernel asks
 * for no rights then. A failed try to unload a module counts, since it shows an intention.
 */
static inline bool linx_tamper_counts(__u32 way, __s64 ret)
{
	const __s64 not_permitted = -1, bad_address = -14;

	switch (way) {
	case LINX_TAMPER_UNLOADS:
		return ret != not_permitted && ret != bad_address;
	case LINX_TAMPER_WRITES:
		return ret > 0;
	default:
		return ret >= 0;
	}
}

/* Does a ptrace(2) request make the caller the tracer of another task: PTRACE_ATTACH or PTRACE_SEIZE? */
static inline bool linx_tamper_attaches(__u64 request)
{
	return request == 16 || request == 0x4206;
}

/* Kinds of BPF objects that have numbers. */
enum linx_tamper_object { LINX_TAMPER_NO_OBJECT, LINX_TAMPER_PROG, LINX_TAMPER_MAP, LINX_TAMPER_LINK };

/* Returns the kind of object that a command of bpf(2) opens by its number: BPF_{PROG,MAP,LINK}_GET_FD_BY_ID. */
static inline __u32 linx_tamper_object_of(__u32 command)
{
	switch (command) {
	case 13:
		return LINX_TAMPER_PROG;
	case 14:
		return LINX_TAMPER_MAP;
	case 30:
		return LINX_TAMPER_LINK;
	default:
		return LINX_TAMPER_NO_OBJECT;
	}
}

/* Returns what is recorded of a call that interferes: enum linx_tamper_what. */
static inline __u32 linx_tamper_what_of(__u32 way)
{
	switch (way) {
	case LINX_TAMPER_UNLOADS:
		return LINX_TAMPER_UNLOAD;
	case LINX_TAMPER_TAKES:
		return LINX_TAMPER_TAKEN;
	case LINX_TAMPER_OPENS:
		return LINX_TAMPER_OPENED;
	default:
		return LINX_TAMPER_TRACED;
	}
}

#endif
