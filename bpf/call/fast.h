/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fast path writes the records of the most frequent calls: those whose arguments are numbers and at most two
 * buffers or strings. It needs a task that has a context record in the stream, and a ring with room. In every other
 * case it gives up, and the slow path writes the record from the beginning. Nothing is counted before the record is
 * complete. Both paths write the same bytes.
 */
#ifndef LINX_BPF_FAST_H
#define LINX_BPF_FAST_H

#include "base/arch.h"
#include "call/call.h"
#include "filter/filter.h"
#include "task/task.h"

/* Room of one value: its bytes, its head, and padding of its last word. */
#define FAST_VALUE (LINX_BPF_FAST_MAX + 24)
/* Room of the longest record of the fast path. */
#define FAST_ROOM (FIXED_MAX + LINX_BPF_FAST_VALUES * FAST_VALUE + FD_ROOM)
_Static_assert(FAST_ROOM <= LINX_BPF_FAST_ROOM, "the library keeps that much");

/*
 * Can the fast path write this record? It cannot if the session has a filter or a budget, if the call's arguments need
 * the slow path, if lost records are still to be reported, or if the task has no context record in the stream.
 */
static __always_inline bool is_fast(struct cpu *x, const struct linx_bpf_call *call, __u32 kind)
{
	/* A receive with MSG_TRUNC may return a length although it filled no buffer. */
	if (kind == LINX_REC_EXIT && x->row->resolved == LINX_RESOLVED_MESSAGE &&
	    x->w->args[linx_message_flags(x->row->nargs)] & MSG_TRUNC)
		return false;
	return call->nfast <= LINX_BPF_FAST_VALUES && !settings()->filter && !x->c->gap_pending &&
	       x->c->nested_folded == x->c->nested && is_announced(x->w->tid);
}

/* Returns argument n of the call. args: the arguments as they were written to the record. */
static __always_inline __u64 fast_arg(const __u8 *args, __u64 n)
{
	pin(n);
	return n < LINX_NARGS ? *(volatile __u64 *)(args + n * 8) : 0;
}

/*
 * Returns the size of a value, which is a constant or the value of an argument, in some cases limited by the call's
 * result.
 */
static __always_inline __u64 fast_length(struct cpu *x, const __u8 *args, const struct linx_bpf_fast *f)
{
	__u64 len;

	if (!(f->how & LINX_BPF_FAST_LENGTH))
		return f->size;
	len = fast_arg(args, f->len_arg);
	if (f->how & LINX_BPF_FAST_INT)
		len = (__u32)len;
	return f->how & LINX_BPF_FAST_RESULT && (__u64)x->w->ret < len ? (__u64)x->w->ret : len;
}

/*
 * Writes a value's head at p, and zeroes behind its bytes up to the end of the word. Returns the offset in the ring
 * behind the value; 0: the value is too long.
 */
static __always_inline __u64 fast_end(__u8 *p, __u64 at, __u32 what, __u64 size, __u64 orig)
{
	__u64 last = size & ~7ull;

	pin(last);
	if (last > LINX_BPF_FAST_MAX)
		return 0;
	if (size & 7)
		*(volatile __u64 *)(p + 8 + last) &= (1ull << (size & 7) * 8) - 1;
	*(volatile __u64 *)p = size | (__u64)what << 16 | min_u64(orig, 0xffffffff) << 32;
	return at + 8 + align8(size);
}

static __always_inline __u64 fast_str(__u8 *p, __u64 at, __u32 arg, __u64 addr)
{
	__u64 size = min_u64(config.snap_str, LINX_BPF_FAST_MAX - 2) + 2;
	long n = bpf_probe_read_user_str(p + 8, size, (void *)addr);

	if (n <= 0 || (__u64)n == size)
		return 0;
	return fast_end(p, at, info_of(WHAT(arg, LINX_VAL_STR), LINX_WHOLE), n - 1, n - 1);
}

static __always_inline __u64 fast_bytes(struct cpu *x, const __u8 *args, __u8 *p, __u64 at, const struct linx_bpf_fast *f,
					__u64 addr, bool more)
{
	__u64 len = fast_length(x, args, f), wanted = min_u64(len, f->keep), end;

	pin(wanted);
	if (wanted > LINX_BPF_FAST_MAX || (wanted && bpf_probe_read_user(p + 8, wanted, (void *)addr)))
		return 0;
	end = fast_end(p, at, info_of(WHAT(f->arg, LINX_VAL_BYTES), wanted < len ? LINX_TRUNCATED : LINX_WHOLE), wanted, len);
	if (more && KEEPS_HTTP && x->w->http_call && (http_is_busy() || linx_http_may_begin(p + 8)) &&
	    http_concerns(x, fast_arg(args, 0), at + 8, wanted))
		return 0;
	return end;
}

