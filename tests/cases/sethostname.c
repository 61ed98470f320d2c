// SPDX-License-Identifier: LGPL-2.1-or-later
// root only: some calls of this case need the privileges of root
/* linx-options: -e trace=sethostname,setdomainname */
#include "case.h"

int main(void)
{
	need(setresuid(1000, 1000, 1000));
	gave(syscall(SYS_sethostname, "a.name", 6), "sethostname(\"a.name\", 6)");
	gave(syscall(SYS_sethostname, "cut short", 3), "sethostname(\"cut\", 3)");
	gave(syscall(SYS_setdomainname, "domain", 6), "setdomainname(\"domain\", 6)");
	gave(syscall(SYS_sethostname, "too long", 65), "sethostname(%p, 65)", "too long");
	gave(syscall(SYS_sethostname, NULL, 6), "sethostname(NULL, 6)");
	return 0;
}
