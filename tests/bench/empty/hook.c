// SPDX-License-Identifier: GPL-2.0-only
/*
 * An empty ftrace hook that may change the address at which a kernel function continues, as linx's hooks that refuse
 * calls do. It shows the minimal cost of ftrace: tests/bench/deny measures linx against it.
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/version.h>

static char *function = "security_file_open";
static bool all;
module_param(function, charp, 0444);
module_param(all, bool, 0444);
MODULE_PARM_DESC(all, "let ftrace save all registers");

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
static void notrace hook(unsigned long ip, unsigned long parent, struct ftrace_ops *ops, struct pt_regs *regs)
#else
static void notrace hook(unsigned long ip, unsigned long parent, struct ftrace_ops *ops, struct ftrace_regs *regs)
#endif
{
}

static struct ftrace_ops ops = { .func = hook, .flags = FTRACE_OPS_FL_IPMODIFY };

static int __init hook_init(void)
{
	int err;

	if (all || !IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS))
		ops.flags |= FTRACE_OPS_FL_SAVE_REGS;
	err = ftrace_set_filter(&ops, (unsigned char *)function, strlen(function), 1);
	return err ?: register_ftrace_function(&ops);
}
module_init(hook_init);

static void __exit hook_exit(void)
{
	unregister_ftrace_function(&ops);
}
module_exit(hook_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Empty hook of a function of the kernel");
