// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=mremap,remap_file_pages,mincore,mlock2,pkey_mprotect,pkey_alloc,pkey_free,mbind,set_mempolicy,get_mempolicy,set_mempolicy_home_node,migrate_pages,move_pages,process_madvise,process_mrelease -e status=failed */
#include "case.h"
#include <sys/mman.h>

int main(void)
{
	int status[1], mode;
	void *page = (void *)0x123000;
	unsigned long mask[2] = { 1, 0 };
	unsigned char vec[1];

	gave(syscall(SYS_mremap, page, 4096, 8192, MREMAP_MAYMOVE), "mremap(%p, 4096, 8192, MREMAP_MAYMOVE)", page);
	gave(syscall(SYS_mremap, page, 4096, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)0x456000), "mremap(%p, 4096, 8192, MREMAP_MAYMOVE|MREMAP_FIXED, 0x456000)", page);
	gave(syscall(SYS_remap_file_pages, page, 4096, PROT_NONE, 1, MAP_SHARED), "remap_file_pages(%p, 4096, PROT_NONE, 1, MAP_SHARED)", page);
	gave(syscall(SYS_mincore, page, 4096, vec), "mincore(%p, 4096, %p)", page, vec);
	gave(syscall(SYS_mincore, 1L, 0L, vec), "mincore(0x1, 0, [])");
	gave(syscall(SYS_mlock2, page, 4096, MLOCK_ONFAULT), "mlock2(%p, 4096, MLOCK_ONFAULT)", page);
	gave(syscall(SYS_pkey_mprotect, page, 4096, PROT_READ, -1), "pkey_mprotect(%p, 4096, PROT_READ, -1)", page);
	gave(syscall(SYS_pkey_alloc, 1, PKEY_DISABLE_WRITE), "pkey_alloc(0x1, PKEY_DISABLE_WRITE)");
	gave(syscall(SYS_pkey_free, 77), "pkey_free(77)");
	gave(syscall(SYS_mbind, page, 4096, 2, mask, 2 * sizeof(long), 1), "mbind(%p, 4096, MPOL_BIND, [%#0*lx], %zu, MPOL_MF_STRICT)", page, 2 * (int)sizeof(long), mask[0], 2 * sizeof(long));
	gave(syscall(SYS_set_mempolicy, 99, NULL, 0), "set_mempolicy(0x63 /* MPOL_??? */, NULL, 0)");
	gave(syscall(SYS_get_mempolicy, &mode, NULL, 0, page, 1), "get_mempolicy(%p, NULL, 0, %p, MPOL_F_NODE)", &mode, page);
	gave(syscall(SYS_set_mempolicy_home_node, page, 4096, 9, 1), "set_mempolicy_home_node(%p, 4096, 9, 0x1)", page);
	gave(syscall(SYS_migrate_pages, 0x3fffffff, 0, NULL, NULL), "migrate_pages(%d, 0, NULL, NULL)", 0x3fffffff);
	gave(syscall(SYS_move_pages, 0x3fffffff, 1, &page, NULL, status, 2), "move_pages(%d, 1, [%p], NULL, %p, MPOL_MF_MOVE)", 0x3fffffff, page, status);
	gave(syscall(SYS_process_madvise, -1, &(struct iovec){ page, 4096 }, 1, MADV_COLD, 0), "process_madvise(-1, [{iov_base=%p, iov_len=4096}], 1, MADV_COLD, 0)", page);
	gave(syscall(SYS_process_mrelease, -1, 0), "process_mrelease(-1, 0)");
	return 0;
}
