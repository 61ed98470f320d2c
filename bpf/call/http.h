/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records the header of an HTTP/1 message, and the preface of HTTP/2, whole: up to the empty line that ends it, even
 * where other buffers are cut. kmod/capture/http.c describes the rules. All bytes are read from the record in the
 * ring, to which no other program writes. The search for the end of a header reads eight of them at a time.
 */
#ifndef LINX_BPF_HTTP_H
#define LINX_BPF_HTTP_H

#include "fd/fd.h"
#include "shared/http_begin.h"
#include "shared/http_facts.h"

struct http_set {
	__u64 entry[LINX_HTTP_SET];
};
MAP_OF(http_sets, MAP_ARRAY, 1, MAP_MMAPABLE, __u32, struct http_set);

#define MSG_OOB 0x1
#define MSG_PEEK 0x2
/*
 * Flags of a receive that returns bytes outside the stream, or bytes that a later receive returns again. A send ignores
 * these flags.
 */
#define MSG_ASIDE (MSG_PEEK | MSG_OOB | MSG_ERRQUEUE)

#define S_IFSOCK 0140000

static long http_look_step(__u32 i, void *data)
{
	struct cpu *x = data;
	struct http_work *h = &x->w->http;

	if (i >= h->look_n)
		return 1;
	h->look = linx_http_step(h->look, load(x, h->look_at + i, 1), i);
	return LINX_HTTP_IS_DECIDED(h->look);
}

/* Returns whether the n bytes at offset "at" in the ring look like the begin of an HTTP message (LINX_HTTP_LOOKS_*). */
static __noinline __u32 http_looks(struct cpu *x, __u64 at, __u64 n)
{
	struct http_work *h = &x->w->http;

	h->look = LINX_HTTP_AT_START;
	h->look_at = at;
	h->look_n = min_u64(n, LINX_HTTP_LOOK);
	bpf_loop(LINX_HTTP_LOOK, http_look_step, x, 0);
	return linx_http_looks_at(h->look, h->look_n);
}

/* ---- sockets with an unfinished header ------------------------------------------------- */

static __always_inline __u32 http_seconds(const struct cpu *x)
{
	return x->w->time / 1000000000 & LINX_HTTP_TIME_MASK;
}

static __always_inline bool http_is_busy(void)
{
	return *(volatile __u32 *)&control.http_unfinished;
}

static __always_inline struct http_set *http_set_of(__u32 ino)
{
	__u32 at = ino * 0x61c88647u >> 24;

	_Static_assert(LINX_HTTP_ENTRIES / LINX_HTTP_SET == 1 << 8, "the hash has as many bits");
	return bpf_map_lookup_elem(&http_sets, &at);
}

/*
 * Returns the inode number of the socket behind a descriptor of this task; 0: the descriptor is not that of a socket.
 */
static __noinline __u32 http_socket(struct cpu *x, __s32 fd)
{
	struct found *f = &x->w->found;

	if (fd < 0 || !x->task->files || !find_file(x, fd) || (f->mode & S_IFMT) != S_IFSOCK)
		return 0;
	return f->ino;
}

/* Has an earlier call on the socket left a header unfinished, in either direction? */
static __always_inline bool http_is_open(__u32 ino)
{
	struct http_set *s = http_set_of(ino);

	for (int i = 0; s && i < LINX_HTTP_SET; i++)
		if (LINX_HTTP_INO(*(volatile __u64 *)&s->entry[i]) == ino)
			return true;
	return false;
}

/*
 * Finds the entry of one direction of a socket, for a header that an earlier call left unfinished. Returns its index
 * in the set and copies it to http.old; LINX_HTTP_SET: there is none.
 */
static __always_inline __u32 http_find(struct cpu *x, __u32 ino, bool out)
{
	const __u64 wanted = (__u64)ino << 32 | (out ? LINX_HTTP_SENT : 0);
	struct http_set *s = http_set_of(ino);
	__u64 entry;

	for (__u32 i = 0; s && i < LINX_HTTP_SET; i++) {
		entry = *(volatile __u64 *)&s->entry[i];
		if (LINX_HTTP_SAME(entry, wanted)) {
			x->w->http.old = entry;
			return i;
		}
	}
	return LINX_HTTP_SET;
}

