/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values of probes: strings, bytes, sockets, paths and credentials. The rules are those of kmod/probe/value.c. All
 * addresses come from fetch lists and can be any number, so all memory is read by helpers that never fault.
 */
#ifndef LINX_BPF_FETCHED_H
#define LINX_BPF_FETCHED_H

#include "value/sock.h"
#include "value/path.h"

/* Where a fetch list finds what it reads: in the work area of the CPU, x->w->hit. */
struct linx_fetch_io {
	struct cpu *x;
};

/*
 * Copies n bytes, at most 8, of kernel memory or of the task's user memory to *to. Each kind of memory has a call of its
 * own with a number that is bounded in front of it, which older verifiers need.
 */
static __always_inline int linx_fetch_read(struct linx_fetch_io *io, __u64 *to, __u32 size, __u64 from, bool user)
{
	__u64 n = size;

	*to = 0; /* only the lower "size" bytes are written next: little endian */
	pin(n);
	if (n > sizeof(*to))
		return 1;
	if (user)
		return io->x->w->hit.level != LINX_HIT_TASK || bpf_probe_read_user(to, n, (void *)from);
	return bpf_probe_read_kernel(to, n, (void *)from);
}

static __always_inline bool linx_fetch_start(struct linx_fetch_io *io, __u32 op, __u32 n, __u64 *to)
{
	struct hit_work *h = &io->x->w->hit;
	__u64 at = n;

	pin(at);
	switch (op) {
	case LINX_FETCH_ARG:
		if (at >= sizeof(h->args) / sizeof(h->args[0]))
			return false;
		*to = h->args[at];
		return true;
	case LINX_FETCH_RET:
		*to = h->ret;
		return true;
	case LINX_FETCH_CURRENT:
		*to = bpf_get_current_task();
		return true;
	case LINX_FETCH_REG:
		return h->regs && !bpf_probe_read_kernel(to, sizeof(*to), (void *)(h->regs + at * 8));
	case LINX_FETCH_RECORD:
		*to = h->record;
		return h->record != 0;
	default:
		return false;
	}
}

#define LINX_FETCH_RUNS
#include "shared/probe_fetch.h"

_Static_assert(sizeof(struct linx_fetch) == sizeof(((struct hit_work *)0)->fetched), "the work area has room for it");

static __always_inline struct linx_fetch *fetch_of(struct cpu *x)
{
	return (struct linx_fetch *)(void *)x->w->hit.fetched;
}

/* Reads a member of a structure of the kernel at address p into *to. Returns false if it cannot be read. */
#define PEEK(to, p, member) (!bpf_core_read(to, sizeof(*(to)), &(p)->member))

/* ---- bytes and strings */

#define STR_CHUNK 64u
#define BYTES_CHUNK 1024u

/* w->pages_addr, w->pages_left, w->pages_at, w->pages_got: as for read_page(). w->hit.chunk: most bytes of a copy. */
STEP(read_chunk)
{
	struct work *w = x->w;
	__u64 chunk = w->hit.chunk, step = min_u64(chunk - (w->pages_addr & (chunk - 1)), w->pages_left);
	__u8 *p = ring_at(x, w->pages_at + w->pages_got, BYTES_CHUNK);

	if (!p || !step)
		return 1;
	pin(step);
	if (step > BYTES_CHUNK)
		return 1;
	if (w->hit.walk_state ? bpf_probe_read_user(p, step, (void *)w->pages_addr) : bpf_probe_read_kernel(p, step, (void *)w->pages_addr))
		return 1;
	w->pages_addr += step;
	w->pages_left -= step;
	w->pages_got += step;
	return 0;
}

/* Reads by chunks, up to the first that cannot be read. Returns how many bytes could be read. */
static __noinline __u64 read_chunks(struct cpu *x, __u64 at, __u64 addr, __u64 n, __u32 chunk)
{
	struct work *w = x->w;

	w->pages_at = at;
	w->pages_addr = addr;
	w->pages_left = n;
	w->pages_got = 0;
	w->hit.chunk = chunk;
	repeat(LINX_FETCH_BYTES_MAX / STR_CHUNK + 1, read_chunk, x);
	return w->pages_got;
}

