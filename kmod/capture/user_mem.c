// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads memory of traced tasks. No other code of the module does, except user_mem_fast.h. Task context, preemption off;
 * linx_capture_foreign() runs in an ioctl. Page faults are refused, so that nothing sleeps: a page that is not present
 * is unreadable. Each byte that a record holds is read once, directly into the record. Bytes are read a second time
 * only by the search for the end of a cut string, or when a fast path has given up. linx_fill.budget limits the bytes
 * that a record holds.
 *
 * copy_from_user_nofault() is not used in the probes of system calls: two thirds of its cost is a check of the
 * destination, which here always lies in the ring.
 */
#include "capture/user_mem_fast.h"
#include "compat/compat.h"
#include "core/probe_work.h"
#include "ring/ring_fast.h"
#include "shared/abi_facts.h"

/*
 * Reads n bytes in words. Bytes are read one by one at the end, and where a word reaches into a page that is not
 * present. Returns the number of bytes read.
 */
static __always_inline u32 read_words(void *to, const u8 __user *from, u32 n)
{
	const u8 __user *words = from + (n & ~7U);
	u8 *p = to + (n & ~7U);
	long i = -(long)(n & ~7U);

	pagefault_disable();
	if (linx_read_begin(from, n)) {
		for (; i; i += 8)
			unsafe_get_user(*(u64 *)(p + i), (u64 __user *)(words + i), bytes);
		if (n & 4) {
			unsafe_get_user(*(u32 *)p, (u32 __user *)words, bytes);
			i = 4;
		}
bytes:
		n &= 7;
		for (; i < (long)n; i++)
			unsafe_get_user(p[i], words + i, end);
end:
		user_access_end();
	}
	pagefault_enable();
	return p + i - (u8 *)to;
}

/* Reads n bytes with the architecture's own copy function. Returns the number of bytes read. */
static u32 read_bulk(void *to, const void __user *from, u32 n)
{
	unsigned long left;

	if (linx_read_fails() || !access_ok(from, n))
		return 0;
	/* Stops speculation past the check, as in copy_from_user(). user_access_begin() has its own barrier. */
	linx_barrier_nospec();
	pagefault_disable();
	left = raw_copy_from_user(to, from, n);
	pagefault_enable();
	if (!LINX_COPY_IS_EXACT && left)
		left -= read_words(to + n - left, from + n - left, left);
	return n - left;
}

u32 linx_user_read(void *to, u64 addr, u32 n)
{
	u32 got = n < LINX_SIMPLE_MAX ? read_words(to, (const u8 __user *)addr, n) : read_bulk(to, (const u8 __user *)addr, n);

	if (unlikely(got < n))
		/* counts three faults, as the fast path took one of them before */
		linx_probe_spend(3 * LINX_WORK_OF_FAULT);
	return linx_check_read(to, addr, n, got);
}

bool linx_user_peek(void *to, u64 addr, u32 n)
{
	return current->mm && linx_mm_is_loaded() && !copy_from_user_nofault(to, (const void __user *)(unsigned long)addr, n);
}

u8 *linx_user_large(u8 *p, u64 addr, u32 size)
{
	*(u64 *)(p + (size & ~7U)) = 0;
	return linx_check_whole(LINX_READER_LARGE, p, addr, size,
				read_bulk(p, (const u8 __user *)addr, size) == size ? p + LINX_ALIGN8(size) : NULL);
}

/*
 * Reads whole words as long as they end within the page, so that only pages of the string are touched. Where each 16
 * bytes of memory have a tag (MTE), a word at the string's end may reach into memory with another tag. Then the rest
 * is read byte by byte, as in the kernel's strncpy_from_user(). May write up to the end of the string's last word.
 */
