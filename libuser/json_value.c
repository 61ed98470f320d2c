// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Arguments as JSON; docs/json.md is the schema. A number is a number; one
 * with a name is {"value", "text"}, a set of flags {"value", "names"}. What a
 * pointer points to takes the pointer's place; a pointer whose target was not
 * captured is its address, and null if it is null.
 */
#include "json.h"

#define AT_FDCWD_VALUE (-100)

/* One argument on its way to the buffer. */
struct argument {
	struct linx_out *o;
	const struct linx_style *st;
	const struct linx_event *ev;
	unsigned int i;
	struct linx_meaning m;
	int64_t n; /* the register */
	const struct linx_value *v; /* readable, or NULL */
};

static bool is_signed(enum linx_width width)
{
	return width == LINX_WIDTH_S32 || width == LINX_WIDTH_SLONG;
}

static void put_number(struct linx_out *o, enum linx_width width, int64_t n)
{
	if (is_signed(width))
		linx_out_i64(o, n);
	else
		linx_out_u64(o, (uint64_t)n);
}

static void put_addr(struct linx_out *o, uint64_t addr)
{
	if (addr)
		linx_out_u64(o, addr);
	else
		linx_json_lit(o, "null");
}

/* {"value":1,"text":"NAME"}; without a name just the number. Names are plain ASCII. */
static void put_named(struct linx_out *o, enum linx_width width, int64_t n, const char *name)
{
	if (!name) {
		put_number(o, width, n);
		return;
	}
	linx_json_lit(o, "{\"value\":");
	put_number(o, width, n);
	linx_json_lit(o, ",\"text\":\"");
	linx_out_str(o, name);
	linx_json_lit(o, "\"}");
}

/* A constant out of many; a negative one shows as such whatever its register's type. */
static void put_const(struct linx_out *o, const struct linx_flagset *set, enum linx_width width,
		      uint64_t mask, int64_t n)
{
	const struct linx_flag *flag = set ? linx_const_find(set, (uint64_t)n, mask) : NULL;

	if (flag && (int64_t)flag->value < 0)
		put_named(o, LINX_WIDTH_SLONG, (int64_t)flag->value, flag->name);
	else
		put_named(o, width, n, flag ? flag->name : NULL);
}

static void put_known(struct linx_out *o, const char *set, int64_t n)
{
	put_const(o, linx_flagset_find(set), LINX_WIDTH_S32, UINT32_MAX, n);
}

/* Bits without a name are in the value alone. Was there any name? */
static bool put_flag_names(struct linx_out *o, const struct linx_flagset *set, uint64_t value,
			   uint64_t mask)
{
	const struct linx_flag *flag;
	struct linx_flag_iter it;
	bool any = false;

	linx_flag_begin(&it, set, value, mask);
	for (; (flag = linx_flag_next(&it)); any = true) {
		if (any)
			linx_out_char(o, ',');
		linx_out_char(o, '"');
		linx_print_flag(o, flag, it.number);
		linx_out_char(o, '"');
	}
	return any;
}

static void put_flags(const struct argument *a)
{
	uint64_t mask = linx_type_mask(a->m.width, a->ev->abi);

	if (!a->m.set->bits) {
		put_const(a->o, a->m.set, a->m.width, mask, a->n);
		return;
	}
	linx_json_lit(a->o, "{\"value\":");
	linx_out_u64(a->o, (uint64_t)a->n);
	linx_json_lit(a->o, ",\"names\":[");
	put_flag_names(a->o, a->m.set, (uint64_t)a->n, mask);
	linx_json_lit(a->o, "]}");
}

static void put_clone_flags(const struct argument *a)
{
	const struct linx_flagset *set = linx_flagset_find("clone_flags");
	const char *signal = linx_signal_name(a->n & 0xff);
	uint64_t flags = (uint64_t)a->n & ~0xffull;
	bool any;

	linx_json_lit(a->o, "{\"value\":");
	linx_out_u64(a->o, (uint64_t)a->n);
	linx_json_lit(a->o, ",\"names\":[");
	any = set && put_flag_names(a->o, set, flags, UINT64_MAX);
	if (signal) {
		linx_out_str(a->o, any ? ",\"" : "\"");
		linx_out_str(a->o, signal);
		linx_out_char(a->o, '"');
	}
	linx_json_lit(a->o, "]}");
}

