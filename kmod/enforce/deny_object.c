// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds out what an operation is about, from the arguments of the hooked function: files with their places, a socket
 * with an address, another process, or numbers. User memory is not read.
 */
#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/kernel_read_file.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/net.h>
#include <linux/personality.h>
#include <linux/ptrace.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <uapi/linux/mount.h>
#include <net/af_unix.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include "compat/compat.h"
#include "enforce/deny_call.h"
#include "enforce/deny_object.h"

#define WHAT(name) (1ULL << LINX_DENY_##name)
/* Conditions on the task, which all hooks have. 0x3fe: the bits from UID to CGROUP. */
#define ALL_WHATS (0x3feULL | WHAT(MNT_NS) | WHAT(ANCESTOR) | WHAT(EXE) | WHAT(PARENT))
#define FILE_WHATS (ALL_WHATS | WHAT(FILE) | WHAT(LINKS) | WHAT(FILE_MODE) | WHAT(FILE_UID))
#define SOCKET_WHATS (ALL_WHATS | WHAT(FAMILY) | WHAT(TYPE) | WHAT(PROTOCOL) | WHAT(ADDRESS) | WHAT(PORT))

static_assert(0x3feULL == (2ULL << LINX_DENY_CGROUP) - (1ULL << LINX_DENY_UID));

#define arg(regs, n) linx_kernel_arg(regs, n)

/* ---- files */

/* Adds a file to the operation or, if inode is NULL, a place without a file. moves: see linx_judged.moves. */
static void add_file(struct linx_deny_object *o, struct inode *inode, struct dentry *dentry, bool moves)
{
	struct linx_judged *f = &o->files[o->nfiles];

	linx_judged_set(f, inode, dentry, &o->room->names[o->nfiles++]);
	f->moves = moves;
}

static bool fill_dentry(struct linx_deny_object *o, struct dentry *dentry)
{
	add_file(o, d_inode(dentry), dentry, false);
	return true;
}

static bool fill_opened(struct linx_deny_object *o, struct file *file)
{
	if (file)
		add_file(o, file_inode(file), linx_file_dentry(file), false);
	return true;
}

/* Adds a file together with the place to which it is going to be moved or linked. */
static void add_moved(struct linx_deny_object *o, struct inode *inode, struct dentry *place)
{
	add_file(o, NULL, place, true);
	linx_judged_be(&o->files[o->nfiles - 1], inode);
}

static u64 flags_of_open(struct pt_regs *regs)
{
	return ((const struct file *)arg(regs, 0))->f_flags;
}

static bool fill_open(struct linx_deny_object *o, struct pt_regs *regs)
{
	o->detail = flags_of_open(regs);
	return fill_opened(o, (struct file *)arg(regs, 0));
}

static bool fill_exec(struct linx_deny_object *o, struct pt_regs *regs)
{
	return fill_opened(o, ((struct linux_binprm *)arg(regs, 0))->file);
}

/*
 * Finds the capabilities that an exec would add because of the program's file. The kernel has computed them already,
 * and has not applied them to the task yet. The process has no other thread any more.
 */
static bool fill_gain(struct linx_deny_object *o, struct pt_regs *regs)
{
	const struct linux_binprm *bprm = (const struct linux_binprm *)arg(regs, 0);

	o->detail = linx_cap(bprm->cred->cap_permitted) & ~linx_cap(current_real_cred()->cap_permitted);
	return o->detail && fill_opened(o, bprm->file);
}

static bool fill_truncate(struct linx_deny_object *o, struct pt_regs *regs)
{
	return fill_dentry(o, ((const struct path *)arg(regs, 0))->dentry);
}

static u64 prot_of_mprotect(struct pt_regs *regs)
{
	return arg(regs, 2);
}

/*
 * Adds the mapped file. For a file of an overlayfs that is the file in a layer, so the file of the overlay is added as
 * well.
 */
static bool fill_mprotect(struct linx_deny_object *o, struct pt_regs *regs)
{
	struct file *file = ((struct vm_area_struct *)arg(regs, 0))->vm_file;
	struct dentry *dentry;

	o->detail = prot_of_mprotect(regs);
	if (!file)
		return true;
	fill_opened(o, file);
	dentry = linx_user_dentry(file);
	if (dentry && d_inode(dentry) && d_inode(dentry) != file_inode(file))
		fill_dentry(o, dentry);
	return true;
}

/* ---- directories */