long linx_user_str(void *buf, u64 addr, u32 count)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	const u8 __user *from = (const u8 __user *)addr;
	unsigned long word, bits;
	u8 *to = buf;
	u32 i = 0, max;
	long ret = -1;

	/*
	 * Nothing is read behind the end of the address space, where a string may end. An address that itself lies
	 * behind that end (one with a tag, or one of the kernel) is left to access_ok().
	 */
	max = addr < TASK_SIZE_MAX ? min_t(u64, count, TASK_SIZE_MAX - addr) : count;
	pagefault_disable();
	if (!linx_read_begin(from, max))
		goto out;
	while (i < max) {
		if (likely(max - i >= sizeof(word) && offset_in_page(addr + i) <= PAGE_SIZE - sizeof(word))) {
			unsafe_get_user(word, (unsigned long __user *)(from + i), no_word);
			*(unsigned long *)(to + i) = word;
			if (linx_has_zero(word, &bits, &constants)) {
				bits = create_zero_mask(prep_zero_mask(word, bits, &constants));
				ret = i + find_zero(bits);
				goto done;
			}
			i += sizeof(word);
			continue;
no_word:
			if (!LINX_HAVE_MEMORY_TAGS)
				goto end;
		}
		unsafe_get_user(to[i], from + i, end);
		if (!to[i]) {
			ret = i;
			goto done;
		}
		i++;
	}
	ret = max == count ? count : ~(long)i;
	goto done;
end:
	ret = ~(long)i;
done:
	user_access_end();
out:
	pagefault_enable();
	return linx_check_str(buf, addr, count, ret);
}

/* Returns the length of the string at addr, without its NUL; -1: unreadable, or longer than LINX_STRLEN_MAX. */
static long user_strlen(u64 addr)
{
	long n;

	pagefault_disable();
	n = strnlen_user((const char __user *)addr, LINX_STRLEN_MAX);
	pagefault_enable();
	return linx_check_strlen(addr, n > 0 && n <= LINX_STRLEN_MAX ? n - 1 : -1);
}

/* Returns f->p as the head of a new value; NULL: the record has no room for it and size bytes, and will be lost. */
static __always_inline struct linx_val *val_begin(struct linx_fill *f, u32 size)
{
	struct linx_val *v = (struct linx_val *)f->p;

	if (unlikely(f->end - f->p < (long)(sizeof(*v) + LINX_ALIGN8(size)))) {
		f->full = f->slow = true;
		return NULL;
	}
	return v;
}

/* Writes the head of the value v, whose size bytes have been written, and subtracts size from linx_fill.budget. */
static __always_inline void val_end(struct linx_fill *f, struct linx_val *v, u8 arg, u8 info, u32 size, u64 orig)
{
	f->p = linx_val_finish(v, arg, info, size, orig);
	f->budget -= min(size, f->budget);
	f->head->nvals++;
}

/*
 * Writes at most as many bytes as a sixth of the longest record of this ring, so that the four paths of an exec fit
 * into one record. In a tiny ring this limit can cut a path.
 */
void linx_put_bytes(struct linx_fill *f, u8 arg, u8 kind, u8 state, const void *from, u32 size)
{
	u32 keep = min(size, f->r->rec_limit / 6);
	struct linx_val *v = val_begin(f, keep);

	if (!v)
		return;
	memcpy(v + 1, from, keep);
	val_end(f, v, arg, LINX_VAL_INFO(kind, keep < size ? LINX_TRUNCATED : state), keep, size);
}

void linx_put_unfilled(struct linx_fill *f, u8 arg, u8 kind, u64 addr, u64 len)
{
	u32 skip = kind == LINX_VAL_MEM ? sizeof(addr) : 0;
	struct linx_val *v = val_begin(f, skip);

	if (!v)
		return;
	if (skip)
		*(u64 *)(v + 1) = addr;
	val_end(f, v, arg, LINX_VAL_INFO(kind, LINX_UNAVAILABLE), skip, min_t(u64, len, U32_MAX - skip) + skip);
}

void linx_put_number(struct linx_fill *f, s32 nr)
{
	linx_put_bytes(f, LINX_FIELD_NR, LINX_VAL_BYTES, LINX_WHOLE, &nr, sizeof(nr));
}

void linx_put_pointer(struct linx_fill *f, struct pt_regs *regs)
{
	u64 pointer = instruction_pointer(regs);

	/* A kernel thread can get a signal, but has no user registers. */
	if (unlikely(f->s->flags & LINX_SETUP_POINTER) && user_mode(regs))
		linx_put_bytes(f, LINX_FIELD_POINTER, LINX_VAL_BYTES, LINX_WHOLE, &pointer, sizeof(pointer));
}

/*
 * The mask lies in the signal frame above the stack pointer. Frames are laid out as in asm/sigframe.h; the return from
 * the handler has popped the first word, and the restorer of i386's old frame a second one. The old frame stores its
 * mask in two places.
 */
