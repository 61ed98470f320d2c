// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions and a tracepoint to be probed, for tests. A number written to the parameter "calls" makes the writing task
 * call them that often. A number written to "storm" makes two timers of one CPU call them, one in the interrupt and one
 * in a softirq, each half of the number. The process whose number is written to "receiver" gets a signal with each of
 * these calls. A number written to "renaming" makes the task call linx_probed() with a dentry that is being renamed.
 */
#include <linux/cpu.h>
#include <linux/dcache.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/version.h>
#include <trace/events/sched.h>
#include "probed.h"

#define CREATE_TRACE_POINTS
#include "event.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define TRACED linx_probed_tp
#define trace_it trace_linx_probed_tp
#else
#define TRACED linx_probed
#define trace_it trace_linx_probed
#endif
DEFINE_TRACE(TRACED, PROBED_PROTO, PROBED_ARGS);

/* CPU whose timers call. */
static uint cpu = 1;
module_param(cpu, uint, 0644);

/* Time between two runs of a timer, in ns, and calls that each run makes. */
static ulong period = 1000000;
module_param(period, ulong, 0644);
static uint burst = 50;
module_param(burst, uint, 0644);

/* Calls so far: [0] by tasks, [1] in interrupts, [2] in softirqs. */
static ulong made[3];
module_param_array(made, ulong, NULL, 0444);

/* Offsets in linx_probed_within() of two instructions, before and after 5 is added to its argument in a register. */
static ulong within[2];
module_param_array(within, ulong, NULL, 0444);

/*
 * Timers that call the kernel's tracepoint sched_overutilized_tp, too, which is exported and else rare, and which eBPF
 * programs can use: 1: that in interrupts, 2: that in softirqs, 3: both. The number of the call is its first argument.
 */
static uint traced;
module_param(traced, uint, 0644);

/* N: while the record of each Nth linx_event is made, another linx_event, with a negative number, comes. 0: never. */
static uint nested;
module_param(nested, uint, 0644);

/* The process to which timers send SIGURG in an interrupt, and SIGWINCH in a softirq. By default programs ignore both. */
static struct pid *receiver;

static ulong limit;
static struct hrtimer timers[2];
static int twin_sum;

static struct probed_inner inner = { .number = -5, .bits = 0xa5, .text = "a text of the kernel" };
static struct probed_arg arg = { .head = 0x1122334455667788, .inner = &inner, .nowhere = (void *)0xffff800000001000 };

static noinline int linx_twin(int x)
{
	barrier();
	twin_sum += x;
	return twin_sum;
}

noinline __noclone u64 linx_probed(u64 n, const struct probed_arg *a, u64 c, u64 d, u64 e, u64 f)
{
	barrier();
	return n + a->head;
}

#ifdef CONFIG_X86
#define WITHIN "lea 1f(%%rip), %0\n\tlea 2f(%%rip), %1\n1:\taddq $5, %2\n2:\taddq $0, %2"
#define WITHIN_REGISTER "rax"
#else
#define WITHIN "adr %0, 1f\n\tadr %1, 2f\n1:\tadd %2, %2, #5\n2:\tadd %2, %2, #0"
#define WITHIN_REGISTER "x9"
#endif

static noinline __noclone u64 linx_probed_within(u64 n)
{
	register u64 sum asm(WITHIN_REGISTER) = n;
	unsigned long before, after;

	asm volatile(WITHIN : "=&r"(before), "=&r"(after), "+r"(sum));
	within[0] = before - (unsigned long)linx_probed_within;
	within[1] = after - (unsigned long)linx_probed_within;
	return sum;
}

noinline void linx_probed_interrupt(u64 n)
{
	barrier();
	WRITE_ONCE(made[1], n + 1);
}

noinline void linx_probed_softirq(u64 n)
{
	barrier();
	WRITE_ONCE(made[2], n + 1);
}

void probed_nest(int n)
{
	if (nested && n >= 0 && n % nested == 0)
		trace_linx_event(-1 - n, 78);
}

static int set_calls(const char *val, const struct kernel_param *kp)
{
	unsigned long i, n;
	int err = kstrtoul(val, 0, &n);

	for (i = 0; i < n && !err; i++) {
		WRITE_ONCE(arg.head, linx_probed(i, &arg, 3, 4, 5, 6) - i);
		WRITE_ONCE(twin_sum, linx_probed_within(i));
		WRITE_ONCE(twin_sum, linx_twin(i));
		probed_call_twin(i);
		trace_it(i, &arg, 3, 4, 5, 6, 77);
		trace_linx_event(i, 77);
		made[0]++;
	}
	return err;
}

