// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes the arguments of a call in their order, and the memory that pointers among them point to. */
#include <errno.h>
#include <string.h>

#include "base/attributes.h"
#include "record/decode.h"
#include "decoders/decoders.h"
#include "table/strace_names.h"

bool linx_put_entering(const struct linx_put *p)
{
	return !p->ev->has_ret;
}

static const struct linx_arg *arg_of(const struct linx_put *p, unsigned int i)
{
	return &p->ev->call->row->args[i];
}

#define LABEL_ROOM (1 + LINX_LABEL_ROOM)
/*
 * Copies the cached JSON label of an argument (its name in quotes, and a colon), after a comma unless it is the first,
 * to memory with at least LABEL_ROOM bytes. Returns the end of the text.
 */
static inline char *label_at(char *to, const struct linx_arg *arg, bool first)
{
	*to = ',';
	to += !first;
	memcpy(to, arg->label, sizeof(arg->label));
	return to + arg->label_len;
}

/* Writes the name of an argument as strace -N shows it. */
static void put_strace_name(struct linx_put *p, const struct linx_arg *arg)
{
	const struct linx_table_row *row = p->ev->call->row;
	const char *name = linx_strace_name(row->id, (unsigned int)(arg - row->args));

	linx_put_named(p, name ? name : arg->name, name ? strlen(name) : arg->name_len);
}

static void put_argument_name(struct linx_put *p, const struct linx_arg *arg)
{
	char *to;

	if (linx_put_wants(p, LINX_WANT_LABELS) && arg->label_len) {
		to = linx_strbuf_room(p->o, LABEL_ROOM);
		if (!to)
			return;
		linx_strbuf_end(p->o, label_at(to, arg, p->plain));
		p->plain = false;
		return;
	}
	if (p->st->strace && p->st->names)
		put_strace_name(p, arg);
	else if (linx_put_wants(p, LINX_WANT_DATA) || p->st->names)
		linx_put_named(p, arg->name, arg->name_len);
	else
		linx_put_item(p);
}

/*
 * Ends the text of an argument, if it has begun: stores its end in p->span, which records the place of one argument's
 * text in the output.
 */
static void end_span(const struct linx_put *p)
{
	if (!p->span || !p->span->open)
		return;
	p->span->to = p->o->len;
	p->span->open = false;
}

static void begin_span(const struct linx_put *p, unsigned int i)
{
	if (!p->span || p->span->arg != i || p->span->found)
		return;
	p->span->from = p->o->len;
	p->span->found = p->span->open = true;
}

/*
 * Writes the separator and the name of an argument, where arguments have names or where not all of them are
 * known. Returns false if the argument is not known: then no value follows.
 */
static bool put_full_argname(struct linx_put *p, unsigned int i, const struct linx_arg *arg)
{
	const struct linx_event *ev = p->ev;
	bool gone = ev->args_gone && !ev->in[i].state && !ev->out[i].state;

	if (i >= ev->nargs && !ev->args_gone && !linx_put_wants(p, LINX_WANT_FULL))
		return false;
	end_span(p);
	put_argument_name(p, arg);
	begin_span(p, i);
	if (!gone && (i < ev->nargs || ev->args_gone))
		return true;
	if (linx_put_wants(p, LINX_WANT_DATA))
		linx_put_unavailable(p);
	else
		linx_strbuf_char(p->o, '?');
	return false;
}

static inline bool put_argname(struct linx_put *p, unsigned int i, const struct linx_arg *arg)
{
	p->arg = i;
	p->arg_from = p->o->len;
	if (!p->bare || i >= p->ev->nargs)
		return put_full_argname(p, i, arg);
	if (!p->plain)
		linx_strbuf_mem(p->o, ", ", 2);
	return true;
}

bool linx_put_argname(struct linx_put *p, unsigned int i)
{
	return put_argname(p, i, arg_of(p, i));
}

/* Writes an argument that the kernel ignores, as its register has it. */
static void put_register(struct linx_put *p, unsigned int i, const struct linx_arg *arg)
{
	const struct linx_ty *ty = arg->ty;

	if (!linx_put_argname(p, i))
		return;
	if ((arg->dir != LINX_DIR_NONE && arg->dir != LINX_DIR_BY) || ty->num == linx_num_addr)
		linx_put_addr(p, (uint64_t)linx_reg_as(p, i, &linx_ty_addr));
	else
		linx_put_number(p, (uint64_t)linx_reg_as(p, i, ty->kind == LINX_TY_NUM ? ty : &linx_ty_long),
				ty->kind == LINX_TY_NUM && !ty->is_signed ? 'u' : 'd');
	p->plain = false;
}

