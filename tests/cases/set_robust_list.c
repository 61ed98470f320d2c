// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=set_robust_list,rseq -e status=failed */
#include "case.h"

/* The C library makes these calls before main(). They succeed, so they are not among the failed calls. */
int main(void)
{
	static uint32_t rseq[9] __attribute__((aligned(32))) = { 0, UINT32_MAX, 0, 0, 2, 5 };
	static uint64_t cs[4] = { 4ull << 32, 0x1000, 0x20, 0x2000 }; /* struct rseq_cs */

	gave(syscall(SYS_set_robust_list, 0x1000, 1), "set_robust_list(0x1000, 1)");
	gave(syscall(SYS_rseq, 0x1000, 0x30, 2, 0x12345678), "rseq(0x1000, 48, RSEQ_FLAG_SLICE_EXT_DEFAULT_ON, 0x12345678)");
	gave(syscall(SYS_rseq, rseq, 32, 0x40, 1),
	     "rseq({cpu_id_start=0, cpu_id=RSEQ_CPU_ID_UNINITIALIZED, rseq_cs=NULL, flags=RSEQ_CS_FLAG_NO_RESTART_ON_SIGNAL, "
	     "node_id=5, mm_cid=0, slice_ctrl={request=0, granted=0, __reserved=0}, __reserved=0}, 32, 0x40 /* RSEQ_FLAG_??? */, 0x1)");
	memcpy(rseq + 2, &(uint64_t){ (uintptr_t)cs }, 8);
	rseq[8] = 3;
	gave(syscall(SYS_rseq, rseq, 36, 1, 2),
	     "rseq({cpu_id_start=0, cpu_id=RSEQ_CPU_ID_UNINITIALIZED, rseq_cs={version=0, flags=RSEQ_CS_FLAG_NO_RESTART_ON_MIGRATE, "
	     "start_ip=0x1000, post_commit_offset=0x20, abort_ip=0x2000} /* %p */, flags=RSEQ_CS_FLAG_NO_RESTART_ON_SIGNAL, "
	     "node_id=5, mm_cid=0, slice_ctrl={request=0, granted=0, __reserved=0}, __reserved=0x3}, 36, RSEQ_FLAG_UNREGISTER, 0x2)", cs);
	return 0;
}
