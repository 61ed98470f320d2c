// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes select(2), its old form, and pselect6(2). */
#include "decoders/decoders.h"

#define FD_SETSIZE_MAX 1024

/* The arguments of select(2) or pselect6(2), which are in registers or in a structure. */
struct select {
	int32_t n;
	uint64_t sets[3], timeout;
	const struct linx_ty *time;
};

/* Returns how many bytes of a set the call reads. */
static size_t set_bytes(const struct linx_put *p, const struct select *s)
{
	unsigned int bits = 8 * (unsigned int)linx_type_size(&linx_ty_culong, p->abi);
	unsigned int n = s->n > FD_SETSIZE_MAX ? FD_SETSIZE_MAX : (unsigned int)s->n;

	return (n + bits - 1) / bits * bits / 8;
}

/* Returns the next descriptor in the set, from fd on. If there is none, returns the number of descriptors. */
static int32_t next_fd(const uint8_t *set, const struct select *s, int32_t fd)
{
	int32_t n = s->n > FD_SETSIZE_MAX ? FD_SETSIZE_MAX : s->n;

	while (fd < n && !(set[fd / 8] >> fd % 8 & 1))
		fd++;
	return fd < n ? fd : s->n;
}

static const uint8_t *read_set(struct linx_put *p, const struct select *s, unsigned int k)
{
	return s->n > 0 && s->sets[k] ? linx_put_mem(p, s->sets[k], set_bytes(p, s)) : NULL;
}

static void put_set(struct linx_put *p, const struct select *s, unsigned int k)
{
	const uint8_t *set = read_set(p, s, k);

	if (!set) {
		linx_put_addr(p, s->sets[k]);
		return;
	}
	linx_put_list(p);
	for (int32_t fd = 0; (fd = next_fd(set, s, fd)) < s->n; fd++) {
		linx_put_set_item(p);
		linx_num_fd(p, &linx_ty_fd, fd);
		p->plain = false;
	}
	linx_put_list_end(p);
}

/* True if the call changed the set with index k. */
static bool changed(struct linx_put *p, const struct select *s, unsigned int k)
{
	const uint8_t *before = read_set(p, s, k), *after;

	p->late = true;
	after = read_set(p, s, k);
	p->late = false;
	return before && after && memcmp(before, after, set_bytes(p, s)) != 0;
}

/* Writes a set in JSON: before the call and, if the call changed it, after it. */
static void put_set_twice(struct linx_put *p, const struct select *s, unsigned int k)
{
	bool both = linx_put_wants(p, LINX_WANT_BOTH) && linx_put_ok(p) && changed(p, s, k);

	if (both)
		linx_put_before(p);
	put_set(p, s, k);
	if (!both)
		return;
	linx_put_after(p);
	p->late = true;
	put_set(p, s, k);
	p->late = false;
	linx_put_after_end(p);
}

/* ---- text behind the result ---------------------------------------------------------------- */

static void say_set(struct linx_put *p, const struct select *s, unsigned int k, int64_t *ready)
{
	static const char *const names[] = { "in", "out", "except" };
	const uint8_t *set = read_set(p, s, k);
	const char *sep = " [";

	for (int32_t fd = 0; set && *ready && (fd = next_fd(set, s, fd)) < s->n; fd++, --*ready) {
		if (sep[1]) {
			linx_put_item(p);
			linx_put_text(p, names[k]);
		}
		linx_put_text(p, sep);
		linx_put_u64(p, (uint64_t)fd);
		sep = " ";
	}
	linx_put_text(p, sep[1] ? "" : "]");
}

/* Writes what the call found, behind the result: " (in [3], out [4], left {tv_sec=1, tv_usec=2})" */
static void say_result(struct linx_put *p, const struct select *s)
{
	struct linx_put aux = *p;
	int64_t ready = p->ev->ret;

	if (!p->aux || !linx_put_ok(p))
		return;
	p->aux_empty = true;
	aux.o = p->aux;
	aux.late = aux.plain = true;
	if (!ready) {
		linx_put_text(&aux, "Timeout");
		return;
	}
	for (unsigned int k = 0; k < 3; k++)
		say_set(&aux, s, k, &ready);
	if (!s->timeout)
		return;
	linx_put_item(&aux);
	linx_put_text(&aux, "left ");
	linx_put_ptr(&aux, s->time, s->timeout);
}

/* ---- arguments of the calls ------------------------------------------------------------------- */

void linx_call_select(struct linx_put *p)
{
	struct select s = {
		.n = linx_reg_int(p, 0),
		.timeout = (uint64_t)linx_reg_as(p, 4, &linx_ty_addr),
		.time = p->ev->call->row->args[4].ty,
	};

	for (unsigned int k = 0; k < 3; k++)
		s.sets[k] = (uint64_t)linx_reg_as(p, k + 1, &linx_ty_addr);
	linx_put_arg(p, 0);
	for (unsigned int k = 0; k < 3; k++) {
		if (linx_put_argname(p, k + 1))
			put_set_twice(p, &s, k);
		p->plain = false;
	}
	linx_put_arg_early(p, 4);
	for (unsigned int i = 5; i < p->ev->call->row->nargs; i++)
		linx_put_arg(p, i);
	say_result(p, &s);
}

static void put_old(struct linx_put *p, const struct select *s)
{
	static const char *const names[] = { "inp", "outp", "exp" };

	if (linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_open(p);
		linx_put_name(p, "n");
	}
	linx_put_i64(p, s->n);
	for (unsigned int k = 0; k < 3; k++) {
		if (linx_put_wants(p, LINX_WANT_DATA))
			linx_put_name(p, names[k]);
		else
			linx_put_text(p, ", ");
		put_set_twice(p, s, k);
		p->plain = false;
	}
	if (linx_put_wants(p, LINX_WANT_DATA))
		linx_put_name(p, "tvp");
	else
		linx_put_text(p, ", ");
	linx_put_ptr(p, s->time, s->timeout);
	if (linx_put_wants(p, LINX_WANT_DATA))
		linx_put_close(p);
}

/* Writes the arguments of the old form of select(2), which are in a structure. */
void linx_call_old_select(struct linx_put *p)
{
	static const char *const sets[] = { "inp", "outp", "exp" };
	struct linx_obj o = { .ty = &linx_ty_sel_arg_struct, .addr = (uint64_t)linx_reg_as(p, 0, &linx_ty_addr) };
	struct select s = { .time = &linx_ty_timeval };

	o.size = linx_type_size(o.ty, p->abi);
	o.data = linx_put_mem(p, o.addr, o.size);
	if (!o.data) {
		linx_put_arg_as(p, 0, &linx_ty_addr);
		return;
	}
	s.n = (int32_t)linx_member_num(p, &o, "n");
	for (unsigned int k = 0; k < 3; k++)
		s.sets[k] = (uint64_t)linx_member_num(p, &o, sets[k]);
	s.timeout = (uint64_t)linx_member_num(p, &o, "tvp");
	if (linx_put_argname(p, 0))
		put_old(p, &s);
	p->plain = false;
	say_result(p, &s);
}
