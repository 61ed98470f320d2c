// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes BPF instructions: those of classic BPF as the macros that make them, and those of eBPF. */
#include "decoders/decoders.h"
#include "table/flagsets.h"

#define CLASS(code) ((code) & 0x07)
#define SIZE(code) ((code) & 0x18)
#define MODE(code) ((code) & 0xe0)
#define OP(code) ((code) & 0xf0)
#define SRC(code) ((code) & 0x08)
#define RVAL(code) ((code) & 0x18)
#define MISCOP(code) ((code) & 0xf8)
enum { LD, LDX, ST, STX, ALU, JMP, RET, MISC };
#define RET_ACTION 0xffff0000u
#define AD_OFF (-0x1000)
#define NET_OFF (-0x100000)
#define LL_OFF (-0x200000)

static void put_part(struct linx_put *p, const struct linx_flagset *set, unsigned int n)
{
	linx_put_text(p, "|");
	linx_put_flags(p, set, n, 4);
}

static void put_unknown(struct linx_put *p, unsigned int n)
{
	if (!n)
		return;
	linx_put_text(p, "|");
	linx_put_hex(p, n);
	linx_put_comment(p, "BPF_???");
}

static void put_load(struct linx_put *p, unsigned int code, bool extended)
{
	put_part(p, &linx_set_bpf_size, SIZE(code));
	put_part(p, extended ? &linx_set_ebpf_mode : &linx_set_bpf_mode, MODE(code));
}

static void put_operation(struct linx_put *p, unsigned int code, const struct linx_flagset *set)
{
	put_part(p, &linx_set_bpf_src, SRC(code));
	put_part(p, set, OP(code));
}

static void put_misc(struct linx_put *p, unsigned int code)
{
	put_part(p, &linx_set_bpf_miscop, MISCOP(code));
	put_unknown(p, code & ~0xffu);
}

static void put_class_rest(struct linx_put *p, unsigned int code, bool extended)
{
	unsigned int rest = code & ~7u;

	switch (CLASS(code)) {
	case LD:
	case LDX:
		put_load(p, code, extended);
		break;
	case ST:
	case STX:
		if (extended)
			put_load(p, code, true);
		else
			put_unknown(p, rest);
		break;
	case ALU:
		put_operation(p, code, &linx_set_bpf_op_alu);
		break;
	case JMP:
		put_operation(p, code, &linx_set_bpf_op_jmp);
		break;
	case RET: /* in eBPF this class has the 32-bit jumps */
		if (!extended)
			put_part(p, &linx_set_bpf_rval, RVAL(code));
		put_unknown(p, extended ? rest : rest & ~RVAL(code));
		break;
	default: /* in eBPF this class has the 64-bit arithmetic */
		if (extended)
			put_operation(p, code, &linx_set_bpf_op_alu);
		else
			put_misc(p, code);
		break;
	}
}

static void put_code(struct linx_put *p, unsigned int code, bool extended)
{
	linx_put_flags(p, extended ? &linx_set_ebpf_class : &linx_set_bpf_class, CLASS(code), 4);
	put_class_rest(p, code, extended);
}

/* ---- classic BPF instructions ------------------------------------------------------------- */

struct insn {
	unsigned int code, jt, jf;
	uint32_t k;
};

static void put_seccomp_k(struct linx_put *p, const struct insn *insn)
{
	if (CLASS(insn->code) != RET) {
		linx_put_hex(p, insn->k);
		return;
	}
	linx_put_flags(p, &linx_set_seccomp_action, insn->k & RET_ACTION, 4);
	if (insn->k & ~RET_ACTION) {
		linx_put_text(p, "|");
		linx_put_hex(p, insn->k & ~RET_ACTION);
	}
}

/*
 * Writes a negative offset, by which a classic filter loads data of the kernel about the packet (SKF_AD_OFF) or
 * the packet's headers (SKF_NET_OFF, SKF_LL_OFF).
 */
