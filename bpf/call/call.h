/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes records of calls: captures the memory that the arguments point to, as the call's row in the table of calls
 * describes it. The order of the values is that of libuser/engine/walk/walker.c.
 */
#ifndef LINX_BPF_CALL_H
#define LINX_BPF_CALL_H

#include "call/follow.h"
#include "shared/abi_facts.h"

/*
 * For a call whose command argument decides what its other arguments are, such as fcntl(2): returns the index, in the
 * map of calls, of the row (types of the arguments) for the command that was passed.
 */
static __noinline __u32 variant_of(struct cpu *x, __u32 id)
{
	struct linx_bpf_selector *s = bpf_map_lookup_elem(&selectors, &id);
	struct linx_bpf_choice key = { .selector = id };
	__u32 *at;

	if (!s)
		return 0;
	key.value = (__u32)(arg_n(x, s->low) >> (s->shift & 63)) & s->mask;
	if (s->two)
		key.value |= (__u32)arg_n(x, s->high) << 16;
	at = bpf_map_lookup_elem(&variants, &key);
	return opaque(x, at ? *at : s->others + (s->by_direction ? key.value >> 30 : 0));
}

static __always_inline void choose_row(struct cpu *x, __u32 selector)
{
	__u32 at = variant_of(x, selector);
	struct linx_bpf_call *call = bpf_map_lookup_elem(&calls, &at);

	if (call) {
		x->row = &call->row;
		note_row(x, at);
	}
}

static __always_inline __u64 snap_of(__u32 def)
{
	return linx_snap_of(def, config.snap_bytes, config.snap_str);
}

static __always_inline __u64 length_of(struct cpu *x, __u32 def)
{
	return linx_length_of(def, arg_n(x, LINX_ARGDEF_N(def)), x->w->ret);
}

/* Returns how many bytes an argument points to, and sets *keep to how many of them are recorded. */
static __noinline __u64 extent(struct cpu *x, __u32 def, __u64 *keep)
{
	return linx_extent_of(def, length_of(x, def), x->w->ret, x->w->abi, config.snap_bytes, config.snap_str, config.page_size, keep);
}

/* Captures a buffer whose length the program passes in memory. */
static __noinline int capture_lenp(struct cpu *x, __u32 def, __u32 arg, __u64 addr)
{
	__u32 len = 0, what = LINX_ARGDEF_WHAT(def);
	bool at = LINX_ARGDEF_COPY(def) == LINX_COPY_AT;

	if (bpf_probe_read_user(&len, sizeof(len), (void *)(arg_n(x, LINX_ARGDEF_N(def)) + (at ? what : 0))))
		return put_state(x, WHAT(arg, LINX_VAL_BYTES), LINX_UNREADABLE);
	if (at || !what)
		capture(x, WHAT(arg, LINX_VAL_BYTES), addr,
			def & LINX_ARGDEF_RESULT ? min_u64(len, x->w->ret) : len, snap_of(def));
	else
		capture(x, WHAT(arg, LINX_VAL_BYTES), addr, len * linx_shape_size(what, x->w->abi), LINX_STRUCT_MAX);
	return 0;
}

static __noinline int add_strv(struct cpu *x, __u32 def, __u32 arg, __u64 addr)
{
	struct long_value *l = add_long(x, arg, LINX_VAL_STRV, addr);

	if (!l)
		return 0;
	l->width = x->w->abi ? 4 : 8;
	l->keep = !(def & LINX_ARGDEF_ENVP) || config.flags & LINX_BPF_ENVP;
	return 0;
}

