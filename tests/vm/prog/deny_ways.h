/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Attacks that change directories and files, or reach another process or the kernel, by each call that can. They run in
 * the place of deny_scene.h, beside a process that executes PROGRAM: the victim.
 */
#ifndef DENY_WAYS_H
#define DENY_WAYS_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/mount.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include "deny_files.h"

#define EMPTY VAULT "/empty"
#define FRESH VAULT "/fresh"
#define FRESH_FREE FREE "/fresh"
#define SERVICE VAULT "/service"
#define LETTERS VAULT "/letters"

static pid_t victim;

static int way_result(long ret)
{
	return ret < 0 ? errno : 0;
}

/* Returns 0 for a raw call that succeeded, else its errno. */
static int way_raw(long ret)
{
	return ret < 0 && ret > -4096 ? (int)-ret : 0;
}

/* Makes a 32-bit call whose first arguments are paths, which have to lie in the lowest 4 GB; rest: the third argument. */
static int way_int80(long nr, const char *one, const char *two, uint64_t rest)
{
	char *low = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	uint64_t args[6] = { (uintptr_t)low, (uintptr_t)low + 4096, rest };

	if (low == MAP_FAILED)
		return ABSENT;
	strcpy(low, one);
	strcpy(low + 4096, two);
	return way_raw(raw_i386(nr, args));
}

/* Has io_uring do an operation on one path or two. len: the second directory, or a mode. */
static int way_ring(int opcode, const char *one, const char *two, uint32_t len)
{
	struct ops o;
	int ret;

	if (ops_open(&o, 4, 0))
		return ABSENT;
	ops_entry(&o, opcode, AT_FDCWD, one, len, (uintptr_t)two);
	ret = ops_do(&o);
	return ret == -EINVAL ? ABSENT : way_raw(ret);
}

/* ---- names that go */

static int way_unlink(void) { return way_result(unlink(SECRET)); }
static int way_unlinkat(void)
{
	int dir = open(VAULT, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return way_result(unlinkat(dir, "secret", 0));
}
static int way_unlink_int80(void) { return way_int80(10, SECRET, "", 0); }
static int way_unlink_ring(void) { return way_ring(IORING_OP_UNLINKAT, SECRET, NULL, 0); }
static int way_rmdir(void) { return way_result(rmdir(EMPTY)); }
static int way_unlinkat_directory(void) { return way_result(unlinkat(AT_FDCWD, EMPTY, AT_REMOVEDIR)); }
static int way_unlink_bound(void)
{
	return mount(VAULT, FREE, NULL, MS_BIND, NULL) ? errno : way_result(unlink(FREE "/secret"));
}

/* ---- names that move */

static int way_rename_out(void) { return way_result(rename(SECRET, FREE "/else")); }
static int way_rename_within(void) { return way_result(rename(SECRET, VAULT "/else")); }
static int way_rename_in(void) { return way_result(rename(FREE "/plain.", SECRET)); }
static int way_rename_new(void) { return way_result(rename(FREE "/plain.", FRESH)); }
static int way_exchange(void)
{
	return way_result(syscall(SYS_renameat2, AT_FDCWD, FREE "/plain.", AT_FDCWD, SECRET, RENAME_EXCHANGE));
}
static int way_exchange_back(void)
{
	return way_result(syscall(SYS_renameat2, AT_FDCWD, SECRET, AT_FDCWD, FREE "/plain.", RENAME_EXCHANGE));
}
static int way_rename_int80(void) { return way_int80(38, SECRET, FREE "/else", 0); }
static int way_rename_ring(void) { return way_ring(IORING_OP_RENAMEAT, SECRET, FREE "/else", (uint32_t)AT_FDCWD); }

/* Moves the directory, or one above it, with all names in it. */
static int way_rename_directory(void) { return way_result(rename(VAULT, SCENE "/else")); }
static int way_exchange_directory(void)
{
	return way_result(syscall(SYS_renameat2, AT_FDCWD, VAULT, AT_FDCWD, FREE, RENAME_EXCHANGE));
}

/* ---- names that are added */

static int way_link(void) { return way_result(link(SECRET, FREE "/link")); }
static int way_link_new(void) { return way_result(link(FREE "/plain.", FRESH)); }
static int way_link_int80(void) { return way_int80(9, SECRET, FREE "/link", 0); }
static int way_link_ring(void) { return way_ring(IORING_OP_LINKAT, SECRET, FREE "/link", (uint32_t)AT_FDCWD); }
static int way_link_fd(void)
{
	int fd = open(SECRET, O_PATH | O_CLOEXEC);
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return way_result(linkat(AT_FDCWD, path, AT_FDCWD, FREE "/link", AT_SYMLINK_FOLLOW));
}

/* Gives a name to a file that has none. */
static int way_link_nameless(void)
{
	int fd = open(FREE, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return fd < 0 ? errno : way_result(linkat(AT_FDCWD, path, AT_FDCWD, FRESH, AT_SYMLINK_FOLLOW));
}

static int way_create(void) { return way_result(open(FRESH, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)); }
static int way_mknod(void) { return way_result(mknod(FRESH, S_IFIFO | 0600, 0)); }
static int way_mkdir(void) { return way_result(mkdir(FRESH, 0755)); }
static int way_mkdir_ring(void) { return way_ring(IORING_OP_MKDIRAT, FRESH, NULL, 0755); }
static int way_mkdir_int80(void) { return way_int80(39, FRESH, "", 0); }
static int way_symlink(void) { return way_result(symlink("/etc", FRESH)); }
static int way_symlink_ring(void) { return way_ring(IORING_OP_SYMLINKAT, "/etc", FRESH, 0); }

static int way_bind(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = FRESH };

	return way_result(bind(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), (struct sockaddr *)&a, sizeof(a)));
}

