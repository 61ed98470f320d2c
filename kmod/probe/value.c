// SPDX-License-Identifier: GPL-2.0-only
/*
 * Values of probes: strings, bytes, sockets, paths and credentials. Addresses come from fetch lists, and memory there
 * can change or be freed while it is read. Therefore all memory is read by linx_peek(), which never faults. No lock is
 * taken. A path that was read during a rename is read again, and is whole only if none of its names and parents changed
 * between the begin and the end of its reading. Any context but NMI, preemption off.
 *
 * linx_peek() counts the work of a hit. The value that is being read when the hit's share of work is used up is cut.
 */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs_struct.h>
#include <linux/hash.h>
#include <linux/mount.h>
#include <linux/net.h>
#include <linux/un.h>
#include <net/af_unix.h>
#include <net/inet_sock.h>
#include <net/sock.h>
#include "capture/path.h"
#include "capture/user_mem.h"
#include "compat/compat.h"
#include "core/rename.h"
#include "probe/value.h"
#include "shared/probe_fetch.h"

/* Most bytes that are read at once of a string, and of a block of bytes. No read crosses a page boundary. */
#define STR_CHUNK 64u
#define BYTES_CHUNK 1024u

/* Most steps of a walk along a path: names plus mounts. PATH_MAX bytes have 2,048 names at most. */
#define PATH_PARTS 3000

/* Most readings of a path while files are renamed. */
#define PATH_READINGS 8

/* Returns how many bytes a value at v can have in the record, so that there is room for its padding, too. */
static u32 room_at(const struct linx_fill *f, const struct linx_val *v)
{
	const u8 *begin = (const u8 *)(v + 1);

	return begin < f->end ? (f->end - begin) & ~7U : 0;
}

/* Begins a value. If the record has no room for it, returns NULL and sets f->full: the whole record is lost. */
static struct linx_val *begin(struct linx_fill *f)
{
	if (f->full || f->p + sizeof(struct linx_val) > f->end) {
		f->full = f->slow = true;
		return NULL;
	}
	return (struct linx_val *)f->p;
}

static void finish(struct linx_fill *f, struct linx_val *v, u8 arg, u8 kind, u8 state, u32 size, u64 orig)
{
	f->p = linx_val_finish(v, arg, LINX_VAL_INFO(kind, state), size, orig);
	f->rec->nvals++;
}

/* Returns the number of bytes from addr to the next multiple of "chunk", at most n. */
static u32 chunk_at(u64 addr, u32 n, u32 chunk)
{
	return min_t(u64, n, chunk - (addr & (chunk - 1)));
}

static void value_bytes(struct linx_fill *f, struct linx_val *v, const struct linx_fetch_io *io,
		      const struct linx_fetch_step *end, u64 addr, u32 most)
{
	u32 n = min(most, room_at(f, v)), done = 0, part;
	u8 state = n < most ? LINX_TRUNCATED : LINX_WHOLE;

	while (done < n) {
		if (unlikely(linx_probe_is_spent())) {
			state = LINX_TRUNCATED;
			break;
		}
		part = chunk_at(addr + done, n - done, BYTES_CHUNK);
		if (!linx_peek(io, (u8 *)(v + 1) + done, addr + done, part, end->flags & LINX_FETCH_USER)) {
			state = LINX_UNREADABLE;
			break;
		}
		done += part;
	}
	finish(f, v, end->arg, LINX_VAL_BYTES, state, done, most);
}

static void value_str(struct linx_fill *f, struct linx_val *v, const struct linx_fetch_io *io,
		    const struct linx_fetch_step *end, u64 addr, u32 most)
{
	u32 n = min(most, room_at(f, v)), done = 0, part, len;
	u8 *to = (u8 *)(v + 1);
	u8 state = LINX_TRUNCATED;

	while (done < n && !linx_probe_is_spent()) {
		part = chunk_at(addr + done, n - done, STR_CHUNK);
		if (!linx_peek(io, to + done, addr + done, part, end->flags & LINX_FETCH_USER)) {
			state = LINX_UNREADABLE;
			break;
		}
		len = strnlen(to + done, part);
		done += len;
		if (len < part) {
			state = LINX_WHOLE;
			break;
		}
	}
	finish(f, v, end->arg, LINX_VAL_STR, state, done, state == LINX_TRUNCATED ? U32_MAX : done);
}