static void put_sigmask(struct linx_out *o, uint64_t mask, unsigned int nsig)
{
	const char *sep = "";

	linx_json_lit(o, "{\"value\":");
	linx_out_u64(o, mask);
	linx_json_lit(o, ",\"names\":[");
	for (unsigned int i = 0; i < nsig; i++) {
		const char *name = mask >> i & 1 ? linx_signal_name(i + 1) : NULL;

		if (!name)
			continue;
		linx_out_str(o, sep);
		sep = ",";
		linx_out_char(o, '"');
		linx_out_str(o, name);
		linx_out_char(o, '"');
	}
	linx_json_lit(o, "]}");
}

static void put_dev(struct linx_out *o, uint64_t dev)
{
	linx_json_lit(o, "{\"value\":");
	linx_out_u64(o, dev);
	linx_json_lit(o, ",\"major\":");
	linx_out_u64(o, dev >> 8 & 0xfff);
	linx_json_lit(o, ",\"minor\":");
	linx_out_u64(o, (dev & 0xff) | (dev >> 12 & 0xfff00));
	linx_out_char(o, '}');
}

/* Two numbers packed in one: the text is what the readable formats write. */
static void put_packed(const struct argument *a)
{
	linx_json_lit(a->o, "{\"value\":");
	put_number(a->o, a->m.width, a->n);
	linx_json_lit(a->o, ",\"text\":\"");
	linx_print_arg(a->o, a->st, a->ev, a->i);
	linx_json_lit(a->o, "\"}");
}

static void put_id(const struct argument *a)
{
	bool none = a->m.width != LINX_WIDTH_S32 &&
		    (uint64_t)a->n == linx_type_mask(a->m.width, a->ev->abi);

	linx_out_i64(a->o, none ? -1 : a->n);
}

/* ---- what pointers point to ------------------------------------------------------- */

static bool put_int_target(const struct argument *a)
{
	int64_t n;

	if (!linx_value_int(a->v, 0, a->v->size, is_signed(a->m.width), &n))
		return false;
	put_number(a->o, a->m.width, n);
	return true;
}

static bool put_fd_pair(const struct argument *a)
{
	int64_t x, y;

	if (!linx_value_int(a->v, 0, 4, true, &x) || !linx_value_int(a->v, 4, 4, true, &y))
		return false;
	linx_out_char(a->o, '[');
	linx_out_i64(a->o, x);
	linx_out_char(a->o, ',');
	linx_out_i64(a->o, y);
	linx_out_char(a->o, ']');
	return true;
}

static bool put_sigset(const struct argument *a)
{
	int64_t mask;

	if (!linx_value_int(a->v, 0, a->v->size, false, &mask))
		return false;
	put_sigmask(a->o, (uint64_t)mask, a->v->size * 8);
	return true;
}

static bool put_wstatus(const struct argument *a)
{
	int64_t status;

	if (!linx_value_int(a->v, 0, 4, false, &status))
		return false;
	linx_json_lit(a->o, "{\"value\":");
	linx_out_i64(a->o, status);
	linx_json_lit(a->o, ",\"text\":\"");
	linx_print_wstatus(a->o, (uint32_t)status);
	linx_json_lit(a->o, "\"}");
	return true;
}

static void put_inet(struct linx_out *o, const struct linx_sockaddr *sa)
{
	linx_json_lit(o, ",\"addr\":\"");
	linx_out_str(o, sa->addr);
	linx_json_lit(o, "\",\"port\":");
	linx_out_u64(o, sa->port);
	if (sa->shape != LINX_SA_INET6)
		return;
	linx_json_lit(o, ",\"flowinfo\":");
	linx_out_u64(o, sa->flowinfo);
	linx_json_lit(o, ",\"scope_id\":");
	linx_out_u64(o, sa->scope);
}