/* ---- attributes */

static int way_chmod(void) { return way_result(chmod(SECRET, 04777)); }
static int way_fchmod(void) { return way_result(fchmod(open(SECRET, O_RDONLY | O_CLOEXEC), 04777)); }
static int way_fchmodat(void) { return way_result(fchmodat(AT_FDCWD, SECRET, 04777, 0)); }
static int way_chmod_int80(void)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (low == MAP_FAILED)
		return ABSENT;
	strcpy(low, SECRET);
	return way_raw(raw_i386(15, (uint64_t[6]){ (uintptr_t)low, 04777 }));
}
static int way_chmod_fd(void)
{
	int fd = open(SECRET, O_PATH | O_CLOEXEC);
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return way_result(chmod(path, 04777));
}
static int way_chown(void) { return way_result(chown(SECRET, 1000, 1000)); }
static int way_lchown(void) { return way_result(lchown(SECRET, 1000, 1000)); }
static int way_fchown(void) { return way_result(fchown(open(SECRET, O_RDONLY | O_CLOEXEC), 1000, 1000)); }

/* Truncates the file by a descriptor that is already open. */
static int way_ftruncate(void) { return way_result(ftruncate(open(SECRET, O_RDWR | O_CLOEXEC), 0)); }

/* ---- another process */

static int way_kill(void) { return way_result(kill(victim, SIGTERM)); }
static int way_tgkill(void) { return way_result(syscall(SYS_tgkill, victim, victim, SIGTERM)); }
static int way_tkill(void) { return way_result(syscall(SYS_tkill, victim, SIGTERM)); }
static int way_sigqueue(void) { return way_result(sigqueue(victim, SIGTERM, (union sigval){ 0 })); }
static int way_kill_group(void) { return way_result(kill(-victim, SIGTERM)); }
static int way_kill_fd(void)
{
	return way_result(syscall(SYS_pidfd_send_signal, syscall(SYS_pidfd_open, victim, 0), SIGTERM, NULL, 0));
}
static int way_kill_int80(void)
{
	return way_raw(raw_i386(37, (uint64_t[6]){ (uint64_t)victim, SIGTERM }));
}