static const struct kernel_param_ops calls_ops = { .set = set_calls };
module_param_cb(calls, &calls_ops, NULL, 0200);

/* Dentries as the kernel has them, of which it does not know: a root, a directory in it and a file in the directory. */
static struct dentry dentries[3];
static const char *const dentry_names[] = { "/", "dir", "file" };

static void make_dentries(void)
{
	struct hlist_bl_node *hashed = (void *)dentries; /* not NULL: not unlinked */
	struct qstr name;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(dentries); i++) {
		name = (struct qstr)QSTR_INIT(dentry_names[i], strlen(dentry_names[i]));
		memcpy((void *)&dentries[i].d_name, &name, sizeof(name)); /* the member is constant in newer kernels */
		dentries[i].d_parent = &dentries[i ? i - 1 : 0];
		dentries[i].d_hash.pprev = (void *)hashed;
	}
}

/* Calls linx_probed() in the middle of a rename of the directory, during one of another file, and beside none. */
static int set_renaming(const char *val, const struct kernel_param *kp)
{
	unsigned long file = (unsigned long)&dentries[2];

	write_seqlock(&rename_lock);
	dentries[1].d_seq.seqcount.sequence++;
	linx_probed(file, &arg, 3, 4, 5, 6);
	dentries[1].d_seq.seqcount.sequence++;
	linx_probed(file, &arg, 3, 4, 5, 6);
	write_sequnlock(&rename_lock);
	linx_probed(file, &arg, 3, 4, 5, 6);
	return 0;
}

static const struct kernel_param_ops renaming_ops = { .set = set_renaming };
module_param_cb(renaming, &renaming_ops, NULL, 0200);

static enum hrtimer_restart on_timer(struct hrtimer *t)
{
	unsigned int i, n = t - timers;

	for (i = 0; i < burst && made[1 + n] < limit / 2; i++) {
		WRITE_ONCE(twin_sum, linx_probed_within(made[1 + n]));
		if (traced & (1 + n))
			trace_sched_overutilized_tp((struct root_domain *)made[1 + n], n);
		if (receiver)
			kill_pid(receiver, n ? SIGWINCH : SIGURG, 1);
		if (n)
			linx_probed_softirq(made[2]);
		else
			linx_probed_interrupt(made[1]);
	}
	hrtimer_forward_now(t, ns_to_ktime(period));
	return made[1 + n] < limit / 2 ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

static const enum hrtimer_mode modes[] = { HRTIMER_MODE_REL_PINNED_HARD, HRTIMER_MODE_REL_PINNED_SOFT };

/* Starts the timers; runs on their CPU. */
static long begin(void *unused)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(timers); i++)
		hrtimer_start(&timers[i], ns_to_ktime(period), modes[i]);
	return 0;
}

static void stop(void)
{
	hrtimer_cancel(&timers[0]);
	hrtimer_cancel(&timers[1]);
}

/* Begins a storm with the written number of calls; 0 ends the storm. */
static int set_storm(const char *val, const struct kernel_param *kp)
{
	unsigned long n;
	int err = kstrtoul(val, 0, &n);

	if (err)
		return err;
	stop();
	made[1] = made[2] = 0;
	limit = n;
	return n ? work_on_cpu(cpu, begin, NULL) : 0;
}

static const struct kernel_param_ops storm_ops = { .set = set_storm };
module_param_cb(storm, &storm_ops, NULL, 0200);

/* Sets the process that the next storm signals; 0: none. */
static int set_receiver(const char *val, const struct kernel_param *kp)
{
	int n, err = kstrtoint(val, 0, &n);

	if (err)
		return err;
	stop();
	put_pid(receiver);
	receiver = n ? find_get_pid(n) : NULL;
	return n && !receiver ? -ESRCH : 0;
}

static const struct kernel_param_ops receiver_ops = { .set = set_receiver };
module_param_cb(receiver, &receiver_ops, NULL, 0200);

static int __init probed_init(void)
{
	unsigned int i;

	make_dentries();
	linx_probed_within(0); /* sets "within" */
	for (i = 0; i < ARRAY_SIZE(timers); i++) {
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
		hrtimer_setup(&timers[i], on_timer, CLOCK_MONOTONIC, modes[i]);
#else
		hrtimer_init(&timers[i], CLOCK_MONOTONIC, modes[i]);
		timers[i].function = on_timer;
#endif
	}
	return 0;
}
module_init(probed_init);

static void __exit probed_exit(void)
{
	stop();
	put_pid(receiver);
	tracepoint_synchronize_unregister();
}
module_exit(probed_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("functions that tests probe");
