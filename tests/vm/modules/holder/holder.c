// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds a function of the kernel as livepatch does: by an ftrace_ops that may change the address at which the function
 * continues.
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/version.h>

static char *function = "security_inode_unlink";
module_param(function, charp, 0444);

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
static void notrace hold(unsigned long ip, unsigned long parent, struct ftrace_ops *ops, struct pt_regs *regs)
#else
static void notrace hold(unsigned long ip, unsigned long parent, struct ftrace_ops *ops, struct ftrace_regs *regs)
#endif
{
}

static struct ftrace_ops ops = { .func = hold, .flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_IPMODIFY };

static int __init holder_init(void)
{
	int err = ftrace_set_filter(&ops, (unsigned char *)function, strlen(function), 1);

	return err ?: register_ftrace_function(&ops);
}
module_init(holder_init);

static void __exit holder_exit(void)
{
	unregister_ftrace_function(&ops);
}
module_exit(holder_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("holds a function of the kernel");
