// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes ioctls of btrfs: linux/btrfs.h. */
#include <linux/btrfs.h>

#include "base/array_size.h"
#include "table/flagsets.h"
#include "decoders/ioctl/ioctl.h"

/* linux/btrfs_tree.h: lowest and highest id of files and subvolumes */
#define FIRST_FREE 256
#define LAST_FREE (-256)
/* linux/btrfs.h: sizes of struct btrfs_ioctl_search_header, _args and its buf, _key, and the offset of its nr_items */
#define SEARCH_HEADER 32u
#define SEARCH_ARGS 4096u
#define SEARCH_BUFFER 3992u
#define SEARCH_KEY 104u
#define SEARCH_NR_ITEMS_AT 64u
/* linux/btrfs.h: struct btrfs_data_container; its elem_cnt counts three words for an inode */
#define CONTAINER_HEAD 16u
#define INODE_WORDS 3
#define PATH_SIZE 4096u /* PATH_MAX */
#define DEV_STATS 5u /* BTRFS_DEV_STAT_VALUES_MAX */
#define FEATURES_SET 2u /* BTRFS_IOC_SET_FEATURES: mask of the features, and their values */
#define RM_DEV_V2_NR 58u /* BTRFS_IOC_RM_DEV_V2 */
/* BTRFS_SUBVOL_QGROUP_INHERIT, BTRFS_DEVICE_SPEC_BY_ID, BTRFS_SUBVOL_SPEC_BY_ID */
#define QGROUP_INHERIT 4
#define DEVICE_BY_ID 8
#define SUBVOL_BY_ID 0x10
enum { BALANCE_DATA = 1, BALANCE_SYSTEM = 2, BALANCE_METADATA = 4 }; /* BTRFS_BALANCE_* */
enum { INFO_CSUM = 1, INFO_GENERATION = 2, INFO_METADATA_UUID = 4 }; /* BTRFS_FS_INFO_FLAG_* */
#define EOVERFLOW_RET (-75)

void linx_num_btrfs_id(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	linx_put_known(p, &linx_set_btrfs_objectid, n, ty->size[p->abi], 'u');
}

void linx_num_btrfs_key(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	linx_put_known(p, &linx_set_btrfs_key_type, n, ty->size[p->abi], 'u');
}

void linx_num_permille(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	linx_put_u64(p, (uint64_t)n);
	if (n < 0 || n > 1000 || !linx_put_comment_begin(p))
		return;
	linx_put_u64(p, (uint64_t)n / 10);
	linx_put_text(p, ".");
	linx_put_u64(p, (uint64_t)n % 10);
	linx_put_text(p, "%");
	linx_put_comment_end(p);
}

void linx_num_time_s(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	linx_put_u64(p, (uint64_t)n);
	linx_put_time_comment(p, n, 0, 0);
}

void linx_put_btrfs_time(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_members(p, o);
	linx_put_close(p);
	linx_put_time_comment(p, linx_member_num(p, o, "sec"),
			      (uint64_t)linx_member_num(p, o, "nsec"), 9);
}

static bool has_flag(const struct linx_put *p, const struct linx_obj *o, uint64_t flag)
{
	return (uint64_t)linx_member_num(p, o, "flags") & flag;
}

/* ---- balance of a file system --------------------------------------------------------------- */

void linx_put_btrfs_balance(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_member(p, o, "flags");
	if (p->late)
		linx_put_member(p, o, "state");
	if (has_flag(p, o, BALANCE_DATA))
		linx_put_member(p, o, "data");
	if (has_flag(p, o, BALANCE_METADATA))
		linx_put_member(p, o, "meta");
	if (has_flag(p, o, BALANCE_SYSTEM))
		linx_put_member(p, o, "sys");
	linx_put_close(p);
}

/* ---- subvolumes and quota ------------------------------------------------------------------- */

void linx_put_btrfs_inherit(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_members(p, o);
	if (p->brief) {
		linx_put_more(p);
	} else {
		linx_put_name(p, "qgroups");
		linx_put_array(p, &linx_ty_u64, o->addr + o->size,
			       (uint64_t)linx_member_num(p, o, "num_qgroups"));
		p->plain = false;
	}
	linx_put_close(p);
}

void linx_put_btrfs_vol2(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_members_of(p, o, NAMES("fd", "flags"));
	if (has_flag(p, o, QGROUP_INHERIT))
		linx_put_members_of(p, o, NAMES("size", "qgroup_inherit"));
	linx_put_member(p, o, "name");
	linx_put_close(p);
}

