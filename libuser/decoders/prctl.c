// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes prctl(2): the option determines the arguments and the result. A new option is one more row in the table of
 * this file.
 */
#include <linux/prctl.h>
#include <linux/seccomp.h>

#include "base/array_size.h"
#include "decoders/decoders.h"
#include "table/flagsets.h"

#define VL_LENGTH 0xffffull
#define TAGGED_ENABLE 1ull
#define MTE_TCF 6ull
#define MTE_TAG_SHIFT 3
#define MTE_TAG (0xffffull << MTE_TAG_SHIFT)
#define NAME_SIZE 16u
#define VSTATE_CUR 3ull
#define VSTATE_SHIFT 2
#define VSTATE_INHERIT 16ull

static uint64_t reg(const struct linx_put *p, unsigned int i)
{
	return (uint64_t)linx_reg_as(p, i, &linx_ty_ulong);
}

static void put_hex(struct linx_put *p, unsigned int i)
{
	linx_put_hex(p, reg(p, i));
}

/* ---- functions that write arguments ------------------------------------------------------- */

static void put_pdeathsig(struct linx_put *p, unsigned int i)
{
	if (reg(p, i) > 128)
		linx_put_u64(p, reg(p, i));
	else
		linx_put_num(p, &linx_ty_signo, NULL, (int64_t)reg(p, i));
}

static void put_new_name(struct linx_put *p, unsigned int i)
{
	linx_put_strn(p, reg(p, i), NAME_SIZE - 1);
}

static void put_old_name(struct linx_put *p, unsigned int i)
{
	p->late = true;
	if (linx_put_stored(p))
		linx_put_strn(p, reg(p, i), NAME_SIZE);
	else
		linx_put_addr(p, reg(p, i));
}

static void put_string(struct linx_put *p, unsigned int i)
{
	linx_put_strp(p, reg(p, i));
}

static void put_ptracer(struct linx_put *p, unsigned int i)
{
	if (linx_reg_int(p, i) == -1)
		linx_put_symbol(p, -1, 'd', "PR_SET_PTRACER_ANY");
	else
		linx_put_i64(p, linx_reg_int(p, i));
}

static void put_filter(struct linx_put *p, unsigned int i)
{
	linx_put_ptr(p, &linx_ty_seccomp_fprog, reg(p, i));
}

/* Writes a type of pid (enum pid_type), a kernel-internal constant that no header for programs has. */
static void put_pidtype(struct linx_put *p, unsigned int i)
{
	linx_put_explained(p, &linx_set_prctl_pidtype, (uint32_t)reg(p, i), 4, 'x');
}

/* Writes the 64-bit cookie that PR_SCHED_CORE_GET stores; for other commands, the address. */
static void put_cookie(struct linx_put *p, unsigned int i)
{
	int64_t cookie;

	if ((uint32_t)reg(p, 1)) {
		linx_put_hex(p, reg(p, i));
		return;
	}
	p->late = true;
	if (!linx_put_stored(p) || !linx_put_mem_int(p, reg(p, i), 8, false, &cookie)) {
		linx_put_addr(p, reg(p, i));
		return;
	}
	linx_put_text(p, "[");
	linx_put_hex(p, (uint64_t)cookie);
	linx_put_text(p, "]");
}

/*
 * Writes a number that consists of parts: as the parts, or as the number with the parts in a comment, as the
 * style says.
 */
static void put_composed(struct linx_put *p, uint64_t n, void (*put)(struct linx_put *p, uint64_t n), bool comment)
{
	const struct linx_style *was = p->st, *outside;
	struct linx_style plain = *was;

	plain.xlat = LINX_XLAT_ABBREV;
	outside = comment || was->xlat == LINX_XLAT_RAW ? was : &plain;
	p->st = outside;
	if (linx_put_expression(p, (int64_t)n, 'x')) {
		p->st = &plain;
		put(p, n);
		p->st = outside;
		linx_put_expression_end(p);
	}
	p->st = was;
}

