// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an operation is about: the file with its place, or the socket with its address, taken from the arguments of the
 * replaced function. User memory is not read.
 *
 * Locks that the callers of the replaced functions hold: sleeping ones only (inode locks, cred_guard_mutex, locks of
 * super blocks), so that rename_lock and d_lock, spinlocks that no caller holds, can be taken here. Names and parents
 * are read without a lock first, and under rename_lock if a rename came in between, as d_path() does it.
 */
#include <linux/binfmts.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/kernel_read_file.h>
#include <linux/mman.h>
#include <linux/net.h>
#include <linux/personality.h>
#include <linux/ptrace.h>
#include <linux/seqlock.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include "compat/compat.h"
#include "enforce/deny_object.h"

#define ALL_WHATS 0x3feULL /* UID to CGROUP */
#define WHAT(name) (1ULL << LINX_DENY_##name)
#define FILE_WHATS (ALL_WHATS | WHAT(FILE) | WHAT(LINKS) | WHAT(FILE_MODE) | WHAT(FILE_UID))
#define SOCKET_WHATS (ALL_WHATS | WHAT(FAMILY) | WHAT(TYPE) | WHAT(PROTOCOL) | WHAT(ADDRESS) | WHAT(PORT))

static_assert(ALL_WHATS == (2ULL << LINX_DENY_CGROUP) - (1ULL << LINX_DENY_UID));

/* ---- files */

/*
 * Sets the file. Up to Linux 6.4 a file in a layer of an overlay is opened with the overlay's path: its place is found
 * in the layer then. If inode and dentry do not belong together, the place is not known.
 */
static bool fill_file(struct linx_deny_object *o, struct inode *inode, struct dentry *dentry)
{
	if (!inode)
		return true;
	o->inode = inode;
	linx_ident_of(inode, &o->id);
	if (dentry && d_inode(dentry) != inode && LINX_HAVE_REAL_DENTRY)
		dentry = linx_real_dentry(dentry);
	o->dentry = dentry && d_inode(dentry) == inode ? dentry : NULL;
	return true;
}

static bool fill_opened(struct linx_deny_object *o, struct file *file)
{
	return !file || fill_file(o, file_inode(file), file->f_path.dentry);
}

static bool fill_open(struct linx_deny_object *o, const unsigned long *args)
{
	struct file *file = (struct file *)args[0];

	o->detail = file->f_flags;
	return fill_opened(o, file);
}

static bool fill_exec(struct linx_deny_object *o, const unsigned long *args)
{
	return fill_opened(o, ((struct linux_binprm *)args[0])->file);
}

static bool fill_truncate(struct linx_deny_object *o, const unsigned long *args)
{
	const struct path *path = (const struct path *)args[0];

	return fill_file(o, d_inode(path->dentry), path->dentry);
}

/* With READ_IMPLIES_EXEC the kernel makes readable mappings executable, after this check has been called. */
static bool fill_mmap(struct linx_deny_object *o, const unsigned long *args)
{
	o->detail = args[1];
	if (o->detail & PROT_READ && current->personality & READ_IMPLIES_EXEC)
		o->detail |= PROT_EXEC;
	return fill_opened(o, (struct file *)args[0]);
}

/* What the kernel reads, by the kernel's own name for it: the numbers differ between kernels. */
static u64 reading_of(const char *name)
{
	static const struct {
		const char *begin;
		enum linx_deny_reading reading;
	} names[] = {
		{ "firmware", LINX_DENY_READS_FIRMWARE },
		{ "kernel-module", LINX_DENY_READS_MODULE },
		{ "kexec-", LINX_DENY_READS_KEXEC },
		{ "security-policy", LINX_DENY_READS_POLICY },
		{ "x509-certificate", LINX_DENY_READS_CERTIFICATE },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strncmp(name, names[i].begin, strlen(names[i].begin)))
			return names[i].reading;
	return LINX_DENY_READS_OTHER;
}

static bool fill_read(struct linx_deny_object *o, const unsigned long *args)
{
	o->detail = reading_of(kernel_read_file_id_str((enum kernel_read_file_id)args[1]));
	return fill_opened(o, (struct file *)args[0]);
}

