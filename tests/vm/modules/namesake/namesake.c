// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module with a tracepoint that has the name of a tracepoint of the module probed. A number written to the parameter
 * "calls" makes the writing task hit it that often.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/tracepoint.h>
#include <linux/version.h>

/* Since Linux 6.16 the kernel appends _tp to the name of a tracepoint that DECLARE_TRACE() declares. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define TRACED linx_probed_tp
#define trace_it trace_linx_probed_tp
#else
#define TRACED linx_probed
#define trace_it trace_linx_probed
#endif
#define NAMESAKE_PROTO TP_PROTO(u64 n)
#define NAMESAKE_ARGS TP_ARGS(n)
DECLARE_TRACE(linx_probed, NAMESAKE_PROTO, NAMESAKE_ARGS);
DEFINE_TRACE(TRACED, NAMESAKE_PROTO, NAMESAKE_ARGS);

static int set_calls(const char *val, const struct kernel_param *kp)
{
	unsigned long i, n;
	int err = kstrtoul(val, 0, &n);

	for (i = 0; i < n && !err; i++)
		trace_it(i);
	return err;
}

static const struct kernel_param_ops calls_ops = { .set = set_calls };
module_param_cb(calls, &calls_ops, NULL, 0200);

static int __init namesake_init(void)
{
	return 0;
}
module_init(namesake_init);

static void __exit namesake_exit(void)
{
	tracepoint_synchronize_unregister();
}
module_exit(namesake_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("has a tracepoint of the name of another module's, for tests");
