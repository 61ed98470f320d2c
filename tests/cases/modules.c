// SPDX-License-Identifier: LGPL-2.1-or-later
// x86 only: other architectures lack the calls of this case
// root only: some calls of this case need the privileges of root
/* linx-options: -e trace=init_module,finit_module,delete_module,kexec_load,kexec_file_load,reboot,syslog,ioperm,iopl,setdomainname,swapon,ptrace,perf_event_open,bpf,seccomp,userfaultfd,add_key,request_key,keyctl,fanotify_init,fanotify_mark -e status=failed */
#include "case.h"
#include <linux/reboot.h>
#include <sys/ptrace.h>

static void privileged(void)
{
	gave(syscall(SYS_init_module, 0x1000, 5, "a=1"), "init_module(0x1000, 5, \"a=1\")");
	gave(syscall(SYS_finit_module, -1, "", 1), "finit_module(-1, \"\", MODULE_INIT_IGNORE_MODVERSIONS)");
	gave(syscall(SYS_delete_module, "not_there", O_NONBLOCK), "delete_module(\"not_there\", O_NONBLOCK)");
	gave(syscall(SYS_kexec_load, 0x1000, 1000, NULL, 1), "kexec_load(0x1000, 1000, NULL, KEXEC_ARCH_DEFAULT|KEXEC_ON_CRASH)");
	gave(syscall(SYS_setdomainname, 1, 3), "setdomainname(0x1, 3)");
	gave(syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, 0x77, 0), "reboot(LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, 0x77 /* LINUX_REBOOT_CMD_??? */)");
	gave(syscall(SYS_syslog, 3, NULL, 5), "syslog(3 /* SYSLOG_ACTION_READ_ALL */, NULL, 5)");
	gave(syscall(SYS_ioperm, 0x10000, 1, 1), "ioperm(0x10000, 0x1, 1)");
	gave(syscall(SYS_iopl, 4), "iopl(4)");
}

static void tracing(void)
{
	gave(syscall(SYS_ptrace, PTRACE_ATTACH, 0x3fffffff, 0, 0), "ptrace(PTRACE_ATTACH, %d)", 0x3fffffff);
	gave(syscall(SYS_ptrace, PTRACE_SETOPTIONS, 0x3fffffff, 0, PTRACE_O_TRACESYSGOOD), "ptrace(PTRACE_SETOPTIONS, %d, NULL, PTRACE_O_TRACESYSGOOD)", 0x3fffffff);
	gave(syscall(SYS_seccomp, 0, 1, NULL), "seccomp(SECCOMP_SET_MODE_STRICT, 0x1, NULL)");
	gave(syscall(SYS_userfaultfd, 0x80), "userfaultfd(0x80 /* UFFD_??? */)");
	gave(syscall(SYS_fanotify_init, 0xc, O_WRONLY | O_CLOEXEC), "fanotify_init(0xc /* FAN_CLASS_??? */, O_WRONLY|O_CLOEXEC)");
	gave(syscall(SYS_bpf, 1, NULL, 0), "bpf(BPF_MAP_LOOKUP_ELEM, NULL, 0)");
	gave(syscall(SYS_bpf, 99, 0x1000, 1), "bpf(0x63 /* BPF_??? */, 0x1000, 1)");
	gave(syscall(SYS_perf_event_open, NULL, -1, 0, -1, 8), "perf_event_open(NULL, -1, 0, -1, PERF_FLAG_FD_CLOEXEC)");
}

static void keys(void)
{
	gave(syscall(SYS_add_key, "user", "desc", "payload", 7, -99), "add_key(\"user\", \"desc\", \"payload\", 7, -99)");
	gave(syscall(SYS_request_key, "user", "desc", NULL, -1), "request_key(\"user\", \"desc\", NULL, KEY_SPEC_THREAD_KEYRING)");
	gave(syscall(SYS_keyctl, 3, 5), "keyctl(KEYCTL_REVOKE, 5)");
	gave(syscall(SYS_keyctl, 99, 1, 2, 3, 4), "keyctl(0x63 /* KEYCTL_??? */, 0x1, 0x2, 0x3, 0x4)");
}

int main(void)
{
	privileged();
	tracing();
	keys();
	need(setuid(1000));
	gave(syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2B, LINUX_REBOOT_CMD_RESTART2, "now"),
	     "reboot(LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2B, LINUX_REBOOT_CMD_RESTART2, \"now\")");
	return 0;
}