static bool fill_unlink(struct linx_deny_object *o, struct pt_regs *regs)
{
	return fill_dentry(o, (struct dentry *)arg(regs, 1));
}

/*
 * Adds the renamed file at its old place, the same file at its new place, and the file that is at the new place until
 * now, if there is one. With RENAME_EXCHANGE that file moves as well, and is added at the old place, too.
 */
static bool fill_rename(struct linx_deny_object *o, struct pt_regs *regs)
{
	struct dentry *old = (struct dentry *)arg(regs, 1), *to = (struct dentry *)arg(regs, 3);
	bool exchange = arg(regs, 4) & RENAME_EXCHANGE;

	add_file(o, d_inode(old), old, true);
	add_moved(o, d_inode(old), to);
	if (!d_inode(to))
		return true;
	add_file(o, d_inode(to), to, exchange);
	if (exchange)
		add_moved(o, d_inode(to), old);
	return true;
}

static bool fill_link(struct linx_deny_object *o, struct pt_regs *regs)
{
	struct dentry *old = (struct dentry *)arg(regs, 0);

	add_file(o, d_inode(old), old, false);
	add_moved(o, d_inode(old), (struct dentry *)arg(regs, 2));
	return true;
}

/* Adds the place of a file that is about to be created. mode: st_mode of the file. */
static bool fill_new(struct linx_deny_object *o, struct pt_regs *regs, u32 mode)
{
	add_file(o, NULL, (struct dentry *)arg(regs, 1), false);
	o->files[0].mode = mode;
	o->detail = mode;
	return true;
}

/*
 * Fills in the creation of a regular file. If the name is not in the dentry cache, an open with O_CREAT calls
 * security_inode_create() before it looks whether the file exists. If the file exists, the open continues whatever that
 * function returned: o->early.
 */
static bool fill_create(struct linx_deny_object *o, struct pt_regs *regs)
{
	o->early = d_in_lookup((struct dentry *)arg(regs, 1));
	return fill_new(o, regs, S_IFREG | (arg(regs, 2) & S_IALLUGO));
}

static bool fill_mkdir(struct linx_deny_object *o, struct pt_regs *regs)
{
	return fill_new(o, regs, S_IFDIR | (arg(regs, 2) & S_IALLUGO));
}

static bool fill_mknod(struct linx_deny_object *o, struct pt_regs *regs)
{
	u32 mode = (umode_t)arg(regs, 2);

	return fill_new(o, regs, mode & S_IFMT ? mode : mode | S_IFREG);
}

static bool fill_symlink(struct linx_deny_object *o, struct pt_regs *regs)
{
	return fill_new(o, regs, S_IFLNK | 0777);
}

/* ---- attributes and mounts */

/*
 * Returns what a change of attributes sets, LINX_DENY_SETS_* and LINX_DENY_CLEARS_ID. CLEARS_ID: the program does not
 * set the mode; the kernel clears set-user-ID bits, as the file is written or given to another owner.
 */
static u32 changes_of(unsigned int valid)
{
	u32 sets = 0;

	if (valid & ATTR_MODE && valid & (ATTR_FORCE | ATTR_KILL_SUID | ATTR_KILL_SGID | ATTR_UID | ATTR_GID | ATTR_SIZE))
		sets |= LINX_DENY_CLEARS_ID;
	else if (valid & ATTR_MODE)
		sets |= LINX_DENY_SETS_MODE;
	if (valid & ATTR_UID)
		sets |= LINX_DENY_SETS_UID;
	if (valid & ATTR_GID)
		sets |= LINX_DENY_SETS_GID;
	if (valid & ATTR_SIZE)
		sets |= LINX_DENY_SETS_SIZE;
	if (valid & (ATTR_ATIME | ATTR_MTIME) && !(valid & ATTR_SIZE))
		sets |= LINX_DENY_SETS_TIMES;
	return sets;
}

static bool fill_setattr(struct linx_deny_object *o, struct pt_regs *regs)
{
	const struct iattr *attr = (const struct iattr *)arg(regs, LINX_SETATTR_ARG + 1);

	o->sets = changes_of(attr->ia_valid);
	o->detail = o->sets;
	o->new_mode = attr->ia_mode;
	o->new_uid = __kuid_val(attr->ia_uid);
	o->new_gid = __kgid_val(attr->ia_gid);
	return fill_dentry(o, (struct dentry *)arg(regs, LINX_SETATTR_ARG));
}