/* enum kernel_load_data_id has the numbers of enum kernel_read_file_id. */
static bool fill_load(struct linx_deny_object *o, const unsigned long *args)
{
	o->detail = reading_of(kernel_read_file_id_str((enum kernel_read_file_id)args[0]));
	return true;
}

/*
 * Goes up from the file to the root of its file system. Every dentry on the way is kept by the one below it, or is freed
 * a grace period later. The second pass holds rename_lock, so that no rename can come in between.
 */
void linx_deny_object_walk(struct linx_deny_object *o)
{
	struct dentry *d, *up;
	struct inode *inode;
	int seq = 0;

	if (o->walked)
		return;
	o->walked = true;
	if (!o->dentry)
		return;
again:
	read_seqbegin_or_lock(&rename_lock, &seq);
	o->depth = 0;
	o->folds = false;
	for (d = o->dentry; !IS_ROOT(d) && o->depth < LINX_DENY_DEPTH_MAX; d = up) {
		up = READ_ONCE(d->d_parent);
		inode = READ_ONCE(up->d_inode);
		if (!inode)
			break;
		o->folds |= !!(READ_ONCE(up->d_flags) & DCACHE_OP_COMPARE);
		linx_ident_of(inode, &o->room->above[o->depth++]);
	}
	/* a file that was opened by its handle may hang in no directory yet */
	o->whole = IS_ROOT(d) && !(READ_ONCE(d->d_flags) & DCACHE_DISCONNECTED);
	if (need_seqretry(&rename_lock, seq)) {
		seq = 1;
		goto again;
	}
	done_seqretry(&rename_lock, seq);
}

enum linx_deny_answer linx_deny_object_path(struct linx_deny_object *o)
{
	char *path;

	if (o->path_known)
		return o->path ? LINX_DENY_YES : LINX_DENY_UNDECIDED;
	o->path_known = true;
	linx_deny_object_walk(o);
	if (!o->whole)
		return LINX_DENY_UNDECIDED;
	path = dentry_path_raw(o->dentry, o->room->path, sizeof(o->room->path));
	if (IS_ERR(path))
		return LINX_DENY_UNDECIDED;
	o->path = path;
	o->path_len = o->room->path + sizeof(o->room->path) - 1 - path;
	return LINX_DENY_YES;
}

/*
 * Finds directory and name, which belong together. A directory that compares names in its own way may take another
 * spelling for the same name: then the place is not known. The root of a file system has no place, nor has a file that
 * only a descriptor names; a file that was opened by its handle may have one that is not known.
 */
enum linx_deny_answer linx_deny_object_place(struct linx_deny_object *o)
{
	struct name_snapshot name;
	struct dentry *up;
	struct inode *dir;
	int seq = 0;

	if (o->place_known)
		return o->place;
	o->place_known = true;
	o->place = LINX_DENY_UNDECIDED;
	if (!o->dentry)
		return o->place;
	if (IS_ROOT(o->dentry)) {
		if (!(READ_ONCE(o->dentry->d_flags) & DCACHE_DISCONNECTED))
			o->place = LINX_DENY_NO;
		return o->place;
	}
again:
	read_seqbegin_or_lock(&rename_lock, &seq);
	up = READ_ONCE(o->dentry->d_parent);
	dir = READ_ONCE(up->d_inode);
	if (dir)
		linx_ident_of(dir, &o->dir);
	take_dentry_name_snapshot(&name, o->dentry);
	o->name_len = min_t(u32, name.name.len, sizeof(o->room->name));
	memcpy(o->room->name, name.name.name, o->name_len);
	release_dentry_name_snapshot(&name);
	if (need_seqretry(&rename_lock, seq)) {
		seq = 1;
		goto again;
	}
	done_seqretry(&rename_lock, seq);
	o->name_hash = linx_name_hash(o->room->name, o->name_len);
	o->dir_known = dir;
	if (dir && !(READ_ONCE(up->d_flags) & DCACHE_OP_COMPARE))
		o->place = LINX_DENY_YES;
	return o->place;
}

