// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=futex,futex_waitv,get_robust_list,membarrier,kcmp */
#include "case.h"
#include <linux/futex.h>

int main(void)
{
	static uint32_t word = 5, other;
	struct timespec ts = { 0, 1000 };
	void *head;
	size_t len;
	int pid = getpid();

	gave(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 5, &ts), "futex(%p, FUTEX_WAIT_PRIVATE, 5, {tv_sec=0, tv_nsec=1000})", &word);
	gave(syscall(SYS_futex, &word, FUTEX_WAKE, 1), "futex(%p, FUTEX_WAKE, 1)", &word);
	gave(syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 6, NULL, NULL, -1),
	     "futex(%p, FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME, 6, NULL, FUTEX_BITSET_MATCH_ANY)", &word);
	gave(syscall(SYS_futex, &word, FUTEX_CMP_REQUEUE, 1, 2, &other, 5), "futex(%p, FUTEX_CMP_REQUEUE, 1, 2, %p, 5)", &word, &other);
	gave(syscall(SYS_futex, 1, FUTEX_WAKE_OP, 1, 2, &other, 0x12345678),
	     "futex(0x1, FUTEX_WAKE_OP, 1, 2, %p, FUTEX_OP_ADD<<28|0x345<<12|FUTEX_OP_CMP_LT<<24|0x678)", &other);
	/*
	 * Operations on robust lists exist since Linux 7.2. Every kernel refuses this address, so the result is always
	 * the same.
	 */
	gave(syscall(SYS_futex, 1, 7 | 0x200, 0, 0, 0, 0), "futex(0x1, FUTEX_UNLOCK_PI_LIST64)");
	gave(syscall(SYS_futex, 1, 1 | 0x600 | 128, 1, 0, 0, 0), "futex(0x1, FUTEX_UNLOCK_WAKE_LIST32_PRIVATE, 1)");
	gave(syscall(SYS_futex, 1, 10 | 0x200 | 128, 1, 0, 0, 5), "futex(0x1, FUTEX_UNLOCK_BITSET_LIST64_PRIVATE, 1, 0x5)");
	gave(syscall(SYS_futex_waitv, 0x1000, 1, 0, NULL, 0), "futex_waitv(0x1000, 1, 0, NULL, CLOCK_REALTIME)");
	need(syscall(SYS_get_robust_list, 0, &head, &len));
	gave(0, "get_robust_list(0, [%p], [%zu])", head, len);
	gave(syscall(SYS_get_robust_list, 0x3fffffff, NULL, NULL), "get_robust_list(%d, NULL, NULL)", 0x3fffffff);
	gave(syscall(SYS_membarrier, 1 << 4, 0, 0), "membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0)");
	gave(syscall(SYS_membarrier, 0, 2, 0), "membarrier(MEMBARRIER_CMD_QUERY, 0x2 /* MEMBARRIER_CMD_FLAG_??? */)");
	gave(syscall(SYS_kcmp, pid, pid, 0, 1, 2), "kcmp(%d, %d, KCMP_FILE, 1, 2)", pid, pid);
	gave(syscall(SYS_kcmp, pid, pid, 2, 0, 0), "kcmp(%d, %d, KCMP_FILES)", pid, pid);
	return 0;
}
