// SPDX-License-Identifier: LGPL-2.1-or-later
/* Video. linux/videodev2.h */
#include <stdio.h>

#include "ioctl.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	BUF_CAPTURE = 1,
	BUF_OUTPUT,
	BUF_OVERLAY,
	BUF_VBI_CAPTURE,
	BUF_VBI_OUTPUT,
	BUF_SLICED_CAPTURE,
	BUF_SLICED_OUTPUT,
	BUF_OUTPUT_OVERLAY,
	BUF_CAPTURE_MPLANE,
	BUF_OUTPUT_MPLANE,
	BUF_SDR_CAPTURE,
	BUF_SDR_OUTPUT,
	BUF_META_CAPTURE,
	BUF_META_OUTPUT,
};

const char *const linx_v4l2_tuner_names[] = { "name",	  "type",	"capability", "rangelow",
					      "rangehigh", "rxsubchans", "audmode",    "signal",
					      "afc",	  NULL };

static uint32_t word(const struct linx_obj *o, size_t at)
{
	uint32_t n;

	memcpy(&n, o->data + at, 4);
	return n;
}

/* ---- numbers ------------------------------------------------------------------------------ */

static void put_letter(struct linx_put *p, uint8_t c)
{
	static const char digits[] = "0123456789abcdef";
	char text[8] = { '\'', (char)c, '\'' };

	if (c == '\'' || c == '\\') {
		text[1] = '\\';
		text[2] = (char)c;
		text[3] = '\'';
	} else if (c < ' ' || c > '~') {
		text[1] = '\\';
		text[2] = 'x';
		text[3] = digits[c >> 4];
		text[4] = digits[c & 15];
		text[5] = '\'';
	}
	linx_put_text(p, text);
}

static void put_fourcc(struct linx_put *p, uint32_t n, const struct linx_flagset *set)
{
	const struct linx_flag *flag = linx_const_find(set, n, UINT32_MAX);

	if (p->json) {
		linx_put_known(p, set, n, 4, 'u');
		return;
	}
	if (p->st->xlat == LINX_XLAT_RAW) {
		linx_put_hex(p, n);
		return;
	}
	linx_put_text(p, "v4l2_fourcc(");
	for (unsigned int i = 0; i < 4; i++) {
		linx_put_text(p, i ? ", " : "");
		put_letter(p, (uint8_t)(n >> i * 8));
	}
	linx_put_text(p, ")");
	if (flag)
		linx_put_comment(p, flag->name);
}

void linx_num_v4l2_fourcc(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	put_fourcc(p, (uint32_t)n, &linx_set_v4l2_pix_fmt);
}

void linx_num_v4l2_sdr_fourcc(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	put_fourcc(p, (uint32_t)n, &linx_set_v4l2_sdr_fmt);
}

void linx_num_v4l2_meta_fourcc(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	put_fourcc(p, (uint32_t)n, &linx_set_v4l2_meta_fmt);
}

void linx_num_v4l2_buf_bits(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	uint32_t flags = (uint32_t)n & ~0x7e000u;

	(void)ty;
	if (p->st->xlat == LINX_XLAT_RAW) {
		linx_put_hex(p, (uint32_t)n);
		return;
	}
	linx_put_packed(p, (uint32_t)n);
	if (flags) {
		linx_put_flags(p, &linx_set_v4l2_buf_flags, flags, 4);
		linx_put_text(p, "|");
	}
	linx_put_flags(p, &linx_set_v4l2_buf_timestamp, (uint64_t)n & 0xe000, 4);
	linx_put_text(p, "|");
	linx_put_flags(p, &linx_set_v4l2_buf_timestamp_src, (uint64_t)n & 0x70000, 4);
	linx_put_packed_end(p);
}