/* Is the memory of a value the user's? Sets *wrong if that of an interrupted task would have to be read. */
static __always_inline bool is_user_memory(struct cpu *x, const struct linx_fetch_step *end, bool *wrong)
{
	bool user = end->flags & LINX_FETCH_USER;

	*wrong = user && x->w->hit.level != LINX_HIT_TASK;
	x->w->hit.walk_state = user;
	return user;
}

static __always_inline int fetched_bytes(struct cpu *x, const struct linx_fetch_step *end, __u64 addr, __u64 most)
{
	struct work *w = x->w;
	__u32 what = WHAT(end->arg, LINX_VAL_BYTES);
	bool wrong, user = is_user_memory(x, end, &wrong);
	__u64 n = most;
	__u8 *p = ring_at(x, w->at + 8, LINX_FETCH_BYTES_MAX);
	long rc;

	if (!has_room(w, most) || !p)
		return 0;
	if (wrong)
		return val_end(x, what, LINX_UNREADABLE, 0, most);
	pin(n);
	if (n > LINX_FETCH_BYTES_MAX)
		return 0;
	if (user)
		rc = bpf_probe_read_user(p, n, (void *)addr);
	else
		rc = bpf_probe_read_kernel(p, n, (void *)addr);
	if (!rc)
		return val_end(x, what, LINX_WHOLE, most, most);
	n = read_chunks(x, w->at + 8, addr, most, BYTES_CHUNK);
	return val_end(x, what, LINX_UNREADABLE, opaque(x, n), most);
}

static __always_inline int fetched_str(struct cpu *x, const struct linx_fetch_step *end, __u64 addr, __u64 most)
{
	struct work *w = x->w;
	__u32 what = WHAT(end->arg, LINX_VAL_STR);
	bool wrong, user = is_user_memory(x, end, &wrong);
	__u64 size = most + 1;
	__u8 *p = ring_at(x, w->at + 8, LINX_FETCH_BYTES_MAX + 8);
	long n;

	if (!has_room(w, most) || !p)
		return 0;
	if (wrong)
		return val_end(x, what, LINX_UNREADABLE, 0, 0);
	pin(size);
	if (size > LINX_FETCH_BYTES_MAX + 1)
		return 0;
	if (user)
		n = bpf_probe_read_user_str(p, size, (void *)addr);
	else
		n = bpf_probe_read_kernel_str(p, size, (void *)addr);
	if (n < 0) {
		n = opaque(x, read_chunks(x, w->at + 8, addr, most, STR_CHUNK));
		return val_end(x, what, LINX_UNREADABLE, n, n);
	}
	if (!n) /* an empty string, before Linux 6.13 */
		n = 1;
	if ((__u64)n > most)
		return val_end(x, what, LINX_TRUNCATED, most, 0xffffffff);
	return val_end(x, what, LINX_WHOLE, n - 1, n - 1);
}

/* ---- credentials */

static __always_inline int fetched_cred(struct cpu *x, __u32 what, __u64 addr)
{
	const struct cred *cred = (void *)addr;
	struct linx_cred to = { 0 };
	bool there = PEEK(&to.uid, cred, uid.val) && PEEK(&to.gid, cred, gid.val) && PEEK(&to.suid, cred, suid.val) &&
		     PEEK(&to.sgid, cred, sgid.val) && PEEK(&to.euid, cred, euid.val) && PEEK(&to.egid, cred, egid.val) &&
		     PEEK(&to.fsuid, cred, fsuid.val) && PEEK(&to.fsgid, cred, fsgid.val) &&
		     !bpf_core_read(&to.cap_inheritable, 8, &cred->cap_inheritable) &&
		     !bpf_core_read(&to.cap_permitted, 8, &cred->cap_permitted) &&
		     !bpf_core_read(&to.cap_effective, 8, &cred->cap_effective) &&
		     !bpf_core_read(&to.cap_bounding, 8, &cred->cap_bset) && !bpf_core_read(&to.cap_ambient, 8, &cred->cap_ambient);

	return there ? put_kernel(x, what, &to, sizeof(to)) : put_state(x, what, LINX_UNREADABLE);
}

/* ---- sockets */

