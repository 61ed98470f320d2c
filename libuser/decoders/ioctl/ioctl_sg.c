// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes ioctls of SCSI devices: scsi/sg.h, linux/bsg.h. */
#include "table/flagsets.h"
#include "decoders/ioctl/ioctl.h"

#define TO_DEVICE (-2)
#define FROM_DEVICE (-3)
#define TO_FROM_DEVICE (-4)
#define NO_ESCALATE 0x100

void linx_num_sg_reset(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	uint32_t value = (uint32_t)n;

	(void)ty;
	linx_put_packed(p, value);
	if (value & NO_ESCALATE) {
		linx_put_flags(p, &linx_set_sg_reset, NO_ESCALATE, 4);
		linx_put_text(p, "|");
	}
	linx_put_flags(p, &linx_set_sg_reset, value & ~(uint32_t)NO_ESCALATE, 4);
	linx_put_packed_end(p);
}

/* Writes data as bytes; if pieces is not 0, as the buffers of an iovec with that many elements. */
static void put_data(struct linx_put *p, uint64_t addr, uint64_t len, uint64_t pieces)
{
	if (pieces)
		linx_put_iov(p, addr, pieces, p->late ? LINX_IOV_FILLED : LINX_IOV_GIVEN, len);
	else
		linx_put_hexp(p, addr, len);
	p->plain = false;
}

static void put_buffer(struct linx_put *p, const char *name, uint64_t addr, uint64_t len,
		       uint64_t pieces)
{
	linx_put_name(p, name);
	put_data(p, addr, len, pieces);
}

static uint64_t num(const struct linx_put *p, const struct linx_obj *o, const char *name)
{
	return (uint64_t)linx_member_num(p, o, name);
}

/*
 * Returns how many bytes of data the device returned: the length minus the residual count, from 0 to the
 * length.
 */
static uint64_t given(const struct linx_put *p, const struct linx_obj *o, const char *len,
		      const char *resid)
{
	uint64_t n = num(p, o, len);
	int64_t rest = linx_member_num(p, o, resid);

	return rest > 0 && (uint64_t)rest <= n ? n - (uint64_t)rest : n;
}

/*
 * Finds the response: sets *o to the structure as the call left it. If the call failed, *o stays the structure as it
 * was before the call, and is shown as the response. Returns false if the call has not returned.
 */
static bool response(struct linx_put *p, const struct linx_ty *ty, uint64_t arg, struct linx_obj *o)
{
	struct linx_obj after;

	if (linx_put_entering(p)) {
		linx_ioctl_known(p);
		return false;
	}
	if (linx_ioctl_after(p, ty, arg, &after)) {
		*o = after;
		p->late = true;
	}
	return true;
}

/* ---- version 3 of SCSI generic: struct sg_io_hdr -------------------------------------------- */

static void put_v3_request(struct linx_put *p, const struct linx_obj *o)
{
	int64_t direction = linx_member_num(p, o, "dxfer_direction");

	linx_put_members_of(p, o, NAMES("dxfer_direction", "cmd_len"));
	put_buffer(p, "cmdp", num(p, o, "cmdp"), num(p, o, "cmd_len"), 0);
	linx_put_members_of(p, o,
			    NAMES("mx_sb_len", "iovec_count", "dxfer_len", "timeout", "flags"));
	if (direction == TO_DEVICE || direction == TO_FROM_DEVICE)
		put_buffer(p, "dxferp", num(p, o, "dxferp"), num(p, o, "dxfer_len"),
			   num(p, o, "iovec_count"));
}

static void put_v3_data(struct linx_put *p, const struct linx_obj *o)
{
	int64_t direction = linx_member_num(p, o, "dxfer_direction");
	uint64_t n = given(p, o, "dxfer_len", "resid");

	if (direction != FROM_DEVICE && (direction != TO_FROM_DEVICE || !n))
		return;
	if (direction == TO_FROM_DEVICE && linx_put_change(p)) {
		put_data(p, num(p, o, "dxferp"), n, num(p, o, "iovec_count"));
		return;
	}
	put_buffer(p, direction == TO_FROM_DEVICE ? "dxferp_in" : "dxferp", num(p, o, "dxferp"), n,
		   num(p, o, "iovec_count"));
}