/* Returns the index of a free entry in the socket's set, or of the oldest entry, and copies that entry to http.old. */
static __always_inline __u32 http_find_room(struct cpu *x, __u32 ino)
{
	struct http_set *s = http_set_of(ino);
	__u32 best = 0, now = http_seconds(x), oldest = 0, age;
	__u64 entry, old = 0;

	for (__u32 i = 0; s && i < LINX_HTTP_SET; i++) {
		entry = *(volatile __u64 *)&s->entry[i];
		age = entry ? LINX_HTTP_AGE(entry, now) : ~0u;
		if (i && age <= oldest)
			continue;
		best = i;
		old = entry;
		oldest = age;
	}
	x->w->http.old = old;
	return best;
}

/*
 * Replaces the entry http.old of the socket's set by another entry, or frees it if the new entry is 0. Keeps the number
 * of used entries up to date. Returns false if another CPU changed the entry first.
 */
static __noinline bool http_exchange(struct cpu *x, __u64 entry)
{
	struct http_work *h = &x->w->http;
	struct http_set *s = http_set_of(h->ino);
	__u64 old = h->old;
	__u32 at = h->place;

	pin(at);
	if (!s || at >= LINX_HTTP_SET || __sync_val_compare_and_swap(&s->entry[at], old, entry) != old)
		return false;
	if (!old && entry)
		add_atomic(&control.http_unfinished, 1);
	if (old && !entry)
		add_atomic(&control.http_unfinished, -1);
	return true;
}

/* ---- the buffers of a call -------------------------------------------------------------- */

/*
 * Does a receive return bytes outside the stream, or bytes that a later receive returns again? flags: at least one of
 * MSG_ASIDE. A UNIX socket has no error queue and ignores MSG_ERRQUEUE.
 */
static __noinline bool takes_aside(struct cpu *x, __s32 fd, __u32 flags)
{
	return flags & (MSG_PEEK | MSG_OOB) || !is_unix(x, fd);
}

static __always_inline void http_start(struct cpu *x, __s64 moved, __u32 what, __s32 fd, __u32 flags)
{
	struct http_work *h = &x->w->http;

	if (!what || moved <= 0 || (flags & MSG_ASIDE && !(what & LINX_HTTP_SENDS) && takes_aside(x, fd, flags)))
		return;
	__builtin_memset(h, 0, sizeof(*h));
	h->on = 1;
	h->left = what & LINX_HTTP_MANY ? ~0ull : moved;
	h->fd = fd;
	h->out = !!(what & LINX_HTTP_SENDS);
}

/* Sets what the search for headers needs. Called before the buffers of a call that has returned are captured. */
static __always_inline void http_begin_call(struct cpu *x, __u32 what)
{
	__u32 at = LINX_HTTP_FLAGS_OF(what);

	x->w->http.on = 0;
	http_start(x, x->w->ret, what, x->w->args[0], at ? arg_n(x, at) : 0);
}

/*
 * Sets what the search for headers needs, before the buffers of an io_uring operation are captured: the buffers of a
 * send at its submission, when the result is not known yet, and the buffers of a receive at its result. done: this is
 * the result; a constant.
 */
static __always_inline void http_begin_op(struct cpu *x, __u32 what, bool nameless, bool done)
{
	__u32 at = LINX_HTTP_FLAGS_OF(what);
	bool sends = what & LINX_HTTP_SENDS;

	x->w->http.on = 0;
	if (sends == done || (nameless && !at))
		return;
	http_start(x, sends ? (__s64)(~0ull >> 1) : x->w->ret, what, x->w->args[0], at ? arg_n(x, at) : 0);
	x->w->http.nameless = nameless;
}

/*
 * Sets what the search for headers needs, before the buffers of a socketcall(2) are captured, and after its arguments
 * have been captured from user memory.
 */
static __noinline int http_begin_in_memory(struct cpu *x)
{
	__u32 what, fd = 0, flags = 0;

	switch ((__u32)x->w->args[0]) {
#define OPERATION(name, what_)   \
	case SYS_##name:         \
		what = what_;    \
		break;
#include "tables/http.def"
#undef OPERATION
	default:
		return 0;
	}
	if (socketcall_word(x, 0, &fd) && (!LINX_HTTP_FLAGS_OF(what) || socketcall_word(x, LINX_HTTP_FLAGS_OF(what), &flags)))
		http_start(x, x->w->ret, what, fd, flags);
	return 0;
}

