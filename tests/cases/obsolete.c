// SPDX-License-Identifier: LGPL-2.1-or-later
// x86 only: other architectures lack the calls of this case
/* linx-options: -e trace=afs_syscall,create_module,get_kernel_syms,getpmsg,nfsservctl,putpmsg,query_module,uselib,vserver,_sysctl,lookup_dcookie */
#include "case.h"

/* Calls that were removed from the kernel or never existed: strace shows the registers of most of them as numbers. */
int main(void)
{
	gave_nothing(afs_syscall, "(0x1, 0x2, 0x3, 0x4, 0x5)", 1, 2, 3, 4, 5);
	gave_nothing(create_module, "(0x1, 0x2)", 1, 2);
	gave_nothing(get_kernel_syms, "(0x1)", 1);
	gave_nothing(getpmsg, "(0x1, 0x2, 0x3, 0x4, 0x5)", 1, 2, 3, 4, 5);
	gave_nothing(nfsservctl, "(0x1, 0x2, 0x3)", 1, 2, 3);
	gave_nothing(putpmsg, "(0x1, 0x2, 0x3, 0x4, 0)", 1, 2, 3, 4, 0);
	gave_nothing(query_module, "(0x1, 0x2, 0x3, 0x4, 0x5)", 1, 2, 3, 4, 5);
	gave_nothing(uselib, "(\"lib\")", "lib");
	gave_nothing(vserver, "(0x1, 0x2, 0x3, 0x4, 0x5)", 1, 2, 3, 4, 5);
	gave_nothing(_sysctl, "(NULL)", NULL);
#ifdef __i386__
	gave(syscall(SYS_lookup_dcookie, 2, 1, 0x1000, 3), "lookup_dcookie(4294967298, 0x1000, 3)");
#else
	gave(syscall(SYS_lookup_dcookie, 4294967298, 0x1000, 3), "lookup_dcookie(4294967298, 0x1000, 3)");
#endif
	return 0;
}
