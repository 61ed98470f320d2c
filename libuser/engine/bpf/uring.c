// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * io_uring in the eBPF engine: what the programs can read on the running kernel, as its BTF type information says, and
 * the calls that operations correspond to.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <string.h>

#include "engine/bpf/bpf.h"
#include "shared/uring_data.h"

/* ---- the kernel's types ---------------------------------------------------------------- */

static const struct btf_type *type_of(const struct linx_engine_bpf *b, const struct btf *btf, const char *name, uint32_t kind)
{
	int32_t id = b->lib.btf__find_by_name_kind(btf, name, kind);

	return id > 0 ? b->lib.btf__type_by_id(btf, (uint32_t)id) : NULL;
}

/* Limit of the depth to which unnamed structures are searched. */
#define NESTED_MAX 4u

/* True if the structure has the member, perhaps within an unnamed structure. */
static bool has_in(const struct linx_engine_bpf *b, const struct btf *btf, const struct btf_type *t, const char *name,
		   unsigned int depth)
{
	for (unsigned int i = 0; t && i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];
		const struct btf_type *in = b->lib.btf__type_by_id(btf, m->type);
		const char *text = b->lib.btf__name_by_offset(btf, m->name_off);

		if (text && !strcmp(text, name))
			return true;
		if (text && !*text && in && btf_is_composite(in) && depth < NESTED_MAX && has_in(b, btf, in, name, depth + 1))
			return true;
	}
	return false;
}

static bool has_member(const struct linx_engine_bpf *b, const struct btf *btf, const char *type, const char *member)
{
	return has_in(b, btf, type_of(b, btf, type, BTF_KIND_STRUCT), member, 0);
}

static bool has_members(const struct linx_engine_bpf *b, const struct btf *btf)
{
	static const struct {
		const char *type, *member;
	} needed[] = {
		{ "io_kiocb", "opcode" },	   { "io_kiocb", "flags" },
		{ "io_kiocb", "file" },
		{ "io_kiocb", "cqe" },		   { "io_kiocb", "ctx" },
		{ "io_ring_ctx", "flags" },	   { "io_ring_ctx", "sq_array" },
		{ "io_ring_ctx", "sq_sqes" },	   { "io_ring_ctx", "cached_sq_head" },
		{ "io_ring_ctx", "sq_entries" },   { "io_ring_ctx", "submit_state" },
		{ "io_submit_state", "link" },	   { "io_submit_link", "head" },
		{ "io_cqe", "user_data" },	   { "io_cqe", "res" },
		{ "io_cqe", "flags" },
	};

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!has_member(b, btf, needed[i].type, needed[i].member))
			return false;
	return true;
}

/* Returns the number of a tracepoint's arguments; -1: there is no such tracepoint. */
static int arguments_of(const struct linx_engine_bpf *b, const struct btf *btf, const char *tracepoint)
{
	const struct btf_type *t = type_of(b, btf, tracepoint, BTF_KIND_TYPEDEF);

	while (t && (btf_is_typedef(t) || btf_is_ptr(t)))
		t = b->lib.btf__type_by_id(btf, t->type);
	return t && btf_is_func_proto(t) ? btf_vlen(t) - 1 : -1; /* the first argument is the tracepoint's own */
}

/* Returns the value of a constant of any enum of the kernel; -1: there is no such constant. */
static int64_t constant(const struct linx_engine_bpf *b, const struct btf *btf, const char *name)
{
	uint32_t n = b->lib.btf__type_cnt(btf);

	for (uint32_t id = 1; id < n; id++) {
		const struct btf_type *t = b->lib.btf__type_by_id(btf, id);

		for (unsigned int i = 0; btf_is_enum(t) && i < btf_vlen(t); i++)
			if (!strcmp(b->lib.btf__name_by_offset(btf, btf_enum(t)[i].name_off), name))
				return (uint32_t)btf_enum(t)[i].val;
	}
	return -1;
}

