// SPDX-License-Identifier: LGPL-2.1-or-later
// root only: some calls of this case need the privileges of root
/* linx-options: -e trace=setuid,setgid,setregid,setreuid,setresgid,setresuid,getresgid,getresuid,setfsuid,setuid32,setgid32,setregid32,setreuid32,setresgid32,setresuid32,getresgid32,getresuid32,setfsuid32 */
#include "case.h"

#define CALL(name) syscall(NR(name, name##32)
#define TEXT(name) NAME(#name, #name "32")

int main(void)
{
	unsigned int r, e, s;

	gave(CALL(setgid), 7), TEXT(setgid) "(7)");
	gave(CALL(setregid), -1, 8), TEXT(setregid) "(-1, 8)");
	gave(CALL(setresgid), 7, 7, 9), TEXT(setresgid) "(7, 7, 9)");
	gave(CALL(getresgid), &r, &e, &s), TEXT(getresgid) "([7], [7], [9])");
	gave(CALL(setfsuid), 1), TEXT(setfsuid) "(1)");
	gave(CALL(setreuid), -1, -1), TEXT(setreuid) "(-1, -1)");
	gave(CALL(setresuid), 1000, 1000, 1000), TEXT(setresuid) "(1000, 1000, 1000)");
	gave(CALL(getresuid), &r, &e, &s), TEXT(getresuid) "([1000], [1000], [1000])");
	gave(CALL(getresuid), NULL, &e, &s), TEXT(getresuid) "(NULL, %p, %p)", &e, &s);
	gave(CALL(setuid), 0), TEXT(setuid) "(0)");
	gave(CALL(setgid), 0), TEXT(setgid) "(0)");
	return 0;
}
