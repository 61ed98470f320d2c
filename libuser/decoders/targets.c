// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes arguments that point to strings, bytes, arrays of strings, and numbers. */
#include "base/attributes.h"
#include "record/decode.h"
#include "decoders/decoders.h"

#define SO_INT_SIZE 4u
#define O_CREAT_BIT 0100u
#define O_TMPFILE_BIT 020000000u

static const struct linx_arg *arg_of(const struct linx_put *p, unsigned int i)
{
	return &p->ev->call->row->args[i];
}

static uint64_t address(const struct linx_put *p, unsigned int i)
{
	return (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
}

static bool writes(const struct linx_put *p, unsigned int i)
{
	return arg_of(p, i)->dir == LINX_DIR_OUT;
}

/* Returns the value captured for argument i; if there is none, the memory that was captured at its address. */
static const struct linx_value *value_of(struct linx_put *p, unsigned int i)
{
	const struct linx_value *v = linx_put_arg_value(p, i);
	const struct linx_extent *e;

	if (v || (writes(p, i) && !linx_put_ok(p)))
		return v;
	v = linx_mem_find_str(p->ev->mem, address(p, i), p->late);
	if (v)
		return v;
	e = linx_mem_find(p->ev->mem, address(p, i), p->late);
	return e && e->addr == address(p, i) ? &e->v : NULL;
}

void linx_arg_addr(struct linx_put *p, unsigned int i)
{
	if (linx_put_wants(p, LINX_WANT_DATA) && arg_of(p, i)->ty == &linx_ty_loff_hi)
		linx_put_u64(p, linx_reg(p, i));
	else
		linx_put_addr(p, address(p, i));
}

/* ---- strings and buffers ---------------------------------------------------------------- */

/* True for a buffer in which the call stored nothing. */
static bool is_empty(const struct linx_put *p, unsigned int i)
{
	const struct linx_event *ev = p->ev;

	return ev->has_ret && ev->ret == 0 && arg_of(p, i)->shape == LINX_SHAPE_RESULT &&
	       (!ev->out[i].state || ev->out[i].state == LINX_ABSENT);
}

static void put_missing(struct linx_put *p, unsigned int i, const struct linx_value *v)
{
	if (is_empty(p, i) && address(p, i))
		linx_put_string(p, "", 0, false);
	else if (linx_put_wants(p, LINX_WANT_STATES) && v && v->state != LINX_ABSENT)
		linx_put_state(p, v, address(p, i));
	else
		linx_put_addr(p, address(p, i));
}

/* Returns the value without the NUL at the end of a path that the kernel stored. */
static struct linx_value without_nul(const struct linx_value *v)
{
	struct linx_value cut = *v;

	if (v->kind == LINX_VAL_BYTES && v->size && ((const char *)v->data)[v->size - 1] == '\0') {
		cut.size--;
		cut.orig -= cut.orig ? 1 : 0;
	}
	return cut;
}

/*
 * Writes the shown bytes and "...", as strace does, if the end of a string could not be read, but more bytes of it were
 * captured than are shown. Else returns false, having written nothing.
 */
static bool put_endless(struct linx_put *p, const struct linx_value *v, bool path)
{
	size_t most = path ? LINX_PATH_SHOWN : p->st->limit;

	if (linx_put_wants(p, LINX_WANT_STATES) || (path && v->kind != LINX_VAL_STR) || v->state != LINX_UNREADABLE || v->size <= most)
		return false;
	linx_put_whole_string(p, v->data, most, true);
	return true;
}

LINX_NOINLINE static void put_string(struct linx_put *p, unsigned int i, bool path)
{
	const struct linx_value *v = value_of(p, i);
	struct linx_value shown;
	bool whole;

	if (v)
		p->states |= 1u << v->state;
	if (v && put_endless(p, v, path))
		return;
	if (!v || !linx_value_readable(v)) {
		put_missing(p, i, v);
		return;
	}
	if (!path) {
		linx_put_value(p, v, false);
		return;
	}
	shown = without_nul(v);
	/* strace cuts a path that the call stored, as it cuts strings; only the path of getcwd(2) is shown whole */
	whole = linx_put_wants(p, LINX_WANT_FULL) || v->kind == LINX_VAL_STR || !strcmp(p->ev->call->row->id, "getcwd");
	linx_put_value(p, &shown, whole);
}

void linx_arg_path(struct linx_put *p, unsigned int i)
{
	put_string(p, i, true);
}

void linx_arg_str(struct linx_put *p, unsigned int i)
{
	put_string(p, i, false);
}

void linx_arg_bytes(struct linx_put *p, unsigned int i)
{
	const struct linx_value *v = linx_put_arg_value(p, i);

	/* fast path: nearly all strings were captured */
	if (v && (v->state == LINX_WHOLE || v->state == LINX_TRUNCATED))
		linx_put_value(p, v, false);
	else
		put_string(p, i, false);
}

/* ---- arrays of strings: argv and envp ------------------------------------------------------ */

/* Ends an array of strings whose next pointer, at address "at", could not be read. */
static void put_unterminated(struct linx_put *p, uint64_t at)
{
	linx_put_item(p);
	linx_put_text(p, "... /* ");
	linx_put_hex(p, at);
	linx_put_text(p, " */");
}

/* Writes the pointers of an array of strings. The first one written is that of the string that could not be read. */
static void put_pointers(struct linx_put *p, const struct linx_strings *it, uint64_t at, unsigned int most)
{
	size_t width = linx_type_size(&linx_ty_ptr, p->abi);
	uint64_t pointer = it->unread;

	for (;;) {
		linx_put_item(p);
		linx_put_addr(p, pointer);
		at += width;
		if (!linx_put_mem_int(p, at, width, false, (int64_t *)&pointer)) {
			if (linx_put_mem(p, at - width, width))
				put_unterminated(p, at);
			return;
		}
		if (!pointer)
			return;
		if (!--most) {
			linx_put_more(p);
			return;
		}
	}
}

static void put_strings(struct linx_put *p, unsigned int i, const struct linx_value *v)
{
	unsigned int most = p->brief ? p->st->limit : UINT32_MAX, n = 0;
	size_t width = linx_type_size(&linx_ty_ptr, p->abi);
	struct linx_strings it;
	const char *s;
	size_t len;
	bool cut;

	linx_strings_begin(&it, v);
	linx_put_list(p);
	for (; n < most && linx_strings_next(&it, &s, &len, &cut); n++) {
		linx_put_item(p);
		linx_put_string(p, s, len, cut);
	}
	if (n < most && it.unread)
		put_pointers(p, &it, address(p, i) + n * width, most - n);
	else if (n < most && n == it.count && v->state == LINX_UNREADABLE)
		put_unterminated(p, address(p, i) + n * width);
	else if (it.left || it.unread || !linx_value_whole(v))
		linx_put_more(p);
	linx_put_list_end(p);
}

static void put_vector(struct linx_put *p, unsigned int i, const struct linx_value *v)
{
	if (linx_put_wants(p, LINX_WANT_STATES))
		linx_put_vector(p, v);
	else
		put_strings(p, i, v);
}

/* True if not even the first string could be read. Only pointers are then shown. */
static bool begins_unread(const struct linx_value *v)
{
	struct linx_strings it;

	if (v->kind != LINX_VAL_STRV || v->state != LINX_UNREADABLE || v->size < sizeof(struct linx_strv))
		return false;
	linx_strings_begin(&it, v);
	return it.unread;
}

void linx_arg_argv(struct linx_put *p, unsigned int i)
{
	const struct linx_value *v = value_of(p, i);

	if (v)
		p->states |= 1u << v->state;
	if (v && !p->st->addresses && (linx_value_strings(v) || (!linx_put_wants(p, LINX_WANT_STATES) && begins_unread(v))))
		put_vector(p, i, v);
	else
		put_missing(p, i, v);
}

/* Writes the address of an array of strings, with their number in a comment, as strace does without -v. */
static void put_count(struct linx_put *p, unsigned int i, const struct linx_value *v, const struct linx_strings *it)
{
	/* true if the capture ended at a pointer that could not be read */
	bool unterminated = v->state == LINX_UNREADABLE && !it->unread;

	if (linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_open(p);
		linx_put_name(p, "value");
		linx_put_addr(p, address(p, i));
		linx_put_name(p, "count");
		linx_put_u64(p, it->count);
		linx_put_close(p);
		return;
	}
	linx_put_addr(p, address(p, i));
	if (!linx_put_comment_begin(p))
		return;
	linx_put_u64(p, it->count);
	linx_put_text(p, it->count == 1 ? " var" : " vars");
	linx_put_text(p, unterminated ? ", unterminated" : "");
	linx_put_comment_end(p);
}

static bool shows_env(const struct linx_put *p, const struct linx_value *v,
		      const struct linx_strings *it)
{
	return linx_put_wants(p, LINX_WANT_FULL) ? it->left || v->state == LINX_WHOLE : p->st->verbose && (it->left || it->unread || !it->count);
}

void linx_arg_envp(struct linx_put *p, unsigned int i)
{
	const struct linx_value *v = value_of(p, i);
	struct linx_strings it;

	if (!v || v->kind != LINX_VAL_STRV || p->st->addresses) {
		put_missing(p, i, v);
		return;
	}
	linx_strings_begin(&it, v);
	/* an environment of which only the number of strings is shown does not count as truncated */
	if (!linx_value_readable(v))
		p->states |= 1u << v->state;
	if (v->state == LINX_UNREADABLE && !it.count)
		put_missing(p, i, v);
	else if (shows_env(p, v, &it))
		put_vector(p, i, v);
	else
		put_count(p, i, v, &it);
}

/* ---- numbers behind pointers ----------------------------------------------------------------- */

static void put_int(struct linx_put *p, bool is_signed, int64_t n)
{
	if (is_signed)
		linx_put_i64(p, n);
	else
		linx_put_u64(p, (uint64_t)n);
}

static bool int_of(const struct linx_value *v, bool is_signed, int64_t *n)
{
	return v && v->kind == LINX_VAL_BYTES && linx_value_int(v, 0, v->size, is_signed, n);
}

static bool call_stored(const struct linx_put *p, unsigned int i)
{
	return !writes(p, i) || linx_put_ok(p);
}

/*
 * Writes a number behind its value before the call (*before). before NULL: both values are equal, or the value before
 * the call is not known; only the number is written.
 */
static void put_changed(struct linx_put *p, bool is_signed, const int64_t *before, int64_t n)
{
	if (!before) {
		put_int(p, is_signed, n);
		return;
	}
	linx_put_before(p);
	put_int(p, is_signed, *before);
	linx_put_after(p);
	put_int(p, is_signed, n);
	linx_put_after_end(p);
}

/* Writes a number behind a pointer: "[5]", or "[16 => 8]" if the call changed it. */
static void put_number(struct linx_put *p, unsigned int i, bool is_signed)
{
	const struct linx_value *v = call_stored(p, i) ? value_of(p, i) : NULL;
	const struct linx_value *before = &p->ev->in[i];
	int64_t n, old;
	bool changed;

	if (v && p->st->strace && arg_of(p, i)->ty == &linx_ty_off_ptr && before->state)
		v = before; /* strace shows offsets as they were before the call */
	if (v)
		p->states |= 1u << v->state;
	if (!int_of(v, is_signed, &n)) {
		put_missing(p, i, v);
		return;
	}
	changed = arg_of(p, i)->dir == LINX_DIR_INOUT && before != v && int_of(before, is_signed, &old) && old != n;
	if (linx_put_wants(p, LINX_WANT_DATA)) {
		put_changed(p, is_signed, changed ? &old : NULL, n);
		return;
	}
	linx_put_text(p, "[");
	if (changed) {
		put_int(p, is_signed, old);
		linx_put_text(p, " => ");
	}
	put_int(p, is_signed, n);
	linx_put_text(p, "]");
}

/* Writes the number that an argument points to, as many bytes as were captured: signed (s32, long) or unsigned. */
void linx_arg_number_s32(struct linx_put *p, unsigned int i)
{
	put_number(p, i, true);
}

void linx_arg_number_u32(struct linx_put *p, unsigned int i)
{
	put_number(p, i, false);
}

void linx_arg_number_long(struct linx_put *p, unsigned int i)
{
	put_number(p, i, true);
}

void linx_arg_number_ulong(struct linx_put *p, unsigned int i)
{
	put_number(p, i, false);
}

void linx_arg_fd_pair(struct linx_put *p, unsigned int i)
{
	const uint8_t *data;

	p->late = true;
	data = linx_put_ok(p) ? linx_put_mem(p, address(p, i), 8) : NULL;
	if (!data) {
		put_missing(p, i, linx_put_arg_value(p, i));
		return;
	}
	linx_put_list(p);
	for (unsigned int k = 0; k < 2; k++) {
		linx_put_item(p);
		linx_put_typed(p, &linx_ty_fd, NULL, data + k * 4, 4, 0);
		p->plain = false;
	}
	linx_put_list_end(p);
}

/* Writes the exit status that wait4(2) stores only if it found a child. */
void linx_arg_wstatus(struct linx_put *p, unsigned int i)
{
	int64_t status;

	p->late = true;
	if (!linx_put_ok(p) || p->ev->ret <= 0 ||
	    !linx_put_mem_int(p, address(p, i), 4, false, &status)) {
		linx_put_addr(p, address(p, i));
		return;
	}
	linx_put_text(p, "[");
	linx_put_wstatus(p, (uint32_t)status);
	linx_put_text(p, "]");
}

/* ---- a number of a given type behind a pointer: [0] ------------------------------------- */

static void put_out_number(struct linx_put *p, unsigned int i, const struct linx_ty *ty)
{
	uint64_t addr = address(p, i);

	p->late = true;
	if (!linx_put_ok(p) || !linx_put_mem(p, addr, linx_type_size(ty, p->abi)))
		put_missing(p, i, value_of(p, i));
	else
		linx_put_ptr(p, ty, addr);
}

void linx_arg_uid_ptr(struct linx_put *p, unsigned int i)
{
	put_out_number(p, i, &linx_ty_uid);
}

void linx_arg_fd_ptr(struct linx_put *p, unsigned int i)
{
	put_out_number(p, i, &linx_ty_fd);
}

void linx_arg_uid16_ptr(struct linx_put *p, unsigned int i)
{
	put_out_number(p, i, &linx_ty_uid16);
}

void linx_arg_addr_ptr(struct linx_put *p, unsigned int i)
{
	put_out_number(p, i, &linx_ty_ptr);
}

/* ---- numbers whose meaning another argument decides --------------------------------------- */

void linx_arg_mode(struct linx_put *p, unsigned int i)
{
	linx_put_octal(p, (uint16_t)linx_reg(p, i));
}

/* True if open(2) ignores the mode, because the flags do not let it create a file. */
bool linx_hidden_mode(const struct linx_put *p, unsigned int i)
{
	if (!i || i > p->ev->nargs || strcmp(arg_of(p, i - 1)->type, "open_flags") != 0)
		return false;
	return !(linx_reg(p, i - 1) & (O_CREAT_BIT | O_TMPFILE_BIT));
}

bool linx_hidden_half(const struct linx_put *p, unsigned int i)
{
	(void)i;
	return !linx_put_wants(p, LINX_WANT_FULL);
}

bool linx_hidden_always(const struct linx_put *p, unsigned int i)
{
	(void)p;
	(void)i;
	return true;
}

static bool is_half(const struct linx_put *p, unsigned int i)
{
	return i < p->ev->call->row->nargs && i < p->ev->nargs &&
	       arg_of(p, i)->ty == &linx_ty_loff_hi;
}

/* Returns a 64-bit file offset. Argument i is the offset, or the low half of the offset. */
static uint64_t offset_of(const struct linx_put *p, unsigned int i)
{
	uint64_t low = linx_reg(p, i), high = 0;

	if (linx_is_32(p->abi)) {
		low = (uint32_t)low;
		if (is_half(p, i + 1))
			high = linx_reg(p, i + 1);
		else if (i && is_half(p, i - 1))
			high = linx_reg(p, i - 1);
		low |= high << 32;
	}
	return low;
}

void linx_arg_offset(struct linx_put *p, unsigned int i)
{
	linx_put_i64(p, (int64_t)offset_of(p, i));
}

void linx_arg_uoffset(struct linx_put *p, unsigned int i)
{
	linx_put_u64(p, offset_of(p, i));
}
