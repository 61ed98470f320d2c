// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes struct perf_event_attr. The structure has its size in a member, and its type determines many others. */
#include <stdio.h>

#include "base/array_size.h"
#include "record/decode.h"
#include "decoders/decoders.h"
#include "table/flagsets.h"

#define SIZE_VER0 64u
#define BRIEF_SIZE 48u /* bytes that are shown of an abbreviated structure */
#define ATTR_KNOWN 144u
#define SIZE_AT 4u
#define BITS_AT 40u
#define KNOWN_BITS 38
#define E2BIG_NUMBER 7u
#define SAMPLE_BRANCH 0x800u
#define SAMPLE_STACK_USER 0x2000u

enum { HARDWARE, SOFTWARE, TRACEPOINT, HW_CACHE, RAW, BREAKPOINT };

/* Names of the bit fields, from the lowest bit on. NULL: the bit belongs to the field before it. */
static const char *const bit_names[KNOWN_BITS] = {
	"disabled", "inherit", "pinned", "exclusive", "exclude_user", "exclude_kernel", "exclude_hv",
	"exclude_idle", "mmap", "comm", "freq", "inherit_stat", "enable_on_exec", "task", "watermark",
	"precise_ip", NULL, "mmap_data", "sample_id_all", "exclude_host", "exclude_guest",
	"exclude_callchain_kernel", "exclude_callchain_user", "mmap2", "comm_exec", "use_clockid",
	"context_switch", "write_backward", "namespaces", "ksymbol", "bpf_event", "aux_output", "cgroup",
	"text_poke", "build_id", "inherit_thread", "remove_on_exec", "sigtrap",
};
enum { FREQ_BIT = 10, WATERMARK_BIT = 14, PRECISE_BIT = 15, CLOCKID_BIT = 25 };

static uint64_t load(const struct linx_obj *o, size_t at, size_t size)
{
	uint64_t n = 0;

	memcpy(&n, o->data + at, size);
	return n;
}

static bool bit(const struct linx_obj *o, unsigned int i)
{
	return load(o, BITS_AT, 8) >> i & 1;
}

static uint32_t type_of(const struct linx_obj *o)
{
	return (uint32_t)load(o, 0, 4);
}

/* ---- members that depend on the type of the event ---------------------------------------- */

/* Writes the upper bits of config with a shift, "0x1<<32|", if any is set. */
static void put_high(struct linx_put *p, uint64_t n, const char *shift)
{
	if (!n)
		return;
	linx_put_hex(p, n);
	linx_put_text(p, shift);
}

static void put_cache(struct linx_put *p, uint64_t config)
{
	put_high(p, config >> 24 & 0xff, "<<24|");
	linx_put_flags(p, &linx_set_perf_hw_cache_result, config >> 16 & 0xff, 8);
	linx_put_text(p, "<<16|");
	linx_put_flags(p, &linx_set_perf_hw_cache_op, config >> 8 & 0xff, 8);
	linx_put_text(p, "<<8|");
	linx_put_flags(p, &linx_set_perf_hw_cache_id, config & 0xff, 8);
}

void linx_member_perf_config(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t config = load(o, at, 8);
	uint32_t type = type_of(o);

	linx_put_name(p, "config");
	if (type == HARDWARE || type == HW_CACHE) {
		linx_put_packed(p, (int64_t)config);
		put_high(p, config >> 32, "<<32|");
		if (type == HARDWARE)
			linx_put_flags(p, &linx_set_perf_hw_id, (uint32_t)config, 8);
		else
			put_cache(p, config);
		linx_put_packed_end(p);
	} else if (type == SOFTWARE) {
		linx_put_flags(p, &linx_set_perf_sw_id, config, 8);
	} else if (type == TRACEPOINT) {
		linx_put_u64(p, config);
	} else {
		linx_put_hex(p, config);
	}
}

void linx_member_perf_period(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, bit(o, FREQ_BIT) ? "sample_freq" : "sample_period");
	linx_put_u64(p, load(o, at, 8));
}

void linx_member_perf_wakeup(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, bit(o, WATERMARK_BIT) ? "wakeup_watermark" : "wakeup_events");
	linx_put_u64(p, load(o, at, 4));
}

/* Writes the type of a breakpoint. A breakpoint for reading or writing cannot be for execution as well. */
void linx_member_perf_breakpoint(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint32_t kind = (uint32_t)load(o, at, 4);
	bool invalid = kind > 4 && kind <= 7;

	if (type_of(o) != BREAKPOINT)
		return;
	linx_put_name(p, "bp_type");
	if (!invalid || linx_put_wants(p, LINX_WANT_FULL)) {
		linx_put_flags(p, &linx_set_hw_breakpoint_type, kind, 4);
		return;
	}
	linx_put_hex(p, kind);
	linx_put_remark(p, "HW_BREAKPOINT_INVALID");
}

void linx_member_perf_config1(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, type_of(o) == BREAKPOINT ? "bp_addr" : "config1");
	linx_put_hex(p, load(o, at, 8));
}

void linx_member_perf_config2(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	bool breakpoint = type_of(o) == BREAKPOINT;

	linx_put_name(p, breakpoint ? "bp_len" : "config2");
	if (breakpoint)
		linx_put_u64(p, load(o, at, 8));
	else
		linx_put_hex(p, load(o, at, 8));
}

void linx_member_perf_branch(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	if (!(load(o, 24, 8) & SAMPLE_BRANCH))
		return;
	linx_put_name(p, "branch_sample_type");
	linx_put_flags(p, &linx_set_perf_branch_sample_type, load(o, at, 8), 8);
}