/* Does the address hold only a part of a socket? The rule is is_mini_sock() of kmod/probe/value.c. */
static __always_inline bool is_mini_sock(__u16 family, __u8 state)
{
	enum { TIME_WAIT = 6, NEW_SYN_RECV = 12 };

	return (family == AF_INET || family == AF_INET6) && (state == TIME_WAIT || state == NEW_SYN_RECV);
}

static __noinline bool fetched_inet(struct linx_sock *to, struct sock *sk, bool mini)
{
	__u16 port = 0;
	bool done;

	if (mini) {
		if (!PEEK(&to->local_port, sk, __sk_common.skc_num))
			return false;
	} else {
		if (!PEEK(&port, (struct inet_sock *)sk, inet_sport))
			return false;
		to->local_port = swap16(port);
	}
	if (!PEEK(&port, sk, __sk_common.skc_dport))
		return false;
	to->peer_port = swap16(port);
	if (to->family == AF_INET6 && bpf_core_field_exists(sk->__sk_common.skc_v6_daddr))
		done = !bpf_core_read(to->local, sizeof(to->local), &sk->__sk_common.skc_v6_rcv_saddr) &&
		       !bpf_core_read(to->peer, sizeof(to->peer), &sk->__sk_common.skc_v6_daddr);
	else
		done = !bpf_core_read(to->local, 4, &sk->__sk_common.skc_rcv_saddr) &&
		       !bpf_core_read(to->peer, 4, &sk->__sk_common.skc_daddr);
	return done;
}

/* Reads the name that a UNIX socket is bound to, to offset "at" in the ring. */
static __noinline bool fetched_unix(struct cpu *x, struct sock *sk, __u64 at)
{
	struct unix_address *address = 0;
	__u64 head = bpf_core_field_offset(struct sockaddr_un, sun_path), len;
	__u8 *p = ring_at(x, at, UNIX_PATH_MAX);
	__s32 whole = 0;

	if (!p || !PEEK(&address, (struct unix_sock *)sk, addr))
		return false;
	if (!address)
		return true;
	if (!PEEK(&whole, address, len))
		return false;
	len = whole > (__s32)head ? min_u64((__u32)whole - head, UNIX_PATH_MAX) : 0;
	x->w->sock.name_len = len;
	pin(len);
	if (!len || len > UNIX_PATH_MAX)
		return true;
	return !bpf_probe_read_kernel(p, len, (void *)address + bpf_core_field_offset(struct unix_address, name) + head);
}

static __always_inline bool read_sock(struct cpu *x, struct sock *sk)
{
	struct linx_sock *to = &x->w->sock;
	struct proto *proto = 0;
	bool mini, inet, named;

	__builtin_memset(to, 0, sizeof(*to));
	if (!PEEK(&to->family, sk, __sk_common.skc_family) || !PEEK(&to->state, sk, __sk_common.skc_state))
		return false;
	mini = is_mini_sock(to->family, to->state);
	inet = to->family == AF_INET || to->family == AF_INET6;
	if (!mini && (!PEEK(&to->type, sk, sk_type) || !PEEK(&to->protocol, sk, sk_protocol)))
		return false;
	if (mini)
		named = PEEK(&proto, sk, __sk_common.skc_prot);
	else
		named = PEEK(&proto, sk, sk_prot_creator);
	if (named && proto && PEEK(&to->proto, proto, name))
		to->proto[sizeof(to->proto) - 1] = '\0';
	if (inet && !fetched_inet(to, sk, mini))
		return false;
	return to->family != AF_UNIX || !bpf_core_type_exists(struct unix_sock) || fetched_unix(x, sk, x->w->at + 8 + sizeof(*to));
}

static __always_inline int fetched_sock(struct cpu *x, __u32 what, __u64 addr)
{
	struct work *w = x->w;
	__u8 *p = ring_at(x, w->at + 8, sizeof(w->sock));
	__u64 size;

	if (!has_room(w, LINX_FETCH_SOCK_MAX) || !p)
		return 0;
	if (!read_sock(x, (void *)addr) || bpf_probe_read_kernel(p, sizeof(w->sock), &w->sock))
		return put_state(x, what, LINX_UNREADABLE);
	size = opaque(x, sizeof(w->sock) + w->sock.name_len);
	return val_end(x, what, LINX_WHOLE, size, size);
}

/* ---- paths */

/* States of a walk that has not ended with a state. */
enum { WALK_GOES_ON = 0xff };

