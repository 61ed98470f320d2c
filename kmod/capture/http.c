// SPDX-License-Identifier: GPL-2.0-only
/*
 * The header of a message of HTTP/1, and the preface of HTTP/2, in what a socket carries.
 *
 * The first bytes that a call moves are looked at (shared/http_begin.h); what begins as a
 * message does is kept up to the empty line, and as much behind it as of any buffer. Where a
 * call ends within a header, the session's table notes socket and direction, and whichever
 * thread goes on with them, on whichever CPU, is found there by the number of the socket's
 * inode. Two threads that move bytes of one direction at the same moment have no order that
 * anybody could know: the later one of them says what is noted.
 *
 * In a pipeline the next header begins behind a body. It is found there if the header before
 * it tells the body's length, and if the body is shorter than a header may be: what of such a
 * body is still to come is noted, too. A length that is wrong leads to bytes that begin like
 * no message, or like one: then more is kept than had to be.
 *
 * Probe context, preemption off: that alone makes it an RCU reader. All bytes are looked at
 * in the record, where nobody else writes. The work is bounded by http_bytes for each buffer
 * and by the record's budget.
 */
#include <linux/file.h>
#include <linux/jiffies.h>
#include <linux/net.h>
#include <linux/nospec.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <uapi/linux/io_uring.h>
#include "capture/call.h"
#include "capture/http.h"
#include "capture/user_mem.h"
#include "compat/compat.h"
#include "core/probe_work.h"
#include "shared/http_facts.h"

/* Rows as table/table.c numbers them. */
enum {
	ROW_UNKNOWN,
#define SYSCALL(id, class, args) ROW_##id,
#include "tables/syscalls.def"
#undef SYSCALL
	ROW_NR,
};

static const u8 calls[ROW_NR] = {
#define CALL(row, what) [ROW_##row] = what,
#include "tables/http.def"
#undef CALL
};

/* Operations of socketcall, as the calls above. */
static const u8 operations[] = {
#define OPERATION(name, what) [SYS_##name] = what,
#include "tables/http.def"
#undef OPERATION
};

static u8 what_of(u32 key)
{
	return calls[*(&linx_row_of[0][0] + key)];
}

bool linx_http_is_call(u32 key)
{
	return what_of(key);
}

bool linx_http_sends(u32 key)
{
	return what_of(key) & LINX_HTTP_SENDS;
}

/* ---- the beginning and the end of a header ---- */

/* One copy of the rule, for all who ask. */
static noinline enum linx_http_looks looks_of(const u8 *p, u32 n)
{
	return linx_http_looks(p, n);
}

#define EACH_BYTE(value) ((value) * 0x0101010101010101ULL)

/* The first end of a line from p on; NULL: there is none. A word at a time: memchr() takes five instructions for a byte. */
static const u8 *find_line_end(const u8 *p, const u8 *stop)
{
	u64 word;

	for (; stop - p >= (long)sizeof(word); p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		word ^= EACH_BYTE('\n');
		word = (word - EACH_BYTE(1)) & ~word & EACH_BYTE(0x80); /* the lowest bit is that of the first byte of zero */
		if (word)
			return p + __ffs64(word) / 8;
	}
	for (; p < stop; p++)
		if (*p == '\n')
			return p;
	return NULL;
}

/* How much of the end was seen, behind n more bytes of a line. */
static u8 ends_behind(u8 ends, const u8 *p, u32 n)
{
	if (!n)
		return ends;
	return n == 1 && *p == '\r' && ends == LINX_HTTP_ENDS_LINE ? LINX_HTTP_ENDS_RETURN : LINX_HTTP_ENDS_NOT;
}

/* Bytes up to the end of the header, with the empty line; 0: it is not among these. */
static u32 find_end(u8 *ends, const u8 *p, u32 n)
{
	const u8 *line = p, *stop = p + n, *end;

	while ((end = find_line_end(line, stop))) {
		*ends = ends_behind(*ends, line, end - line);
		line = end + 1;
		if (*ends != LINX_HTTP_ENDS_NOT)
			return line - p;
		*ends = LINX_HTTP_ENDS_LINE;
	}
	*ends = ends_behind(*ends, line, stop - line);
	return 0;
}