void linx_put_sigmask(struct linx_fill *f, struct pt_regs *regs, u8 abi, bool rt)
{
	u32 mask[2] = { 0 }, n;
	u64 sp = user_stack_pointer(regs);

	if (abi != LINX_ABI_I386)
		n = linx_user_read(mask, sp + (abi == LINX_ABI_X32 ? LINX_MASK_X32 : LINX_MASK_64), 8);
	else if (rt)
		n = linx_user_read(mask, sp + LINX_MASK_32, 8);
	else
		n = linx_user_read(&mask[0], sp + LINX_MASK_OLD_LOW, 4) +
		    linx_user_read(&mask[1], sp + LINX_MASK_OLD_HIGH, 4);
	linx_put_bytes(f, LINX_FIELD_SIGMASK, LINX_VAL_BYTES, n == 8 ? LINX_WHOLE : LINX_UNREADABLE, mask, n == 8 ? 8 : 0);
}

/*
 * Captures a buffer of len bytes as a value with at most keep bytes, of kind LINX_VAL_BYTES, or LINX_VAL_MEM, which has
 * the address before the bytes. NULL: no room.
 */
static __always_inline struct linx_val *capture(struct linx_fill *f, u8 arg, u8 kind, u64 addr, u64 len, u32 keep)
{
	u32 skip = kind == LINX_VAL_MEM ? sizeof(u64) : 0;
	u32 wanted = min3(len, (u64)keep, (u64)f->budget);
	struct linx_val *v = val_begin(f, skip + wanted);
	u8 state;
	u32 got;

	if (unlikely(!v))
		return NULL;
	if (skip)
		*(u64 *)(v + 1) = addr;
	got = linx_user_read((u8 *)(v + 1) + skip, addr, wanted);
	state = got < wanted ? LINX_UNREADABLE : wanted < len ? LINX_TRUNCATED : LINX_WHOLE;
	val_end(f, v, arg, LINX_VAL_INFO(kind, state), skip + got, min_t(u64, len, U32_MAX) + skip);
	return v;
}

struct linx_val *linx_capture_bytes(struct linx_fill *f, u8 arg, u64 addr, u64 len, u32 keep)
{
	return capture(f, arg, LINX_VAL_BYTES, addr, len, keep);
}

bool linx_capture_room(const struct linx_fill *f)
{
	return !f->full && (f->fast_room || f->end - f->p >= LINX_VALUE_ROOM_MIN);
}

/*
 * Returns how many bytes of memory the next LINX_VAL_MEM value may have, so that the record does not get too long.
 * U32_MAX if the ring has less free room than the longest record needs: then a value that does not fit makes the record
 * lost.
 */
static u32 mem_room(const struct linx_fill *f)
{
	return f->fast_room ? U32_MAX : (u32)(f->end - f->p - sizeof(struct linx_val) - sizeof(u64)) & ~7U;
}

struct linx_val *linx_capture_mem(struct linx_fill *f, u8 arg, u64 addr, u64 len, u32 keep)
{
	return capture(f, arg, LINX_VAL_MEM, addr, len, min(keep, mem_room(f)));
}

void linx_capture_more(struct linx_fill *f, struct linx_val *v, u64 addr, u64 len, u32 keep)
{
	u32 size = v->size, got, more, had;
	u8 *data = (u8 *)linx_val_memory(v, &had);

	if (len <= had)
		return;
	more = min3(len, (u64)keep, (u64)f->budget + had) - had;
	if (f->end - data < LINX_ALIGN8(had + more)) {
		if (f->fast_room) {
			f->full = f->slow = true;
			return;
		}
		more = ((f->end - data) & ~7L) - had; /* f->end may not be aligned */
	}
	got = linx_user_read(data + had, addr + had, more);
	f->p = linx_val_finish(v, v->arg, v->info, size + got, min_t(u64, len, U32_MAX) + (size - had));
	f->budget -= got;
	if (got < more)
		v->info = LINX_VAL_INFO(LINX_VAL_KIND(v->info), LINX_UNREADABLE);
	else if (had + more < len)
		v->info = LINX_VAL_INFO(LINX_VAL_KIND(v->info), LINX_TRUNCATED);
}

