// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=inotify_init,inotify_init1,inotify_add_watch,inotify_rm_watch */
#include "case.h"
#include <sys/inotify.h>

int main(void)
{
	int fd = syscall(SYS_inotify_init1, IN_CLOEXEC | IN_NONBLOCK);

	gave(fd, "inotify_init1(IN_NONBLOCK|IN_CLOEXEC)");
	gave(syscall(SYS_inotify_add_watch, fd, "/tmp", IN_CREATE | IN_ONLYDIR), "inotify_add_watch(%d, \"/tmp\", IN_CREATE|IN_ONLYDIR)", fd);
	gave(syscall(SYS_inotify_add_watch, fd, "/not/there", IN_DELETE | IN_MOVED_TO), "inotify_add_watch(%d, \"/not/there\", IN_MOVED_TO|IN_DELETE)", fd);
	gave(syscall(SYS_inotify_rm_watch, fd, 1), "inotify_rm_watch(%d, 1)", fd);
	gave(syscall(SYS_inotify_rm_watch, fd, 1), "inotify_rm_watch(%d, 1)", fd);
	return 0;
}