/* ---- sockets */

static void set_v4(struct linx_deny_object *o, __be32 host, __be16 port)
{
	memset(o->host, 0, 10);
	memset(o->host + 10, 0xff, 2);
	memcpy(o->host + 12, &host, 4);
	o->port = ntohs(port);
	o->has_host = LINX_DENY_YES;
}

static void set_v6(struct linx_deny_object *o, const struct in6_addr *host, __be16 port)
{
	memcpy(o->host, host, 16);
	o->port = ntohs(port);
	o->has_host = LINX_DENY_YES;
}

/* The address of the socket's peer, to which it sends without an address. */
static void set_peer(struct linx_deny_object *o)
{
	const struct sock *sk = o->sock->sk;

	o->family = sk->sk_family;
	o->address = NULL;
	if (sk->sk_family == AF_INET && sk->sk_daddr)
		set_v4(o, sk->sk_daddr, sk->sk_dport);
#if IS_ENABLED(CONFIG_IPV6)
	else if (sk->sk_family == AF_INET6 && !ipv6_addr_any(&sk->sk_v6_daddr))
		set_v6(o, &sk->sk_v6_daddr, sk->sk_dport);
#endif
}

/*
 * The family with which the kernel takes an address that has none. Sockets of IPv4 take it for theirs when they send or
 * are bound, raw sockets of IPv6 when they send. Other sockets of IPv6 send to their peer then, and connect(2)
 * disconnects.
 */
static u16 family_of(const struct linx_deny_object *o, u16 family)
{
	const struct sock *sk = o->sock->sk;

	if (family != AF_UNSPEC || o->hook == LINX_DENY_CONNECT)
		return family;
	if (sk->sk_family == AF_INET || (sk->sk_family == AF_INET6 && o->type == SOCK_RAW && o->hook == LINX_DENY_SENDMSG))
		return sk->sk_family;
	return AF_UNSPEC;
}

static bool is_any(const u8 *host)
{
	static const u8 v4[16] = { [10] = 0xff, [11] = 0xff };

	return !memcmp(host, v4, 16) || !memchr_inv(host, 0, 16);
}

/*
 * The address 0.0.0.0 or :: as a destination is the socket's own address, or the loopback address if it has none. A
 * message with control data may choose its own address by these.
 */
static void replace_any(struct linx_deny_object *o, bool may_choose)
{
	const struct sock *sk = o->sock->sk;
	bool v4 = o->host[10];
	__be16 port = htons(o->port);

	if (!is_any(o->host))
		return;
	if (sk->sk_family == AF_INET && inet_sk(sk)->inet_saddr) {
		set_v4(o, inet_sk(sk)->inet_saddr, port);
#if IS_ENABLED(CONFIG_IPV6)
	} else if (sk->sk_family == AF_INET6 && !ipv6_addr_any(&sk->sk_v6_rcv_saddr)) {
		may_choose = true; /* own or loopback address: which one is taken differs between kinds of sockets */
		set_v6(o, &sk->sk_v6_rcv_saddr, port);
#endif
	} else if (v4) {
		set_v4(o, htonl(INADDR_LOOPBACK), port);
	} else {
		set_v6(o, &in6addr_loopback, port);
	}
	if (may_choose)
		o->has_host = LINX_DENY_UNDECIDED;
}

static void set_address(struct linx_deny_object *o, const void *address, u32 len)
{
	const struct sockaddr_in6 *six = address;
	const struct sockaddr_in *four = address;

	if (!address || len < sizeof(sa_family_t))
		return;
	o->family = family_of(o, four->sin_family);
	o->address = address;
	o->address_len = min_t(u32, len, sizeof(struct __kernel_sockaddr_storage));
	if (o->family == AF_INET && len >= sizeof(*four))
		set_v4(o, four->sin_addr.s_addr, four->sin_port);
	else if (o->family == AF_INET6 && len >= SIN6_LEN_RFC2133)
		set_v6(o, &six->sin6_addr, six->sin6_port);
}

