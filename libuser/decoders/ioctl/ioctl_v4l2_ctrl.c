// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes ioctls of video devices: controls, frame sizes and frame intervals. linux/videodev2.h,
 * v4l2-controls.h.
 */
#include <stdio.h>

#include "table/flagsets.h"
#include "decoders/ioctl/ioctl.h"

#define NEXT_FLAGS 0xc0000000u /* V4L2_CTRL_FLAG_NEXT_CTRL, V4L2_CTRL_FLAG_NEXT_COMPOUND */
#define CLASS_MASK 0xffff0000u /* bits of a control's id that hold its class */
#define QUERYCTRL_NR 36u /* VIDIOC_QUERYCTRL */
#define MENU_NAME 32u /* bytes of the name in struct v4l2_querymenu */
#define MAX_DIMS 4u /* V4L2_CTRL_MAX_DIMS */
/* Offsets in struct v4l2_ext_control, which is packed, and its size. */
#define EXT_ID_AT 0u
#define EXT_SIZE_AT 4u
#define EXT_VALUE_AT 12u
#define EXT_CONTROL 20u
/*
 * Offsets of the unions in struct v4l2_frmsizeenum and v4l2_frmivalenum, and the size of their member discrete.
 */
#define FRMSIZE_AT 12u
#define FRMIVAL_AT 20u
#define DISCRETE_SIZE 8u

static uint32_t word(const struct linx_obj *o, size_t at)
{
	uint32_t n;

	memcpy(&n, o->data + at, sizeof(n));
	return n;
}

/* Writes the id of a control. An id without a name is written as an offset from the first id of its class. */
static void put_cid(struct linx_put *p, uint32_t cid)
{
	const struct linx_flag *id = linx_const_find(&linx_set_v4l2_ctrl_id, cid, UINT32_MAX);
	const struct linx_flag *class =
		linx_const_find(&linx_set_v4l2_ctrl_class, cid & CLASS_MASK, UINT32_MAX);
	char text[80];

	if (id) {
		linx_put_symbol(p, cid, 'x', id->name);
	} else if (class) {
		snprintf(text, sizeof(text), "%s+%#x", class->name, cid & ~CLASS_MASK);
		linx_put_symbol(p, cid, 'x', text);
	} else {
		linx_put_flags(p, &linx_set_v4l2_ctrl_id, cid, 4);
	}
}

void linx_num_v4l2_cid(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	put_cid(p, (uint32_t)n);
}

/* Writes the id of a control, with flags that ask for the next control. */
void linx_num_v4l2_next_cid(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	uint32_t next = (uint32_t)n & NEXT_FLAGS;

	(void)ty;
	if (p->st->xlat == LINX_XLAT_RAW) {
		linx_put_hex(p, (uint32_t)n);
		return;
	}
	linx_put_packed(p, (uint32_t)n);
	if (next) {
		linx_put_flags(p, &linx_set_v4l2_ctrl_next_flags, next, 4);
		linx_put_text(p, "|");
	}
	put_cid(p, (uint32_t)n & ~NEXT_FLAGS);
	linx_put_packed_end(p);
}

/* ---- controls ------------------------------------------------------------------------------- */

