/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs at probes. The kernel runs those at functions and at perf events with preemption off; in those at raw
 * tracepoints the program does that itself.
 */
#ifndef LINX_BPF_PROGRAMS_H
#define LINX_BPF_PROGRAMS_H

#include "probe/plain.h"

static __always_inline int handle_function(struct pt_regs *regs, __u32 site)
{
	struct hit h = { 0 };

	if (hit_begin(&h, site, false)) {
		COPY_ARGS(h.x.w->hit.args, regs);
		h.x.w->hit.regs = (__u64)regs;
		hit_end(&h);
	}
	return 0;
}

/* A function is entered. The cookie is the number of the site. */
SEC("kprobe")
int linx_probe_function(struct pt_regs *regs)
{
	__u32 site;

	if (only.len) {
		if (plain_of_one(regs))
			return 0;
		site = only_number;
	} else {
		site = bpf_get_attach_cookie(regs);
		if (plain_of_many(regs, site))
			return 0;
	}
	return handle_function(regs, site);
}

/* The same at a kprobe, for probes that read registers other than those of arguments. */
SEC("kprobe")
int linx_probe_registers(struct pt_regs *regs)
{
	return handle_function(regs, bpf_get_attach_cookie(regs));
}

/*
 * A function is entered whose return is probed: its arguments are kept until then, under its stack pointer, which no
 * other call has meanwhile. What an earlier call at this place left behind, since the kernel missed its return, is
 * overwritten or removed.
 */
SEC("kprobe")
int linx_probe_entry(struct pt_regs *regs)
{
	struct linx_bpf_frame frame = { .sp = SP_AT_ENTRY(regs), .site = bpf_get_attach_cookie(regs) };
	struct linx_bpf_kept kept;
	struct hit h = { 0 };

	if (!is_running() || !find_site(&h, frame.site))
		return 0;
	h.x.task = current_task();
	h.level = level_now(h.x.task);
	if (!hit_passes(&h)) {
		COUNT(&h, filtered);
		bpf_map_delete_elem(&frames, &frame);
		return 0;
	}
	COPY_ARGS(kept.args, regs);
	kept.time = bpf_ktime_get_ns();
	if (bpf_map_update_elem(&frames, &frame, &kept, 0))
		COUNT(&h, missed);
	return 0;
}

/* A function returns. Calls that began before the start, or that the filters left out, are not kept. */
SEC("kretprobe")
int linx_probe_return(struct pt_regs *regs)
{
	struct linx_bpf_frame frame = { .sp = SP_AT_RETURN(regs), .site = bpf_get_attach_cookie(regs) };
	struct linx_bpf_kept *kept = bpf_map_lookup_elem(&frames, &frame);
	struct hit h = { 0 };

	if (!kept)
		return 0;
	if (hit_begin(&h, frame.site, true)) {
		__builtin_memcpy(h.x.w->hit.args, kept->args, sizeof(kept->args));
		h.x.w->hit.entry = kept->time;
		h.x.w->hit.ret = RESULT_OF(regs);
		hit_end(&h);
	}
	bpf_map_delete_elem(&frames, &frame);
	return 0;
}

/* A tracepoint, with the fields of its record. The first 8 bytes of the record are the kernel's while programs run. */
SEC("tracepoint")
int linx_probe_tracepoint(void *record)
{
	struct hit h = { 0 };

	if (hit_begin(&h, bpf_get_attach_cookie(record), false)) {
		h.x.w->hit.record = (__u64)record;
		hit_end(&h);
	}
	return 0;
}

static __always_inline int handle_rawtp(__u64 *args, __u32 site)
{
	struct hit h = { 0 };

	hold_cpu();
	if (hit_begin(&h, site, false)) {
		/* copied as memory: the kernel refuses a program that names arguments beyond those of the tracepoint */
		bpf_probe_read_kernel(h.x.w->hit.args, 12 * sizeof(*args), args);
		hit_end(&h);
	}
	release_cpu();
	return 0;
}

/*
 * A tracepoint, with the arguments of its prototype; behind them are numbers without a meaning. Before Linux 6.10 these
 * programs have no cookie: each probe has a program of its own.
 */
const volatile __u32 rawtp_sites[LINX_BPF_RAWTPS] SEC(".rodata.rawtps") = { 0 };

#define RAWTP(n)                                              \
	SEC("raw_tp")                                         \
	int linx_probe_rawtp_##n(__u64 *args)                 \
	{                                                     \
		return handle_rawtp(args, rawtp_sites[n]);    \
	}
RAWTP(0)
RAWTP(1)
RAWTP(2)
RAWTP(3)
RAWTP(4)
RAWTP(5)
RAWTP(6)
RAWTP(7)
RAWTP(8)
RAWTP(9)
RAWTP(10)
RAWTP(11)
RAWTP(12)
RAWTP(13)
RAWTP(14)
RAWTP(15)

#endif
