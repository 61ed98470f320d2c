// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=fallocate,sync_file_range,?arm_sync_file_range,truncate,?truncate64,ftruncate,fsync,fdatasync,flock,readahead,fadvise64,?fadvise64_64,syncfs */
#include "case.h"
#include <linux/falloc.h>
#include <sys/file.h>

int main(void)
{
	int fd = need(open("f", O_RDWR | O_CREAT | O_TRUNC, 0600));

	gave(fallocate64(fd, FALLOC_FL_KEEP_SIZE, 4096, 8192), "fallocate(%d, FALLOC_FL_KEEP_SIZE, 4096, 8192)", fd);
	gave(fallocate64(fd, 0, -1, 1), "fallocate(%d, 0, -1, 1)", fd);
	run(sync_file_range(fd, 1, 0x123456789, SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER));
#ifdef __arm__
	shows("arm_sync_file_range(%d, SYNC_FILE_RANGE_WRITE|SYNC_FILE_RANGE_WAIT_AFTER, 1, 4886718345)", fd);
#else
	shows("sync_file_range(%d, 1, 4886718345, SYNC_FILE_RANGE_WRITE|SYNC_FILE_RANGE_WAIT_AFTER)", fd);
#endif
	gave(truncate64("f", 0x123456789), NAME("truncate", "truncate64") "(\"f\", 4886718345)");
	gave(truncate64("g", 0), NAME("truncate", "truncate64") "(\"g\", 0)");
	gave(syscall(SYS_ftruncate, fd, 100), "ftruncate(%d, 100)", fd);
	gave(syscall(SYS_fsync, fd), "fsync(%d)", fd);
	gave(syscall(SYS_fdatasync, -1), "fdatasync(-1)");
	gave(syscall(SYS_flock, fd, LOCK_EX | LOCK_NB), "flock(%d, LOCK_EX|LOCK_NB)", fd);
	gave(syscall(SYS_flock, fd, LOCK_UN), "flock(%d, LOCK_UN)", fd);
	gave(syscall(SYS_syncfs, 99), "syncfs(99)");
	gave(readahead(fd, 4096, 10), "readahead(%d, 4096, 10)", fd);
	return 0;
}