/*
 * Writes the memory that an argument points to as a value at offset "at" in the ring. Returns the offset behind the
 * value; 0: only the slow path can write the value.
 */
static __always_inline __u64 fast_value(struct cpu *x, const __u8 *args, const struct linx_bpf_fast *f, __u64 at, bool more)
{
	__u64 addr = fast_arg(args, f->arg);
	__u8 *p = ring_at(x, at, FAST_VALUE);

	if (!p || (f->how & LINX_BPF_FAST_OUT && (x->w->kind == LINX_REC_ENTER || failed(x->w->ret))) || !addr)
		return p ? at : 0;
	x->w->nvals++;
	return f->how & LINX_BPF_FAST_STR ? fast_str(p, at, f->arg, addr) : fast_bytes(x, args, p, at, f, addr, more);
}

/* Sets *word to the name of a socket's protocol. Returns false if the name is longer than a word. */
static __always_inline bool fast_proto(struct dentry *d, __u64 *word)
{
	__u32 len = GET(d, dentry, d_name.len);

	if (len >= 8)
		return false;
	*word = (__u64)GET(GET(d, dentry, d_name.name), timespec64, tv_sec) & ((1ull << len * 8) - 1);
	return true;
}

static __always_inline void put_nth(__u8 *p, __u32 n, __u64 word)
{
	*(volatile __u64 *)(p + n * 8) = word;
}

_Static_assert(sizeof(struct linx_fd) == 5 * 8 && __builtin_offsetof(struct linx_fd, detail) == 38, "fast_peer() writes words");
_Static_assert(sizeof(struct linx_sock) == 11 * 8 && __builtin_offsetof(struct linx_sock, proto) == 7 * 8, "likewise");

/* Writes the addresses of an internet socket at p, word by word. */
static __always_inline void fast_addresses(__u8 *p, struct sock *sk)
{
	put_nth(p, 0, AF_INET | (__u64)GET(sk, sock, sk_type) << 16 | (__u64)GET(sk, sock, sk_protocol) << 32 |
			      (__u64)GET(sk, sock, __sk_common.skc_state) << 48);
	put_nth(p, 1, swap16(GET(sk, inet_sock, inet_sport)) | (__u64)swap16(GET(sk, sock, __sk_common.skc_dport)) << 16);
	put_nth(p, 2, GET(sk, sock, __sk_common.skc_rcv_saddr));
	put_nth(p, 3, 0);
	put_nth(p, 4, GET(sk, sock, __sk_common.skc_daddr));
	put_nth(p, 5, 0);
	put_nth(p, 6, 0);
}

/*
 * Writes the value about the call's socket at offset "at" in the ring. Returns the offset behind the value; 0: the
 * socket is not an IPv4 socket, or its value cannot be written here.
 */
static __always_inline __u64 fast_peer(struct cpu *x, __u64 at)
{
	const __u64 size = sizeof(struct linx_fd) + sizeof(struct linx_sock);
	struct found *f = &x->w->found;
	__u8 *p = ring_at(x, at, 8 + size);
	__s32 fd = x->w->args[0];
	struct sock *sk;
	__u64 proto;

	pin(p);
	if (!p || fd < 0 || !find_file(x, fd))
		return 0;
	sk = sock_of(f);
	if (!sk || GET(sk, sock, __sk_common.skc_family) != AF_INET || !fast_proto((void *)f->dentry, &proto))
		return 0;
	put_nth(p, 0, size | (__u64)info_of(WHAT(LINX_FIELD_FD, LINX_VAL_FD), LINX_WHOLE) << 16 | size << 32);
	put_nth(p, 1, (__u32)fd | (__u64)LINX_FD_SOCKET << 32 | (__u64)LINX_ABSENT << 40 |
			      (__u64)(f->cloexec ? LINX_FD_CLOEXEC : 0) << 48);
	put_nth(p, 2, f->dev);
	put_nth(p, 3, f->ino);
	put_nth(p, 4, 0);
	put_nth(p, 5, (__u64)sizeof(struct linx_sock) << 48);
	fast_addresses(p + 6 * 8, sk);
	put_nth(p, 13, proto);
	for (__u32 i = 14; i < 17; i++)
		put_nth(p, i, 0);
	if (!is_there(f))
		return 0;
	x->w->nvals++;
	return at + 8 + size;
}