/* ---- sockets whose header is unfinished ---- */

static u32 seconds(void)
{
	return (u32)(jiffies / HZ) & LINX_HTTP_TIME_MASK;
}

static u64 entry_of(u32 ino, bool out, u32 kept, u8 ends)
{
	return LINX_HTTP_ENTRY(ino, seconds(), out, kept, ends);
}

static u32 age_of(u64 entry)
{
	return LINX_HTTP_AGE(entry, seconds());
}

/* Counts what is in use as it changes. false: somebody else was faster. */
static bool exchange(struct linx_session *s, u64 *slot, u64 old, u64 new)
{
	if (cmpxchg(slot, old, new) != old)
		return false;
	if (!old != !new)
		atomic_add(new ? 1 : -1, &s->http_unfinished);
	return true;
}

void linx_http_sweep(struct linx_session *s)
{
	struct linx_http *h = s->http;
	u32 now = seconds();
	u64 *slot, entry;

	if (READ_ONCE(h->swept_at) == now)
		return;
	WRITE_ONCE(h->swept_at, now);
	for (slot = h->entries; slot < h->entries + LINX_HTTP_ENTRIES; slot++) {
		entry = READ_ONCE(*slot);
		if (entry && age_of(entry) > LINX_HTTP_IDLE_MAX)
			exchange(s, slot, entry, 0);
	}
}

/* The slot of a socket's direction, and what it holds; NULL: no header of it is unfinished. */
static u64 *find(struct linx_session *s, u32 ino, bool out, u64 *entry)
{
	const u64 wanted = (u64)ino << 32 | (out ? LINX_HTTP_OUT : 0);
	u64 *slot = linx_http_set(s->http, ino), *end = slot + LINX_HTTP_SET;

	for (; slot < end; slot++) {
		*entry = READ_ONCE(*slot);
		if (LINX_HTTP_SAME(*entry, wanted))
			return slot;
	}
	return NULL;
}

/* A free slot, or the one of its set that waits for longest. */
static u64 *find_room(struct linx_http *h, u32 ino, u64 *entry)
{
	u64 *slot = linx_http_set(h, ino), *end = slot + LINX_HTTP_SET, *best = slot, seen;

	*entry = READ_ONCE(*slot);
	while (*entry && ++slot < end) {
		seen = READ_ONCE(*slot);
		if (seen && age_of(seen) <= age_of(*entry))
			continue;
		best = slot;
		*entry = seen;
	}
	return best;
}

bool linx_http_matters(struct linx_session *s, s32 fd, const u8 *data, u32 n)
{
	u32 ino = linx_http_socket(fd);

	return ino && (looks_of(data, n) != LINX_HTTP_LOOKS_FOREIGN || unlikely(linx_http_is_open(s, ino)));
}

bool linx_http_concerns(struct linx_session *s, u32 key, const u64 *args, const u8 *first, const u8 *end)
{
	const struct linx_val *v = (const struct linx_val *)first;
	const u8 *data;
	u32 n;

	if (!what_of(key))
		return false;
	for (; (const u8 *)v < end; v = linx_val_next(v)) {
		data = linx_val_memory(v, &n);
		if (n && unlikely(linx_http_may_begin(data)) && linx_http_may_go_on_padded(data, n) &&
		    looks_of(data, n) != LINX_HTTP_LOOKS_FOREIGN)
			return true;
	}
	return linx_http_is_busy(s) && linx_http_matters(s, args[0], NULL, 0);
}

/* ---- the general encoder ---- */

/*
 * Does the call take bytes that are no part of the stream, or will be taken once more? Sockets of this machine
 * have no errors in a queue, and do not look at the flag; a send looks at none of these.
 */
static bool is_aside(u8 what, s32 fd, u32 flags)
{
	if (likely(!(flags & (MSG_PEEK | MSG_OOB | MSG_ERRQUEUE))) || what & LINX_HTTP_SENDS)
		return false;
	return flags & (MSG_PEEK | MSG_OOB) || linx_fd_socket(fd).family != AF_UNIX;
}