/* Writes a vector length and its flags: "PR_SVE_VL_INHERIT|0x40". */
static void put_length(struct linx_put *p, const struct linx_flagset *set, uint64_t n)
{
	const struct linx_flag *flag;
	struct linx_flag_iter it;

	linx_flag_begin(&it, set, n & ~VL_LENGTH, UINT64_MAX);
	while ((flag = linx_flag_next(&it))) {
		linx_put_text(p, flag->name);
		linx_put_text(p, "|");
	}
	if (it.rest) {
		linx_put_hex(p, it.rest);
		linx_put_text(p, "|");
	}
	linx_put_hex(p, n & VL_LENGTH);
}

static void sve_length(struct linx_put *p, uint64_t n)
{
	put_length(p, &linx_set_prctl_sve_vl, n);
}

static void sme_length(struct linx_put *p, uint64_t n)
{
	put_length(p, &linx_set_prctl_sme_vl, n);
}

static void put_sve(struct linx_put *p, unsigned int i)
{
	put_composed(p, reg(p, i), sve_length, reg(p, i) & ~VL_LENGTH);
}

static void put_sme(struct linx_put *p, unsigned int i)
{
	put_composed(p, reg(p, i), sme_length, reg(p, i) & ~VL_LENGTH);
}

static void tagged(struct linx_put *p, uint64_t n)
{
	uint64_t rest = n & ~(TAGGED_ENABLE | MTE_TCF | MTE_TAG);

	linx_put_text(p, n & TAGGED_ENABLE ? "" : "!");
	linx_put_text(p, "PR_TAGGED_ADDR_ENABLE|");
	linx_put_flags(p, &linx_set_prctl_mte_tcf, n & MTE_TCF, 8);
	if (n & MTE_TAG) {
		linx_put_text(p, "|");
		linx_put_hex(p, (n & MTE_TAG) >> MTE_TAG_SHIFT);
		linx_put_text(p, "<<PR_MTE_TAG_SHIFT");
	}
	if (rest) {
		linx_put_text(p, "|");
		linx_put_hex(p, rest);
	}
}

static void put_tagged(struct linx_put *p, unsigned int i)
{
	put_composed(p, reg(p, i), tagged, true);
}

/*
 * Writes the state of the RISC-V vector unit: the state now, the state after the next execve, and whether the state
 * after an execve is inherited.
 */
static void vstate(struct linx_put *p, uint64_t n)
{
	linx_put_known(p, &linx_set_prctl_riscv_vstate, (int64_t)(n & VSTATE_CUR), 8, 'x');
	linx_put_text(p, "|");
	linx_put_known(p, &linx_set_prctl_riscv_vstate, (int64_t)(n >> VSTATE_SHIFT & VSTATE_CUR), 8, 'x');
	linx_put_text(p, n & VSTATE_INHERIT ? "<<2|" : "<<2|!");
	linx_put_text(p, "PR_RISCV_V_VSTATE_CTRL_INHERIT");
	if (n >= 2 * VSTATE_INHERIT) {
		linx_put_text(p, "|");
		linx_put_hex(p, n & ~(2 * VSTATE_INHERIT - 1));
	}
}

static void put_vstate(struct linx_put *p, unsigned int i)
{
	put_composed(p, reg(p, i), vstate, true);
}

/* ---- table of options --------------------------------------------------------------------- */

/* Ways in which the result of an option is shown. */
enum result { PLAIN, NAMED, FLAGS, SVE, SME, TAGGED, VSTATE };

/* Description of how an argument behind the option is shown. All members zero: as a number in base 16. */
struct prctl_arg {
	const struct linx_ty *ty;
	const struct linx_flagset *set;
	bool out; /* the argument points to memory that the call writes */
	void (*put)(struct linx_put *p, unsigned int i);
};

struct prctl_option {
	uint32_t option;
	uint8_t nargs; /* number of arguments that the option takes, including itself */
	uint8_t result; /* enum result */
	const struct linx_flagset *set; /* for NAMED and FLAGS: names of the result */
	struct prctl_arg args[4];
};

