// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes keyctl(2): the operation determines the arguments. A new operation is one more row in the table of this file.
 */
#include "base/array_size.h"
#include "decoders/decoders.h"
#include "table/flagsets.h"

static uint64_t reg(const struct linx_put *p, unsigned int i)
{
	return (uint64_t)linx_reg_as(p, i, &linx_ty_ulong);
}

/* ---- functions that write arguments -------------------------------------------------------- */

static void key(struct linx_put *p, unsigned int i)
{
	linx_num_key_serial(p, &linx_ty_key_serial, linx_reg_int(p, i));
}

static void number(struct linx_put *p, unsigned int i)
{
	linx_put_i64(p, linx_reg_int(p, i));
}

static void seconds(struct linx_put *p, unsigned int i)
{
	linx_put_u64(p, (uint32_t)reg(p, i));
}

static void size(struct linx_put *p, unsigned int i)
{
	linx_put_u64(p, reg(p, i));
}

static void hex(struct linx_put *p, unsigned int i)
{
	linx_put_hex(p, reg(p, i));
}

static void owner(struct linx_put *p, unsigned int i)
{
	linx_num_id(p, &linx_ty_uid, (uint32_t)reg(p, i));
}

static void perm(struct linx_put *p, unsigned int i)
{
	linx_put_flags(p, &linx_set_key_perm, (uint32_t)reg(p, i), 4);
}

static void move_flags(struct linx_put *p, unsigned int i)
{
	linx_put_flags(p, &linx_set_keyctl_move_flags, (uint32_t)reg(p, i), 4);
}

static void reqkey_keyring(struct linx_put *p, unsigned int i)
{
	linx_put_flags_fmt(p, &linx_set_key_reqkey, (uint64_t)(int64_t)linx_reg_int(p, i), 4, 'd');
}

static void error(struct linx_put *p, unsigned int i)
{
	linx_put_error_number(p, (uint32_t)reg(p, i), false);
}

static void string(struct linx_put *p, unsigned int i)
{
	linx_put_strp(p, reg(p, i));
}

/* Writes a buffer whose length is in the next argument. */
static void buffer(struct linx_put *p, unsigned int i)
{
	linx_put_bufp(p, reg(p, i), reg(p, i + 1));
}

/*
 * Writes the bytes that the call stored in a buffer; the buffer's size is in the next argument. text: a NUL at
 * the end is not shown.
 */
static void put_filled(struct linx_put *p, unsigned int i, bool text)
{
	uint64_t addr = reg(p, i), ret = (uint64_t)p->ev->ret, len = ret < reg(p, i + 1) ? ret : reg(p, i + 1);
	size_t n = len;
	const uint8_t *data;

	p->late = true;
	data = linx_put_stored(p) && len ? linx_put_mem_some(p, addr, &n) : NULL;
	if (data && text && n == len && !data[n - 1])
		linx_put_string(p, data, n - 1, false);
	else if (data)
		linx_put_there(p, addr, data, n, len, false);
	else if (linx_put_ok(p) && addr && !len)
		linx_put_string(p, "", 0, false);
	else
		linx_put_addr(p, addr);
	p->late = false;
}

static void filled(struct linx_put *p, unsigned int i)
{
	put_filled(p, i, false);
}

/*
 * Writes the buffer of KEYCTL_READ or KEYCTL_DESCRIBE, which store nothing if the result is larger than the
 * buffer.
 */
static void put_if_fits(struct linx_put *p, unsigned int i, bool text)
{
	if (linx_put_stored(p) && (uint64_t)p->ev->ret > reg(p, i + 1))
		linx_put_addr(p, reg(p, i));
	else
		put_filled(p, i, text);
}

static void fitting(struct linx_put *p, unsigned int i)
{
	put_if_fits(p, i, false);
}

static void fitting_text(struct linx_put *p, unsigned int i)
{
	put_if_fits(p, i, true);
}

static void filled_text(struct linx_put *p, unsigned int i)
{
	put_filled(p, i, true);
}

static void iov(struct linx_put *p, unsigned int i)
{
	linx_put_iov(p, reg(p, i), reg(p, i + 1), LINX_IOV_GIVEN, UINT64_MAX);
}

static void dh_params(struct linx_put *p, unsigned int i)
{
	linx_put_ptr(p, &linx_ty_keyctl_dh_params, reg(p, i));
}

static void kdf_params(struct linx_put *p, unsigned int i)
{
	linx_put_ptr(p, &linx_ty_keyctl_kdf_params, reg(p, i));
}

void linx_member_kdf_hash(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "hashname");
	linx_put_strp(p, (uint64_t)linx_type_load(&linx_ty_addr, p->abi, o->data + at));
}

void linx_member_kdf_info(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t addr = (uint64_t)linx_type_load(&linx_ty_addr, p->abi, o->data + at);
	uint64_t len = (uint64_t)linx_member_num(p, o, "otherinfolen");

	linx_put_name(p, "otherinfo");
	/* without a length, the kernel ignores the buffer */
	if (len)
		linx_put_bufp(p, addr, len);
	else
		linx_put_addr(p, addr);
}

static void query(struct linx_put *p, unsigned int i)
{
	p->late = true;
	if (linx_put_stored(p))
		linx_put_ptr(p, &linx_ty_keyctl_pkey_query, reg(p, i));
	else
		linx_put_addr(p, reg(p, i));
	p->late = false;
}

static void pkey_out(struct linx_put *p, unsigned int i)
{
	linx_put_ptr(p, &linx_ty_keyctl_pkey_out, reg(p, i));
}

