// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Builds the record of a call, argument by argument, as the call's row in the table of calls describes them. The work
 * is bounded by the record's budget of bytes, the number of values and the depth of structures.
 */
#include "engine/walk/fds.h"
#include "engine/walk/follow.h"
#include "engine/walk/long.h"
#include "engine/walk/value.h"
#include "shared/abi_facts.h"
#include "shared/cut_args.h"

void linx_walker_cut_args(const struct linx_walker_opts *opts, uint32_t abi, uint32_t nr, uint64_t *args)
{
	uint32_t cut = linx_args_cut(abi % LINX_ABI_NR, nr, opts->compat_move_pages);

	for (unsigned int i = 0; i < LINX_NARGS; i++)
		if (cut & 1u << i)
			args[i] = (uint32_t)args[i];
}

static void begin_call(struct linx_walker *w, unsigned int kind, const struct linx_walker_call *c)
{
	bool named = (uint32_t)c->nr < LINX_NR_OTHER;

	linx_walker_begin(w, kind, c->tid, c->pid, c->time);
	w->head->abi = c->abi % LINX_ABI_NR;
	w->head->nr = (named ? (uint32_t)c->nr : LINX_REC_NR_OTHER) & 0x3ff;
	w->head->nargs = c->row->nargs & 7;
}

void linx_walker_pointer(struct linx_walker *w, uint64_t pointer)
{
	if (w->opts->pointers && pointer)
		linx_walker_value(w, LINX_FIELD_POINTER, LINX_VAL_BYTES, LINX_WHOLE, &pointer, sizeof(pointer));
}

/*
 * Appends, if they apply: a call number that the record's head cannot hold, the instruction pointer, and the flags of
 * the call that the engine hid from the kernel.
 */
static void put_number(struct linx_walker *w, const struct linx_walker_call *c)
{
	if ((uint32_t)c->nr >= LINX_NR_OTHER && c->nr != -1)
		linx_walker_value(w, LINX_FIELD_NR, LINX_VAL_BYTES, LINX_WHOLE, &c->nr, sizeof(c->nr));
	linx_walker_pointer(w, c->ip);
	if (c->changed)
		linx_walker_value(w, LINX_FIELD_CHANGED, LINX_VAL_BYTES, LINX_WHOLE, &c->changed, sizeof(c->changed));
}

static void put_sigmask(struct linx_walker *w, const struct linx_walker_call *c)
{
	uint8_t mask[8] = { 0 };
	uint32_t n;

	if (c->abi % LINX_ABI_NR != LINX_ABI_I386)
		n = w->read(w->ctx, mask, c->sp + (c->abi == LINX_ABI_X32 ? LINX_MASK_X32 : LINX_MASK_64), 8);
	else if (c->nr != LINX_NR_I386_SIGRETURN)
		n = w->read(w->ctx, mask, c->sp + LINX_MASK_32, 8);
	else
		n = w->read(w->ctx, mask, c->sp + LINX_MASK_OLD_LOW, 4) +
		    w->read(w->ctx, mask + 4, c->sp + LINX_MASK_OLD_HIGH, 4);
	linx_walker_value(w, LINX_FIELD_SIGMASK, LINX_VAL_BYTES, n == 8 ? LINX_WHOLE : LINX_UNREADABLE, mask,
			  n == 8 ? 8 : 0);
}

static uint32_t snap(const struct linx_walker *w, uint32_t def)
{
	return (uint32_t)linx_snap_of(def, w->opts->snap_bytes, w->opts->snap_str);
}

static uint64_t length_of(uint32_t def, const struct linx_walker_call *c)
{
	return linx_length_of(def, c->args[LINX_ARGDEF_N(def) % LINX_NARGS], (uint64_t)c->ret);
}