/* Decides whether the next n bytes of the call, at offset "at" in the ring, belong to a header. */
static __always_inline void http_decide(struct cpu *x, __u64 at, __u64 n)
{
	struct http_work *h = &x->w->http;
	__u32 looks = http_looks(x, at, n);
	bool goes_on = false;

	h->state = LINX_HTTP_NOT;
	if (looks == LINX_HTTP_LOOKS_FOREIGN && (h->looked_up || !http_is_busy()))
		return;
	if (!h->looked_up) {
		h->looked_up = 1;
		h->ino = h->nameless ? 0 : http_socket(x, h->fd);
		h->place = h->ino ? http_find(x, h->ino, h->out) : LINX_HTTP_SET;
		goes_on = h->place < LINX_HTTP_SET;
		h->had = goes_on;
	}
	if ((!h->ino && !h->nameless) || (looks == LINX_HTTP_LOOKS_FOREIGN && !goes_on))
		return;
	h->state = LINX_HTTP_WITHIN;
	h->kept = h->ends = 0;
	if (goes_on && looks != LINX_HTTP_LOOKS_RIGHT) {
		h->kept = LINX_HTTP_KEPT(h->old);
		h->ends = LINX_HTTP_ENDS(h->old);
	}
}

/* ---- the end of a header ---------------------------------------------------------------- */

#define LOWER 0x2020202020202020ull
/* The name "content-length:" in two words; the line feed before the name is not part of the words. */
#define CONTENT_WORD 0x2d746e65746e6f63ull
#define LENGTH_WORD 0x003a6874676e656cull
#define CONTENT_LENGTH_LEN 15u

/* If the line at offset "line" of the value is "Content-Length:", sets length_at to the offset of the number. */
static __noinline int http_note_length(struct cpu *x, __u64 line)
{
	struct http_work *h = &x->w->http;
	__u64 first, second;

	if (h->length_at || line + CONTENT_LENGTH_LEN >= h->n)
		return 0;
	first = load(x, h->data + line, 8);
	second = load(x, h->data + line + 8, 7);
	if ((first | LOWER) == (CONTENT_WORD | LOWER) && first >> 56 == '-' && (second | LOWER >> 8) == (LENGTH_WORD | LOWER >> 8) &&
	    second >> 48 == ':')
		h->length_at = line + CONTENT_LENGTH_LEN;
	return 0;
}

static long http_digit(__u32 i, void *data)
{
	struct cpu *x = data;
	struct http_work *h = &x->w->http;
	__u32 c = load(x, h->data + h->length_at + i, 1);

	if (c < '0' || c > '9')
		return h->digits || (c != ' ' && c != '\t');
	h->digits = 1;
	h->number = h->number * 10 + (c - '0');
	return h->number > LINX_REC_USER_MAX;
}

/*
 * Returns the length of the body, read from offset length_at of the value. A number above the size of any record means
 * "too long"; 0: no length was found.
 */
static __always_inline __u32 http_body_length(struct cpu *x)
{
	struct http_work *h = &x->w->http;

	h->number = h->digits = 0;
	if (h->length_at)
		bpf_loop(LINX_HTTP_DIGITS_MAX, http_digit, x, 0);
	return h->number;
}

/*
 * Handles a header that ends at offset "end" of the value. Returns the offset of the next header of a pipeline, which
 * begins at "end" or after a body of known length; 0: no header follows. If the rest of a short body comes with the
 * next call, http.kept is set to the length of that rest.
 */
static __always_inline __u64 http_next(struct cpu *x, __u64 end)
{
	struct http_work *h = &x->w->http;
	__u64 n = h->n, body;
	__u32 looks;

	h->kept = h->ends = 0;
	n = opaque(x, n);
	looks = end < n ? http_looks(x, h->data + end, n - end) : LINX_HTTP_LOOKS_FOREIGN;
	if (looks == LINX_HTTP_LOOKS_RIGHT)
		return end;
	body = http_body_length(x);
	if (looks == LINX_HTTP_LOOKS_SHORT && !body)
		return end;
	if (body && body < n - end && http_looks(x, h->data + end + body, n - end - body) != LINX_HTTP_LOOKS_FOREIGN)
		return end + body;
	h->state = end == h->moved ? LINX_HTTP_ASK : LINX_HTTP_NOT;
	if (body > h->moved - end && body < config.http_bytes) {
		h->state = LINX_HTTP_WITHIN;
		h->kept = body - (h->moved - end);
		h->ends = LINX_HTTP_ENDS_BODY;
	}
	return 0;
}

