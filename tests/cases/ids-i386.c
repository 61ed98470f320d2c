// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=nice,setgid,setregid,setresgid,setreuid,setresuid,setfsuid,setfsgid,getgroups,setgroups,getresuid,getresgid,sgetmask,ssetmask,signal,time,stime,oldolduname,olduname,umount,ioperm,iopl,modify_ldt,readdir */
/* i386 only, root only: ids of 16 bits, and calls that x86_64 left out */
#include "case.h"
#include <signal.h>
#include <time.h>

struct { unsigned long ino, off; unsigned short len; char name[256]; } entry;

int main(void)
{
	static const unsigned short groups[] = { 1, 65534 };
	unsigned short got[2], ids[3];
	char text[80];
	int now, fd = need(open("/", O_RDONLY));

	gave(syscall(SYS_nice, 1), "nice(1)");
	gave(syscall(SYS_setfsuid, 0xffff), "setfsuid(-1)");
	gave(syscall(SYS_setfsgid, 1000), "setfsgid(1000)");
	gave(syscall(SYS_setfsgid, 0xffff), "setfsgid(-1)");
	gave(syscall(SYS_setgroups, 2, groups), "setgroups(2, [1, 65534])");
	gave(syscall(SYS_setgroups, 1, 1), "setgroups(1, 0x1)");
	gave(syscall(SYS_getgroups, 0, NULL), "getgroups(0, NULL)");
	gave(syscall(SYS_getgroups, 2, got), "getgroups(2, [1, 65534])");
	gave(syscall(SYS_getgroups, 1, got), "getgroups(1, %p)", got);
	gave(syscall(SYS_getresuid, &ids[0], &ids[1], &ids[2]), "getresuid([0], [0], [0])");
	gave(syscall(SYS_getresgid, &ids[0], &ids[1], 1), "getresgid(%p, %p, 0x1)", &ids[0], &ids[1]);
	gave_as("0 (SIG_DFL)", "signal(SIGUSR1, SIG_IGN)");
	need(syscall(SYS_signal, SIGUSR1, SIG_IGN));
	need(syscall(SYS_ssetmask, 1 << (SIGUSR1 - 1)));
	gave_as("0 (old mask [])", "ssetmask([USR1])");
	need(syscall(SYS_sgetmask));
	gave_as("0x200 (mask [USR1])", "sgetmask()");
	gave(syscall(SYS_ioperm, 0x80, 1, 1), "ioperm(0x80, 0x1, 1)");
	gave(syscall(SYS_iopl, 4), "iopl(4)");
	gave(syscall(SYS_umount, "/not/there"), "umount(\"/not/there\")");
	gave(syscall(SYS_time, 1), "time(0x1)");
	gave(syscall(SYS_stime, 1), "stime(0x1)");
	now = need(syscall(SYS_time, &now));
	snprintf(text, sizeof(text), "%d (%s)", now, case_time(now));
	gave_as(text, "time([%d /* %s */])", now, case_time(now));
	gave(syscall(SYS_oldolduname, 1), "oldolduname(0x1)");
	gave(syscall(SYS_olduname, 1), "olduname(0x1)");
	run(syscall(SYS_readdir, fd, &entry, 1));
	shows("readdir(%d, {d_ino=%lu, d_off=%lu, d_reclen=%u, d_name=\"%.*s\"})", fd, entry.ino, entry.off, entry.len, entry.len, entry.name);
	gave(syscall(SYS_readdir, -1, NULL, 0), "readdir(-1, NULL, 0)");
	gave(syscall(SYS_setgid, 7), "setgid(7)");
	gave(syscall(SYS_setregid, 0xffff, 8), "setregid(-1, 8)");
	gave(syscall(SYS_setresgid, 7, 0xffff, 9), "setresgid(7, -1, 9)");
	gave(syscall(SYS_setreuid, 0xffff, 0), "setreuid(-1, 0)");
	gave(syscall(SYS_setresuid, 0, 0xffff, 0), "setresuid(0, -1, 0)");
	need(syscall(SYS_setuid, 1000));
	now = 1000000000;
	gave(syscall(SYS_stime, &now), "stime(%p)", &now);
	gave(syscall(SYS_modify_ldt, 0, NULL, 0), "modify_ldt(0, NULL, 0)");
	return 0;
}
