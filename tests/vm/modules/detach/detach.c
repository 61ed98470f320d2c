// SPDX-License-Identifier: GPL-2.0-only
/*
 * An attack from inside the kernel: while this module is loaded, a probe of linx is off its tracepoint. It is attached
 * again when the module is unloaded, since linx expects to find it there when it stops.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

static char *name = "sys_exit";
module_param(name, charp, 0444);

/* Part of the symbol of the probe: that of the module, or of the kernel's function that runs programs of perf events. */
static char *probe = "[linx]";
module_param(probe, charp, 0444);

static struct tracepoint *tp;
static struct tracepoint_func taken;

static void find(struct tracepoint *one, void *data)
{
	if (!strcmp(one->name, name))
		tp = one;
}

static bool is_wanted(void *func)
{
	char text[128];

	snprintf(text, sizeof(text), "%ps", func);
	return strstr(text, probe);
}

static int __init detach_init(void)
{
	struct tracepoint_func *f;

	for_each_kernel_tracepoint(find, NULL);
	if (!tp)
		return -ENOENT;
	rcu_read_lock();
	for (f = rcu_dereference(tp->funcs); f && f->func; f++)
		if (is_wanted(f->func))
			taken = *f;
	rcu_read_unlock();
	return taken.func ? tracepoint_probe_unregister(tp, taken.func, taken.data) : -ENOENT;
}
module_init(detach_init);

static void __exit detach_exit(void)
{
	tracepoint_probe_register(tp, taken.func, taken.data);
}
module_exit(detach_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("takes linx's probe off a tracepoint, for tests");