/* A control without a name of its own is counted from the beginning of its class. */
static void put_cid(struct linx_put *p, uint32_t cid)
{
	const struct linx_flag *id = linx_const_find(&linx_set_v4l2_ctrl_id, cid, UINT32_MAX);
	const struct linx_flag *class =
		linx_const_find(&linx_set_v4l2_ctrl_class, cid & 0xffff0000, UINT32_MAX);
	char text[80];

	if (id) {
		linx_put_symbol(p, cid, 'x', id->name);
	} else if (class) {
		snprintf(text, sizeof(text), "%s+%#x", class->name, cid & 0xffff);
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

/* What is asked for may be the one after it. */
void linx_num_v4l2_next_cid(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	uint32_t next = (uint32_t)n & 0xc0000000;

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
	put_cid(p, (uint32_t)n & ~0xc0000000);
	linx_put_packed_end(p);
}

void linx_put_v4l2_fract(struct linx_put *p, const struct linx_obj *o)
{
	if (!p->json) {
		linx_put_u64(p, word(o, 0));
		linx_put_text(p, "/");
		linx_put_u64(p, word(o, 4));
		return;
	}
	linx_put_list(p);
	linx_put_item(p);
	linx_put_u64(p, word(o, 0));
	linx_put_item(p);
	linx_put_u64(p, word(o, 4));
	linx_put_list_end(p);
}

/* ---- formats -------------------------------------------------------------------------------- */

void linx_put_v4l2_mplane(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_members_of(p, o, NAMES("width", "height", "pixelformat", "field", "colorspace"));
	linx_put_upto(p, o, "plane_fmt", (uint64_t)linx_member_num(p, o, "num_planes"));
	linx_put_member(p, o, "num_planes");
	linx_put_close(p);
}

void linx_put_v4l2_lines(struct linx_put *p, const struct linx_obj *o)
{
	uint16_t line;

	linx_put_list(p);
	for (unsigned int i = 0; i < 24; i++) {
		memcpy(&line, o->data + i * 2, 2);
		linx_put_item(p);
		linx_put_hex(p, line);
	}
	linx_put_list_end(p);
}

/* Which of the union goes with which type of buffer. */
static const struct {
	uint8_t type;
	const char *name;
	const struct linx_ty *ty;
} formats[] = {
	{ BUF_CAPTURE, "fmt.pix", &linx_ty_v4l2_pix_format },
	{ BUF_OUTPUT, "fmt.pix", &linx_ty_v4l2_pix_format },
	{ BUF_CAPTURE_MPLANE, "fmt.pix_mp", &linx_ty_v4l2_pix_format_mplane },
	{ BUF_OUTPUT_MPLANE, "fmt.pix_mp", &linx_ty_v4l2_pix_format_mplane },
	{ BUF_OVERLAY, "fmt.win", &linx_ty_v4l2_window },
	{ BUF_OUTPUT_OVERLAY, "fmt.win", &linx_ty_v4l2_window },
	{ BUF_VBI_CAPTURE, "fmt.vbi", &linx_ty_v4l2_vbi_format },
	{ BUF_VBI_OUTPUT, "fmt.vbi", &linx_ty_v4l2_vbi_format },
	{ BUF_SLICED_CAPTURE, "fmt.sliced", &linx_ty_v4l2_sliced_vbi_format },
	{ BUF_SLICED_OUTPUT, "fmt.sliced", &linx_ty_v4l2_sliced_vbi_format },
	{ BUF_SDR_CAPTURE, "fmt.sdr", &linx_ty_v4l2_sdr_format },
	{ BUF_SDR_OUTPUT, "fmt.sdr", &linx_ty_v4l2_sdr_format },
	{ BUF_META_CAPTURE, "fmt.meta", &linx_ty_v4l2_meta_format },
	{ BUF_META_OUTPUT, "fmt.meta", &linx_ty_v4l2_meta_format },
};

static bool put_fmt(struct linx_put *p, const struct linx_obj *o)
{
	size_t at = p->abi == LINX_ABI_X86_64 ? 8 : 4;

	for (size_t i = 0; i < COUNT(formats); i++) {
		if (formats[i].type != word(o, 0))
			continue;
		linx_put_name(p, formats[i].name);
		linx_put_typed(p, formats[i].ty, NULL, o->data + at,
			       linx_type_size(formats[i].ty, p->abi), o->addr + at);
		p->plain = false;
		return true;
	}
	return false;
}

static void put_fmt_type(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_name(p, "type");
	linx_put_flags(p, &linx_set_v4l2_buf_type, word(o, 0), 4);
}

void linx_put_v4l2_format(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	put_fmt_type(p, o);
	put_fmt(p, o);
	linx_put_close(p);
}

void linx_ioctl_v4l2_g_fmt(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;

	(void)cmd;
	if (!linx_ioctl_before(p, &linx_ty_v4l2_format, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	put_fmt_type(p, &o);
	if (linx_ioctl_after(p, &linx_ty_v4l2_format, arg, &o)) {
		p->late = true;
		put_fmt(p, &o);
		p->late = false;
	}
	linx_put_close(p);
}

/* Are n elements there, as many of them as are shown? */
static bool array_there(struct linx_put *p, uint64_t at, uint64_t n, size_t size)
{
	if (p->brief && n > p->st->limit)
		n = p->st->limit;
	return linx_put_mem(p, at, size) && linx_put_mem(p, at + (n - 1) * size, size);
}

/* Is all of the format there to be shown? Else nothing is said of it at the end. */
static bool fmt_there(struct linx_put *p, const struct linx_obj *o)
{
	uint32_t type = word(o, 0);
	struct linx_obj win = { .ty = &linx_ty_v4l2_window };
	size_t at = p->abi == LINX_ABI_X86_64 ? 8 : 4;
	uint64_t n;

	if (type == BUF_OVERLAY || type == BUF_OUTPUT_OVERLAY) {
		win.data = o->data + at;
		win.size = linx_type_size(win.ty, p->abi);
		n = (uint64_t)linx_member_num(p, &win, "clipcount");
		return !n || array_there(p, (uint64_t)linx_member_num(p, &win, "clips"), n,
					 linx_type_size(&linx_ty_v4l2_clip, p->abi));
	}
	return type >= BUF_CAPTURE && type <= BUF_META_OUTPUT;
}

void linx_ioctl_v4l2_s_fmt(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o, after;
	bool both;

	(void)cmd;
	if (!linx_ioctl_before(p, &linx_ty_v4l2_format, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	both = fmt_there(p, &o) && linx_ioctl_after(p, &linx_ty_v4l2_format, arg, &after);
	if (both)
		linx_put_before(p);
	linx_ioctl_put(p, &o, NULL);
	linx_ioctl_known(p);
	if (!both)
		return;
	linx_put_after(p);
	p->late = true;
	linx_put_open(p);
	put_fmt(p, &after);
	linx_put_close(p);
	p->late = false;
	linx_put_after_end(p);
}

void linx_put_v4l2_create(struct linx_put *p, const struct linx_obj *o)
{
	size_t at = p->abi == LINX_ABI_X86_64 ? 16 : 12;
	const struct linx_ty *ty = &linx_ty_v4l2_format;

	linx_put_open(p);
	linx_put_name(p, "count");
	linx_put_u64(p, word(o, 4));
	linx_put_name(p, "memory");
	linx_put_flags(p, &linx_set_v4l2_memory, word(o, 8), 4);
	linx_put_name(p, "format");
	linx_put_typed(p, ty, NULL, o->data + at, linx_type_size(ty, p->abi), o->addr + at);
	linx_put_close(p);
}

/* What it made is told behind the result. */
void linx_ioctl_v4l2_create(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;

	(void)cmd;
	linx_ioctl_set(p, &linx_ty_v4l2_create_buffers, NULL, arg);
	if (!p->aux || !linx_ioctl_after(p, &linx_ty_v4l2_create_buffers, arg, &o))
		return;
	linx_out_str(p->aux, "{index=");
	linx_out_u64(p->aux, word(&o, 0));
	linx_out_str(p->aux, ", count=");
	linx_out_u64(p->aux, word(&o, 4));
	linx_out_str(p->aux, "}");
}

/* ---- buffers -------------------------------------------------------------------------------- */

/* {a=1 => 2}: how a number was changed, where all the rest was given. */
static void put_changed(struct linx_put *p, const struct linx_obj *before, const struct linx_obj *o,
			const char *name)
{
	if (p->json || linx_member_num(p, before, name) == linx_member_num(p, o, name))
		return;
	linx_put_text(p, " => ");
	linx_put_i64(p, linx_member_num(p, o, name));
}

void linx_put_v4l2_framebuffer(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_members_of(p, o, NAMES("capability", "flags", "base"));
	if (p->json)
		linx_put_member(p, o, "fmt");
	linx_put_close(p);
}

void linx_ioctl_v4l2_reqbufs(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o, after;

	(void)cmd;
	if (!linx_ioctl_before(p, &linx_ty_v4l2_requestbuffers, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_members_of(p, &o, NAMES("type", "memory", "count"));
	if (linx_ioctl_after(p, &linx_ty_v4l2_requestbuffers, arg, &after))
		put_changed(p, &o, &after, "count");
	linx_put_close(p);
}

static void put_buffer(struct linx_put *p, const struct linx_obj *o, bool dequeued)
{
	uint64_t memory = (uint64_t)linx_member_num(p, o, "memory");

	if (dequeued)
		linx_put_member(p, o, "index");
	linx_put_member(p, o, "memory");
	if (memory == 1) {
		linx_put_name(p, "m.offset");
		linx_put_hex(p, (uint32_t)linx_member_num(p, o, "m.userptr"));
	} else if (memory == 2) {
		linx_put_member(p, o, "m.userptr");
	}
	linx_put_members_of(p, o, NAMES("length", "bytesused", "flags"));
	if (dequeued)
		linx_put_member(p, o, "timestamp");
	linx_put_more(p);
}

void linx_ioctl_v4l2_buffer(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	const struct linx_ty *ty = linx_ioctl_find(cmd, p->abi)->size_ty;
	bool dequeued = linx_ioc_nr(cmd) == 17;
	struct linx_obj o;

	if (!linx_ioctl_before(p, ty, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_member(p, &o, "type");
	if (!dequeued)
		linx_put_member(p, &o, "index");
	if (linx_ioctl_after(p, ty, arg, &o))
		put_buffer(p, &o, dequeued);
	linx_put_close(p);
}

/* ---- parameters ----------------------------------------------------------------------------- */

static bool put_parm(struct linx_put *p, const struct linx_obj *o)
{
	int64_t type = linx_member_num(p, o, "type");

	if (type == BUF_CAPTURE) {
		linx_put_member(p, o, "parm.capture");
	} else if (type == BUF_OUTPUT) {
		linx_put_name(p, "parm.output");
		linx_put_typed(p, &linx_ty_v4l2_outputparm, NULL, o->data + 4,
			       linx_type_size(&linx_ty_v4l2_outputparm, p->abi), o->addr + 4);
	} else {
		return false;
	}
	return true;
}

void linx_ioctl_v4l2_g_parm(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;

	(void)cmd;
	if (!linx_ioctl_before(p, &linx_ty_v4l2_streamparm, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_member(p, &o, "type");
	if (linx_ioctl_after(p, &linx_ty_v4l2_streamparm, arg, &o))
		put_parm(p, &o);
	linx_put_close(p);
}

void linx_ioctl_v4l2_s_parm(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;
	int64_t type;
	bool both;

	(void)cmd;
	if (!linx_ioctl_before(p, &linx_ty_v4l2_streamparm, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	type = linx_member_num(p, &o, "type");
	both = linx_put_ok(p) && (type == BUF_CAPTURE || type == BUF_OUTPUT);
	if (both)
		linx_put_before(p);
	linx_put_open(p);
	linx_put_member(p, &o, "type");
	put_parm(p, &o);
	linx_put_close(p);
	linx_ioctl_known(p);
	if (!both)
		return;
	linx_put_after(p);
	linx_put_open(p);
	if (linx_ioctl_after(p, &linx_ty_v4l2_streamparm, arg, &o))
		put_parm(p, &o);
	linx_put_close(p);
	linx_put_after_end(p);
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
	linx_put_members_of(p, &o, NAMES("id", "value"));
	if (linx_ioctl_after(p, &linx_ty_v4l2_control, arg, &after))
		put_changed(p, &o, &after, "value");
	linx_put_close(p);
}

void linx_put_v4l2_menu(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	int64_t value;

	memcpy(&value, o->data + at, sizeof(value));
	linx_put_name(p, "name");
	linx_put_cstring(p, o->data + at, 32);
	linx_put_name(p, "value");
	linx_put_i64(p, value);
}

void linx_put_v4l2_dims(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t n = (uint64_t)linx_member_num(p, o, "nr_of_dims");

	linx_put_name(p, "dims");
	linx_put_list(p);
	for (uint64_t i = 0; i < n && i < 4; i++) {
		linx_put_item(p);
		linx_put_u64(p, word(o, at + i * 4));
	}
	linx_put_list_end(p);
}

/* All members from the second on, as their type has them. */
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
	const struct linx_ty *ty = linx_ioc_nr(cmd) == 36 ? &linx_ty_v4l2_queryctrl :
							    &linx_ty_v4l2_query_ext_ctrl;
	struct linx_obj o;
	int64_t id;

	if (!linx_ioctl_before(p, ty, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	id = linx_member_num(p, &o, "id");
	linx_put_open(p);
	linx_put_member(p, &o, "id");
	if (linx_ioctl_after(p, ty, arg, &o)) {
		if (linx_member_num(p, &o, "id") != id && !p->json) {
			linx_put_text(p, " => ");
			put_cid(p, (uint32_t)linx_member_num(p, &o, "id"));
		}
		put_query(p, &o);
	}
	linx_put_close(p);
}

void linx_put_v4l2_ext_control(struct linx_put *p, const struct linx_obj *o)
{
	uint32_t size = word(o, 4);
	int64_t wide;

	memcpy(&wide, o->data + 12, 8);
	linx_put_open(p);
	linx_put_name(p, "id");
	linx_put_flags(p, &linx_set_v4l2_ctrl_id, word(o, 0), 4);
	linx_put_name(p, "size");
	linx_put_u64(p, size);
	if (size) {
		linx_put_name(p, "string");
		linx_put_bufp(p, p->abi == LINX_ABI_X86_64 ? (uint64_t)wide : word(o, 12), size);
	} else {
		linx_put_name(p, "value");
		linx_put_i64(p, (int32_t)word(o, 12));
		linx_put_name(p, "value64");
		linx_put_i64(p, wide);
	}
	linx_put_close(p);
}

/* The controls, and where the call failed which of them did. */
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

/* Are the controls there to be shown? Else nothing is said of them at the end. */
static bool controls_there(struct linx_put *p, const struct linx_obj *o)
{
	uint64_t at = (uint64_t)linx_member_num(p, o, "controls");
	uint64_t n = (uint64_t)linx_member_num(p, o, "count");

	return n && array_there(p, at, n, 20);
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

/* ---- what frames there are -------------------------------------------------------------------- */

enum { DISCRETE = 1, CONTINUOUS, STEPWISE };

static void put_frmsize(struct linx_put *p, const struct linx_obj *o)
{
	int64_t type = linx_member_num(p, o, "type");

	linx_put_member(p, o, "type");
	if (type == DISCRETE) {
		linx_put_name(p, "discrete");
		linx_put_typed(p, &linx_ty_v4l2_frmsize_discrete, NULL, o->data + 12, 8, 0);
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
		linx_put_typed(p, &linx_ty_v4l2_fract, NULL, o->data + 20, 8, 0);
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