/* clang-format off */
#define NUM { .ty = &linx_ty_ulong }
#define PTR { .ty = &linx_ty_addr }
#define HEX { .ty = NULL }
#define SET(name) { .ty = &linx_ty_kulong, .set = &linx_set_##name }
#define SET32(name) { .ty = &linx_ty_uint, .set = &linx_set_##name }
#define OUT(type) { .ty = &linx_ty_##type, .out = true }
#define OUTSET(name) { .ty = &linx_ty_uint, .set = &linx_set_##name, .out = true }
#define FN(function) { .put = function }
static const struct prctl_option options[] = {
	{ 1 /* SET_PDEATHSIG */, 2, PLAIN, NULL, { FN(put_pdeathsig) } },
	{ 2 /* GET_PDEATHSIG */, 2, PLAIN, NULL, { OUT(signo) } },
	{ 3 /* GET_DUMPABLE */, 1, NAMED, &linx_set_prctl_dumpable, { HEX } },
	{ 4 /* SET_DUMPABLE */, 2, PLAIN, NULL, { SET(prctl_dumpable) } },
	{ 5 /* GET_UNALIGN */, 2, PLAIN, NULL, { OUTSET(prctl_unalign) } },
	{ 6 /* SET_UNALIGN */, 2, PLAIN, NULL, { SET32(prctl_unalign) } },
	{ 7 /* GET_KEEPCAPS */, 1, PLAIN, NULL, { HEX } },
	{ 8 /* SET_KEEPCAPS */, 2, PLAIN, NULL, { NUM } },
	{ 9 /* GET_FPEMU */, 2, PLAIN, NULL, { OUT(uint) } },
	{ 10 /* SET_FPEMU */, 2, PLAIN, NULL, { NUM } },
	{ 11 /* GET_FPEXC */, 2, PLAIN, NULL, { OUT(uint) } },
	{ 12 /* SET_FPEXC */, 2, PLAIN, NULL, { NUM } },
	{ 13 /* GET_TIMING */, 1, PLAIN, NULL, { HEX } },
	{ 14 /* SET_TIMING */, 2, PLAIN, NULL, { NUM } },
	{ 15 /* SET_NAME */, 2, PLAIN, NULL, { FN(put_new_name) } },
	{ 16 /* GET_NAME */, 2, PLAIN, NULL, { FN(put_old_name) } },
	{ 19 /* GET_ENDIAN */, 2, PLAIN, NULL, { OUT(uint) } },
	{ 20 /* SET_ENDIAN */, 2, PLAIN, NULL, { NUM } },
	{ 21 /* GET_SECCOMP */, 1, PLAIN, NULL, { HEX } },
	{ 22 /* SET_SECCOMP */, 5, PLAIN, NULL, { SET(seccomp_mode), FN(put_filter) } },
	{ 23 /* CAPBSET_READ */, 2, PLAIN, NULL, { SET(capability) } },
	{ 24 /* CAPBSET_DROP */, 2, PLAIN, NULL, { SET(capability) } },
	{ 25 /* GET_TSC */, 2, PLAIN, NULL, { OUTSET(prctl_tsc) } },
	{ 26 /* SET_TSC */, 2, PLAIN, NULL, { SET32(prctl_tsc) } },
	{ 27 /* GET_SECUREBITS */, 1, FLAGS, &linx_set_securebits, { HEX } },
	{ 28 /* SET_SECUREBITS */, 2, PLAIN, NULL, { SET(securebits) } },
	{ 29 /* SET_TIMERSLACK */, 2, PLAIN, NULL, { { .ty = &linx_ty_long } } },
	{ 30 /* GET_TIMERSLACK */, 1, PLAIN, NULL, { HEX } },
	{ 31 /* TASK_PERF_EVENTS_DISABLE */, 1, PLAIN, NULL, { HEX } },
	{ 32 /* TASK_PERF_EVENTS_ENABLE */, 1, PLAIN, NULL, { HEX } },
	{ 33 /* MCE_KILL */, 5, PLAIN, NULL, { SET(prctl_mce_kill), SET(prctl_mce_policy) } },
	{ 34 /* MCE_KILL_GET */, 5, NAMED, &linx_set_prctl_mce_policy, { HEX } },
	{ 35 /* SET_MM */, 5, PLAIN, NULL, { SET32(prctl_mm) } },
	{ 36 /* SET_CHILD_SUBREAPER */, 2, PLAIN, NULL, { NUM } },
	{ 37 /* GET_CHILD_SUBREAPER */, 2, PLAIN, NULL, { OUT(uint) } },
	{ 38 /* SET_NO_NEW_PRIVS */, 5, PLAIN, NULL, { NUM } },
	{ 40 /* GET_TID_ADDRESS */, 2, PLAIN, NULL, { OUT(ptr64) } },
	{ 41 /* SET_THP_DISABLE */, 5, PLAIN, NULL, { NUM } },
	{ 45 /* SET_FP_MODE */, 2, PLAIN, NULL, { SET32(prctl_fp_mode) } },
	{ 46 /* GET_FP_MODE */, 1, FLAGS, &linx_set_prctl_fp_mode, { HEX } },
	{ 47 /* CAP_AMBIENT */, 5, PLAIN, NULL, { SET(prctl_cap_ambient), SET(capability) } },
	{ 50 /* SVE_SET_VL */, 2, SVE, NULL, { FN(put_sve) } },
	{ 51 /* SVE_GET_VL */, 1, SVE, NULL, { HEX } },
	{ 52 /* GET_SPECULATION_CTRL */, 2, FLAGS, &linx_set_prctl_spec_ctrl, { SET(prctl_spec) } },
	{ 53 /* SET_SPECULATION_CTRL */, 3, PLAIN, NULL, { SET(prctl_spec), SET(prctl_spec_set) } },
	{ 54 /* PAC_RESET_KEYS */, 5, PLAIN, NULL, { SET(prctl_pac_keys) } },
	{ 55 /* SET_TAGGED_ADDR_CTRL */, 5, PLAIN, NULL, { FN(put_tagged) } },
	{ 56 /* GET_TAGGED_ADDR_CTRL */, 5, TAGGED, NULL, { HEX } },
	{ 57 /* SET_IO_FLUSHER */, 5, PLAIN, NULL, { NUM } },
	{ 59 /* SET_SYSCALL_USER_DISPATCH */, 5, PLAIN, NULL, { SET(prctl_dispatch), HEX, HEX, PTR } },
	{ 60 /* PAC_SET_ENABLED_KEYS */, 5, PLAIN, NULL, { SET(prctl_pac_enabled), SET(prctl_pac_enabled) } },
	{ 61 /* PAC_GET_ENABLED_KEYS */, 5, FLAGS, &linx_set_prctl_pac_enabled, { HEX } },
	{ 62 /* SCHED_CORE */, 5, PLAIN, NULL,
	  { SET32(prctl_sched_core), { .ty = &linx_ty_pid }, FN(put_pidtype), FN(put_cookie) } },
	{ 63 /* SME_SET_VL */, 2, SME, NULL, { FN(put_sme) } },
	{ 64 /* SME_GET_VL */, 1, SME, NULL, { HEX } },
	{ 65 /* SET_MDWE */, 5, PLAIN, NULL, { SET32(prctl_mdwe) } },
	{ 66 /* GET_MDWE */, 5, FLAGS, &linx_set_prctl_mdwe, { HEX } },
	{ 69 /* RISCV_V_SET_CONTROL */, 2, PLAIN, NULL, { FN(put_vstate) } },
	{ 70 /* RISCV_V_GET_CONTROL */, 1, VSTATE, NULL, { HEX } },
	{ 71 /* RISCV_SET_ICACHE_FLUSH_CTX */, 3, PLAIN, NULL, { SET(prctl_riscv_ctx), SET(prctl_riscv_scope) } },
	{ 72 /* PPC_GET_DEXCR */, 5, FLAGS, &linx_set_prctl_dexcr_ctrl, { SET(prctl_dexcr) } },
	{ 73 /* PPC_SET_DEXCR */, 5, PLAIN, NULL, { SET(prctl_dexcr), SET(prctl_dexcr_ctrl) } },
	{ 0x41555856 /* GET_AUXV */, 5, PLAIN, NULL, { HEX } },
	{ 0x53564d41 /* SET_VMA */, 5, PLAIN, NULL, { SET(prctl_set_vma), PTR, NUM, FN(put_string) } },
	{ 0x59616d61 /* SET_PTRACER */, 2, PLAIN, NULL, { FN(put_ptracer) } },
};
#undef NUM
#undef PTR
#undef HEX
#undef SET
#undef SET32
#undef OUT
#undef OUTSET
#undef FN
/* clang-format on */