static __noinline int capture_extent(struct cpu *x, __u32 def, __u32 arg, __u64 addr)
{
	__u64 val = x->w->at, keep, len = extent(x, def, &keep);
	__u32 cap = LINX_ARGDEF_COPY(def);
	struct long_value *l;

	if (x->w->unfilled && cap == LINX_COPY_BUF && x->row->out & 1u << arg)
		return put_unfilled(x, WHAT(arg, LINX_VAL_BYTES), addr, length_of(x, def));
	len = opaque(x, len);
	keep = opaque(x, keep);
	if (cap == LINX_COPY_ALL && len > keep) {
		l = add_long(x, arg, LINX_VAL_BYTES, addr);
		if (l)
			l->left = len;
		return 0;
	}
	capture(x, WHAT(arg, LINX_VAL_BYTES), addr, len, keep);
	/*
	 * Before Linux 6.4 the verifier may remove code after this line that only some paths reach. It does not do so
	 * if cap is hidden from it.
	 */
	cap = opaque(x, LINX_ARGDEF_COPY(def));
	if (cap == LINX_COPY_BUF && KEEPS_HTTP && x->http && x->w->http.on && !(def & (LINX_ARGDEF_SOCKADDR | LINX_ARGDEF_PATH)))
		http_look(x, val, addr, len);
	if (x->row->follow & 1u << arg && cap == LINX_COPY_ONE && !x->w->full)
		extend(x, LINX_ARGDEF_WHAT(def), val, addr);
	return 0;
}

STEP(capture_arg)
{
	__u64 addr;
	__u32 def;

	if (i >= LINX_NARGS)
		return 1;
	addr = x->w->args[i];
	if (!(x->w->mask & 1u << i) || !addr)
		return 0;
	def = x->row->arg[i];
	switch (LINX_ARGDEF_COPY(def)) {
	case LINX_COPY_STR:
		capture_str(x, WHAT(i, LINX_VAL_STR), addr);
		break;
	case LINX_COPY_STRV:
		add_strv(x, def, i, addr);
		break;
	case LINX_COPY_LENP:
	case LINX_COPY_AT:
		capture_lenp(x, def, i, addr);
		break;
	case LINX_COPY_ARGS:
	case LINX_COPY_BY:
	case LINX_COPY_V:
		break;
	default:
		capture_extent(x, def, i, addr);
	}
	return 0;
}

/*
 * Follows the pointers in the values captured so far. For socketcall(2) of i386, whose real arguments are in the first
 * of these values, first decides by them whether the call left its buffers unchanged, and prepares the search for HTTP
 * headers.
 */
static __always_inline void follow_args(struct cpu *x, __u32 had, bool returns, bool more)
{
	struct work *w = x->w;

	if (returns && x->row->resolved == LINX_RESOLVED_SOCKETCALL)
		w->unfilled = call_discards(x);
	if (more && KEEPS_HTTP && x->row->resolved == LINX_RESOLVED_SOCKETCALL && !w->unfilled)
		http_begin_in_memory(x);
	follow_values(x, w->values_at, w->nvals - had);
}

/*
 * Captures the memory that the arguments in mask point to. The parameters "returns" and "more" are constants. returns:
 * the call has returned. more: this is a program that does more than write records of calls.
 */
static __always_inline void capture_args(struct cpu *x, __u32 mask, __u32 dirs, bool returns, bool more)
{
	struct work *w = x->w;
	__u32 had = w->nvals;

	if (!mask && !DESCRIBES_FDS)
		return;
	w->values_at = w->at;
	w->values_before = had;
	w->nrequests = 0;
	w->mask = mask;
	w->dirs = dirs;
	w->unfilled = returns && x->row->resolved == LINX_RESOLVED_MESSAGE && !(w->http_call & LINX_HTTP_SENDS) && call_discards(x);
	if (more && KEEPS_HTTP && !w->unfilled)
		http_begin_call(x, w->http_call);
	repeat(x->row->nargs, capture_arg, x);
	if (x->row->follow & mask)
		follow_args(x, had, returns, more);
	if (more && KEEPS_HTTP && w->http.on)
		http_end(x);
	if (DESCRIBES_FDS)
		put_fds(x);
	else if (returns && config.flags & LINX_BPF_RESOLVED && x->row->resolved)
		put_resolved(x);
	if (w->nlongs)
		put_longs(x);
}