static __always_inline int walk_ends(struct work *w, __u32 state)
{
	w->hit.walk_state = state;
	return 1;
}

/* Puts "/NAME" of a dentry in front of the path. Returns a state. */
static __always_inline __u32 prepend_dentry(struct work *w, struct dentry *d)
{
	const unsigned char *name = 0;
	__u32 len = 0;
	__u64 n;

	if (!PEEK(&len, d, d_name.len) || !PEEK(&name, d, d_name.name) || !len || len > 255)
		return LINX_UNREADABLE;
	if (len + 1 > w->path_at)
		return LINX_TRUNCATED;
	n = len;
	if (!prepend(w, name, n) || !prepend_slash(w))
		return LINX_UNREADABLE;
	return LINX_WHOLE;
}

/* w->walk_mnt: address of the mount's struct vfsmount; 0: the path ends at the root of the file system. */
STEP(fetched_step)
{
	struct work *w = x->w;
	struct dentry *d = (void *)w->walk_dentry, *up = 0, *top = 0;
	struct vfsmount *mnt = (void *)w->walk_mnt;
	struct mount *m, *above = 0;
	__u32 state;

	if (mnt && w->walk_dentry == w->root_dentry && w->walk_mnt == w->root_mnt)
		return walk_ends(w, LINX_WHOLE);
	if (mnt && !PEEK(&top, mnt, mnt_root))
		return walk_ends(w, LINX_UNREADABLE);
	if (mnt && d == top) {
		m = (void *)mnt - __builtin_preserve_field_info(((struct mount *)0)->mnt, 0);
		if (!PEEK(&above, m, mnt_parent))
			return walk_ends(w, LINX_UNREADABLE);
		if (above == m)
			return walk_ends(w, LINX_WHOLE);
		if (!PEEK(&d, m, mnt_mountpoint))
			return walk_ends(w, LINX_UNREADABLE);
		w->walk_dentry = (__u64)d;
		w->walk_mnt = (__u64)above + __builtin_preserve_field_info(((struct mount *)0)->mnt, 0);
		return 0;
	}
	if (!PEEK(&up, d, d_parent))
		return walk_ends(w, LINX_UNREADABLE);
	if (up == d) /* a file without a path, such as a pipe, or a detached directory */
		return walk_ends(w, mnt ? LINX_UNAVAILABLE : LINX_WHOLE);
	state = prepend_dentry(w, d);
	if (state != LINX_WHOLE)
		return walk_ends(w, state);
	w->walk_dentry = (__u64)up;
	return 0;
}

/* Most steps of a walk along a path: names plus mounts. PATH_MAX bytes have 2,048 names at most. */
#define PATH_PARTS 3000

/* Is the file unlinked, by the rule of d_unlinked()? */
static __always_inline bool is_unlinked(struct dentry *d)
{
	void *hashed = 0;
	struct dentry *parent = 0;

	return PEEK(&hashed, d, d_hash.pprev) && PEEK(&parent, d, d_parent) && !hashed && parent != d;
}

/* Sets the directory at which a walk stops to the task's root; in an interrupt, to the root of all mounts. */
static __always_inline void take_root(struct cpu *x)
{
	struct work *w = x->w;
	struct task_struct *task = x->task;
	struct fs_struct *fs = w->hit.level == LINX_HIT_TASK ? MEMBER(task, fs) : 0;

	w->root_dentry = w->root_mnt = 0;
	if (fs) {
		w->root_dentry = (__u64)BPF_CORE_READ(fs, root.dentry);
		w->root_mnt = (__u64)BPF_CORE_READ(fs, root.mnt);
	}
}

static __noinline __u32 read_path(struct cpu *x, __u64 dentry, __u64 mnt)
{
	struct work *w = x->w;

	w->walk_dentry = dentry;
	w->walk_mnt = mnt;
	w->path_at = PATH_SIZE;
	w->hit.walk_state = LINX_TRUNCATED;
	if (is_unlinked((void *)dentry) && !prepend(w, DELETED, sizeof(DELETED) - 1))
		return LINX_UNREADABLE;
	repeat(PATH_PARTS, fetched_step, x);
	return w->hit.walk_state;
}

