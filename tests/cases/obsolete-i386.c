// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=break,stty,gtty,ftime,prof,lock,mpx,profil,ulimit,idle,bdflush,vm86old,vm86 */
/* i386 only: no other ABI has these calls */
#include "case.h"

int main(void)
{
	gave_nothing(break, "()");
	gave_nothing(stty, "(0x1, 0x2)", 1, 2);
	gave_nothing(gtty, "(0x1, 0x2)", 1, 2);
	gave_nothing(ftime, "()");
	gave_nothing(prof, "()");
	gave_nothing(lock, "()");
	gave_nothing(mpx, "()");
	gave_nothing(profil, "(0x1, 0x2, 0x3, 0x4)", 1, 2, 3, 4);
	gave_nothing(ulimit, "(0x1, 0x2)", 1, 2);
	gave_nothing(idle, "()");
	gave_nothing(bdflush, "(0x2, 0x3)", 2, 3); /* not command 1, which ended the process before Linux 5.15 */
	gave_nothing(vm86old, "(0x1)", 1);
	gave_nothing(vm86, "(0x1, 0x2)", 1, 2);
	return 0;
}