/* moved: the bytes that the call moved, or 0. */
static void begin(struct linx_fill *f, u64 moved, u8 what, s32 fd, u32 flags, bool named)
{
	if (!what || !moved || (!named && !LINX_HTTP_FLAGS_OF(what)) || is_aside(what, fd, flags))
		return;
	f->special = LINX_SPECIAL_HTTP;
	f->http = (struct linx_http_fill){
		.left = what & LINX_HTTP_MANY ? U64_MAX : moved,
		.fd = fd,
		.out = what & LINX_HTTP_SENDS,
		.named = named,
	};
}

/*
 * Bytes that a record of the call may hold. What an operation of io_uring sends is captured as it
 * is submitted: all of it, as far as is known then.
 */
static u64 moved_by(const struct linx_call *c, u8 what)
{
	if (c->op && what & LINX_HTTP_SENDS)
		return c->op->kind == LINX_REC_ENTER ? U64_MAX : 0;
	if (c->op && c->op->kind == LINX_REC_ENTER)
		return 0;
	return max_t(s64, c->ret, 0);
}

void linx_http_begin(struct linx_fill *f, const struct linx_call *c, const u64 *args)
{
	u8 what = what_of(c->key);
	bool named = !c->op || !(c->op->uring->flags & IOSQE_FIXED_FILE);

	begin(f, moved_by(c, what), what, args[0], LINX_HTTP_FLAGS_OF(what) ? args[LINX_HTTP_FLAGS_OF(what)] : 0, named);
}

void linx_http_begin_in_memory(struct linx_fill *f, const struct linx_call *c, u32 number, const u32 *words, u32 size)
{
	u8 what = number < ARRAY_SIZE(operations) ? operations[array_index_nospec(number, ARRAY_SIZE(operations))] : 0;

	if (what && size > LINX_HTTP_FLAGS_OF(what) * sizeof(*words))
		begin(f, max_t(s64, c->ret, 0), what, words[0], words[LINX_HTTP_FLAGS_OF(what)], true);
}

u32 linx_http_shared_socket(s32 fd)
{
	struct file *file = fget_raw(fd);
	u32 ino;

	if (!file)
		return 0;
	ino = linx_http_inode(file);
	fput(file);
	return ino;
}

/* Is it a socket, and perhaps one with an unfinished header? */
static void look_up(struct linx_fill *f)
{
	struct linx_http_fill *h = &f->http;

	h->looked_up = true;
	/* An operation of io_uring may end in a task that has no descriptors any more. */
	h->ino = h->named && current->files ? linx_http_socket(h->fd) : 0;
	h->slot = h->ino ? find(f->s, h->ino, h->out, &h->old) : NULL;
}

/* Decides what the next bytes of a call, n at p, are. */
static void decide(struct linx_fill *f, const u8 *p, u32 n)
{
	struct linx_http_fill *h = &f->http;
	enum linx_http_looks looks = looks_of(p, n);
	bool goes_on = false;

	h->state = LINX_HTTP_NOT;
	if (looks == LINX_HTTP_LOOKS_FOREIGN && (h->looked_up || !linx_http_is_busy(f->s)))
		return;
	if (!h->looked_up) {
		look_up(f);
		goes_on = h->slot;
	}
	if ((!h->ino && h->named) || (looks == LINX_HTTP_LOOKS_FOREIGN && !goes_on))
		return;
	h->state = LINX_HTTP_IN;
	h->kept = h->ends = 0;
	if (goes_on && looks != LINX_HTTP_LOOKS_RIGHT) {
		h->kept = LINX_HTTP_KEPT(h->old);
		h->ends = LINX_HTTP_ENDS(h->old);
	}
}

#define LENGTH "\ncontent-length:"
#define LENGTH_LEN (sizeof(LENGTH) - 1)

/* The number in the digits behind p, and what may be blanks before them; more than n: too much, or none. */
static u32 number_at(const u8 *p, u32 n)
{
	u32 number = 0, i = 0;

	while (i < n && (p[i] == ' ' || p[i] == '\t'))
		i++;
	for (; i < n && p[i] >= '0' && p[i] <= '9' && number <= LINX_REC_USER_MAX; i++)
		number = number * 10 + p[i] - '0';
	return number;
}

/*
 * Work of a header of a pipeline, of each byte of it, and of each in which the length of a body is looked for, in the
 * measure of core/probe_work.h: t/rec_bound.
 */
