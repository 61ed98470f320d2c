// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes mount attributes, configuration of file systems, and queries about mounts. */
#include "base/array_size.h"
#include "decoders/decoders.h"
#include "table/flagsets.h"

#define ATTR_IDMAP 0x100000
#define LSMT_ROOT_ID UINT64_MAX
#define CURRENT_USER UINT64_MAX
#define STATMOUNT_SIZE 512

/* Writes a struct mount_attr. userns_fd is a descriptor if MOUNT_ATTR_IDMAP is set, else a number. */
void linx_put_mount_attr(struct linx_put *p, const struct linx_obj *o)
{
	static const char *const head[] = { "attr_set", "attr_clr", "propagation", NULL };
	int64_t fd = linx_member_num(p, o, "userns_fd");

	linx_put_open(p);
	linx_put_members_of(p, o, head);
	linx_put_name(p, "userns_fd");
	if (linx_member_num(p, o, "attr_set") & ATTR_IDMAP && fd == (int32_t)fd)
		linx_num_fd(p, &linx_ty_fd, fd);
	else
		linx_put_u64(p, (uint64_t)fd);
	p->plain = false;
	linx_put_close(p);
}

/* ---- fsconfig ------------------------------------------------------------------------------ */

enum { KEY = 1, STRING = 2, BLOB = 4, PATH = 8, FD = 16, DIRFD = 32 };
#define BLOB_MAX (1024 * 1024)
#define STRING_MAX 256 /* bytes, the NUL included */

/* Uses that each command of fsconfig(2) has for its arguments key, value and aux. */
static const uint8_t fsconfig_args[] = {
	KEY, /* SET_FLAG */
	KEY | STRING, /* SET_STRING */
	KEY | BLOB, /* SET_BINARY */
	KEY | PATH | DIRFD, /* SET_PATH */
	KEY | PATH | DIRFD, /* SET_PATH_EMPTY */
	KEY | FD, /* SET_FD */
};

static void put_blob(struct linx_put *p, unsigned int i)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
	int32_t size = linx_reg_int(p, i + 1);
	size_t n = (size_t)(size < 0 ? 0 : size);
	const uint8_t *data = n && size <= BLOB_MAX ? linx_put_mem_some(p, addr, &n) : NULL;

	if (!linx_put_argname(p, i))
		return;
	if (data)
		linx_put_there(p, addr, data, n, (uint64_t)size, true);
	else if (addr && !size)
		linx_put_string(p, "", 0, false);
	else
		linx_put_addr(p, addr);
	p->plain = false;
}

static void put_short(struct linx_put *p, unsigned int i, bool string)
{
	if (string)
		linx_put_arg_str_max(p, i, STRING_MAX);
	else
		linx_put_arg_as(p, i, &linx_ty_addr);
}

void linx_call_fsconfig(struct linx_put *p)
{
	uint64_t cmd = (uint32_t)linx_reg(p, 1);
	unsigned int what = cmd < sizeof(fsconfig_args) ? fsconfig_args[cmd] : 0;

	linx_put_arg(p, 0);
	linx_put_arg(p, 1);
	put_short(p, 2, what & KEY);
	if (what & BLOB)
		put_blob(p, 3);
	else if (what & PATH)
		linx_put_arg_as(p, 3, &linx_ty_path);
	else
		put_short(p, 3, what & STRING);
	if (what & FD && linx_reg_int(p, 4) < 0)
		what = 0;
	linx_put_arg_as(p, 4, what & FD ? &linx_ty_fd : what & DIRFD ? &linx_ty_dirfd : &linx_ty_int);
}

/* ---- queries with their size in a member --------------------------------------------------- */