static bool finds_rings(struct linx_engine_bpf *b, const struct btf *btf)
{
	int64_t multi = constant(b, btf, "REQ_F_APOLL_MULTISHOT_BIT"), opcodes = constant(b, btf, "IORING_OP_LAST");
	int64_t compat = has_member(b, btf, "io_ring_ctx", "compat") ? 0 : constant(b, btf, "IO_RING_F_COMPAT");

	b->config.uring_multi = (uint32_t)multi;
	b->config.uring_opcodes = (uint32_t)opcodes;
	b->config.uring_compat = (uint32_t)compat;
	return multi >= 0 && multi < 64 && opcodes >= 0 && compat >= 0 &&
	       (!compat || has_member(b, btf, "io_ring_ctx", "int_flags"));
}

/* Finds out which arguments this kernel's tracepoints of io_uring have. false: the eBPF programs cannot handle them. */
static bool finds_operations(struct linx_engine_bpf *b, const struct btf *btf)
{
	int completed = arguments_of(b, btf, "btf_trace_io_uring_complete");

	b->uring_forms.submit_sqe = arguments_of(b, btf, "btf_trace_io_uring_submit_req") != 1;
	b->uring_forms.complete_words = completed != 3;
	if (b->uring_forms.submit_sqe && arguments_of(b, btf, "btf_trace_io_uring_submit_sqe") != 2)
		return false;
	return (completed == 3 || completed == 7) && arguments_of(b, btf, "btf_trace_io_uring_req_failed") == 3 &&
	       arguments_of(b, btf, "btf_trace_io_uring_cqe_overflow") == 5;
}

void linx_bpf_uring_ask(struct linx_engine_bpf *b)
{
	struct btf *btf = b->reduced ? NULL : b->lib.btf__load_vmlinux_btf();

	if (!btf || b->lib.libbpf_get_error(btf))
		return;
	b->reads_uring = has_members(b, btf) && finds_operations(b, btf) && finds_rings(b, btf);
	b->lib.btf__free(btf);
}

/* ---- calls ------------------------------------------------------------------------------- */

_Static_assert(sizeof(linx_uring_rules) / sizeof(linx_uring_rules[0]) == LINX_BPF_URING_RULES, "all rules of uring.def");

static int number_of(const struct linx_engine_bpf *b, unsigned int abi, uint16_t row)
{
	for (unsigned int nr = 0; nr < LINX_NR_OTHER; nr++)
		if (linx_uring_is_row(linx_rows_get(b->rows, abi, nr)->id, row))
			return (int)nr;
	return -1;
}

/*
 * Returns the call that corresponds to a rule of tables/uring.def. If there is no such call, or this architecture lacks
 * it, returns io_uring_enter.
 */
static struct linx_bpf_opcode opcode_of(const struct linx_engine_bpf *b, unsigned int rule, bool compat)
{
	unsigned int abi = LINX_ABI_X86_64;
	struct linx_bpf_opcode o = { .nr = -1 };
	uint16_t row = linx_uring_rules[rule].row;

	if (row && compat) {
		abi = LINX_ABI_I386;
		o.nr = number_of(b, abi, row);
	}
	if (row && o.nr < 0) {
		abi = LINX_ABI_X86_64;
		o.nr = number_of(b, abi, row);
	}
	o.ruled = o.nr >= 0;
	if (!o.ruled)
		o.nr = number_of(b, abi, LINX_ROW_ID_io_uring_enter);
	o.key = abi * LINX_NR_MAX + (uint32_t)o.nr;
	memcpy(o.from, linx_uring_rules[rule].from, sizeof(o.from));
	return o;
}

int linx_bpf_uring_opcodes(struct linx_engine_bpf *b, int fd)
{
	int rc = 0;

	for (uint32_t i = 0; !rc && i < 2 * LINX_BPF_URING_RULES; i++) {
		const struct linx_bpf_opcode o = opcode_of(b, i / 2, i & 1);

		b->uring_keys[i] = (uint16_t)o.key;
		rc = b->lib.bpf_map_update_elem(fd, &i, &o, BPF_ANY);
	}
	return rc;
}
