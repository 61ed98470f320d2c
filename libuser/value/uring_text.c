// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes io_uring operations as text and as JSON. An operation is shown like the system call that does the same. This
 * file writes the members of its submission that are not arguments of this call.
 */
#include <string.h>

#include "table/flagsets.h"
#include "value/json.h"
#include "table/names.h"
#include "event/uring.h"
#include "value/uring_text.h"

/*
 * Opcodes that have an offset in the file, as bits: readv, writev, read_fixed, write_fixed, read, write, readv_fixed,
 * writev_fixed.
 */
#define HAS_OFFSET (1ull << 1 | 1ull << 2 | 1ull << 4 | 1ull << 5 | 1ull << 22 | 1ull << 23 | 1ull << 60 | 1ull << 61)

/* Returns the member of struct io_uring_sqe at an offset; numbers are little endian. */
static uint64_t member(const struct linx_uring *u, size_t at, size_t size)
{
	uint64_t n = 0;

	memcpy(&n, u->entry + at, size);
	return n;
}

void linx_uring_text(struct linx_strbuf *o, const struct linx_event *ev)
{
	const struct linx_uring *u = ev->uring;
	const struct linx_flag *op = linx_const_find(&linx_set_io_uring_op, u->opcode, UINT32_MAX);

	if (op)
		linx_strbuf_str(o, op->name);
	else
		linx_strbuf_u64(o, u->opcode);
	if (linx_uring_names_index(ev))
		linx_strbuf_str(o, ", fixed file");
	if (linx_uring_makes_index(ev))
		linx_strbuf_str(o, ", direct");
	if (u->state == LINX_WHOLE && u->opcode < 64 && HAS_OFFSET >> u->opcode & 1 && member(u, 8, 8) != UINT64_MAX) {
		linx_strbuf_str(o, ", offset ");
		linx_strbuf_i64(o, (int64_t)member(u, 8, 8));
	}
}

static void put_entry(struct linx_strbuf *o, const struct linx_uring *u)
{
	static const struct {
		const char *key;
		uint8_t at, size;
	} members[] = {
		{ "{\"ioprio\":", 2, 2 },	   { ",\"fd\":", 4, 4 },	  { ",\"off\":", 8, 8 },
		{ ",\"addr\":", 16, 8 },	   { ",\"len\":", 24, 4 },	  { ",\"op_flags\":", 28, 4 },
		{ ",\"buf_index\":", 40, 2 },	   { ",\"personality\":", 42, 2 }, { ",\"file_index\":", 44, 4 },
		{ ",\"addr3\":", 48, 8 },
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		uint64_t n = member(u, members[i].at, members[i].size);

		linx_strbuf_str(o, members[i].key);
		if (members[i].at == 4)
			linx_strbuf_i64(o, (int32_t)n);
		else
			linx_strbuf_u64(o, n);
	}
	linx_strbuf_char(o, '}');
}

void linx_uring_json(struct linx_strbuf *o, const struct linx_style *style, const struct linx_event *ev)
{
	struct linx_put put = linx_put_json(o, style, ev);
	const struct linx_uring *u = ev->uring;

	linx_json_lit(o, ",\"io_uring\":{\"opcode\":");
	linx_put_flags(&put, &linx_set_io_uring_op, u->opcode, 1);
	linx_json_key_u64(o, ",\"user_data\":", u->user_data);
	linx_json_lit(o, ",\"flags\":");
	linx_put_flags(&put, &linx_set_io_uring_sqe_flags, u->flags, 1);
	linx_json_key_u64(o, ",\"cqe_flags\":", u->cqe_flags);
	linx_json_lit(o, ",\"entry\":");
	if (u->state == LINX_WHOLE)
		put_entry(o, u);
	else
		linx_json_lit(o, "null");
	if (linx_uring_makes_index(ev))
		linx_json_lit(o, ",\"direct\":true");
	linx_strbuf_char(o, '}');
}
