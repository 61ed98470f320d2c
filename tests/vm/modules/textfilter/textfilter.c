// SPDX-License-Identifier: GPL-2.0-only
/*
 * A filter as linx must not have it: it reads the path that a program passes to openat(2) and execve(2) from user memory
 * at the tracepoint sys_enter, and refuses the call if the path contains a word. A thread that rewrites the path
 * meanwhile gets past it, which shows that a guest can produce this race. Linux 5.10 ignores the refusal.
 *
 * After it has read the path, the filter waits for a moment, as for a lock of its log. An emulator that has one thread for
 * all CPUs lets another CPU run then; otherwise it does so only every tenth of a second, and rarely at the right moment.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/processor.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>
#include <linux/unistd.h>
#include <asm/syscall.h>

static char *word = "/vault/";
module_param(word, charp, 0444);

static struct tracepoint *tp;

static void refuse(void *data, struct pt_regs *regs, long id)
{
	unsigned long args[6];
	char path[128];
	long n;

	if ((id != __NR_openat && id != __NR_execve) || in_ia32_syscall())
		return;
	syscall_get_arguments(current, regs, args);
	pagefault_disable();
	n = strncpy_from_user(path, (const char __user *)args[id == __NR_openat], sizeof(path));
	pagefault_enable();
	cpu_relax();
	if (n <= 0 || n >= sizeof(path) || !strstr(path, word))
		return;
	regs->orig_ax = -1;
	regs->ax = -EPERM;
}

static void find(struct tracepoint *one, void *data)
{
	if (!strcmp(one->name, "sys_enter"))
		tp = one;
}

static int __init textfilter_init(void)
{
	for_each_kernel_tracepoint(find, NULL);
	return tp ? tracepoint_probe_register(tp, refuse, NULL) : -ENOENT;
}
module_init(textfilter_init);

static void __exit textfilter_exit(void)
{
	tracepoint_probe_unregister(tp, refuse, NULL);
	tracepoint_synchronize_unregister();
}
module_exit(textfilter_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("refuses calls by the text of their paths, for tests");
