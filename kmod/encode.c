// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds the record of a system call by walking its row. Probe context,
 * preemption off. A row without pointers, the usual case, is a fixed number of
 * stores; what pointers point to is read by capture.c.
 */
#include "capture.h"
#include "encode.h"

/* A value's head and padding. */
#define PER_VALUE (sizeof(struct linx_val) + sizeof(struct linx_strv) + 8)

/* A length that is an argument. */
static u64 length_of(const struct linx_row *row, const u64 *args, unsigned int n)
{
	return row->arg[n] & LINX_ARGDEF_32BIT ? (u32)args[n] : args[n];
}

/*
 * A length that is the result. The room for it is the argument after the
 * buffer: with MSG_TRUNC, or a size of 0 that asks for the length, the result is
 * larger than what was written.
 */
static u64 length_of_result(const struct linx_row *row, const u64 *args, u8 i, long ret)
{
	return min_t(u64, ret, length_of(row, args, i + 1));
}

static u32 snap_of(const struct linx_session *s, unsigned int def)
{
	if (likely(!(def & (LINX_ARGDEF_SOCKADDR | LINX_ARGDEF_PATH))))
		return s->snap_bytes;
	return def & LINX_ARGDEF_PATH ? s->snap_str : LINX_SOCKADDR_MAX;
}

/* A vector of strings: its parts are copied when all else stands in the record. */
static void add_long(struct linx_fill *f, const struct linx_call *c, unsigned int def, u8 arg, u64 addr)
{
	if (f->nlongs == ARRAY_SIZE(f->longs))
		return;
	f->longs[f->nlongs++] = (struct linx_long){
		.arg = arg,
		.width = c->key < LINX_NR_MAX ? 8 : 4 /* x86_64, or a compat ABI */,
		.keep = !(def & LINX_ARGDEF_ENVP) || f->s->flags & LINX_SETUP_ENVP,
		.addr = addr,
	};
}

static void capture_lenp(struct linx_fill *f, const u64 *args, unsigned int def, u8 i)
{
	u32 len = 0;

	if (linx_user_read(&len, args[LINX_ARGDEF_N(def)], sizeof(len)) == sizeof(len))
		linx_capture_bytes(f, i, args[i], len, snap_of(f->s, def));
	else
		linx_put_bytes(f, i, LINX_VAL_BYTES, LINX_UNREADABLE, NULL, 0);
}

static __always_inline void capture_arg(struct linx_fill *f, const struct linx_call *c, const u64 *args, u8 i)
{
	unsigned int def = c->row->arg[i];
	u32 n = LINX_ARGDEF_N(def);

	switch (LINX_ARGDEF_CAP(def)) {
	case LINX_CAP_STR:
		linx_capture_str(f, i, args[i]);
		break;
	case LINX_CAP_STRV:
		add_long(f, c, def, i, args[i]);
		break;
	case LINX_CAP_IN_BUF:
	case LINX_CAP_OUT_BUFN:
		linx_capture_bytes(f, i, args[i], length_of(c->row, args, n), snap_of(f->s, def));
		break;
	case LINX_CAP_IN_FIX:
	case LINX_CAP_INOUT_FIX:
	case LINX_CAP_OUT_FIX:
		linx_capture_bytes(f, i, args[i], n, n);
		break;
	case LINX_CAP_OUT_BUF:
		linx_capture_bytes(f, i, args[i], length_of_result(c->row, args, i, c->ret), snap_of(f->s, def));
		break;
	case LINX_CAP_OUT_LENP:
		capture_lenp(f, args, def, i);
		break;
	}
}

/*
 * What the arguments in the mask point to. A null pointer has no value: the
 * argument says it, the reader calls it absent. args stand in the record, where
 * nobody else can write them.
 */
static void capture(struct linx_fill *f, const struct linx_call *c, const u64 *args, unsigned int mask)
{
	unsigned int i;

	for (; mask; mask &= mask - 1) {
		i = __ffs(mask);
		if (args[i])
			capture_arg(f, c, args, i);
	}
	if (unlikely(f->nlongs))
		linx_capture_long(f);
}

/*
 * One string or buffer, which is there and not too long: no state but the
 * position in the ring. Anything else (a fault, a limit, a full ring) is left to
 * the long way before anything has been counted. body is the first argument.
 */
