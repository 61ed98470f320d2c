// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Compares the sizes of the structures in shapes.def with the newest kernel's headers. It is compiled for each ABI, and
 * never run. Structures that no user-space header of the kernel defines are left out.
 */
#define _SYS_SOCKET_H 1 /* keeps the C library's structures out, which differ from the kernel's */
typedef unsigned short sa_family_t;
struct sockaddr {
	unsigned short sa_family;
	char sa_data[14];
};

#include <stddef.h>
#include <asm/posix_types.h>
#include <asm/siginfo.h>
#include <asm/signal.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <linux/aio_abi.h>
#include <linux/blkpg.h>
#include <linux/btrfs.h>
#include <linux/capability.h>
#include <linux/dm-ioctl.h>
#include <linux/dqblk_xfs.h>
#include <linux/eventpoll.h>
#include <linux/fcntl.h>
#include <linux/fiemap.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/hdreg.h>
#include <linux/if.h>
#include <linux/io_uring.h>
#include <linux/kd.h>
#include <linux/kexec.h>
#include <linux/keyctl.h>
#include <linux/loop.h>
#include <linux/mqueue.h>
#include <linux/msg.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/quota.h>
#include <linux/random.h>
#include <linux/resource.h>
#include <linux/route.h>
#include <linux/sched.h>
#include <linux/sem.h>
#include <linux/serial.h>
#include <linux/shm.h>
#include <linux/stat.h>
#include <linux/sysinfo.h>
#include <linux/tee.h>
#include <linux/time.h>
#include <linux/times.h>
#include <linux/timex.h>
#include <linux/uio.h>
#include <linux/utime.h>
#include <linux/utsname.h>

#if defined(__x86_64__) || defined(__i386__)
#include <asm/ldt.h>
#include <linux/kvm.h>
#endif

#if defined(__x86_64__) && defined(__ILP32__)
#define OF_ABI(size64, size_i386, size_x32) size_x32
#elif defined(__LP64__)
#define OF_ABI(size64, size_i386, size_x32) size64
#else
#define OF_ABI(size64, size_i386, size_x32) size_i386
#endif

/* shapes.def tests macros that the kernel, not the compiler, defines for an architecture. */
#ifdef __arm__
#define __aarch64__
#endif

enum {
#define SHAPE(name, size64, size_i386, size_x32, ...) \
	SIZE_##name = OF_ABI(size64, size_i386, size_x32),
#include "kmod/tables/shapes.def"
#undef SHAPE
};

/* Structures that no header of the kernel defines. sigevent is left out, because its padding is not captured. */
struct msghdr {
	void *msg_name;
	int msg_namelen;
	struct iovec *msg_iov;
	__kernel_size_t msg_iovlen;
	void *msg_control;
	__kernel_size_t msg_controllen;
	unsigned int msg_flags;
};

struct mmsghdr {
	struct msghdr msg_hdr;
	unsigned int msg_len;
};

struct pair {
	struct timespec a, b;
};

struct pair_val {
	struct timeval a, b;
};

struct sigset_argpack {
	const void *p;
	__kernel_size_t size;
};

#define SAME(name, type) _Static_assert(SIZE_##name == sizeof(type), #name);

