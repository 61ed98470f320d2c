// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes signal calls: actions, sets, and the notifications of timers and message queues. */
#include "record/decode.h"
#include "decoders/decoders.h"
#include "table/flagsets.h"

#define SA_RESTORER_BIT 0x04000000u
#define SIGSET_MAX 8u

/* Writes a struct sigaction in strace's order of members, in its old and its new layout. */
void linx_put_sigaction(struct linx_put *p, const struct linx_obj *o)
{
	static const char *const shown[] = { "sa_handler", "sa_mask", "sa_flags", NULL };

	linx_put_open(p);
	linx_put_members_of(p, o, shown);
	if (linx_member_num(p, o, "sa_flags") & SA_RESTORER_BIT)
		linx_put_member(p, o, "sa_restorer");
	linx_put_close(p);
}

/* ---- sets of signals behind pointers ---------------------------------------------------- */

/*
 * Returns the bytes of a set of signals, from the argument with that size. Calls without such an argument have sets of
 * one long.
 */
static uint64_t set_size(const struct linx_put *p)
{
	const struct linx_table_row *row = p->ev->call->row;

	for (unsigned int i = row->nargs; i-- > 0;)
		if (!strcmp(row->args[i].name, "sigsetsize") || !strcmp(row->args[i].name, "sizemask"))
			return (uint64_t)linx_reg_as(p, i, &linx_ty_size);
	return linx_ty_ulong.size[p->abi];
}

/* True for a size that the kernel accepts. Only rt_sigpending(2) accepts less than a long. */
static bool is_set_size(const struct linx_put *p, uint64_t size)
{
	if (!size || size > SIGSET_MAX)
		return false;
	return size >= linx_ty_culong.size[p->abi] || !strcmp(p->ev->call->row->id, "rt_sigpending");
}

void linx_put_sigset_at(struct linx_put *p, uint64_t addr, uint64_t size)
{
	const uint8_t *data = size <= SIGSET_MAX ? linx_put_mem(p, addr, size) : NULL;
	uint64_t mask = 0;

	if (!data || !size) {
		linx_put_addr(p, addr);
		return;
	}
	memcpy(&mask, data, size);
	linx_put_sigmask(p, mask, size > 4 ? 64 : 32);
}

void linx_arg_sigset(struct linx_put *p, unsigned int i)
{
	const struct linx_value *v = linx_put_arg_value(p, i);
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr), size = set_size(p);
	bool stored = p->ev->call->row->args[i].dir != LINX_DIR_OUT || linx_put_ok(p);

	if (stored && is_set_size(p, size) && linx_put_mem(p, addr, size))
		linx_put_sigset_at(p, addr, size);
	else
		linx_put_missing(p, v, addr);
	if (v)
		p->states |= 1u << v->state;
}

/* ---- sigevent --------------------------------------------------------------------------- */

/* Writes a union sigval, as a number and as a pointer. */
void linx_member_sigval(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "si_int");
	linx_put_i64(p, linx_type_load(&linx_ty_int, p->abi, o->data + at));
	linx_put_name(p, "si_ptr");
	linx_put_addr(p, (uint64_t)linx_type_load(&linx_ty_ptr, p->abi, o->data + at));
}

void linx_member_sigval_union(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "sival_int");
	linx_put_i64(p, linx_type_load(&linx_ty_int, p->abi, o->data + at));
	linx_put_name(p, "sival_ptr");
	linx_put_addr(p, (uint64_t)linx_type_load(&linx_ty_ptr, p->abi, o->data + at));
}

enum { NOTIFY_SIGNAL = 0, NOTIFY_THREAD = 2, NOTIFY_THREAD_ID = 4 };

void linx_put_sigevent(struct linx_put *p, const struct linx_obj *o)
{
	struct linx_obj head = { &linx_ty_sigevent_head, o->data, o->size, o->addr };
	size_t at = linx_type_size(head.ty, p->abi), skip = linx_is_64(p->abi) ? (at + 7) / 8 * 8 : at;
	struct linx_obj rest = { NULL, o->data + skip, o->size - skip, o->addr + skip };
	int64_t notify = linx_member_num(p, &head, "sigev_notify");
	bool named = notify == NOTIFY_SIGNAL || notify == NOTIFY_THREAD || notify == NOTIFY_THREAD_ID;

	linx_put_open(p);
	if (linx_member_num(p, &head, "sigev_value"))
		linx_put_member(p, &head, "sigev_value");
	if (named) {
		linx_put_member(p, &head, "sigev_signo");
	} else {
		linx_put_name(p, "sigev_signo");
		linx_put_u64(p, (uint32_t)linx_member_num(p, &head, "sigev_signo"));
	}
	linx_put_member(p, &head, "sigev_notify");
	rest.ty = notify == NOTIFY_THREAD ? &linx_ty_sigev_thread :
		  notify == NOTIFY_THREAD_ID ? &linx_ty_sigev_tid : NULL;
	if (rest.ty)
		linx_put_members(p, &rest);
	linx_put_close(p);
}

/* ---- calls whose result is a signal, a set or a handler ------------------------------------ */

/* Writes the arguments of sigtimedwait(2). The result is the signal that was taken; its name is shown too. */
void linx_call_sigtimedwait(struct linx_put *p)
{
	linx_put_used_args(p, ~0u);
	if (linx_put_ok(p) && p->ev->ret > 0)
		linx_put_aux_name(p, &linx_set_signo, (uint64_t)p->ev->ret);
}

/* Writes the arguments of signal(2). The result is the former handler. */
void linx_call_signal(struct linx_put *p)
{
	uint64_t ret = (uint64_t)linx_type_cut(&linx_ty_ulong, p->abi, (uint64_t)p->ev->ret);

	linx_put_used_args(p, ~0u);
	if (!linx_put_ok(p))
		return;
	p->ret_hex = true;
	if (ret < 2)
		linx_put_aux_text(p, ret ? "SIG_IGN" : "SIG_DFL");
}

static void explain_mask(struct linx_put *p, const char *what)
{
	struct linx_strbuf *out = p->o;

	linx_put_used_args(p, ~0u);
	if (!linx_put_ok(p))
		return;
	p->ret_hex = true;
	if (!p->aux)
		return;
	p->o = p->aux;
	linx_put_text(p, what);
	linx_put_sigmask(p, (uint32_t)p->ev->ret, 32);
	p->o = out;
}

/* Writes the arguments of ssetmask(2). The result is the former set of blocked signals. */
void linx_call_ssetmask(struct linx_put *p)
{
	explain_mask(p, "old mask ");
}

void linx_call_sgetmask(struct linx_put *p)
{
	explain_mask(p, "mask ");
}

/* Writes the signal mask that sigreturn(2) restores; it was captured from the stack. */
void linx_call_sigreturn(struct linx_put *p)
{
	const struct linx_value *v = &p->ev->field[LINX_FIELD_SIGMASK];
	uint64_t mask;

	if (!v->state || !linx_put_wants(p, LINX_WANT_DATA | LINX_WANT_COMMENTS))
		return;
	p->states |= 1u << v->state;
	if (!linx_value_whole(v) || v->size != sizeof(mask))
		return;
	memcpy(&mask, v->data, sizeof(mask));
	if (!linx_put_wants(p, LINX_WANT_DATA))
		linx_put_open(p);
	linx_put_name(p, "mask");
	linx_put_sigmask(p, mask, 64);
	if (!linx_put_wants(p, LINX_WANT_DATA))
		linx_put_close(p);
}