/* Returns the number of bytes before the first line feed in the word; 8: there is none. */
static __always_inline __u64 before_newline(__u64 word)
{
	__u64 bits = word ^ 0x0a0a0a0a0a0a0a0aull;

	bits = (bits - 0x0101010101010101ull) & ~bits & 0x8080808080808080ull;
	return bits ? count_bits((bits & -bits) - 1) / 8 : 8;
}

/*
 * Scans up to eight bytes, or to the end of a line. Returns 1, which ends the loop, if all bytes were scanned or if the
 * rest does not belong to a header.
 */
static long http_scan(__u32 i, void *data)
{
	struct cpu *x = data;
	struct http_work *h = &x->w->http;
	__u64 at = h->at, n;
	__u8 *p = ring_at(x, h->data + at, 8);
	__u64 word = p ? *(volatile __u64 *)p : 0;

	if (at >= h->n)
		return 1;
	n = opaque(x, min_u64(before_newline(word), h->n - at));
	if (n) {
		if (n == 1 && (word & 0xff) == '\r' && h->ends == LINX_HTTP_ENDS_LINE)
			h->ends = LINX_HTTP_ENDS_RETURN;
		else
			h->ends = LINX_HTTP_ENDS_NOT; /* an empty line may hold only a carriage return */
		h->at = at + n;
		return 0;
	}
	h->at = at + 1;
	if (h->ends == LINX_HTTP_ENDS_NOT) {
		h->ends = LINX_HTTP_ENDS_LINE;
		http_note_length(x, at + 1);
		return 0;
	}
	h->over = at + 1;
	h->at = http_next(x, at + 1);
	h->begin = h->at;
	h->length_at = 0;
	if (h->at)
		h->over = 0;
	return !h->at;
}

/*
 * Scans the header that continues at offset "at" of the value, and further headers of a pipeline. Returns how many
 * bytes of the value to keep: up to the end of the last header and snap_bytes more, or all if the value ends within a
 * header.
 */
static __always_inline __u64 http_pass_headers(struct cpu *x, __u64 at)
{
	struct http_work *h = &x->w->http;

	h->at = h->begin = at;
	h->over = h->length_at = 0;
	bpf_loop(LINX_REC_USER_MAX, http_scan, x, 0);
	if (h->over)
		return min_u64(h->n, h->over + config.snap_bytes);
	h->kept += h->n - h->begin;
	if (h->kept >= config.http_bytes)
		h->state = LINX_HTTP_NOT;
	return h->n;
}

/*
 * Skips the rest of a short body that began in an earlier buffer. Returns how many bytes of this buffer come before the
 * next header; 0: all bytes belong to the body, or no header follows.
 */
static __always_inline __u64 http_pass_body(struct http_work *h)
{
	__u64 body = h->kept;

	if (h->moved < body) {
		h->kept -= h->moved;
		return 0;
	}
	h->kept = h->ends = 0;
	h->state = h->moved == body ? LINX_HTTP_ASK : LINX_HTTP_WITHIN;
	return h->moved == body ? 0 : body;
}

/* ---- values ------------------------------------------------------------------------------ */

/*
 * Captures more of the newest value's memory, until the value has "wanted" bytes of that memory. Returns how many bytes
 * the value has then, which are fewer if there is no room.
 */
static __noinline __u64 http_extend(struct cpu *x, __u64 val, __u64 addr, __u64 len, __u64 wanted)
{
	struct work *w = x->w;
	__u64 head = load(x, val, 8), size = head & 0xffff, skip = opaque(x, (head >> 27 & 0x1f) == LINX_VAL_MEM ? 8 : 0);
	__u64 had = opaque(x, size - skip), place = val + 8 + size, more, got, state;

	if (wanted <= had || (head >> 24 & 7) != LINX_TRUNCATED || w->end < place)
		return had;
	more = opaque(x, min_u64(min_u64(wanted - had, w->budget), (w->end - place) & ~7ull));
	got = opaque(x, read_user(x, place, addr + had, more));
	state = got < more ? LINX_UNREADABLE : had + more < len ? LINX_TRUNCATED : LINX_WHOLE;
	w->budget -= min_u64(got, w->budget);
	val_finish(x, val, (head >> 16 & 0xff) | ((head >> 24 & 0xf8) | opaque(x, state)) << 8, size + got, head >> 32);
	return opaque(x, had + got);
}