void linx_put_hidden(struct linx_put *p, unsigned int i)
{
	if (linx_put_wants(p, LINX_WANT_REGISTERS))
		put_register(p, i, arg_of(p, i));
	if (!linx_put_wants(p, LINX_WANT_FULL))
		return;
	put_argument_name(p, arg_of(p, i));
	linx_put_unavailable(p);
}

void linx_put_label(struct linx_put *p, const char *label)
{
	linx_put_text(p, label);
}

/* ---- memory that arguments point to ----------------------------------------------------- */

/* Writes the address of memory that was not captured; JSON also has the reason. */
static void put_missing(struct linx_put *p, unsigned int i, uint64_t addr)
{
	const struct linx_value *v = linx_put_arg_value(p, i);

	if (v)
		p->states |= 1u << v->state;
	linx_put_missing(p, v, addr);
}

static uint64_t count_of(const struct linx_put *p, const struct linx_arg *arg)
{
	const struct linx_arg *len = &p->ev->call->row->args[arg->len_arg];

	if (arg->shape == LINX_SHAPE_RESULT)
		return linx_put_ok(p) ? (uint64_t)p->ev->ret : 0;
	return len->ty ? (uint64_t)linx_reg_as(p, arg->len_arg, len->ty) : linx_reg(p, arg->len_arg);
}

/* True if the first element was captured, or if the array has no elements. */
static bool is_there(struct linx_put *p, const struct linx_arg *arg, const struct linx_ty *ty,
		     uint64_t addr)
{
	size_t n = arg->shape == LINX_SHAPE_SIZED ? 1 : linx_type_size(ty, p->abi);

	if (arg->shape != LINX_SHAPE_ONE && addr && !count_of(p, arg))
		return true;
	return linx_put_mem(p, addr, n ? n : 1);
}

static void put_shape(struct linx_put *p, unsigned int i, const struct linx_ty *ty, uint64_t addr)
{
	const struct linx_arg *arg = arg_of(p, i);

	if (!is_there(p, arg, ty, addr))
		put_missing(p, i, addr);
	else if (arg->shape == LINX_SHAPE_ARRAY || arg->shape == LINX_SHAPE_RESULT)
		linx_put_array(p, ty, addr, count_of(p, arg));
	else if (arg->shape == LINX_SHAPE_SIZED)
		linx_put_ptr_sized(p, ty, addr, count_of(p, arg));
	else
		linx_put_ptr(p, ty, addr);
}

static bool changed(struct linx_put *p, const struct linx_arg *arg, const struct linx_ty *ty,
		    uint64_t addr)
{
	uint64_t count = arg->shape == LINX_SHAPE_ONE ? 1 : count_of(p, arg);
	size_t size = arg->shape == LINX_SHAPE_SIZED ? count : linx_type_size(ty, p->abi) * count;
	const uint8_t *before = linx_put_mem_before(p, addr, size), *after;

	p->late = true;
	after = linx_put_mem(p, addr, size);
	p->late = false;
	return before && after && memcmp(before, after, size) != 0;
}

/*
 * Writes a structure that the call reads and writes: as it was before the call and, if the call changed it, as
 * it was after.
 */
static void put_inout(struct linx_put *p, unsigned int i, const struct linx_ty *ty, uint64_t addr)
{
	p->late = false;
	/* strace shows the header of capget and capset as it was before the call */
	if (!linx_put_ok(p) || (p->st->strace && ty == &linx_ty_cap_user_header) || !changed(p, arg_of(p, i), ty, addr)) {
		put_shape(p, i, ty, addr);
		return;
	}
	linx_put_before(p);
	put_shape(p, i, ty, addr);
	linx_put_after(p);
	p->late = true;
	put_shape(p, i, ty, addr);
	p->late = false;
	linx_put_after_end(p);
}

static bool was_interrupted(const struct linx_put *p)
{
	unsigned int err = linx_event_errno(p->ev);

	return err == EINTR || linx_errno_restarts(err);
}

static void put_target(struct linx_put *p, unsigned int i, const struct linx_ty *ty, unsigned int dir)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);

	switch (dir) {
	case LINX_DIR_OUT:
		p->late = true;
		if (linx_put_ok(p))
			put_shape(p, i, ty, addr);
		else
			linx_put_addr(p, addr);
		break;
	case LINX_DIR_ERR:
		p->late = true;
		if (was_interrupted(p))
			put_shape(p, i, ty, addr);
		else
			linx_put_addr(p, addr);
		break;
	case LINX_DIR_INOUT:
		put_inout(p, i, ty, addr);
		break;
	default:
		p->late = false;
		put_shape(p, i, ty, addr);
	}
	p->late = false;
}

