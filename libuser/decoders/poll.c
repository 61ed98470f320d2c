// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes poll(2), ppoll(2) and epoll. */
#include "decoders/decoders.h"

#define EPOLL_CTL_DEL_OP 2

/*
 * Writes an element of the array of struct pollfd. In text the element shows only the requested events: the returned
 * events are shown behind the result.
 */
void linx_put_pollfd(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_member(p, o, "fd");
	if (linx_put_wants(p, LINX_WANT_FULL)) {
		linx_put_member(p, o, "events");
		linx_put_member(p, o, "revents");
	} else if (linx_member_num(p, o, "fd") >= 0) {
		linx_put_member(p, o, "events");
	}
	linx_put_close(p);
}

/* ---- text behind the result ---------------------------------------------------------------- */

static struct linx_put aux_of(const struct linx_put *p)
{
	struct linx_put aux = *p;

	aux.o = p->aux;
	aux.late = true;
	aux.plain = true;
	return aux;
}

/*
 * Writes an element of the array for which events were returned. Returns false if the limit is reached and no more are
 * shown.
 */
static bool put_ready(struct linx_put *p, const struct linx_obj *o, unsigned int *seen)
{
	if (!linx_member_num(p, o, "revents") || linx_member_num(p, o, "fd") < 0)
		return true;
	if (p->brief && *seen == p->st->limit) {
		linx_put_more(p);
		return false;
	}
	++*seen;
	linx_put_item(p);
	linx_put_open(p);
	linx_put_member(p, o, "fd");
	linx_put_member(p, o, "revents");
	linx_put_close(p);
	return true;
}

static void say_ready(const struct linx_put *p)
{
	struct linx_put aux = aux_of(p);
	size_t size = linx_type_size(&linx_ty_pollfd, p->abi);
	uint64_t addr = (uint64_t)linx_reg_as(p, 0, &linx_ty_addr);
	unsigned int seen = 0;
	const uint8_t *data;

	linx_put_list(&aux);
	for (uint64_t i = 0; i < (uint32_t)linx_reg(p, 1); i++) {
		struct linx_obj o = { &linx_ty_pollfd, NULL, size, addr + i * size };

		data = o.data = linx_put_mem(&aux, o.addr, size);
		if (!data || !put_ready(&aux, &o, &seen))
			break;
	}
	linx_put_list_end(&aux);
}

/* Writes the rest of the time limit, behind the result. */
static void say_left(const struct linx_put *p, unsigned int i)
{
	struct linx_put aux = aux_of(p);
	const struct linx_ty *ty = p->ev->call->row->args[i].ty;
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);

	if (!addr || !linx_put_mem(&aux, addr, linx_type_size(ty, p->abi)))
		return;
	linx_put_text(&aux, ", left ");
	linx_put_ptr(&aux, ty, addr);
}

static void say_result(struct linx_put *p)
{
	if (!p->aux || !linx_put_ok(p))
		return;
	if (!p->ev->ret) {
		linx_strbuf_str(p->aux, "Timeout");
		return;
	}
	say_ready(p);
	if (p->ev->call->row->nargs > 3)
		say_left(p, 2);
}

/* ---- arguments of the calls ------------------------------------------------------------------- */

/* Writes the array of elements. In JSON the elements are those after the call, which changes only revents. */
static void put_fds(struct linx_put *p)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, 0, &linx_ty_addr);

	if (linx_put_argname(p, 0)) {
		p->late = linx_put_ok(p) && linx_put_wants(p, LINX_WANT_FULL);
		linx_put_array(p, &linx_ty_pollfd, addr, (uint32_t)linx_reg(p, 1));
		p->late = false;
	}
	p->plain = false;
}

void linx_call_poll(struct linx_put *p)
{
	unsigned int nargs = p->ev->call->row->nargs;

	put_fds(p);
	linx_put_arg(p, 1);
	if (nargs > 3)
		linx_put_arg_early(p, 2);
	else
		linx_put_arg(p, 2);
	for (unsigned int i = 3; i < nargs; i++)
		linx_put_arg(p, i);
	say_result(p);
}

/* Writes the arguments of epoll_ctl(2). EPOLL_CTL_DEL ignores the event, so it is shown as an address. */
void linx_call_epoll_ctl(struct linx_put *p)
{
	for (unsigned int i = 0; i < 3; i++)
		linx_put_arg(p, i);
	if (linx_reg_int(p, 1) == EPOLL_CTL_DEL_OP)
		linx_put_arg_as(p, 3, &linx_ty_addr);
	else
		linx_put_arg(p, 3);
}

/*
 * Writes the arguments of epoll_pwait(2). strace reads the memory at the return, and only if the call
 * succeeded.
 */
void linx_call_epoll_pwait(struct linx_put *p)
{
	bool failed = p->st->strace && linx_event_errno(p->ev);

	for (unsigned int i = 0; i < p->ev->call->row->nargs; i++) {
		const struct linx_ty *ty = p->ev->call->row->args[i].ty;

		if (failed && (ty == &linx_ty_sigset || ty == &linx_ty_timespec64))
			linx_put_arg_as(p, i, &linx_ty_addr);
		else
			linx_put_arg(p, i);
	}
}

/* Writes the data of an epoll event, a union of which only the program knows the member in use. */
void linx_member_epoll_data(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t data = (uint64_t)linx_type_load(&linx_ty_u64, p->abi, o->data + at);

	linx_put_name(p, "data");
	linx_put_hex(p, data);
}

/* Writes a set of signals; its size is the next member. */
void linx_member_sigset(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	const struct linx_type_member *m = linx_member_at(p, o, at);

	linx_put_name(p, m->name);
	linx_put_sigset_at(p, (uint64_t)linx_type_load(m->ty, p->abi, o->data + at),
			   (uint64_t)linx_member_num(p, o, "sigsetsize"));
}