/* Sockets of the kernel itself, as those of network file systems, are used in programs' contexts: no rule is about them. */
static bool fill_socket(struct linx_deny_object *o, struct socket *sock)
{
	if (!sock || !sock->sk || sock->sk->sk_kern_sock)
		return false;
	o->sock = sock;
	o->type = sock->type;
	o->protocol = sock->sk->sk_protocol;
	o->family = sock->sk->sk_family;
	return true;
}

static bool fill_connect(struct linx_deny_object *o, const unsigned long *args)
{
	if (!fill_socket(o, (struct socket *)args[0]))
		return false;
	set_address(o, (const void *)args[1], args[2]);
	if (o->has_host)
		replace_any(o, false);
	return true;
}

static bool fill_bind(struct linx_deny_object *o, const unsigned long *args)
{
	if (!fill_socket(o, (struct socket *)args[0]))
		return false;
	set_address(o, (const void *)args[1], args[2]);
	return true;
}

/* A connected TCP socket ignores the address of a message, unless TCP Fast Open connects with it. */
static bool fill_sendmsg(struct linx_deny_object *o, const unsigned long *args)
{
	const struct msghdr *m = (const struct msghdr *)args[1];
	bool named;

	if (!fill_socket(o, (struct socket *)args[0]))
		return false;
	named = m->msg_name && m->msg_namelen > 0 &&
		(o->type != SOCK_STREAM || (o->protocol != IPPROTO_TCP && o->protocol != IPPROTO_MPTCP) || m->msg_flags & MSG_FASTOPEN);
	if (named)
		set_address(o, m->msg_name, m->msg_namelen);
	if (!named || (o->family == AF_UNSPEC && o->sock->sk->sk_family == AF_INET6))
		set_peer(o);
	else if (o->has_host)
		replace_any(o, m->msg_controllen);
	return true;
}

/* ---- hooks */

static const struct {
	const char *function;
	bool (*fill)(struct linx_deny_object *o, const unsigned long *args);
	u64 whats; /* bits of enum linx_deny_what */
} hooks[LINX_DENY_HOOKS] = {
	[LINX_DENY_FILE_OPEN] = { "security_file_open", fill_open, FILE_WHATS | WHAT(FLAGS) },
	[LINX_DENY_EXEC] = { "security_bprm_check", fill_exec, FILE_WHATS },
	[LINX_DENY_CONNECT] = { "security_socket_connect", fill_connect, SOCKET_WHATS },
	[LINX_DENY_BIND] = { "security_socket_bind", fill_bind, SOCKET_WHATS },
	[LINX_DENY_SENDMSG] = { "security_socket_sendmsg", fill_sendmsg, SOCKET_WHATS },
	[LINX_DENY_TRUNCATE] = { "security_path_truncate", fill_truncate, FILE_WHATS },
	[LINX_DENY_MMAP] = { "security_mmap_file", fill_mmap, FILE_WHATS | WHAT(FLAGS) },
	[LINX_DENY_READ_FILE] = { "security_kernel_read_file", fill_read, FILE_WHATS | WHAT(READING) },
	[LINX_DENY_LOAD_DATA] = { "security_kernel_load_data", fill_load, ALL_WHATS | WHAT(READING) },
};

const char *linx_deny_hook_function(u32 hook)
{
	return hooks[hook].function;
}

bool linx_deny_hook_built(u32 hook)
{
	return hook < LINX_DENY_HOOKS && hooks[hook].function;
}

bool linx_deny_hook_has(u32 hook, u32 what)
{
	return what < 64 && hooks[hook].whats >> what & 1;
}

bool linx_deny_object_fill(struct linx_deny_object *o, u32 hook, struct linx_deny_room *room, struct pt_regs *regs)
{
	unsigned long args[3] = { linx_kernel_arg(regs, 0), linx_kernel_arg(regs, 1), linx_kernel_arg(regs, 2) };

	memset(o, 0, sizeof(*o));
	o->hook = hook;
	o->room = room;
	return hooks[hook].fill(o, args);
}