/*
 * Returns the length of the string at addr, which is the rest of a cut string; below zero: not known. Counts the
 * probe's work.
 */
static noinline long seek_end(u64 addr)
{
	long n = linx_probe_is_spent() ? -1 : user_strlen(addr);

	linx_probe_spend(2 * (n < 0 ? LINX_STRLEN_MAX : n));
	return n;
}

/*
 * Captures a string of at most keep bytes. kind: LINX_VAL_STR, or LINX_VAL_MEMSTR, which has the address before the
 * string.
 */
static __always_inline void capture_str(struct linx_fill *f, u8 arg, u8 kind, u64 addr, u32 keep)
{
	u32 skip = kind == LINX_VAL_MEMSTR ? sizeof(u64) : 0;
	u32 wanted = min3(f->s->snap_str, f->budget, keep);
	struct linx_val *v = val_begin(f, 8 + skip);
	u32 count;
	u8 *to;
	long n;

	if (unlikely(!v))
		return;
	to = (u8 *)(v + 1) + skip;
	if (skip)
		*(u64 *)(v + 1) = addr;
	count = min_t(u64, wanted + 1, (f->end - to) & ~7ULL);
	n = linx_user_str(to, addr, count);
	if (unlikely(n < 0)) {
		/* counts two faults, as the fast path took one of them before */
		linx_probe_spend(2 * LINX_WORK_OF_FAULT);
		val_end(f, v, arg, LINX_VAL_INFO(kind, LINX_UNREADABLE), skip + ~n, U32_MAX);
	} else if (likely(n < count)) {
		val_end(f, v, arg, LINX_VAL_INFO(kind, LINX_WHOLE), skip + n, skip + n);
	} else if (count <= wanted) {
		f->full = f->slow = true; /* the ring's free room is smaller than the limit for strings */
	} else {
		n = f->head->nvals < LINX_SOUGHT_MAX ? seek_end(addr + wanted) : -1;
		val_end(f, v, arg, LINX_VAL_INFO(kind, LINX_TRUNCATED), skip + wanted, n < 0 ? U32_MAX : skip + wanted + n);
	}
}

void linx_capture_str(struct linx_fill *f, u8 arg, u64 addr)
{
	capture_str(f, arg, LINX_VAL_STR, addr, U32_MAX);
}

void linx_capture_memstr(struct linx_fill *f, u8 arg, u64 addr)
{
	capture_str(f, arg, LINX_VAL_MEMSTR, addr, mem_room(f) - 1);
}

/* Reads the next pointer of a vector, 4 or 8 bytes wide. Returns false if it cannot be read. */
static bool vec_read(struct linx_long_value *l, u64 *ptr)
{
	u32 width = l->width;

	*ptr = 0;
	return linx_user_read(ptr, l->addr + (u64)l->count * width, width) == width;
}

/* Work of a string of a vector, of each of its bytes, and of reading VEC_RUN pointers. */
#define WORK_OF_STRING 120
#define WORK_OF_STRING_BYTE 3
#define WORK_OF_RUN 150

/*
 * Copies the next strings of a vector, one after the other, into cap bytes at the address "to". Returns the number of
 * bytes.
 */
static u32 fill_strv(struct linx_long_value *l, u8 *to, u32 cap)
{
	u32 n = 0;
	long k;

	while (n < cap && !l->done) {
		if (l->count >= LINX_STRV_KEEP_MAX && !l->str) {
			l->full = true;
			break;
		}
		if (!l->str) {
			if (!vec_read(l, &l->str))
				l->state = LINX_UNREADABLE;
			if (l->state == LINX_UNREADABLE || !l->str) {
				l->done = true;
				break;
			}
			l->count++;
		}
		if (linx_probe_is_spent()) {
			l->full = true;
			break;
		}
		k = linx_user_str(to + n, l->str, cap - n);
		linx_probe_spend(WORK_OF_STRING + WORK_OF_STRING_BYTE * (k < 0 ? ~k : k));
		if (k < 0) {
			l->state = LINX_UNREADABLE;
			l->done = true;
		} else if (k == cap - n) {
			l->str += k;
			n = cap;
		} else {
			l->str = 0;
			l->stored++;
			n += k + 1;
		}
	}
	return n;
}

