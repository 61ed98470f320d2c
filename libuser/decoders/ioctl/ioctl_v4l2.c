// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes ioctls of video devices: linux/videodev2.h. */
#include "base/array_size.h"
#include "table/flagsets.h"
#include "decoders/ioctl/ioctl.h"

#define BUF_TIMESTAMP_MASK 0xe000u /* V4L2_BUF_FLAG_TIMESTAMP_MASK */
#define BUF_TSTAMP_SRC_MASK 0x70000u /* V4L2_BUF_FLAG_TSTAMP_SRC_MASK */
#define DQBUF_NR 17u /* VIDIOC_DQBUF */
#define VBI_LINES 24u /* lines of a field in struct v4l2_sliced_vbi_format */
#define PARM_AT 4u /* offset of the union in struct v4l2_streamparm */
/* offsets in struct v4l2_create_buffers */
#define CREATE_INDEX_AT 0u
#define CREATE_COUNT_AT 4u
#define CREATE_MEMORY_AT 8u
enum { MEMORY_MMAP = 1, MEMORY_USERPTR = 2 }; /* V4L2_MEMORY_* */

/* V4L2_BUF_TYPE_* */
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

	memcpy(&n, o->data + at, sizeof(n));
	return n;
}

/* ---- numbers with forms of their own ------------------------------------------------------ */

static void put_fourcc(struct linx_put *p, uint32_t n, const struct linx_flagset *set)
{
	const struct linx_flag *flag = linx_const_find(set, n, UINT32_MAX);

	if (linx_put_wants(p, LINX_WANT_DATA)) {
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
		linx_ioctl_put_char(p, (uint8_t)(n >> i * 8), "'\\", "'\\");
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
	uint32_t flags = (uint32_t)n & ~(BUF_TIMESTAMP_MASK | BUF_TSTAMP_SRC_MASK);

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
	linx_put_flags(p, &linx_set_v4l2_buf_timestamp, (uint64_t)n & BUF_TIMESTAMP_MASK, 4);
	linx_put_text(p, "|");
	linx_put_flags(p, &linx_set_v4l2_buf_timestamp_src, (uint64_t)n & BUF_TSTAMP_SRC_MASK, 4);
	linx_put_packed_end(p);
}

void linx_put_v4l2_fract(struct linx_put *p, const struct linx_obj *o)
{
	if (!linx_put_wants(p, LINX_WANT_DATA)) {
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

/* ---- formats of video data ------------------------------------------------------------------ */

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
	for (unsigned int i = 0; i < VBI_LINES; i++) {
		memcpy(&line, o->data + i * sizeof(line), sizeof(line));
		linx_put_item(p);
		linx_put_hex(p, line);
	}
	linx_put_list_end(p);
}

/* Members of the union in struct v4l2_format, by type of buffer. */
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

/*
 * Returns the offset of the union in struct v4l2_format: the union has pointers, so its alignment depends on
 * the ABI.
 */
static size_t fmt_at(const struct linx_put *p)
{
	return linx_is_64(p->abi) ? 8 : 4;
}

static bool put_fmt(struct linx_put *p, const struct linx_obj *o)
{
	size_t at = fmt_at(p);

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
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

/* True if the part of the format that would be shown was captured; if not, the result is not shown. */
static bool fmt_there(struct linx_put *p, const struct linx_obj *o)
{
	uint32_t type = word(o, 0);
	struct linx_obj win = { .ty = &linx_ty_v4l2_window };
	size_t at = fmt_at(p);
	uint64_t n;

	if (type == BUF_OVERLAY || type == BUF_OUTPUT_OVERLAY) {
		win.data = o->data + at;
		win.size = linx_type_size(win.ty, p->abi);
		n = (uint64_t)linx_member_num(p, &win, "clipcount");
		return !n || linx_array_there(p, (uint64_t)linx_member_num(p, &win, "clips"), n,
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
	size_t at = linx_is_64(p->abi) ? 16 : 12; /* offset of the member format */
	const struct linx_ty *ty = &linx_ty_v4l2_format;

	linx_put_open(p);
	linx_put_name(p, "count");
	linx_put_u64(p, word(o, CREATE_COUNT_AT));
	linx_put_name(p, "memory");
	linx_put_flags(p, &linx_set_v4l2_memory, word(o, CREATE_MEMORY_AT), 4);
	linx_put_name(p, "format");
	linx_put_typed(p, ty, NULL, o->data + at, linx_type_size(ty, p->abi), o->addr + at);
	linx_put_close(p);
}

/* Writes a request for buffers. The index and the number of the new buffers are written behind the result. */
void linx_ioctl_v4l2_create(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;

	(void)cmd;
	linx_ioctl_set(p, &linx_ty_v4l2_create_buffers, NULL, arg);
	if (!p->aux || !linx_ioctl_after(p, &linx_ty_v4l2_create_buffers, arg, &o))
		return;
	linx_strbuf_str(p->aux, "{index=");
	linx_strbuf_u64(p->aux, word(&o, CREATE_INDEX_AT));
	linx_strbuf_str(p->aux, ", count=");
	linx_strbuf_u64(p->aux, word(&o, CREATE_COUNT_AT));
	linx_strbuf_str(p->aux, "}");
}

/* ---- buffers for video data ----------------------------------------------------------------- */

void linx_put_v4l2_framebuffer(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_members_of(p, o, NAMES("capability", "flags", "base"));
	if (linx_put_wants(p, LINX_WANT_FULL))
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
	linx_put_members_of(p, &o, NAMES("type", "memory"));
	linx_put_member_both(p, &o, "count");
	if (linx_ioctl_after(p, &linx_ty_v4l2_requestbuffers, arg, &after))
		linx_put_changed(p, &o, &after, "count");
	linx_put_close(p);
}

static void put_buffer(struct linx_put *p, const struct linx_obj *o, bool dequeued)
{
	uint64_t memory = (uint64_t)linx_member_num(p, o, "memory");

	if (dequeued)
		linx_put_member(p, o, "index");
	linx_put_member(p, o, "memory");
	if (memory == MEMORY_MMAP) {
		linx_put_name(p, "m.offset");
		linx_put_hex(p, (uint32_t)linx_member_num(p, o, "m.userptr"));
	} else if (memory == MEMORY_USERPTR) {
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
	bool dequeued = linx_ioc_nr(cmd) == DQBUF_NR;
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

/* ---- streaming parameters ------------------------------------------------------------------- */

static bool put_parm(struct linx_put *p, const struct linx_obj *o)
{
	int64_t type = linx_member_num(p, o, "type");

	if (type == BUF_CAPTURE) {
		linx_put_member(p, o, "parm.capture");
	} else if (type == BUF_OUTPUT) {
		linx_put_name(p, "parm.output");
		linx_put_typed(p, &linx_ty_v4l2_outputparm, NULL, o->data + PARM_AT,
			       linx_type_size(&linx_ty_v4l2_outputparm, p->abi), o->addr + PARM_AT);
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
