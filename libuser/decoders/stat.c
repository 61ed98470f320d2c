// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes the results of stat(2) and similar calls, of statx(2) and of statfs(2). */
#include "base/array_size.h"
#include "decoders/decoders.h"
#include "table/flagsets.h"

#define KIND_MASK 0170000
#define KIND_CHR 0020000
#define KIND_BLK 0060000
#define ST_VALID_BIT 0x20

static bool is_device(const struct linx_put *p, const struct linx_obj *o)
{
	int64_t kind = linx_member_num(p, o, "st_mode") & KIND_MASK;

	return kind == KIND_CHR || kind == KIND_BLK;
}

/* Writes a time: "st_atime=1 / * 1970-01-01T00:00:01+0000 * /, st_atime_nsec=0" */
static void put_time(struct linx_put *p, const struct linx_obj *o, const char *sec, const char *nsec)
{
	linx_put_member(p, o, sec);
	linx_put_time_comment(p, linx_member_num(p, o, sec), (uint64_t)linx_member_num(p, o, nsec), 9);
	linx_put_member(p, o, nsec);
}

static void put_zero(struct linx_put *p, const char *name)
{
	linx_put_name(p, name);
	linx_put_u64(p, 0);
}

static void put_full(struct linx_put *p, const struct linx_obj *o, bool old)
{
	static const char *const head[] = { "st_dev",  "st_ino", "st_mode",    "st_nlink",  "st_uid",
					    "st_gid", "st_blksize", "st_blocks", NULL };

	linx_put_members_of(p, o, head);
	if (old) {
		put_zero(p, "st_blksize");
		put_zero(p, "st_blocks");
	}
	linx_put_member(p, o, is_device(p, o) ? "st_rdev" : "st_size");
	put_time(p, o, "st_atime", "st_atime_nsec");
	put_time(p, o, "st_mtime", "st_mtime_nsec");
	put_time(p, o, "st_ctime", "st_ctime_nsec");
}

static void put_stat(struct linx_put *p, const struct linx_obj *o, const struct linx_ty *layout)
{
	struct linx_obj as = *o;

	as.ty = layout;
	linx_put_open(p);
	if (linx_put_wants(p, LINX_WANT_FULL)) {
		linx_put_members(p, &as);
	} else if (p->brief) {
		linx_put_member(p, &as, "st_mode");
		linx_put_member(p, &as, is_device(p, &as) ? "st_rdev" : "st_size");
		linx_put_more(p);
	} else {
		put_full(p, &as, layout == &linx_ty_stat_old);
	}
	linx_put_close(p);
}

void linx_put_stat(struct linx_put *p, const struct linx_obj *o)
{
	const struct linx_ty *native = p->abi == LINX_ABI_ARM64 ? &linx_ty_stat_arm64 : &linx_ty_stat_x86_64;

	put_stat(p, o, linx_is_32(p->abi) ? &linx_ty_stat_i386 : native);
}

void linx_put_stat64(struct linx_put *p, const struct linx_obj *o)
{
	put_stat(p, o, linx_is_32(p->abi) ? &linx_ty_stat64_i386 : &linx_ty_stat_x86_64);
}

void linx_put_oldstat(struct linx_put *p, const struct linx_obj *o)
{
	put_stat(p, o, &linx_ty_stat_old);
}

/* ---- statx -------------------------------------------------------------------------------- */

/*
 * Members of struct statx, with the bits of stx_mask that say that the member is set; 0: always. true: with -v
 * only.
 */
static const struct linx_masked statx_members[] = {
	{ "stx_mask", 0, false },
	{ "stx_blksize", 0, true },
	{ "stx_attributes", 0, false },
	{ "stx_nlink", 0x4, true },
	{ "stx_uid", 0x8, true },
	{ "stx_gid", 0x10, true },
	{ "stx_mode", 0x3, false },
	{ "stx_ino", 0x100, true },
	{ "stx_size", 0x200, false },
	{ "stx_blocks", 0x400, true },
	{ "stx_attributes_mask", 0, true },
	{ "stx_atime", 0x20, true },
	{ "stx_btime", 0x800, true },
	{ "stx_ctime", 0x80, true },
	{ "stx_mtime", 0x40, true },
	{ "stx_rdev_major", 0, true },
	{ "stx_rdev_minor", 0, true },
	{ "stx_dev_major", 0, true },
	{ "stx_dev_minor", 0, true },
	{ "stx_mnt_id", 0x5000, true },
	{ "stx_dio_mem_align", 0x2000, true },
	{ "stx_dio_offset_align", 0x2000, true },
	{ "stx_subvol", 0x8000, true },
	{ "stx_atomic_write_unit_min", 0x10000, true },
	{ "stx_atomic_write_unit_max", 0x10000, true },
	{ "stx_atomic_write_segments_max", 0x10000, true },
	{ "stx_dio_read_offset_align", 0x20000, true },
	{ "stx_atomic_write_unit_max_opt", 0x10000, true },
};

void linx_put_statx(struct linx_put *p, const struct linx_obj *o)
{
	uint32_t mask = (uint32_t)linx_member_num(p, o, "stx_mask");

	linx_put_open(p);
	linx_put_masked(p, o, statx_members, ARRAY_SIZE(statx_members), mask);
	if (p->brief)
		linx_put_more(p);
	linx_put_close(p);
}

void linx_member_stamp(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	const struct linx_type_member *m = linx_member_at(p, o, at);
	struct linx_obj stamp = { m->ty, o->data + at, linx_type_size(m->ty, p->abi), o->addr + at };

	linx_put_name(p, m->name);
	linx_put_typed(p, stamp.ty, NULL, stamp.data, stamp.size, stamp.addr);
	linx_put_time_comment(p, linx_member_num(p, &stamp, "tv_sec"),
			      (uint64_t)linx_member_num(p, &stamp, "tv_nsec"), 9);
}

/* ---- statfs ----------------------------------------------------------------------------- */

/* Writes the type of a file system, a magic number. */
void linx_member_magic(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	const struct linx_type_member *m = linx_member_at(p, o, at);

	linx_put_name(p, m->name);
	linx_put_known(p, &linx_set_fs_magic, linx_type_load(m->ty, p->abi, o->data + at), 4, 'x');
}

/* Writes the mount flags of a file system; kernels before 2.6.36 do not set them. */
void linx_member_mount_flags(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	const struct linx_type_member *m = linx_member_at(p, o, at);
	uint64_t flags = (uint64_t)linx_type_load(m->ty, p->abi, o->data + at);

	if (!linx_put_wants(p, LINX_WANT_FULL) && !(flags & ST_VALID_BIT))
		return;
	linx_put_name(p, m->name);
	linx_put_flags(p, &linx_set_statfs_flags, flags, linx_type_size(m->ty, p->abi));
}