/* Writes a value whose bytes are already complete at "from". */
static void value_made(struct linx_fill *f, struct linx_val *v, u8 arg, u8 kind, const void *from, u32 size)
{
	u32 n = min(size, room_at(f, v));

	memcpy(v + 1, from, n);
	finish(f, v, arg, kind, n < size ? LINX_TRUNCATED : LINX_WHOLE, n, size);
}

static void value_state(struct linx_fill *f, struct linx_val *v, const struct linx_fetch_step *end, u8 state)
{
	bool bytes = end->op == LINX_FETCH_BYTES || end->op == LINX_FETCH_SOCK || end->op == LINX_FETCH_CRED;

	finish(f, v, end->arg, bytes ? LINX_VAL_BYTES : LINX_VAL_STR, state, 0, 0);
}

#define PEEK(io, to, ptr) linx_peek(io, to, (unsigned long)(ptr), sizeof(*(to)), false)

static bool value_cred(struct linx_fill *f, struct linx_val *v, const struct linx_fetch_io *io,
		     const struct linx_fetch_step *end, u64 addr)
{
	struct linx_cred made;
	struct cred cred;

	if (!linx_peek(io, &cred, addr, sizeof(cred), false))
		return false;
	made = (struct linx_cred){
		.uid = __kuid_val(cred.uid), .gid = __kgid_val(cred.gid),
		.suid = __kuid_val(cred.suid), .sgid = __kgid_val(cred.sgid),
		.euid = __kuid_val(cred.euid), .egid = __kgid_val(cred.egid),
		.fsuid = __kuid_val(cred.fsuid), .fsgid = __kgid_val(cred.fsgid),
		.cap_inheritable = linx_cap(cred.cap_inheritable), .cap_permitted = linx_cap(cred.cap_permitted),
		.cap_effective = linx_cap(cred.cap_effective), .cap_bounding = linx_cap(cred.cap_bset),
		.cap_ambient = linx_cap(cred.cap_ambient),
	};
	value_made(f, v, end->arg, LINX_VAL_BYTES, &made, sizeof(made));
	return true;
}

/* Value of a socket: struct linx_sock and, for a UNIX socket, its name. */
struct sock_value {
	struct linx_sock sock;
	char name[UNIX_PATH_MAX];
};

static bool peek_addresses(const struct linx_fetch_io *io, const struct sock *sk, struct linx_sock *to)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (to->family == AF_INET6)
		return PEEK(io, &to->local, &sk->sk_v6_rcv_saddr) && PEEK(io, &to->peer, &sk->sk_v6_daddr);
#endif
	return PEEK(io, (__be32 *)to->local, &sk->sk_rcv_saddr) && PEEK(io, (__be32 *)to->peer, &sk->sk_daddr);
}

static bool peek_inet(const struct linx_fetch_io *io, const struct sock *sk, struct linx_sock *to)
{
	const struct inet_sock *inet = (const struct inet_sock *)sk;
	__be16 local, peer;

	if (!PEEK(io, &local, &inet->inet_sport) || !PEEK(io, &peer, &inet->inet_dport))
		return false;
	to->local_port = ntohs(local);
	to->peer_port = ntohs(peer);
	return peek_addresses(io, sk, to);
}

/* Reads the name that a UNIX socket is bound to. */
static bool peek_unix(const struct linx_fetch_io *io, const struct sock *sk, struct sock_value *to)
{
	const struct unix_sock *u = (const struct unix_sock *)sk;
	struct unix_address *addr;
	int len;

	if (!PEEK(io, &addr, &u->addr))
		return false;
	if (!addr)
		return true;
	if (!PEEK(io, &len, &addr->len))
		return false;
	len = clamp_t(int, len - (int)offsetof(struct sockaddr_un, sun_path), 0, UNIX_PATH_MAX);
	to->sock.name_len = len;
	return !len || linx_peek(io, to->name, (unsigned long)addr->name + offsetof(struct sockaddr_un, sun_path), len, false);
}