#define WORK_OF_HEADER 1200
#define WORK_OF_HEADER_BYTE 3
#define WORK_OF_LENGTH_BYTE 4

/* Is it the header of a length, in any case of its letters? Two words: the bit of the case counts nowhere but in letters. */
static bool is_length(const u8 *p)
{
	static const char letters[] = "\0       \0      "; /* 0x20 for each */
	u64 word[2], cases[2], length[2];

	static_assert(LENGTH_LEN == sizeof(word) && sizeof(letters) == sizeof(word));
	memcpy(word, p, sizeof(word));
	memcpy(cases, letters, sizeof(cases));
	memcpy(length, LENGTH, sizeof(length));
	return (word[0] | cases[0]) == length[0] && (word[1] | cases[1]) == length[1];
}

/* Length of the body behind a header, of which n bytes at p are known; 0: it says none. */
static u32 body_length(const u8 *p, u32 n)
{
	const u8 *stop = p + n, *line = p;

	while ((line = find_line_end(line, stop)) && stop - line > LENGTH_LEN) {
		if (is_length(line))
			return number_at(line + LENGTH_LEN, stop - line - LENGTH_LEN);
		line++;
	}
	return 0;
}

/*
 * Behind the end of a header, which is known from begin on, in the n bytes at p of the moved ones that a call moved
 * from there. Returns where the next header of a pipeline begins: at once, or behind a body of a length that
 * the header tells; 0: none does. A body may begin with a word that could be a method so far. A short body that goes on is
 * noted: what comes with its end may begin a header.
 */
static u32 next_header(struct linx_fill *f, const u8 *p, u32 n, u64 moved, u32 begin, u32 end)
{
	struct linx_http_fill *h = &f->http;
	enum linx_http_looks looks;
	u32 body;

	h->kept = h->ends = 0;
	looks = end < n ? looks_of(p + end, n - end) : LINX_HTTP_LOOKS_FOREIGN;
	if (looks == LINX_HTTP_LOOKS_RIGHT)
		return end;
	linx_probe_spend(WORK_OF_LENGTH_BYTE * (end - begin));
	body = linx_probe_is_spent() ? 0 : body_length(p + begin, end - begin);
	if (looks == LINX_HTTP_LOOKS_SHORT && !body)
		return end;
	if (body && body < n - end && looks_of(p + end + body, n - end - body) != LINX_HTTP_LOOKS_FOREIGN)
		return end + body;
	h->state = end == moved ? LINX_HTTP_ASK : LINX_HTTP_NOT;
	if (body > moved - end && body < f->s->http_bytes) {
		h->state = LINX_HTTP_IN;
		h->kept = body - (moved - end);
		h->ends = LINX_HTTP_ENDS_BODY;
	}
	return 0;
}

/*
 * Bytes that are kept of the n at p, of the moved ones, which from at on are within a header: up to
 * its end and some of what follows, or all where they end within it or within the next one, of a pipeline. A probe that
 * has no time for the next one keeps what a buffer of another kind would have.
 */
static u32 pass_headers(struct linx_fill *f, const u8 *p, u32 n, u64 moved, u32 at)
{
	struct linx_http_fill *h = &f->http;
	u32 end, next;

	linx_probe_spend(WORK_OF_HEADER_BYTE * n);
	while ((end = find_end(&h->ends, p + at, n - at))) {
		end += at;
		linx_probe_spend(WORK_OF_HEADER);
		next = linx_probe_is_spent() ? 0 : next_header(f, p, n, moved, at, end);
		if (linx_probe_is_spent())
			h->state = LINX_HTTP_NOT;
		if (!next)
			return min(n, end + f->s->snap_bytes);
		at = next;
	}
	h->kept += n - at;
	if (h->kept >= f->s->http_bytes)
		h->state = LINX_HTTP_NOT;
	return n;
}

/*
 * The call's next bytes, so many, belong to a short body. Returns how many of them do before the next header may
 * begin; 0: all, or what follows is not known to be one.
 */