/* Captures a buffer whose length lies in user memory. */
static void capture_lenp(struct linx_walker *w, const struct linx_walker_call *c, uint32_t def, uint8_t i)
{
	bool at = LINX_ARGDEF_COPY(def) == LINX_COPY_AT;
	uint32_t len = 0, what = LINX_ARGDEF_WHAT(def);
	uint64_t n;

	if (w->read(w->ctx, &len, c->args[LINX_ARGDEF_N(def) % LINX_NARGS] + (at ? what : 0), sizeof(len)) !=
	    sizeof(len)) {
		linx_walker_value(w, i, LINX_VAL_BYTES, LINX_UNREADABLE, NULL, 0);
		return;
	}
	n = len;
	if (!at && what)
		linx_walker_capture(w, i, LINX_VAL_BYTES, c->args[i],
				    n * linx_shape_size(what, c->abi % LINX_ABI_NR), LINX_STRUCT_MAX);
	else if (linx_walker_capture(w, i, LINX_VAL_BYTES, c->args[i],
				     def & LINX_ARGDEF_RESULT ? linx_min_u64(n, (uint64_t)c->ret) : n, snap(w, def)) &&
		 linx_is_buffer(def))
		linx_walker_captured_buffer(w);
}

/* Values of a record that may continue in pieces: at most two, argv and environment. */
struct longs {
	struct linx_walker_long l[2];
	unsigned int n;
};

static struct linx_walker_long *add_long(struct longs *longs, uint8_t arg, uint64_t addr)
{
	struct linx_walker_long *l = longs->n < 2 ? &longs->l[longs->n++] : NULL;

	if (l)
		*l = (struct linx_walker_long){ .arg = arg, .keep = true, .addr = addr, .kind = LINX_VAL_BYTES };
	return l;
}

static void capture_strv(struct linx_walker *w, const struct linx_walker_call *c, uint32_t def, uint8_t i,
			 struct longs *longs)
{
	struct linx_walker_long *l = add_long(longs, i, c->args[i]);

	if (!l)
		return;
	l->kind = LINX_VAL_STRV;
	l->width = c->abi % LINX_ABI_NR ? 4 : 8;
	l->keep = !(def & LINX_ARGDEF_ENVP) || w->opts->envp;
}

static void capture_extent(struct linx_walker *w, const struct linx_walker_call *c, uint32_t def, uint8_t i,
			   struct longs *longs)
{
	uint32_t cap = LINX_ARGDEF_COPY(def);
	struct linx_walker_long *l;
	struct linx_val *v;
	uint64_t len;
	__u64 keep;

	if (c->discards && cap == LINX_COPY_BUF && c->row->out & 1u << i) {
		linx_walker_unfilled(w, i, LINX_VAL_BYTES, c->args[i], length_of(def, c));
		return;
	}
	len = linx_extent_of(def, length_of(def, c), (uint64_t)c->ret, c->abi % LINX_ABI_NR, w->opts->snap_bytes,
			     w->opts->snap_str, w->opts->page_size, &keep);
	if (cap == LINX_COPY_ALL && len > keep) {
		l = add_long(longs, i, c->args[i]);
		if (l)
			l->left = len;
		return;
	}
	v = linx_walker_capture(w, i, LINX_VAL_BYTES, c->args[i], len, (uint32_t)keep);
	if (v && linx_is_buffer(def))
		linx_walker_captured_buffer(w);
	if (v && c->row->follow & 1u << i && cap == LINX_COPY_ONE)
		linx_walker_extend(w, c, LINX_ARGDEF_WHAT(def), v, c->args[i]);
}

static void capture_arg(struct linx_walker *w, const struct linx_walker_call *c, uint8_t i, struct longs *longs)
{
	uint32_t def = c->row->arg[i];

	switch (LINX_ARGDEF_COPY(def)) {
	case LINX_COPY_STR:
		linx_walker_capture_str(w, i, LINX_VAL_STR, c->args[i], UINT32_MAX);
		break;
	case LINX_COPY_STRV:
		capture_strv(w, c, def, i, longs);
		break;
	case LINX_COPY_LENP:
	case LINX_COPY_AT:
		capture_lenp(w, c, def, i);
		break;
	case LINX_COPY_ARGS:
	case LINX_COPY_BY:
	case LINX_COPY_V:
		break;
	default:
		capture_extent(w, c, def, i, longs);
	}
}