/*
 * Returns true if the address holds only a part of a socket. A connection that is being opened, or that waits for its
 * last packets, is a struct sock_common with other members behind it.
 */
static bool is_mini_sock(u16 family, u8 state)
{
	return (family == AF_INET || family == AF_INET6) && (state == TCP_TIME_WAIT || state == TCP_NEW_SYN_RECV);
}

/* Reads the values of a part of a socket, which has no type and no number of a protocol. */
static bool peek_mini(const struct linx_fetch_io *io, const struct sock *sk, struct linx_sock *to)
{
	__be16 peer;

	if (!PEEK(io, &to->local_port, &sk->sk_num) || !PEEK(io, &peer, &sk->sk_dport))
		return false;
	to->peer_port = ntohs(peer);
	return peek_addresses(io, sk, to);
}

static bool value_sock(struct linx_fill *f, struct linx_val *v, const struct linx_fetch_io *io,
		     const struct linx_fetch_step *end, u64 addr)
{
	const struct sock *sk = (const struct sock *)(unsigned long)addr;
	struct sock_value made = { };
	const struct proto *prot;
	u16 family;
	bool mini;

	if (!PEEK(io, &family, &sk->sk_family) || !PEEK(io, &made.sock.state, &sk->sk_state))
		return false;
	made.sock.family = family;
	mini = is_mini_sock(family, made.sock.state);
	if (!mini && (!PEEK(io, &made.sock.type, &sk->sk_type) || !PEEK(io, &made.sock.protocol, &sk->sk_protocol)))
		return false;
	if (PEEK(io, &prot, mini ? &sk->sk_prot : &sk->sk_prot_creator) && prot && PEEK(io, &made.sock.proto, &prot->name))
		made.sock.proto[sizeof(made.sock.proto) - 1] = '\0';
	if (mini) {
		if (!peek_mini(io, sk, &made.sock))
			return false;
	} else if ((family == AF_INET || family == AF_INET6) && !peek_inet(io, sk, &made.sock))
		return false;
	if (family == AF_UNIX && !peek_unix(io, sk, &made))
		return false;
	value_made(f, v, end->arg, LINX_VAL_BYTES, &made, sizeof(made.sock) + made.sock.name_len);
	return true;
}

static_assert(sizeof(struct sock_value) <= LINX_FETCH_SOCK_MAX);
static_assert(sizeof_field(struct linx_sock, proto) == sizeof_field(struct proto, name));

/* How a path is read. */
enum reading {
	READ_QUICKLY, /* names that are renamed meanwhile may be mixed up */
	READ_CAREFULLY, /* each name and its parent are those of one moment */
	READ_AGAIN, /* follows the path of the last careful reading, and reads no names */
};

/* State while a path is read from its last name to its first and written backwards from the end of a buffer. */
struct walk {
	const struct linx_fetch_io *io;
	char *buf, *p; /* the path begins at p */
	struct path root; /* directory at which the walk stops; all zero: the root of all mounts */
	enum reading how;
	bool torn; /* a name changed while it was read carefully */
	unsigned int steps; /* made by the last reading that was not READ_AGAIN */
	u64 seen; /* hash of the dentries, their sequence counts and the mounts that the walk has met */
};

static void see(struct walk *w, u64 what)
{
	w->seen = (rol64(w->seen, 23) ^ what) * GOLDEN_RATIO_64;
}

static bool prepend(struct walk *w, const char *text, u32 len)
{
	if (len > w->p - w->buf)
		return false;
	w->p -= len;
	memcpy(w->p, text, len);
	return true;
}

/* Puts "/NAME" of a dentry in front of the path. Returns LINX_WHOLE, or LINX_TRUNCATED: there is no room for it. */
static u8 prepend_name(struct walk *w, const struct dentry *d)
{
	struct qstr name;

	if (!PEEK(w->io, &name, &d->d_name) || !name.len || name.len > NAME_MAX)
		return LINX_UNREADABLE;
	if (name.len + 1 > w->p - w->buf)
		return LINX_TRUNCATED;
	w->p -= name.len;
	if (!linx_peek(w->io, w->p, (unsigned long)name.name, name.len, false) || memchr(w->p, '\0', name.len))
		return LINX_UNREADABLE;
	*--w->p = '/';
	return LINX_WHOLE;
}