static __always_inline __u32 rename_count(__u64 lock)
{
	__u32 n = 0;

	if (lock)
		bpf_probe_read_kernel(&n, sizeof(n), (void *)lock);
	return n;
}

/*
 * Reads a path. If a rename anywhere began, ended or was under way meanwhile, reads it again, at most 8 times. A path
 * that was read during a rename each time is truncated, as the module has it.
 */
static __noinline __u32 read_stable(struct cpu *x, __u64 dentry, __u64 mnt, __u64 lock)
{
	__u32 state = LINX_UNAVAILABLE, seq;

	for (int i = 0; i < 2; i++) {
		seq = rename_count(lock);
		state = opaque(x, read_path(x, dentry, mnt));
		if (!(seq & 1) && rename_count(lock) == seq)
			return state;
	}
	return state == LINX_WHOLE ? LINX_TRUNCATED : state;
}

static __always_inline int put_fetched_path(struct cpu *x, __u32 what, __u32 state)
{
	struct work *w = x->w;
	__u64 at = w->path_at, len;
	__u8 *p = ring_at(x, w->at + 8, PATH_SIZE);

	if (state == LINX_WHOLE && at >= PATH_SIZE) {
		prepend_slash(w);
		at = w->path_at;
	}
	pin(at);
	if (!p || at > PATH_SIZE || (state != LINX_WHOLE && (state != LINX_TRUNCATED || at == PATH_SIZE)))
		return put_state(x, what, state == LINX_TRUNCATED ? LINX_UNAVAILABLE : state);
	len = PATH_SIZE - at;
	if (!has_room(w, len))
		return 0;
	pin(len);
	if (len > PATH_SIZE || bpf_probe_read_kernel(p, len, w->path + at))
		return put_state(x, what, LINX_UNAVAILABLE);
	return val_end(x, what, state, len, state == LINX_TRUNCATED ? 0xffffffff : len);
}

/* Writes the path of a struct path or, if "mounts" is false, of a dentry within its file system. */
static __always_inline int fetched_path(struct cpu *x, __u32 what, __u64 addr, bool mounts, __u64 lock)
{
	struct path *path = (void *)addr;
	struct dentry *d = 0;
	struct vfsmount *mnt = 0;

	if (!mounts)
		return put_fetched_path(x, what, opaque(x, read_stable(x, addr, 0, lock)));
	if (!PEEK(&d, path, dentry) || !PEEK(&mnt, path, mnt))
		return put_state(x, what, LINX_UNREADABLE);
	if (!d || !mnt)
		return put_state(x, what, LINX_ABSENT);
	take_root(x);
	return put_fetched_path(x, what, opaque(x, read_stable(x, (__u64)d, (__u64)mnt, lock)));
}

/* ---- all */

static __always_inline void put_fetched_value(struct cpu *x, const struct linx_fetch_step *end, __u64 lock)
{
	struct linx_fetch *f = fetch_of(x);
	__u32 op = end->op;
	bool bytes = op == LINX_FETCH_BYTES || op == LINX_FETCH_SOCK || op == LINX_FETCH_CRED;
	__u32 what = WHAT(end->arg, bytes ? LINX_VAL_BYTES : LINX_VAL_STR);

	if (f->state != LINX_WHOLE)
		put_state(x, what, f->state);
	else if (op == LINX_FETCH_STR)
		fetched_str(x, end, f->number, linx_fetch_most(f, end));
	else if (op == LINX_FETCH_BYTES)
		fetched_bytes(x, end, f->number, linx_fetch_most(f, end));
	else if (op == LINX_FETCH_SOCK)
		fetched_sock(x, what, f->number);
	else if (op == LINX_FETCH_CRED)
		fetched_cred(x, what, f->number);
	else
		fetched_path(x, what, f->number, op == LINX_FETCH_PATH, lock);
}

/*
 * Writes the value of an END step that is not SCALAR: see linx_put_fetched() of kmod/probe/value.h. Returns 0, which the
 * compiler cannot know: it would leave a stack pointer in the register of an unused result, which verifiers refuse.
 */
static __noinline int put_fetched(struct cpu *x, const struct linx_fetch_step *end, __u64 lock)
{
	int zero = 0;

	put_fetched_value(x, end, lock);
	pin(zero);
	return zero;
}

#endif