/* Writes a request to remove a device or a subvolume, by name or by number. */
void linx_ioctl_btrfs_delete(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	bool device = linx_ioc_nr(cmd) == RM_DEV_V2_NR;
	struct linx_obj o;
	uint64_t id;

	if (!linx_ioctl_before(p, &linx_ty_btrfs_ioctl_vol_args_v2, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_name(p, "flags");
	linx_put_flags(p, &linx_set_btrfs_delete_flags, (uint64_t)linx_member_num(p, &o, "flags"), 8);
	if (has_flag(p, &o, device ? DEVICE_BY_ID : SUBVOL_BY_ID)) {
		linx_put_name(p, device ? "devid" : "subvolid");
		memcpy(&id, o.data + (linx_member_addr(p, &o, "name") - arg), sizeof(id));
		linx_put_u64(p, id);
	} else {
		linx_put_member(p, &o, "name");
	}
	linx_put_close(p);
}

static void put_subvol_flags(struct linx_put *p, uint64_t arg)
{
	int64_t flags;

	if (linx_put_mem_int(p, arg, 8, false, &flags))
		linx_put_flags(p, &linx_set_btrfs_subvol_flags, (uint64_t)flags, 8);
	else
		linx_put_addr(p, arg);
}

void linx_ioctl_btrfs_setflags(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	(void)cmd;
	put_subvol_flags(p, arg);
}

void linx_ioctl_btrfs_getflags(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	(void)cmd;
	linx_ioctl_known(p);
	p->late = true;
	if (linx_put_ok(p))
		put_subvol_flags(p, arg);
	else
		linx_put_addr(p, arg);
	p->late = false;
}

void linx_put_btrfs_send(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_members_of(p, o, NAMES("send_fd", "clone_sources_count"));
	if (p->brief) {
		linx_put_member(p, o, "clone_sources");
	} else {
		linx_put_name(p, "clone_sources");
		linx_put_array(p, &linx_ty_btrfs_id, (uint64_t)linx_member_num(p, o, "clone_sources"),
			       (uint64_t)linx_member_num(p, o, "clone_sources_count"));
		p->plain = false;
	}
	linx_put_members_of(p, o, NAMES("parent_root", "flags"));
	linx_put_close(p);
}

/* ---- devices and the file system ----------------------------------------------------------- */

void linx_put_btrfs_replace(struct linx_put *p, const struct linx_obj *o)
{
	int64_t cmd = linx_member_num(p, o, "cmd");
	uint64_t at = linx_member_addr(p, o, "start");

	linx_put_open(p);
	linx_put_member(p, o, p->late ? "result" : "cmd");
	if (!p->late && cmd == BTRFS_IOCTL_DEV_REPLACE_CMD_START)
		linx_put_member(p, o, "start");
	if (p->late && cmd == BTRFS_IOCTL_DEV_REPLACE_CMD_STATUS) {
		linx_put_name(p, "status");
		linx_put_typed(p, &linx_ty_btrfs_replace_status, NULL, o->data + (at - o->addr),
			       linx_type_size(&linx_ty_btrfs_replace_status, p->abi), at);
	}
	linx_put_close(p);
}

void linx_put_btrfs_dev_info(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	if (!p->late)
		linx_put_member(p, o, "devid");
	linx_put_nonzero(p, o, "uuid");
	if (p->late)
		linx_put_members_of(p, o, NAMES("bytes_used", "total_bytes", "path"));
	linx_put_close(p);
}

void linx_put_btrfs_fs_info(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_members_of(p, o,
			    NAMES("max_id", "num_devices", "fsid", "nodesize", "sectorsize",
				  "clone_alignment"));
	if (has_flag(p, o, INFO_CSUM))
		linx_put_members_of(p, o, NAMES("csum_type", "csum_size"));
	linx_put_member(p, o, "flags");
	if (has_flag(p, o, INFO_GENERATION))
		linx_put_member(p, o, "generation");
	if (has_flag(p, o, INFO_METADATA_UUID))
		linx_put_member(p, o, "metadata_uuid");
	linx_put_close(p);
}

static void put_features(struct linx_put *p, const struct linx_obj *o, unsigned int n,
			 const char *const *remarks)
{
	const struct linx_ty *ty = &linx_ty_btrfs_ioctl_feature_flags;
	size_t size = linx_type_size(ty, p->abi);

	linx_put_list(p);
	for (unsigned int i = 0; i < n; i++) {
		linx_put_item(p);
		linx_put_typed(p, ty, NULL, o->data + i * size, size, o->addr + i * size);
		if (remarks)
			linx_put_comment(p, remarks[i]);
	}
	linx_put_list_end(p);
}

void linx_put_btrfs_features_set(struct linx_put *p, const struct linx_obj *o)
{
	put_features(p, o, FEATURES_SET, NULL);
}

void linx_put_btrfs_features_all(struct linx_put *p, const struct linx_obj *o)
{
	static const char *const remarks[] = { "supported", "safe to set", "safe to clear" };

	put_features(p, o, ARRAY_SIZE(remarks), remarks);
}

/* Writes the statistics of a device that the call returned: each counter with its name. */
void linx_put_btrfs_dev_stats(struct linx_put *p, const struct linx_obj *o)
{
	uint64_t n = (uint64_t)linx_member_num(p, o, "nr_items"), value;
	size_t at = (size_t)(linx_member_addr(p, o, "values") - o->addr);

	linx_put_open(p);
	linx_put_members_of(p, o, NAMES("nr_items", "flags"));
	linx_put_nameless(p, "values");
	linx_put_list(p);
	for (uint64_t i = 0; i < n && i < DEV_STATS; i++) {
		memcpy(&value, o->data + at + i * 8, 8);
		linx_put_item(p);
		if (!linx_put_wants(p, LINX_WANT_DATA)) {
			linx_put_text(p, "[");
			linx_put_known(p, &linx_set_btrfs_dev_stat, (int64_t)i, 8, 'u');
			linx_put_text(p, "]=");
		}
		linx_put_u64(p, value);
	}
	if (n > DEV_STATS)
		linx_put_more(p);
	linx_put_list_end(p);
	linx_put_close(p);
}

/* Writes the space of each kind that the call returned. */
void linx_put_btrfs_space(struct linx_put *p, const struct linx_obj *o)
{
	uint64_t total = (uint64_t)linx_member_num(p, o, "total_spaces");

	linx_put_open(p);
	linx_put_member(p, o, "total_spaces");
	if (linx_member_num(p, o, "space_slots") || !total) {
		if (p->brief) {
			linx_put_more(p);
		} else {
			linx_put_name(p, "spaces");
			linx_put_array(p, &linx_ty_btrfs_ioctl_space_info, o->addr + o->size, total);
			p->plain = false;
		}
	}
	linx_put_close(p);
}

/* ---- inodes and paths ----------------------------------------------------------------------- */

static const char *const lookup_in[] = { "treeid", "objectid", NULL };
static const char *const lookup_out[] = { "name", NULL };
static const char *const lookup_tree[] = { "treeid", "name", NULL };

/*
 * Writes a lookup of an inode's path. The tree id 0 stands for the tree with the file; the call then stores its
 * id.
 */
void linx_ioctl_btrfs_lookup(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	const struct linx_ty *ty = &linx_ty_btrfs_ioctl_ino_lookup_args;
	struct linx_obj o;
	bool any = linx_ioctl_before(p, ty, arg, &o) && !linx_member_num(p, &o, "treeid");

	(void)cmd;
	linx_ioctl_turn(p, ty, arg, lookup_in, any ? lookup_tree : lookup_out);
}

/* Writes a buffer of paths or inodes that the call fills; put writes its content. */
static void put_container(struct linx_put *p, uint64_t addr,
			  void (*put)(struct linx_put *p, uint64_t val, uint64_t count))
{
	struct linx_obj o = { .ty = &linx_ty_btrfs_data_container, .addr = addr, .size = CONTAINER_HEAD };

	o.data = linx_put_mem(p, addr, CONTAINER_HEAD);
	if (!o.data) {
		linx_put_addr(p, addr);
		return;
	}
	linx_put_open(p);
	linx_put_members(p, &o);
	if (p->brief) {
		linx_put_more(p);
	} else {
		linx_put_name(p, "val");
		put(p, addr + CONTAINER_HEAD, (uint64_t)linx_member_num(p, &o, "elem_cnt"));
		p->plain = false;
	}
	linx_put_close(p);
}

static void put_inodes(struct linx_put *p, uint64_t val, uint64_t count)
{
	linx_put_array(p, &linx_ty_btrfs_inode_item, val, count / INODE_WORDS);
}

/* Writes paths from a buffer. Their offsets count from the address of the first offset. */
static void put_paths(struct linx_put *p, uint64_t val, uint64_t count)
{
	int64_t offset;

	linx_put_list(p);
	for (uint64_t i = 0; i < count; i++) {
		linx_put_item(p);
		if (!linx_put_mem_int(p, val + i * 8, 8, false, &offset)) {
			linx_put_addr(p, val + i * 8);
			break;
		}
		linx_put_cstringp(p, val + (uint64_t)offset, PATH_SIZE);
	}
	linx_put_list_end(p);
}

void linx_put_btrfs_ino_paths(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	if (p->late) {
		linx_put_name(p, "fspath");
		put_container(p, (uint64_t)linx_member_num(p, o, "fspath"), put_paths);
		p->plain = false;
	} else {
		linx_put_members(p, o);
	}
	linx_put_close(p);
}

void linx_put_btrfs_logical_ino(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	if (p->late) {
		linx_put_name(p, "inodes");
		put_container(p, (uint64_t)linx_member_num(p, o, "inodes"), put_inodes);
		p->plain = false;
	} else {
		linx_put_members_of(p, o, NAMES("logical", "size"));
		linx_put_nonzero(p, o, "reserved");
		linx_put_members_of(p, o, NAMES("flags", "inodes"));
	}
	linx_put_close(p);
}

/* ---- search --------------------------------------------------------------------------------- */

void linx_put_btrfs_search_key(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	if (!p->late) {
		linx_put_member(p, o, "tree_id");
		if (!p->brief || linx_member_num(p, o, "min_objectid") != FIRST_FREE)
			linx_put_member(p, o, "min_objectid");
		if (!p->brief || linx_member_num(p, o, "max_objectid") != LAST_FREE)
			linx_put_member(p, o, "max_objectid");
		linx_put_members_of(p, o,
				    NAMES("min_offset", "max_offset", "min_transid", "max_transid",
					  "min_type", "max_type"));
	}
	linx_put_member(p, o, "nr_items");
	linx_put_close(p);
}

/* Writes the items that a search found: each is a header, followed by as many bytes as the header says. */
static void put_found(struct linx_put *p, uint64_t buf, uint64_t size, uint64_t count)
{
	uint64_t at = 0;

	linx_put_name(p, "buf");
	linx_put_list(p);
	for (uint64_t i = 0; i < count; i++) {
		struct linx_obj o = { .ty = &linx_ty_btrfs_ioctl_search_header, .addr = buf + at,
				      .size = SEARCH_HEADER };

		if (at + SEARCH_HEADER > size || (i > p->st->limit && !linx_put_wants(p, LINX_WANT_FULL))) {
			linx_put_more(p);
			break;
		}
		linx_put_item(p);
		o.data = linx_put_mem(p, o.addr, o.size);
		if (!o.data) {
			linx_put_lost_at(p, o.addr, true);
			break;
		}
		linx_ioctl_put(p, &o, NULL);
		at += SEARCH_HEADER + (uint64_t)linx_member_num(p, &o, "len");
	}
	linx_put_list_end(p);
}

static void put_search(struct linx_put *p, const struct linx_obj *o, uint64_t buf, uint64_t size)
{
	uint32_t count;

	if (!p->late)
		return;
	memcpy(&count, o->data + SEARCH_NR_ITEMS_AT, sizeof(count));
	if (p->brief)
		linx_put_more(p);
	else
		put_found(p, buf, size, count);
}

void linx_put_btrfs_search(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_member(p, o, "key");
	put_search(p, o, o->addr + o->size - SEARCH_BUFFER, SEARCH_BUFFER);
	linx_put_close(p);
}

void linx_put_btrfs_search2(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_members_of(p, o, NAMES("key", "buf_size"));
	put_search(p, o, o->addr + o->size, (uint64_t)linx_member_num(p, o, "buf_size"));
	linx_put_close(p);
}

/* Writes BTRFS_IOC_TREE_SEARCH_V2. If the buffer is too small, the kernel stores the size that it needs. */
static void search2(struct linx_put *p, uint64_t arg)
{
	const struct linx_ty *ty = &linx_ty_btrfs_ioctl_search_args_v2;
	struct linx_obj o;

	linx_ioctl_turn(p, ty, arg, NULL, NULL);
	if (!p->ev->has_ret || p->ev->ret != EOVERFLOW_RET || !linx_ioctl_before(p, ty, arg, &o) || !linx_put_change(p))
		return;
	linx_ioctl_put(p, &o, NAMES("buf_size"));
}

/* Writes BTRFS_IOC_TREE_SEARCH. The structure begins with the search key; only that needs to be captured. */
void linx_ioctl_btrfs_search(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	const struct linx_ty *ty = &linx_ty_btrfs_ioctl_search_args;
	struct linx_obj o = { .ty = ty, .addr = arg, .size = SEARCH_KEY };

	if (linx_ioc_size(cmd) != SEARCH_ARGS) {
		search2(p, arg);
		return;
	}
	o.data = linx_put_mem(p, arg, o.size);
	if (!o.data || linx_put_mem(p, arg, SEARCH_ARGS)) {
		linx_ioctl_turn(p, ty, arg, NULL, NULL);
		return;
	}
	linx_put_open(p);
	linx_put_member(p, &o, "key");
	linx_put_close(p);
}