void linx_member_perf_stack(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	if (!(load(o, 24, 8) & SAMPLE_STACK_USER))
		return;
	linx_put_name(p, "sample_stack_user");
	linx_put_hex(p, load(o, at, 4));
}

void linx_member_perf_clock(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	if (!bit(o, CLOCKID_BIT))
		return;
	linx_put_name(p, "clockid");
	linx_put_num(p, &linx_ty_clockid, NULL, (int32_t)load(o, at, 4));
}

/*
 * Writes a reserved member, if it is not zero: text has it in a comment, formats that want all captured values
 * have it as a member.
 */
static void put_reserved(struct linx_put *p, uint64_t n, const char *bytes, const char *name)
{
	char text[60];

	if (!n)
		return;
	snprintf(text, sizeof(text), "bytes %s: %#llx", bytes, (unsigned long long)n);
	linx_put_comment(p, text);
	if (!linx_put_wants(p, LINX_WANT_FULL))
		return;
	linx_put_name(p, name);
	linx_put_u64(p, n);
}

void linx_member_perf_reserved_2(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_reserved(p, load(o, at, 2), "110..111", "__reserved_2");
}

void linx_member_perf_aux_bits(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	static const char *const names[] = { "aux_start_paused", "aux_pause", "aux_resume" };
	uint64_t bits = load(o, at, 4);

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		linx_put_name(p, names[i]);
		linx_put_u64(p, bits >> i & 1);
	}
	if (!(bits >> ARRAY_SIZE(names)))
		return;
	linx_put_name(p, "__reserved_3");
	linx_put_hex(p, bits >> ARRAY_SIZE(names));
	linx_put_comment(p, "Bits 931..959");
}

/* ---- bit fields --------------------------------------------------------------------------- */

static void put_precise_ip(struct linx_put *p, unsigned int skid)
{
	static const char *const meanings[] = { "arbitrary skid", "constant skid", "requested to have 0 skid",
						"must have 0 skid" };

	linx_put_name(p, "precise_ip");
	linx_put_u64(p, skid);
	linx_put_comment(p, meanings[skid]);
}

void linx_member_perf_bits(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t bits = load(o, at, 8);

	for (unsigned int i = 0; i < KNOWN_BITS; i++) {
		if (i == PRECISE_BIT) {
			put_precise_ip(p, bits >> i & 3);
		} else if (bit_names[i] && (!p->brief || bits >> i & 1)) {
			linx_put_name(p, bit_names[i]);
			linx_put_u64(p, bits >> i & 1);
		}
	}
	if (bits >> KNOWN_BITS) {
		linx_put_name(p, "__reserved_1");
		linx_put_hex(p, bits >> KNOWN_BITS);
		linx_put_comment(p, "Bits 63..38");
	}
}

/* ---- the structure -------------------------------------------------------------------------- */

/* Writes the size. A kernel that knows a smaller structure stores its size and fails with E2BIG. */
static void put_size(struct linx_put *p, const struct linx_obj *o)
{
	bool too_big = linx_event_errno(p->ev) == E2BIG_NUMBER;
	int64_t size;

	linx_put_name(p, "size");
	if (too_big)
		linx_put_before(p);
	linx_put_flags(p, &linx_set_perf_attr_size, load(o, SIZE_AT, 4), 4);
	linx_put_known_to(p, p->o->len);
	if (!too_big)
		return;
	linx_put_after(p);
	p->late = true;
	if (linx_put_mem_int(p, o->addr + SIZE_AT, 4, false, &size))
		linx_put_flags(p, &linx_set_perf_attr_size, (uint64_t)size, 4);
	else
		linx_put_unavailable(p);
	p->late = false;
	linx_put_after_end(p);
}

/*
 * Writes the members that begin before limit. A last member that is cut is filled with zeroes, as the kernel
 * does.
 */
static void put_attr(struct linx_put *p, const struct linx_obj *o, size_t limit)
{
	uint64_t claimed = load(o, SIZE_AT, 4);
	size_t at;

	linx_put_open(p);
	linx_put_member(p, o, "type");
	put_size(p, o);
	for (unsigned int i = 2; i < o->ty->nmembers; i++)
		if (linx_member_find(p, o, o->ty->members[i].name, &at) && at < limit)
			linx_put_member(p, o, o->ty->members[i].name);
	if (claimed ? claimed > limit : limit < SIZE_VER0)
		linx_put_more(p);
	linx_put_close(p);
}

void linx_put_perf_attr(struct linx_put *p, const struct linx_obj *o)
{
	uint8_t copy[ATTR_KNOWN] = { 0 };
	struct linx_obj known = { o->ty, copy, ATTR_KNOWN, o->addr };
	uint64_t claimed = o->size >= SIZE_AT + 4 ? load(o, SIZE_AT, 4) : 0, size = claimed ? claimed : SIZE_VER0;
	const uint8_t *data = NULL;

	size = size < ATTR_KNOWN ? size : ATTR_KNOWN;
	if (size >= SIZE_VER0) {
		size = p->brief ? BRIEF_SIZE : size;
		data = linx_put_mem(p, o->addr, size);
	}
	if (!data) {
		linx_put_addr(p, o->addr);
		return;
	}
	memcpy(copy, data, size);
	put_attr(p, &known, size);
}

void linx_arg_perf_attr(struct linx_put *p, unsigned int i)
{
	struct linx_obj o = { &linx_ty_perf_attr, NULL, 8, (uint64_t)linx_reg_as(p, i, &linx_ty_addr) };

	p->late = false;
	o.data = linx_put_mem(p, o.addr, 8);
	if (o.data)
		linx_put_perf_attr(p, &o);
	else
		linx_put_addr(p, o.addr);
}