static const struct prctl_option *find(const struct linx_put *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (options[i].option == (uint32_t)linx_reg(p, 0))
			return &options[i];
	return NULL;
}

/* ---- arguments that depend on the option ------------------------------------------------ */

/* Returns how many arguments of the option are described; the others are shown as plain numbers. */
static unsigned int described(const struct linx_put *p, const struct prctl_option *o)
{
	uint64_t sub = reg(p, 1);

	switch (o->option) {
	case PR_SET_SECCOMP: /* only FILTER takes a program */
		return sub == SECCOMP_MODE_FILTER ? 2 : 1;
	case PR_MCE_KILL: /* only SET takes a policy */
		return sub == PR_MCE_KILL_SET ? 2 : 1;
	case PR_CAP_AMBIENT: /* only IS_SET, RAISE and LOWER take a capability */
		return sub >= PR_CAP_AMBIENT_IS_SET && sub <= PR_CAP_AMBIENT_LOWER ? 2 : 1;
	case PR_SET_SPECULATION_CTRL: /* the control is described for known features */
		return sub <= PR_SPEC_L1D_FLUSH ? 2 : 1;
	case PR_SET_VMA: /* the arguments of ANON_NAME are described */
		return sub == PR_SET_VMA_ANON_NAME ? 4 : 1;
	default:
		return 4;
	}
}