/* Adds the directory on which something is mounted. hides: the mount will hide what is below the directory. */
static void add_mount_point(struct linx_deny_object *o, const struct path *path, bool hides)
{
	add_file(o, d_inode(path->dentry), path->dentry, hides);
}

/*
 * Flags of mount(2). CHANGES: without MS_BIND, the call changes an existing mount. MOUNTS_NONE: the call does not mount
 * a new file system, and ignores the type.
 */
#define CHANGES (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)
#define MOUNTS_NONE (CHANGES | MS_REMOUNT | MS_BIND | MS_MOVE)

static bool hides(u64 flags)
{
	return !(flags & MS_REMOUNT) && (flags & MS_BIND || !(flags & CHANGES));
}

static bool fill_mount(struct linx_deny_object *o, struct pt_regs *regs)
{
	o->detail = arg(regs, 3);
	o->fs_type = o->detail & MOUNTS_NONE ? NULL : (const char *)arg(regs, 2);
	add_mount_point(o, (const struct path *)arg(regs, 1), hides(o->detail));
	return true;
}

static bool fill_move_mount(struct linx_deny_object *o, struct pt_regs *regs)
{
	o->fs_type = ((const struct path *)arg(regs, 0))->mnt->mnt_sb->s_type->name;
	add_mount_point(o, (const struct path *)arg(regs, 1), true);
	return true;
}

static bool may_execute(const struct file *file)
{
	const struct vfsmount *mnt = file->f_path.mnt;

	return !(mnt->mnt_flags & MNT_NOEXEC || mnt->mnt_sb->s_iflags & SB_I_NOEXEC);
}

/*
 * Returns the protection that a mapping will have. With READ_IMPLIES_EXEC the kernel makes readable mappings executable
 * after it called the hooked function, unless the file is on a mount that does not permit execution.
 */
static u64 prot_of_mmap(struct pt_regs *regs)
{
	const struct file *file = (const struct file *)arg(regs, 0);
	u64 prot = arg(regs, 1);

	if (prot & PROT_READ && current->personality & READ_IMPLIES_EXEC && (!file || may_execute(file)))
		prot |= PROT_EXEC;
	return prot;
}

static bool fill_mmap(struct linx_deny_object *o, struct pt_regs *regs)
{
	o->detail = prot_of_mmap(regs);
	return fill_opened(o, (struct file *)arg(regs, 0));
}

/*
 * Returns what the kernel reads or loads. name: the kernel's name for it. Names are used because the numbers differ
 * between kernels.
 */
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

static bool fill_read(struct linx_deny_object *o, struct pt_regs *regs)
{
	o->detail = reading_of(kernel_read_file_id_str((enum kernel_read_file_id)arg(regs, 1)));
	return fill_opened(o, (struct file *)arg(regs, 0));
}

/*
 * Fills in a load of data without a file. enum kernel_load_data_id and enum kernel_read_file_id have the same numbers.
 */
static bool fill_load(struct linx_deny_object *o, struct pt_regs *regs)
{
	o->detail = reading_of(kernel_read_file_id_str((enum kernel_read_file_id)arg(regs, 0)));
	return true;
}

/* ---- processes and the kernel */

static u64 number_of_kill(struct pt_regs *regs)
{
	return (u32)arg(regs, 2);
}

static bool fill_kill(struct linx_deny_object *o, struct pt_regs *regs)
{
	o->target = (struct task_struct *)arg(regs, 0);
	o->detail = number_of_kill(regs);
	return true;
}

/*
 * Fills in an access to another process. With NOAUDIT the kernel calls the function only to learn which fields of
 * /proc/PID/stat it has to hide, so nothing fails for the program: o->quiet.
 */
static bool fill_ptrace(struct linx_deny_object *o, struct pt_regs *regs)
{
	o->target = (struct task_struct *)arg(regs, 0);
	o->detail = arg(regs, 1) & (PTRACE_MODE_READ | PTRACE_MODE_ATTACH);
	o->quiet = arg(regs, 1) & PTRACE_MODE_NOAUDIT;
	return true;
}

static u64 number_of_bpf(struct pt_regs *regs)
{
	return (u32)arg(regs, 0);
}

