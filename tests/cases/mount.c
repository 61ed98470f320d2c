// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=mount,?umount,umount2,chroot,pivot_root,swapon,swapoff,acct */
#include "case.h"
#include <sys/mount.h>
#include <sys/swap.h>

int main(void)
{
	gave(syscall(SYS_mount, "/dev/none", "/not/there", "ext4", MS_RDONLY | MS_NOSUID, "some=option"),
	     "mount(\"/dev/none\", \"/not/there\", \"ext4\", MS_RDONLY|MS_NOSUID, \"some=option\")");
	gave(syscall(SYS_mount, NULL, "/not/there", NULL, MS_REMOUNT | MS_BIND, NULL),
	     "mount(NULL, \"/not/there\", NULL, MS_REMOUNT|MS_BIND, NULL)");
	gave(syscall(SYS_umount2, "/not/there", MNT_DETACH | UMOUNT_NOFOLLOW), "umount2(\"/not/there\", MNT_DETACH|UMOUNT_NOFOLLOW)");
	gave(syscall(SYS_umount2, "/tmp/case", 0), "umount2(\"/tmp/case\", 0)");
	gave(syscall(SYS_chroot, "/not/there"), "chroot(\"/not/there\")");
	gave(syscall(SYS_pivot_root, "/not/there", "/neither"), "pivot_root(\"/not/there\", \"/neither\")");
	gave(syscall(SYS_swapoff, "/not/there"), "swapoff(\"/not/there\")");
	return 0;
}