static int way_attach(void) { return way_result(ptrace(PTRACE_ATTACH, victim, NULL, NULL)); }
static int way_seize(void) { return way_result(ptrace(PTRACE_SEIZE, victim, NULL, NULL)); }
static int way_attach_int80(void)
{
	return way_raw(raw_i386(26, (uint64_t[6]){ PTRACE_ATTACH, (uint64_t)victim }));
}

static int way_mem(void)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/mem", victim);
	if (open(path, O_RDWR | O_CLOEXEC) >= 0)
		return 0;
	return errno == EACCES ? EPERM : errno; /* opens of this file fail with EACCES, whatever the check returns */
}

static unsigned long victim_text; /* an address that the victim has mapped */

static int way_readv(void)
{
	char byte;
	struct iovec to = { &byte, 1 }, from = { (void *)victim_text, 1 };

	return way_result(process_vm_readv(victim, &to, 1, &from, 1, 0));
}

static int way_getfd(void)
{
	return way_result(syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, victim, 0), 0, 0));
}

/* ---- the kernel */

static const struct bpf_insn way_program[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K }, { .code = BPF_JMP | BPF_EXIT } };

static int way_bpf(void)
{
	union bpf_attr a = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER, .insn_cnt = 2, .insns = (uintptr_t)way_program, .license = (uintptr_t)"GPL" };

	return way_result(syscall(SYS_bpf, BPF_PROG_LOAD, &a, sizeof(a)));
}

static int way_bpf_int80(void)
{
	union bpf_attr *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (low == MAP_FAILED)
		return ABSENT;
	*low = (union bpf_attr){ .prog_type = BPF_PROG_TYPE_SOCKET_FILTER, .insn_cnt = 2, .insns = (uintptr_t)way_program, .license = (uintptr_t)"GPL" };
	return way_raw(raw_i386(357, (uint64_t[6]){ BPF_PROG_LOAD, (uintptr_t)low, sizeof(*low) }));
}

/* ---- mounts over the protected directory */

static int way_mount(void) { return way_result(mount("none", VAULT, "tmpfs", 0, NULL)); }
static int way_mount_bind(void) { return way_result(mount(FREE, VAULT, NULL, MS_BIND, NULL)); }
static int way_mount_above(void) { return way_result(mount("none", SCENE, "tmpfs", 0, NULL)); }
static int way_mount_file(void) { return way_result(mount(FREE "/plain.", SECRET, NULL, MS_BIND, NULL)); }

/* Mounts a tmpfs at an unprotected directory, and moves this mount over the protected directory. */
static int way_mount_move(void)
{
	if (mkdir(FREE "/m", 0755) || mount("none", FREE "/m", "tmpfs", 0, NULL))
		return errno;
	return way_result(mount(FREE "/m", VAULT, NULL, MS_MOVE, NULL));
}

static int way_attach_mount(int fd)
{
	return fd < 0 ? errno : way_result(syscall(SYS_move_mount, fd, "", AT_FDCWD, VAULT, MOVE_MOUNT_F_EMPTY_PATH));
}

static int way_mount_fd(void)
{
	int fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);

	if (fs < 0 || syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return errno;
	return way_attach_mount((int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0));
}

static int way_mount_tree(void)
{
	return way_attach_mount((int)syscall(SYS_open_tree, AT_FDCWD, FREE, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
}

/* ---- sockets */

static int way_packet(void) { return way_result(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL))); }
static int way_packet_int80(void)
{
	return way_raw(raw_i386(359, (uint64_t[6]){ AF_PACKET, SOCK_RAW, htons(ETH_P_ALL) }));
}
static int way_packet_ring(void)
{
	struct ops o;
	int ret;

	if (ops_open(&o, 4, 0))
		return ABSENT;
	ops_entry(&o, 45 /* IORING_OP_SOCKET */, AF_PACKET, NULL, htons(ETH_P_ALL), SOCK_RAW);
	ret = ops_do(&o);
	return ret == -EINVAL ? ABSENT : way_raw(ret);
}