static void put_sockaddr_body(struct linx_out *o, const struct linx_sockaddr *sa)
{
	switch (sa->shape) {
	case LINX_SA_UNIX:
		linx_out_str(o, sa->abstract ? ",\"abstract\":" : ",\"path\":");
		linx_json_string(o, sa->path, sa->path_len);
		break;
	case LINX_SA_INET:
	case LINX_SA_INET6:
		put_inet(o, sa);
		break;
	case LINX_SA_NETLINK:
		linx_json_lit(o, ",\"pid\":");
		linx_out_u64(o, sa->pid);
		linx_json_lit(o, ",\"groups\":");
		linx_out_u64(o, sa->groups);
		break;
	case LINX_SA_RAW:
		linx_json_lit(o, ",\"data\":");
		linx_json_string(o, sa->path, sa->path_len);
		break;
	case LINX_SA_NONE:
		break;
	}
}

static bool put_sockaddr(const struct argument *a)
{
	struct linx_sockaddr sa;

	if (!linx_sockaddr_decode(a->v, &sa))
		return false;
	linx_json_lit(a->o, "{\"family\":");
	if (sa.family_name)
		linx_json_cstring(a->o, sa.family_name);
	else
		linx_out_u64(a->o, sa.family);
	put_sockaddr_body(a->o, &sa);
	if (a->v->state != LINX_WHOLE) {
		linx_json_lit(a->o, ",\"state\":\"");
		linx_out_str(a->o, linx_state_name(a->v->state));
		linx_json_lit(a->o, "\",\"len\":");
		linx_out_u64(a->o, a->v->orig);
	}
	linx_out_char(a->o, '}');
	return true;
}

static bool put_text(const struct argument *a)
{
	uint32_t size = linx_value_text_size(a->v, a->m.type);

	linx_json_bytes(a->o, a->v, size, a->m.type == LINX_TYPE_PATH ? UINT32_MAX : a->st->limit);
	return true;
}

/* {"value":addr,"count":27}, unless the environment itself was captured. */
static bool put_envp(const struct argument *a)
{
	struct linx_strings it;

	if (a->v->kind != LINX_VAL_STRV)
		return false;
	linx_strings_begin(&it, a->v);
	if (it.left || a->v->state == LINX_WHOLE) {
		linx_json_vector(a->o, a->v);
		return true;
	}
	linx_json_lit(a->o, "{\"value\":");
	put_addr(a->o, (uint64_t)a->n);
	linx_json_lit(a->o, ",\"count\":");
	linx_out_u64(a->o, it.count);
	linx_out_char(a->o, '}');
	return true;
}

static bool put_vector(const struct argument *a)
{
	linx_json_vector(a->o, a->v);
	return true;
}

static bool put_sockopt(const struct argument *a)
{
	return (linx_value_whole(a->v) && a->v->size == 4 && put_int_target(a)) || put_text(a);
}

/* False: its bytes are not what the type needs. */
static bool (*const targets[LINX_TYPES])(const struct argument *a) = {
	[LINX_TYPE_PATH] = put_text,	      [LINX_TYPE_STR] = put_text,
	[LINX_TYPE_BYTES] = put_text,	      [LINX_TYPE_SOCKOPT] = put_sockopt,
	[LINX_TYPE_SOCKADDR] = put_sockaddr,  [LINX_TYPE_ARGV] = put_vector,
	[LINX_TYPE_ENVP] = put_envp,	      [LINX_TYPE_SIGSET] = put_sigset,
	[LINX_TYPE_INT_PTR] = put_int_target, [LINX_TYPE_FD_PAIR] = put_fd_pair,
	[LINX_TYPE_LEN_PTR] = put_int_target, [LINX_TYPE_WSTATUS] = put_wstatus,
};

static void put_pointer(struct argument *a, unsigned int *states)
{
	const struct linx_value *v = linx_arg_target(a->ev, a->i);
	bool readable = v && (a->m.type == LINX_TYPE_ARGV || a->m.type == LINX_TYPE_ENVP ?
				      linx_value_strings(v) :
				      linx_value_readable(v));

	/* An environment that was only counted is not called truncated. */
	if (v && (a->m.type != LINX_TYPE_ENVP || !linx_value_readable(v)))
		*states |= 1u << v->state;
	a->v = v;
	a->n = linx_arg_int(a->ev, a->i, LINX_WIDTH_LONG);
	if (readable && targets[a->m.type] && targets[a->m.type](a))
		return;
	if (linx_arg_empty(a->ev, a->i))
		linx_json_lit(a->o, "\"\"");
	else if (v && !readable && v->state != LINX_ABSENT)
		linx_json_bytes(a->o, v, 0, 0);
	else
		put_addr(a->o, (uint64_t)a->n);
}