static unsigned int used(const struct linx_put *p)
{
	const struct prctl_option *o = find(p);

	/* SECCOMP_MODE_STRICT takes no more arguments, SECCOMP_MODE_FILTER takes a program */
	if (o && o->option == PR_SET_SECCOMP && (reg(p, 1) == 1 || reg(p, 1) == 2))
		return (unsigned int)reg(p, 1) + 1;
	return o ? o->nargs : 5;
}

bool linx_hidden_prctl(const struct linx_put *p, unsigned int i)
{
	return i >= used(p);
}

static void put_stored(struct linx_put *p, const struct prctl_arg *arg, unsigned int i)
{
	const uint8_t *data;

	p->late = true;
	data = linx_put_stored(p) ? linx_put_mem(p, reg(p, i), linx_type_size(arg->ty, p->abi)) : NULL;
	if (!data) {
		linx_put_addr(p, reg(p, i));
		return;
	}
	linx_put_text(p, "[");
	linx_put_num(p, arg->ty, arg->set, linx_type_load(arg->ty, p->abi, data));
	linx_put_text(p, "]");
}

void linx_arg_prctl(struct linx_put *p, unsigned int i)
{
	const struct prctl_option *o = find(p);
	const struct prctl_arg *arg = o && i && i <= described(p, o) ? &o->args[i - 1] : NULL;

	p->late = false;
	if (!arg || (!arg->ty && !arg->put))
		put_hex(p, i);
	else if (arg->put)
		arg->put(p, i);
	else if (arg->out)
		put_stored(p, arg, i);
	else
		linx_put_num(p, arg->ty, arg->set, linx_reg_as(p, i, arg->ty));
	p->late = false;
}

/* ---- the result ------------------------------------------------------------------------------ */

static void explain_length(struct linx_put *p, uint64_t ret, void (*put)(struct linx_put *p, uint64_t n), bool always)
{
	struct linx_strbuf *out = p->o;

	p->ret_hex = true;
	if (!p->aux || p->st->xlat == LINX_XLAT_RAW || (!always && !(ret & ~VL_LENGTH)))
		return;
	p->o = p->aux;
	put_composed(p, ret, put, false);
	p->o = out;
}

static void explain(struct linx_put *p, const struct prctl_option *o)
{
	uint64_t ret = (uint64_t)p->ev->ret;

	switch (o->result) {
	case NAMED:
		linx_put_aux_name(p, o->set, ret);
		break;
	case FLAGS:
		/* the result 0 of PR_GET_SPECULATION_CTRL has a name, too */
		p->ret_hex = ret || o->option == PR_GET_SPECULATION_CTRL;
		if (p->ret_hex)
			linx_put_aux_flags(p, o->set, ret);
		break;
	case SVE:
	case SME:
		if (ret)
			explain_length(p, ret, o->result == SVE ? sve_length : sme_length, false);
		break;
	case TAGGED:
	case VSTATE:
		explain_length(p, ret, o->result == TAGGED ? tagged : vstate, true);
		break;
	default:
		break;
	}
}

void linx_call_prctl(struct linx_put *p)
{
	const struct prctl_option *o = find(p);

	linx_put_used_args(p, ~0u);
	if (o && o->result != PLAIN && linx_put_ok(p))
		explain(p, o);
}
