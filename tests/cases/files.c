// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=mknod,mknodat,?utime,utimes,futimesat,utimensat,acct,swapon,swapoff,openat2,name_to_handle_at,open_by_handle_at,quotactl,quotactl_fd,sysfs,flistxattr,llistxattr,lsetxattr,lremovexattr,inotify_init */
#include "case.h"
#include <linux/openat2.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <utime.h>

static void nodes(void)
{
	gave(syscall(SYS_mknod, "fifo", S_IFIFO | 0600, 0), "mknod(\"fifo\", S_IFIFO|0600)");
	gave(syscall(SYS_mknodat, AT_FDCWD, "null", S_IFCHR | 0666, (long)makedev(1, 3)), "mknodat(AT_FDCWD, \"null\", S_IFCHR|0666, makedev(0x1, 0x3))");
	gave(syscall(SYS_mknod, "/not/there", S_IFBLK | 0600, (long)makedev(8, 1)), "mknod(\"/not/there\", S_IFBLK|0600, makedev(0x8, 0x1))");
}

static void times(void)
{
#ifdef SYS_utime
	struct utimbuf ut = { 1000000000, 2000000000 };
#endif
	struct timeval tv[2] = { { 1000000000, 5 }, { 2000000000, 6 } };
	struct timespec ts[2] = { { 1000000000, 5 }, { 0, UTIME_OMIT } };

	need(close(open("file", O_CREAT | O_WRONLY, 0600)));
#ifdef SYS_utime
	gave(syscall(SYS_utime, "file", &ut), "utime(\"file\", {actime=1000000000 /* %s */, modtime=2000000000 /* %s */})", case_time(1000000000), case_time(2000000000));
	gave(syscall(SYS_utime, "file", NULL), "utime(\"file\", NULL)");
#endif
	gave(syscall(SYS_utimes, "file", tv), 
	     "utimes(\"file\", [{tv_sec=1000000000, tv_usec=5} /* 2001-09-09T01:46:40.000005+0000 */, "
	     "{tv_sec=2000000000, tv_usec=6} /* 2033-05-18T03:33:20.000006+0000 */])");
	gave(syscall(SYS_futimesat, AT_FDCWD, "/not/there", NULL), "futimesat(AT_FDCWD, \"/not/there\", NULL)");
	gave(syscall(SYS_utimensat, AT_FDCWD, "file", ts, 0), 
	     "utimensat(AT_FDCWD, \"file\", [{tv_sec=1000000000, tv_nsec=5} /* 2001-09-09T01:46:40.000000005+0000 */, UTIME_OMIT], 0)");
}

static void handles(void)
{
	struct {
		struct file_handle head;
		unsigned char bytes[128];
	} h = { .head.handle_bytes = 0 };
	int id;

	run(syscall(SYS_name_to_handle_at, AT_FDCWD, ".", &h, &id, 0));
	shows("name_to_handle_at(AT_FDCWD, \".\", {handle_bytes=0 => %u}, %p, 0)", h.head.handle_bytes, &id);
	gave(syscall(SYS_name_to_handle_at, -1, "", NULL, NULL, AT_EMPTY_PATH), "name_to_handle_at(-1, \"\", NULL, NULL, AT_EMPTY_PATH)");
	h.head.handle_bytes = 2;
	h.head.handle_type = 1;
	memcpy(h.head.f_handle, "\1\2", 2);
	gave(syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, O_RDONLY), "open_by_handle_at(-100, NULL, O_RDONLY)");
	gave(syscall(SYS_open_by_handle_at, -1, &h, O_RDONLY), "open_by_handle_at(-1, {handle_bytes=2, handle_type=1, f_handle=\"\\x01\\x02\"}, O_RDONLY)");
}

static void others(void)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS };
	int fd;

	gave(syscall(SYS_acct, "/not/there"), "acct(\"/not/there\")");
	gave(syscall(SYS_acct, NULL), "acct(NULL)");
	gave(syscall(SYS_swapon, "/not/there", 0x8000 | 5), "swapon(\"/not/there\", SWAP_FLAG_PREFER|5)");
	gave(syscall(SYS_swapoff, "/not/there"), "swapoff(\"/not/there\")");
	fd = need(syscall(SYS_openat2, AT_FDCWD, "/dev/null", &how, sizeof(how)));
	gave(fd, "openat2(AT_FDCWD, \"/dev/null\", {flags=O_RDONLY|O_CLOEXEC, resolve=RESOLVE_NO_SYMLINKS}, 24)");
	gave(syscall(SYS_openat2, -1, "x", NULL, 24), "openat2(-1, \"x\", NULL, 24)");
	gave(syscall(SYS_sysfs, 9, 1, 2), "sysfs(0x9, 0x1, 0x2)");
	gave(syscall(SYS_flistxattr, fd, NULL, 0), "flistxattr(%d, NULL, 0)", fd);
	gave(syscall(SYS_llistxattr, "/not/there", NULL, 0), "llistxattr(\"/not/there\", NULL, 0)");
	gave(syscall(SYS_lsetxattr, "/not/there", "user.x", "abc", 3, 2), "lsetxattr(\"/not/there\", \"user.x\", \"abc\", 3, XATTR_REPLACE)");
	gave(syscall(SYS_lremovexattr, "/not/there", "user.x"), "lremovexattr(\"/not/there\", \"user.x\")");
	gave(syscall(SYS_inotify_init), "inotify_init()");
}

int main(void)
{
	nodes();
	times();
	handles();
	others();
	return 0;
}