/* ---- one function per type --------------------------------------------------------- */

static void json_number(const struct argument *a)
{
	put_number(a->o, a->m.width, a->n);
}

static void json_offset(const struct argument *a)
{
	linx_out_i64(a->o, linx_arg_offset(a->ev, a->i));
}

static void json_raw(const struct argument *a)
{
	linx_out_u64(a->o, a->i < a->ev->nargs ? a->ev->args[a->i] : 0);
}

static void json_addr(const struct argument *a)
{
	put_addr(a->o, (uint64_t)a->n);
}

static void json_dirfd(const struct argument *a)
{
	put_named(a->o, a->m.width, a->n, a->n == AT_FDCWD_VALUE ? "AT_FDCWD" : NULL);
}

static void json_dev(const struct argument *a)
{
	put_dev(a->o, (uint64_t)a->n);
}

static void json_signal(const struct argument *a)
{
	put_known(a->o, "signo", a->n);
}

static void json_clockid(const struct argument *a)
{
	put_known(a->o, "clockid", a->n);
}

static void json_key_serial(const struct argument *a)
{
	put_known(a->o, "key_spec", a->n);
}

static void json_futex_bitset(const struct argument *a)
{
	put_named(a->o, LINX_WIDTH_U32, (uint32_t)a->n,
		  (uint32_t)a->n == UINT32_MAX ? LINX_FUTEX_MATCH_ANY : NULL);
}

static void json_sigmask(const struct argument *a)
{
	put_sigmask(a->o, (uint64_t)a->n, a->ev->abi == LINX_ABI_I386 ? 32 : 64);
}

/* What is not here is a pointer. */
static void (*const scalars[LINX_TYPES])(const struct argument *a) = {
	[LINX_TYPE_UNKNOWN] = json_number,
	[LINX_TYPE_NUMBER] = json_number,
	[LINX_TYPE_HEX] = json_number,
	[LINX_TYPE_OCTAL] = json_number,
	[LINX_TYPE_FILE_MODE] = json_number,
	[LINX_TYPE_ADDR] = json_addr,
	[LINX_TYPE_FD] = json_number,
	[LINX_TYPE_DIRFD] = json_dirfd,
	[LINX_TYPE_OFF_LO] = json_offset,
	[LINX_TYPE_OFF_HI] = json_raw,
	[LINX_TYPE_ID] = put_id,
	[LINX_TYPE_DEV] = json_dev,
	[LINX_TYPE_FLAGS] = put_flags,
	[LINX_TYPE_CLONE_FLAGS] = put_clone_flags,
	[LINX_TYPE_SIGNAL] = json_signal,
	[LINX_TYPE_SIGMASK] = json_sigmask,
	[LINX_TYPE_CLOCKID] = json_clockid,
	[LINX_TYPE_FUTEX_BITSET] = json_futex_bitset,
	[LINX_TYPE_PAGES] = json_number,
	[LINX_TYPE_IPC_KEY] = json_number,
	[LINX_TYPE_KEY_SERIAL] = json_key_serial,
	[LINX_TYPE_QCMD] = put_packed,
	[LINX_TYPE_IOPRIO] = put_packed,
	[LINX_TYPE_SIGHANDLER] = json_addr,
};

void linx_json_arg(struct linx_out *o, const struct linx_style *st, const struct linx_event *ev,
		   unsigned int i, unsigned int *states)
{
	struct linx_meaning m = linx_arg_meaning(ev, i);
	struct argument a = { o, st, ev, i, m, linx_arg_int(ev, i, m.width), NULL };

	/* What the kernel does not look at is whatever the register held. */
	if (linx_arg_gone(ev, i) || (m.hidden && m.type != LINX_TYPE_OFF_HI))
		linx_json_lit(o, "null");
	else if (scalars[m.type])
		scalars[m.type](&a);
	else
		put_pointer(&a, states);
}