static __noinline int put_sigmask(struct cpu *x)
{
	struct work *w = x->w;
	__u32 what = WHAT(LINX_FIELD_SIGMASK, LINX_VAL_BYTES), low = 0, high = 0;
	__u64 mask = 0;
	long bad;

	if (w->abi != LINX_ABI_I386) {
		bad = bpf_probe_read_user(&mask, 8, (void *)(w->sp + (w->abi == LINX_ABI_X32 ? LINX_MASK_X32 : LINX_MASK_64)));
	} else if (w->nr != LINX_NR_I386_SIGRETURN) {
		bad = bpf_probe_read_user(&mask, 8, (void *)(w->sp + LINX_MASK_32));
	} else {
		bad = bpf_probe_read_user(&low, 4, (void *)(w->sp + LINX_MASK_OLD_LOW)) |
		      bpf_probe_read_user(&high, 4, (void *)(w->sp + LINX_MASK_OLD_HIGH));
		mask = low | (__u64)high << 32;
	}
	return bad ? put_state(x, what, LINX_UNREADABLE) : put_number(x, what, mask, 8);
}

/* Sets the number of the call in the record's head. */
static __always_inline void set_number(struct work *w)
{
	w->abi = w->key / LINX_NR_MAX;
	w->nr = (__u32)w->number < LINX_NR_OTHER ? w->number : LINX_REC_NR_OTHER;
}

/* Writes the call's number as a value, if it does not fit into the record's head. */
static __always_inline void put_nameless(struct cpu *x)
{
	__s32 nr = x->w->number;

	if ((__u32)nr >= LINX_NR_OTHER && nr != -1)
		put_number(x, WHAT(LINX_FIELD_NR, LINX_VAL_BYTES), (__u32)nr, 4);
}

/*
 * Writes values for what the record's head has no room for: a large call number and, in sessions that ask for it, the
 * instruction pointer.
 */
static __always_inline void put_extras(struct cpu *x)
{
	put_nameless(x);
	if (config.flags & LINX_BPF_POINTER)
		put_number(x, WHAT(LINX_FIELD_POINTER, LINX_VAL_BYTES), x->w->ip, 8);
}

/*
 * Writes all six arguments at p, where there is room for them. The words of arguments that the call does not have are
 * overwritten later.
 */
static __always_inline void put_args(struct cpu *x, __u8 *p)
{
	for (int i = 0; i < LINX_NARGS; i++)
		*(volatile __u64 *)(p + i * 8) = x->w->args[i];
}

static __always_inline void put_enter(struct cpu *x)
{
	struct work *w = x->w;
	__u8 *p = ring_at(x, w->at, 64);

	if (!p)
		return;
	put_args(x, p);
	w->nargs = x->row->nargs & 7;
	w->at += w->nargs * 8;
	put_extras(x);
	if (w->scalars) {
		w->flags |= LINX_RF_SCALARS;
		return;
	}
	if (x->row->flags & LINX_ROW_SIGRETURN)
		put_sigmask(x);
	capture_args(x, x->row->in, LINX_WHEN_IN, false, false);
}

/* Writes the time when the call began. If the time is not known, sets the flag LINX_RF_NO_SLOT instead. */
static __always_inline void put_begin(struct cpu *x)
{
	struct work *w = x->w;

	if (!w->begin) {
		w->flags |= LINX_RF_NO_SLOT;
		return;
	}
	w->flags |= LINX_RF_ENTRY_TIME | (config.flags & LINX_BPF_CPU_TIMES ? LINX_RF_CPU_TIME : 0);
	put_word(x, w->at, w->begin);
	w->at += 8;
}

static __always_inline void put_exit(struct cpu *x, bool more)
{
	struct work *w = x->w;
	bool bad = failed(w->ret), gone = x->row->flags & LINX_ROW_EXEC && !bad;
	__u8 *p = ring_at(x, w->at, 64);

	if (!p)
		return;
	*(volatile __u64 *)p = w->ret;
	put_args(x, p + 8);
	w->nargs = gone ? 0 : x->row->nargs & 7;
	w->flags = gone ? LINX_RF_ARGS_GONE : 0;
	w->at += 8 + w->nargs * 8;
	if (config.flags & LINX_BPF_TIMES)
		put_begin(x);
	put_extras(x);
	if (w->scalars)
		w->flags |= LINX_RF_SCALARS;
	else if (!gone)
		capture_args(x, x->row->in | (bad ? x->row->err : x->row->out),
			     bad ? LINX_WHEN_IN : LINX_WHEN_IN | LINX_WHEN_OUT, true, more);
}

#endif