static int way_connect_to(const char *path, int type)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	strcpy(a.sun_path, path);
	return way_result(connect(socket(AF_UNIX, type | SOCK_CLOEXEC, 0), (struct sockaddr *)&a, sizeof(a)));
}

static int way_unix(void) { return way_connect_to(SERVICE, SOCK_STREAM); }
static int way_unix_link(void) { return link(SERVICE, FREE "/s") ? errno : way_connect_to(FREE "/s", SOCK_STREAM); }
static int way_unix_symlink(void) { return symlink(SERVICE, FREE "/s") ? errno : way_connect_to(FREE "/s", SOCK_STREAM); }
static int way_unix_renamed(void) { return rename(SERVICE, FREE "/s") ? errno : way_connect_to(FREE "/s", SOCK_STREAM); }
static int way_unix_relative(void) { return chdir(VAULT) ? errno : way_connect_to("service", SOCK_STREAM); }
static int way_unix_proc(void)
{
	int fd = open(SERVICE, O_PATH | O_CLOEXEC);
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return way_connect_to(path, SOCK_STREAM);
}
static int way_unix_datagram(void) { return way_connect_to(LETTERS, SOCK_DGRAM); }
static int way_unix_send(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = LETTERS };

	return way_result(sendto(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), "x", 1, 0, (struct sockaddr *)&a, sizeof(a)));
}
static int way_unix_ring(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = SERVICE };
	struct ops o;

	if (ops_open(&o, 4, 0))
		return ABSENT;
	ops_entry(&o, IORING_OP_CONNECT, socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), &a, 0, sizeof(a));
	return way_raw(ops_do(&o));
}

/* ---- memory */

static void *way_mapped(int flags)
{
	int fd = open(PROGRAM, O_RDONLY | O_CLOEXEC);

	return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | flags, fd, 0);
}
static int way_mprotect(void) { return way_result(mprotect(way_mapped(0), 4096, PROT_READ | PROT_EXEC)); }
static int way_pkey_mprotect(void)
{
	return way_result(syscall(SYS_pkey_mprotect, way_mapped(0), 4096, PROT_READ | PROT_EXEC, -1));
}
static int way_mprotect_int80(void)
{
	return way_raw(raw_i386(125, (uint64_t[6]){ (uintptr_t)way_mapped(MAP_32BIT), 4096, PROT_READ | PROT_EXEC }));
}

/* ---- calls with scalar arguments */

static int way_unshare(void) { return way_result(unshare(CLONE_NEWUTS | CLONE_NEWIPC)); }
static int way_unshare_int80(void) { return way_raw(raw_i386(310, (uint64_t[6]){ CLONE_NEWUTS })); }
static int way_personality(void) { return way_result(personality(ADDR_NO_RANDOMIZE)); }
static int way_personality_wide(void)
{
	return way_raw(raw(SYS_personality, (uint64_t[6]){ 0x100000000ull | ADDR_NO_RANDOMIZE }));
}
static int way_personality_int80(void) { return way_raw(raw_i386(136, (uint64_t[6]){ ADDR_NO_RANDOMIZE })); }
static int way_setuid(void) { return way_raw(raw(SYS_setuid, (uint64_t[6]){ 4242 })); }
static int way_setuid_wide(void) { return way_raw(raw(SYS_setuid, (uint64_t[6]){ 0xabcd00000000ull | 4242 })); }
static int way_setuid_int80(void) { return way_raw(raw_i386(213, (uint64_t[6]){ 4242 })); }
static int way_setuid_old(void) { return way_raw(raw_i386(23, (uint64_t[6]){ 0x10000 | 4242 })); }
static int way_prctl(void) { return way_raw(raw(SYS_prctl, (uint64_t[6]){ 0x700000000ull | PR_SET_DUMPABLE, 1 })); }

#endif
