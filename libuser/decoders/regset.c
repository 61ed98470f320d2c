// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes registers of a traced process: sets of registers, and offsets in struct user. */
#include <stdio.h>

#include "base/array_size.h"
#include "decoders/decoders.h"
#include "decoders/regset.h"

enum { NT_PRSTATUS_TYPE = 1, NT_FPREGSET_TYPE };

/* ---- sets of registers ------------------------------------------------------------------- */

/* Arrays of 32-bit words behind the head of the floating point registers. */
struct words {
	const char *name;
	uint16_t at, n;
};
static const struct words words_64[] = { { "st_space", 32, 32 }, { "xmm_space", 160, 64 }, { "padding", 416, 24 } };
static const struct words words_32[] = { { "st_space", 28, 20 } };

/* Returns the type of a set of registers. NULL: only its address is shown. */
static const struct linx_ty *type_of(const struct linx_put *p, enum linx_regset which)
{
	bool narrow = linx_is_32(p->abi), arm = p->abi >= LINX_ABI_ARM64;

	if (which == LINX_REGSET_FPU)
		return arm ? NULL : narrow ? &linx_ty_user_fpregs_32 : &linx_ty_user_fpregs_64;
	if (arm)
		return narrow ? &linx_ty_user_regs_arm : &linx_ty_user_regs_arm64;
	return narrow ? &linx_ty_user_regs_32 : &linx_ty_user_regs_64;
}

size_t linx_regset_size(const struct linx_put *p, enum linx_regset which)
{
	if (which == LINX_REGSET_GENERAL)
		return linx_type_size(type_of(p, which), p->abi);
	return linx_is_32(p->abi) ? 108 : 512;
}

static void put_words(struct linx_put *p, const struct linx_obj *o, const struct words *w)
{
	uint32_t most = p->brief ? p->st->limit : UINT32_MAX, word;
	size_t n = o->size > w->at ? (o->size - w->at) / 4 : 0;

	if (!n)
		return;
	n = n < w->n ? n : w->n;
	linx_put_name(p, w->name);
	linx_put_list(p);
	for (size_t i = 0; i < n && i < most; i++) {
		memcpy(&word, o->data + w->at + i * 4, sizeof(word));
		linx_put_item(p);
		linx_put_hex(p, word);
	}
	if (n > most)
		linx_put_more(p);
	linx_put_list_end(p);
}

static void put_fpu_words(struct linx_put *p, const struct linx_obj *o)
{
	bool narrow = linx_is_32(p->abi);
	const struct words *w = narrow ? words_32 : words_64;

	for (size_t i = 0; i < (narrow ? ARRAY_SIZE(words_32) : ARRAY_SIZE(words_64)); i++)
		put_words(p, o, &w[i]);
}

void linx_put_regset(struct linx_put *p, enum linx_regset which, uint64_t addr, uint64_t size)
{
	size_t known = linx_regset_size(p, which), n = size < known ? size : known;
	size_t unit = linx_is_32(p->abi) ? 4 : 8;
	struct linx_obj o = { type_of(p, which), NULL, n, addr };

	if (o.ty && size && size % unit == 0)
		o.data = linx_put_mem(p, addr, n);
	if (!o.data) {
		linx_put_addr(p, addr);
		return;
	}
	linx_put_open(p);
	linx_put_members(p, &o);
	if (which == LINX_REGSET_FPU)
		put_fpu_words(p, &o);
	if (size > known)
		linx_put_more(p);
	linx_put_close(p);
}

/* ---- registers that an iovec points to ------------------------------------------------------ */

static bool iov_at(struct linx_put *p, uint64_t addr, bool late, uint64_t *base, uint64_t *len)
{
	size_t size = linx_ty_ptr.size[p->abi];
	const uint8_t *data;

	p->late = late;
	data = linx_put_mem(p, addr, size * 2);
	p->late = false;
	if (!data)
		return false;
	*base = (uint64_t)linx_type_load(&linx_ty_ptr, p->abi, data);
	*len = (uint64_t)linx_type_load(&linx_ty_csize, p->abi, data + size);
	return true;
}

static void put_base(struct linx_put *p, uint32_t type, uint64_t base, uint64_t len, bool out)
{
	linx_put_name(p, "iov_base");
	p->late = out;
	if ((type != NT_PRSTATUS_TYPE && type != NT_FPREGSET_TYPE) || (out && !linx_put_stored(p)))
		linx_put_addr(p, base);
	else
		linx_put_regset(p, type == NT_PRSTATUS_TYPE ? LINX_REGSET_GENERAL : LINX_REGSET_FPU, base, len);
	p->late = false;
}

