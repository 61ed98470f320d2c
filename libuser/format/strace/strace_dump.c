// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Prints the data that calls read and write as strace -e read= and write= do: bytes in hexadecimal and as text.
 */
#include "record/decode.h"
#include "decoders/decoders.h"
#include "format/strace/strace.h"

#define ROW 16u

static void put_row(struct linx_strbuf *o, const uint8_t *data, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < ROW; i++) {
		if (i < n) {
			linx_strbuf_char(o, digits[data[i] >> 4]);
			linx_strbuf_char(o, digits[data[i] & 15]);
		} else {
			linx_strbuf_mem(o, "  ", 2);
		}
		linx_strbuf_mem(o, "  ", i == ROW / 2 - 1 || i == ROW - 1 ? 2 : 1);
	}
	for (size_t i = 0; i < ROW; i++)
		linx_strbuf_char(o, i >= n ? ' ' : data[i] >= ' ' && data[i] < 0x7f ? (char)data[i] : '.');
}

/* Writes an offset into len bytes in hexadecimal, with five digits; with more if len is more than a MiB. */
static void put_offset(struct linx_strbuf *o, size_t at, size_t len)
{
	unsigned int digits = 5;

	while (len > (size_t)1 << digits * 4)
		digits++;
	while (digits--)
		linx_strbuf_char(o, "0123456789abcdef"[at >> digits * 4 & 15]);
}

static void put_bytes(struct linx_strbuf *o, const uint8_t *data, size_t n)
{
	for (size_t at = 0; at < n; at += ROW) {
		linx_strbuf_str(o, " | ");
		put_offset(o, at, n);
		linx_strbuf_mem(o, "  ", 2);
		put_row(o, data + at, n - at < ROW ? n - at : ROW);
		linx_strbuf_str(o, " |\n");
	}
}

static void dump_arg(struct linx_strbuf *o, const struct linx_value *v)
{
	if (linx_value_readable(v) && v->kind == LINX_VAL_BYTES)
		put_bytes(o, v->data, v->size);
}

/* ---- iovecs and messages ------------------------------------------------------------------- */

static void put_line(struct linx_strbuf *o, const char *before, uint64_t n, const char *between, uint64_t m)
{
	linx_strbuf_str(o, before);
	linx_strbuf_u64(o, n);
	linx_strbuf_str(o, between);
	linx_strbuf_u64(o, m);
	linx_strbuf_char(o, '\n');
}

/*
 * True if the whole iovec was captured, or if the recording cut it. strace prints nothing of an iovec that ends
 * in unreadable memory.
 */
static bool vector_readable(struct linx_put *p, uint64_t addr, uint64_t bytes)
{
	size_t n = bytes < SIZE_MAX ? (size_t)bytes : SIZE_MAX;
	const struct linx_extent *e;

	if (!bytes || !linx_put_mem_some(p, addr, &n))
		return false;
	e = linx_mem_find(p->ev->mem, addr, p->late);
	return n == bytes || (e && linx_value_is_cut(&e->v));
}

/* Prints the buffers of an iovec. left: number of bytes that the call moved; UINT64_MAX: the whole buffers */
static void dump_iov(struct linx_put *p, uint64_t addr, uint64_t count, uint64_t left)
{
	size_t size = linx_type_size(&linx_ty_iov, p->abi);

	if (count > UINT64_MAX / size || !vector_readable(p, addr, count * size))
		return;
	for (uint64_t i = 0; i < count; i++) {
		struct linx_obj o = { .ty = &linx_ty_iov, .size = size };
		const uint8_t *data;
		size_t len, n;

		o.data = linx_put_mem(p, addr + i * size, size);
		len = o.data ? (size_t)linx_member_num(p, &o, "iov_len") : 0;
		len = len < left ? len : (size_t)left;
		if (!len)
			break;
		left -= left == UINT64_MAX ? 0 : len;
		put_line(p->o, " * ", len, " bytes in buffer ", i);
		n = len;
		data = linx_put_mem_some(p, (uint64_t)linx_member_num(p, &o, "iov_base"), &n);
		if (data)
			put_bytes(p->o, data, n);
	}
}

/*
 * Prints the buffers of a message. vector: index of the message in the array of recvmmsg or sendmmsg; UINT64_MAX: a
 * single message
 */
static void dump_message(struct linx_put *p, uint64_t addr, uint64_t left, uint64_t vector)
{
	struct linx_obj o = { .ty = &linx_ty_msghdr, .size = linx_type_size(&linx_ty_msghdr, p->abi) };
	uint64_t count;

	o.data = linx_put_mem(p, addr, o.size);
	if (!o.data)
		return;
	count = (uint64_t)linx_member_num(p, &o, "msg_iovlen");
	if (vector != UINT64_MAX)
		put_line(p->o, " = ", count, " buffers in vector ", vector);
	dump_iov(p, (uint64_t)linx_member_num(p, &o, "msg_iov"), count, left);
}

static void dump_messages(struct linx_put *p, uint64_t addr)
{
	size_t size = linx_type_size(&linx_ty_mmsghdr, p->abi), at = linx_type_size(&linx_ty_msghdr, p->abi);
	bool late = p->late;
	int64_t len;

	for (uint64_t i = 0; i < (uint64_t)p->ev->ret; i++) {
		p->late = true;
		if (!linx_put_mem_int(p, addr + i * size + at, 4, false, &len))
			break;
		p->late = late;
		dump_message(p, addr + i * size, (uint64_t)len, i);
	}
}

/*
 * Prints the memory that the second argument points to, by the argument's type. written: the call is a write, so the
 * memory is shown as it was at entry, else as it was at return.
 */
static void dump(struct linx_strbuf *o, const struct linx_event *ev, bool written)
{
	const struct linx_ty *ty = ev->call->row->args[1].ty;
	const struct linx_style style = { .strace = true };
	struct linx_put p = { .o = o, .st = &style, .ev = ev, .late = !written };
	uint64_t addr, ret = (uint64_t)ev->ret;

	p.abi = linx_put_abi(ev);
	addr = (uint64_t)linx_reg_as(&p, 1, &linx_ty_addr);
	if (ty == &linx_ty_iovec)
		dump_iov(&p, addr, (uint64_t)linx_reg_as(&p, 2, &linx_ty_ulong), written ? UINT64_MAX : ret);
	else if (ty == &linx_ty_msghdr)
		dump_message(&p, addr, written ? UINT64_MAX : ret, UINT64_MAX);
	else if (ty == &linx_ty_mmsghdr)
		dump_messages(&p, addr);
	else if (ty == &linx_ty_bytes)
		dump_arg(o, written ? &ev->in[1] : &ev->out[1]);
}

/* True if the call writes into the memory that its second argument points to; false: it reads that memory. */
static bool fills(const struct linx_arg *arg)
{
	return arg->dir == LINX_DIR_OUT || strstr(arg->capture, "_room");
}

void linx_strace_dump(const struct linx_strace *s, struct linx_strbuf *o, const struct linx_event *ev)
{
	int64_t fd = (int32_t)ev->args[0];
	bool read;

	if (!ev->call || ev->call->row->nargs < 3 || fd < 0 || ev->nargs < 3)
		return;
	read = fills(&ev->call->row->args[1]);
	if (!read && linx_fd_set_has(&s->dump_write, fd))
		dump(o, ev, true);
	else if (read && linx_fd_set_has(&s->dump_read, fd) && !linx_event_errno(ev))
		dump(o, ev, false);
}
