// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Makes calls whose arguments have every type of Falco's event table. Each run uses the same numbers, such as
 * descriptors from 60 on, so that tests/cli/texts.expected can have the texts of the arguments. Many of the calls fail.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/quota.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Gives a descriptor the next number from 60, and closes the old one. */
static int placed(int fd)
{
	static int next = 60;
	int made = dup3(fd, next, 0);

	syscall(SYS_close, fd);
	next++;
	return made;
}

static void files(void)
{
	int fd;

	fd = placed((int)syscall(SYS_openat, AT_FDCWD, "made", O_CREAT | O_EXCL | O_WRONLY | O_APPEND, 0640));
	syscall(SYS_openat, AT_FDCWD, "made", O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_SYNC, 0777);
	syscall(SYS_openat, AT_FDCWD, "none", O_RDONLY | O_DIRECTORY);
	syscall(SYS_openat2, AT_FDCWD, "/none", ((uint64_t[]){ O_RDWR | O_TRUNC, 0, 0x14 }), 24);
	syscall(SYS_fchmodat, AT_FDCWD, "made", 04750);
	syscall(SYS_fchmod, fd, 0400);
	syscall(SYS_fchmod, fd, 0);
	syscall(SYS_mkdirat, AT_FDCWD, "made", 0755);
	syscall(SYS_mknodat, AT_FDCWD, "made", S_IFIFO | 0644, 0);
	syscall(SYS_mknodat, AT_FDCWD, "made", 0600, 0);
	syscall(SYS_mknodat, AT_FDCWD, "made", S_IFCHR | 0600, 0x103);
	syscall(SYS_lseek, fd, -1, SEEK_END);
	syscall(SYS_lseek, fd, 0, 77);
	syscall(SYS_flock, fd, LOCK_EX | LOCK_NB);
	syscall(SYS_fcntl, fd, F_SETFD, 255);
	syscall(SYS_fcntl, fd, F_GETFL, 0);
	syscall(SYS_fcntl, fd, F_OFD_GETLK, 0);
	syscall(SYS_fcntl, fd, 4000, 0);
	syscall(SYS_ioctl, fd, 0x5413, 0x1234);
	syscall(SYS_write, fd, "a\nb\tc\xe4", 6);
	syscall(SYS_linkat, AT_FDCWD, "a", 99, "b", AT_SYMLINK_FOLLOW);
	syscall(SYS_symlinkat, "../t", AT_FDCWD, "made");
	syscall(SYS_renameat2, AT_FDCWD, "none", AT_FDCWD, "./x/../y", 1);
	syscall(SYS_fchownat, AT_FDCWD, "none", -1, 7, AT_SYMLINK_NOFOLLOW);
	syscall(SYS_faccessat, AT_FDCWD, "none", 6);
	syscall(SYS_unlinkat, AT_FDCWD, "made", AT_REMOVEDIR);
	syscall(SYS_unlinkat, AT_FDCWD, "made", 0);
	syscall(SYS_chdir, "none");
	syscall(SYS_newfstatat, AT_FDCWD, "none", NULL, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH);
	syscall(SYS_mount, "none", "none", "tmpfs", MS_NOSUID | MS_REC | MS_MGC_VAL, NULL);
	syscall(SYS_mount, NULL, "/none", NULL, MS_BIND, NULL);
	syscall(SYS_umount2, "/none", MNT_DETACH);
	syscall(SYS_quotactl, QCMD(Q_QUOTAON, GRPQUOTA), "/none", 2, NULL);
	syscall(SYS_pipe2, NULL, O_NONBLOCK);
	syscall(SYS_splice, fd, NULL, 98, NULL, 7, 3);
	syscall(SYS_memfd_create, NULL, 3);
	syscall(SYS_close_range, 200, 300, 4);
}

/* Sends a datagram between two sockets, to the one with the lower port, which is then known as the server. */
static void received(void)
{
	struct sockaddr_in here[2], from;
	socklen_t size = sizeof(here[0]), room = sizeof(from);
	int fds[2], to;
	char bytes[8];

	for (int i = 0; i < 2; i++) {
		here[i] = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		fds[i] = socket(AF_INET, SOCK_DGRAM, 0);
		bind(fds[i], (struct sockaddr *)&here[i], sizeof(here[i]));
		getsockname(fds[i], (struct sockaddr *)&here[i], &size);
	}
	to = ntohs(here[1].sin_port) < ntohs(here[0].sin_port);
	sendto(fds[!to], "12345", 5, 0, (struct sockaddr *)&here[to], sizeof(here[to]));
	recvfrom(fds[to], bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &room);
	close(fds[0]);
	close(fds[1]);
}

