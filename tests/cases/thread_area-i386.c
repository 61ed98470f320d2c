// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=get_thread_area,set_thread_area -e status=failed */
/* i386 only: segments of threads */
#include "case.h"
#include <asm/ldt.h>

/* The C library makes one of these calls before main(). It succeeds, so it is not among the failed calls. */
int main(void)
{
	struct user_desc u = { .entry_number = 99 };

	gave(syscall(SYS_get_thread_area, &u), "get_thread_area({entry_number=99, ...})");
	gave(syscall(SYS_set_thread_area, 1), "set_thread_area(0x1)");
	gave(syscall(SYS_set_thread_area, &u),
	     "set_thread_area({entry_number=99, base_addr=00000000, limit=00000000, seg_32bit=0, contents=0, read_exec_only=0, "
	     "limit_in_pages=0, seg_not_present=0, useable=0})");
	return 0;
}