/* Is the file unlinked, by the rule of d_unlinked()? */
static bool is_unlinked(struct walk *w, const struct dentry *d)
{
	struct hlist_bl_node **hashed;
	struct dentry *parent;

	return PEEK(w->io, &hashed, &d->d_hash.pprev) && PEEK(w->io, &parent, &d->d_parent) && !hashed && parent != d;
}

/*
 * Reads the parent of a dentry and puts the dentry's name in front of the path, unless *parent becomes the dentry
 * itself. The kernel changes both only while the dentry's sequence count d_seq is odd, and only together. Returns a
 * state; LINX_TRUNCATED with w->torn: a rename came, and the name was left out.
 */
static u8 step_up(struct walk *w, const struct dentry *d, const struct dentry **parent)
{
	const unsigned int *count = &d->d_seq.seqcount.sequence;
	char *p = w->p;
	unsigned int seq = 0, now = 0;
	u8 state = LINX_WHOLE;

	if (w->how != READ_QUICKLY && !PEEK(w->io, &seq, count))
		return LINX_UNREADABLE;
	see(w, seq);
	smp_rmb(); /* this and the next one pair with barriers of the writer of d_seq */
	if (!PEEK(w->io, parent, &d->d_parent))
		return LINX_UNREADABLE;
	if (*parent != d && w->how != READ_AGAIN)
		state = prepend_name(w, d);
	if (w->how != READ_CAREFULLY)
		return state;
	smp_rmb();
	if (PEEK(w->io, &now, count) && now == seq && !(seq & 1))
		return state;
	w->p = p;
	w->torn = true;
	return LINX_TRUNCATED;
}

/*
 * Reads the path from dentry d in mount mnt up to w->root. If mnt is NULL, reads the path from the root of the file
 * system. Returns LINX_TRUNCATED if the path has more names than there is room or work for; the last ones were read.
 */
static u8 walk_up(struct walk *w, const struct dentry *d, const struct vfsmount *mnt)
{
	const struct linx_mount *m = mnt ? container_of(mnt, struct linx_mount, mnt) : NULL;
	const unsigned int most = w->how == READ_AGAIN ? w->steps : PATH_PARTS;
	const struct dentry *parent, *top = NULL;
	const struct linx_mount *above;
	bool unlinked = is_unlinked(w, d);
	unsigned int i;
	u8 state;

	see(w, unlinked);
	w->steps = 0;
	if (unlinked && w->how != READ_AGAIN && !prepend(w, LINX_PATH_DELETED, sizeof(LINX_PATH_DELETED) - 1))
		return LINX_UNREADABLE;
	if (m && !PEEK(w->io, &top, &m->mnt.mnt_root))
		return LINX_UNREADABLE;
	for (i = 0; i < most && !linx_probe_is_spent(); i++) {
		w->steps++;
		see(w, (unsigned long)d);
		see(w, (unsigned long)m);
		if (m && d == w->root.dentry && &m->mnt == w->root.mnt)
			return LINX_WHOLE;
		if (m && d == top) {
			if (!PEEK(w->io, &above, &m->parent))
				return LINX_UNREADABLE;
			if (above == m)
				return LINX_WHOLE;
			if (!PEEK(w->io, &d, &m->mountpoint) || !PEEK(w->io, &top, &above->mnt.mnt_root))
				return LINX_UNREADABLE;
			m = above;
			continue;
		}
		state = step_up(w, d, &parent);
		if (state != LINX_WHOLE)
			return state;
		if (parent == d) /* a file without a path, such as a pipe, or a detached directory */
			return m ? LINX_UNAVAILABLE : LINX_WHOLE;
		d = parent;
	}
	return LINX_TRUNCATED;
}

/* Sets w->root to the root directory of the current task. */
static void peek_root(struct walk *w)
{
	const struct fs_struct *fs = w->io->in_task ? READ_ONCE(current->fs) : NULL;

	if (!fs || !PEEK(w->io, &w->root, &fs->root))
		memset(&w->root, 0, sizeof(w->root));
}

