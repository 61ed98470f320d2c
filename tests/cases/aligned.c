// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=fcntl,?fcntl64,epoll_ctl,epoll_pwait,quotactl,ioctl */
/* Structures with 64-bit numbers, which i386 aligns to four bytes and all other ABIs to eight. */
#include "case.h"
#include <linux/btrfs.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/quota.h>

#define CALL NAME("fcntl", "fcntl64")
#define FCNTL(...) syscall(NR(fcntl, fcntl64), __VA_ARGS__)
#define GETLK_64 NAME(5, 12)
#define GETLK_TEXT NAME("F_GETLK", "F_GETLK64")

static void lock(void)
{
	struct flock64 l = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1LL << 33, .l_len = 5, .l_pid = 7 };
	int fd = need(open("locked", O_RDWR | O_CREAT, 0600));

	run(FCNTL(fd, GETLK_64, &l));
	shows(CALL "(%d, " GETLK_TEXT ", {l_type=F_UNLCK, l_whence=SEEK_SET, l_start=8589934592, l_len=5, l_pid=%d})", fd, l.l_pid);
	gave(FCNTL(-1, F_OFD_SETLK, &l), CALL "(-1, F_OFD_SETLK, {l_type=F_UNLCK, l_whence=SEEK_SET, l_start=8589934592, l_len=5})");
}

static void events(void)
{
	struct epoll_event e[2] = { { EPOLLIN, { .u64 = 0x200000001 } }, { EPOLLIN, { .u64 = 0x200000002 } } };
	int ep = need(epoll_create1(0));

	for (int i = 0; i < 2; i++) {
		int fd = need(eventfd(1, 0));

		gave(syscall(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, fd, &e[i]),
		     "epoll_ctl(%d, EPOLL_CTL_ADD, %d, {events=EPOLLIN, data=0x20000000%d})", ep, fd, i + 1);
	}
	gave(syscall(SYS_epoll_pwait, ep, e, 2, 0, NULL, 8),
	     "epoll_pwait(%d, [{events=EPOLLIN, data=0x200000001}, {events=EPOLLIN, data=0x200000002}], 2, 0, NULL, 8)", ep);
}

static void quota(void)
{
	struct dqblk q = { .dqb_bhardlimit = 1ULL << 33, .dqb_bsoftlimit = 2, .dqb_curspace = 3, .dqb_ihardlimit = 4 };

	gave(syscall(SYS_quotactl, QCMD(Q_SETQUOTA, USRQUOTA), "/dev/null", 5, &q),
	     "quotactl(QCMD(Q_SETQUOTA, USRQUOTA), \"/dev/null\", 5, {dqb_bhardlimit=8589934592, dqb_bsoftlimit=2, dqb_curspace=3, dqb_ihardlimit=4, dqb_isoftlimit=0, dqb_curinodes=0, ...})");
}

static void stream(void)
{
	__u64 sources[2] = { 5, 1ULL << 33 };
	struct btrfs_ioctl_send_args a = { .send_fd = 3, .clone_sources_count = 2, .clone_sources = sources, .parent_root = 1ULL << 33,
					   .flags = BTRFS_SEND_FLAG_NO_FILE_DATA };

	gave(syscall(SYS_ioctl, -1, BTRFS_IOC_SEND, &a),
	     "ioctl(-1, BTRFS_IOC_SEND, {send_fd=3, clone_sources_count=2, clone_sources=%p, parent_root=8589934592, flags=BTRFS_SEND_FLAG_NO_FILE_DATA})", (void *)sources);
}

int main(void)
{
	lock();
	events();
	quota();
	stream();
	return 0;
}