static void put_socket_k(struct linx_put *p, const struct insn *insn)
{
	int32_t k = (int32_t)insn->k;

	if (CLASS(insn->code) != LD || MODE(insn->code) != 0x20 || k < LL_OFF || k >= 0) {
		linx_put_hex(p, insn->k);
	} else if (k >= AD_OFF) {
		linx_put_symbol(p, (uint32_t)AD_OFF, 'x', "SKF_AD_OFF");
		linx_put_text(p, "+");
		linx_put_flags(p, &linx_set_skf_ad, (uint32_t)(k - AD_OFF), 4);
	} else {
		bool net = k >= NET_OFF;

		linx_put_symbol(p, (uint32_t)(net ? NET_OFF : LL_OFF), 'x', net ? "SKF_NET_OFF" : "SKF_LL_OFF");
		linx_put_text(p, "+");
		linx_put_u64(p, (uint32_t)(k - (net ? NET_OFF : LL_OFF)));
	}
}

static void put_text(struct linx_put *p, const struct insn *insn,
		     void (*put_k)(struct linx_put *p, const struct insn *insn))
{
	bool jump = insn->jt || insn->jf;

	linx_put_text(p, jump ? "BPF_JUMP(" : "BPF_STMT(");
	put_code(p, insn->code, false);
	linx_put_text(p, ", ");
	if (!jump) {
		put_k(p, insn);
	} else {
		linx_put_hex(p, insn->k);
		linx_put_text(p, ", ");
		linx_put_hex(p, insn->jt);
		linx_put_text(p, ", ");
		linx_put_hex(p, insn->jf);
	}
	linx_put_text(p, ")");
}

static void put_insn(struct linx_put *p, const struct linx_obj *o,
		     void (*put_k)(struct linx_put *p, const struct insn *insn))
{
	struct insn insn = { .code = o->data[0] | (unsigned int)o->data[1] << 8, .jt = o->data[2], .jf = o->data[3] };

	memcpy(&insn.k, o->data + 4, 4);
	if (!linx_put_wants(p, LINX_WANT_DATA)) {
		put_text(p, &insn, put_k);
		return;
	}
	linx_put_open(p);
	linx_put_name(p, "code");
	linx_put_u64(p, insn.code);
	linx_put_name(p, "jt");
	linx_put_u64(p, insn.jt);
	linx_put_name(p, "jf");
	linx_put_u64(p, insn.jf);
	linx_put_name(p, "k");
	linx_put_u64(p, insn.k);
	linx_put_name(p, "text");
	linx_put_quoted(p);
	put_text(p, &insn, put_k);
	linx_put_quoted_end(p);
	linx_put_close(p);
}

void linx_put_seccomp_insn(struct linx_put *p, const struct linx_obj *o)
{
	put_insn(p, o, put_seccomp_k);
}

void linx_put_socket_insn(struct linx_put *p, const struct linx_obj *o)
{
	put_insn(p, o, put_socket_k);
}

/* Writes a program's instructions; the program's address if structures are abbreviated. */
static void put_program(struct linx_put *p, const struct linx_obj *o, size_t at, const struct linx_ty *insn)
{
	uint64_t addr = (uint64_t)linx_type_load(&linx_ty_ptr, p->abi, o->data + at);

	linx_put_name(p, "filter");
	if (p->brief)
		linx_put_addr(p, addr);
	else
		linx_put_array(p, insn, addr, (uint64_t)linx_member_num(p, o, "len"));
}

void linx_member_seccomp_filter(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_program(p, o, at, &linx_ty_seccomp_insn);
}

void linx_member_socket_filter(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_program(p, o, at, &linx_ty_socket_insn);
}

/* ---- eBPF instructions --------------------------------------------------------------------- */

void linx_member_ebpf_code(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "code");
	linx_put_packed(p, o->data[at]);
	put_code(p, o->data[at], true);
	linx_put_packed_end(p);
}

/* Writes the two registers of an eBPF instruction, each four bits of one byte. */
void linx_member_ebpf_regs(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "dst_reg");
	linx_put_flags(p, &linx_set_ebpf_reg, o->data[at] & 0xf, 4);
	linx_put_name(p, "src_reg");
	linx_put_flags(p, &linx_set_ebpf_reg, o->data[at] >> 4, 4);
}
