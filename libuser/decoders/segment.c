// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes segment descriptors of x86: struct user_desc. */
#include <stdio.h>

#include "base/array_size.h"
#include "record/decode.h"
#include "decoders/decoders.h"

/* Writes the bit fields behind the limit. The last one exists for 64-bit programs only. */
void linx_member_segment_flags(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	static const struct {
		const char *name;
		uint8_t shift, mask;
	} fields[] = {
		{ "seg_32bit", 0, 1 },	    { "contents", 1, 3 },	 { "read_exec_only", 3, 1 },
		{ "limit_in_pages", 4, 1 }, { "seg_not_present", 5, 1 }, { "useable", 6, 1 },
		{ "lm", 7, 1 },
	};
	uint32_t flags = (uint32_t)linx_type_load(&linx_ty_u32, p->abi, o->data + at);
	size_t n = linx_is_32(p->abi) ? ARRAY_SIZE(fields) - 1 : ARRAY_SIZE(fields);

	for (size_t i = 0; i < n; i++) {
		linx_put_name(p, fields[i].name);
		linx_put_u64(p, flags >> fields[i].shift & fields[i].mask);
	}
}

/* Writes the memory that modify_ldt(2) takes: a descriptor if it has the size of one, else its address. */
void linx_arg_ldt(struct linx_put *p, unsigned int i)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);

	if (linx_reg(p, 2) == linx_type_size(&linx_ty_user_desc, p->abi))
		linx_put_ptr(p, &linx_ty_user_desc, addr);
	else
		linx_put_addr(p, addr);
}

/*
 * Writes the argument of set_thread_area(2). If the kernel chose the entry, it is shown behind the result: "
 * (entry_number=12)".
 */
void linx_call_set_thread_area(struct linx_put *p)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, 0, &linx_ty_addr);
	struct linx_obj after = { &linx_ty_user_desc, NULL, linx_type_size(&linx_ty_user_desc, p->abi), addr };
	bool ok = linx_put_ok(p);
	char text[40];

	if (!linx_put_argname(p, 0))
		return;
	p->late = true;
	after.data = ok ? linx_put_mem(p, addr, after.size) : NULL;
	p->late = false;
	if (after.data && linx_put_wants(p, LINX_WANT_BOTH))
		linx_put_before(p);
	linx_put_ptr(p, &linx_ty_user_desc, addr);
	if (after.data && linx_put_wants(p, LINX_WANT_BOTH)) {
		linx_put_after(p);
		linx_put_open(p);
		linx_put_member(p, &after, "entry_number");
		linx_put_close(p);
		linx_put_after_end(p);
	}
	if (p->aux && after.data) {
		snprintf(text, sizeof(text), "entry_number=%u",
			 (unsigned int)linx_member_num(p, &after, "entry_number"));
		linx_strbuf_str(p->aux, text);
	}
}

/*
 * Writes the argument of get_thread_area(2): the request is a number of an entry, the answer is the other
 * members.
 */
void linx_call_get_thread_area(struct linx_put *p)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, 0, &linx_ty_addr);
	size_t size = linx_type_size(&linx_ty_user_desc, p->abi);
	int64_t asked, got;
	struct linx_obj o = { &linx_ty_user_desc, NULL, size, addr };

	if (!linx_put_argname(p, 0))
		return;
	if (!linx_put_mem_int(p, addr, 4, false, &asked)) {
		linx_put_addr(p, addr);
		return;
	}
	p->late = true;
	o.data = linx_put_ok(p) ? linx_put_mem(p, addr, size) : NULL;
	p->late = false;
	linx_put_open(p);
	linx_put_name(p, "entry_number");
	got = o.data ? linx_member_num(p, &o, "entry_number") : asked;
	if (got != asked)
		linx_put_before(p);
	linx_num_id(p, &linx_ty_uid, asked);
	if (got != asked) {
		linx_put_after(p);
		linx_num_id(p, &linx_ty_uid, got);
		linx_put_after_end(p);
	}
	if (o.data) {
		static const char *const rest[] = { "base_addr", "limit", "flags", NULL };

		linx_put_members_of(p, &o, rest);
	} else if (!linx_put_wants(p, LINX_WANT_STATES)) {
		linx_put_more(p); /* text only: in formats with states the structure would count as truncated */
	}
	linx_put_close(p);
}
