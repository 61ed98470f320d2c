// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=quotactl,quotactl_fd */
#include "case.h"
#include <sys/quota.h>

#ifndef PRJQUOTA
#define PRJQUOTA 2
#endif

int main(void)
{
	struct dqblk dq;

	gave(syscall(SYS_quotactl, QCMD(Q_SYNC, USRQUOTA), "/not/there", 0, NULL), "quotactl(QCMD(Q_SYNC, USRQUOTA), \"/not/there\")");
	gave(syscall(SYS_quotactl, QCMD(Q_GETQUOTA, GRPQUOTA), "/dev/null", 5, &dq), "quotactl(QCMD(Q_GETQUOTA, GRPQUOTA), \"/dev/null\", 5, %p)", &dq);
	gave(syscall(SYS_quotactl, QCMD(Q_QUOTAON, PRJQUOTA), "/dev/null", 2, "/quota"), "quotactl(QCMD(Q_QUOTAON, PRJQUOTA), \"/dev/null\", QFMT_VFS_V0, \"/quota\")");
	gave(syscall(SYS_quotactl, QCMD(Q_QUOTAOFF, USRQUOTA), NULL, 0, NULL), "quotactl(QCMD(Q_QUOTAOFF, USRQUOTA), NULL)");
	gave(syscall(SYS_quotactl_fd, -1, QCMD(Q_GETFMT, USRQUOTA), 0, 1), "quotactl_fd(-1, QCMD(Q_GETFMT, USRQUOTA), 0x1)");
	return 0;
}
