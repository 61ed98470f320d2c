// SPDX-License-Identifier: GPL-2.0-only
/*
 * Empty probes, on entry, on return or on both: the minimal cost of tracepoints. tests/bench/run measures linx against
 * them.
 */
#include <linux/module.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

static bool enter = true;
static bool exit = true;
module_param(enter, bool, 0444);
module_param(exit, bool, 0444);

static struct tracepoint *tp_enter, *tp_exit;

static void probe_enter(void *data, struct pt_regs *regs, long id)
{
}

static void probe_exit(void *data, struct pt_regs *regs, long ret)
{
}

static void match(struct tracepoint *tp, void *data)
{
	if (!strcmp(tp->name, "sys_enter"))
		tp_enter = tp;
	else if (!strcmp(tp->name, "sys_exit"))
		tp_exit = tp;
}

static int __init empty_init(void)
{
	int err = 0;

	for_each_kernel_tracepoint(match, NULL);
	if (!tp_enter || !tp_exit)
		return -ENODEV;
	if (enter)
		err = tracepoint_probe_register(tp_enter, probe_enter, NULL);
	if (!err && exit)
		err = tracepoint_probe_register(tp_exit, probe_exit, NULL);
	if (err && enter)
		tracepoint_probe_unregister(tp_enter, probe_enter, NULL);
	return err;
}

static void __exit empty_exit(void)
{
	if (enter)
		tracepoint_probe_unregister(tp_enter, probe_enter, NULL);
	if (exit)
		tracepoint_probe_unregister(tp_exit, probe_exit, NULL);
	tracepoint_synchronize_unregister();
}

module_init(empty_init);
module_exit(empty_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Empty probes on sys_enter and sys_exit");