/* Follows the pointers in structures among nvals values of the record, the first of which is at "first". */
static void follow_values(struct linx_walker *w, const struct linx_walker_call *c, uint8_t *first, unsigned int nvals,
			  unsigned int dirs)
{
	struct linx_walker_path path = { .call = c, .dirs = (uint8_t)dirs };
	struct linx_val *v = (struct linx_val *)(void *)first;
	uint32_t def, cap;

	for (; nvals; nvals--, v = (struct linx_val *)(void *)((uint8_t *)(v + 1) + LINX_ALIGN8(v->size))) {
		if (v->arg >= LINX_NARGS || !(c->row->follow & 1u << v->arg))
			continue;
		path.arg = v->arg;
		def = c->row->arg[v->arg];
		cap = LINX_ARGDEF_COPY(def);
		linx_walker_follow(w, &path, LINX_ARGDEF_WHAT(def), (const uint8_t *)(v + 1), v->size,
				   cap == LINX_COPY_ONE || cap == LINX_COPY_SZ);
	}
}

static void follow_args(struct linx_walker *w, const struct linx_walker_call *c, unsigned int mask, unsigned int dirs)
{
	struct linx_walker_path path = { .call = c, .dirs = (uint8_t)dirs };

	for (uint8_t i = 0; i < LINX_NARGS; i++) {
		path.arg = i;
		if (mask & 1u << i && LINX_ARGDEF_COPY(c->row->arg[i]) == LINX_COPY_ARGS)
			linx_walker_follow(w, &path, LINX_ARGDEF_WHAT(c->row->arg[i]), (const uint8_t *)c->args,
					   sizeof(c->args), true);
	}
}

/* Captures the memory that the arguments in the mask point to. A null pointer has no value. */
static void capture_args(struct linx_walker *w, const struct linx_walker_call *c, unsigned int mask, unsigned int dirs)
{
	unsigned int had = w->head->nvals;
	struct longs longs = { .n = 0 };
	uint8_t *first = w->p;

	if (w->fds)
		w->fds->n = 0;

	for (uint8_t i = 0; i < LINX_NARGS; i++)
		if (mask & 1u << i && c->args[i])
			capture_arg(w, c, i, &longs);
	if (c->row->follow & mask) {
		follow_values(w, c, first, w->head->nvals - had, dirs);
		follow_args(w, c, c->row->follow & mask, dirs);
	}
	if (w->fds)
		linx_walker_find_fds(w, c, first);
	if (w->more)
		w->more(w->ctx, w, c);
	linx_walker_longs(w, longs.l, longs.n);
	if (linx_walker_goes_on(w))
		linx_walker_rest(w, c->args, first, had);
}

void linx_walker_enter(struct linx_walker *w, const struct linx_walker_call *c)
{
	begin_call(w, LINX_REC_ENTER, c);
	linx_walker_put(w, c->args, c->row->nargs * sizeof(uint64_t));
	put_number(w, c);
	if (c->row->flags & LINX_ROW_SIGRETURN)
		put_sigmask(w, c);
	capture_args(w, c, c->row->in, LINX_WHEN_IN);
}

void linx_walker_exit(struct linx_walker *w, const struct linx_walker_call *c)
{
	bool failed = linx_walker_failed(c->ret), gone = c->row->flags & LINX_ROW_EXEC && !failed;
	unsigned int mask = c->row->in | (failed ? c->row->err : c->row->out);

	begin_call(w, LINX_REC_EXIT, c);
	linx_walker_put(w, &c->ret, sizeof(c->ret));
	if (gone) {
		w->head->nargs = 0;
		w->head->flags |= LINX_RF_ARGS_GONE;
	} else {
		linx_walker_put(w, c->args, c->row->nargs * sizeof(uint64_t));
	}
	if (c->entry) {
		w->head->flags |= LINX_RF_ENTRY_TIME | (c->ran ? LINX_RF_CPU_TIME : 0);
		linx_walker_put(w, &c->entry, sizeof(c->entry));
	} else if (c->timed) {
		w->head->flags |= LINX_RF_NO_SLOT;
	}
	put_number(w, c);
	if (!gone)
		capture_args(w, c, mask, failed ? LINX_WHEN_IN : LINX_WHEN_IN | LINX_WHEN_OUT);
}