/* Writes a query; only its size if the rest was not captured. */
static void put_request(struct linx_put *p, unsigned int i, const struct linx_ty *ty)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
	size_t known = linx_type_size(ty, p->abi);
	int64_t size;

	p->late = false;
	if (!linx_put_mem_int(p, addr, 4, false, &size)) {
		linx_put_addr(p, addr);
		return;
	}
	if (size >= ty->min && linx_put_mem(p, addr, (size_t)size < known ? (size_t)size : known)) {
		linx_put_ptr_sized(p, ty, addr, (uint64_t)size);
		return;
	}
	linx_put_open(p);
	linx_put_name(p, "size");
	linx_put_i64(p, size);
	if (size >= ty->min)
		linx_put_text(p, ", ???");
	linx_put_close(p);
}

void linx_arg_mnt_id_req(struct linx_put *p, unsigned int i)
{
	put_request(p, i, &linx_ty_mnt_id_req_head);
}

void linx_arg_ns_id_req(struct linx_put *p, unsigned int i)
{
	put_request(p, i, &linx_ty_ns_id_req_head);
}

static uint64_t load64(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	return (uint64_t)linx_type_load(&linx_ty_u64, p->abi, o->data + at);
}

static bool is_list(const struct linx_put *p)
{
	return !strcmp(p->ev->call->row->id, "listmount");
}

void linx_member_mnt_id(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t id = load64(p, o, at);

	linx_put_name(p, "mnt_id");
	if (is_list(p) && id == LSMT_ROOT_ID)
		linx_put_symbol(p, (int64_t)id, 'x', "LSMT_ROOT");
	else
		linx_put_hex(p, id);
}

/*
 * Writes the member param of a query: a mask of statmount(2), or the mount after which listmount(2) continues.
 */
void linx_member_mnt_param(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "param");
	if (is_list(p))
		linx_put_hex(p, load64(p, o, at));
	else
		linx_put_flags(p, &linx_set_statmount_mask, load64(p, o, at), 8);
	p->plain = false;
}

void linx_member_user_ns(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t id = load64(p, o, at);

	linx_put_name(p, "user_ns_id");
	if (id == CURRENT_USER)
		linx_put_symbol(p, (int64_t)id, 'x', "LISTNS_CURRENT_USER");
	else
		linx_put_hex(p, id);
}

/* Writes the mount ids that the call returned. */
void linx_arg_u64_list(struct linx_put *p, unsigned int i)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);

	p->late = true;
	if (linx_put_ok(p)) {
		linx_put_array(p, &linx_ty_x64, addr, (uint64_t)p->ev->ret);
	/* strace shows a list without room as empty, even if the call failed */
	} else if (p->st->strace && addr && !linx_reg(p, i + 1)) {
		linx_put_list(p);
		linx_put_list_end(p);
	} else {
		linx_put_addr(p, addr);
	}
}

/* ---- statmount ---------------------------------------------------------------------------- */

/*
 * Members of struct statmount, with the bit of its mask that says that the member is set; members of the fixed
 * part come first.
 */
#define ON(mask, name) { #name, mask, false }
/* clang-format off */
static const struct linx_masked statmount_members[] = {
	ON(0x1, sb_dev_major),
	ON(0x1, sb_dev_minor),
	ON(0x1, sb_magic),
	ON(0x1, sb_flags),
	ON(0x20, fs_type),
	ON(0x2, mnt_id),
	ON(0x2, mnt_parent_id),
	ON(0x2, mnt_id_old),
	ON(0x2, mnt_parent_id_old),
	ON(0x2, mnt_attr),
	ON(0x2, mnt_propagation),
	ON(0x2, mnt_peer_group),
	ON(0x2, mnt_master),
	ON(0x4, propagate_from),
	ON(0x8, mnt_root),
	ON(0x10, mnt_point),
	ON(0x40, mnt_ns_id),
	ON(0x100, fs_subtype),
	ON(0x200, sb_source),
	ON(0x400, opt_num),
	ON(0x400, opt_array),
	ON(0x800, opt_sec_num),
	ON(0x800, opt_sec_array),
	ON(0x1000, supported_mask),
	ON(0x2000, mnt_uidmap_num),
	ON(0x2000, mnt_uidmap),
	ON(0x4000, mnt_gidmap_num),
	ON(0x4000, mnt_gidmap),
};
/* clang-format on */
#undef ON

