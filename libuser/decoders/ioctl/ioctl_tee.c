// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes ioctls of trusted execution environments: a buffer with a header, which counts the parameters behind
 * it. linux/tee.h.
 */
#include "table/flagsets.h"
#include "decoders/ioctl/ioctl.h"

#define MAX_SIZE 4096u /* TEE_MAX_ARG_SIZE */
#define META 0x100u /* TEE_IOCTL_PARAM_ATTR_META */
#define PARAM_SIZE 32u /* size of struct tee_ioctl_param */
#define OPTEE 1 /* TEE_IMPL_ID_OPTEE */
#define CLNT_UUID_AT 16u /* offset of clnt_uuid in struct tee_ioctl_open_session_arg */
/* TEE_IOCTL_PARAM_ATTR_TYPE_* of linux/tee.h */
enum { MEMREF_INPUT = 5, MEMREF_INOUT = 7, UBUF_INPUT = 8, UBUF_INOUT = 10, OBJREF_INPUT = 11, OBJREF_INOUT = 13 };
/* TEE_IOCTL_LOGIN_* */
enum {
	LOGIN_PUBLIC = 0,
	LOGIN_USER = 1,
	LOGIN_GROUP = 2,
	LOGIN_APPLICATION = 4,
	LOGIN_USER_APPLICATION = 5,
	LOGIN_GROUP_APPLICATION = 6,
};

