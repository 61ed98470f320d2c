// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds headers of HTTP/1 messages, and the preface of HTTP/2, in the data of sockets.
 *
 * The first bytes that a call moves decide whether they begin a header (shared/http_begin.h). A header is captured up
 * to its empty line, and behind it as many bytes as are captured of any buffer. If a call ends within a header, an
 * entry for the socket (inode number and direction) is added to the session's table (struct linx_http). A later call of
 * any thread on any CPU that continues the header finds the entry. If two threads move bytes in one direction at the
 * same moment, their order is not known, and the entry of the later call replaces that of the other one.
 *
 * If messages follow each other on a socket, the next header begins behind a body. The next header is found if the
 * header before it states the body's length, and if the body is shorter than the limit for headers. If such a body
 * continues in the next call, an entry with the length of the body's rest is added. If a header states a wrong length
 * of its body, other bytes are taken for the next header, and too many bytes are captured if they look like one.
 *
 * Probe context; preemption off makes the probe an RCU reader. All bytes are examined in the
 * record, which no other task writes. linx_session.http_bytes limits the work for each
 * buffer, and linx_fill.budget limits it for all buffers together.
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
#include "shared/ids.h"

static const u8 calls[LINX_ROW_ID_NR] = {
#define CALL(row, what) [LINX_ROW_ID_##row] = what,
#include "tables/http.def"
#undef CALL
};

/* LINX_HTTP_* of each operation of socketcall(2), by its number: how it moves bytes through a socket. */
static const u8 operations[] = {
#define OPERATION(name, what) [SYS_##name] = what,
#include "tables/http.def"
#undef OPERATION
};

/* Returns LINX_HTTP_MOVES and other flags of a call; 0: the call moves no bytes through a socket. */
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

/* Calls linx_http_looks(), which is large, without inlining it into each caller. */
static noinline enum linx_http_looks looks_of(const u8 *p, u32 n)
{
	return linx_http_looks(p, n);
}

#define EACH_BYTE(value) ((value) * 0x0101010101010101ULL)

/*
 * Finds the first line feed between p and stop; NULL: there is none. Works on whole words, since memchr() takes five
 * instructions for each byte.
 */
static const u8 *find_line_end(const u8 *p, const u8 *stop)
{
	u64 word;

	for (; stop - p >= (long)sizeof(word); p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		word ^= EACH_BYTE('\n');
		word = (word - EACH_BYTE(1)) & ~word & EACH_BYTE(0x80); /* lowest bit: first zero byte */
		if (word)
			return p + __ffs64(word) / 8;
	}
	for (; p < stop; p++)
		if (*p == '\n')
			return p;
	return NULL;
}

/*
 * Returns the enum linx_http_ends behind n more bytes of a line, which are at p. ends: the state before them. The line
 * is empty, and ends the header, if it has no bytes or one carriage return.
 */
static u8 ends_behind(u8 ends, const u8 *p, u32 n)
{
	if (!n)
		return ends;
	return n == 1 && *p == '\r' && ends == LINX_HTTP_ENDS_LINE ? LINX_HTTP_ENDS_RETURN : LINX_HTTP_ENDS_NOT;
}

/*
 * Returns the number of bytes from p up to the end of the header, with its empty line; 0: the end is not among the n
 * bytes. Updates *ends, the part of the end that was seen, also in bytes before p.
 */
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

/* Returns the current time in seconds, modulo LINX_HTTP_TIME_MASK + 1. */
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

/*
 * Replaces the entry "old" in *slot by the entry "new"; 0 stands for a free slot. Keeps s->http_unfinished up to date.
 * Returns false if another CPU changed the entry first.
 */
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

/*
 * Returns the slot with the entry of a socket and direction (out: sending), and sets *entry to the entry. NULL: no
 * header in that direction is unfinished.
 */
static u64 *find(struct linx_session *s, u32 ino, bool out, u64 *entry)
{
	const u64 wanted = (u64)ino << 32 | (out ? LINX_HTTP_SENT : 0);
	u64 *slot = linx_http_set(s->http, ino), *end = slot + LINX_HTTP_SET;

	for (; slot < end; slot++) {
		*entry = READ_ONCE(*slot);
		if (LINX_HTTP_SAME(*entry, wanted))
			return slot;
	}
	return NULL;
}

/* Returns a slot for a new entry: a free one, or that of the oldest entry of the set. Sets *entry to its content. */
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
 * Does the call receive bytes that are not part of the stream (MSG_OOB, MSG_ERRQUEUE), or that a later call receives
 * again (MSG_PEEK)? A UNIX socket has no error queue and ignores MSG_ERRQUEUE; a send ignores all of these flags.
 */
static bool is_aside(u8 what, s32 fd, u32 flags)
{
	if (likely(!(flags & (MSG_PEEK | MSG_OOB | MSG_ERRQUEUE))) || what & LINX_HTTP_SENDS)
		return false;
	return flags & (MSG_PEEK | MSG_OOB) || linx_fd_socket(fd).family != AF_UNIX;
}

/*
 * Begins the search for headers in the buffers of a call, if the call can move bytes of a socket's stream. moved:
 * number of bytes that the call moved; 0: none, or not known. what: LINX_HTTP_* of the call. flags: MSG_*. named: false
 * for an io_uring operation on a socket that has no descriptor, only an index.
 */
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
 * Returns how many bytes the call moved. 0: the call moved none, or its buffers are captured in another record.
 * U64_MAX: not known yet, as the data of an io_uring send are captured at submission.
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