/* Copies the next bytes of a block, at most cap bytes, to the address "to". Returns their number. */
static u32 fill_block(struct linx_long_value *l, u8 *to, u32 cap)
{
	u32 wanted = min_t(u64, cap, l->left);
	u32 got = linx_user_read(to, l->addr, wanted);

	linx_probe_spend(LINX_WORK_OF_BYTE * wanted);
	l->addr += got;
	l->left -= got;
	if (got < wanted)
		l->state = LINX_UNREADABLE;
	l->done = got < wanted || !l->left;
	return got;
}

static u32 fill_long(struct linx_long_value *l, u8 *to, u32 cap)
{
	return l->width ? fill_strv(l, to, cap) : fill_block(l, to, cap);
}

/* Number of pointers read at once, on the stack. */
#define VEC_RUN 16

/*
 * Reads the next VEC_RUN pointers of the vector. Returns how many come before a null pointer; below VEC_RUN: the vector
 * ends there, or cannot be read further.
 */
static u32 vec_run(struct linx_long_value *l)
{
	u64 run[VEC_RUN];
	u32 got = linx_user_read(run, l->addr + (u64)l->count * l->width, VEC_RUN * l->width) / l->width;
	u32 i;

	for (i = 0; i < got; i++)
		if (l->width == 8 ? !run[i] : !((u32 *)run)[i])
			return i;
	if (got < VEC_RUN)
		l->state = LINX_UNREADABLE;
	return i;
}

/* Counts the strings that were not captured, up to LINX_STRV_COUNT_MAX in all, so that a reader can show their number. */
static void count_rest(struct linx_long_value *l)
{
	u32 n;

	do {
		n = vec_run(l);
		l->count += n;
		linx_probe_spend(WORK_OF_RUN);
	} while (n == VEC_RUN && l->count < LINX_STRV_COUNT_MAX && !linx_probe_is_spent());
}

/* Completes the value in the head record, after all pieces have been written. */
static void patch_head(struct linx_long_value *l)
{
	struct linx_strv *strv = (struct linx_strv *)(l->v + 1);
	u8 kind = l->width ? LINX_VAL_STRV : l->bytes ? LINX_VAL_BYTES : LINX_VAL_STRINGS;
	/*
	 * Address of the string that could not be read, or of the unread rest of such a string. 0: no string failed.
	 * The value can be unreadable all the same, if a pointer of the vector could not be read. This can be a pointer
	 * that count_rest() reads, behind the last captured string.
	 */
	u64 unread = l->done && l->state == LINX_UNREADABLE ? l->str : 0;

	if (l->width && !l->done) {
		count_rest(l);
		l->done = !l->str && l->count == l->stored; /* all strings of the vector were captured */
	}
	if (!l->done && l->state == LINX_WHOLE)
		l->state = LINX_TRUNCATED;
	if (l->width) {
		strv->count = l->count;
		strv->stored = l->stored;
		strv->unread = unread;
		l->v->orig = l->state == LINX_WHOLE ? l->total : U32_MAX;
	} else {
		l->v->orig = min_t(u64, l->total + l->left, U32_MAX);
	}
	l->v->info = LINX_VAL_INFO(kind, l->state);
}

/*
 * Captures up to LINX_STRV_UNREAD pointers of the vector as memory. The first one is that of the string that could not
 * be read.
 */
static void keep_pointers(struct linx_fill *f, struct linx_long_value *l, u8 arg)
{
	u32 size = LINX_STRV_UNREAD * l->width;

	if (linx_capture_room(f))
		linx_capture_mem(f, arg, l->addr + (u64)(l->count - 1) * l->width, size, size);
}

/* Writes the first part of a value that PIECE records may continue, at most cap bytes, into the head record. */
static void long_head(struct linx_fill *f, struct linx_long_value *l, u8 arg, u32 cap)
{
	u32 fixed = l->width ? sizeof(struct linx_strv) : 0;
	u32 room, avail, n = 0;

	l->v = val_begin(f, fixed + 64);
	if (!l->v)
		return;
	room = (f->end - (u8 *)(l->v + 1)) & ~7ULL;
	avail = min3(cap, room, f->budget);
	if (l->keep && avail > fixed)
		n = fill_long(l, (u8 *)(l->v + 1) + fixed, avail - fixed);
	l->total = fixed + n;
	val_end(f, l->v, arg, 0, l->total, 0);
	if (l->width && l->state == LINX_UNREADABLE && l->str)
		keep_pointers(f, l, arg);
}

