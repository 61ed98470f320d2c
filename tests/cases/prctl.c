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
	gave(syscall(SYS_prctl, 62, 9, 0, 0, 0), "prctl(PR_SCHED_CORE, 0x9 /* PR_SCHED_CORE_??? */, 0, 0 /* PIDTYPE_PID */, 0)");
	gave(syscall(SYS_prctl, 69, 0x15),
	     "prctl(PR_RISCV_V_SET_CONTROL, PR_RISCV_V_VSTATE_CTRL_OFF|PR_RISCV_V_VSTATE_CTRL_OFF<<2|PR_RISCV_V_VSTATE_CTRL_INHERIT)");
	gave(syscall(SYS_prctl, 71, 1, 2),
	     "prctl(PR_RISCV_SET_ICACHE_FLUSH_CTX, PR_RISCV_CTX_SW_FENCEI_OFF, 0x2 /* PR_RISCV_SCOPE_??? */)");
	gave(syscall(SYS_prctl, 73, 3, 10, 0, 1),
	     "prctl(PR_PPC_SET_DEXCR, PR_PPC_DEXCR_NPHIE, PR_PPC_DEXCR_CTRL_SET|PR_PPC_DEXCR_CTRL_SET_ONEXEC, 0, 0x1)");
	return 0;
}