void linx_ioctl_tee_version(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;

	(void)cmd;
	if (!linx_ioctl_after(p, &linx_ty_tee_ioctl_version_data, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_members_of(p, &o, NAMES("impl_id", "gen_caps"));
	if (linx_member_num(p, &o, "impl_id") == OPTEE) {
		linx_put_name(p, "impl_caps");
		linx_put_flags(p, &linx_set_tee_optee_caps,
			       (uint64_t)linx_member_num(p, &o, "impl_caps"), 4);
	} else {
		linx_put_member(p, &o, "impl_caps");
	}
	linx_put_close(p);
}

/* ---- parameters behind the header --------------------------------------------------------- */

static void put_attr(struct linx_put *p, uint64_t attr)
{
	linx_put_packed(p, (int64_t)attr);
	linx_put_flags(p, &linx_set_tee_param_attr, attr & ~(uint64_t)META, 4);
	if (attr & META)
		linx_put_text(p, "|TEE_IOCTL_PARAM_ATTR_META");
	linx_put_packed_end(p);
}

/* Writes the first two members of a parameter, under the names a and b. */
static void put_two(struct linx_put *p, const struct linx_obj *o, const char *a, const char *b)
{
	linx_put_name(p, a);
	linx_put_hex(p, (uint64_t)linx_member_num(p, o, "a"));
	linx_put_name(p, b);
	linx_put_hex(p, (uint64_t)linx_member_num(p, o, "b"));
}

void linx_put_tee_param(struct linx_put *p, const struct linx_obj *o)
{
	uint64_t attr = (uint64_t)linx_member_num(p, o, "attr");

	linx_put_open(p);
	linx_put_name(p, "attr");
	put_attr(p, attr);
	if (attr >= MEMREF_INPUT && attr <= MEMREF_INOUT) {
		linx_put_name(p, "shm_offs");
		linx_put_hex(p, (uint64_t)linx_member_num(p, o, "a"));
		linx_put_name(p, "size");
		linx_put_hex(p, (uint64_t)linx_member_num(p, o, "b"));
		linx_put_name(p, "shm_id");
		linx_put_u64(p, (uint64_t)linx_member_num(p, o, "c"));
	} else if (attr >= UBUF_INPUT && attr <= UBUF_INOUT) {
		put_two(p, o, "buf", "size");
	} else if (attr >= OBJREF_INPUT && attr <= OBJREF_INOUT) {
		put_two(p, o, "obj_id", "flags");
	} else if (attr) {
		linx_put_members_of(p, o, NAMES("a", "b", "c"));
	}
	linx_put_close(p);
}

/* ---- commands that take a buffer ---------------------------------------------------------- */

/* Names of the header's members that a command reads, and of those that it writes. */
struct command {
	const struct linx_ty *ty;
	const char *const *in, *const *out;
};

struct buffer {
	struct linx_obj where, head;
	uint64_t len, params, count;
};

/* Finds the buffer in captured memory. Returns false if its sizes are not consistent. */
static bool load(struct linx_put *p, const struct command *c, uint64_t arg, struct buffer *b)
{
	size_t size = linx_type_size(c->ty, p->abi);
	bool late = p->late;

	if (!linx_ioctl_before(p, &linx_ty_tee_ioctl_buf_data, arg, &b->where))
		return false;
	p->late = late;
	b->len = (uint64_t)linx_member_num(p, &b->where, "buf_len");
	b->head = (struct linx_obj){ .ty = c->ty, .size = size };
	b->head.addr = (uint64_t)linx_member_num(p, &b->where, "buf_ptr");
	if (b->len > MAX_SIZE || b->len < size)
		return false;
	b->head.data = linx_put_mem(p, b->head.addr, size);
	if (!b->head.data)
		return false;
	b->count = (uint64_t)linx_member_num(p, &b->head, "num_params");
	b->params = b->count ? b->head.addr + size : 0;
	return late || size + b->count * PARAM_SIZE == b->len;
}

static void put_where(struct linx_put *p, const struct buffer *b, uint64_t arg)
{
	if (b->where.data)
		linx_ioctl_put(p, &b->where, NAMES("buf_len", "buf_ptr"));
	else
		linx_put_addr(p, arg);
}

static void put_params(struct linx_put *p, const struct buffer *b)
{
	linx_put_name(p, "params");
	linx_put_array(p, &linx_ty_tee_ioctl_param, b->params, b->count);
	p->plain = false;
}

static void put_group(struct linx_put *p, const struct linx_obj *head)
{
	uint32_t gid;

	memcpy(&gid, head->data + CLNT_UUID_AT, sizeof(gid));
	linx_put_name(p, "clnt_uuid");
	linx_num_id(p, &linx_ty_gid, gid);
}

/* Writes the client of a session. For a login as a group it has the group's id. */
static void put_client(struct linx_put *p, const struct linx_obj *head)
{
	switch (linx_member_num(p, head, "clnt_login")) {
	case LOGIN_PUBLIC:
	case LOGIN_USER:
	case LOGIN_APPLICATION:
	case LOGIN_USER_APPLICATION:
		break;
	case LOGIN_GROUP:
	case LOGIN_GROUP_APPLICATION:
		put_group(p, head);
		break;
	default:
		linx_put_member(p, head, "clnt_uuid");
	}
}

static void put_head(struct linx_put *p, const struct buffer *b, const char *const *names)
{
	linx_put_open(p);
	for (; *names; names++) {
		linx_put_member(p, &b->head, *names);
		if (!strcmp(*names, "clnt_login"))
			put_client(p, &b->head);
	}
	put_params(p, b);
	linx_put_close(p);
}

static void exchange(struct linx_put *p, const struct command *c, uint64_t arg)
{
	struct buffer b = { .len = 0 };

	if (!load(p, c, arg, &b)) {
		put_where(p, &b, arg);
		return;
	}
	linx_put_open(p);
	linx_put_member(p, &b.where, "buf_len");
	linx_put_name(p, "buf_ptr");
	if (linx_put_ok(p))
		linx_put_before(p);
	put_head(p, &b, c->in);
	linx_ioctl_known(p);
	if (linx_put_ok(p)) {
		linx_put_after(p);
		p->late = true;
		if (load(p, c, arg, &b))
			put_head(p, &b, c->out);
		else
			put_where(p, &b, arg);
		p->late = false;
		linx_put_after_end(p);
	}
	linx_put_close(p);
}

static const char *const open_in[] = { "uuid", "clnt_login", "cancel_id", "num_params", NULL };
static const char *const open_out[] = { "session", "ret", "ret_origin", NULL };
static const char *const invoke_in[] = { "func", "session", "cancel_id", "num_params", NULL };
static const char *const invoke_out[] = { "ret", "ret_origin", NULL };
static const char *const recv_in[] = { "func", "num_params", NULL };
static const char *const just_count[] = { "num_params", NULL };
static const char *const just_ret[] = { "ret", NULL };

void linx_ioctl_tee_open(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	static const struct command c = { &linx_ty_tee_ioctl_open_session_arg, open_in, open_out };

	(void)cmd;
	exchange(p, &c, arg);
}

void linx_ioctl_tee_invoke(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	static const struct command c = { &linx_ty_tee_ioctl_invoke_arg, invoke_in, invoke_out };

	(void)cmd;
	exchange(p, &c, arg);
}

void linx_ioctl_tee_recv(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	static const struct command c = { &linx_ty_tee_iocl_supp_recv_arg, recv_in, just_count };

	(void)cmd;
	exchange(p, &c, arg);
}

void linx_ioctl_tee_send(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	static const struct command c = { &linx_ty_tee_iocl_supp_send_arg, just_count, just_ret };

	(void)cmd;
	exchange(p, &c, arg);
}
