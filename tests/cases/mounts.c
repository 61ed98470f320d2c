// SPDX-License-Identifier: LGPL-2.1-or-later
// root only: some calls of this case need the privileges of root
/* linx-options: -e trace=open_tree,move_mount,mount_setattr,fsopen,fsconfig,fsmount,fspick */
#include "case.h"
#include <linux/mount.h>

int main(void)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID };
	int tree, fs, mnt;

	tree = need(syscall(SYS_open_tree, AT_FDCWD, "/proc", 0x80000 | 1));
	gave(tree, "open_tree(AT_FDCWD, \"/proc\", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC)");
	gave(syscall(SYS_open_tree, -1, "x", AT_RECURSIVE), "open_tree(-1, \"x\", AT_RECURSIVE)");
	gave(syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)),
	     "mount_setattr(%d, \"\", AT_EMPTY_PATH, {attr_set=MOUNT_ATTR_RDONLY|MOUNT_ATTR_NOSUID, attr_clr=0, propagation=0 /* MS_??? */, userns_fd=0}, 32)", tree);
	fs = need(syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC));
	gave(fs, "fsopen(\"tmpfs\", FSOPEN_CLOEXEC)");
	gave(syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "size", "1M", 0), "fsconfig(%d, FSCONFIG_SET_STRING, \"size\", \"1M\", 0)", fs);
	gave(syscall(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, "nope", NULL, 0), "fsconfig(%d, FSCONFIG_SET_FLAG, \"nope\", NULL, 0)", fs);
	gave(syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0), "fsconfig(%d, FSCONFIG_CMD_CREATE, NULL, NULL, 0)", fs);
	mnt = need(syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV));
	gave(mnt, "fsmount(%d, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV)", fs);
	gave(syscall(SYS_move_mount, mnt, "", AT_FDCWD, "/not/there", MOVE_MOUNT_F_EMPTY_PATH),
	     "move_mount(%d, \"\", AT_FDCWD, \"/not/there\", MOVE_MOUNT_F_EMPTY_PATH)", mnt);
	gave(syscall(SYS_fspick, AT_FDCWD, "/not/there", FSPICK_NO_AUTOMOUNT), "fspick(AT_FDCWD, \"/not/there\", FSPICK_NO_AUTOMOUNT)");
	return 0;
}
