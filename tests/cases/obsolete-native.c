// SPDX-License-Identifier: LGPL-2.1-or-later
// x86 only: other architectures lack the calls of this case
/* linx-options: -e trace=tuxcall,security,epoll_ctl_old,epoll_wait_old,set_thread_area,get_thread_area */
/* native only (64-bit ABI): i386 never had some calls of this case, and still has the others */
#include "case.h"

int main(void)
{
	gave_nothing(tuxcall, "(0x1, 0x2, 0x3)", 1, 2, 3);
	gave_nothing(security, "(0x1, 0x2, 0x3)", 1, 2, 3);
	gave_nothing(epoll_ctl_old, "(0x1, 0x2, 0x3, 0x4)", 1, 2, 3, 4);
	gave_nothing(epoll_wait_old, "(0x1, 0x2, 0x3, 0x4)", 1, 2, 3, 4);
	gave_nothing(set_thread_area, "(0x1)", 1);
	gave_nothing(get_thread_area, "(0x1)", 1);
	return 0;
}
