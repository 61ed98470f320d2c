// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=stat,lstat,fstat,newfstatat,stat64,lstat64,fstat64,fstatat64,statx,statfs,fstatfs,statfs64,fstatfs64,ustat,?oldstat,?oldlstat,?oldfstat */
#include "case.h"
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#define ABBREV "{st_mode=S_IFREG|0640, st_size=5, ...}"

static void stats(void)
{
	static char st[400];
	int fd = need(open("five", O_CREAT | O_RDWR | O_TRUNC, 0640));

	need(write(fd, "12345", 5));
	need(symlink("five", "link"));
	gave(syscall(NR(stat, stat64), "five", st), NAME("stat", "stat64") "(\"five\", " ABBREV ")");
	gave(syscall(NR(lstat, lstat64), "link", st), NAME("lstat", "lstat64") "(\"link\", {st_mode=S_IFLNK|0777, st_size=4, ...})");
	gave(syscall(NR(fstat, fstat64), fd, st), NAME("fstat", "fstat64") "(%d, " ABBREV ")", fd);
	gave(syscall(NR(fstat, fstat64), -1, st), NAME("fstat", "fstat64") "(-1, %p)", st);
	gave(syscall(NR(newfstatat, fstatat64), AT_FDCWD, "/dev/null", st, 0),
	     NAME("newfstatat", "fstatat64") "(AT_FDCWD, \"/dev/null\", {st_mode=S_IFCHR|0666, st_rdev=makedev(0x1, 0x3), ...}, 0)");
	gave(syscall(SYS_ustat, 0xfffff, 1), "ustat(makedev(%#x, %#x), 0x1)", major(0xfffff), minor(0xfffff));
}

static void file_systems(void)
{
	static char st[400];
	int fd = need(open("/proc", O_RDONLY));

	need(syscall(SYS_statfs, "/proc", st));
	gave(0, "statfs(\"/proc\", {f_type=PROC_SUPER_MAGIC, f_bsize=4096, f_blocks=0, f_bfree=0, f_bavail=0, f_files=0, f_ffree=0, "
		"f_fsid={val=[%#x, 0]}, f_namelen=255, f_frsize=4096, f_flags=ST_VALID|ST_RELATIME})",
	     ((struct statfs *)st)->f_fsid.__val[0]);
	gave(syscall(SYS_fstatfs, -1, st), "fstatfs(-1, %p)", st);
	(void)fd;
}

int main(void)
{
	stats();
	file_systems();
	return 0;
}
