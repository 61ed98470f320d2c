// SPDX-License-Identifier: LGPL-2.1-or-later
/* Arguments as text: what pointers point to, or their address where that was not captured. */
#include "print.h"

/* What strace shows of a vector without -v. */
#define VECTOR_MAX 32u
#define SO_INT_SIZE 4u

/* One pointer argument on its way to the buffer. */
struct target {
	struct linx_out *o;
	const struct linx_style *st;
	const struct linx_event *ev;
	unsigned int i;
	struct linx_meaning m;
	const struct linx_value *v;
};

static void put_string(const struct target *t, const char *s, size_t size, size_t limit, bool cut)
{
	size_t shown = size < limit ? size : limit;

	if (t->ev->call->row->special == LINX_SPECIAL_RANDOM)
		linx_out_quote_hex(t->o, s, shown);
	else if (t->st->strace)
		linx_out_quote_ascii(t->o, s, shown);
	else
		linx_out_quote_text(t->o, s, shown);
	if (cut || shown < size)
		linx_out_mem(t->o, "...", 3);
}

static bool value_cut(const struct linx_value *v)
{
	return v->state == LINX_TRUNCATED || v->size < v->orig;
}

/* Paths are shown whole; of what a call wrote as a path, strace shows no more than of other strings. */
static bool put_text(const struct target *t)
{
	bool path = t->m.type == LINX_TYPE_PATH &&
		    (t->v->kind == LINX_VAL_STR || !strcmp(t->ev->call->row->id, "getcwd"));
	size_t limit =
		path || (!t->st->strace && t->st->limit == UINT32_MAX) ? SIZE_MAX : t->st->limit;

	put_string(t, t->v->data, linx_value_text_size(t->v, t->m.type), limit, value_cut(t->v));
	return true;
}

static bool put_vector(const struct target *t)
{
	unsigned int most = t->st->verbose || !t->st->strace ? UINT32_MAX : VECTOR_MAX, n = 0;
	struct linx_strings it;
	const char *s;
	size_t len;
	bool cut, more = false;

	linx_strings_begin(&it, t->v);
	linx_out_char(t->o, '[');
	while (!more && linx_strings_next(&it, &s, &len, &cut)) {
		if (n)
			linx_out_mem(t->o, ", ", 2);
		more = n++ == most;
		if (!more)
			put_string(t, s, len, t->st->limit, cut);
	}
	if (!more && !linx_value_whole(t->v))
		linx_out_str(t->o, n ? ", " : "");
	if (!more && it.unread)
		linx_print_addr(t->o, it.unread);
	else if (more || !linx_value_whole(t->v))
		linx_out_mem(t->o, "...", 3);
	linx_out_char(t->o, ']');
	return true;
}

/* The address, and in a comment how many there are, as strace without -v. */
static void put_count(const struct target *t)
{
	struct linx_strings it;

	linx_strings_begin(&it, t->v);
	linx_print_addr(t->o, t->i < t->ev->nargs ? t->ev->args[t->i] : 0);
	linx_out_mem(t->o, " /* ", 4);
	linx_out_u64(t->o, it.count);
	linx_out_str(t->o, it.count == 1 ? " var" : " vars");
	linx_out_mem(t->o, " */", 3);
}

static bool put_envp(const struct target *t)
{
	struct linx_strings it;

	if (t->v->kind != LINX_VAL_STRV)
		return false;
	linx_strings_begin(&it, t->v);
	if (!it.count && t->v->state == LINX_UNREADABLE)
		return false;
	if (t->st->verbose && it.left)
		put_vector(t);
	else
		put_count(t);
	return true;
}

static void put_family(const struct target *t, const struct linx_sockaddr *sa)
{
	linx_out_str(t->o, "{sa_family=");
	if (sa->family_name) {
		linx_out_str(t->o, sa->family_name);
	} else {
		linx_out_hex(t->o, sa->family);
		linx_out_str(t->o, " /* AF_??? */");
	}
}

static void put_inet(const struct target *t, const struct linx_sockaddr *sa)
{
	bool six = sa->shape == LINX_SA_INET6;

	linx_out_str(t->o, six ? ", sin6_port=htons(" : ", sin_port=htons(");
	linx_out_u64(t->o, sa->port);
	if (six) {
		linx_out_str(t->o, "), sin6_flowinfo=htonl(");
		linx_out_u64(t->o, sa->flowinfo);
		linx_out_str(t->o, "), inet_pton(AF_INET6, \"");
	} else {
		linx_out_str(t->o, "), sin_addr=inet_addr(\"");
	}
	linx_out_str(t->o, sa->addr);
	linx_out_str(t->o, six ? "\", &sin6_addr), sin6_scope_id=" : "\")");
	if (six)
		linx_out_u64(t->o, sa->scope);
}