/* Sets ino, slot and old of f->http: the socket's inode, and the entry of its unfinished header. */
static void look_up(struct linx_fill *f)
{
	struct linx_http_fill *h = &f->http;

	h->looked_up = true;
	/*
	 * The result of an io_uring operation may be posted by a task without a descriptor table (current->files is
	 * NULL).
	 */
	h->ino = h->named && current->files ? linx_http_socket(h->fd) : 0;
	h->slot = h->ino ? find(f->s, h->ino, h->out, &h->old) : NULL;
}

/* Sets f->http.state: whether the next bytes of the call, n bytes at p, begin or continue a header. */
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
	h->state = LINX_HTTP_WITHIN;
	h->kept = h->ends = 0;
	if (goes_on && looks != LINX_HTTP_LOOKS_RIGHT) {
		h->kept = LINX_HTTP_KEPT(h->old);
		h->ends = LINX_HTTP_ENDS(h->old);
	}
}

#define LENGTH "\ncontent-length:"
#define LENGTH_LEN (sizeof(LENGTH) - 1)

/*
 * Returns the decimal number at p, behind blanks; reading stops above LINX_REC_USER_MAX. n: number of bytes at p. 0: no
 * number.
 */
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
 * Work of the end of a header, of each byte searched for the end, and of each byte searched for the body's length, in
 * the unit of core/probe_work.h. They were measured by tests/vm/prog/rec_bound.c.
 */
#define WORK_OF_HEADER 1200
#define WORK_OF_HEADER_BYTE 3
#define WORK_OF_LENGTH_BYTE 4

/*
 * Do the bytes at p equal LENGTH, in upper or lower case? They are compared as two words, in which the bit that
 * distinguishes cases is set for letters only.
 */
static bool is_length(const u8 *p)
{
	static const char letters[] = "\0       \0      "; /* 0x20 for each letter */
	u64 word[2], cases[2], length[2];

	static_assert(LENGTH_LEN == sizeof(word) && sizeof(letters) == sizeof(word));
	memcpy(word, p, sizeof(word));
	memcpy(cases, letters, sizeof(cases));
	memcpy(length, LENGTH, sizeof(length));
	return (word[0] | cases[0]) == length[0] && (word[1] | cases[1]) == length[1];
}

/* Returns the length of the body according to the header, n bytes at p; 0: the header has no "Content-Length:". */
static u32 body_length(const u8 *p, u32 n)
{
	const u8 *stop = p + n, *line = p;

	while ((line = find_line_end(line, stop)) && stop - line > LENGTH_LEN) {
		if (is_length(line))
			return number_at(line + LENGTH_LEN, min_t(u64, stop - line - LENGTH_LEN, LINX_HTTP_DIGITS_MAX));
		line++;
	}
	return 0;
}

/*
 * Finds the header that follows a header. p: the first n of the moved bytes, in which the header goes from "begin" to
 * "end". Returns the offset of the next header, which is "end" or the end of a body of known length; 0: no header
 * follows. The first bytes of a body can look like the beginning of a method; then the body's length decides. If a
 * short body continues in the next call, f->http is set so that the header that follows the body is found there.
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
		h->state = LINX_HTTP_WITHIN;
		h->kept = body - (moved - end);
		h->ends = LINX_HTTP_ENDS_BODY;
	}
	return 0;
}

/*
 * Finds the end of a header that begins or continues at offset at, and of the headers that follow it. Returns how many
 * of the n bytes at p are kept: up to the end of the last header and snap_bytes more, or all if they end within a
 * header. When the probe has reached its limit of work, no further header is searched for.
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
 * Handles moved bytes that begin with the rest of a short body, of h->kept bytes. Returns the length of that rest if a
 * header can follow; 0: all moved bytes belong to the body.
 */
static u32 pass_body(struct linx_http_fill *h, u64 moved)
{
	u32 body = h->kept;

	if (moved < body) {
		h->kept -= moved;
		return 0;
	}
	h->kept = h->ends = 0;
	h->state = moved == body ? LINX_HTTP_ASK : LINX_HTTP_WITHIN;
	return moved == body ? 0 : body;
}

/* Shortens v, the last value of the record, which has "had" bytes of captured memory, to n of them. */
static void shorten(struct linx_fill *f, struct linx_val *v, u32 had, u32 n)
{
	u8 kind = LINX_VAL_KIND(v->info);

	linx_probe_spend(LINX_WORK_OF_BYTE * (had - n)); /* counts the bytes that are cut off, which have been read */
	f->budget += had - n;
	f->p = linx_val_finish(v, v->arg, LINX_VAL_INFO(kind, LINX_TRUNCATED), v->size - (had - n), v->orig);
}

/*
 * Extends v, the last value of the record, to the first "wanted" of the len bytes at addr. Returns the captured bytes,
 * and sets *n to their number.
 */
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

/*
 * Extends v, the last value of the record, so that it holds the whole header which its bytes begin or continue, or
 * which follows a short body. v is the value of a buffer of len bytes at addr. moved: number of its bytes that the call
 * moved, from the first one on.
 */
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
		f->budget = 0; /* no other memory is read */
	p = linx_val_memory(v, &n);
	n = min_t(u64, n, moved);
	if (h->state == LINX_HTTP_ASK && n)
		decide(f, p, n);
	if (h->state == LINX_HTTP_WITHIN && n)
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
	if (h->state != LINX_HTTP_WITHIN) {
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