static u8 read_path(struct walk *w, const struct linx_fetch_step *end, u64 addr, enum reading how)
{
	struct path path = { };

	w->how = how;
	w->torn = false;
	w->seen = 0;
	if (how != READ_AGAIN)
		w->p = w->buf + PATH_MAX;
	if (end->op == LINX_FETCH_DENTRY)
		return walk_up(w, (const struct dentry *)(unsigned long)addr, NULL);
	if (!linx_peek(w->io, &path, addr, sizeof(path), false))
		return LINX_UNREADABLE;
	if (!path.dentry || !path.mnt)
		return LINX_ABSENT;
	if (!linx_mounts_known())
		return LINX_UNAVAILABLE;
	peek_root(w);
	return walk_up(w, path.dentry, path.mnt);
}

/* Does the path still have the dentries, each unchanged, and the mounts that a careful reading has met? */
static bool is_as_read(struct walk *w, const struct linx_fetch_step *end, u64 addr)
{
	u64 seen = w->seen;

	smp_rmb(); /* names are read before sequence counts are read again */
	read_path(w, end, addr, READ_AGAIN);
	return w->seen == seen;
}

/*
 * Reads a path. If a rename anywhere began, ended or was under way meanwhile, reads the path carefully. It is whole if
 * it is the same after its names were read: all of them were in their places at that moment. Renames of other files do
 * not disturb this, as a program can rename its own without end. A path that is renamed during each try is truncated.
 */
static u8 read_stable(struct walk *w, const struct linx_fetch_step *end, u64 addr)
{
	unsigned int seq = linx_rename_begin(), n;
	u8 state = read_path(w, end, addr, READ_QUICKLY);

	if (likely(!linx_rename_came(seq)))
		return state;
	state = LINX_UNAVAILABLE;
	for (n = 0; n < PATH_READINGS && !linx_probe_is_spent(); n++) {
		state = read_path(w, end, addr, READ_CAREFULLY);
		if (!w->torn && is_as_read(w, end, addr))
			return state;
	}
	return state == LINX_WHOLE || state == LINX_TRUNCATED ? LINX_TRUNCATED : LINX_UNAVAILABLE;
}

static void value_path(struct linx_fill *f, struct linx_val *v, const struct linx_fetch_io *io,
		       const struct linx_fetch_step *end, u64 addr)
{
	struct walk w = { .io = io, .buf = f->r->scratch };
	u8 state = read_stable(&w, end, addr);
	u32 len = w.buf + PATH_MAX - w.p, n;

	if (state == LINX_WHOLE && !len) {
		*--w.p = '/';
		len = 1;
	}
	if (state != LINX_WHOLE && (state != LINX_TRUNCATED || !len))
		return value_state(f, v, end, state == LINX_TRUNCATED ? LINX_UNAVAILABLE : state);
	n = min(len, room_at(f, v));
	memcpy(v + 1, w.p + len - n, n);
	finish(f, v, end->arg, LINX_VAL_STR, n < len ? LINX_TRUNCATED : state, n, state == LINX_TRUNCATED ? U32_MAX : len);
}

void linx_put_fetched(struct linx_fill *f, const struct linx_fetch_io *io, const struct linx_fetch_step *end, u8 state,
		      u64 addr, u32 most)
{
	struct linx_val *v = begin(f);
	bool done = true;

	if (!v)
		return;
	if (state != LINX_WHOLE)
		return value_state(f, v, end, state);
	switch (end->op) {
	case LINX_FETCH_STR:
		return value_str(f, v, io, end, addr, most);
	case LINX_FETCH_BYTES:
		return value_bytes(f, v, io, end, addr, most);
	case LINX_FETCH_SOCK:
		done = value_sock(f, v, io, end, addr);
		break;
	case LINX_FETCH_CRED:
		done = value_cred(f, v, io, end, addr);
		break;
	default:
		return value_path(f, v, io, end, addr);
	}
	if (!done)
		value_state(f, v, end, LINX_UNREADABLE);
}