void linx_put_masked(struct linx_put *p, const struct linx_obj *o, const struct linx_masked *members, size_t n,
		     uint64_t mask)
{
	for (size_t i = 0; i < n; i++) {
		if (p->brief && members[i].full)
			continue;
		if (!members[i].mask || members[i].mask & mask)
			linx_put_member(p, o, members[i].name);
	}
}

void linx_put_statmount(struct linx_put *p, const struct linx_obj *o)
{
	uint64_t mask = (uint64_t)linx_member_num(p, o, "mask");

	linx_put_open(p);
	linx_put_member(p, o, "size");
	if (mask & 0x80)
		linx_put_member(p, o, "mnt_opts");
	linx_put_member(p, o, "mask");
	linx_put_masked(p, o, statmount_members, ARRAY_SIZE(statmount_members), mask);
	linx_put_close(p);
}

/*
 * Returns the strings at an offset behind struct statmount, and in *n how many bytes were captured; NULL: no strings
 * were captured.
 */
static const char *strings_at(struct linx_put *p, const struct linx_obj *o, size_t at, size_t *n)
{
	uint64_t from = STATMOUNT_SIZE + (uint32_t)linx_type_load(&linx_ty_u32, p->abi, o->data + at);
	uint64_t size = (uint64_t)linx_member_num(p, o, "size");

	*n = from < size ? (size_t)(size - from) : 0;
	return *n ? (const char *)linx_put_mem_some(p, o->addr + from, n) : NULL;
}

/* Writes the captured part of a string. The full length of a string without a NUL is not known. */
static void put_known(struct linx_put *p, const char *s, size_t n, bool cut)
{
	if (cut && linx_put_wants(p, LINX_WANT_STATES))
		linx_put_there(p, 0, s, n, UINT64_MAX, false);
	else
		linx_put_whole_string(p, s, n, cut);
}

void linx_member_statmount_str(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	size_t n, len;
	const char *s = strings_at(p, o, at, &n);

	linx_put_name(p, linx_member_at(p, o, at)->name);
	if (s) {
		len = strnlen(s, n);
		put_known(p, s, len, len == n);
	} else {
		linx_put_hex(p, (uint32_t)linx_type_load(&linx_ty_u32, p->abi, o->data + at));
	}
	p->plain = false;
}

static void put_strings(struct linx_put *p, const char *s, size_t n, uint64_t count)
{
	uint64_t most = p->brief && count > p->st->limit ? p->st->limit : count, shown = 0;

	linx_put_list(p);
	for (uint64_t i = 0; i < most && n; i++, shown++) {
		size_t len = strnlen(s, n), step = len < n ? len + 1 : len;

		linx_put_item(p);
		put_known(p, s, len, len == n);
		p->plain = false;
		s += step;
		n -= step;
		if (!n && i + 1 < count)
			linx_put_text(p, ", ???");
	}
	if (most < count ? n > 0 : shown < count && linx_put_wants(p, LINX_WANT_STATES))
		linx_put_more(p);
	linx_put_list_end(p);
}

/* Writes a list of strings that follow each other; the member before this one has their number. */
void linx_member_statmount_list(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint32_t count = (uint32_t)linx_type_load(&linx_ty_u32, p->abi, o->data + at - 4);
	size_t n;
	const char *s = strings_at(p, o, at, &n);

	linx_put_name(p, linx_member_at(p, o, at)->name);
	if (s)
		put_strings(p, s, n, count);
	else
		linx_put_hex(p, (uint32_t)linx_type_load(&linx_ty_u32, p->abi, o->data + at));
	p->plain = false;
}