void linx_put_regset_iov(struct linx_put *p, uint32_t type, uint64_t addr, bool out)
{
	uint64_t base, len, new_base, new_len;

	if (!iov_at(p, addr, false, &base, &len)) {
		linx_put_addr(p, addr);
		return;
	}
	if (!iov_at(p, addr, true, &new_base, &new_len))
		new_len = len;
	linx_put_open(p);
	put_base(p, type, base, out ? new_len : len, out);
	linx_put_name(p, "iov_len");
	if (new_len != len) {
		linx_put_before(p);
		linx_put_u64(p, len);
		linx_put_after(p);
		linx_put_u64(p, new_len);
		linx_put_after_end(p);
	} else {
		linx_put_u64(p, len);
	}
	linx_put_close(p);
}

/* ---- offsets in struct user of x86 ---------------------------------------------------------------------- */

struct user_member {
	uint16_t at;
	const char *name;
};

/* clang-format off */
#define USER(at, member) { at, "offsetof(struct user, " #member ")" }
static const struct user_member members_64[] = {
	{ 0, "8*R15" }, { 8, "8*R14" }, { 16, "8*R13" }, { 24, "8*R12" }, { 32, "8*RBP" }, { 40, "8*RBX" },
	{ 48, "8*R11" }, { 56, "8*R10" }, { 64, "8*R9" }, { 72, "8*R8" }, { 80, "8*RAX" }, { 88, "8*RCX" },
	{ 96, "8*RDX" }, { 104, "8*RSI" }, { 112, "8*RDI" }, { 120, "8*ORIG_RAX" }, { 128, "8*RIP" }, { 136, "8*CS" },
	{ 144, "8*EFL" }, { 152, "8*RSP" }, { 160, "8*SS" },
	USER(216, u_fpvalid), USER(224, i387), USER(736, u_tsize), USER(744, u_dsize), USER(752, u_ssize),
	USER(760, start_code), USER(768, start_stack), USER(776, signal), USER(784, reserved), USER(792, u_ar0),
	USER(800, u_fpstate), USER(808, magic), USER(816, u_comm), USER(848, u_debugreg), { 912, "sizeof(struct user)" },
};
static const struct user_member members_32[] = {
	{ 0, "4*EBX" }, { 4, "4*ECX" }, { 8, "4*EDX" }, { 12, "4*ESI" }, { 16, "4*EDI" }, { 20, "4*EBP" },
	{ 24, "4*EAX" }, { 28, "4*DS" }, { 32, "4*ES" }, { 36, "4*FS" }, { 40, "4*GS" }, { 44, "4*ORIG_EAX" },
	{ 48, "4*EIP" }, { 52, "4*CS" }, { 56, "4*EFL" }, { 60, "4*UESP" }, { 64, "4*SS" },
	USER(68, u_fpvalid), USER(72, i387), USER(180, u_tsize), USER(184, u_dsize), USER(188, u_ssize),
	USER(192, start_code), USER(196, start_stack), USER(200, signal), USER(204, reserved), USER(208, u_ar0),
	USER(212, u_fpstate), USER(216, magic), USER(220, u_comm), USER(252, u_debugreg), { 284, "sizeof(struct user)" },
};
#undef USER
/* clang-format on */

/* Returns the last member of struct user at or before an offset; NULL: the offset is beyond the structure. */
static const struct user_member *find_member(const struct linx_put *p, uint64_t offset)
{
	bool narrow = linx_is_32(p->abi), arm = p->abi >= LINX_ABI_ARM64;
	const struct user_member *members = narrow ? members_32 : members_64, *found = NULL;
	size_t n = arm ? 0 : narrow ? ARRAY_SIZE(members_32) : ARRAY_SIZE(members_64);

	for (size_t i = 0; i < n && members[i].at <= offset; i++)
		found = &members[i];
	return found && found == &members[n - 1] && offset > found->at ? NULL : found;
}

void linx_put_user_offset(struct linx_put *p, uint64_t offset)
{
	const struct user_member *member = find_member(p, offset);
	char text[60];

	if (!member) {
		linx_put_addr(p, offset);
		return;
	}
	if (member->at == offset)
		snprintf(text, sizeof(text), "%s", member->name);
	else
		snprintf(text, sizeof(text), "%s+%u", member->name, (unsigned int)(offset - member->at));
	if (linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_symbol(p, (int64_t)offset, 'u', text);
		return;
	}
	if (p->st->xlat != LINX_XLAT_ABBREV)
		linx_put_addr(p, offset);
	if (p->st->xlat == LINX_XLAT_VERBOSE)
		linx_put_comment(p, text);
	else if (p->st->xlat == LINX_XLAT_ABBREV)
		linx_put_text(p, text);
}