void linx_ioctl_v4l2_s_ctrl(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o, after;

	(void)cmd;
	if (!linx_ioctl_before(p, &linx_ty_v4l2_control, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_member(p, &o, "id");
	linx_put_member_both(p, &o, "value");
	if (linx_ioctl_after(p, &linx_ty_v4l2_control, arg, &after))
		linx_put_changed(p, &o, &after, "value");
	linx_put_close(p);
}

void linx_put_v4l2_menu(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	int64_t value;

	memcpy(&value, o->data + at, sizeof(value));
	linx_put_name(p, "name");
	linx_put_cstring(p, o->data + at, MENU_NAME);
	linx_put_name(p, "value");
	linx_put_i64(p, value);
}

void linx_put_v4l2_dims(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t n = (uint64_t)linx_member_num(p, o, "nr_of_dims");

	linx_put_name(p, "dims");
	linx_put_list(p);
	for (uint64_t i = 0; i < n && i < MAX_DIMS; i++) {
		linx_put_item(p);
		linx_put_u64(p, word(o, at + i * sizeof(uint32_t)));
	}
	linx_put_list_end(p);
}

/* Writes the members of struct v4l2_queryctrl behind the id. */
static void put_query(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_members_of(p, o, NAMES("type", "name"));
	if (p->brief) {
		linx_put_more(p);
		return;
	}
	linx_put_members_of(p, o,
			    NAMES("minimum", "maximum", "step", "default_value", "flags", "elem_size",
				  "elems", "nr_of_dims", "dims"));
	linx_put_nonzero(p, o, "reserved");
}

void linx_ioctl_v4l2_queryctrl(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	const struct linx_ty *ty = linx_ioc_nr(cmd) == QUERYCTRL_NR ? &linx_ty_v4l2_queryctrl :
							    &linx_ty_v4l2_query_ext_ctrl;
	struct linx_obj o;
	int64_t id;

	if (!linx_ioctl_before(p, ty, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	id = linx_member_num(p, &o, "id");
	linx_put_open(p);
	linx_put_member_both(p, &o, "id");
	if (linx_ioctl_after(p, ty, arg, &o)) {
		if (linx_member_num(p, &o, "id") != id && linx_put_change(p))
			put_cid(p, (uint32_t)linx_member_num(p, &o, "id"));
		put_query(p, &o);
	}
	linx_put_close(p);
}

void linx_put_v4l2_ext_control(struct linx_put *p, const struct linx_obj *o)
{
	uint32_t size = word(o, EXT_SIZE_AT);
	int64_t wide;

	memcpy(&wide, o->data + EXT_VALUE_AT, sizeof(wide));
	linx_put_open(p);
	linx_put_name(p, "id");
	linx_put_flags(p, &linx_set_v4l2_ctrl_id, word(o, EXT_ID_AT), 4);
	linx_put_name(p, "size");
	linx_put_u64(p, size);
	if (size) {
		linx_put_name(p, "string");
		linx_put_bufp(p, linx_is_64(p->abi) ? (uint64_t)wide : word(o, EXT_VALUE_AT), size);
	} else {
		linx_put_name(p, "value");
		linx_put_i64(p, (int32_t)word(o, EXT_VALUE_AT));
		linx_put_name(p, "value64");
		linx_put_i64(p, wide);
	}
	linx_put_close(p);
}

/* Writes the controls; if the call failed, also the index of the control at which it stopped. */
static void put_controls(struct linx_put *p, const struct linx_obj *o, bool at_end)
{
	linx_put_member(p, o, "controls");
	if (at_end && !linx_put_ok(p))
		linx_put_member(p, o, "error_idx");
}

void linx_ioctl_v4l2_g_ext_ctrls(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;

	(void)cmd;
	if (!linx_ioctl_before(p, &linx_ty_v4l2_ext_controls, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_members_of(p, &o, NAMES("ctrl_class", "count"));
	linx_ioctl_known(p);
	if (linx_member_num(p, &o, "count") && !linx_put_entering(p)) {
		if (!linx_ioctl_after(p, &linx_ty_v4l2_ext_controls, arg, &o))
			linx_ioctl_before(p, &linx_ty_v4l2_ext_controls, arg, &o);
		p->late = linx_put_ok(p);
		put_controls(p, &o, true);
		p->late = false;
	}
	linx_put_close(p);
}

/* True if the controls that would be shown were captured; if not, the result is not shown. */
static bool controls_there(struct linx_put *p, const struct linx_obj *o)
{
	uint64_t at = (uint64_t)linx_member_num(p, o, "controls");
	uint64_t n = (uint64_t)linx_member_num(p, o, "count");

	return n && linx_array_there(p, at, n, EXT_CONTROL);
}

void linx_ioctl_v4l2_s_ext_ctrls(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;
	bool both;

	(void)cmd;
	if (!linx_ioctl_before(p, &linx_ty_v4l2_ext_controls, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	both = controls_there(p, &o) && !linx_put_entering(p);
	if (both)
		linx_put_before(p);
	linx_put_open(p);
	linx_put_members_of(p, &o, NAMES("ctrl_class", "count"));
	if (linx_member_num(p, &o, "count"))
		linx_put_member(p, &o, "controls");
	linx_put_close(p);
	linx_ioctl_known(p);
	if (!both)
		return;
	linx_put_after(p);
	linx_ioctl_after(p, &linx_ty_v4l2_ext_controls, arg, &o);
	if (!o.data)
		linx_ioctl_before(p, &linx_ty_v4l2_ext_controls, arg, &o);
	linx_put_open(p);
	p->late = linx_put_ok(p);
	put_controls(p, &o, true);
	p->late = false;
	linx_put_close(p);
	linx_put_after_end(p);
}

/* ---- frame sizes and intervals ---------------------------------------------------------- */

/* V4L2_FRMSIZE_TYPE_*, V4L2_FRMIVAL_TYPE_* */
enum { DISCRETE = 1, CONTINUOUS, STEPWISE };

static void put_frmsize(struct linx_put *p, const struct linx_obj *o)
{
	int64_t type = linx_member_num(p, o, "type");

	linx_put_member(p, o, "type");
	if (type == DISCRETE) {
		linx_put_name(p, "discrete");
		linx_put_typed(p, &linx_ty_v4l2_frmsize_discrete, NULL, o->data + FRMSIZE_AT, DISCRETE_SIZE, 0);
	} else if (type == STEPWISE) {
		linx_put_member(p, o, "stepwise");
	}
}

static void put_frmival(struct linx_put *p, const struct linx_obj *o)
{
	int64_t type = linx_member_num(p, o, "type");

	linx_put_member(p, o, "type");
	if (type == DISCRETE) {
		linx_put_name(p, "discrete");
		linx_put_typed(p, &linx_ty_v4l2_fract, NULL, o->data + FRMIVAL_AT, DISCRETE_SIZE, 0);
	} else if (type == STEPWISE || type == CONTINUOUS) {
		linx_put_member(p, o, "stepwise");
	}
}

static void enumerate(struct linx_put *p, const struct linx_ty *ty, uint64_t arg,
		      const char *const *in, void (*put)(struct linx_put *, const struct linx_obj *))
{
	struct linx_obj o;

	if (!linx_ioctl_before(p, ty, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_members_of(p, &o, in);
	if (linx_ioctl_after(p, ty, arg, &o))
		put(p, &o);
	linx_put_close(p);
}

void linx_ioctl_v4l2_frmsize(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	(void)cmd;
	enumerate(p, &linx_ty_v4l2_frmsizeenum, arg, NAMES("index", "pixel_format"), put_frmsize);
}

void linx_ioctl_v4l2_frmival(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	(void)cmd;
	enumerate(p, &linx_ty_v4l2_frmivalenum, arg,
		  NAMES("index", "pixel_format", "width", "height"), put_frmival);
}