static __always_inline u8 *put_one(const struct linx_session *s, const struct linx_row *row, const u64 *body, u8 i,
				   long ret)
{
	struct linx_val *v = (struct linx_val *)(body + row->nargs);
	unsigned int def = row->arg[i];
	u32 count, got;
	u64 len;
	long n;

	if (LINX_ARGDEF_CAP(def) == LINX_CAP_STR) {
		count = s->snap_str + 1;
		n = linx_user_str(v + 1, body[i], count, &got);
		if (unlikely((unsigned long)n >= count))
			return NULL;
		return linx_val_finish(v, i, LINX_VAL_INFO(LINX_VAL_STR, LINX_WHOLE), n, n);
	}
	if (LINX_ARGDEF_CAP(def) == LINX_CAP_IN_BUF)
		len = length_of(row, body, LINX_ARGDEF_N(def));
	else
		len = length_of_result(row, body, i, ret);
	count = min_t(u64, len, snap_of(s, def));
	if (unlikely(linx_user_read(v + 1, body[i], count) != count))
		return NULL;
	return linx_val_finish(v, i, LINX_VAL_INFO(LINX_VAL_BYTES, count < len ? LINX_TRUNCATED : LINX_WHOLE), count,
			       len);
}

/* one: 1 + the argument. out: it is filled by a call that succeeds. */
static __always_inline bool encode_one(struct linx_session *s, struct linx_ring *r, struct pt_regs *regs,
				       const struct linx_row *row, u32 key, long nr, long ret, u64 now, u8 kind,
				       u8 one)
{
	struct linx_area *a = &r->areas[0];
	u64 head = a->head, time = linx_ring_time(r, now);
	struct linx_rec *rec = (struct linx_rec *)(a->data + (head & r->mask));
	u64 *body = (u64 *)(rec + 1);
	bool value;
	u8 *end;

	if (unlikely(!s->one_max || head + s->one_max >= r->limit[row->flags & LINX_ROW_PRIO ? 1 : 0]))
		return false;
	if (kind == LINX_REC_EXIT)
		*body++ = ret;
	linx_put_args(key, regs, body);
	value = body[one - 1] && !(LINX_ARGDEF_CAP(row->arg[one - 1]) > LINX_CAP_LAST_IN && IS_ERR_VALUE(ret));
	end = value ? put_one(s, row, body, one - 1, ret) : (u8 *)(body + row->nargs);
	if (unlikely(!end))
		return false;
	linx_rec_head(rec, r, kind, r->selected++, time, key / LINX_NR_MAX, nr, row->nargs);
	rec->nvals = value;
	rec->len = end - (u8 *)rec;
	r->calls[key].selected++;
	r->committed++;
	a->head = head + rec->len;
	linx_ring_publish(s, r, a->head, time);
	return true;
}

bool linx_encode_enter_one(struct linx_session *s, struct linx_ring *r, const struct linx_call *c)
{
	return encode_one(s, r, c->regs, c->row, c->key, c->nr, 0, c->now, LINX_REC_ENTER, c->row->enter_one);
}

bool linx_encode_exit_one(struct linx_session *s, struct linx_ring *r, struct pt_regs *regs,
			  const struct linx_row *row, u32 key, long nr, long ret, u64 now)
{
	return encode_one(s, r, regs, row, key, nr, ret, now, LINX_REC_EXIT, row->exit_one);
}

/* Priority calls may use the reserved share: most rows are not. */
static __always_inline struct linx_fill *begin(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u8 kind,
			       unsigned int mask)
{
	u32 worst = LINX_FIXED_MAX + (mask ? s->user_max + LINX_NARGS * PER_VALUE : 0);

	return linx_rec_begin(s, r, kind, c->now, worst, c->row->flags & LINX_ROW_PRIO, c->key, c->nr, c->row->nargs);
}

void linx_encode_enter(struct linx_session *s, struct linx_ring *r, const struct linx_call *c)
{
	struct linx_fill *f = begin(s, r, c, LINX_REC_ENTER, c->row->in);
	u64 *args;

	if (unlikely(!f))
		return;
	args = (u64 *)f->p;
	linx_put_args(c->key, c->regs, args);
	f->p += c->row->nargs * 8;
	if (c->row->in)
		capture(f, c, args, c->row->in);
	linx_rec_commit(f);
}

void linx_encode_exit(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u64 entry)
{
	unsigned int mask = IS_ERR_VALUE(c->ret) ? c->row->in : c->row->in | c->row->out;
	struct linx_fill *f = begin(s, r, c, LINX_REC_EXIT, mask);
	u64 *args;

	if (unlikely(!f))
		return;
	*(s64 *)f->p = c->ret;
	args = (u64 *)f->p + 1;
	linx_put_args(c->key, c->regs, args);
	if (unlikely(c->row->flags & LINX_ROW_EXEC) && !IS_ERR_VALUE(c->ret)) {
		f->rec->nargs = 0;
		f->rec->flags |= LINX_RF_ARGS_GONE;
		mask = 0;
	}
	f->p = (u8 *)(args + f->rec->nargs);
	if (entry) {
		f->rec->flags |= LINX_RF_ENTRY_TIME;
		*(u64 *)f->p = entry;
		f->p += 8;
	} else if (unlikely(s->slots)) {
		f->rec->flags |= LINX_RF_NO_SLOT;
	}
	if (mask)
		capture(f, c, args, mask);
	linx_rec_commit(f);
}