static void sockets(void)
{
	struct sockaddr_in ip4 = { .sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 ip6 = { .sin6_family = AF_INET6, .sin6_port = htons(443), .sin6_addr.s6_addr[15] = 1 };
	struct sockaddr_un path = { .sun_family = AF_UNIX, .sun_path = "a.sock" }, hidden = { .sun_family = AF_UNIX, .sun_path = "\0none" };
	struct sockaddr other = { .sa_family = AF_NETLINK };
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int tcp, local, udp, on = 1, size = sizeof(on);

	tcp = placed((int)syscall(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	syscall(SYS_socket, 77, SOCK_RAW, 3);
	syscall(SYS_socketpair, AF_INET6, SOCK_DGRAM, 0, NULL);
	syscall(SYS_bind, tcp, &any, sizeof(any));
	syscall(SYS_connect, tcp, &ip4, sizeof(ip4));
	syscall(SYS_connect, tcp, &ip6, sizeof(ip6));
	syscall(SYS_connect, tcp, &other, sizeof(other));
	syscall(SYS_setsockopt, tcp, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	syscall(SYS_setsockopt, tcp, SOL_SOCKET, SO_RCVTIMEO, ((long[]){ 1, 500000 }), 16);
	syscall(SYS_setsockopt, tcp, IPPROTO_TCP, 1, &on, sizeof(on));
	syscall(SYS_getsockopt, tcp, SOL_SOCKET, SO_ERROR, &on, &size);
	syscall(SYS_getsockopt, tcp, IPPROTO_IP, 1, &on, &size);
	syscall(SYS_shutdown, tcp, SHUT_RDWR);
	local = placed((int)syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0));
	syscall(SYS_bind, local, &path, sizeof(path));
	syscall(SYS_listen, local, 5);
	syscall(SYS_connect, local, &hidden, offsetof(struct sockaddr_un, sun_path) + 5);
	udp = placed((int)syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0));
	syscall(SYS_sendto, udp, "hello", 5, 0, &ip4, sizeof(ip4));
	syscall(SYS_sendto, 99, "hello", 5, 0, NULL, 0);
	received();
	syscall(SYS_accept4, udp, NULL, NULL, SOCK_NONBLOCK);
#ifdef SYS_poll
	syscall(SYS_poll, ((struct pollfd[]){ { udp, POLLOUT, 0 }, { 97, POLLIN, 0 } }), 2, -1);
#endif
	unlink("a.sock");
}

/* Makes operations of semaphores: two at once, then one. */
static void operations(void)
{
	int id = semget(IPC_PRIVATE, 2, 0600);
	uint16_t all[] = { 0, 1, SEM_UNDO, 1, 2, IPC_NOWAIT };

	syscall(SYS_semop, id, all, 2);
	syscall(SYS_semop, id, all, 1);
	semctl(id, 0, IPC_RMID);
}

static void processes(void)
{
	struct timespec half = { .tv_nsec = 500000 };
	struct rlimit limit = { 100, RLIM_INFINITY };
	uint32_t word = 1;

	syscall(SYS_kill, 0, 0);
	syscall(SYS_kill, getpid(), SIGCHLD);
	syscall(SYS_tgkill, -1, -1, SIGKILL);
	syscall(SYS_unshare, CLONE_FILES | CLONE_FS);
	syscall(SYS_setns, 99, CLONE_NEWPID);
	syscall(SYS_prctl, PR_SET_KEEPCAPS, 0);
	syscall(SYS_prctl, PR_SET_NAME, "spoken");
	syscall(SYS_prctl, 9999, 5);
	syscall(SYS_ptrace, PTRACE_PEEKDATA, -1, 0x10, 0);
	syscall(SYS_ptrace, PTRACE_SEIZE, 0, 0, 0);
	syscall(SYS_setresuid, -1, -1, -1);
	syscall(SYS_setregid, -1, -1);
	syscall(SYS_setpgid, -1, 5);
	syscall(SYS_nanosleep, &half, NULL);
	syscall(SYS_setrlimit, 99, &limit);
	syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, NULL);
	syscall(SYS_futex, &word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1);
	syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 2, NULL, NULL, 1);
	syscall(SYS_mmap, 0x1001, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	syscall(SYS_mprotect, 0x1001, 4096, PROT_NONE);
	syscall(SYS_mlockall, 99);
	syscall(SYS_semget, 0x10, -1, IPC_CREAT | IPC_EXCL);
	syscall(SYS_semctl, -1, 2, SETVAL, 5);
	syscall(SYS_semop, -1, ((uint16_t[]){ 7, 1, IPC_NOWAIT }), 1);
	operations();
	syscall(SYS_seccomp, 99, 16, NULL);
	syscall(SYS_bpf, 5, NULL, 0);
	syscall(SYS_bpf, 3999, NULL, 0);
	syscall(SYS_eventfd2, 3, -1);
	syscall(SYS_timerfd_create, 99, 04000);
	syscall(SYS_pidfd_open, -1, 04000);
	syscall(SYS_keyctl, 1, "ring");
	syscall(SYS_keyctl, 9999, 1);
	syscall(SYS_execveat, 99, "none", ((char *[]){ "one", "two", NULL }), NULL, 0);
	syscall(SYS_clone, CLONE_THREAD | CLONE_NEWNS, 0, 0, 0, 0);
	syscall(SYS_setuid, -1);
}

int main(void)
{
	prctl(PR_SET_NAME, "texts");
	files();
	sockets();
	processes();
	return 0;
}