static bool fill_bpf(struct linx_deny_object *o, struct pt_regs *regs)
{
	o->detail = number_of_bpf(regs);
	return true;
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

/* Sets the destination to the socket's peer, to which a message without an address is sent. */
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
 * Returns the family as which the kernel treats an address. family: that in the address. An address with AF_UNSPEC is
 * treated as AF_INET by IPv4 sockets that send or bind, and as AF_INET6 by raw IPv6 sockets that send. Other IPv6
 * sockets send to their peer instead, and connect(2) disconnects the socket. bind(2) of a raw IPv4 socket treats each
 * address as AF_INET.
 */
static u16 family_of(const struct linx_deny_object *o, u16 family)
{
	const struct sock *sk = o->sock->sk;

	if (sk->sk_family == AF_INET && o->type == SOCK_RAW && o->hook == LINX_DENY_BIND)
		return AF_INET;
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
 * Replaces the destination 0.0.0.0 or ::, which means the socket's own address, or the loopback address if the socket
 * has none. may_choose: the message has control data, which can set the source address and thereby the destination;
 * then o->has_host is UNDECIDED.
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
		may_choose = true; /* some kinds of sockets take the own address, others the loopback address */
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

/*
 * Fills in a socket. Returns false for a socket of the kernel itself, such as one of a network file system, which can
 * be used in the context of a program: rules do not apply to it.
 */
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

static bool fill_connect(struct linx_deny_object *o, struct pt_regs *regs)
{
	if (!fill_socket(o, (struct socket *)arg(regs, 0)))
		return false;
	set_address(o, (const void *)arg(regs, 1), arg(regs, 2));
	if (o->has_host)
		replace_any(o, false);
	return true;
}

static bool fill_bind(struct linx_deny_object *o, struct pt_regs *regs)
{
	if (!fill_socket(o, (struct socket *)arg(regs, 0)))
		return false;
	set_address(o, (const void *)arg(regs, 1), arg(regs, 2));
	return true;
}

/* Fills in a message. TCP ignores the message's address, unless MSG_FASTOPEN connects to it. */
static bool fill_sendmsg(struct linx_deny_object *o, struct pt_regs *regs)
{
	const struct msghdr *m = (const struct msghdr *)arg(regs, 1);
	bool named;

	if (!fill_socket(o, (struct socket *)arg(regs, 0)))
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

/* ---- sockets that are made, and unix sockets */

static bool fill_socket_create(struct linx_deny_object *o, struct pt_regs *regs)
{
	o->family = arg(regs, 0);
	o->type = arg(regs, 1);
	o->protocol = arg(regs, 2);
	return !(int)arg(regs, 3); /* a socket of the kernel itself */
}

/*
 * Adds the file of the unix socket "other", if it has one. The socket is locked by the caller of the hooked function,
 * so it keeps its file. NULL: the socket has ended.
 */
static bool fill_other(struct linx_deny_object *o, const struct sock *other)
{
	struct dentry *dentry = other ? unix_sk(other)->path.dentry : NULL;

	return !dentry || fill_dentry(o, dentry);
}

static bool fill_unix_stream(struct linx_deny_object *o, struct pt_regs *regs)
{
	return fill_other(o, (const struct sock *)arg(regs, 1));
}

static bool fill_unix_send(struct linx_deny_object *o, struct pt_regs *regs)
{
	const struct socket *other = (const struct socket *)arg(regs, 1);

	return fill_other(o, other ? other->sk : NULL);
}

/* ---- hooks */

const struct linx_deny_point linx_deny_points[] = {
	{ "security_file_open", fill_open, LINX_DENY_FILE_OPEN, flags_of_open },
	{ "security_bprm_check", fill_exec, LINX_DENY_EXEC },
	{ "security_socket_connect", fill_connect, LINX_DENY_CONNECT },
	{ "security_socket_bind", fill_bind, LINX_DENY_BIND },
	{ "security_socket_sendmsg", fill_sendmsg, LINX_DENY_SENDMSG },
	{ "security_path_truncate", fill_truncate, LINX_DENY_TRUNCATE },
	{ "security_mmap_file", fill_mmap, LINX_DENY_MMAP, prot_of_mmap },
	{ "security_kernel_read_file", fill_read, LINX_DENY_READ_FILE },
	{ "security_kernel_load_data", fill_load, LINX_DENY_LOAD_DATA },
	{ "security_inode_unlink", fill_unlink, LINX_DENY_UNLINK },
	{ "security_inode_rmdir", fill_unlink, LINX_DENY_UNLINK },
	{ "security_inode_rename", fill_rename, LINX_DENY_RENAME },
	{ "security_inode_link", fill_link, LINX_DENY_LINK },
	{ "security_inode_setattr", fill_setattr, LINX_DENY_SETATTR },
	{ "security_inode_create", fill_create, LINX_DENY_CREATE },
	{ "security_inode_mkdir", fill_mkdir, LINX_DENY_CREATE },
	{ "security_inode_mknod", fill_mknod, LINX_DENY_CREATE },
	{ "security_inode_symlink", fill_symlink, LINX_DENY_CREATE },
	{ "security_task_kill", fill_kill, LINX_DENY_KILL, number_of_kill },
	{ "security_ptrace_access_check", fill_ptrace, LINX_DENY_PTRACE },
	{ "security_bpf", fill_bpf, LINX_DENY_BPF, number_of_bpf },
	{ "security_sb_mount", fill_mount, LINX_DENY_MOUNT },
	{ "security_move_mount", fill_move_mount, LINX_DENY_MOUNT },
	{ "security_socket_create", fill_socket_create, LINX_DENY_SOCKET },
	{ "security_file_mprotect", fill_mprotect, LINX_DENY_MPROTECT, prot_of_mprotect },
	{ "security_unix_stream_connect", fill_unix_stream, LINX_DENY_UNIX },
	{ "security_unix_may_send", fill_unix_send, LINX_DENY_UNIX },
	{ "security_bprm_committing_creds", fill_gain, LINX_DENY_GAIN },
#define CALL(name, function, args) { #function, linx_deny_call_fill, LINX_DENY_HOOKS + LINX_DENY_CALL_##function },
#include "tables/deny_calls.def"
#undef CALL
};
const u32 linx_deny_npoints = ARRAY_SIZE(linx_deny_points);

static const u64 whats[LINX_DENY_HOOKS] = { /* conditions that each hook supports: bits of enum linx_deny_what */
	[LINX_DENY_FILE_OPEN] = FILE_WHATS | WHAT(FLAGS),
	[LINX_DENY_EXEC] = FILE_WHATS,
	[LINX_DENY_CONNECT] = SOCKET_WHATS,
	[LINX_DENY_BIND] = SOCKET_WHATS,
	[LINX_DENY_SENDMSG] = SOCKET_WHATS,
	[LINX_DENY_TRUNCATE] = FILE_WHATS,
	[LINX_DENY_MMAP] = FILE_WHATS | WHAT(FLAGS),
	[LINX_DENY_READ_FILE] = FILE_WHATS | WHAT(READING),
	[LINX_DENY_LOAD_DATA] = ALL_WHATS | WHAT(READING),
	[LINX_DENY_UNLINK] = FILE_WHATS,
	[LINX_DENY_RENAME] = FILE_WHATS,
	[LINX_DENY_LINK] = FILE_WHATS,
	[LINX_DENY_SETATTR] = FILE_WHATS | WHAT(FLAGS) | WHAT(NEW_MODE) | WHAT(NEW_UID) | WHAT(NEW_GID),
	[LINX_DENY_CREATE] = FILE_WHATS,
	[LINX_DENY_KILL] = ALL_WHATS | WHAT(NUMBER) | WHAT(TARGET) | WHAT(TARGET_PID),
	[LINX_DENY_PTRACE] = ALL_WHATS | WHAT(FLAGS) | WHAT(TARGET) | WHAT(TARGET_PID),
	[LINX_DENY_BPF] = ALL_WHATS | WHAT(NUMBER),
	[LINX_DENY_MOUNT] = FILE_WHATS | WHAT(FLAGS) | WHAT(FS_TYPE),
	[LINX_DENY_SOCKET] = ALL_WHATS | WHAT(FAMILY) | WHAT(TYPE) | WHAT(PROTOCOL),
	[LINX_DENY_MPROTECT] = FILE_WHATS | WHAT(FLAGS),
	[LINX_DENY_UNIX] = FILE_WHATS,
	[LINX_DENY_GAIN] = FILE_WHATS | WHAT(CAPS_GAINED),
};

bool linx_deny_hook_built(u32 hook)
{
	return hook < LINX_DENY_HOOKS && (whats[hook] || hook == LINX_DENY_CALL);
}

bool linx_deny_hook_has(const struct linx_deny_rule *r, u32 what)
{
	if (what >= 64)
		return false;
	if (r->hook == LINX_DENY_CALL)
		return ALL_WHATS >> what & 1 || linx_deny_call_has(r->call, what);
	return whats[r->hook] >> what & 1;
}