SAME(timespec_pair, struct pair)
SAME(timeval_pair, struct pair_val)
SAME(timezone, struct timezone)
SAME(timex64, struct __kernel_timex)
SAME(itimerval, struct itimerval)
SAME(itimerspec, struct itimerspec)
SAME(itimerspec64, struct __kernel_itimerspec)
SAME(utimbuf, struct utimbuf)
SAME(tms, struct tms)
#if defined(__i386__) || defined(__arm__)
SAME(stat, struct stat)
#elif defined(__aarch64__)
_Static_assert(SIZE_stat == offsetof(struct stat, __unused4), "stat");
#else
_Static_assert(SIZE_stat == offsetof(struct stat, __unused), "stat");
#endif
SAME(statx, struct statx)
SAME(statfs, struct statfs)
SAME(flock, struct flock)
SAME(iovec, struct iovec)
SAME(iovec_room, struct iovec)
SAME(iovec_alone, struct iovec)
SAME(msghdr, struct msghdr)
SAME(msghdr_room, struct msghdr)
SAME(mmsghdr, struct mmsghdr)
SAME(mmsghdr_room, struct mmsghdr)
SAME(pollfd, struct pollfd)
SAME(epoll_event, struct epoll_event)
SAME(sigset_argpack, struct sigset_argpack)
SAME(io_event, struct io_event)
SAME(iocb, struct iocb)
SAME(io_uring_params, struct io_uring_params)
SAME(stack_t, stack_t)
SAME(siginfo, siginfo_t)
SAME(clone_args, struct clone_args)
SAME(rlimit, struct rlimit)
SAME(rlimit64, struct rlimit64)
SAME(rusage, struct rusage)
SAME(sysinfo, struct sysinfo)
SAME(utsname, struct new_utsname)
SAME(old_utsname, struct old_utsname)
SAME(oldold_utsname, struct oldold_utsname)
SAME(cap_user_header, struct __user_cap_header_struct)
SAME(kexec_segment, struct kexec_segment)
SAME(sembuf, struct sembuf)
SAME(mq_attr, struct mq_attr)
SAME(futex_waitv, struct futex_waitv)
SAME(msqid_ds, struct msqid64_ds)
SAME(msginfo, struct msginfo)
SAME(semid_ds, struct semid64_ds)
SAME(seminfo, struct seminfo)
SAME(shmid_ds, struct shmid64_ds)
SAME(shminfo, struct shminfo64)
SAME(shm_info, struct shm_info)
SAME(sock_filter, struct sock_filter)
SAME(sock_fprog, struct sock_fprog)
SAME(if_dqinfo, struct if_dqinfo)
SAME(if_dqblk, struct if_dqblk)
SAME(if_nextdqblk, struct if_nextdqblk)
SAME(fs_disk_quota, struct fs_disk_quota)
SAME(fs_quota_statv, struct fs_quota_statv)
SAME(keyctl_kdf_params, struct keyctl_kdf_params)
SAME(ifreq, struct ifreq)
SAME(ifconf, struct ifconf)
SAME(rtentry, struct rtentry)
SAME(hd_geometry, struct hd_geometry)
SAME(blkpg_ioctl_arg, struct blkpg_ioctl_arg)
SAME(loop_info, struct loop_info)
SAME(fiemap, struct fiemap)
SAME(dedupe_range, struct file_dedupe_range)
SAME(dm_ioctl, struct dm_ioctl)
SAME(btrfs_qgroup_inherit, struct btrfs_qgroup_inherit)
SAME(btrfs_vol_args_v2, struct btrfs_ioctl_vol_args_v2)
SAME(btrfs_space_args, struct btrfs_ioctl_space_args)
SAME(btrfs_search_v2, struct btrfs_ioctl_search_args_v2)
SAME(btrfs_data_container, struct btrfs_data_container)
SAME(btrfs_ino_path_args, struct btrfs_ioctl_ino_path_args)
SAME(btrfs_send_args, struct btrfs_ioctl_send_args)
SAME(serial_struct, struct serial_struct)
SAME(unimapdesc, struct unimapdesc)
SAME(rand_pool_info, struct rand_pool_info)
SAME(tee_buf, struct tee_ioctl_buf_data)
#if defined(__x86_64__) || defined(__i386__)
SAME(user_desc, struct user_desc)
SAME(kvm_cpuid2, struct kvm_cpuid2)
#endif

/* Each structure of x32 has the layout of i386 or that of x86_64. */
#ifdef __x86_64__
#define SHAPE(name, size64, size_i386, size_x32, ...) \
	_Static_assert((size_x32) == (size_i386) || (size_x32) == (size64), #name);
#include "kmod/tables/shapes.def"
#undef SHAPE

/*
 * Calls of x32 without a compat entry read these structures in the layout of the 64-bit kernel, whatever its headers
 * define for x32.
 */
enum {
#define SHAPE(name, size64, size_i386, size_x32, ...) X32_SIZE_##name = size_x32,
#include "kmod/tables/shapes.def"
#undef SHAPE
};
#define NATIVE(name) _Static_assert(X32_SIZE_##name == SIZE_##name, #name);

NATIVE(sigset_argpack)
NATIVE(keyctl_kdf_params)
#endif
#ifdef __LP64__
SAME(prctl_mm_map, struct prctl_mm_map)
#else
SAME(timespec, struct timespec)
SAME(timeval, struct timeval)
SAME(stat64, struct stat64)
SAME(statfs64, struct statfs64)
SAME(flock64, struct flock64)
SAME(old_sigaction, struct sigaction)
#endif