/* ---- one argument ----------------------------------------------------------------------- */

static inline void put_value(struct linx_put *p, unsigned int i, const struct linx_arg *arg, const struct linx_ty *ty,
			     const struct linx_flagset *set)
{
	p->late = arg->dir == LINX_DIR_OUT;
	if (ty->kind == LINX_TY_NUM)
		linx_put_num(p, ty, set, linx_reg_as(p, i, ty));
	else if (ty->kind == LINX_TY_ARG)
		ty->arg(p, i);
	else
		put_target(p, i, ty, arg->dir);
	p->late = false;
}

/*
 * True for a descriptor of another process whose file is not known before the call returns: some engines read
 * it only then.
 */
static bool is_named_late(const struct linx_put *p, unsigned int i, const struct linx_ty *ty)
{
	return ty == &linx_ty_foreign_fd && p->st->fds && p->ev->entry &&
	       !linx_fds_find_foreign(p->ev->fds, i, (int32_t)linx_reg_as(p, i, ty));
}

/*
 * Marks the end of the arguments that are known at entry, if this is the first argument that only the return
 * shows.
 */
static void note_known(struct linx_put *p, unsigned int i, const struct linx_arg *arg, const struct linx_ty *ty)
{
	if (arg->fills || arg->dir == LINX_DIR_ERR || is_named_late(p, i, ty))
		linx_put_known_to(p, p->o->len);
}

/* Writes an argument. set: names of its values; NULL: the names that the type has. */
static inline void put_arg(struct linx_put *p, unsigned int i, const struct linx_arg *arg, const struct linx_ty *ty,
			   const struct linx_flagset *set)
{
	if (ty->hidden && ty->hidden(p, i)) {
		linx_put_hidden(p, i);
		return;
	}
	note_known(p, i, arg, ty);
	if (put_argname(p, i, arg))
		put_value(p, i, arg, ty, set);
	p->plain = false;
}

void linx_put_arg_as(struct linx_put *p, unsigned int i, const struct linx_ty *ty)
{
	const struct linx_arg *arg = arg_of(p, i);
	bool named = ty == &linx_ty_flags || ty == &linx_ty_int_flags || ty == &linx_ty_long_flags;

	put_arg(p, i, arg, ty, named ? arg->flagset : NULL);
}

void linx_put_arg(struct linx_put *p, unsigned int i)
{
	linx_put_arg_as(p, i, arg_of(p, i)->ty);
}

/*
 * Writes a structure as it was before the call or after it, as "dir" says. The type is checked, because the table of
 * calls in a file may be wrong.
 */
static void put_arg_dir(struct linx_put *p, unsigned int i, unsigned int dir)
{
	if (linx_put_wants(p, LINX_WANT_BOTH) || arg_of(p, i)->ty->kind != LINX_TY_STRUCT) {
		linx_put_arg(p, i);
		return;
	}
	if (dir == LINX_DIR_OUT)
		linx_put_known_to(p, p->o->len);
	if (linx_put_argname(p, i))
		put_target(p, i, arg_of(p, i)->ty, dir);
	p->plain = false;
}

void linx_put_arg_late(struct linx_put *p, unsigned int i)
{
	put_arg_dir(p, i, LINX_DIR_OUT);
}

void linx_put_arg_early(struct linx_put *p, unsigned int i)
{
	put_arg_dir(p, i, LINX_DIR_IN);
}

/* ---- all arguments ------------------------------------------------------------------------ */

LINX_NOINLINE static void put_raw(struct linx_put *p)
{
	char name[] = "arg1";

	for (unsigned int i = 0; i < p->ev->nargs; i++, name[3]++) {
		end_span(p);
		if (linx_put_wants(p, LINX_WANT_REGISTERS))
			linx_put_name(p, name);
		else
			linx_put_nameless(p, name);
		begin_span(p, i);
		linx_put_hex(p, p->ev->args[i]);
	}
}

/* Writes a plain number to memory that is large enough. Returns the end of the text. */
static inline char *number_at(char *to, const struct linx_arg *arg, unsigned int abi, uint64_t reg)
{
	unsigned int above = arg->above[abi];

	if (arg->plain == LINX_PLAIN_UNSIGNED)
		return linx_u64_at(to, reg << above >> above);
	return linx_i64_at(to, (int64_t)(reg << above) >> above);
}

/*
 * Writes an argument that is a plain number, as most arguments are. Returns false, having written nothing, if it is not
 * a plain number.
 */
