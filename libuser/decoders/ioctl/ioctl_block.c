// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes ioctls of disks, loop devices, file extents and flash: linux/hdreg.h, loop.h, fiemap.h, fs.h,
 * ubi-user.h.
 */
#include <linux/hdreg.h>

#include "decoders/ioctl/ioctl.h"

#define SECTOR 512u
#define RENAMES 32
#define RENAMES_AT 16u

/* ---- IDE drives --------------------------------------------------------------------------- */

void linx_ioctl_hdio_identity(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	linx_ioctl_known(p);
	p->late = true;
	if (linx_put_ok(p))
		linx_put_bufp(p, arg, cmd == HDIO_GET_IDENTITY ? 512 : 142);
	else
		linx_put_addr(p, arg);
	p->late = false;
}

static void put_drive_result(struct linx_put *p, uint64_t arg, const struct linx_obj *o)
{
	uint64_t sectors = (uint64_t)linx_member_num(p, o, "sector_count");

	linx_put_open(p);
	linx_put_members_of(p, o, NAMES("status", "error", "nsector"));
	if (sectors) {
		linx_put_name(p, "buf");
		linx_put_hexp(p, arg + 4, sectors * SECTOR);
	}
	linx_put_close(p);
}

/* Writes HDIO_DRIVE_CMD. The drive's answer is there even if the drive reports an error (EIO). */
void linx_ioctl_hdio_drive_cmd(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o, after;
	bool answered = linx_put_ok(p) || (p->ev->has_ret && p->ev->ret == -5 /* EIO */);

	(void)cmd;
	if (!linx_ioctl_before(p, &linx_ty_hd_drive_cmd_hdr, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	after = (struct linx_obj){ .ty = &linx_ty_hd_drive_result, .addr = arg, .size = 4 };
	p->late = true;
	after.data = answered ? linx_put_mem(p, arg, 4) : NULL;
	p->late = false;
	if (after.data)
		linx_put_before(p);
	linx_ioctl_put(p, &o, NULL);
	linx_ioctl_known(p);
	if (!after.data)
		return;
	linx_put_after(p);
	p->late = true;
	put_drive_result(p, arg, &after);
	p->late = false;
	linx_put_after_end(p);
}

/* ---- loop devices --------------------------------------------------------------------------- */

void linx_put_loop_key(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t n = (uint32_t)linx_member_num(p, o, "lo_encrypt_key_size");

	linx_put_name(p, "lo_encrypt_key");
	linx_put_whole_string(p, o->data + at, n < 32 ? n : 32, false);
}

static bool has_key(const struct linx_put *p, const struct linx_obj *o)
{
	return !p->brief || linx_member_num(p, o, "lo_encrypt_type");
}

void linx_put_loop_info(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_member(p, o, "lo_number");
	if (!p->brief)
		linx_put_members_of(p, o, NAMES("lo_device", "lo_inode", "lo_rdevice"));
	linx_put_member(p, o, "lo_offset");
	if (has_key(p, o))
		linx_put_members_of(p, o, NAMES("lo_encrypt_type", "lo_encrypt_key_size"));
	linx_put_members_of(p, o, NAMES("lo_flags", "lo_name"));
	if (has_key(p, o))
		linx_put_member(p, o, "lo_encrypt_key");
	if (p->brief)
		linx_put_more(p);
	else
		linx_put_members_of(p, o, NAMES("lo_init", "reserved"));
	linx_put_close(p);
}

void linx_put_loop_info64(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	if (p->brief)
		linx_put_members_of(p, o, NAMES("lo_offset", "lo_number"));
	else
		linx_put_members_of(p, o,
				    NAMES("lo_device", "lo_inode", "lo_rdevice", "lo_offset",
					  "lo_sizelimit", "lo_number"));
	if (has_key(p, o))
		linx_put_members_of(p, o, NAMES("lo_encrypt_type", "lo_encrypt_key_size"));
	linx_put_members_of(p, o, NAMES("lo_flags", "lo_file_name"));
	if (has_key(p, o))
		linx_put_members_of(p, o, NAMES("lo_crypt_name", "lo_encrypt_key"));
	if (p->brief)
		linx_put_more(p);
	else
		linx_put_member(p, o, "lo_init");
	linx_put_close(p);
}

/* ---- extents and deduplication of files ------------------------------------------------------- */

void linx_put_fs_label(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_cstring(p, o->data, o->size);
}

/* Writes one destination of a deduplication: the request before the call, the outcome after it. */
void linx_put_dedupe_info(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_members_of(p, o, p->late ? NAMES("bytes_deduped", "status") :
					    NAMES("dest_fd", "dest_offset"));
	linx_put_close(p);
}

void linx_put_dedupe_range(struct linx_put *p, const struct linx_obj *o)
{
	uint64_t count = (uint64_t)linx_member_num(p, o, "dest_count");

	linx_put_open(p);
	if (!p->late)
		linx_put_members_of(p, o, NAMES("src_offset", "src_length", "dest_count"));
	linx_put_name(p, "info");
	linx_put_array_max(p, &linx_ty_file_dedupe_range_info, o->addr + o->size, count,
			   p->brief ? 2 : count);
	p->plain = false;
	linx_put_close(p);
}

/* True if all destinations that would be shown were captured; if not, the result is not shown. */
static bool dedupe_there(struct linx_put *p, const struct linx_obj *o)
{
	size_t size = linx_type_size(&linx_ty_file_dedupe_range_info, p->abi);
	uint64_t n = (uint64_t)linx_member_num(p, o, "dest_count");

	if (p->brief && n > p->st->limit)
		n = p->st->limit;
	return n && linx_put_mem(p, o->addr + o->size + (n - 1) * size, size);
}

void linx_ioctl_dedupe(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;

	(void)cmd;
	if (linx_ioctl_before(p, &linx_ty_file_dedupe_range, arg, &o) && !dedupe_there(p, &o))
		linx_ioctl_put(p, &o, NULL);
	else
		linx_ioctl_turn(p, &linx_ty_file_dedupe_range, arg, NULL, NULL);
}

/* Writes the file extents that the call returned. */
void linx_put_fiemap(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_members_of(p, o, NAMES("fm_flags", "fm_mapped_extents"));
	if (p->brief) {
		linx_put_more(p);
	} else {
		linx_put_name(p, "fm_extents");
		linx_put_array(p, &linx_ty_fiemap_extent, o->addr + o->size,
			       (uint64_t)linx_member_num(p, o, "fm_mapped_extents"));
		p->plain = false;
	}
	linx_put_close(p);
}

/* ---- flash memory: MTD and UBI ------------------------------------------------------------ */

void linx_put_mtd_layout(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_member(p, o, "eccbytes");
	linx_put_upto(p, o, "eccpos", UINT64_MAX);
	linx_put_members_of(p, o, NAMES("oobavail", "oobfree"));
	linx_put_close(p);
}

void linx_put_ubi_attach(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_members_of(p, o, NAMES("ubi_num", "mtd_num", "vid_hdr_offset", "max_beb_per1024", "disable_fm", "need_resv_pool"));
	linx_put_close(p);
}

void linx_put_ubi_name(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	int64_t n = linx_member_num(p, o, "name_len");

	if (n < 0)
		n = 0;
	linx_put_name(p, "name");
	linx_put_cstring(p, o->data + at, 1 + (size_t)(n < 127 ? n : 127));
}

/*
 * Writes the pairs of volumes to rename, as many as were captured: the structure is larger than a record can
 * hold.
 */
void linx_ioctl_ubi_rename(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	int64_t count;

	(void)cmd;
	if (!linx_put_mem_int(p, arg, 4, true, &count) || !linx_put_mem(p, arg, RENAMES_AT)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_name(p, "count");
	linx_put_i64(p, count);
	linx_put_name(p, "ents");
	linx_put_array_max(p, &linx_ty_ubi_rnvol_ent, arg + RENAMES_AT,
			   count > 0 ? (uint64_t)(count < RENAMES ? count : RENAMES) : 0, RENAMES);
	p->plain = false;
	linx_put_close(p);
}

/*
 * Writes a request for a new UBI device or volume. The call stores the number of the new device or volume over the
 * beginning of the request.
 */
void linx_ioctl_ubi_new(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	const struct linx_ty *ty = linx_ioc_nr(cmd) ? &linx_ty_ubi_attach_req : &linx_ty_ubi_mkvol_req;
	struct linx_obj o;
	int64_t n;

	if (!linx_ioctl_before(p, ty, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	if (linx_put_ok(p))
		linx_put_before(p);
	linx_ioctl_put(p, &o, NULL);
	linx_ioctl_known(p);
	if (!linx_put_ok(p))
		return;
	linx_put_after(p);
	p->late = true;
	if (linx_put_mem_int(p, arg, 4, true, &n)) {
		linx_put_text(p, "[");
		linx_put_i64(p, n);
		linx_put_text(p, "]");
	} else {
		linx_put_addr(p, arg);
	}
	p->late = false;
	linx_put_after_end(p);
}
