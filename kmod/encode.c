// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds the record of a system call by walking its row. Probe context,
 * preemption off. A row without pointers, the usual case, is a fixed number of
 * stores; what pointers point to is read by capture.c.
 */
#include <asm/syscall.h>
#include "capture.h"
#include "encode.h"
#include "ring_proto.h"

/* Fixed part of the longest record: head, ret, arguments, entry time. */
#define FIXED (sizeof(struct linx_rec) + 8 + LINX_NARGS * 8 + 8)
/* A value's head and padding. */
#define PER_VALUE (sizeof(struct linx_val) + sizeof(struct linx_strv) + 8)
/* Socket addresses are short and always kept whole: sizeof(struct __kernel_sockaddr_storage). */
#define SOCKADDR_MAX 128

static u32 worst_case(const struct linx_session *s, unsigned int ncap)
{
	return FIXED + (ncap ? s->user_max + ncap * PER_VALUE : 0);
}

/*
 * All six argument words are stored, whatever the call has: FIXED bytes are
 * there, and the next value simply overwrites what is too many.
 */
static void put_args(const struct linx_call *c, u64 *to)
{
	unsigned int i;

	syscall_get_arguments(current, c->regs, (unsigned long *)to);
	if (c->abi == LINX_ABI_I386)
		for (i = 0; i < LINX_NARGS; i++)
			to[i] = (u32)to[i];
}

/* A length that is an argument. */
static u64 length_of(const struct linx_call *c, const u64 *args, unsigned int n)
{
	return c->row->arg[n] & LINX_ARGDEF_32BIT ? (u32)args[n] : args[n];
}

/*
 * A length that is the result. The room for it is the argument after the
 * buffer: with MSG_TRUNC, or a size of 0 that asks for the length, the result is
 * larger than what was written.
 */
static u64 length_of_result(const struct linx_call *c, const u64 *args, u8 i)
{
	return min_t(u64, c->ret, length_of(c, args, i + 1));
}

static u32 snap_of(const struct linx_session *s, unsigned int def)
{
	if (def & LINX_ARGDEF_SOCKADDR)
		return SOCKADDR_MAX;
	return def & LINX_ARGDEF_PATH ? s->snap_str : s->snap_bytes;
}

/* What went into the call. */
static void capture_in(struct linx_fill *f, const struct linx_call *c, const u64 *args, u8 i, struct linx_long *l,
		       unsigned int *nl)
{
	unsigned int def = c->row->arg[i];

	switch (LINX_ARGDEF_CAP(def)) {
	case LINX_CAP_STR:
		linx_capture_str(f, i, args[i]);
		break;
	case LINX_CAP_STRV:
		l[(*nl)++] = (struct linx_long){
			.arg = i,
			.width = c->abi == LINX_ABI_X86_64 ? 8 : 4,
			.keep = !(def & LINX_ARGDEF_ENVP) || f->s->flags & LINX_SETUP_ENVP,
			.addr = args[i],
		};
		break;
	case LINX_CAP_IN_BUF:
		linx_capture_bytes(f, i, args[i], length_of(c, args, LINX_ARGDEF_N(def)), snap_of(f->s, def));
		break;
	case LINX_CAP_IN_FIX:
	case LINX_CAP_INOUT_FIX:
		linx_capture_bytes(f, i, args[i], LINX_ARGDEF_N(def), LINX_ARGDEF_N(def));
		break;
	}
}

/* What came out of it, once it has succeeded. */
static void capture_out(struct linx_fill *f, const struct linx_call *c, const u64 *args, u8 i)
{
	unsigned int def = c->row->arg[i];
	u32 len = 0;

	switch (LINX_ARGDEF_CAP(def)) {
	case LINX_CAP_OUT_FIX:
		linx_capture_bytes(f, i, args[i], LINX_ARGDEF_N(def), LINX_ARGDEF_N(def));
		break;
	case LINX_CAP_OUT_BUF:
		linx_capture_bytes(f, i, args[i], length_of_result(c, args, i), snap_of(f->s, def));
		break;
	case LINX_CAP_OUT_BUFN:
		linx_capture_bytes(f, i, args[i], length_of(c, args, LINX_ARGDEF_N(def)), snap_of(f->s, def));
		break;
	case LINX_CAP_OUT_LENP:
		if (linx_user_read(&len, args[LINX_ARGDEF_N(def)], sizeof(len)) == sizeof(len))
			linx_capture_bytes(f, i, args[i], len, snap_of(f->s, def));
		else
			linx_put_bytes(f, i, LINX_VAL_BYTES, LINX_UNREADABLE, NULL, 0);
		break;
	}
}

/* A null pointer has no value: the argument says it, the reader calls it absent. */
static void capture(struct linx_fill *f, const struct linx_call *c, const u64 *args, bool in, bool out)
{
	struct linx_long l[2];
	unsigned int cap, nl = 0;
	u8 i;

	for (i = 0; i < c->row->nargs; i++) {
		cap = LINX_ARGDEF_CAP(c->row->arg[i]);
		if (cap == LINX_CAP_V || !args[i])
			continue;
		if (cap <= LINX_CAP_LAST_IN && in && (cap != LINX_CAP_STRV || nl < ARRAY_SIZE(l)))
			capture_in(f, c, args, i, l, &nl);
		else if (cap > LINX_CAP_LAST_IN && out)
			capture_out(f, c, args, i);
	}
	if (nl)
		linx_capture_long(f, l, nl);
}

static bool begin(struct linx_fill *f, struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u8 kind,
		  unsigned int ncap)
{
	if (!linx_rec_begin(f, s, r, kind, linx_ring_time(r, c->now), worst_case(s, ncap),
			    c->row->flags & LINX_ROW_PRIO, c->abi * LINX_NR_MAX + c->index))
		return false;
	f->rec->abi = c->abi;
	f->rec->nr = c->nr;
	f->rec->nargs = c->row->nargs;
	return true;
}

void linx_encode_enter(struct linx_session *s, struct linx_ring *r, const struct linx_call *c)
{
	struct linx_fill f;
	u64 *args;

	if (!begin(&f, s, r, c, LINX_REC_ENTER, c->row->ncap_in))
		return;
	args = (u64 *)f.p;
	put_args(c, args);
	f.p += c->row->nargs * 8;
	if (c->row->ncap_in)
		capture(&f, c, args, true, false);
	linx_rec_commit(&f);
}

void linx_encode_exit(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u64 entry)
{
	bool failed = IS_ERR_VALUE(c->ret);
	struct linx_fill f;
	u64 *args;

	if (!begin(&f, s, r, c, LINX_REC_EXIT, c->row->ncap))
		return;
	*(s64 *)f.p = c->ret;
	f.p += 8;
	args = (u64 *)f.p;
	if (unlikely(c->row->flags & LINX_ROW_EXEC && !failed)) {
		f.rec->nargs = 0;
		f.rec->flags |= LINX_RF_ARGS_GONE;
	} else {
		put_args(c, args);
	}
	f.p += f.rec->nargs * 8;
	if (entry) {
		f.rec->flags |= LINX_RF_ENTRY_TIME;
		*(u64 *)f.p = entry;
		f.p += 8;
	} else if (s->slots) {
		f.rec->flags |= LINX_RF_NO_SLOT;
	}
	if (c->row->ncap && f.rec->nargs)
		capture(&f, c, args, true, !failed);
	linx_rec_commit(&f);
}