static void pkey_in2(struct linx_put *p, unsigned int i)
{
	linx_put_ptr(p, &linx_ty_keyctl_pkey_in2, reg(p, i));
}

/* Reads a length from the structure that the argument with index 1 points to. False: the length was not captured. */
static bool pkey_length(struct linx_put *p, size_t at, int64_t *len)
{
	return linx_put_mem(p, reg(p, 1), 40) && linx_put_mem_int(p, reg(p, 1) + at, 4, false, len);
}

static void put_pkey_data(struct linx_put *p, unsigned int i, size_t at)
{
	int64_t len;

	if (pkey_length(p, at, &len))
		linx_put_bufp(p, reg(p, i), (uint64_t)len);
	else
		linx_put_addr(p, reg(p, i));
}

static void pkey_first(struct linx_put *p, unsigned int i)
{
	put_pkey_data(p, i, 4);
}

static void pkey_second(struct linx_put *p, unsigned int i)
{
	put_pkey_data(p, i, 8);
}

static void pkey_result(struct linx_put *p, unsigned int i)
{
	int64_t len;

	if (!linx_put_stored(p) || !pkey_length(p, 8, &len)) {
		linx_put_addr(p, reg(p, i));
		return;
	}
	p->late = true;
	linx_put_bufp(p, reg(p, i), (uint64_t)len);
	p->late = false;
}

/* Writes the capabilities of keyctl: bytes of flags, with other names in each byte. */
static void put_caps(struct linx_put *p, const uint8_t *caps, size_t n)
{
	static const struct linx_flagset *const sets[] = { &linx_set_keyctl_caps0, &linx_set_keyctl_caps1 };

	linx_put_list(p);
	for (size_t k = 0; k < n; k++) {
		linx_put_item(p);
		if (k < ARRAY_SIZE(sets))
			linx_put_flags(p, sets[k], caps[k], 1);
		else
			linx_put_hex(p, caps[k]);
	}
	linx_put_list_end(p);
}

static void capabilities(struct linx_put *p, unsigned int i)
{
	uint64_t ret = (uint64_t)p->ev->ret, len = ret < reg(p, i + 1) ? ret : reg(p, i + 1);
	const uint8_t *caps;

	p->late = true;
	caps = linx_put_stored(p) ? linx_put_mem(p, reg(p, i), len ? len : 1) : NULL;
	if (caps || (linx_put_ok(p) && reg(p, i) && !len))
		put_caps(p, caps, len);
	else
		linx_put_addr(p, reg(p, i));
	p->late = false;
}

/* ---- table of operations --------------------------------------------------------------------- */

/* clang-format off */
static void (*const operations[][4])(struct linx_put *p, unsigned int i) = {
	[0] = { key, number }, /* GET_KEYRING_ID */
	[1] = { string }, /* JOIN_SESSION_KEYRING */
	[2] = { key, buffer, size }, /* UPDATE */
	[3] = { key }, /* REVOKE */
	[4] = { key, owner, owner }, /* CHOWN */
	[5] = { key, perm }, /* SETPERM */
	[6] = { key, fitting_text, size }, /* DESCRIBE */
	[7] = { key }, /* CLEAR */
	[8] = { key, key }, /* LINK */
	[9] = { key, key }, /* UNLINK */
	[10] = { key, string, string, key }, /* SEARCH */
	[11] = { key, fitting, size }, /* READ */
	[12] = { key, buffer, size, key }, /* INSTANTIATE */
	[13] = { key, seconds, key }, /* NEGATE */
	[14] = { reqkey_keyring }, /* SET_REQKEY_KEYRING */
	[15] = { key, seconds }, /* SET_TIMEOUT */
	[16] = { key }, /* ASSUME_AUTHORITY */
	[17] = { key, filled_text, size }, /* GET_SECURITY */
	[18] = { NULL }, /* SESSION_TO_PARENT */
	[19] = { key, seconds, error, key }, /* REJECT */
	[20] = { key, iov, size, key }, /* INSTANTIATE_IOV */
	[21] = { key }, /* INVALIDATE */
	[22] = { owner, key }, /* GET_PERSISTENT */
	[23] = { dh_params, filled, size, kdf_params }, /* DH_COMPUTE */
	[24] = { key, hex, string, query }, /* PKEY_QUERY */
	[25] = { pkey_out, string, pkey_first, pkey_result }, /* PKEY_ENCRYPT */
	[26] = { pkey_out, string, pkey_first, pkey_result }, /* PKEY_DECRYPT */
	[27] = { pkey_out, string, pkey_first, pkey_result }, /* PKEY_SIGN */
	[28] = { pkey_in2, string, pkey_first, pkey_second }, /* PKEY_VERIFY */
	[29] = { key, string, string }, /* RESTRICT_KEYRING */
	[30] = { key, key, key, move_flags }, /* MOVE */
	[31] = { capabilities, size }, /* CAPABILITIES */
};
static void (*const unknown[4])(struct linx_put *p, unsigned int i) = { hex, hex, hex, hex };
/* clang-format on */

void linx_call_keyctl(struct linx_put *p)
{
	uint32_t op = (uint32_t)linx_reg(p, 0);
	void (*const *args)(struct linx_put *p, unsigned int i) = op < ARRAY_SIZE(operations) ? operations[op] : unknown;
	bool more = true;

	linx_put_arg(p, 0);
	for (unsigned int i = 1; i < 5; i++) {
		more = more && args[i - 1];
		if (!more) {
			linx_put_hidden(p, i);
		} else if (linx_put_argname(p, i)) {
			p->late = false;
			args[i - 1](p, i);
		}
		p->plain = false;
	}
}
