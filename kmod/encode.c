// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds the record of a system call by walking its row. Probe context,
 * preemption off. A row without pointers, the usual case, is a fixed number of
 * stores; what pointers point to is read by capture.c.
 */
#include "capture.h"
#include "encode.h"
#include "fd.h"
#include "shape.h"

/* A value's head and padding. */
#define PER_VALUE (sizeof(struct linx_val) + sizeof(struct linx_strv) + 8)
/* All that structures of a record point to, beside the memory itself. */
#define PER_STRUCTURE 4096

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

/* A length that lies in memory. With a shape: a number of such structures. */
static void capture_lenp(struct linx_fill *f, const u64 *args, u64 ret, u32 abi, unsigned int def, u8 i)
{
	u32 len = 0, what = LINX_ARGDEF_WHAT(def);
	bool at = LINX_ARGDEF_CAP(def) == LINX_CAP_AT;

	if (linx_user_read(&len, args[LINX_ARGDEF_N(def)] + (at ? what : 0), sizeof(len)) != sizeof(len))
		linx_put_bytes(f, i, LINX_VAL_BYTES, LINX_UNREADABLE, NULL, 0);
	else if (at || !what)
		linx_capture_bytes(f, i, args[i], def & LINX_ARGDEF_RESULT ? min_t(u64, len, ret) : len,
				   linx_snap(f->s, def));
	else
		linx_capture_bytes(f, i, args[i], (u64)len * linx_shape_size(what, abi), LINX_STRUCT_MAX);
}

/* NULL, or a value whose members are to be followed when all arguments have theirs. */
static __always_inline struct linx_val *capture_arg(struct linx_fill *f, const struct linx_call *c, const u64 *args,
						    u8 i)
{
	unsigned int def = c->row->arg[i];
	u32 abi = c->key / LINX_NR_MAX, keep;
	struct linx_val *v;
	u64 len;

	switch (LINX_ARGDEF_CAP(def)) {
	case LINX_CAP_STR:
		linx_capture_str(f, i, args[i]);
		return NULL;
	case LINX_CAP_STRV:
		add_long(f, c, def, i, args[i]);
		return NULL;
	case LINX_CAP_LENP:
	case LINX_CAP_AT:
		capture_lenp(f, args, c->ret, abi, def, i);
		return NULL;
	default:
		len = linx_extent(f->s, def, abi, args, c->ret, &keep);
		v = linx_capture_bytes(f, i, args[i], len, keep);
	}
	if (likely(!(c->row->follow & 1 << i)) || !v)
		return NULL;
	if (LINX_ARGDEF_CAP(def) == LINX_CAP_ONE)
		linx_shape_extend(f, &(struct linx_path){ .abi = abi, .args = args }, LINX_ARGDEF_WHAT(def), v,
				  args[i]);
	return v;
}

static noinline void follow_args(struct linx_fill *f, const struct linx_call *c, const u64 *args,
				 struct linx_val *const *values, unsigned int mask, u8 dirs)
{
	struct linx_path path = { .abi = c->key / LINX_NR_MAX, .dirs = dirs, .args = args };
	unsigned int i, def;

	for (; mask; mask &= mask - 1) {
		i = __ffs(mask);
		def = c->row->arg[i];
		path.arg = i;
		linx_shape_follow(f, &path, LINX_ARGDEF_WHAT(def), values[i],
				  LINX_ARGDEF_CAP(def) == LINX_CAP_ONE || LINX_ARGDEF_CAP(def) == LINX_CAP_SZ, c->ret);
	}
}

/*
 * What the arguments in the mask point to. A null pointer has no value: the
 * argument says it, the reader calls it absent. args stand in the record, where
 * nobody else can write them.
 */
static void capture(struct linx_fill *f, const struct linx_call *c, const u64 *args, unsigned int mask, u8 dirs)
{
	struct linx_val *values[LINX_NARGS];
	const u8 *first = f->p;
	unsigned int i, more = 0;

	for (; mask; mask &= mask - 1) {
		i = __ffs(mask);
		if (!args[i])
			continue;
		values[i] = capture_arg(f, c, args, i);
		more |= !!values[i] << i;
	}
	if (more)
		follow_args(f, c, args, values, more, dirs);
	if (unlikely(f->s->fd_max))
		linx_fd_put(f, c, args, first);
	if (unlikely(f->nlongs))
		linx_capture_long(f);
}

bool linx_encode_enter_few(struct linx_session *s, struct linx_ring *r, const struct linx_call *c)
{
	struct linx_area *a = &r->areas[0];
	u64 head = a->head, time = linx_ring_time(r, c->now);
	struct linx_rec *rec = (struct linx_rec *)(a->data + (head & r->mask));
	u8 *end;

	if (unlikely(head + LINX_FIXED_MAX + s->few_room >= r->limit[c->row->flags & LINX_ROW_PRIO ? 1 : 0]))
		return false;
	linx_rec_head(rec, r, LINX_REC_ENTER, r->selected, time, c->key / LINX_NR_MAX, c->nr, c->row->nargs);
	linx_put_args(c->key, c->regs, (u64 *)(rec + 1));
	end = linx_put_few(s, c->row, rec, (u64 *)(rec + 1), c->row->in);
	if (unlikely(!end))
		return false;
	rec->len = end - (u8 *)rec;
	r->selected++;
	r->calls[c->key].selected++;
	r->committed++;
	a->head = head + rec->len;
	linx_ring_publish(s, r, a->head, time);
	return true;
}

/* Priority calls may use the reserved share: most rows are not. */
static __always_inline struct linx_fill *begin(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u8 kind,
			       unsigned int mask)
{
	u32 worst = LINX_FIXED_MAX + (mask ? s->user_max + LINX_NARGS * PER_VALUE : 0) +
		    (c->row->follow & mask ? PER_STRUCTURE : 0) + s->fd_max;

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
	if (c->row->in || unlikely(s->fd_max))
		capture(f, c, args, c->row->in, LINX_DIR_IN);
	linx_rec_commit(f);
}

void linx_encode_exit(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u64 entry)
{
	unsigned int mask = c->row->in | (IS_ERR_VALUE(c->ret) ? c->row->err : c->row->out);
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
	if (mask || unlikely(s->fd_max))
		capture(f, c, args, mask, IS_ERR_VALUE(c->ret) ? LINX_DIR_IN : LINX_DIR_IN | LINX_DIR_OUT);
	linx_rec_commit(f);
}