/* Writes the rest of a value in PIECE records until the value is complete, the ring is full or a limit is reached. */
static void long_pieces(struct linx_fill *f, struct linx_long_value *l)
{
	u32 cap, n;

	while (l->v && l->keep && !l->head && !l->done && !l->full && l->total < LINX_PIECES_MAX &&
	       !linx_probe_is_spent() && linx_rec_piece(f, l->v->arg, 0, l->total)) {
		cap = min3((u32)(f->end - f->p) & ~7U, LINX_REC_USER_MAX, LINX_PIECES_MAX - l->total);
		n = fill_long(l, f->p, cap);
		linx_rec_piece_end(f, n);
		l->total += n;
	}
	if (l->v)
		patch_head(l);
}

void linx_capture_long(struct linx_fill *f)
{
	unsigned int i;

	for (i = 0; i < f->nlongs; i++) {
		f->longs[i].state = LINX_WHOLE;
		long_head(f, &f->longs[i], f->longs[i].arg, f->s->user_max / 4);
	}
	for (i = 0; i < f->nlongs; i++)
		long_pieces(f, &f->longs[i]);
}

void linx_capture_rest(struct linx_fill *f, struct linx_val *v, u8 nth, u64 addr)
{
	u32 skip = LINX_VAL_KIND(v->info) == LINX_VAL_MEM ? sizeof(u64) : 0, len = v->orig - skip, at = v->size - skip;
	u32 most = min(len, f->s->snap_long), wanted, got;

	addr = skip ? *(u64 *)(v + 1) : addr;
	while (at < most && f->rest && !linx_probe_is_spent() && linx_rec_piece(f, v->arg, skip ? nth : 0, at)) {
		wanted = min3((u32)(f->end - f->p) & ~7U, most - at, min_t(u32, f->rest, LINX_REC_USER_MAX));
		linx_probe_spend(LINX_WORK_OF_BYTE * wanted);
		got = linx_user_read(f->p, addr + at, wanted);
		linx_rec_piece_end(f, got);
		f->rest -= got;
		at += got;
		if (got == wanted)
			continue;
		v->info = LINX_VAL_INFO(LINX_VAL_KIND(v->info), LINX_UNREADABLE);
		return;
	}
	if (at == len)
		v->info = LINX_VAL_INFO(LINX_VAL_KIND(v->info), LINX_WHOLE);
}

/*
 * Copies memory of another process up to the first page that is not present. Returns the number of bytes copied. Waits
 * for no page and no lock, as the process could delay both for long (a page by a file system in user space).
 */
static u32 read_foreign(struct mm_struct *mm, u64 addr, u8 *to, u32 n)
{
	u32 got = 0, step;
	struct page *page;

	might_sleep();
	if (!mmap_read_trylock(mm))
		return 0;
	for (; got < n; got += step) {
		if (linx_may_be_waited_for(mm, addr + got) ||
		    get_user_pages_remote(mm, addr + got, 1, LINX_FOLL_THERE, &page, LINX_NO_AREAS NULL) != 1)
			break;
		step = min_t(u32, n - got, PAGE_SIZE - offset_in_page(addr + got));
		memcpy(to + got, page_address(page) + offset_in_page(addr + got), step); /* 64-bit: all pages are mapped */
		put_page(page);
	}
	mmap_read_unlock(mm);
	return got;
}

/* Captures the strings that /proc/PID/cmdline shows. The process may have changed them. */
void linx_capture_foreign(struct linx_fill *f, u8 arg, struct mm_struct *mm, u64 addr, u64 len, u32 keep)
{
	u32 wanted = min_t(u64, len, keep);
	struct linx_val *v = val_begin(f, wanted);
	u32 got;

	if (!v)
		return;
	got = read_foreign(mm, addr, (u8 *)(v + 1), wanted);
	val_end(f, v, arg,
		LINX_VAL_INFO(LINX_VAL_STRINGS, got < wanted ? LINX_UNREADABLE : wanted < len ? LINX_TRUNCATED : LINX_WHOLE), got,
		len);
}