/* Shortens the newest value, which has "had" bytes of its memory, to n bytes. */
static __always_inline void http_shorten(struct cpu *x, __u64 val, __u64 had, __u64 n)
{
	__u64 head = load(x, val, 8);

	x->w->budget += had - n;
	val_finish(x, val, (head >> 16 & 0xff) | ((head >> 24 & 0xf8) | LINX_TRUNCATED) << 8, (head & 0xffff) - (had - n), head >> 32);
}

/*
 * Handles a value that begins within a header, or within the short body before one: extends or cuts the value so that
 * it holds the whole header and up to snap_bytes more. val: offset of the value in the ring. The value's memory is len
 * bytes at addr.
 */
static __always_inline void http_keep(struct cpu *x, __u64 val, __u64 addr, __u64 len)
{
	struct http_work *h = &x->w->http;
	__u64 at = 0, keep = 0, had;

	if (h->ends == LINX_HTTP_ENDS_BODY) {
		at = http_pass_body(h);
		if (!at)
			return;
	}
	keep = opaque(x, min_u64(min_u64(len, h->moved), config.http_bytes - min_u64(h->kept, config.http_bytes)));
	had = http_extend(x, val, addr, len, keep);
	h->n = min_u64(had, h->moved);
	keep = 0;
	if (at && (had <= at || http_looks(x, h->data + at, h->n - at) == LINX_HTTP_LOOKS_FOREIGN))
		h->state = LINX_HTTP_NOT;
	else
		keep = http_pass_headers(x, at);
	keep = opaque(x, keep);
	if (keep < min_u64(had, config.snap_bytes))
		keep = min_u64(had, config.snap_bytes);
	keep = opaque(x, keep);
	if (keep < had)
		http_shorten(x, val, had, keep);
}

/*
 * Looks for a header in a buffer of the call. Called for each buffer in order, right after its value was written. val:
 * offset of the value in the ring; the buffer is len bytes at addr.
 */
static __noinline int http_look(struct cpu *x, __u64 val, __u64 addr, __u64 len)
{
	struct work *w = x->w;
	struct http_work *h = &w->http;
	__u64 head = load(x, val, 8), skip = opaque(x, (head >> 27 & 0x1f) == LINX_VAL_MEM ? 8 : 0);
	__u64 moved = opaque(x, min_u64(len, h->left)), n;

	if (h->left != ~0ull)
		h->left -= moved;
	if (w->full || w->at == val)
		return 0;
	n = opaque(x, min_u64((head & 0xffff) - skip, moved));
	if (!n)
		return 0;
	h->moved = moved;
	h->data = val + 8 + skip;
	if (h->state == LINX_HTTP_ASK)
		http_decide(x, h->data, n);
	if (h->state == LINX_HTTP_WITHIN)
		http_keep(x, val, addr, len);
	return 0;
}

/* Stores in the socket's entry whether a header is unfinished. Called after the last buffer of a call. */
static __noinline int http_end(struct cpu *x)
{
	struct http_work *h = &x->w->http;
	__u64 entry;

	h->on = 0;
	if (!h->ino)
		return 0;
	if (h->state != LINX_HTTP_WITHIN) {
		if (h->had)
			http_exchange(x, 0);
		return 0;
	}
	if (!h->had)
		h->place = http_find_room(x, h->ino);
	entry = LINX_HTTP_ENTRY(h->ino, http_seconds(x), h->out, h->kept, h->ends);
	if (http_exchange(x, entry) && !h->had && h->old && LINX_HTTP_ENDS(h->old) != LINX_HTTP_ENDS_BODY)
		add_atomic(&control.http_dropped, 1);
	return 0;
}

/*
 * Can the n bytes of a buffer at offset "at", in a record of the fast path, hold a part of a header? If so, the slow
 * path writes the record again.
 */
static __noinline bool http_concerns(struct cpu *x, __s32 fd, __u64 at, __u64 n)
{
	__u32 ino = http_socket(x, fd);

	return ino && (http_is_open(ino) || http_looks(x, at, n) != LINX_HTTP_LOOKS_FOREIGN);
}

#endif