static inline bool put_plain(struct linx_put *p, unsigned int i, const struct linx_arg *arg)
{
	bool label = linx_put_wants(p, LINX_WANT_LABELS) && arg->label_len;
	char *to;

	if (!arg->plain || i >= p->ev->nargs || p->ev->args_gone || (arg->plain == LINX_PLAIN_FD && p->st->fds))
		return false;
	if (!label)
		put_argname(p, i, arg);
	to = linx_strbuf_room(p->o, LABEL_ROOM + LINX_NUMBER_ROOM);
	if (!to)
		return true;
	if (label)
		to = label_at(to, arg, p->plain);
	linx_strbuf_end(p->o, number_at(to, arg, p->abi, p->ev->args[i]));
	p->plain = false;
	return true;
}

#define BARE_ROOM ((LINX_NARGS + 1) * (2 + LINX_NUMBER_ROOM))
/* Fast path for text in which arguments have no names: plain numbers in a row need one check for room in the output. */
static void put_bare_args(struct linx_put *p, const struct linx_table_row *row, unsigned int mask)
{
	const unsigned int nargs = row->nargs, known = (1u << p->ev->nargs) - 1, abi = p->abi;
	const unsigned int numbers = mask & known & (row->numbers | (p->st->fds ? 0 : row->descriptors));
	const uint64_t *regs = p->ev->args;
	const struct linx_arg *arg = row->args;
	size_t comma = p->plain ? 0 : 2;
	char *to = linx_strbuf_room(p->o, BARE_ROOM);

	if (!to)
		return;
	for (unsigned int i = 0; i < nargs; i++, arg++) {
		if (numbers >> i & 1) {
			memcpy(to, ", ", 2);
			to = number_at(to + comma, arg, abi, regs[i]);
			comma = 2;
		} else if (mask >> i & 1) {
			linx_strbuf_end(p->o, to);
			p->plain = !comma;
			put_arg(p, i, arg, arg->ty, arg->flagset);
			comma = p->plain ? 0 : 2;
			to = linx_strbuf_room(p->o, BARE_ROOM);
			if (!to)
				return;
		}
	}
	linx_strbuf_end(p->o, to);
	p->plain = !comma;
}

void linx_put_used_args(struct linx_put *p, unsigned int mask)
{
	const struct linx_table_row *row = p->ev->call->row;

	if (p->bare) {
		put_bare_args(p, row, mask);
		return;
	}
	for (unsigned int i = 0; i < row->nargs; i++) {
		const struct linx_arg *arg = &row->args[i];

		if (!(mask >> i & 1))
			linx_put_hidden(p, i);
		else if (!put_plain(p, i, arg))
			put_arg(p, i, arg, arg->ty, arg->flagset);
	}
}

void linx_put_first_args(struct linx_put *p, unsigned int n)
{
	linx_put_used_args(p, (1u << n) - 1);
}

void linx_put_args(struct linx_put *p)
{
	if (!p->ev->call)
		put_raw(p);
	else if (p->ev->call->row->desc && p->ev->call->row->desc->args)
		p->ev->call->row->desc->args(p);
	else
		linx_put_used_args(p, ~0u);
}

void linx_put_arg_alone(struct linx_put *p, unsigned int i)
{
	struct linx_put_span span = { .arg = i };
	size_t start = p->o->len;

	p->span = &span;
	if (!p->ev->call || (p->ev->call->row->desc && p->ev->call->row->desc->args)) {
		linx_put_args(p);
	} else {
		/*
		 * without names, only the argument is written and no span is needed; most calls have no decoder
		 * of their own
		 */
		p->bare = !p->ev->args_gone;
		linx_put_arg(p, i);
		if (p->bare)
			return;
	}
	end_span(p);
	p->span = NULL;
	if (p->o->failed)
		return;
	if (span.found)
		memmove(p->o->data + start, p->o->data + span.from, span.to - span.from);
	p->o->len = start + (span.found ? span.to - span.from : 0);
}

void linx_put_raced(struct linx_put *p)
{
	const struct linx_event *seen = p->ev;
	struct linx_event ev = *seen;
	struct linx_extent pieces[LINX_NARGS];
	struct linx_mem mem = { .pieces = pieces };

	ev.mem = &mem;
	p->ev = &ev;
	for (unsigned int i = 0; i < ev.nargs; i++) {
		if (!(seen->raced >> i & 1))
			continue;
		ev.in[i] = seen->used[i];
		pieces[mem.n++] = (struct linx_extent){ .addr = ev.args[i], .v = ev.in[i], .arg = (uint8_t)i, .entry = true };
		linx_put_arg(p, i);
	}
	p->ev = seen;
}