static void put_v3_response(struct linx_put *p, const struct linx_obj *o)
{
	put_v3_data(p, o);
	linx_put_members_of(p, o, NAMES("status", "masked_status", "msg_status", "sb_len_wr"));
	put_buffer(p, "sbp", num(p, o, "sbp"), num(p, o, "sb_len_wr"), 0);
	linx_put_members_of(p, o, NAMES("host_status", "driver_status", "resid", "duration", "info"));
}

static void put_v3(struct linx_put *p, uint64_t arg)
{
	const struct linx_ty *ty = &linx_ty_sg_io_hdr;
	struct linx_obj o;

	linx_put_open(p);
	linx_put_name(p, "interface_id");
	if (linx_put_wants(p, LINX_WANT_DATA))
		linx_put_u64(p, 'S');
	else
		linx_put_text(p, "'S'");
	if (!linx_ioctl_before(p, ty, arg, &o)) {
		if (!linx_put_wants(p, LINX_WANT_DATA)) {
			linx_put_item(p);
			linx_put_addr(p, arg + 4);
		}
		linx_put_close(p);
		return;
	}
	put_v3_request(p, &o);
	if (response(p, ty, arg, &o))
		put_v3_response(p, &o);
	p->late = false;
	linx_put_close(p);
}

/* ---- version 4 of SCSI generic: struct sg_io_v4 --------------------------------------------- */

static void put_v4_request(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_members_of(p, o, NAMES("protocol", "subprotocol", "request_len"));
	put_buffer(p, "request", num(p, o, "request"), num(p, o, "request_len"), 0);
	linx_put_members_of(p, o,
			    NAMES("request_tag", "request_attr", "request_priority",
				  "request_extra", "max_response_len", "dout_iovec_count",
				  "dout_xfer_len", "din_iovec_count", "din_xfer_len"));
	put_buffer(p, "dout_xferp", num(p, o, "dout_xferp"), num(p, o, "dout_xfer_len"),
		   num(p, o, "dout_iovec_count"));
	linx_put_members_of(p, o, NAMES("timeout", "flags", "usr_ptr"));
}

static void put_v4_response(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_member(p, o, "response_len");
	put_buffer(p, "response", num(p, o, "response"), num(p, o, "response_len"), 0);
	put_buffer(p, "din_xferp", num(p, o, "din_xferp"), given(p, o, "din_xfer_len", "din_resid"),
		   num(p, o, "din_iovec_count"));
	linx_put_members_of(p, o,
			    NAMES("driver_status", "transport_status", "device_status",
				  "retry_delay", "info", "duration"));
	if (!linx_put_wants(p, LINX_WANT_DATA)) /* strace shows the member twice; in JSON a name must be unique */
		linx_put_member(p, o, "response_len");
	linx_put_members_of(p, o, NAMES("din_resid", "dout_resid", "generated_tag"));
}

static void put_v4(struct linx_put *p, uint64_t arg)
{
	const struct linx_ty *ty = &linx_ty_sg_io_v4;
	struct linx_obj o;

	linx_put_open(p);
	linx_put_name(p, "guard");
	if (linx_put_wants(p, LINX_WANT_DATA))
		linx_put_u64(p, 'Q');
	else
		linx_put_text(p, "'Q'");
	if (!linx_ioctl_before(p, ty, arg, &o)) {
		if (!linx_put_wants(p, LINX_WANT_DATA)) {
			linx_put_item(p);
			linx_put_addr(p, arg + 4);
		}
		linx_put_close(p);
		return;
	}
	put_v4_request(p, &o);
	if (response(p, ty, arg, &o))
		put_v4_response(p, &o);
	p->late = false;
	linx_put_close(p);
}

void linx_ioctl_sg_io(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	int64_t version;

	(void)cmd;
	if (!linx_put_mem_int(p, arg, 4, false, &version)) {
		linx_put_addr(p, arg);
	} else if (version == 'S') {
		put_v3(p, arg);
	} else if (version == 'Q') {
		put_v4(p, arg);
	} else {
		linx_put_text(p, "[");
		linx_put_u64(p, (uint64_t)version);
		linx_put_text(p, "]");
	}
}
