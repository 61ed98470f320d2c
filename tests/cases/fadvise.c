// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=fadvise64,?fadvise64_64,?arm_fadvise64_64,fanotify_mark,sendfile,?sendfile64 -e status=failed */
#include "case.h"

int main(void)
{
#ifdef __i386__
	gave(syscall(SYS_fadvise64, -1, 5, 1, 7, 3), "fadvise64(-1, 4294967301, 7, POSIX_FADV_WILLNEED)");
	gave(syscall(SYS_fadvise64_64, -1, 5, 1, 7, 2, 4), "fadvise64_64(-1, 4294967301, 8589934599, POSIX_FADV_DONTNEED)");
	gave(syscall(SYS_fanotify_mark, -1, 1, 0x40000020, 0, AT_FDCWD, "."), "fanotify_mark(-1, FAN_MARK_ADD, FAN_OPEN|FAN_ONDIR, AT_FDCWD, \".\")");
	gave(syscall(SYS_sendfile, -1, -1, &(long){ 7 }, 3), "sendfile(-1, -1, [7], 3)");
#elif defined(__arm__)
	gave(syscall(SYS_arm_fadvise64_64, -1, 4, 5, 1, 7, 2), "arm_fadvise64_64(-1, POSIX_FADV_DONTNEED, 4294967301, 8589934599)");
	gave(syscall(SYS_fanotify_mark, -1, 1, 0x40000020, 0, AT_FDCWD, "."), "fanotify_mark(-1, FAN_MARK_ADD, FAN_OPEN|FAN_ONDIR, AT_FDCWD, \".\")");
	gave(syscall(SYS_sendfile, -1, -1, &(long){ 7 }, 3), "sendfile(-1, -1, [7], 3)");
#else
	gave(syscall(SYS_fadvise64, -1, 4294967301, 7, 3), "fadvise64(-1, 4294967301, 7, POSIX_FADV_WILLNEED)");
	gave(syscall(SYS_fanotify_mark, -1, 1, 0x40000020, AT_FDCWD, "."), "fanotify_mark(-1, FAN_MARK_ADD, FAN_OPEN|FAN_ONDIR, AT_FDCWD, \".\")");
	gave(syscall(SYS_fanotify_mark, -1, 0x380, 0x20, AT_FDCWD, "."),
	     "fanotify_mark(-1, FAN_MARK_FLUSH|FAN_MARK_FILESYSTEM|FAN_MARK_EVICTABLE, FAN_OPEN, AT_FDCWD, \".\")");
#endif
	return 0;
}
