// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=prctl */
#include "case.h"
#include <signal.h>
#include <sys/prctl.h>

int main(void)
{
	gave(syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)");
	gave(syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGUSR1), "prctl(PR_SET_PDEATHSIG, SIGUSR1)");
	gave(syscall(SYS_prctl, PR_SET_DUMPABLE, 0), "prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE)");
	gave(syscall(SYS_prctl, PR_SET_KEEPCAPS, 1), "prctl(PR_SET_KEEPCAPS, 1)");
	return 0;
}