/*
 * Writes the value about the file that the call opened or the socket that it used: by fast_peer() if possible,
 * otherwise by the code of the slow path. Returns the offset behind the value; 0: there is no room.
 */
static __always_inline __u64 fast_resolved(struct cpu *x, __u64 start, __u64 at)
{
	struct work *w = x->w;
	__u64 end = x->row->resolved == LINX_RESOLVED_PEER ? fast_peer(x, at) : 0;

	if (end)
		return end;
	w->at = at;
	w->end = start + FAST_ROOM;
	w->full = 0;
	put_resolved(x);
	return w->full ? 0 : w->at;
}

/* Does the session record which file this call opened, or which socket it used? */
static __always_inline bool fast_resolves(const struct cpu *x)
{
	return config.flags & LINX_BPF_RESOLVED && x->row->resolved && linx_has_resolved(x->row->resolved, x->w->ret);
}

/* Completes the record from offset "start" to offset "at" in the ring, and publishes it to the reader. */
static __always_inline void fast_commit(struct cpu *x, __u8 *p, __u64 start, __u64 at, __u32 kind, __u32 flags)
{
	struct linx_bpf_cpu *c = x->c;
	struct work *w = x->w;
	__u64 len = at - start, over = at - config.ring_size;
	struct linx_bpf_count *n = count_of(x, w->key);

	*(volatile __u64 *)p = (x->row->nargs & 7) | (__u32)(len / 8) << 3 | flags << 16 | kind << 24 | c->selected << 32;
	*(volatile __u64 *)(p + 8) = w->time;
	*(volatile __u64 *)(p + 16) = (w->tid | (__u32)w->number << 22) | (__u64)(w->pid | w->nvals << 24) << 32;
	if (at > config.ring_size) {
		__u8 *end = ring_at(x, config.ring_size, LINX_BPF_SLACK);

		pin(over);
		if (over <= LINX_BPF_SLACK && end)
			bpf_probe_read_kernel(x->ring, over, end);
	}
	c->selected++;
	c->committed++;
	if (n)
		n->selected++;
	c->prod.last_time = w->time;
	/* Publishes the record with a full barrier, for the two reasons that rec_commit() gives. */
	add_ordered(&positions(x)->head, len);
	if (*(volatile __u64 *)&reader_of(x)->armed)
		wake_reader(x);
}

/*
 * Is there room in the ring for a record of the fast path? The reader's position is read again only if the last known
 * one leaves no room. In the flight recorder only the slow path drops old records to make room.
 */
static __always_inline bool fast_room(struct cpu *x, __u64 head)
{
	if (head - x->c->tail <= config.fast_used)
		return true;
	take_tail(x);
	return head - x->c->tail <= config.fast_used;
}

/*
 * Writes a record. Returns false, and has recorded nothing, if the slow path has to write the record. kind, more:
 * constants; kind is LINX_REC_ENTER or LINX_REC_EXIT.
 */
static __always_inline bool fast_record(struct cpu *x, const struct linx_bpf_call *call, const struct pt_regs *regs, __u32 kind,
					bool more)
{
	struct work *w = x->w;
	__u64 head = positions(x)->head, start = head & (config.ring_size - 1), at = start + sizeof(struct linx_rec);
	__u8 *p = x->ring + start, *args;
	__u32 flags = 0;

	if (!fast_room(x, head))
		return false;
	if (kind == LINX_REC_EXIT) {
		*(volatile __u64 *)(p + 24) = w->ret;
		at += 8;
	}
	args = p + (kind == LINX_REC_EXIT ? 32 : 24);
	put_regs(args, regs, x->row->nargs);
	at += (x->row->nargs & 7) * 8;
	if (kind == LINX_REC_EXIT && config.flags & LINX_BPF_TIMES) {
		flags = w->begin ? LINX_RF_ENTRY_TIME | (config.flags & LINX_BPF_CPU_TIMES ? LINX_RF_CPU_TIME : 0) : LINX_RF_NO_SLOT;
		if (w->begin)
			put_word(x, at, w->begin);
		at += w->begin ? 8 : 0;
	}
	w->kind = kind;
	w->nvals = 0;
	w->values_at = at;
	for (__u32 i = 0; i < LINX_BPF_FAST_VALUES; i++) {
		if (i < call->nfast)
			at = opaque(x, fast_value(x, args, &call->fast[i], at, more));
		if (!at)
			return false;
	}
	if (kind == LINX_REC_EXIT && fast_resolves(x))
		at = opaque(x, fast_resolved(x, start, at));
	if (!at)
		return false;
	fast_commit(x, p, start, at, kind, flags);
	return true;
}

#endif