static u32 pass_body(struct linx_http_fill *h, u64 moved)
{
	u32 body = h->kept;

	if (moved < body) {
		h->kept -= moved;
		return 0;
	}
	h->kept = h->ends = 0;
	h->state = moved == body ? LINX_HTTP_ASK : LINX_HTTP_IN;
	return moved == body ? 0 : body;
}

/* Makes the newest value of the record one of n bytes of memory: it had more. */
static void shorten(struct linx_fill *f, struct linx_val *v, u32 had, u32 n)
{
	u8 kind = LINX_VAL_KIND(v->info);

	linx_probe_spend(LINX_WORK_OF_BYTE * (had - n)); /* read, and given back */
	f->budget += had - n;
	f->p = linx_val_finish(v, v->arg, LINX_VAL_INFO(kind, LINX_TRUNCATED), v->size - (had - n), v->orig);
}

/* Captures as much as is wanted of the value v, of len bytes at addr. Returns its bytes, n of them. */
static const u8 *extend(struct linx_fill *f, struct linx_val *v, u64 addr, u64 len, u32 wanted, u32 *n)
{
	const u8 *p = linx_val_memory(v, n);

	if (wanted <= *n || LINX_VAL_STATE(v->info) != LINX_TRUNCATED)
		return p;
	if (wanted == len)
		v->info = LINX_VAL_INFO(LINX_VAL_KIND(v->info), LINX_WHOLE);
	linx_capture_more(f, v, addr, len, wanted);
	return linx_val_memory(v, n);
}

/* The value v, of len bytes at addr of which the call moved so many, is within a header, or a body before one: more of it. */
static void keep_header(struct linx_fill *f, struct linx_val *v, u64 addr, u64 len, u64 moved)
{
	struct linx_http_fill *h = &f->http;
	u32 n, keep, at = 0;
	const u8 *p;

	if (h->ends == LINX_HTTP_ENDS_BODY) {
		at = pass_body(h, moved);
		if (!at)
			return;
	}
	p = extend(f, v, addr, len, min3(len, moved, (u64)(f->s->http_bytes - h->kept)), &n);
	keep = 0;
	if (at && (n <= at || looks_of(p + at, min_t(u64, n, moved) - at) == LINX_HTTP_LOOKS_FOREIGN))
		h->state = LINX_HTTP_NOT;
	else
		keep = pass_headers(f, p, min_t(u64, n, moved), moved, at);
	keep = max_t(u32, keep, min_t(u64, n, f->s->snap_bytes));
	if (keep < n)
		shorten(f, v, n, keep);
}

bool linx_http_put(struct linx_fill *f, u8 arg, u8 kind, u64 addr, u64 len)
{
	struct linx_http_fill *h = &f->http;
	u64 moved = min(len, h->left);
	struct linx_val *v;
	const u8 *p;
	u32 n;

	if (kind == LINX_VAL_MEM)
		v = linx_capture_mem(f, arg, addr, len, f->s->snap_bytes);
	else
		v = linx_capture_bytes(f, arg, addr, len, f->s->snap_bytes);
	h->left -= h->left == U64_MAX ? 0 : moved;
	if (!v)
		return false;
	linx_captured_buffer(f);
	if (unlikely(LINX_VAL_STATE(v->info) == LINX_UNREADABLE && linx_probe_is_spent()))
		f->budget = 0; /* nothing else is read */
	p = linx_val_memory(v, &n);
	n = min_t(u64, n, moved);
	if (h->state == LINX_HTTP_ASK && n)
		decide(f, p, n);
	if (h->state == LINX_HTTP_IN && n)
		keep_header(f, v, addr, len, moved);
	return true;
}

void linx_http_end(struct linx_fill *f)
{
	struct linx_http_fill *h = &f->http;
	bool had = h->slot;
	u64 entry;

	if (!h->ino)
		return;
	if (h->state != LINX_HTTP_IN) {
		if (had)
			exchange(f->s, h->slot, h->old, 0);
		return;
	}
	if (!had)
		h->slot = find_room(f->s->http, h->ino, &h->old);
	entry = entry_of(h->ino, h->out, h->kept, h->ends);
	if (exchange(f->s, h->slot, h->old, entry) && !had && h->old && LINX_HTTP_ENDS(h->old) != LINX_HTTP_ENDS_BODY)
		atomic64_inc(&f->s->http->dropped);
}