/* As %#08x, which is what strace has. */
static void put_netlink(const struct target *t, const struct linx_sockaddr *sa)
{
	linx_out_str(t->o, ", nl_pid=");
	linx_out_u64(t->o, sa->pid);
	linx_out_str(t->o, ", nl_groups=");
	if (sa->groups) {
		linx_out_mem(t->o, "0x", 2);
		for (int shift = sa->groups >> 24 ? 28 : 20; shift >= 0; shift -= 4)
			linx_out_char(t->o, "0123456789abcdef"[sa->groups >> shift & 15]);
	} else {
		linx_out_mem(t->o, "00000000", 8);
	}
}

static bool put_sockaddr(const struct target *t)
{
	struct linx_sockaddr sa;

	if (!linx_sockaddr_decode(t->v, &sa))
		return false;
	put_family(t, &sa);
	switch (sa.shape) {
	case LINX_SA_UNIX:
		linx_out_str(t->o, sa.abstract ? ", sun_path=@" : ", sun_path=");
		put_string(t, sa.path, sa.path_len, SIZE_MAX, value_cut(t->v));
		break;
	case LINX_SA_INET:
	case LINX_SA_INET6:
		put_inet(t, &sa);
		break;
	case LINX_SA_NETLINK:
		put_netlink(t, &sa);
		break;
	case LINX_SA_RAW:
		linx_out_str(t->o, ", sa_data=");
		/* What the caller left no room for is not there, strace finds. */
		put_string(t, sa.path, sa.path_len, SIZE_MAX, !t->st->strace && value_cut(t->v));
		break;
	case LINX_SA_NONE:
		break;
	}
	linx_out_char(t->o, '}');
	return true;
}

static bool put_int(const struct target *t)
{
	bool is_signed = t->m.width == LINX_WIDTH_S32 || t->m.width == LINX_WIDTH_SLONG;
	const struct linx_value *before = linx_arg_before(t->ev, t->i);
	int64_t n, old;

	if (!linx_value_int(t->v, 0, t->v->size, is_signed, &n))
		return false;
	linx_out_char(t->o, '[');
	if (before && before != t->v && linx_value_int(before, 0, before->size, is_signed, &old) &&
	    old != n) {
		linx_out_i64(t->o, old);
		linx_out_str(t->o, t->m.type == LINX_TYPE_LEN_PTR ? " => " : "] => [");
	}
	if (is_signed)
		linx_out_i64(t->o, n);
	else
		linx_out_u64(t->o, (uint64_t)n);
	linx_out_char(t->o, ']');
	return true;
}

static bool put_fd_pair(const struct target *t)
{
	int64_t a, b;

	if (!linx_value_int(t->v, 0, 4, true, &a) || !linx_value_int(t->v, 4, 4, true, &b))
		return false;
	linx_out_char(t->o, '[');
	linx_out_i64(t->o, a);
	linx_out_mem(t->o, ", ", 2);
	linx_out_i64(t->o, b);
	linx_out_char(t->o, ']');
	return true;
}

static bool put_sigset(const struct target *t)
{
	int64_t mask;

	if (!linx_value_int(t->v, 0, t->v->size, false, &mask))
		return false;
	linx_print_sigmask(t->o, (uint64_t)mask, t->v->size * 8);
	return true;
}

static bool put_wstatus(const struct target *t)
{
	int64_t status;

	if (!linx_value_int(t->v, 0, 4, false, &status))
		return false;
	linx_out_char(t->o, '[');
	linx_print_wstatus(t->o, (uint32_t)status);
	linx_out_char(t->o, ']');
	return true;
}

static bool put_sockopt(const struct target *t)
{
	return t->v->size != SO_INT_SIZE || value_cut(t->v) ? put_text(t) : put_int(t);
}

/* False: its bytes are not what the type needs. */
static bool (*const targets[LINX_TYPES])(const struct target *t) = {
	[LINX_TYPE_PATH] = put_text,	     [LINX_TYPE_STR] = put_text,
	[LINX_TYPE_BYTES] = put_text,	     [LINX_TYPE_SOCKOPT] = put_sockopt,
	[LINX_TYPE_SOCKADDR] = put_sockaddr, [LINX_TYPE_ARGV] = put_vector,
	[LINX_TYPE_ENVP] = put_envp,	     [LINX_TYPE_SIGSET] = put_sigset,
	[LINX_TYPE_INT_PTR] = put_int,	     [LINX_TYPE_FD_PAIR] = put_fd_pair,
	[LINX_TYPE_LEN_PTR] = put_int,	     [LINX_TYPE_WSTATUS] = put_wstatus,
};

void linx_print_pointer(struct linx_out *o, const struct linx_style *st,
			const struct linx_event *ev, unsigned int i, struct linx_meaning m)
{
	const struct linx_value *v = linx_arg_target(ev, i);
	struct target t = { o, st, ev, i, m, v };

	if (v && (m.type == LINX_TYPE_ARGV ? linx_value_strings(v) : linx_value_readable(v)) &&
	    targets[m.type] && targets[m.type](&t))
		return;
	if (linx_arg_empty(ev, i))
		linx_out_mem(o, "\"\"", 2);
	else
		linx_print_addr(o, (uint64_t)linx_arg_int(ev, i, LINX_WIDTH_LONG));
}
